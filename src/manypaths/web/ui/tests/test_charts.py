"""Chart geometry: what is drawn is what was measured."""

from datetime import date
from itertools import pairwise

from manypaths.web.ui import charts
from manypaths.web.ui.charts import Point, Range


def points(*values: tuple[int, int, str]) -> list[Point]:
    return [Point(date(2026, month, 1), value, str(month), note) for month, value, note in values]


def test_a_trend_stands_on_a_fixed_scale_in_order_of_time():
    chart = charts.trend(points((11, 47, ""), (2, 34, ""), (5, 38, "")), low=10, high=60, ticks=(20, 40, 60))
    assert chart is not None
    assert [mark.point.value for mark in chart.wide.marks] == [34, 38, 47]
    xs = [mark.x for mark in chart.wide.marks]
    assert xs == sorted(xs)
    assert chart.wide.marks[0].y > chart.wide.marks[2].y
    twenty, sixty = chart.wide.ticks[0].at, chart.wide.ticks[2].at
    assert sixty < chart.wide.marks[2].y < twenty


def test_one_answer_is_drawn_and_none_is_not():
    chart = charts.trend(points((5, 38, "")), low=10, high=60, ticks=(20, 40, 60))
    assert chart is not None
    assert len(chart.wide.marks) == 1
    assert charts.trend([], low=10, high=60, ticks=(20,)) is None


def test_labels_and_notes_never_stand_on_each_other():
    crowded = [Point(date(2026, 1, day), 30 + day, f"1/{day}", "moved to a new home") for day in range(1, 29)]
    chart = charts.trend([*crowded, *points((12, 50, "started work"))], low=10, high=60, ticks=(20, 40, 60))
    assert chart is not None
    for frame in (chart.wide, chart.narrow):
        labelled = [mark.x for mark in frame.marks if mark.show_label]
        assert all(b - a >= charts.LABEL_GAP for a, b in pairwise(labelled))
        assert sum(mark.show_note for mark in frame.marks) <= 3
        assert frame.marks[-1].show_note


def test_ticks_reach_the_largest_value():
    for high in (1, 3, 7, 16, 28, 99, 365, 4000):
        ticks = charts.steps(high)
        assert ticks[-1] >= high
        assert len(ticks) <= 7 or high > 3000


def test_a_row_with_too_few_people_has_no_dot_and_is_never_late():
    chart = charts.ranges([Range("Detox", None, None), Range("Homes", 16, 28)], goal=7)
    assert chart is not None
    few, homes = chart.wide.rows
    assert few.x_median == few.x_name
    assert not few.late
    assert homes.late
    assert homes.x_median < homes.x_ninth < chart.wide.width


def test_long_names_stand_over_their_bars():
    names = charts.ranges([Range("Medication for opioid use disorder", 3, 9)])
    assert names is not None
    assert names.wide.stacked
    assert charts.ranges([]) is None


def test_bars_are_measured_against_the_longest_and_hidden_values_have_none():
    rows = charts.bars([("a", 50, "50"), ("b", 100, "100"), ("c", None, "Under 11")], hot="b")
    assert [row.length for row in rows] == [50.0, 100.0, None]
    assert [row.hot for row in rows] == [False, True, False]
    assert charts.bars([("a", 0, "0")])[0].length == 0


def test_parts_of_a_whole_meet_without_gaps():
    parts = charts.stacked([("a", 1, ""), ("b", 1, ""), ("c", 1, "")])
    assert parts[0].start == 0
    assert round(parts[-1].start + parts[-1].length) == 100
    assert charts.stacked([("a", 0, "")]) == []
