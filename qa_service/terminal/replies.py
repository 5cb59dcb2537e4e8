"""Replies: an answer, its quotes and where they stand, as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import shorten
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from qa_service.terminal.console import out, plain

if TYPE_CHECKING:
    from qa_service.timeframe import Timeframe
    from qa_service.types import Citation, Generated, Reply

MOST_OF_PASSAGE = 300
"""Characters of a passage that does not answer."""

SURE, LIKELY = 0.8, 0.5
"""From these confidences on an answer is called so, in the terminal as on the page."""


def confidence_in_words(confidence: float) -> str:
    return "sure" if confidence >= SURE else "likely" if confidence >= LIKELY else "unsure"


def print_reply(reply: Reply) -> None:
    """The answer, the quoted sentence and where it stands; above, what was searched for, where it differs."""
    if reply.standalone_question != reply.question:
        out.print(plain(f"Searched for: {reply.standalone_question}", style="dim"))
    if reply.did_you_mean:
        out.print(plain(f"Did you mean: {reply.did_you_mean}", style="dim"))
    if reply.timeframe:
        out.print(plain(_of_time(reply.timeframe), style="dim"))
    if reply.generated:
        _print_generated(reply.generated)
    if reply.note:
        out.print(plain(reply.note, style="dim"))
    by_id = {citation.id: citation for citation in reply.citations}
    if not reply.answerable:
        out.print(Text("The articles don't say.", style="bold"))
        _print_closest(reply.citations)
    elif reply.kind == "list":
        _print_list(reply)
    else:
        for answer in reply.answers:
            _print_answer(answer.text, answer.confidence)
            _print_citations([by_id[number] for number in answer.citations])


def _print_closest(passages: Sequence[Citation]) -> None:
    if not passages:
        out.print(Text("No article passes the filters, or is of the time in question.", style="dim"))
        return
    out.print(Text("The closest passages:", style="dim"))
    for citation in passages:
        text = shorten(citation.passage, MOST_OF_PASSAGE, placeholder=" …")
        out.print(Padding(plain(f"“{text}”"), (0, 0, 0, 2)))
        _print_source(citation)


def _print_generated(generated: Generated) -> None:
    """The sentences of a language model with their numbers, marked where no article says them."""
    text = Text()
    for sentence in generated.sentences:
        numbers = "".join(f"[{number}]" for number in sentence.citations)
        mark = "" if sentence.supported else " (not found in the articles)"
        text.append_text(plain("\n" if sentence.begins_line and len(text) else ""))
        text.append_text(Text.assemble(plain(sentence.text), f" {numbers}", (mark, "red"), " "))
    out.print(text)
    for citation in generated.citations:
        title = citation.title or "Untitled article"
        out.print(plain(f"  [{citation.id}] {title}: “{citation.quote}”", style="dim"))
    out.print(Text("\nIn the articles' words:", style="dim"))


def _of_time(timeframe: Timeframe) -> str:
    done = {
        "since": f"articles from {timeframe.after} on",
        "latest": "the newest answer first",
        "around": "answers of that time first",
    }
    return f"“{timeframe.words}”: {done[timeframe.kind]}"


def _print_list(reply: Reply) -> None:
    """The list in a line, its members, and each sentence that names some of them once."""
    _print_answer(str(reply.answer), reply.confidence)
    for member in reply.answers:
        word = confidence_in_words(member.confidence)
        note = "" if word == confidence_in_words(reply.confidence) else f"  ({word}, {member.confidence:.0%})"
        out.print(Padding(Text.assemble("• ", plain(member.text), (note, "dim")), (0, 0, 0, 2)))
    out.print()
    _print_citations(reply.citations)


def _print_answer(text: str, confidence: float) -> None:
    words = f"  ({confidence_in_words(confidence)}, {confidence:.0%})"
    out.print(Text.assemble(plain(text, "bold green"), (words, "dim")))


def _print_citations(citations: Iterable[Citation]) -> None:
    for sentence in by_sentence(citations):
        out.print(Padding(quoted(sentence), (0, 0, 0, 2)))
        _print_source(sentence[0])


def _print_source(citation: Citation) -> None:
    """Where it stands; of the time of day nobody asks."""
    page = f"p. {citation.page}" if citation.page else None
    more = f"and {len(citation.copies)} more with this report" if citation.copies else None
    day = citation.published and citation.published[:10]
    details = [citation.title, page, citation.source, day, citation.url, more]
    out.print(Padding(plain("— " + " · ".join(filter(None, details)), style="dim"), (0, 0, 1, 2)))


def by_sentence(citations: Iterable[Citation]) -> list[list[Citation]]:
    """The citations of the same sentence of an article together."""
    groups: dict[tuple[str, int, int], list[Citation]] = {}
    for citation in citations:
        groups.setdefault((citation.article_id, *_sentences(citation)), []).append(citation)
    return list(groups.values())


def quoted(citations: Sequence[Citation]) -> Text:
    """The sentence that the citations share, with their quotes marked."""
    passage, passage_start = citations[0].passage, citations[0].passage_start
    start, end = _sentences(citations[0])
    text = plain(f"“{passage[start - passage_start : end - passage_start]}”")
    for citation in citations:
        text.stylize("underline", 1 + citation.start - start, 1 + citation.end - start)
    return text


def _sentences(citation: Citation) -> tuple[int, int]:
    """Where the sentences that the quote stands in begin and end in the article's text."""
    from index.chunking import sentence_spans

    passage_start, start, end = citation.passage_start, citation.start, citation.end
    spans = [(passage_start + a, passage_start + b) for a, b in sentence_spans(citation.passage)]
    around = [span for span in spans if span[0] < end and start < span[1]] or [(start, end)]
    return around[0][0], around[-1][1]
