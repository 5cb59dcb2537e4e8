"""Markdown, with YAML front matter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from frontmatter.default_handlers import YAMLHandler
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from index.errors import ArticleError
from index.loaders.credits import credits
from index.loaders.document import Document
from index.loaders.encoding import decode
from index.loaders.fields import NAMES, file_article, split_tags
from index.loaders.text import is_name
from index.types import Article, clean_text

_SEPARATORS = {
    **dict.fromkeys(("bullet_list", "ordered_list", "list_item", "table", "thead", "tbody"), "\n"),
    "tr": " | ",
    **dict.fromkeys(("inline", "em", "strong", "s", "link"), ""),
}
_BETWEEN_BLOCKS = "\n\n"
_DROPPED = {"html_block", "html_inline", "image", "hr"}
_BREAKS = {"softbreak": " ", "hardbreak": "\n"}


def load(document: Document) -> Iterator[Article]:
    """The article of a Markdown file, as plain text."""
    front_matter, body = _split(clean_text(decode(document.read())))
    fields = _fields(front_matter)
    tree = SyntaxTreeNode(_parser().parse(body))
    blocks = list(tree.children)
    if "title" not in fields and (heading := _first_heading(blocks)):
        fields["title"] = _plain(heading)
        blocks.remove(heading)
    if blocks and "published" not in fields:
        fields = credits(_plain(blocks[0]), is_name) | fields
    yield file_article(document.path, _BETWEEN_BLOCKS.join(filter(None, map(_plain, blocks))), fields)


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def _split(text: str) -> tuple[Mapping[object, object], str]:
    """The front matter and what follows; a rule at the top that opens no front matter is text."""
    handler = YAMLHandler()
    if not handler.detect(text):
        return {}, text
    try:
        block, body = handler.split(text)
    except ValueError:
        return {}, text
    values = _yaml(handler, block)
    if values is None:
        return {}, body
    return (values, body) if isinstance(values, dict) else ({}, text)


def _yaml(handler: YAMLHandler, block: str) -> object:
    try:
        return handler.load(block)
    except Exception as error:
        # YAML's own errors know their line; an impossible date is a plain ValueError.
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark else ""
        problem = " ".join(str(getattr(error, "problem", None) or error).split())
        raise ArticleError(f"has front matter that is not YAML{where}: {problem}") from error


def _fields(values: Mapping[object, object]) -> dict[str, object]:
    """The front matter's values under our names for them, each in the form that JSON would have it."""
    fields: dict[str, object] = {}
    for key, value in values.items():
        name = NAMES.get(str(key).lower(), str(key))
        if value is not None:
            fields.setdefault(name, _field(name, value))
    return fields


def _field(name: str, value: object) -> object:
    if isinstance(value, list):
        parts = [_scalar(part) for part in value]
        return ", ".join(map(str, parts)) if name == "author" and _all_text(parts) else parts
    value = _scalar(value)
    return split_tags(value) if name == "tags" and isinstance(value, str) else value


def _all_text(parts: list[object]) -> bool:
    return all(isinstance(part, str) for part in parts)


def _scalar(value: object) -> object:
    """YAML reads 2019-11-30 and 42 as a date and a number, where a person wrote text."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _first_heading(blocks: list[SyntaxTreeNode]) -> SyntaxTreeNode | None:
    return next((block for block in blocks if block.type == "heading" and block.tag == "h1"), None)


def _plain(node: SyntaxTreeNode) -> str:
    """The text of a node without its markup."""
    if node.type in _DROPPED:
        return ""
    if node.type in _BREAKS:
        return _BREAKS[node.type]
    if not node.children:
        return node.content.strip("\n") if node.type in ("fence", "code_block") else node.content
    parts = [_plain(child) for child in node.children]
    separator = _SEPARATORS.get(node.type, _BETWEEN_BLOCKS)
    if node.type == "tr":  # an empty cell keeps its place
        return separator.join(parts)
    text = separator.join(filter(None, parts))
    return re.sub("  +", " ", text).strip() if node.type == "inline" else text
