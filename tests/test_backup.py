"""A backup is as of one moment whatever is written meanwhile, and a damaged one changes nothing."""

import hashlib
import json
import threading
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from index.backup import Backup, back_up, require_alone
from index.encoder import HashingEncoder
from index.errors import BackupError, IndexLocked
from index.local import LocalIndex
from index.types import Article
from qa_service.config import Settings
from qa_service.pipeline import Pipeline
from qa_service.types import Reply
from tests.conftest import BY_MARGIN, FirstSentence, manifest

QUESTIONS = ("what does number 3 say", "who repeats 5", "which number is even", "what was version 2")


def story(number: int) -> Article:
    text = f"Number {number % 9} says that it is version {number}. It repeats this {number} times."
    return Article(
        f"article-{number % 9}", text, f"Number {number % 9}", published=f"20{number % 90 + 10}-01-01"
    )


def replies(pipeline: Pipeline) -> list[Reply]:
    return [pipeline.ask(question).model_copy(update={"timings_ms": None}) for question in QUESTIONS]


class Writer(threading.Thread):
    """Changes articles until it is told to stop, and knows what stood there at each generation."""

    def __init__(self, pipeline: Pipeline) -> None:
        super().__init__()
        self.pipeline = pipeline
        self.stop = threading.Event()
        self.is_busy = threading.Event()
        self.states: dict[int, dict[str, str]] = {}

    def run(self) -> None:
        texts: dict[str, str] = {}
        for number in range(100_000):
            article = story(number)
            if number % 5 == 4 and len(texts) > 5:
                gone = min(texts)
                self.pipeline.index.delete(gone)
                del texts[gone]
            else:
                list(self.pipeline.ingest([article]))
                texts[article.article_id] = article.text
            self.states[self.pipeline.index.status().generation] = dict(texts)
            if number == 20:
                self.is_busy.set()
            if self.stop.is_set():
                return


def test_one_taken_under_load_answers_the_same_questions_the_same_way(
    tmp_path: Path, settings: Settings, pipeline: Pipeline, encoder: HashingEncoder
) -> None:
    def over(index: LocalIndex) -> Pipeline:
        return Pipeline(settings, index, encoder, FirstSentence(), BY_MARGIN)

    writer = Writer(pipeline)
    writer.start()
    assert writer.is_busy.wait(60)
    before = pipeline.index.status().generation
    made = [
        back_up({"articles.db": tmp_path / "index" / "articles.db"}, tmp_path / f"{number}.backup")
        for number in range(5)
    ]
    after = pipeline.index.status().generation
    writer.stop.set()
    writer.join(60)
    assert after > before, "it was written to meanwhile"
    for number, backup in enumerate(made):
        folder = tmp_path / f"restored-{number}"
        folder.mkdir()
        backup.extract("articles.db", folder / "articles.db")
        with (
            closing(LocalIndex.open(folder)) as restored,
            closing(LocalIndex.open(tmp_path / f"afresh-{number}", manifest(encoder))) as afresh,
        ):
            assert not restored.verify()
            stored = {article.article_id: article.text for article in restored.all()}
            assert stored == writer.states[restored.status().generation]
            list(over(afresh).ingest(restored.all()))
            assert replies(over(restored)) == replies(over(afresh))


@pytest.fixture
def made(tmp_path: Path, pipeline: Pipeline) -> Backup:
    list(pipeline.ingest(map(story, range(9))))
    return back_up({"articles.db": tmp_path / "index" / "articles.db"}, tmp_path / "all.backup")


def test_it_is_read_back(made: Backup) -> None:
    assert Backup.read(made.path) == made
    assert not list(made.path.parent.glob(".backup-*")), "nothing half-made stays"


def test_none_is_overwritten(made: Backup, tmp_path: Path) -> None:
    before = made.path.read_bytes()
    with pytest.raises(BackupError, match="Give another name"):
        back_up({"articles.db": tmp_path / "index" / "articles.db"}, made.path)
    assert made.path.read_bytes() == before


def test_what_can_not_be_read_gives_no_backup(tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_bytes(b"no database" * 1000)
    with pytest.raises(BackupError, match="verify"):
        back_up({"articles.db": tmp_path / "broken.db"}, tmp_path / "all.backup")
    assert not (tmp_path / "all.backup").exists()


@pytest.mark.parametrize("place", range(20))
def test_a_byte_that_changed_is_found(made: Backup, place: int) -> None:
    data = bytearray(made.path.read_bytes())
    data[(len(data) - 200) * place // 20 + 100] ^= 0xFF
    made.path.write_bytes(data)
    with pytest.raises(BackupError, match="damaged"):
        Backup.read(made.path)


@pytest.mark.parametrize("share", [0, 0.3, 0.99])
def test_one_that_was_cut_off_is_told(made: Backup, share: float) -> None:
    data = made.path.read_bytes()
    made.path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(BackupError, match=r"all\.backup is damaged, or no backup"):
        Backup.read(made.path)


@pytest.mark.parametrize(
    "contents",
    ["", "[]", "{}", '{"format": 2}', '{"format": 1, "created": "", "databases": {"articles.db": "0"}}',
     '{"format": 1, "created": "", "databases": {"../../articles.db": "0"}}'],
)  # fmt: skip
def test_another_archive_is_none(tmp_path: Path, contents: str) -> None:
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("backup.json", contents)
    with pytest.raises(BackupError):
        Backup.read(tmp_path / "other.zip")


def test_a_damaged_database_is_in_no_backup_and_not_restored(tmp_path: Path, made: Backup) -> None:
    made.extract("articles.db", tmp_path / "broken")
    data = bytearray((tmp_path / "broken").read_bytes())
    data[4096:12288] = bytes(8192)
    (tmp_path / "broken").write_bytes(data)
    with pytest.raises(BackupError, match=r"damaged.*Restore an earlier backup"):
        back_up({"articles.db": tmp_path / "broken"}, tmp_path / "2.backup")
    assert not (tmp_path / "2.backup").exists()
    contents = {
        "format": 1, "created": "", "databases": {"articles.db": hashlib.sha256(data).hexdigest()},
    }  # fmt: skip
    with zipfile.ZipFile(tmp_path / "3.backup", "w") as archive:
        archive.writestr("backup.json", json.dumps(contents))
        archive.writestr("articles.db", bytes(data))
    with pytest.raises(BackupError, match="damaged"):
        Backup.read(tmp_path / "3.backup").extract("articles.db", tmp_path / "extracted")


def test_a_database_too_damaged_to_tell_whose_it_is_may_be_replaced(tmp_path: Path) -> None:
    (tmp_path / "articles.db").write_bytes(b"no database" * 1000)
    require_alone(tmp_path / "articles.db")


def test_a_database_that_is_in_use_is_noticed(tmp_path: Path, open_index: Callable[[], LocalIndex]) -> None:
    path = tmp_path / "index" / "articles.db"
    require_alone(path)
    index = open_index()
    with pytest.raises(IndexLocked, match="Stop the server"):
        require_alone(path)
    index.close()
    require_alone(path)
