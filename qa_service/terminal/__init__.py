"""Terminal: what people see of the command line."""

from qa_service.terminal.console import activity, err, lines, out, track
from qa_service.terminal.outcomes import JsonReport, ProgressReport, Report
from qa_service.terminal.replies import by_sentence, confidence_in_words, print_reply, quoted
from qa_service.terminal.tables import print_metrics, print_problems, print_rows, print_table

__all__ = [
    "JsonReport",
    "ProgressReport",
    "Report",
    "activity",
    "by_sentence",
    "confidence_in_words",
    "err",
    "lines",
    "out",
    "print_metrics",
    "print_problems",
    "print_reply",
    "print_rows",
    "print_table",
    "quoted",
    "track",
]
