"""Markdown: a reply as text that people and models read, its answers numbered to the list of sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from qa_service.types import Citation, Reply

NO_ANSWER = "The articles don't say."

_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#!|~&])")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()<>#!|~&])")
_NUMBERS = re.compile(r"(?<!\\)\[\d+\]")
_WEB = re.compile(r"https?://[^\s<>()\[\]\"'\\`]+\Z", re.IGNORECASE)


def cited(reply: Reply) -> str:
    """The answer with [n] behind it and the sources of these numbers; a refusal with the closest passages."""
    return f"{said(reply)}\n\n{sources(reply.citations)}"


def said(reply: Reply) -> str:
    """The answer, or that there is none. A list is said in a line and then member by member."""
    if not reply.answerable:
        return f"{NO_ANSWER} The closest passages:"
    if reply.kind == "list":
        members = [f"- {plain(each.text)} {_numbers(each.citations)}" for each in reply.answers]
        return "\n".join([f"{plain(str(reply.answer))}", "", *members])
    best, *others = reply.answers
    lines = [f"{plain(best.text)} {_numbers(best.citations)}"]
    if others:
        lines += ["", "Other answers:", ""]
        lines += [f"- {plain(each.text)} {_numbers(each.citations)}" for each in others]
    return "\n".join(lines)


def answer_in(text: str) -> str:
    """The answer that a text of ``cited`` begins with; nothing, where it is a refusal."""
    first = text.strip().partition("\n")[0]
    return "" if first.startswith(NO_ANSWER) else _ESCAPED.sub(r"\1", _NUMBERS.sub("", first)).strip()


def sources(citations: Sequence[Citation]) -> str:
    """The list of sources: number, title, where it is from, and the passage's words."""
    return "\n".join(["**Sources**", "", *(f"- {_source(each)}" for each in citations)])


def plain(text: str) -> str:
    """``text`` in one line, so that Markdown shows it as it is: an article brings no markup of its own."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def _numbers(ids: Iterable[int]) -> str:
    return "".join(f"[{number}]" for number in ids)


def _source(citation: Citation) -> str:
    title = plain(citation.title or "Untitled article")
    is_web = citation.url and _WEB.match(citation.url)
    title = f"[{title}]({citation.url})" if is_web else title
    page = f"p. {citation.page}" if citation.page else None
    details = [plain(each) for each in (citation.source, citation.published, page) if each]
    return f"[{citation.id}] {', '.join([title, *details])}: “{plain(citation.quote)}”"
