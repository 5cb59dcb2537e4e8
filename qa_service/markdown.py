"""Markdown: a reply as text that people and models read, its answers numbered to the list of sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from qa_service.types import Citation, Reply, Sentence

NO_ANSWER = "The articles don't say."
QUOTED = "**In the articles' words:** "
UNSUPPORTED = "not found in the articles"

_BREAK = "\n\n"
_NOTE = re.compile(r"\*[^*].*[^*]\*$")

_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#!|~&])")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()<>#!|~&])")
_NUMBERS = re.compile(r"(?<!\\)\[\d+\]")
_WEB = re.compile(r"https?://[^\s<>()\[\]\"'\\`]+\Z", re.IGNORECASE)


def cited(reply: Reply) -> str:
    """The extractive answer with [n] behind it and the sources of these numbers; a refusal with the closest
    passages."""
    return quoted(reply, after_text=False) + sources(reply.citations)


def sentence(checked: Sentence) -> str:
    """A sentence of a language model with its numbers, marked where no article bears it out."""
    mark = "" if checked.supported else f" *({UNSUPPORTED})*"
    numbers = f" {_numbers(checked.citations)}" if checked.citations else ""
    return f"{_BREAK if checked.begins_line else ''}{plain(checked.text)}{numbers}{mark} "


def quoted(reply: Reply, after_text: bool) -> str:
    """The extractive answer, with the note where the language model failed; it may follow on other text."""
    note = f"*{plain(reply.note)}*{_BREAK}" if reply.note else ""
    lead = QUOTED if after_text else ""
    return f"{_BREAK if after_text else ''}{note}{lead}{said(reply)}{_BREAK}"


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
    """The extractive answer in a text that ``cited`` made; nothing, where it is a refusal."""
    _, is_led, led = text.partition(QUOTED)
    lines = (line for line in (led if is_led else text).splitlines() if line and not _NOTE.match(line))
    first = next(lines, "")
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
