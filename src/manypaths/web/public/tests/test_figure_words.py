"""Shares in words say no more and no less than the number."""

from datetime import date

import pytest
from django.utils import translation

from manypaths.indicators.queries import Published, WaitOf
from manypaths.indicators.rules.periods import Period
from manypaths.indicators.rules.shares import share_of
from manypaths.indicators.rules.tables import ALL, Cell
from manypaths.web.public import figures, story


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (50, 100, "5 in 10 requests"),
        (65, 100, "about 6 in 10 requests"),
        (66, 100, "about 7 in 10 requests"),
        (94, 100, "about 9 in 10 requests"),
        (96, 100, "96% of requests"),
        (999, 1000, "99% of requests"),
        (4, 100, "4% of requests"),
        (1, 1000, "1% of requests"),
        (100, 100, "100% of requests"),
        (0, 100, "0% of requests"),
    ],
)
def test_close_to_none_or_all_a_share_is_a_percent(part, whole, words):
    with translation.override("en"):
        assert figures.out_of_ten(share_of(part, whole)) == words


def published(*waits: WaitOf, day_unknown: int = 0) -> Published:
    counted = {Cell("results", ALL, ALL): 700, Cell("days", ALL, "day_unknown"): day_unknown}
    return Published("requests", Period(date(2026, 6, 1), 1), date(2026, 8, 1), "2026-11", counted, waits)


@pytest.mark.django_db
def test_the_longest_wait_is_told_as_one_of_those_that_can_be_shown():
    shown = [WaitOf("recovery_residence", 40, 18, 29), WaitOf("detox", 60, 2, 5)]
    few = WaitOf("moud", None, None, None)
    with translation.override("en"):
        some = story.about_requests(published(*shown, few), [], None)["answer"][-1]
        every = story.about_requests(published(*shown), [], None)["answer"][-1]
    assert some == "Of the kinds of support that we can show, the wait is longest for this one: Recovery housing."
    assert every == "The wait is longest for this kind of support: Recovery housing."


@pytest.mark.django_db
@pytest.mark.parametrize(("missing", "told"), [(0, False), (12, True)])
def test_days_that_are_missing_are_told_where_there_are_some(missing: int, told: bool):
    with translation.override("en"):
        base = " ".join(story.about_requests(published(day_unknown=missing), [], None)["base"])
    assert (f"{missing} without a day of first contact." in base) is told
