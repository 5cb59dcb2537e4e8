"""Hostile and broken input: one clear line for each, and no harm to the rest."""

from __future__ import annotations

import io
import json
import unicodedata
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfWriter
from pypdf.generic import NameObject

from index.loaders import Failure, find, load
from index.loaders.kinds import KINDS, SUFFIXES
from index.types import Article
from tests.loaders.documents import (
    ARTICLES,
    MB,
    MEMBERS,
    SENTENCE,
    WATER,
    article,
    failure,
    outcomes,
    tarred,
    zipped,
)

BOMB = [f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10)]


BILLION_LAUGHS = f'<!DOCTYPE x [<!ENTITY e0 "laugh">{"".join(BOMB)}]>'


EXTERNAL = '<!DOCTYPE x [<!ENTITY e9 SYSTEM "{}">]>'


class TestEveryKind:
    @pytest.mark.parametrize("suffix", SUFFIXES)
    def test_an_empty_file_is_told(self, write, suffix):
        reason = failure(write(f"empty{suffix}", b"")).reason
        assert reason.startswith(("is empty", "is damaged or cut off"))

    @pytest.mark.parametrize("suffix", KINDS)
    def test_a_picture_under_another_name_is_told(self, write, suffix):
        picture = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
        assert failure(write(f"photo{suffix}", picture)).reason == (
            "is not what its name says, but a picture (PNG)"
        )

    @pytest.mark.parametrize("suffix", [".txt", ".md", ".csv", ".jsonl", ".html", ".docx", ".rtf", ".eml"])
    def test_a_pdf_under_another_name_is_told(self, write, suffix):
        assert failure(write(f"report{suffix}", WATER.read_bytes())).reason == (
            "is not what its name says, but a PDF; name it .pdf"
        )

    @pytest.mark.parametrize("suffix", [".pdf", ".docx", ".odt", ".epub", ".rtf"])
    def test_text_under_another_name_is_told(self, write, suffix):
        assert failure(write(f"note{suffix}", SENTENCE)).reason.startswith("is not what its name says")

    @pytest.mark.parametrize(
        "name", ["water-report.pdf", "market.docx", "lighthouse.odt", "valley.epub", "protected.docx"]
    )
    @pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
    def test_a_file_that_was_cut_off_is_told(self, write, name, share):
        whole = (ARTICLES / name).read_bytes()
        reason = failure(write(name, whole[: int(len(whole) * share)])).reason
        assert reason.startswith(("is damaged", "is not what its name says"))

    @pytest.mark.parametrize("archive", [zipped(MEMBERS), tarred(MEMBERS)], ids=["zip", "tar.gz"])
    def test_an_archive_that_was_cut_off_is_told(self, write, archive):
        name = "cut.zip" if archive.startswith(b"PK") else "cut.tar.gz"
        assert outcomes(write(name, archive[: len(archive) // 2]))[-1].startswith("is damaged or cut off")

    @pytest.mark.parametrize("suffix", [".docx", ".odt", ".epub"])
    def test_a_zip_that_is_no_such_document_is_told(self, write, suffix):
        assert failure(write(f"x{suffix}", zipped({"a.txt": b"x"}))).reason.startswith(
            ("is damaged", "is no ")
        )


class TestPasswords:
    def test_an_encrypted_pdf_is_told(self, tmp_path):
        for algorithm in ("RC4-128", "AES-256"):
            writer = PdfWriter(clone_from=WATER)
            writer.encrypt("secret", algorithm=algorithm)
            writer.write(tmp_path / "secret.pdf")
            assert failure(tmp_path / "secret.pdf").reason == (
                "is encrypted, and needs a password to be read; save a copy without one"
            )

    def test_an_encrypted_word_document_is_told(self):
        assert failure(ARTICLES / "protected.docx").reason == (
            "is not what its name says, but encrypted, or in an old format of Office; "
            "open it there and save it as .docx without a password"
        )

    def test_an_encrypted_member_is_told_and_the_others_are_read(self, write):
        archive = bytearray(zipped({"a.txt": SENTENCE.encode(), "b.txt": SENTENCE.encode()}))
        archive[archive.index(b"PK\x01\x02") + 8] |= 1  # the flag of the first, in the directory
        assert outcomes(write("some.zip", bytes(archive))) == ["is encrypted with a password", "article"]

    def test_a_scan_is_told(self):
        assert failure(ARTICLES / "scan.pdf").reason.startswith(
            "has no text on its 1 pages, as scans have none"
        )


class TestBombs:
    def test_a_member_that_unpacks_to_too_much_is_told_and_the_others_are_read(self, write):
        archive = zipped({"bomb.txt": bytes(300 * MB), "b.txt": SENTENCE.encode()})
        assert outcomes(write("bomb.zip", archive)) == [
            "is packed to less than 1/200 of its size, as only files made to do harm are",
            "article",
        ]

    def test_a_tar_that_unpacks_to_too_much_is_told(self, write):
        path = write("bomb.tar.gz", tarred({"b.txt": SENTENCE.encode(), "bomb.txt": bytes(300 * MB)}))
        assert outcomes(path)[-1].startswith("is packed to less than 1/200")

    def test_a_member_may_be_no_larger_than_a_file(self, write):
        words = b"".join(b"%d " % number for number in range(4 * MB))
        assert outcomes(write("large.zip", zipped({"large.txt": words, "b.txt": SENTENCE.encode()}))) == [
            "is larger than 20 MB; split it",
            "article",
        ]

    def test_an_archive_of_too_many_is_told(self, write):
        archive = zipped({f"{number}.txt": b"" for number in range(100_001)})
        assert outcomes(write("many.zip", archive)) == [
            "holds 100001 files; at most 100000 are read of one archive"
        ]

    def test_archives_in_archives_are_not_opened(self, write):
        inner = zipped({"a.txt": SENTENCE.encode()})
        path = write("outer.zip", zipped({"inner.zip": inner, "inner.tar.gz": inner, "b.txt": b"Text."}))
        assert outcomes(path) == ["is an archive in an archive; unpack it first"] * 2 + ["article"]

    @pytest.mark.parametrize("name", ["market.docx", "lighthouse.odt", "valley.epub"])
    def test_a_document_that_unpacks_to_too_much_is_told(self, write, name):
        package = _changed(ARTICLES / name, "media/picture.png", lambda _: bytes(300 * MB))
        assert failure(write(name, package)).reason.startswith(("holds more than", "is packed to less than"))

    def test_a_pdf_that_unpacks_to_too_much_is_told(self, tmp_path):
        writer = PdfWriter(clone_from=WATER)
        for page in writer.pages:
            contents: Any = page["/Contents"].get_object()
            contents._data = zlib.compress(bytes(200 * MB))
            contents[NameObject("/Filter")] = NameObject("/FlateDecode")
        writer.write(tmp_path / "bomb.pdf")
        assert outcomes(tmp_path / "bomb.pdf")[-1].startswith("has no text on its 3 pages")

    @pytest.mark.parametrize(
        ("name", "part", "root"),
        [
            ("market.docx", "word/document.xml", "<w:document"),
            ("market.docx", "docProps/core.xml", "<cp:coreProperties"),
            ("lighthouse.odt", "content.xml", "<office:document-content"),
            ("lighthouse.odt", "meta.xml", "<office:document-meta"),
            ("valley.epub", "OEBPS/book.opf", "<package"),
            ("valley.epub", "OEBPS/text/two.xhtml", "<html"),
        ],
    )
    def test_entities_are_not_resolved(self, write, tmp_path, name, part, root):
        secret = tmp_path / "secret.txt"
        secret.write_text("the secret of the machine")
        for declared in (BILLION_LAUGHS, EXTERNAL.format(secret.as_uri())):
            package = _changed(ARTICLES / name, part, lambda xml, d=declared: _with_entity(xml, d, root))
            for loaded in load(write(name, package)):
                said = str(loaded)
                assert "laughlaugh" not in said
                assert "secret of the machine" not in said


def _changed(path: Path, part: str, change) -> bytes:
    """The package with one of its parts changed, or added."""
    changed = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
        new.writestr(part, change(old.read(part) if part in old.namelist() else b""))
    return changed.getvalue()


def _with_entity(xml: bytes, declared: str, root: str) -> bytes:
    """The XML with a document type, and the entity in the first text that it has."""
    text = xml.decode()
    text = text[text.index(root) :]
    assert "</" in text
    place = next(i for i in range(len(text)) if text[i] == ">" and text[i + 1] not in "<\n ")
    return f"{declared}{text[: place + 1]}&e9;{text[place + 1 :]}".encode()


class TestHangs:
    """What makes a parser take minutes; a test that hangs is one that fails."""

    @pytest.mark.parametrize("header", ["Subject: ", "From: ", "Date: ", "Keywords: ", "Content-Type: "])
    @pytest.mark.parametrize("repeated", ['"a" <b@c>, ', "=?utf-8?q?a?= ", "(", "a/b; c*0*=x; "])
    def test_headers_of_a_megabyte(self, write, header, repeated):
        headers = f"Subject: x\n{header}{repeated * (MB // len(repeated))}\n\n{SENTENCE}"
        assert len(outcomes(write("header.eml", headers))) == 1

    def test_messages_in_messages(self, write):
        parts = "".join(f'Content-Type: multipart/mixed; boundary="{n}"\n\n--{n}\n' for n in range(3_000))
        assert failure(write("deep.eml", f"Subject: x\n{parts}{SENTENCE}"))

    @pytest.mark.parametrize(
        "repeated",
        [
            "{",
            r"{\fonttbl\f0",
            r"\fonttbl\f0\fcharset0",
            r'{\field{\*\fldinst{HYPERLINK "a"}}{x ',
            r"{\title a",
            r"{\pict",
            "\\",
        ],
    )
    def test_a_megabyte_of_rich_text_that_never_ends(self, write, repeated):
        assert len(outcomes(write("deep.rtf", "{\\rtf1 {" + repeated * (MB // len(repeated))))) == 1

    def test_a_hundred_thousand_elements_in_a_book(self, write):
        deep = _changed(
            ARTICLES / "valley.epub", "OEBPS/text/two.xhtml", lambda _: b"<html><body>" + b"<div>" * 100_000
        )
        assert article(write("deep.epub", deep)).text.startswith("The spring")


class TestCharacters:
    def test_a_nul_becomes_a_space(self, write):
        assert (
            article(write("note.txt", "One\0two three four five six.")).text == "One two three four five six."
        )
        assert article(write("rows.csv", "text\nOne\0two\n")).text == "One two"

    def test_nothing_but_nuls_is_no_text(self, write):
        assert failure(write("nul.txt", bytes(1000))).reason.startswith("is not text")

    @pytest.mark.parametrize(
        "text",
        [
            "قال الوزير: «نعم» 123 ثم غادر.",
            "עברית עם English באמצע.",
            "\u202eright to left override\u202c and back.",
            "नमस्ते दुनिया, क्षत्रिय।",
            "Z\u0351\u036b\u0343a\u0329\u0319l\u0338go g\u0336oes on.",
            "Family 👨‍👩‍👧‍👦 and flag 🇰🇭.",
        ],
        ids=["arabic", "hebrew", "override", "devanagari", "stacked", "joined"],
    )
    @pytest.mark.parametrize("kind", ["txt", "md", "csv", "jsonl", "html", "eml", "zip"])
    def test_right_to_left_and_combining_characters_are_kept(self, write, text, kind):
        content = {
            "txt": text,
            "md": text,
            "csv": f'text\n"{text}"\n',
            "jsonl": json.dumps({"text": text}),
            "html": f"<html><body><article><p>{text}</p></article></body></html>",
            "eml": f"Subject: x\nContent-Type: text/plain; charset=utf-8\n\n{text}",
        }
        path = write(f"kept.{kind}", zipped({"kept.txt": text.encode()}) if kind == "zip" else content[kind])
        assert article(path).text == unicodedata.normalize("NFC", text)

    def test_a_message_in_an_unknown_encoding_is_read_by_its_statistics(self, write):
        head = b"Subject: x\nContent-Type: text/plain; charset=x-none\n\n"
        assert article(
            write("a.eml", head + "Das schöne Wetter bleibt über Köln.".encode("cp1252"))
        ).text == ("Das schöne Wetter bleibt über Köln.")


def test_one_bad_file_of_each_kind_does_not_stop_the_good_one(write, tmp_path):
    for suffix in SUFFIXES:
        write(f"bad{suffix}", b"\x00\x01\x02 broken \xff" * 50)
    write("good.txt", SENTENCE)
    files, _ = find([tmp_path])
    loaded = [one for file in files for one in load(file)]
    assert [one.text for one in loaded if isinstance(one, Article)] == [SENTENCE]
    assert len([one for one in loaded if isinstance(one, Failure)]) >= len(SUFFIXES) - 1
