"""Attribution: who says what stands in a passage, for questions such as "what did the CPP say about it"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.chunking import sentence_spans
from index.spelling import plain as without_marks
from qa_service.conversation import english
from qa_service.conversation.clause import clause

SAYING = english.all_of("say tell announce claim argue declare answer reply respond comment")

_SAYS = re.compile(
    r"\b(?:says?|said|saying|tells?|told|adds?|added|notes?|noted|warns?|warned|writes?|wrote|announced?"
    r"|claim(?:s|ed)?|argue[sd]?|declare[sd]?|replied|responded|stated?|explain(?:s|ed)|insist(?:s|ed)"
    r"|according to)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[“\"][^”\"]*(?:[”\"]|$)|^[^“\"]*”")
_QUOTE_MARKS = '“”"'


@dataclass(frozen=True)
class _Sentence:
    start: int
    end: int
    speaker: tuple[str, ...]
    """The words about who says it; none where nobody is named."""


def asked_speaker(question: str) -> tuple[str, ...]:
    """Of whom it is asked what they say: ("the", "CPP"). Empty where something else is asked.

    Only where all that is said is asked for: "what did the panel say was wrong" asks for a part of it.
    """
    parts = clause(english.words_of(question))
    if tuple(map(english.plain, parts.asked)) not in (("what",), ("how",)) or not parts.auxiliary:
        return ()
    verb = {english.base_form(word).lower() for word in parts.verb[:1]}
    behind = {*map(english.plain, parts.rest[:1])}
    is_about_all = not behind or behind <= english.PREPOSITIONS | {"of"}
    return parts.subject if verb & SAYING and is_about_all else ()


def is_said_by_another(text: str, language: str | None, start: int, speaker: Sequence[str]) -> bool:
    """Whether ``text`` names somebody else than ``speaker`` as the one who says what stands at ``start``.

    Where nobody is named nobody else is: a pronoun or an unfinished quotation goes on with whoever spoke
    before it.
    """
    sentences = list(_sentences(text, language))
    here = next((n for n, each in enumerate(sentences) if each.start <= start < each.end), None)
    if here is None or not english.has_name(("", *speaker)):
        return False
    named = next((words for n in _order(text, sentences, here) if (words := sentences[n].speaker)), ())
    return bool(named) and not _is_same(speaker, named)


def said_by(text: str, language: str | None, speaker: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where the sentences stand that name ``speaker`` as the one who says them."""
    for each in _sentences(text, language):
        if each.speaker and _is_same(speaker, each.speaker):
            yield each.start, each.end


def _order(text: str, sentences: Sequence[_Sentence], here: int) -> Iterator[int]:
    """Where the speaker of a sentence may be named, in the order to look; nowhere for what nobody is said
    to say."""
    sentence = text[sentences[here].start : sentences[here].end]
    if not _SAYS.search(sentence) and not any(mark in sentence for mark in _QUOTE_MARKS):
        return
    yield here
    opened = sentence.rfind("“") > sentence.rfind("”")
    for later in range(here + 1, len(sentences)):
        if not opened:
            break
        yield later
        opened = "”" not in text[sentences[later].start : sentences[later].end]
    yield from range(here - 1, -1, -1)


def _sentences(text: str, language: str | None) -> Iterator[_Sentence]:
    for start, end in sentence_spans(text, language):
        yield _Sentence(start, end, _speaker(text[start:end]))


def _speaker(sentence: str) -> tuple[str, ...]:
    """The names, with the words around them, in front of or behind the verb that says who speaks."""
    bare = _QUOTED.sub(lambda found: "“" + " " * (len(found.group()) - 2) + "”", sentence)
    verb = _SAYS.search(bare)
    if verb is None:
        return ()
    before, behind = bare[: verb.start()].rpartition("”")[2], bare[verb.end() :]
    is_behind = not before.strip(" ,”") or verb.group().lower() == "according to"
    words = english.words_of(_named_behind(behind) if is_behind else _subject(before))
    is_pronoun = bool(words) and english.plain(words[0 if is_behind else -1]) in english.PRONOUNS
    return words if any(map(_is_named, words)) and not is_pronoun else ()


def _named_behind(behind: str) -> str:
    """What stands before the next comma, with the name behind it that it is an apposition of: "said its
    secretary, Carol Tippett"."""
    first, *others = re.split(r"[,“]", behind)
    is_of_name = any(map(_is_named, english.words_of(first))) or not others
    return first if is_of_name else f"{first},{others[0]}"


def _subject(before: str) -> str:
    """What stands between commas last, with the name that an apposition is of: "Ann Lee, the coach,"."""
    parts = before.split(",")
    return ",".join(parts[-3:] if not parts[-1].strip() else parts[-1:])


def _is_named(word: str) -> bool:
    return word[0].isupper() and word.lower() not in english.FUNCTION_WORDS


def _is_same(asked: Sequence[str], named: Sequence[str]) -> bool:
    """Whether they share a name, or one is the initials of the other: "the CPP" and "the ruling Cambodian
    People's Party"."""
    mine = [word for word in map(_folded, asked) if word not in english.FUNCTION_WORDS]
    names = [_folded(word) for word in named if _is_named(word)]
    return (
        not {*mine}.isdisjoint(map(_folded, named))
        or any(len(word) > 1 and word in _initials(names) for word in mine)
        or (len(mine) > 1 and _initials(mine) in names)
    )


def _folded(word: str) -> str:
    return without_marks(english.plain(word))


def _initials(words: Sequence[str]) -> str:
    return "".join(word[0] for word in words)
