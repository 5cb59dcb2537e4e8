"""Ellipsis: questions that leave out what the question before them said, made whole."""

from __future__ import annotations

from collections.abc import Sequence

from qa_service import english
from qa_service.clause import Clause, Phrase, Words, clause, phrases
from qa_service.english import plain
from qa_service.topic import Topic

_MOST_NOUNS = 2
_QUANTITIES = frozenset(("many", "much", "which", "what", "whose"))
_ORDINALS = frozenset("first second third fourth fifth sixth seventh eighth ninth tenth last".split())


def asked_anew(words: Words, topic: Topic) -> Words | None:
    """A bare question word, "when" or "how many seats", put into the question before; None for others."""
    if not _is_bare(words):
        return None
    former = topic.clause
    if former.is_keywords:
        named = topic.answer if topic.named_answer else ()
        return (*words, *(("is",) if named else ()), *named, *former.rest)
    if former.asks_for_subject and not former.auxiliary:
        return (*words, *_as_told(topic))
    if former.asks_for_subject:
        return (*words, *former.auxiliary[:1], *topic.answer, *former.auxiliary[1:], *former.verb, *former.rest)
    if not former.verb and former.asks_for_thing and topic.named_answer and not Phrase(former.subject).has_name:
        return (*words, *former.auxiliary, *topic.answer, *former.subject, *former.rest)
    return (*words, *former.auxiliary, *former.subject, *former.verb, *former.rest)


def _as_told(topic: Topic) -> Words:
    """ "did France visit Sokha" or "was Sokha visited", of "who visited Sokha"."""
    former, (verb,) = topic.clause, topic.clause.verb
    subject = topic.answer if topic.named_answer else former.asked[1:] if len(former.asked) > 1 else ()
    if plain(former.asked[0]) == "how":
        subject = tuple(word for word in former.asked[1:] if plain(word) not in ("many", "much")) or subject
    if subject:
        return ("did", *subject, english.base_form(verb), *former.rest)
    whom = next(phrases(former.rest), None)
    if whom and not whom.preposition:
        return ("was", *whom.words, english.participle(verb), *former.rest[len(whom.words) :])
    return ("did", "they", english.base_form(verb), *former.rest)


def _is_bare(words: Words) -> bool:
    """Whether all is a question word with what belongs to it, and perhaps a preposition."""
    start = 1 if plain(words[0]) in english.PREPOSITIONS else 0
    if len(words) <= start or plain(words[start]) not in english.ASKING:
        return False
    others = words[start + 1 :]
    nouns = [word for word in others if plain(word) not in english.FUNCTION_WORDS]
    takes_nouns = plain(words[start]) in _QUANTITIES or {*map(plain, others)} & _QUANTITIES
    return (
        len(nouns) <= (_MOST_NOUNS if takes_nouns else 0)
        and not any(english.is_name(word) or english.is_nothing_but_verb(word) for word in nouns)
        and not {*map(plain, others)} & (english.AUXILIARIES | english.PRONOUNS - {"one", "ones", "people"})
    )


def is_fragment(words: Words) -> bool:
    """Whether it has neither question word nor verb: "in 2018", "the women's race"."""
    parts = clause(words)
    return parts.is_keywords and not any(
        english.is_nothing_but_verb(word) or plain(word) in english.ASKING | english.AUXILIARIES for word in words
    )


def exchanged(words: Words, topic: Topic) -> Words:
    """The question before with the part that is of the kind of this fragment changed for it."""
    former = topic.clause.words
    new = next(phrases(words), Phrase(words))
    if plain(words[0]) in ("before", "after") and len(words) == 1:
        return tuple(words[0] if plain(word) in ("before", "after") else word for word in former)
    old = _counterpart(new, words, topic)
    if not old:
        return _filled(new, topic) if not new.preposition else (*former, *words)
    start = next(
        place for place in range(len(former)) if former[place : place + len(old.words)] == old.words
    )
    if plain(new.words[0]) == "the" and start and english.is_possessive(former[start - 1]):
        new = Phrase(new.words[1:], new.preposition)  # "his second marathon"
    preposition = (new.preposition,) if new.preposition and plain(former[start - 1]) != new.preposition else ()
    return (*former[:start], *preposition, *new.words, *former[start + len(old.words) :])


def _counterpart(new: Phrase, words: Words, topic: Topic) -> Phrase | None:
    former = topic.clause
    told = [*phrases(former.rest), *([Phrase(former.subject)] if former.subject else [])]
    if len(words) == 1 or plain(words[0]) == "the":
        ordinals = [word for word in former.words if plain(word) in _ORDINALS]
        if plain(words[-1]) in _ORDINALS and ordinals:
            return Phrase((ordinals[0],))
    if new.is_time:
        years = [word for word in former.words if english.is_time((word,))]
        return next((each for each in told if each.is_time), None) or (Phrase((years[0],)) if years else None)
    if new.preposition:
        return next((each for each in told if each.preposition == new.preposition and not each.is_time), None)
    if english.is_possessive(new.words[-1]):
        for each in told:
            for place, word in enumerate(each.words):
                if english.is_possessive(word):
                    return Phrase(each.words[: place + 1])
    same_head = [each for each in told if plain(each.words[-1]) == plain(new.words[-1]) and len(each.words) > 1]
    if same_head:
        return same_head[0]
    if former.subject and not former.asks_for_subject:
        return Phrase(former.subject)
    return next((each for each in told if not each.is_time and each.has_name == new.has_name), None)


def _filled(new: Phrase, topic: Topic) -> Words:
    """The fragment as the answer: "did the pope come to Paris", of "who came to Paris"."""
    former = topic.clause
    if former.asks_for_subject and not former.auxiliary:
        return ("did", *new.words, english.base_form(former.verb[0]), *former.rest)
    if former.asks_for_subject:
        return (*former.auxiliary[:1], *new.words, *former.auxiliary[1:], *former.verb, *former.rest)
    return new.words


def is_incomplete(words: Words, is_led: bool) -> bool:
    """Whether it says nothing of whom or what: "who lost", "how many were injured", "who chaired the jury"."""
    parts = clause(words)
    if parts.is_keywords or english.has_name(words) or english.is_time(words):
        return False
    nouns = [
        place
        for place, word in enumerate(words)
        if plain(word) not in english.FUNCTION_WORDS and word not in parts.verb
    ]
    if is_led or not nouns:
        return True
    if any(each.preposition for each in phrases(parts.rest)):
        return False
    return _is_definite(words, nouns) or (len(nouns) == 1 and nouns[0] < len(parts.asked))


def _is_definite(words: Words, nouns: Sequence[int]) -> bool:
    """ "the jury", "the main contractor": known from what was said before, or to everybody."""
    first, last = nouns[0], nouns[-1]
    return (
        plain(words[first - 1]) == "the"
        and nouns == [*range(first, last + 1)]
        and all(english.is_adjective(words[place]) for place in nouns[:-1])
    )


def completed(words: Words, topic: Topic) -> Words:
    """The question with what the one before was about behind it."""
    parts, former = clause(words), topic.clause
    if former.asks_for_subject and parts.asks_for_subject and not parts.rest:
        return (*words, *former.rest)
    told = [*phrases(former.rest)]
    behind = [word for each in told if each.preposition for word in (each.preposition, *each.words)]
    about = () if former.asks_for_subject else topic.subject.words if topic.subject else ()
    if not about and told and not told[0].preposition:
        about = told[0].words
    if not about:
        return (*words, *behind)
    preposition = "of" if words[-1] not in parts.verb or english.is_all_name(about) else "in"
    return (*words, preposition, *about, *behind)


def more(words: Words, topic: Topic) -> Words:
    """ "tell me more about the floods", of "tell me more"."""
    about = next((each for each in topic.mentions() if each.has_name), None) or Phrase(topic.clause.words)
    return (*words, "about", *about.words)
