"""Ellipsis: questions that leave out what the question before them said, made whole."""

from __future__ import annotations

from collections.abc import Sequence

from qa_service.conversation import english
from qa_service.conversation.clause import Clause, Phrase, Words, clause, phrases
from qa_service.conversation.english import plain
from qa_service.conversation.topic import Topic, head

_MOST_NOUNS = 2
"""Nouns that a bare "how many" or "which" can have with it."""
_OF_EVENT = frozenset(
    ("was that", "was this", "did that happen", "did this happen", "did that occur", "did this occur")
)
_QUANTITIES = frozenset(("many", "much", "which", "what", "whose"))


def is_bare(words: Words) -> bool:
    """Whether all is a question word with what belongs to it: "when", "by whom", "how many seats"."""
    start = 1 if plain(words[0]) in english.PREPOSITIONS else 0
    if len(words) <= start or plain(words[start]) not in english.ASKING:
        return False
    others = {*map(plain, words[start:])}
    nouns = [word for word in words[start:] if plain(word) not in english.FUNCTION_WORDS]
    return (
        len(nouns) <= (_MOST_NOUNS if others & _QUANTITIES else 0)
        and not any(english.is_name(word) or english.is_nothing_but_verb(word) for word in nouns)
        and not others & (english.AUXILIARIES | english.PRONOUNS - {"one", "ones", "people"})
    )


def is_of_event(words: Words, topic: Topic) -> bool:
    """ "when was that", "where did this happen": bare, of what the turn before said was done."""
    asked, *rest = map(plain, words)
    is_done = any(plain(word) not in english.AUXILIARIES for word in topic.clause.verb)
    return is_done and asked in ("when", "where", "why") and " ".join(rest) in _OF_EVENT


def asked_anew(words: Words, topic: Topic) -> Words:
    """The question before, with a bare question word in place of its own."""
    former = topic.clause
    if former.is_keywords:
        named = ("is", *topic.answer) if topic.named_answer else ()
        return (*words, *named, *former.rest)
    if former.asks_for_subject:
        return (*words, *(former.words[len(former.asked) :] if _asks_for_others(words) else _told(topic)))
    if topic.described and topic.named_answer and not english.has_name(former.subject):
        return (*words, *former.auxiliary, *topic.answer, *former.subject, *former.rest)
    return (*words, *former.words[len(former.asked) :])


def _asks_for_others(words: Words) -> bool:
    """ "who else", "which ones", "how many": as the question before, for the subject."""
    return plain(words[-1]) in ("else", "others", "ones", "many")


def _told(topic: Topic) -> Words:
    """ "did France visit Sokha" or "was Sokha visited", of "who visited Sokha"."""
    former = topic.clause
    subject = tuple(word for word in former.asked[1:] if plain(word) not in ("many", "much"))
    if plain(former.asked[0]) != "how" and topic.named_answer:
        subject = topic.answer
    if former.auxiliary:
        return former.with_subject(subject)
    whom = next(phrases(former.rest), Phrase(()))
    whom_end = len(whom.words)
    if not subject and whom.words and former.rest[:whom_end] == whom.words:
        return ("was", *whom.words, english.participle(former.verb[0]), *former.rest[whom_end:])
    return former.with_subject(subject or ("they",))


def is_incomplete(words: Words, is_led: bool) -> bool:
    """Whether it says nothing of whom or what: "who lost", "how many were injured", "who chaired the jury".

    ``is_led``: it begins with "and" or the like.
    """
    parts = clause(words)
    if parts.is_keywords or english.has_name(words) or english.is_time(words):
        return False
    known = {*parts.verb, *_quality(parts)}
    nouns = [
        place
        for place, word in enumerate(words)
        if plain(word) not in english.FUNCTION_WORDS and word not in known
    ]
    if is_led or not nouns:
        return True
    if any(each.preposition for each in phrases(parts.rest)):
        return False
    return _is_definite(words, nouns) or (len(nouns) == 1 and nouns[0] < len(parts.asked))


def _quality(parts: Clause) -> Words:
    """ "high" of "how high"."""
    is_quality = len(parts.asked) == 2 and plain(parts.asked[0]) == "how"
    return parts.asked[1:] if is_quality and english.is_adjective(parts.asked[1]) else ()


def _is_definite(words: Words, nouns: Sequence[int]) -> bool:
    """ "the jury", "the main contractor": they are known from what was said before."""
    first, last = nouns[0], nouns[-1]
    return (
        plain(words[first - 1]) == "the"
        and nouns == [*range(first, last + 1)]
        and all(english.is_adjective(words[place]) for place in nouns[:-1])
    )


def contrasted(words: Words, topics: Sequence[Topic]) -> Words:
    """ "which ambassadors have not called Sokha", of "and who has not called Sokha" after the ambassadors who
    did something were named: what did not is of their kind."""
    asked = clause(words)
    is_negated = any(plain(word) == "not" or plain(word).endswith("n't") for word in asked.auxiliary)
    if tuple(map(plain, asked.asked)) != ("who",) or not is_negated:
        return words
    kind = next((kind for topic in reversed(topics) if (kind := _kind(topic))), None)
    if kind is None:
        return words
    auxiliary, *rest = words[1:]
    return ("which", kind, english.plural_form(auxiliary), *rest)


def _kind(topic: Topic) -> str | None:
    """ "ambassadors", where a question for who did something has them for an answer."""
    if not topic.clause.asks_for_subject or not topic.answer:
        return None
    word = head(Phrase(topic.answer))
    return word if word.islower() and english.is_plural(word) else None


def completed(words: Words, topic: Topic) -> Words:
    """The question with what the one before was about behind it."""
    parts, former = clause(words), topic.clause
    told = [*phrases(former.rest)]
    if (
        parts.asks_for_subject
        and not parts.rest
        and told
        and (former.asks_for_subject or not told[0].preposition)
    ):
        return (*words, *former.rest)
    behind = [word for each in told if each.preposition for word in (each.preposition, *each.words)]
    if not former.asks_for_subject:
        about = topic.subject.words if topic.subject else ()
    else:
        about = told[0].words if told and not told[0].preposition else ()
    if not about:
        return (*words, *behind)
    preposition = "of" if words[-1] not in parts.verb or english.is_all_name(about) else "in"
    return (*words, preposition, *about, *behind)


def more(words: Words, topic: Topic) -> Words:
    """ "tell me more about the floods", of "tell me more"."""
    about = next((each for each in topic.mentions() if each.has_name), Phrase(topic.clause.words))
    return (*words, "about", *about.words)
