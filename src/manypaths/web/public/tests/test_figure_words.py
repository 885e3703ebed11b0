"""Shares in words say no more and no less than the number."""

import pytest
from django.utils import translation

from manypaths.indicators.rules.shares import share_of
from manypaths.web.public import figures


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
