"""E-mail: the message as an article by its sender."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import cast

from index.errors import ArticleError
from index.loaders.document import Document
from index.loaders.encoding import decode
from index.loaders.fields import file_article, split_tags
from index.loaders.markup import html_text, html_tree
from index.types import Article, clean_text

_LARGEST = 50_000_000
"""Bytes; mail servers take no larger messages."""


_LONGEST_HEADER = 2_000
"""Characters. The standard library takes many minutes over one of a megabyte."""


class _ShortHeaders(EmailPolicy):
    """The usual policy, which sees no more than the beginning of a header."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:_LONGEST_HEADER]


def load(document: Document) -> Iterator[Article]:
    """The article of a message; what is attached to it is not read."""
    message = cast(EmailMessage, message_from_bytes(document.read(_LARGEST), policy=_ShortHeaders()))
    if message["from"] is None and message["subject"] is None:
        raise ArticleError("is no e-mail: it has neither a sender nor a subject")
    body = message.get_body(("plain", "html"))
    if body is None:
        raise ArticleError("has no text, only attachments")
    yield file_article(document.path, _text(cast(EmailMessage, body)), _fields(message))


def _text(body: EmailMessage) -> str:
    content = cast(bytes, body.get_payload(decode=True) or b"")
    text = clean_text(decode(content, body.get_content_charset()))
    tree = html_tree(text) if body.get_content_subtype() == "html" else None
    return text if tree is None else html_text(tree)


def _fields(message: EmailMessage) -> dict[str, object]:
    return {
        "title": message["subject"],
        "author": _sender(message),
        "published": _date(message),
        "language": message["content-language"],
        "tags": split_tags(message["keywords"] or ""),
    }


def _sender(message: EmailMessage) -> str | None:
    sender = message["from"]
    addresses = sender.addresses if sender else ()
    return addresses[0].display_name or addresses[0].addr_spec if addresses else None


def _date(message: EmailMessage) -> str | None:
    date = message["date"]
    return date.datetime.isoformat(timespec="minutes") if date and date.datetime else None
