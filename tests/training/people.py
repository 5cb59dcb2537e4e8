"""A small SQuAD file of people and where they lived, and how it is trained on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from scripts.reader_training.squad import (
    Answer,
    Question,
)

PLACES = ["Oslo", "Lima", "Cairo", "Quito", "Hanoi", "Accra", "Delhi", "Perth"]
NAMES = "Ada Bell, Bo Lind, Cy Hart, Di Moss, Ed Frost, Flo Wood, Gil Ford, Hal Stone"
PEOPLE = NAMES.split(", ")


def paragraph(person: str, place: str, number: int) -> dict[str, object]:
    context = f"{person} came home. In 19{number}0 {person} lived in {place}. It was warm there."
    return {
        "context": context,
        "qas": [
            {
                "id": f"{number}-where",
                "question": f"Where did {person} live in 19{number}0?",
                "answers": [{"text": place, "answer_start": context.index(place)}],
                "is_impossible": False,
            },
            {
                "id": f"{number}-who",
                "question": f"Who married {person}?",
                "answers": [],
                "plausible_answers": [{"text": place, "answer_start": 0}],
                "is_impossible": True,
            },
        ],
    }


def squad(title: str = "Some_people") -> dict[str, object]:
    people = enumerate(zip(PEOPLE, PLACES, strict=True))
    paragraphs = [paragraph(person, place, number) for number, (person, place) in people]
    return {
        "version": "v2.0",
        "data": [
            {"title": title, "paragraphs": paragraphs[:6]},
            {"title": "Others", "paragraphs": paragraphs[6:]},
        ],
    }


def options(squad_file: Path, encoder: Path, out: Path) -> list[str]:
    return [
        f"{squad_file}=9", "--dev", str(squad_file), "--hold-out", "Others",
        "--encoder", str(encoder), "--out", str(out),
    ]  # fmt: skip


def checkpoint(out: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = torch.load(out / "checkpoint.pt", weights_only=True)
    return loaded


def asked_of(text: str, answer: str, context: str) -> Question:
    return Question("1", text, (Answer(answer, context.index(answer)),))
