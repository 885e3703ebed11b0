"""Which page was asked for: a number within bounds, the first for anything strange."""

import pytest

from manypaths.web.ui.numbered import MOST, page_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (None, 1), ("", 1), ("1", 1), ("7", 7), ("0", 1), ("-3", 1), ("2.5", 1), ("two", 1), ("²", 1),
        ("9999", MOST), ("10000", MOST), ("9" * 5000, MOST),
    ],
)  # fmt: skip
def test_a_page_is_a_number_within_bounds(text, number):
    assert page_number(text) == number


def test_a_list_may_have_fewer_pages():
    assert [page_number(text, most=9) for text in ("8", "9", "10", "99999")] == [8, 9, 9, 9]
