"""Markup: the words of a tree of elements as plain text, for documents that are all main text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

from lxml import etree, html

from index.errors import ArticleError

_CELL, _LINE = "\x1f", "\x1e"  # no text of XML or HTML holds these
_HTML_PARSER = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)


@dataclass(frozen=True)
class Vocabulary:
    """What the elements of a language mean for its words, by their local names.

    ``blocks`` stand apart, ``lines`` on a line of their own, ``cells`` beside each other; ``dropped``
    are no words, and in the place of ``inserted`` stands a text.
    """

    blocks: Set[str]
    lines: Set[str]
    cells: Set[str]
    dropped: Set[str]
    inserted: Mapping[str, str]


_HTML = Vocabulary(
    blocks={
        *("address", "article", "aside", "blockquote", "body", "div", "dl", "figcaption", "figure", "footer"),
        *("form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "ol", "p", "pre", "section"),
        *("table", "ul"),
    },
    lines={"dd", "dt", "li", "tr"},
    cells={"td", "th"},
    dropped={"head", "script", "style", "template", "noscript", "svg", "math", "nav"},
    inserted={"br": "\n"},
)


def html_tree(page: str) -> Any | None:
    """The tree of a page, or None where it has no elements at all."""
    if not page.strip():
        return None
    return html.document_fromstring(page.encode(), parser=_HTML_PARSER)


def xml_tree(data: bytes) -> Any:
    """The tree of an XML file. Raises ArticleError when it is none. No entity of its own is ever resolved."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ArticleError(f"is damaged: {error}") from error


def html_text(tree: Any) -> str:
    """All the words of a page, paragraphs with blank lines between them."""
    return plain_text(tree, _HTML)


def plain_text(tree: Any, vocabulary: Vocabulary) -> str:
    """The words of a tree of lxml, however deep it is."""
    parts: list[str] = []
    separators = ["\n\n"]  # in a line or cell, what stands apart elsewhere is kept together
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        name = etree.QName(element).localname
        inner = _LINE if name in vocabulary.lines else " " if name in vocabulary.cells else None
        if event == "start" and name in vocabulary.dropped:
            walk.skip_subtree()
        elif event == "start":
            parts.append(_opening(name, vocabulary, separators[-1]) + _collapsed(element.text))
            if inner:
                separators.append(inner)
        else:
            if inner:
                separators.pop()
            closing = separators[-1] if name in vocabulary.blocks else inner or ""
            parts.append(closing + (_collapsed(element.tail) if element is not tree else ""))
    return _tidy("".join(parts))


def _opening(name: str, vocabulary: Vocabulary, separator: str) -> str:
    if name in vocabulary.blocks:
        return separator
    return _CELL if name in vocabulary.cells else vocabulary.inserted.get(name, "")


def _collapsed(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")


def _tidy(text: str) -> str:
    text = re.sub(rf"([\n{_LINE}]\s*){_CELL}", r"\1", text)  # the first cell of a row
    text = re.sub(rf"\s*{_CELL}\s*", " | ", re.sub("  +", " ", text))
    return re.sub(rf"[ \n{_LINE}]*[\n{_LINE}][ \n{_LINE}]*", _line_end, text).strip()


def _line_end(match: re.Match[str]) -> str:
    return "\n\n" if "\n\n" in match[0] else "\n"
