"""Topic: what a turn of the conversation was about, and which pronouns can mean it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

from qa_service.conversation import english
from qa_service.conversation.clause import Clause, Phrase, Words, clause, phrases
from qa_service.conversation.english import plain

Kind = Literal["person", "thing", "several"]

LONGEST_ANSWER = 9
"""Words of an answer that can stand in a question; of a longer one what stands before its first comma."""
LONGEST_LIST = 16
"""Words of a list that can: its first member alone would be another subject."""

_LIST = re.compile(r", [^,]+, (?:and |or )?[^,]+| and ")

_UNKNOWN = frozenset(("a", "an", "any", "no", "some", "what"))
"""Words before those that were not known yet: "did he become a minister"."""
_PLACING = frozenset(("in", "at", "near", "from"))
_PEOPLE = english.all_of(
    "ambassador archbishop architect author brother candidate captain champion chief coach "
    "commissioner daughter director father general governor husband judge king leader man mayor "
    "minister mother opponent person president prince princess prosecutor queen senator sister son "
    "spokesman spokeswoman wife winner woman writer"
)


@dataclass(frozen=True)
class Topic:
    """A question that stands alone, and the answer to it, short enough to stand in another question."""

    clause: Clause
    answer: Words
    has_several_answers: bool = False

    @classmethod
    def of(cls, question: Words, answer: str) -> Topic:
        return cls(clause(question), _short(answer), "," in answer or " and " in answer)

    @property
    def named_answer(self) -> Phrase | None:
        """The answer, where it names somebody or something."""
        answer = Phrase(self.answer)
        return answer if answer.has_name and not answer.is_time else None

    @property
    def _new_answer(self) -> Phrase | None:
        """ "the micrometeoroid", of the answer "a micrometeoroid"."""
        if 1 < len(self.answer) <= 4 and plain(self.answer[0]) in ("a", "an", "the"):
            return Phrase(("the", *self.answer[1:]))
        return None

    @property
    def described(self) -> Phrase | None:
        """What the answer is another name of: "governor of the boj", "Who is his coach"."""
        if self.clause.is_keywords:
            return next(phrases(self.clause.rest), None)
        if self.clause.asks_for_thing and self.clause.subject and not self.clause.verb:
            return Phrase(_trimmed((*self.clause.subject, *self._relative)))
        return None

    @property
    def _relative(self) -> Words:
        """What tells who is meant: "the first woman to win", "the bishop who came"."""
        rest = self.clause.rest
        is_relative = rest and plain(rest[0]) in ("who", "that", "which")
        is_infinitive = len(rest) > 1 and plain(rest[0]) == "to" and english.is_base_form(rest[1])
        return rest if is_relative or is_infinitive else ()

    @property
    def subject(self) -> Phrase | None:
        """Who did it or is spoken of."""
        if self.clause.asks_for_subject:
            return self.named_answer or self._new_answer or self._whoever
        subject = self.described or Phrase(_trimmed(self.clause.subject))
        if self.described and self.named_answer and not english.is_all_name(subject.words):
            return self.named_answer
        return subject if subject.words and plain(subject.words[0]) not in english.PRONOUNS else None

    @property
    def _whoever(self) -> Phrase | None:
        """ "the one who led the works", where the answer to "who led the works" is not known."""
        asked, told = [*map(plain, self.clause.asked)], self.clause
        if asked == ["who"]:
            named: Words = ("the", "one", "who")
        elif asked[0] in ("which", "what") and len(asked) > 1:
            named = ("the", *told.asked[1:], "that")
        else:
            return None
        return Phrase((*named, *told.auxiliary, *told.verb, *told.rest))

    def objects(self) -> Iterator[Phrase]:
        """Those it was done to, with, at or in."""
        told = _joined([*phrases(self.clause.rest)])
        yield from (each for each in told if each != self.described or not self.named_answer)
        if self.clause.asks_for_thing and self.clause.verb and self.clause.subject and self.named_answer:
            yield self.named_answer

    def mentions(self, objects_first: bool = False) -> list[Phrase]:
        """All that a pronoun can mean; a subject is likely to stay subject, and an object object."""
        subject = [self.subject] if self.subject else []
        ordered = [*self.objects(), *subject] if objects_first else [*subject, *self.objects()]
        inner = [part for each in [*ordered, Phrase(self.clause.subject)] for part in _parts(each)]
        return [
            each
            for each in dict.fromkeys([*ordered, *inner])
            if each.words
            and not each.is_time
            and plain(each.words[0]) not in _UNKNOWN
            and (each.has_name or any(map(english.is_noun, each.words)))
        ]

    @property
    def place(self) -> Phrase | None:
        """Where it was, if this turn says so."""
        if plain(" ".join(self.clause.asked)) == "where" and self.named_answer:
            return self.named_answer
        places = [
            each for each in phrases(self.clause.words) if each.preposition in _PLACING and each.has_name
        ]
        return places[-1] if places else None

    @property
    def time(self) -> Phrase | None:
        """When it was, if this turn says so."""
        asked = [plain(word) for word in self.clause.asked]
        if ("when" in asked or english.is_time(asked)) and english.is_time(self.answer):
            return Phrase(self.answer)
        times = [each for each in phrases(self.clause.words) if each.is_time]
        return times[-1] if times else None

    def nouns(self) -> Iterator[str]:
        """What things of the kind that is spoken of are called; what was asked for comes last."""
        for phrase in self.mentions():
            yield head(phrase)
        yield from (word for word in self.clause.asked[-1:] if english.is_noun(word))

    def fitness(self, phrase: Phrase, kind: Kind) -> int:
        """How well a pronoun of this kind can mean ``phrase``: 2 well, 1 perhaps, 0 not."""
        is_name = english.is_all_name(phrase.words) and plain(phrase.words[0]) not in english.DETERMINERS
        is_person, is_plural = self._is_person(phrase), self._is_plural(phrase)
        if kind == "several":
            return 2 if is_plural else 1
        if kind == "person":
            likely = 2 if is_person or phrase.preposition not in _PLACING else 1
            return likely if (is_person or is_name) and not is_plural else 0
        return 0 if is_person or is_plural else 1 if is_name else 2

    def _is_person(self, phrase: Phrase) -> bool:
        asks_who = "who" in map(plain, self.clause.asked)
        if phrase == self.named_answer:
            is_described = self.described and plain(head(self.described)) in _PEOPLE
            return bool(is_described) or (asks_who and english.is_all_name(phrase.words))
        return plain(head(phrase)) in _PEOPLE or (asks_who and phrase in (self.described, self.subject))

    def _is_plural(self, phrase: Phrase) -> bool:
        if phrase == self.named_answer:
            return self.has_several_answers
        noun = head(phrase)
        return "and" in phrase.words or (english.is_noun(noun) and english.singular(noun) != plain(noun))


def head(phrase: Phrase) -> str:
    """The noun that the rest describes: "restoration" of "the restoration of Notre-Dame"."""
    for place, word in enumerate(phrase.words):
        if place and plain(word) in english.PREPOSITIONS | {"of", "who", "that", "which"}:
            return phrase.words[place - 1]
    return phrase.words[-1]


def _parts(phrase: Phrase) -> Iterator[Phrase]:
    """Those named within a phrase: "kem sokha" in "kem sokha's party", "morocco" in "the king of morocco"."""
    for place, word in enumerate(phrase.words[:-1]):
        if english.is_possessive(word):
            yield Phrase((*phrase.words[:place], english.without_possessive(word)))
        if plain(word) == "of":
            yield Phrase(phrase.words[place + 1 :])


def _short(answer: str) -> Words:
    words = english.words_of(answer)
    if len(words) <= LONGEST_LIST and _LIST.search(answer):
        words = tuple(answer.split())  # with its commas
    elif len(words) > LONGEST_ANSWER:
        words = english.words_of(answer.split(", ")[0])
        words = words if len(words) <= LONGEST_ANSWER else ()
    if not words:
        return ()
    is_common = plain(words[0]) in english.DETERMINERS or english.is_plural(words[0])
    return (words[0].lower() if is_common else words[0], *words[1:])


def _joined(told: Sequence[Phrase]) -> Iterator[Phrase]:
    """The phrases, things with the place behind them: "the quake near Marrakesh"."""
    for phrase, behind in zip_longest(told, told[1:], fillvalue=Phrase(())):
        if behind.preposition in _PLACING and not behind.is_time and not english.is_all_name(phrase.words):
            yield Phrase((*phrase.words, behind.preposition, *behind.words), phrase.preposition)
        yield phrase


def _trimmed(words: Words) -> Words:
    """Without the adverbs behind it: "the Bank of Japan last"."""
    while words and plain(words[-1]) in english.ADVERBS | english.PREPOSITIONS:
        words = words[:-1]
    return words
