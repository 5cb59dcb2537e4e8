"""Questions as people type them into a chat.

Case is left alone: the encoder's tokenizer lower-cases everything.
"""

from __future__ import annotations

from random import Random

NO_QUESTION_MARK = 0.4  # share of questions
MISSPELT = 0.1
_LONG_ENOUGH = 5  # letters: shorter words are seldom misspelt, and become other words


def as_typed(question: str, rng: Random) -> str:
    """The question, sometimes without its question mark, sometimes with a slip of the finger."""
    if rng.random() < MISSPELT:
        question = _misspell(question, rng)
    if rng.random() < NO_QUESTION_MARK:
        question = question.rstrip("? ")
    return question


def _misspell(question: str, rng: Random) -> str:
    """One long lower-case word with a letter lost, doubled, or changed for the next one.

    Names and numbers are spared: without them the question may have another answer.
    """
    words = question.split(" ")
    places = [i for i, word in enumerate(words) if len(word) >= _LONG_ENOUGH and word.islower()]
    if not places:
        return question
    place = rng.choice(places)
    word = words[place]
    at = rng.randrange(1, len(word) - 2)
    slips = [
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    ]
    words[place] = rng.choice(slips)
    return " ".join(words)
