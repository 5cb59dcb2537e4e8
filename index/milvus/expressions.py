"""Expressions: what Milvus is asked for, in its filter language, with every value quoted."""

from __future__ import annotations

import json
from collections.abc import Iterable

from index.types import Filters

_LAST = "\U0010ffff"
"""Sorts behind all that a date can go on with, so a date with it is the date's last moment."""

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})


def quoted(text: str) -> str:
    """A string literal; whatever stands in ``text`` ends neither it nor the expression."""
    return f'"{text.translate(_ESCAPES)}"'


def among(field: str, values: Iterable[str | int]) -> str:
    """Whether the field has one of the values."""
    literals = ", ".join(quoted(value) if isinstance(value, str) else str(value) for value in values)
    return f"{field} in [{literals}]"


def outside(field: str, values: Iterable[int]) -> str:
    """Whether the field has none of the values; empty when there are none."""
    literals = ", ".join(map(str, values))
    return f"{field} not in [{literals}]" if literals else ""


def version_of(article_id: str, version: int) -> str:
    """The chunks of one version of an article."""
    return f"article_id == {quoted(article_id)} and version == {version}"


def matching(field: str, terms: Iterable[str]) -> str:
    """Whether a field that is searched by words has one of these terms."""
    return f"text_match({field}, {quoted(' '.join(terms))})"


def pair(name: str, value: str) -> str:
    """A free field of an article as one of the strings that are stored."""
    return json.dumps([name, value], ensure_ascii=False)


def joined(*conditions: str) -> str:
    """All of the conditions; those that are empty admit everything."""
    return " and ".join(f"({condition})" for condition in conditions if condition)


def where(filters: Filters | None) -> str:
    """The condition that ``filters`` make; empty when every article passes."""
    if filters is None:
        return ""
    single = {"source": filters.source, "author": filters.author, "language": filters.language}
    conditions = [f"{name} == {quoted(value)}" for name, value in single.items() if value is not None]
    if after := filters.published_after:
        # A date passes that is later, or so wide that it holds the moment: a beginning of it.
        wider = among("published", [after[:length] for length in range(1, len(after) + 1)])
        conditions.append(f"published >= {quoted(after)} or {wider}")
    if before := filters.published_before:
        conditions.append(f"published < {quoted(before + _LAST)}")
    conditions += [f"array_contains(tags, {quoted(tag)})" for tag in filters.tags]
    conditions += [f"array_contains(fields, {quoted(pair(*each))})" for each in filters.fields.items()]
    return joined(*conditions)
