"""Coverage-guided fuzzing (atheris, which is libFuzzer) of what the program reads.

    python -m benchmarks.fuzz.inputs [--minutes 60] [--corpus DIR] [TARGET...]

A target is a kind of document by its suffix, such as .pdf, or `question` or `configuration`. Each gets its
share of the time in a process of its own. Anything but an article, a failure or an error of ours ends it, and
so do an input that takes more than 20 seconds, and more than 2 GB of memory; what did it is left in the
corpus, which is gone on with the next time. It begins with the documents of the tests and with what earlier
runs left in corpus.zip of what reached new code; tests/test_fuzz_corpus.py reads all of that again.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

DOCUMENTS = Path(__file__).parents[2] / "tests" / "data" / "articles"
KEPT = Path(__file__).parent / "corpus.zip"
OTHERS = ("question", "configuration")
SECONDS, MEGABYTES = 20, 2000
SEEDS = {
    "question": [b"who visited Sokha", b'"NEAR(a b)" OR -x*', b"wann war es am 3. Mai?", b"a" * 2000],
    "configuration": [
        b'port = 1\nrate_limit = "3/minute"\n',
        b"[x]\nhost = 1",
        b'openid_issuer = "https://a"',
    ],
}

Target = Callable[[bytes], object]


def kinds() -> list[str]:
    from index.loaders.kinds import SUFFIXES

    return list(SUFFIXES)


def kept(name: str) -> Iterator[tuple[Path, bytes]]:
    """The inputs for a target that are in corpus.zip, each with its path there."""
    with zipfile.ZipFile(KEPT) as archive:
        for member in map(Path, archive.namelist()):
            if member.parent.name == name.strip("."):
                yield member, archive.read(str(member))


def _archives(suffix: str) -> Iterator[bytes]:
    """An archive of documents of the tests, and one of names that must be refused; none of other kinds."""
    # Not before: what fuzzing watches is imported in the process that fuzzes.
    from tests.loaders.documents import tarred, zipped

    packers: dict[str, Callable[[dict[str, bytes]], bytes]] = {
        ".zip": zipped,
        ".tar": partial(tarred, mode="w"),
        ".tar.gz": tarred,
        ".tgz": tarred,
    }
    if pack := packers.get(suffix):
        yield pack({path.name: path.read_bytes() for path in sorted(DOCUMENTS.glob("*.txt"))})
        yield pack(
            {"../out.txt": b"out", "/root.md": b"# root", "a/.hidden": b"x", "in.zip": b"PK", "d/": b""}
        )


def target(name: str, folder: Path) -> Target:
    """What is called with each input; it raises where there is a fault."""
    if name == "question":
        return _question(folder)
    return _configuration(folder) if name == "configuration" else _document(name)


def _document(suffix: str) -> Target:
    from index import loaders
    from index.loaders.dates import iso_date
    from index.loaders.reading import load_bytes
    from index.types import Article

    iso_date("the 2020th of nothing")  # reads the names of months in 200 languages, once

    def load(data: bytes) -> None:
        for outcome in load_bytes(Path(f"fuzz{suffix}"), data):
            if not isinstance(outcome, Article | loaders.Failure):
                raise AssertionError(outcome)

    return load


def _question(folder: Path) -> Target:
    from datetime import date

    from benchmarks.fuzz.server import pipeline
    from index.errors import QAError
    from index.types import clean_text
    from qa_service.conversation import standalone
    from qa_service.timeframe import timeframe
    from qa_service.types import Turn

    service = pipeline(folder)

    def ask(data: bytes) -> None:
        # Cleaned as each way of asking does.
        question, _, before = map(clean_text, data.decode("utf-8", "surrogateescape").partition("\n"))
        try:
            meant = standalone(question, [Turn(before, "the ambassadors of six countries")] if before else [])
            when = timeframe(meant, date(2026, 11, 28))
            reply = service.ask(question, meant=meant, timeframe=when, top_k=2)
        except QAError:
            return
        for cited in reply.citations:
            if service.index.get(cited.article_id).text[cited.start : cited.end] != cited.quote:
                raise AssertionError(cited)

    return ask


def _configuration(folder: Path) -> Target:
    from index.errors import ConfigError
    from qa_service.given_settings import faults, load_settings

    path = folder / "qa.toml"

    def configure(data: bytes) -> None:
        path.write_bytes(data)
        environ = {"QA_CONFIG": str(path)}
        told = faults(environ)
        try:
            load_settings(environ)
        except ConfigError as error:
            if not told:
                raise AssertionError("load_settings finds what faults doesn't") from error
            return
        if told:
            raise AssertionError(told)

    return configure


def _run(name: str, corpus: Path, seconds: int) -> None:
    """Fuzz in this process until the time is over, and end it."""
    import atheris

    with atheris.instrument_imports(include=["index", "qa_service"]), tempfile.TemporaryDirectory() as folder:
        called = target(name, Path(folder))
        limits = [f"-max_total_time={seconds}", f"-timeout={SECONDS}", f"-rss_limit_mb={MEGABYTES}"]
        more = [
            "-max_len=200000",
            f"-artifact_prefix={corpus}/fault-",
            "-verbosity=1",
            "-print_final_stats=1",
        ]
        atheris.Setup(["fuzz", *limits, *more, str(corpus)], called)
        atheris.Fuzz()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--minutes", type=float, default=60, help="in all")
    parser.add_argument("--corpus", type=Path, default=Path(tempfile.gettempdir()) / "corpus", metavar="DIR")
    parser.add_argument("--run", metavar="SECONDS", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    targets = options.targets or [*kinds(), *OTHERS]
    if options.run:
        _run(targets[0], options.corpus, options.run)
        return
    seconds, faulty = int(60 * options.minutes / len(targets)), []
    for name in targets:
        corpus = options.corpus / name.strip(".")
        corpus.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate([*SEEDS.get(name, []), *_archives(name)]):
            (corpus / f"seed-{number}").write_bytes(seed)
        for path in DOCUMENTS.glob(f"*{name}"):
            shutil.copy(path, corpus)
        for path, content in kept(name):
            (corpus / path.name).write_bytes(content)
        command = [
            sys.executable,
            "-m",
            "benchmarks.fuzz.inputs",
            name,
            "--corpus",
            corpus,
            "--run",
            str(seconds),
        ]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace")  # noqa: S603
        runs = re.findall(r"stat::number_of_executed_units: (\d+)", done.stderr)
        said = (
            f"{name}: {runs[-1] if runs else 'no'} inputs in {seconds} s, {len(list(corpus.iterdir()))} kept"
        )
        print(said if done.returncode == 0 else f"{said}; FAULT\n{done.stderr[-3000:]}", flush=True)
        faulty += [name] if done.returncode else []
    sys.exit(1 if faulty else 0)


if __name__ == "__main__":
    main()
