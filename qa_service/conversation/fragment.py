"""Fragment: "and in 2022", "what about the women's race": the question before with one part changed."""

from __future__ import annotations

from collections.abc import Callable

from qa_service.conversation import english
from qa_service.conversation.clause import Phrase, Words, phrases
from qa_service.conversation.english import plain
from qa_service.conversation.topic import Topic

_SEQUENCE = frozenset(("before", "after"))


def is_fragment(words: Words) -> bool:
    """Whether it has neither question word nor verb."""
    if {*map(plain, words)} & (english.ASKING | english.AUXILIARIES):
        return False
    return not any(map(english.is_nothing_but_verb, words))


def exchanged(words: Words, topic: Topic) -> Words:
    """The question before with the part that is of the kind of this fragment changed for it."""
    former = topic.clause.words
    new = next(phrases(words), Phrase(words))
    if len(words) == 1 and plain(words[0]) in _SEQUENCE:
        return tuple(words[0] if plain(word) in _SEQUENCE else word for word in former)
    if old := _counterpart(new, topic):
        return _replaced(former, old, new)
    if new.preposition or new.is_time:
        return (*former, *words)
    return _filled(new, topic)


def _counterpart(new: Phrase, topic: Topic) -> Phrase | None:
    """What stands in the question before where the fragment belongs."""
    former = topic.clause
    told = [*phrases(former.rest), *([Phrase(former.subject)] if former.subject else [])]
    if plain(new.words[-1]) in english.ORDINALS:
        return _word(former.words, lambda word: plain(word) in english.ORDINALS)
    if new.is_time:
        whole = next((each for each in told if each.is_time), None)
        return whole or _word(former.words, lambda word: english.is_time((word,)))
    if new.preposition:
        return next((each for each in told if each.preposition == new.preposition and not each.is_time), None)
    if english.is_possessive(new.words[-1]) and (owners := [each for each in map(_owner, told) if each]):
        return owners[0]
    like = [each for each in told if plain(each.words[-1]) == plain(new.words[-1])]
    if like or (former.asks_for_subject and topic.has_several_answers):
        return like[0] if like else None
    if former.subject:
        return Phrase(former.subject)
    return next((each for each in told if not each.is_time and each.has_name == new.has_name), None)


def _word(words: Words, fits: Callable[[str], bool]) -> Phrase | None:
    return next((Phrase((word,)) for word in words if fits(word)), None)


def _owner(phrase: Phrase) -> Phrase | None:
    """ "Webb's" in "Webb's main mirror"."""
    places = [place for place, word in enumerate(phrase.words) if english.is_possessive(word)]
    return Phrase(phrase.words[: places[0] + 1]) if places else None


def _replaced(words: Words, old: Phrase, new: Phrase) -> Words:
    length = len(old.words)
    start = next(place for place in range(len(words)) if words[place : place + length] == old.words)
    before = words[:start]
    put = new.words
    if before and english.is_possessive(before[-1]) and plain(put[0]) == "the":
        put = put[1:]  # "his second marathon"
    if new.preposition and not (before and plain(before[-1]) == new.preposition):
        put = (new.preposition, *put)
    years = [word for word in old.words if english.is_time((word,))]
    if years and not english.is_time(new.words):
        put = (*put, "in", years[0])
    return (*before, *put, *words[start + length :])


def _filled(new: Phrase, topic: Topic) -> Words:
    """The fragment as the answer: "did the pope come to Paris", of "who came to Paris"."""
    former = topic.clause
    return former.with_subject(new.words) if former.asks_for_subject else new.words
