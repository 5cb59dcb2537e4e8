"""Conversation: turns and a follow-up question to a question that stands alone.

Nothing is looked up and no model is asked. Pronouns are replaced by what the turns before were about,
subjects by subjects and objects by objects (the parallelism of Lappin and Leass, 1994); of a question that is
left incomplete ("when?", "and in 2018?") the question before it is asked again with the one part changed.
"""

from __future__ import annotations

from collections.abc import Sequence

from qa_service.conversation import english
from qa_service.conversation.clause import Words
from qa_service.conversation.ellipsis import (
    asked_anew,
    completed,
    contrasted,
    is_bare,
    is_incomplete,
    is_of_event,
    more,
)
from qa_service.conversation.english import plain, words_of
from qa_service.conversation.fragment import exchanged, is_fragment
from qa_service.conversation.phrasing import unwrapped
from qa_service.conversation.references import References
from qa_service.conversation.topic import Topic
from qa_service.types import Turn

MOST_WORDS = 100
"""Longer questions are neither followed up nor made: what they are about can't be told by these rules."""

_LEADS = english.all_of("and but so ok okay also or")
_ABOUT = (("what", "about"), ("how", "about"))
_MORE = english.all_of(
    "tell me us give show more go on further details detail elaborate explain please continue"
)


def standalone(question: str, turns: Sequence[Turn]) -> str:
    """What ``question`` means after these turns; the question itself where it needs none of them."""
    conversation = Conversation()
    for turn in turns:
        conversation.add(conversation.standalone(turn.question), turn.answer)
    return conversation.standalone(question)


class Conversation:
    """What was talked about so far."""

    def __init__(self) -> None:
        self._references = References()

    def add(self, question: str, answer: str) -> None:
        """Take note of a question that stands alone, and of its answer."""
        words = words_of(unwrapped(question))
        if 0 < len(words) <= MOST_WORDS:
            self._references.topics.append(Topic.of(words, answer))

    def standalone(self, question: str) -> str:
        """What ``question`` means now; the question itself where it stands alone."""
        words = words_of(unwrapped(question))
        if not self._references.topics or not 0 < len(words) <= MOST_WORDS:
            return question
        said, is_led = _without_lead(words)
        meant = self._meant(said, is_led)
        if meant in (said, words) or len(meant) > MOST_WORDS:
            return question
        return " ".join(meant) + "?" * question.rstrip().endswith("?")

    def _meant(self, words: Words, is_led: bool) -> Words:
        topic = self._references.topics[-1]
        if all(plain(word) in _MORE for word in words):
            return more(words, topic)
        if is_of_event(words, topic):
            return asked_anew(words[:1], topic)
        resolved = self._references.resolved(words) or words
        if is_led:
            resolved = contrasted(resolved, self._references.topics)
        if is_bare(resolved):
            return asked_anew(resolved, topic)
        if is_fragment(resolved) and (is_led or resolved != words or _is_part(words)):
            return exchanged(resolved, topic)
        if resolved == words and is_incomplete(words, is_led):
            return completed(words, self._related(words))
        return resolved

    def _related(self, words: Words) -> Topic:
        """The last turn that spoke of the same, or else the last."""
        topics = self._references.topics
        nouns = {plain(word) for word in words if english.is_noun(word)}
        related = [topic for topic in topics if nouns & {*map(plain, topic.clause.words)}]
        return (related or topics)[-1]


def _without_lead(words: Words) -> tuple[Words, bool]:
    """The words without "and" or "what about" before them, and whether they had it."""
    start = 0
    while start < len(words) - 1 and plain(words[start]) in _LEADS:
        start += 1
    if tuple(map(plain, words[start : start + 2])) in _ABOUT and len(words) > start + 2:
        start += 2
    return words[start:], start > 0


def _is_part(words: Words) -> bool:
    """ "in Berlin", "2018": no search of its own, as "kipchoge berlin 2022" is."""
    return plain(words[0]) in english.PREPOSITIONS or (len(words) == 1 and english.is_time(words))
