"""What people see of a reply in the terminal."""

from __future__ import annotations

import pytest

from index.types import Article
from qa_service.terminal import by_sentence, print_reply, quoted
from qa_service.timeframe import Timeframe
from qa_service.types import Answer, Citation, Generated, Kind, Reply, Sentence, Timings

ONE = Article("one", "It rained. Envoys of France, Japan and Laos came. Japan was late.", "Envoys")
TWO = Article("two", "Later Mali sent its envoy.", "Later")
LINE = "Envoys of France, Japan and Laos"


def cited(number: int, article: Article, words: str, passage_start: int = 0) -> Citation:
    start = article.text.index(words)
    return Citation.of(number, article, (start, start + len(words)), (passage_start, len(article.text)))


def reply(kind: Kind, line: str, *citations: Citation, last: float = 0.9) -> Reply:
    """Each quote is an answer; the last one is as likely as ``last``, the others 0.9."""
    sure = [0.9] * (len(citations) - 1) + [last]
    answers = [
        Answer(text=each.quote, confidence=confidence, citations=(each.id,))
        for each, confidence in zip(citations, sure, strict=True)
    ]
    return Reply(
        question="who", standalone_question="who", answerable=True, answer=line, confidence=0.9,
        mode="extractive", kind=kind, answers=tuple(answers), citations=citations,
        timings_ms=Timings(search=0, read=0, total=0),
    )  # fmt: skip


def printed(said: Reply, capsys: pytest.CaptureFixture[str]) -> list[str]:
    print_reply(said)
    return [line.strip() for line in capsys.readouterr().out.splitlines() if line.strip()]


def test_a_list_is_its_line_its_members_and_each_sentence_once(capsys: pytest.CaptureFixture[str]) -> None:
    members = [cited(1, ONE, "France"), cited(2, ONE, "Japan"), cited(3, ONE, "Laos"), cited(4, TWO, "Mali")]
    assert printed(reply("list", LINE, *members, last=0.2), capsys) == [
        f"{LINE}  (sure, 90%)",
        "• France",
        "• Japan",
        "• Laos",
        "• Mali  (unsure, 20%)",
        "“Envoys of France, Japan and Laos came.”",
        "— Envoys",
        "“Later Mali sent its envoy.”",
        "— Later",
    ]


def test_other_answers_follow_each_other_with_their_own_sentences(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = reply("single", "Laos", cited(1, ONE, "Laos"), cited(2, TWO, "Mali"))
    assert printed(said, capsys) == [
        "Laos  (sure, 90%)",
        "“Envoys of France, Japan and Laos came.”",
        "— Envoys",
        "Mali  (sure, 90%)",
        "“Later Mali sent its envoy.”",
        "— Later",
    ]


def test_all_quotes_of_a_sentence_are_underlined() -> None:
    words = quoted([cited(1, ONE, "France"), cited(2, ONE, "Japan")])
    underlined = [
        words.plain[span.start : span.end] for span in words.spans if "underline" in str(span.style)
    ]
    assert underlined == ["France", "Japan"]


def test_a_sentence_is_one_whichever_passage_it_was_read_in() -> None:
    citations = [cited(1, ONE, "Laos"), cited(2, ONE, "rained"), cited(3, ONE, "France", passage_start=11)]
    assert [[each.id for each in group] for group in by_sentence(citations)] == [[1, 3], [2]]


@pytest.mark.parametrize(
    ("timeframe", "line"),
    [
        (Timeframe(words="this week", kind="since", after="2019-11-25"),
         "“this week”: articles from 2019-11-25 on"),
        (Timeframe(words="latest", kind="latest"), "“latest”: the newest answer first"),
        (Timeframe(words="in 2018", kind="around", after="2018"), "“in 2018”: answers of that time first"),
    ],
)  # fmt: skip
def test_what_is_made_of_words_about_time_is_told(
    timeframe: Timeframe, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = reply("single", "France", cited(1, ONE, "France")).model_copy(update={"timeframe": timeframe})
    assert printed(said, capsys)[0] == line


def test_passages_that_do_not_answer_are_shortened_and_dated_to_the_day(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = ("It rained all day. " * 40).strip()
    long = Article("long", text, "Rain", published="2026-02-10T09:00:00+00:00")
    passage = Citation.of(1, long, (0, len(long.text)), (0, len(long.text)))
    refusal = {"answerable": False, "answer": None, "answers": ()}
    said = reply("single", "", passage).model_copy(update=refusal)
    told = printed(said, capsys)
    assert told[:2] == ["The articles don't say.", "The closest passages:"]
    assert len(" ".join(told[2:-1])) < 310
    assert told[-2].endswith(" …”")
    assert told[-1] == "— Rain · 2026-02-10"


def test_where_no_article_is_left_it_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    refusal = {"answerable": False, "answer": None, "answers": (), "citations": ()}
    said = reply("single", "", cited(1, ONE, "Laos")).model_copy(update=refusal)
    assert printed(said, capsys)[1] == "No article passes the filters, or is of the time in question."


def test_the_name_that_was_meant_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    said = reply("single", "Laos", cited(1, ONE, "Laos"))
    nearly = said.model_copy(update={"did_you_mean": "who visited Sokha"})
    assert printed(nearly, capsys)[0] == "Did you mean: who visited Sokha"


def test_a_generated_answer_comes_first_with_its_marks_and_sources(
    capsys: pytest.CaptureFixture[str],
) -> None:
    sentences = (
        Sentence(
            text="Laos came.", citations=(2,), support=0.9, supported=True, problem=None, begins_line=False
        ),
        Sentence(
            text="It snowed.", citations=(), support=0.1, supported=False, problem="No.", begins_line=False
        ),
    )
    generated = Generated(model="m", sentences=sentences, citations=(cited(2, ONE, "Laos came"),))
    said = reply("single", "Laos", cited(1, ONE, "Laos"))
    lines = printed(said.model_copy(update={"generated": generated}), capsys)
    assert lines[:4] == [
        "Laos came. [2] It snowed.  (not found in the articles)",
        "[2] Envoys: “Laos came”",
        "In the articles' words:",
        "Laos  (sure, 90%)",
    ]


def test_a_note_says_why_there_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    said = reply("single", "Laos", cited(1, ONE, "Laos")).model_copy(update={"note": "The model failed."})
    assert printed(said, capsys)[:2] == ["The model failed.", "Laos  (sure, 90%)"]
