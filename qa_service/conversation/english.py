"""English: the classes and forms of words, as far as follow-up questions need them.

People type names in lower case. A name is known by not being in the dictionary: lemminflect holds the common
words of English (the NIH's SPECIALIST Lexicon) and no proper names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache


def all_of(words: str) -> frozenset[str]:
    """The words of a list."""
    return frozenset(words.split())


BE = all_of("am is are was were isn't aren't wasn't weren't isnt arent wasnt werent")
DO = all_of("do does did don't doesn't didn't dont doesnt didnt")
HAVE = all_of("has have had hasn't haven't hadn't hasnt havent hadnt")
MODALS = all_of(
    "can could will would shall should may might must can't couldn't won't wouldn't shouldn't cant couldnt"
)
AUXILIARIES = BE | DO | HAVE | MODALS
PREPOSITIONS = all_of(
    "about above according across after against along among around as at before behind below beside "
    "between beyond by despite during except for from in inside into like near off on onto out "
    "outside over per since through till to toward towards under until up upon via with within "
    "without"
)
DETERMINERS = all_of(
    "the a an this that these those my your our his her its their some any no every each other another"
)
ADVERBS = all_of(
    "actually again ago all alone already also always away back down else even ever exactly finally "
    "first here himself herself itself themselves instead just last later more most much never next "
    "not now once only own please really so soon still there then today together too twice yet "
    "before after up out off"
)
ASKING = all_of("who whom whose what which where when why how whats whos")
JOINING = all_of("and but or that who which when where while because if than whether")
ORDINALS = all_of("first second third fourth fifth sixth seventh eighth ninth tenth last")
PRONOUNS = all_of(
    "i me you we us he him she her they them it one ones anyone anybody someone somebody everyone "
    "everybody nobody none anything something everything nothing people"
)
NUMBERS = all_of(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand "
    "million billion dozen"
)
FUNCTION_WORDS = (
    AUXILIARIES | PREPOSITIONS | DETERMINERS | ADVERBS | ASKING | JOINING | PRONOUNS | {"of", "many", "two"}
)

_TOKEN = re.compile(r"[^\s?!,;:\"“”()]+(?:[.,:][^\s?!,;:\"“”()]+)*")
_ABBREVIATION = re.compile(r"(?:[A-Za-z]\.){2,}")
_POSSESSIVE = re.compile(r"(?<=\w)['’]s$|(?<=s)['’]$")


def words_of(text: str) -> tuple[str, ...]:
    """The words without the punctuation around them; "2:01:09", "6.5", "U.S." and "Sokha's" are one each."""
    return tuple(
        word if _ABBREVIATION.fullmatch(word) else word.rstrip(".") or word for word in _TOKEN.findall(text)
    )


def plain(word: str) -> str:
    """In lower case, with a straight apostrophe and without the possessive."""
    return _POSSESSIVE.sub("", word).replace("’", "'").lower()


def is_possessive(word: str) -> bool:
    return bool(_POSSESSIVE.search(word))


def without_possessive(word: str) -> str:
    return _POSSESSIVE.sub("", word)


def possessive(words: Sequence[str]) -> tuple[str, ...]:
    """ "Kem Sokha's"."""
    *others, last = words
    return (*others, last if is_possessive(last) else f"{last}'s")


def singular(noun: str) -> str:
    return _lemmas(plain(noun)).get("NOUN", (noun,))[0]


def is_plural(noun: str) -> bool:
    """ "ambassadors", "people": not "ambassador"."""
    return is_noun(noun) and singular(noun) != plain(noun)


def plural_form(auxiliary: str) -> str:
    """ "have" of "has", "weren't" of "wasn't"."""
    low = plain(auxiliary)
    for one, several in (("has", "have"), ("does", "do"), ("was", "were"), ("is", "are")):
        if low.removesuffix("n't") == one:
            return low.replace(one, several)
    return auxiliary


def is_name(word: str) -> bool:
    """Whether no dictionary holds it; words of digits alone and months are not names."""
    low = plain(word)
    if low in FUNCTION_WORDS | NUMBERS or is_time((word,)) or not any(letter.isalpha() for letter in low):
        return False
    return not _lemmas(low)


def has_name(words: Sequence[str]) -> bool:
    """Whether a name is among them; a capital tells one too, but for the first word of a question."""
    return any(map(is_name, words)) or any(map(_has_capital, words[1:]))


def is_all_name(words: Sequence[str]) -> bool:
    """ "kem sokha", "Patrick Sang": a name and nothing else."""
    return has_name(words) and all(is_name(word) or _has_capital(word) for word in words)


def _has_capital(word: str) -> bool:
    return word[0].isupper() and word != "I" and not is_time((word,))


def is_noun(word: str) -> bool:
    low = plain(word)
    return low not in FUNCTION_WORDS and "NOUN" in _lemmas(low)


def is_adjective(word: str) -> bool:
    return "ADJ" in _lemmas(plain(word))


def is_verb(word: str) -> bool:
    return plain(word) not in FUNCTION_WORDS | ORDINALS and "VERB" in _lemmas(plain(word))


def is_nothing_but_verb(word: str) -> bool:
    """A form of a verb that stands for itself, such as "visited": not "ship", "shipping" or "firms"."""
    return is_verb(word) and not is_noun(word) and not word.lower().endswith("ing")


def is_base_form(word: str) -> bool:
    """As behind "did" or "will": "visit", "do"."""
    return plain(word) in ("do", "have") or (is_verb(word) and base_form(word) == plain(word))


def is_participle(word: str) -> bool:
    """As behind "was" or "has": "arrested", "broken", "training"."""
    low = plain(word)
    return is_verb(word) and (low.endswith("ing") or participle(word) == low)


def base_form(verb: str) -> str:
    """ "visit" of "visited"; of a word that is no verb the word itself."""
    return _lemmas(plain(verb)).get("VERB", (verb,))[0]


@lru_cache(maxsize=4096)
def participle(verb: str) -> str:
    """ "broken" of "broke"."""
    from lemminflect import getInflection

    found = getInflection(base_form(verb), "VBN", inflect_oov=False)
    return found[0] if found else verb


def is_time(words: Sequence[str]) -> bool:
    """Whether these words say when."""
    return any(_TIME.fullmatch(plain(word)) for word in words)


_TIME = re.compile(
    r"(?:1[5-9]|20)\d\d|january|february|april|june|july|august|september|october|november|december"
    r"|\w+day|yesterday|tomorrow|tonight|century|(?:spring|summer|autumn|winter|week|month|year|decade)s?"
)


@lru_cache(maxsize=4096)
def _lemmas(word: str) -> dict[str, tuple[str, ...]]:
    # Imported late: its dictionaries take a second to load, and most questions stand alone.
    from lemminflect import getAllLemmas

    return dict(getAllLemmas(word))
