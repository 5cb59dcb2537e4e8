"""Phrasing: what is asked, without the words around it, in the form that the reader was trained on.

People ask with a question, with an order ("tell me who ...", "give me the date of ..."), with keywords, or at
the end of a story. The reader knows questions. Only what it reads for changes: what is searched for stays as
typed.
"""

from __future__ import annotations

import re
from datetime import date

from index.chunking import sentence_spans
from qa_service.conversation import english
from qa_service.timeframe import Timeframe, timeframe

MOST_KEYWORDS = 7

_ASKING = (
    r"(?:(?:in|at|on|by|for|from|to|with|of|until|since) )?"
    r"(?:who|whom|whose|what|which|when|where|why|how)\b"
)
_GREETING = (
    r"(?:(?:hello|hi|hey|good (?:morning|afternoon|evening))(?: there)?[,.!: ]+|(?:ok|okay|so|well)[, ]+)*"
)
_PLEASE = r"(?:(?:please|kindly|maybe|perhaps)[, ]+)?"
_CAN_YOU = rf"{_PLEASE}(?:(?:can|could|would|will) you {_PLEASE})?"
_TELL = r"(?:(?:tell|show|give|remind) (?:me|us)|find(?: out)?|look up)"
_ORDER = (
    rf"{_CAN_YOU}(?:{_TELL}|let me know|explain|say|(?:i|we)(?: would|['’]d)? (?:like|want|need) to know"
    r"|i(?: was| am|['’]m)? wonder(?:ing)?|(?:do|does) (?:you|anyone|anybody) know|(?:have you )?any idea)"
    rf"[,: ]+{_PLEASE}"
)
_GREETED = re.compile(rf"{_GREETING}{_PLEASE}(?=\w)", re.IGNORECASE)
_ORDERED = re.compile(rf"{_GREETING}{_ORDER}(?={_ASKING})", re.IGNORECASE)
_WANTED = re.compile(
    rf"{_GREETING}{_CAN_YOU}{_TELL}(?: of)? (?P<thing>(?:the|its|his|her|their) \w.*)", re.IGNORECASE
)
_ASKED_LATE = re.compile(
    rf"(?:(?:^|[,;:.!?] |\b(?:so|and|but|then) ){_ORDER}|[:;] ?)(?={_ASKING})", re.IGNORECASE
)
_THANKS = re.compile(
    r"[,.;!? ]*\b(?:please|thanks?(?: you)?(?: a lot| so much| very much| in advance)?)[.! ]*$", re.IGNORECASE
)
_BEHIND_HEAD = re.compile(r" (?:of|for|in|on|at|from|to|with|by|that|which|who)\b")
_COMMANDS = english.all_of(
    "name list describe summarise summarize compare explain translate write tell show give"
)
_POINTING = english.all_of("he him his she her hers they them their it its this there then")


def question_in(text: str) -> str:
    """The question in what was typed; the text as it is where it is one, or no question can be told in it."""
    said = unwrapped(text)
    return _what_is(said) if _is_keywords(said) else said


def timeframe_in(text: str, today: date) -> Timeframe | None:
    """What the question in what was typed says of time: a story before it may name other times."""
    return timeframe(question_in(text), today)


def unwrapped(text: str) -> str:
    """The text without a story before the question, greeting, order and thanks."""
    said = " ".join(text.split())
    said = _THANKS.sub(lambda found: "?" if "?" in found.group() else "", said)
    said = _last_question(said)
    if ordered := _ORDERED.match(said):
        return said[ordered.end() :]
    if wanted := _WANTED.match(said):
        return _what_is(wanted["thing"])
    return _GREETED.sub("", said, count=1) or text


def _last_question(text: str) -> str:
    """Of a story with a question, the question, if it can be understood without the story."""
    sentences = [text[start:end].strip() for start, end in sentence_spans(text)]
    asking = [each for each in sentences if each.endswith("?") or _ASKED_LATE.search(each)]
    question = asking[-1] if asking else text
    begins = [found.end() for found in _ASKED_LATE.finditer(question)]
    question = question[begins[-1] :] if begins else question
    words = [*map(english.plain, english.words_of(question))]
    is_whole = len(words) > 2 and _POINTING.isdisjoint(words) and not english.ASKING.isdisjoint(words)
    return question if is_whole else text


def _what_is(thing: str) -> str:
    words = english.words_of(thing)
    head = english.words_of(_BEHIND_HEAD.split(thing)[0])[-1]
    determiner = "" if english.plain(words[0]) in english.DETERMINERS else "the "
    return f"what {'are' if english.is_plural(head) else 'is'} {determiner}{thing}"


def _is_keywords(text: str) -> bool:
    """Whether it is a few words without a verb that asks, and more than a name."""
    words = english.words_of(text)
    if not 2 <= len(words) <= MOST_KEYWORDS or english.plain(words[0]) in _COMMANDS:
        return False
    verbs = english.ASKING | english.AUXILIARIES | english.PRONOUNS
    return verbs.isdisjoint(map(english.plain, words)) and not all(map(english.is_name, words))
