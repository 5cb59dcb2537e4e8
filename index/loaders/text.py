"""Plain text, with the fields that its first lines say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.loaders.credits import BYLINE, credits
from index.loaders.dates import iso_date
from index.loaders.document import Document
from index.loaders.encoding import decode
from index.loaders.fields import NAMES, file_article, split_tags
from index.types import Article, clean_text

_LABELLED = re.compile(rf"({'|'.join(sorted(NAMES.keys() - {'id', 'link'}))})\s*:\s*(\S.*)", re.IGNORECASE)
_DATE_PREFIX = re.compile(r"(?:published|posted)(?:\s+on)?:?\s+", re.IGNORECASE)
_DATED = re.compile(r"\b\d{4}\b")
_CREDIT = re.compile(r"\b(?:by|published|posted|updated|author|\d{1,2}\.?|\d{4}-\d\d)\b:?", re.IGNORECASE)
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_CLOSING_PUNCTUATION = (*".:;,…。।؟", "\N{ARABIC FULL STOP}")
_ABBREVIATED = re.compile(r"\b(?:al|Inc|Ltd|Co|Corp|Jr|Sr|etc|(?:[A-Za-z]\.)+[A-Za-z])\.$")
_CLOSERS = "\"')]»\N{RIGHT DOUBLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}"
_SMALL_WORDS = {
    *("a", "an", "and", "at", "by", "for", "in", "of", "on", "or", "the", "to", "with"),
    *("al", "bin", "da", "de", "del", "der", "di", "du", "el", "en", "et", "la", "le", "van", "von", "y"),
}
_LONGEST_LABELLED = 500
_LONGEST_HEADING = 150
_MOST_HEADINGS = 8
_LONGEST_SOURCE = 8  # words
_HARD_WRAP = 100  # columns; where a line is longer, lines are paragraphs
_TOP = 5_000


def load(document: Document) -> Iterator[Article]:
    """The article of a text file: all of its text, but for a header of ``Title: ...`` lines."""
    text = clean_text(decode(document.read()))
    header, body = _header(text)
    fields = header if "title" in header else heading(body) | header
    tags = fields.pop("tags", "")
    yield file_article(document.path, body, {**fields, "tags": split_tags(tags)})


def _header(text: str) -> tuple[dict[str, str], str]:
    """The fields said line by line at the very top, and the text.

    A block of nothing but such lines, closed by a blank line, is no part of the text.
    """
    fields: dict[str, str] = {}
    lines = text[:_TOP].split("\n")
    for number, line in enumerate(lines):
        field = _labelled(line) or (_byline(line) if fields else None)
        if field is None:
            is_block = fields and not line.strip()
            return fields, clean_text(text.split("\n", number)[number]) if is_block else text
        fields.setdefault(*field)
    return fields, text


def _labelled(line: str) -> tuple[str, str] | None:
    """``Title: ...`` and the like; a date that can't be read as one stays in the text."""
    match = _LABELLED.fullmatch(line.strip()) if len(line) <= _LONGEST_LABELLED else None
    if match is None:
        return None
    name, value = NAMES[match[1].lower()], match[2]
    if name != "published":
        return name, value
    published = iso_date(value)
    return (name, published) if published else None


def heading(text: str) -> dict[str, str]:
    """The fields in the short lines above the first full paragraph.

    Of two lines that are neither date nor byline, the first is the source if it is a name and the
    second a headline: "Harbour Gazette", then "Ferries return to the bay after six years".
    """
    fields: dict[str, str] = {}
    names: list[str] = []
    for line in _heading_lines(text[:_TOP]):
        said = credits(line, is_name) if names else {}
        field = _labelled(line) or _date(line) or _byline(line)
        if said:
            fields = said | fields
        elif field:
            fields.setdefault(*field)
        else:
            names.append(line)
    if len(names) > 1 and is_name(names[0]) and not _is_title_case(names[1]):
        return {"source": names[0], "title": names[1]} | fields
    return {"title": names[0]} | fields if names else fields


def credit_lines(text: str) -> Iterator[tuple[int, int]]:
    """Where the lines above the first paragraph stand that say when or by whom it was written.

    They are told by their form, since reading the dates in them takes longer than an answer may.
    """
    start = 0
    for line in text.split("\n", _MOST_HEADINGS)[:_MOST_HEADINGS]:
        if line.strip() and not _is_heading(line):
            return
        has_form = bool(_DATED.search(line) or BYLINE.match(line))
        is_of_meeting = line.startswith("Date")  # of minutes, which say so of what they are about
        names = _CREDIT.sub("", f"A {line}")  # a date alone has no words
        if has_form and not is_of_meeting and (start or _CREDIT.match(line)) and _is_title_case(names):
            yield start, start + len(line)
        start += len(line) + 1


def _heading_lines(text: str) -> list[str]:
    """The short lines without closing punctuation before the first full paragraph, if there is one."""
    found: list[str] = []
    for paragraph in _paragraphs(text):
        if not all(map(_is_heading, paragraph)):
            return found if len(found) <= _MOST_HEADINGS else []
        found += paragraph
    return []


def _paragraphs(text: str) -> Iterator[list[str]]:
    """Paragraphs as lists of lines: those between blank lines, or each line where lines are long."""
    is_wrapped = max(map(len, text.split("\n"))) <= _HARD_WRAP
    for block in _BLANK_LINE.split(text) if is_wrapped else text.split("\n"):
        lines = [line.strip() for line in block.split("\n") if line.strip()]
        if lines:
            yield lines


def _is_heading(line: str) -> bool:
    bare = line.rstrip(_CLOSERS)
    is_closed = bare.endswith(_CLOSING_PUNCTUATION) and not _ABBREVIATED.search(bare)
    return len(line) <= _LONGEST_HEADING and not is_closed


def _date(line: str) -> tuple[str, str] | None:
    """A line that is a date; a year alone may be anything."""
    date = iso_date(_DATE_PREFIX.sub("", line, count=1))
    return ("published", date) if date and len(date) > len("2019") else None


def _byline(line: str) -> tuple[str, str] | None:
    match = BYLINE.fullmatch(line.strip()) if len(line) <= _LONGEST_HEADING else None
    is_named = match is not None and match[1][0].isupper() and _is_title_case(match[1])
    return ("author", match[1]) if match and is_named else None


def is_name(line: str) -> bool:
    return _is_title_case(line) and len(line.split()) <= _LONGEST_SOURCE


def _is_title_case(line: str) -> bool:
    """Whether each word but the small ones begins with a capital (false where script has none)."""
    words = re.findall(r"\b[^\W\d_]\S*", line)
    return bool(words) and all(word[0].isupper() or word in _SMALL_WORDS for word in words)
