"""Outcomes of questions for tests, without an index."""

from __future__ import annotations

from index.types import Article
from qa_service.evaluation import Outcome
from qa_service.questions import Question
from qa_service.types import Answer, Citation, Reply, Timings

ARTICLE = Article("sokha", "Six ambassadors visited Kem Sokha. China did not call him.", "Envoys")
VISITED = Question("who visited", ("Six ambassadors",), "sokha", "Six ambassadors visited Kem Sokha.", "v")
UNKNOWN = Question("who is the king of Norway", (), id="u")


def reply(quoted: str | None, confidence: float, milliseconds: float, article: Article = ARTICLE) -> Reply:
    """What is said when ``quoted`` is the answer, or when there is none."""
    start = article.text.index(quoted or article.text)
    place = (start, start + len(quoted or article.text))
    citation = Citation.of(1, article, place, (0, len(article.text)))
    answer = Answer(text=citation.quote, confidence=confidence, citations=(1,))
    return Reply(
        question="who", standalone_question="who", answerable=quoted is not None, answer=quoted,
        confidence=confidence, mode="extractive", kind="single", answers=(answer,) if quoted else (),
        citations=(citation,),
        timings_ms=Timings(search=milliseconds / 10, read=milliseconds * 0.9, total=milliseconds),
    )  # fmt: skip


def outcome(
    question: Question, answer: str, score: float, answered: bool = True, milliseconds: float = 10.0,
    found: tuple[str, ...] = (), reread: tuple[str, ...] = (), article: Article = ARTICLE,
) -> Outcome:  # fmt: skip
    """A question that went through the pipeline; refused, it would have been answered with ``answer``."""
    said = reply(answer if answered else None, score, milliseconds, article)
    return Outcome(
        question, answer, score, answered, said.answer or "", margin=score,
        milliseconds=said.timings_ms.model_dump(), reply=said, found=found, reread=reread,
    )  # fmt: skip


def given(question: Question, answer: str, margin: float) -> Outcome:
    """A question that was read with its own passage."""
    return Outcome(question, answer, margin, margin > 0, answer, margin, {"read": 5.0})
