"""Dates as documents write them."""

from __future__ import annotations

import pytest

from index.loaders.dates import iso_date


class TestDates:
    @pytest.mark.parametrize(
        ("text", "date"),
        [
            ("2019", "2019"),
            ("2019-11", "2019-11"),
            ("Nov. 2019", "2019-11"),
            ("30 November 2019", "2019-11-30"),
            ("Saturday, November 30th, 2019", "2019-11-30"),
            ("30 novembre 2019", "2019-11-30"),
            ("2019年11月30日", "2019-11-30"),
            ("٣٠ نوفمبر ٢٠١٩", "2019-11-30"),
            ("30.11.2019", "2019-11-30"),
            ("2019/11/30", "2019-11-30"),
            ("30/11/2019", "2019-11-30"),
            ("2019-11-30T10:15", "2019-11-30T10:15"),
            ("2019-11-30T10:15:30.5Z", "2019-11-30T10:15:30+00:00"),
            ("2019-11-30 10:15 +0700", "2019-11-30T10:15+07:00"),
            ("Nov 30, 2019 10:15 PM EST", "2019-11-30T22:15-05:00"),
        ],
    )
    def test_a_date_is_read_as_precisely_as_it_is_said(self, text, date):
        assert iso_date(text) == date

    @pytest.mark.parametrize("text", ["12/11/2019", "Monday 2019", "10:30 2019", "Friday 13, 2019"])
    def test_only_what_is_certain_is_kept(self, text):
        assert iso_date(text) == "2019"

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "yesterday",
            "May",
            "30 November",
            "30 Nov 19",
            "Nov 30 10:30",
            "3 days ago",
            "2019-13-01",
            "2019-02-30",
            "2019-W12",
            "2019-11-30T25:00",
            "The 2019 election",
            "Page 3 of 2019",
            "2018-2019",
            "x" * 10_000,
        ],
    )
    def test_what_is_no_absolute_date_gives_none(self, text):
        assert iso_date(text) is None
