"""Clause: a question taken apart into what is asked, the verb, and those it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from qa_service.conversation import english
from qa_service.conversation.english import plain

Words = tuple[str, ...]


@dataclass(frozen=True)
class Clause:
    """The words of a question, in order, each in one part.

    "how much did Egypt lose in 2021": asked "how much", auxiliary "did", subject "Egypt", verb "lose",
    rest "in 2021". Where the asked is the subject itself, as in "who visited Sokha", ``subject`` is empty.
    A question of keywords is all rest.
    """

    asked: Words = ()
    auxiliary: Words = ()
    subject: Words = ()
    verb: Words = ()
    rest: Words = ()

    @property
    def words(self) -> Words:
        return self.asked + self.auxiliary + self.subject + self.verb + self.rest

    @property
    def is_keywords(self) -> bool:
        return not self.asked and not self.auxiliary

    @property
    def asks_for_subject(self) -> bool:
        return bool(self.asked and self.verb and not self.subject)

    @property
    def asks_for_thing(self) -> bool:
        """Whether the answer is who or what, rather than when, where, why or how."""
        return bool({*map(plain, self.asked)} & {"who", "whom", "what", "which", "whats", "whos"})

    def with_subject(self, subject: Words) -> Words:
        """Where the subject was asked for, whether it is this one: "did the pope come", of "who came"."""
        if self.auxiliary:
            return (*self.auxiliary[:1], *subject, *self.auxiliary[1:], *self.verb, *self.rest)
        return ("did", *subject, english.base_form(self.verb[0]), *self.rest)


@dataclass(frozen=True)
class Phrase:
    """A noun phrase and the preposition in front of it, if there is one."""

    words: Words
    preposition: str = ""

    @property
    def text(self) -> str:
        return " ".join(self.words)

    @property
    def is_time(self) -> bool:
        """Whether it says when, and nothing else."""
        others = (word for word in self.words if not english.is_time((word,)))
        return english.is_time(self.words) and not self.has_name and not any(map(english.is_noun, others))

    @property
    def has_name(self) -> bool:
        return english.has_name(self.words)


def clause(words: Words) -> Clause:
    """Take a question apart. What it can't make sense of stays in ``rest``."""
    asked, others = _split(words, _asked_end(words))
    if others and plain(others[0]) in english.AUXILIARIES:
        return _with_auxiliary(asked, others)
    if not asked:
        return Clause(rest=words)
    start = _skip_adverbs(others, 0)
    adverbs, others = _split(others, start)
    if others and english.is_verb(others[0]):
        return Clause(asked, adverbs, (), others[:1], others[1:])
    end = _phrase_end(others)
    return Clause(asked, adverbs, others[:end], (), others[end:])


def phrases(words: Sequence[str]) -> Iterator[Phrase]:
    """The noun phrases among the words behind a verb."""
    preposition, current = "", list[str]()
    for word in (*words, "but"):
        if _continues(current, preposition, word):
            current.append(word)
            continue
        while current and plain(current[-1]) in english.FUNCTION_WORDS:
            del current[-1]
        if current:
            yield Phrase(tuple(current), preposition)
        current = []
        preposition = plain(word) if plain(word) in english.PREPOSITIONS else ""


def _continues(current: Sequence[str], preposition: str, word: str) -> bool:
    """Whether ``word`` belongs to the noun phrase that has ``current``."""
    low = plain(word)
    if low in english.DETERMINERS:
        return not current or plain(current[-1]) == "of"
    if low in english.ADVERBS - english.PREPOSITIONS:
        return bool(current)
    if low == "and":
        return preposition == "between" and bool(current)
    if low == "of" or (current and plain(current[-1]) in ("the", "a", "an")):
        return bool(current)
    return not (low in english.FUNCTION_WORDS or english.is_nothing_but_verb(word))


def _split(words: Words, place: int) -> tuple[Words, Words]:
    return words[:place], words[place:]


def _asked_end(words: Words) -> int:
    """Where the question word and what belongs to it end: "in which year", "how many seats", "who"."""
    start = 1 if words and plain(words[0]) in english.PREPOSITIONS else 0
    if len(words) <= start or plain(words[start]) not in english.ASKING:
        return 0
    head, behind = plain(words[start]), words[start + 1 :]
    if head in ("which", "what", "whose", "how") and behind:
        return start + 1 + _noun_end(behind, is_quality=head == "how")
    return start + 1


def _noun_end(words: Words, is_quality: bool) -> int:
    """How many of these words still belong to "which" or "how"."""
    for place, word in enumerate(words):
        low = plain(word)
        if low in english.AUXILIARIES:
            return place
        if place and english.is_nothing_but_verb(word):
            return place
        if low in english.PREPOSITIONS and not is_quality:
            break
    first = words[0]
    if english.is_verb(first) and not english.is_noun(first):
        return 0
    if is_quality and plain(first) not in ("many", "much"):
        return 1
    verbs = [place for place, word in enumerate(words[:4]) if place and english.is_verb(word)]
    if verbs:
        return verbs[0]
    return 0 if len(words) > 1 and not is_quality else len(words)


def _with_auxiliary(asked: Words, others: Words) -> Clause:
    start = 1
    while start < len(others) and plain(others[start]) in ("not", "also", "already", "ever", "still"):
        start += 1
    auxiliary, others = _split(others, start)
    fits = _form_behind(plain(auxiliary[0]))
    is_subject_left_out = asked and (start > 1 or plain(auxiliary[0]) not in english.DO)
    if others and is_subject_left_out and fits(others[0]) and not english.is_noun(others[0]):
        return Clause(asked, auxiliary, (), others[:1], others[1:])
    end = _phrase_end(others)
    verbs = [
        place
        for place in range(1, end)
        if fits(others[place]) and plain(others[place - 1]) not in english.DETERMINERS
    ]
    if (
        not verbs
        and end < len(others) - 1
        and plain(others[end]) in ("who", "that", "which")
        and fits(others[-1])
    ):
        return Clause(asked, auxiliary, others[:-1], others[-1:], ())
    has_more_behind = bool(others[end:]) and plain(others[end]) in english.PREPOSITIONS | {"of"}
    if not verbs and has_more_behind and plain(auxiliary[0]) in english.DO:
        verbs = list(_late_verbs(others, end))[:1]
    if not verbs:
        return Clause(asked, auxiliary, others[:end], (), others[end:])
    verb = verbs[-1]
    return Clause(asked, auxiliary, others[:verb], others[verb : verb + 1], others[verb + 1 :])


def _late_verbs(words: Words, start: int) -> Iterator[int]:
    """Where the verb may be of a subject with more behind it: "the envoys of France and Japan visit"."""
    no_verb_behind = english.DETERMINERS | english.PREPOSITIONS | english.JOINING | {"of"}
    for place in range(start + 1, len(words)):
        word = words[place]
        if word.islower() and english.is_base_form(word) and plain(words[place - 1]) not in no_verb_behind:
            yield place


def _form_behind(auxiliary: str) -> Callable[[str], bool]:
    """What form of a verb can follow."""
    if auxiliary in english.BE | english.HAVE:
        return english.is_participle
    return english.is_base_form


def _phrase_end(words: Words) -> int:
    """Where the noun phrase that begins these words ends, its verb included if that follows at once."""
    for place, word in enumerate(words):
        low = plain(word)
        if place and low in english.DETERMINERS and plain(words[place - 1]) != "of":
            return place
        if place and low in english.PREPOSITIONS | english.JOINING - {"and", "or"}:
            return place
    return len(words)


def _skip_adverbs(words: Words, place: int) -> int:
    while place < len(words) - 1 and plain(words[place]) in english.ADVERBS:
        place += 1
    return place
