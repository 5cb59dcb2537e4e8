"""Bytes to text, whatever encoding they were saved in."""

from __future__ import annotations

import codecs

from charset_normalizer import CharsetMatch, from_bytes

from index.errors import ArticleError

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

_WESTERN = "cp1252"
_LEGACY = [
    *(_WESTERN, "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "koi8_r"),
    *("cp932", "euc_jp", "euc_kr", "gb18030", "big5"),
]
"""The encodings that documents really come in; with rarer ones a short text is easily misread."""

_CONTROLS = dict.fromkeys(set(range(0x20)) - set(map(ord, "\t\n\v\f\r\x1b")))
_SAMPLE = 100_000
_NOT_TEXT = "is not text, or in an unknown encoding; save it as UTF-8"


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of ``data``: by its byte order mark, as UTF-8, as declared, or by its statistics.

    Raises ArticleError when the bytes are not text.
    """
    mark = next((name for mark, name in _MARKS.items() if data.startswith(mark)), None)
    for encoding in filter(None, (mark, "utf-8", declared)):
        try:
            return _text(data.decode(encoding))
        except (UnicodeError, LookupError):
            continue
    return _text(str(_best(data)))


def encoding_of(head: bytes) -> str:
    """The encoding of a text that begins with ``head``, for reading it as a stream."""
    mark = next((name for mark, name in _MARKS.items() if head.startswith(mark)), None)
    if mark is not None:
        return mark
    lines = head.splitlines()
    if _is_utf8(head) or any(not line.isascii() and _is_utf8(line) for line in lines[:-1]):
        return "utf-8"  # or some lines are, which no other encoding would be by chance
    return str(_best(head).encoding)


def _is_utf8(data: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)  # the last character may be cut off
    except UnicodeDecodeError:
        return False
    return True


def _best(data: bytes) -> CharsetMatch:
    matches = from_bytes(data, cp_isolation=_LEGACY)
    best = matches.best()
    if best is None:
        raise ArticleError(_NOT_TEXT)
    # Where the statistics can't tell, Western European (a superset of Latin-1) is the likeliest.
    western = (match for match in matches if _WESTERN in match.could_be_from_charset)
    ties = (match for match in western if match.chaos <= best.chaos)
    return next(ties, best)


def _text(decoded: str) -> str:
    """What was decoded, if it can be text: a stray NUL may be, a fifth of control characters not."""
    sample = decoded[:_SAMPLE]
    if 5 * (len(sample) - len(sample.translate(_CONTROLS))) > len(sample):
        raise ArticleError(_NOT_TEXT)
    return decoded
