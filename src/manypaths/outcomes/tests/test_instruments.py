"""The instrument file and its arithmetic, by the published numbers."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manypaths.outcomes.instruments import BadInstrument, read, score, shipped
from manypaths.outcomes.instruments.files import DATA

BARC = shipped("barc-10", "2017")


@pytest.mark.parametrize(("answers", "total"), BARC.golden)
def test_the_published_examples_give_the_published_totals(answers: tuple[int, ...], total: int) -> None:
    assert score(BARC, dict(zip(BARC.items, answers, strict=True))).total == total


def test_there_are_three_published_examples_and_ten_items_from_one_to_six() -> None:
    assert len(BARC.golden) == 3
    assert (len(BARC.items), BARC.lowest, BARC.highest) == (10, 1, 6)
    assert (BARC.least_total, BARC.most_total) == (10, 60)


def test_one_item_left_out_means_no_total_and_nine_answers() -> None:
    answers: dict[str, int | None] = dict.fromkeys(BARC.items, 5)
    answers["barc3"] = None
    found = score(BARC, answers)
    assert (found.answered, found.total) == (9, None)


@given(st.lists(st.integers(1, 6), min_size=10, max_size=10))
def test_a_total_is_the_sum_and_stays_on_the_scale(values: list[int]) -> None:
    found = score(BARC, dict(zip(BARC.items, values, strict=True)))
    assert found.total == sum(values)
    assert 10 <= sum(values) <= 60


def test_a_changed_word_is_refused() -> None:
    data = json.loads((DATA / "barc-10-2017.json").read_bytes())
    data["wordings"]["en"]["items"]["barc2"] = "In general I am very happy with my life."
    with pytest.raises(BadInstrument):
        read(json.dumps(data).encode())


def test_a_language_without_all_items_is_refused() -> None:
    data = json.loads((DATA / "barc-10-2017.json").read_bytes())
    del data["wordings"]["en"]["items"]["barc10"]
    with pytest.raises(BadInstrument):
        read(json.dumps(data).encode())


def test_spanish_is_missing_because_no_checked_wording_was_found() -> None:
    assert BARC.wording("es") is None
    assert BARC.first_wording.language == "en"


def test_source_and_licence_are_kept_beside_the_words() -> None:
    assert "PhenX" in BARC.source
    assert "permission not required" in BARC.licence
    assert BARC.line is not None
    assert BARC.line.at_least == 47
