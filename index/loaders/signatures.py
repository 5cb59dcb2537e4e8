"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

PDF = b"%PDF-"
ZIP = b"PK\x03\x04"
RTF = b"{\\rtf"
GZIP = b"\x1f\x8b"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_NAMES = {
    PDF: "a PDF; name it .pdf",
    ZIP: "a ZIP file, such as .docx, .odt, .epub and .zip are; name it as what it is",
    RTF: "rich text; name it .rtf",
    GZIP: "compressed with gzip; unpack it, or name it .tar.gz if it is an archive",
    OLE: "encrypted, or in an old format of Office; open it there and save it as .docx without a password",
    b"\x89PNG\r\n": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"GIF8": "a picture (GIF)",
    b"\x7fELF": "a program",
}


def name_of(head: bytes) -> str | None:
    """What a file that begins with ``head`` is, with advice; None for text and what is not known."""
    return next((name for signature, name in _NAMES.items() if head.startswith(signature)), None)
