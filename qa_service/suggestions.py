"""Suggestions: what can be asked next, each question checked by asking it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice

from qa_service.conversation import Conversation, english
from qa_service.types import Reply
from qa_service.wording import says_the_same

MOST_SUGGESTIONS = 3
MOST_TRIED = 5
"""So many questions are asked at most: each takes as long as an answer."""

LEAST_CONFIDENCE = 0.7
"""An answer that was not asked for should be more than likely."""

_BARE = ("when?", "where?", "why?")
_OF_AN_EVENT = re.compile(r"\W*(?:who|whom|what|which|when|where|why)\b(?! (?:is|are)\b)", re.IGNORECASE)
"""Not "how much" or "who is": the rules for follow-ups make no good question of "when?" after those."""

_NAME = re.compile(r"\b[A-ZÀ-Þ][\w’-]+(?: [A-ZÀ-Þ][\w’-]+){1,2}\b")

_BEFORE_THINGS = english.PREPOSITIONS | english.DETERMINERS | {"of"}
"""Before "the European Union" and "in São Paulo"; persons stand behind other words."""


def suggestions(
    reply: Reply, ask: Callable[[str], Reply], is_enough: Callable[[], bool] = lambda: False
) -> list[str]:
    """Questions about what was just answered, to which ``ask`` finds another answer in the same articles.

    Of a reply that does not answer it is not known what they should be about: there are none. No more is
    tried once ``is_enough``.
    """
    cited = {citation.article_id for citation in reply.citations}
    said = [reply.standalone_question, reply.answer or "", *(answer.text for answer in reply.answers)]
    found: list[str] = []
    for question in islice(_candidates(reply), MOST_TRIED):
        if len(found) == MOST_SUGGESTIONS or is_enough():
            break
        next_reply = ask(question)
        answer = next_reply.answer or ""
        is_sure = next_reply.answerable and next_reply.confidence >= LEAST_CONFIDENCE
        is_new = not any(says_the_same(answer, other) for other in [*said, question])
        if is_sure and is_new and next_reply.citations[0].article_id in cited:
            found.append(question)
            said.append(answer)
    return found


def _candidates(reply: Reply) -> Iterator[str]:
    """What the bare question words ask after this turn, then who those are that the cited passages name."""
    if not reply.answerable:
        return
    if _OF_AN_EVENT.match(reply.standalone_question):
        conversation = Conversation()
        conversation.add(reply.standalone_question, reply.answer or "")
        yield from filter(_asks_for_event, map(conversation.standalone, _BARE))
    known = {english.plain(word) for word in english.words_of(f"{reply.standalone_question} {reply.answer}")}
    names = dict.fromkeys(name for citation in reply.citations for name in _names(citation.passage))
    for name in names:
        if known.isdisjoint(map(english.plain, name.split())):
            yield f"who is {name}?"


def _asks_for_event(question: str) -> bool:
    """ "when did they visit him", "where was he arrested"; not "when was governor of the bank"."""
    _, auxiliary, *rest = [*english.words_of(question), ""]
    return auxiliary == "did" or (auxiliary in ("was", "were") and any(map(english.is_participle, rest)))


def _names(passage: str) -> Iterator[str]:
    """Persons, by their capitals and by the word before them."""
    for found in _NAME.finditer(passage):
        before, words = passage[: found.start()].lower().split()[-1:], found.group().split()
        is_thing = bool(_BEFORE_THINGS.intersection([*before, words[0].lower()]))
        is_shouted = any(word.isupper() for word in words)  # as the place in a dateline is
        if not is_thing and not is_shouted and any(map(english.is_name, words)):
            yield found.group()
