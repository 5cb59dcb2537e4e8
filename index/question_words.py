"""Question words: how a question asks, which says nothing of what it is about."""

from __future__ import annotations

import re

_WORD = re.compile(r"\w+")
_ASKING = {
    *("who", "whom", "whose", "what", "when", "where", "which", "why", "how"),
    *("do", "does", "did", "is", "are", "was", "were", "be", "been", "has", "have", "had"),
}


def without_question_words(question: str) -> str:
    """The words that lexical search looks for; all of them where there are no others.

    Articles seldom have "who", "did" or "why", so BM25 takes these for telling. In capitals a word is a
    name: "what did the WHO say".
    """
    words: list[str] = _WORD.findall(question)
    telling = [word for word in words if word.lower() not in _ASKING or (word.isupper() and len(word) > 1)]
    return " ".join(telling or words)
