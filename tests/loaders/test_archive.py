"""Archives: what is in them, and what is not taken."""

from __future__ import annotations

import io
import tarfile
import zipfile

import pytest

from index.loaders import Failure, count, find, load
from index.types import Article
from tests.loaders.documents import MEMBERS, SENTENCE, failure, outcomes, tarred, zipped


class TestArchives:
    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("all.zip", zipped(MEMBERS)),
            ("all.tar.gz", tarred(MEMBERS)),
            ("all.tgz", tarred(MEMBERS)),
            ("all.tar", tarred(MEMBERS, "w")),
        ],
        ids=["zip", "tar.gz", "tgz", "tar"],
    )
    def test_every_document_in_one_is_read_and_bad_ones_are_told(self, write, name, content):
        path = write(name, content)
        text, one, two, water, bad = load(path)
        assert isinstance(text, Article)
        assert text.text == SENTENCE
        assert text.article_id.startswith("a-")
        assert [one.article_id, two.article_id] == ["one", "two"]  # type: ignore[union-attr]
        assert isinstance(water, Article)
        assert water.pages
        assert isinstance(bad, Failure)
        assert bad.location == f"{path}/bad.pdf"
        assert count(path) == 5

    def test_the_same_name_in_two_folders_is_two_articles(self, write):
        path = write("all.zip", zipped({"x/a.txt": b"One.", "y/a.txt": b"Two."}))
        assert len({one.article_id for one in load(path) if isinstance(one, Article)}) == 2

    def test_columns_are_those_of_the_tables_in_it(self, write):
        (ferry,) = load(write("all.zip", zipped({"a.csv": b"verhaal\nIt sails.\n"})), {"text": "verhaal"})
        assert isinstance(ferry, Article)


class TestPathsAndLinks:
    @pytest.mark.parametrize(
        "name", ["../../out.txt", "/out.txt", "a/../../out.txt", "..\\out.txt", "C:\\out.txt"]
    )
    @pytest.mark.parametrize("pack", [zipped, tarred], ids=["zip", "tar.gz"])
    def test_a_path_that_leads_out_is_not_read_and_nothing_is_written(self, write, tmp_path, pack, name):
        path = write("a/b/all" + (".zip" if pack is zipped else ".tgz"), pack({name: b"x", "in.txt": b"In."}))
        assert outcomes(path) == ["has a path that leads out of the archive, and is not read", "article"]
        assert [file for file in tmp_path.rglob("*") if file.is_file()] == [path]

    def test_links_in_archives_are_not_followed(self, write, tmp_path):
        (tmp_path / "secret.txt").write_text("secret")
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w:gz") as file:
            for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE):
                member = tarfile.TarInfo("link.txt")
                member.type, member.linkname = kind, str(tmp_path / "secret.txt")
                file.addfile(member)
        assert set(outcomes(write("links.tgz", archive.getvalue()))) == {
            "is a link, and links in archives are not followed"
        }

    def test_links_in_zips_are_not_followed(self, write):
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr(link, "/etc/passwd")
        assert failure(write("links.zip", archive.getvalue())).reason.startswith("is a link")

    def test_folders_that_link_to_each_other_end(self, write, tmp_path):
        write("a/one.txt", SENTENCE)
        (tmp_path / "a" / "b").symlink_to(tmp_path / "a")
        (tmp_path / "c").symlink_to(tmp_path / "d")
        (tmp_path / "d").symlink_to(tmp_path / "c")
        files, _ = find([tmp_path])
        assert [path.name for path in files] == ["one.txt"]
