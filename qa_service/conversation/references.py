"""References: pronouns and the like, replaced by what they mean in the conversation."""

from __future__ import annotations

from typing import TypeAlias

from qa_service.conversation import english
from qa_service.conversation.clause import Phrase, Words
from qa_service.conversation.english import plain, possessive
from qa_service.conversation.topic import Kind, Topic, head

_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("he", "him", "his", "she", "her", "hers"), "person"),
    **dict.fromkeys(("they", "them", "their", "theirs", "these", "those"), "several"),
    **dict.fromkeys(("it", "its", "this", "that"), "thing"),
}
_GENDERS = {
    **dict.fromkeys(("he", "him", "his"), "he"),
    **dict.fromkeys(("she", "her", "hers"), "she"),
    **dict.fromkeys(("it", "its"), "it"),
}
_POSSESSIVES = frozenset(("his", "her", "its", "their", "hers", "theirs"))
_DEMONSTRATIVES = frozenset(("this", "that", "these", "those"))

_OUR_TIME = english.all_of("week month year morning evening afternoon spring summer autumn winter century")
"""Behind "this" they say when, and refer to no turn."""
_TIMES = _OUR_TIME | {"day", "time"}
_PLACES = english.all_of("place city town country region state village")
_EXPLETIVE = english.all_of("take takes took true possible legal safe likely mean")
"""Behind "it", and with "to" or "that" further on, they show that "it" means nothing: "did it take to"."""

_SAYING = frozenset(("say", "claim", "report", "announce", "think", "believe"))

Reference: TypeAlias = tuple[int, Words]
"""How many words of the question refer, and what they mean."""


class References:
    """What can be meant, after the turns so far. ``topics`` are the oldest first."""

    def __init__(self) -> None:
        self.topics: list[Topic] = []
        self._genders: dict[str, str] = {}
        self._used: set[Phrase] = set()

    def resolved(self, words: Words) -> Words:
        """``words`` with whatever points out of the question replaced by what it means."""
        meant: list[str] = []
        place = 0
        self._used.clear()
        while place < len(words):
            length, replacement = self._reference(words, place) or (1, words[place : place + 1])
            meant += replacement
            place += length
        return tuple(meant)

    def _reference(self, words: Words, place: int) -> Reference | None:
        readers = (
            self._deed,
            self._demonstrative,
            self._there,
            self._then,
            self._one,
            self._pronoun,
            self._definite,
        )
        return next((found for read in readers if (found := read(words, place))), None)

    def _pronoun(self, words: Words, place: int) -> Reference | None:
        word = plain(words[place])
        if word not in _KINDS or word in _DEMONSTRATIVES or _is_settled(words, place):
            return None
        is_owner = word in _POSSESSIVES and (word != "her" or _is_owned(words[place + 1 : place + 2]))
        is_object = _is_object(words, place) or _is_passive(words, place)
        phrase = self._best(_KINDS[word], is_object, _GENDERS.get(word))
        if not phrase:
            return None
        return 1, possessive(phrase.words) if is_owner else phrase.words

    def _best(self, kind: Kind, is_object: bool, gender: str | None = None) -> Phrase | None:
        """What a pronoun is likeliest to mean: of the last turn that has anything for it, the fittest."""
        for topic in reversed(self.topics):
            mentions = [phrase for phrase in topic.mentions(is_object) if phrase not in self._used]
            fits = [(self._fitness(topic, phrase, kind, gender), phrase) for phrase in mentions]
            best, phrase = max(fits, key=lambda fit: fit[0], default=(0, None))
            if best and phrase:
                self._used.add(phrase)
                if gender:
                    self._genders[plain(phrase.words[-1])] = gender
                return phrase
        named = [phrase for phrase in self.topics[-1].mentions(is_object) if phrase.has_name]
        return next((phrase for phrase in named if phrase not in self._used), None)

    def _fitness(self, topic: Topic, phrase: Phrase, kind: Kind, gender: str | None) -> int:
        known = self._genders.get(plain(phrase.words[-1]))
        if known and gender:
            return 2 if known == gender else 0
        return topic.fitness(phrase, kind)

    def _deed(self, words: Words, place: int) -> Reference | None:
        """ "who did it", "why did he do that": what was done in the last turn that says so."""
        following = [plain(word) for word in words[place + 1 : place + 3]]
        if plain(words[place]) not in ("did", "do") or following[:1] not in (
            ["it"],
            ["that"],
            ["this"],
            ["so"],
        ):
            return None
        if len(following) > 1 and following[1] not in english.ADVERBS | english.PREPOSITIONS:
            return None
        verbs = [topic.clause for topic in self.topics if topic.clause.verb]
        if not verbs:
            return None
        told = verbs[-1]
        whom = told.subject if plain(told.auxiliary[0] if told.auxiliary else "") in english.BE else ()
        deed = (english.base_form(told.verb[0]), *whom, *told.rest)
        return 2, ("did", *deed) if plain(words[place]) == "did" else deed

    def _demonstrative(self, words: Words, place: int) -> Reference | None:
        """ "that" as in "who did that" and "that year", not as in "a house that collapsed"."""
        word, following = plain(words[place]), words[place + 1 : place + 2]
        if word not in _DEMONSTRATIVES or (place and _is_noun_like(words[place - 1])):
            return None
        if following and _is_noun_like(following[0]):
            return self._named(words, place)
        is_asked = place > 0 and plain(words[place - 1]) in english.BE
        is_pronoun = (
            not following
            or plain(following[0]) in english.FUNCTION_WORDS - english.PRONOUNS - english.DETERMINERS
            or (is_asked and plain(following[0]) in english.DETERMINERS)
            or english.is_nothing_but_verb(following[0])
        )
        phrase = self._best(_KINDS[word], is_object=place + 1 == len(words)) if is_pronoun else None
        if phrase and place and english.base_form(words[place - 1]) in _SAYING:
            return 1, (words[place], "about", *phrase.words)
        return (1, phrase.words) if phrase else None

    def _named(self, words: Words, place: int) -> Reference | None:
        """ "this prize", "in that year", "that case"."""
        noun = plain(words[place + 1])
        if noun in _TIMES:
            time = None if plain(words[place]) == "this" else self._time()
            return (2, time.words) if time else None
        if noun in _PLACES and (where := self._where()):
            return 2, where.words
        if phrase := self._with_head(noun):
            return 2, phrase.words
        owner = self._best("thing", is_object=False) or self._best("person", is_object=False)
        return (1, possessive(owner.words)) if owner else None

    def _definite(self, words: Words, place: int) -> Reference | None:
        """ "the ship", where a turn asked which ship or named one."""
        following = words[place + 1 : place + 2]
        if plain(words[place]) != "the" or not following or english.is_possessive(following[0]):
            return None
        if english.has_name(words):
            return None
        is_alone = (
            place + 2 == len(words)
            or plain(words[place + 2]) in english.FUNCTION_WORDS - {"of"}
            or (english.is_verb(words[place + 2]))
        )
        phrase = self._with_head(plain(words[place + 1])) if is_alone else None
        return (2, phrase.words) if phrase else None

    def _with_head(self, noun: str) -> Phrase | None:
        """What a turn called by this noun: the answer to "which ship", or "the james webb telescope"."""
        for topic in reversed(self.topics):
            if topic.clause.asked and plain(topic.clause.asked[-1]) == noun and topic.named_answer:
                return topic.named_answer
            for phrase in topic.mentions():
                if plain(head(phrase)) == noun and len(phrase.words) > 2:
                    return phrase
        return None

    def _there(self, words: Words, place: int) -> Reference | None:
        around = {plain(word) for word in words[max(place - 1, 0) : place + 2]}
        if plain(words[place]) != "there" or around & english.BE:
            return None
        where = self._where()
        return (1, (where.preposition or "in", *where.words)) if where else None

    def _where(self) -> Phrase | None:
        for topic in reversed(self.topics):
            if place := topic.place:
                return place
        return None

    def _then(self, words: Words, place: int) -> Reference | None:
        if plain(words[place]) != "then" or place + 1 < len(words):
            return None
        time = self._time()
        return (1, (time.preposition or "in", *time.words)) if time else (1, ())

    def _time(self) -> Phrase | None:
        return next((topic.time for topic in reversed(self.topics) if topic.time), None)

    def _one(self, words: Words, place: int) -> Reference | None:
        """ "which one", "the first ones": the noun that was asked for last."""
        if plain(words[place]) not in ("one", "ones") or not place:
            return None
        if plain(words[place - 1]) not in (
            "which",
            "that",
            "the",
            "first",
            "second",
            "other",
            "last",
            "new",
            "old",
        ):
            return None
        if any(map(english.is_noun, words[:place])):
            return None
        nouns = [word for topic in self.topics for word in topic.nouns() if english.is_noun(word)]
        return (1, (nouns[-1],)) if nouns else None


def _is_noun_like(word: str) -> bool:
    low = plain(word)
    return low not in english.FUNCTION_WORDS and not english.is_nothing_but_verb(word)


def _is_settled(words: Words, place: int) -> bool:
    """Whether a pronoun finds what it means within the question, or means nothing."""
    word, before, behind = plain(words[place]), words[:place], [plain(each) for each in words[place + 1 :]]
    if word == "it" and behind[:1] and behind[0] in _EXPLETIVE and {"to", "that", "for"} & {*behind}:
        return True
    if _is_object(words, place):  # it can't mean what comes before it in the same clause
        before = before[: before.index("and")] if "and" in before else ()
    return english.has_name(before) or (word in ("its", "their") and _has_noun_and_verb(before))


def _has_noun_and_verb(words: Words) -> bool:
    """As in "which firms raised their prices": the owner is named before the verb."""
    nouns = [place for place, word in enumerate(words) if english.is_noun(word)]
    behind = words[nouns[0] + 1 :] if nouns else ()
    return any(plain(word) in english.AUXILIARIES or english.is_nothing_but_verb(word) for word in behind)


def _is_object(words: Words, place: int) -> bool:
    word, before, behind = plain(words[place]), words[:place], words[place + 1 : place + 2]
    if word in ("him", "them") or (word == "her" and not _is_owned(behind)):
        return True
    is_last = not behind or plain(behind[0]) in english.PREPOSITIONS | english.ADVERBS
    return word == "it" and bool(before) and is_last and plain(before[-1]) not in english.AUXILIARIES


def _is_owned(behind: Words) -> bool:
    """Whether what follows "her" can belong to her."""
    return bool(behind) and (
        _is_noun_like(behind[0]) or plain(behind[0]) in ("other", "own", "first", "last", "next")
    )


def _is_passive(words: Words, place: int) -> bool:
    """ "was he arrested" speaks of him as an object."""
    was = place > 0 and plain(words[place - 1]) in english.BE
    return was and place + 1 < len(words) and english.is_participle(words[place + 1])
