"""What questions say of time, counted from a Wednesday."""

from datetime import date

import pytest

from index.types import Filters
from qa_service.timeframe import Timeframe, timeframe

TODAY = date(2019, 12, 4)


@pytest.mark.parametrize(
    ("question", "words", "after"),
    [
        ("who came today", "today", "2019-12-04"),
        ("what was said yesterday?", "yesterday", "2019-12-03"),
        ("who was arrested this week", "this week", "2019-12-02"),
        ("who was arrested last week", "last week", "2019-11-25"),
        ("what happened last month", "last month", "2019-11-01"),
        ("what happened this year", "this year", "2019-01-01"),
        ("what happened last year", "last year", "2018-01-01"),
        ("who won in the last 10 days", "in the last 10 days", "2019-11-24"),
        ("what changed over the past week", "over the past week", "2019-11-27"),
        ("who won in the last ten days", "in the last ten days", "2019-11-24"),
        ("what happened in the past few days", "in the past few days", "2019-11-29"),
        ("what happened since Monday", "since Monday", "2019-12-02"),
        ("what happened since last Wednesday", "since last Wednesday", "2019-11-27"),
    ],
)
def test_days_before_today_are_searched_alone(question: str, words: str, after: str) -> None:
    assert timeframe(question, TODAY) == Timeframe(words=words, kind="since", after=after)


def test_the_last_of_a_period_that_has_just_begun_is_the_one_before() -> None:
    for today, words, after in (
        (date(2019, 12, 1), "last month", "2019-11-01"), (date(2019, 12, 2), "last week", "2019-11-25"),
        (date(2020, 1, 1), "last year", "2019-01-01"), (date(2020, 1, 1), "last month", "2019-12-01"),
        (date(2019, 12, 4), "last evening", "2019-12-03"), (date(2019, 12, 4), "this morning", "2019-12-04"),
    ):  # fmt: skip
        assert timeframe(f"what happened {words}", today) == Timeframe(words=words, kind="since", after=after)


@pytest.mark.parametrize("question", ["who holds the latest record", "Who is currently in office?"])
def test_the_latest_is_known_by_its_words(question: str) -> None:
    found = timeframe(question, TODAY)
    assert found is not None
    assert found.kind == "latest"


@pytest.mark.parametrize(
    ("question", "after", "before"),
    [
        ("how many seats did they win in July 2018", "2018-07", None),
        ("who won in 2018", "2018", None),
        ("what did he say on 10 November 2019", "2019-11-10", None),
        ("what did he say on Nov. 10, 2019?", "2019-11-10", None),
        ("who has ruled since 1999", "1999", None),
        ("who ruled before the election in 2018", None, "2018"),
        ("who had left by 2019-11", None, "2019-11"),
    ],
)
def test_a_date_is_a_preference(question: str, after: str | None, before: str | None) -> None:
    found = timeframe(question, TODAY)
    assert found is not None
    assert (found.kind, found.after, found.before) == ("around", after, before)


@pytest.mark.parametrize(
    ("question", "then"),
    [
        ("who won two years ago", "2017"),
        ("who left a month ago", "2019-11"),
        ("who left 12 months ago", "2018-12"),
    ],
)
def test_some_time_ago_is_the_whole_month_or_year(question: str, then: str) -> None:
    found = timeframe(question, TODAY)
    assert found is not None
    assert (found.kind, found.after, found.before) == ("around", then, then)


def test_a_text_tells_of_a_year_if_it_names_it_or_is_published_in_it() -> None:
    found = Timeframe(words="in March 2018", kind="around", after="2018-03")
    assert found.is_told("The vote of 2018.", "2023-01-01") is True
    assert found.is_told("The vote.", "2018-07-01") is True
    assert found.is_told("The vote.", "2019-01-01") is None, "last year, perhaps"
    assert found.is_told("The vote.", None) is None
    assert found.is_told("The vote.", "2017-12-31") is False
    assert found.is_told("The vote.", "2020") is False
    for other in ("since 2018", "after 2018"):
        assert Timeframe(words=other, kind="around", after="2018").is_told("The vote.", "2022") is None


@pytest.mark.parametrize(
    "question",
    [
        "who visited Sokha",
        "in what year was it",
        "how many of 2000 people left",
        "who won in May",
        "who last left",
    ],
)
def test_other_words_say_nothing_of_time(question: str) -> None:
    assert timeframe(question, TODAY) is None


def test_the_narrower_of_the_users_filter_and_the_question_counts() -> None:
    week = Timeframe(words="this week", kind="since", after="2019-12-02")
    assert week.narrowed(None) == Filters(published_after="2019-12-02")
    own = Filters(published_after="2019-12-03", source="Northgate")
    assert week.narrowed(own) == own
    assert week.narrowed(Filters(published_after="2019")) == Filters(published_after="2019-12-02")
    assert Timeframe(words="in 2018", kind="around", after="2018").narrowed(own) == own
    assert Timeframe(words="this week", kind="since").narrowed(own) == own


def test_an_article_may_tell_of_a_time_from_its_beginning_on() -> None:
    since = Timeframe(words="in July 2018", kind="around", after="2018-07")
    assert [since.admits(each) for each in ("2018-06-30", "2018-07-01", "2018", "2019", None)] == [
        False, True, True, True, False,
    ]  # fmt: skip
    until = Timeframe(words="before 2018", kind="around", before="2018")
    assert [until.admits(each) for each in ("2017", "2018-12-31", "2019-01-01")] == [True, True, False]
    month = Timeframe(words="by 2019-11", kind="around", before="2019-11")
    assert [month.admits(each) for each in ("2019", "2019-11-30T10:00", "2019-12")] == [True, True, False]
