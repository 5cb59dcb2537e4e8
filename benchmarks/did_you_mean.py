"""Is the name that was meant suggested, and is nothing suggested where all is well?

    python -m qa_service ingest samples/articles --data-dir /tmp/names
    python -m benchmarks.did_you_mean --data-dir /tmp/names

Every name of the sample articles is asked for ("who is ...") with one slip in typing, of each kind, and with
two; the slips are drawn with a fixed seed. Then the sample questions are asked as they are.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from pathlib import Path
from random import Random
from string import ascii_lowercase
from time import perf_counter

from rich.console import Console
from rich.table import Table

from index.article_index import ArticleIndex
from index.local import LocalIndex
from index.spelling import LEAST_LETTERS
from qa_service.conversation import english
from qa_service.did_you_mean import did_you_mean
from qa_service.given_settings import load_settings

QUESTIONS = Path("samples/questions.jsonl")
KINDS = ("a letter too many", "a letter too few", "another letter", "two exchanged", "two slips")


def names(index: ArticleIndex) -> list[str]:
    """Capitalised words that no dictionary holds."""
    texts = [article.text for article in index.list(1000)]
    words = {word for text in texts for word in re.findall(r"\w+", text)}
    return sorted(
        word for word in words if word.istitle() and len(word) >= LEAST_LETTERS and english.is_name(word)
    )


def mistyped(name: str, kind: str, random: Random) -> str:
    """``name`` with a slip behind its first letter."""
    if kind == "two slips":
        return mistyped(mistyped(name, random.choice(KINDS[:3]), random), random.choice(KINDS[:3]), random)
    place = random.randrange(1, len(name) - (kind == "two exchanged"))
    letter = random.choice(ascii_lowercase)
    before, after = name[:place], name[place:]
    if kind == KINDS[0]:
        return before + letter + after
    if kind == KINDS[1]:
        return before + after[1:]
    if kind == KINDS[2]:
        return before + letter + after[1:]
    return before + after[1:2] + after[0] + after[2:]


def outcome(index: ArticleIndex, name: str, typed: str) -> str:
    if index.has_word(typed):
        return "is a word too"
    suggestion = did_you_mean(f"who is {typed.lower()}", index)
    if suggestion is None:
        return "none"
    return "right" if suggestion.lower() == f"who is {name.lower()}" else "another"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    index = LocalIndex.open(load_settings(data_dir=parser.parse_args().data_dir).index_folder)
    random, console = Random(15), Console()  # noqa: S311
    known = names(index)
    table = Table("slip", "names", "right", "another", "none", "is a word too", "ms each")
    for kind in KINDS:
        started = perf_counter()
        counts = Counter(outcome(index, name, mistyped(name, kind, random)) for name in known)
        each = 1000 * (perf_counter() - started) / len(known)
        figures = [counts[column] for column in ("right", "another", "none", "is a word too")]
        table.add_row(kind, *map(str, (len(known), *figures)), f"{each:.1f}")
    console.print(table)
    changed = [name for name in known if did_you_mean(f"who is {name}", index)]
    console.print(f"{len(changed)} of {len(known)} names spelt right get a suggestion")
    for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
        question = json.loads(line)["question"]
        if suggestion := did_you_mean(question, index):
            console.print(f"{question} → {suggestion}")


if __name__ == "__main__":
    main()
