"""Geometry of our charts. Colours come from classes, so charts follow theme, contrast and print. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

LABEL_GAP = 46.0
LETTER = 7.4


def scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    """A straight ruler from values to places on the page."""
    span = (high - low) or 1
    return lambda value: round(start + (value - low) / span * (end - start), 1)


def steps(high: float, wanted: Sequence[int] = (1, 2, 5, 7, 10, 14, 20, 25, 50, 100, 200, 500, 1000)) -> list[int]:
    """Ticks from 0 to at least `high`, four to six of them."""
    size = next((s for s in wanted if high / s <= 5), wanted[-1])
    count = max(1, -int(-high // size))
    return [size * i for i in range(count + 1)]


@dataclass(frozen=True)
class Point:
    """One measured value, what to call its day, and what was going on then."""

    on: date
    value: float
    label: str
    note: str = ""


@dataclass(frozen=True)
class Mark:
    """A point on the page."""

    x: float
    y: float
    point: Point
    show_label: bool
    show_value: bool
    show_note: bool
    ends: bool


@dataclass(frozen=True)
class Tick:
    """A grid line and its number."""

    at: float
    value: int


@dataclass(frozen=True)
class TrendFrame:
    """One drawing of a trend, for one width."""

    width: int
    height: int
    left: float
    right: float
    base: float
    marks: list[Mark]
    ticks: list[Tick]
    line: str
    area: str


@dataclass(frozen=True)
class Trend:
    """A trend line in two widths. The text alternative and the table are drawn from `points`."""

    points: list[Point]
    wide: TrendFrame
    narrow: TrendFrame


def _spaced(places: Sequence[float], gap: float) -> set[int]:
    """Which labels can stand without touching; the last always does, the first where it can."""
    kept = [len(places) - 1] if places else []
    if len(places) > 1 and places[-1] - places[0] >= gap:
        kept.append(0)
    for i in range(1, len(places) - 1):
        if all(abs(places[i] - places[k]) >= gap for k in kept):
            kept.append(i)
    return set(kept)


def _frame(points: Sequence[Point], low: int, high: int, ticks: Sequence[int], width: int, height: int) -> TrendFrame:
    left, right, top, base = 34.0, width - 38.0, 28.0, height - 34.0
    first, last = points[0].on.toordinal(), points[-1].on.toordinal()
    across = scale(first, last, left + 14, right - 14) if last > first else lambda _: round((left + right) / 2, 1)
    up = scale(low, high, base, top)
    places = [(across(p.on.toordinal()), up(p.value)) for p in points]
    xs = [x for x, _ in places]
    labelled = _spaced(xs, LABEL_GAP)
    noted = _roomy_notes([(i, xs[i], p.note, _reads_left(i, xs, width)) for i, p in enumerate(points) if p.note])
    end = len(points) - 1
    marks = [
        Mark(x, y, p, i in labelled, i in (0, end), i in noted, _reads_left(i, xs, width))
        for i, ((x, y), p) in enumerate(zip(places, points, strict=True))
    ]
    line = "M" + "L".join(f"{x},{y}" for x, y in places)
    area = f"{line}L{xs[-1]},{base}L{xs[0]},{base}Z"
    return TrendFrame(width, height, left, right, base, marks, [Tick(up(v), v) for v in ticks], line, area)


def _reads_left(i: int, xs: Sequence[float], width: int) -> bool:
    """Words of a late point stand to its left, of an early one to its right."""
    return i == len(xs) - 1 or xs[i] > width / 2


def _roomy_notes(notes: Sequence[tuple[int, float, str, bool]]) -> set[int]:
    """Notes that can stand in one row without touching. Late ones come first; the table holds them all."""
    taken: list[tuple[float, float]] = []
    kept = set()
    for i, x, words, left in reversed(notes):
        long = len(words) * LETTER + 6
        start, end = (x - long, x) if left else (x, x + long)
        if start > 0 and all(end < a or start > b for a, b in taken):
            taken.append((start - 8, end + 8))
            kept.add(i)
    return kept


def trend(points: Sequence[Point], *, low: int, high: int, ticks: Sequence[int]) -> Trend | None:
    """Draw values over time on a fixed scale. Straight segments only: nothing is drawn that was not measured."""
    if not points:
        return None
    ordered = sorted(points, key=lambda p: p.on)
    wide = _frame(ordered, low, high, ticks, 640, 260)
    return Trend(list(ordered), wide, _frame(ordered, low, high, ticks, 358, 236))


@dataclass(frozen=True)
class Range:
    """A median and how far nine in ten reach. Without a median too few were counted to show."""

    name: str
    median: float | None
    ninth: float | None
    count: str = ""


@dataclass(frozen=True)
class RangeMark:
    """One row of a range chart on the page."""

    row: Range
    y: float
    x_name: float
    x_median: float
    x_ninth: float
    late: bool


@dataclass(frozen=True)
class RangeFrame:
    """One drawing of a range chart, for one width."""

    width: int
    height: int
    top: float
    bottom: float
    rows: list[RangeMark]
    ticks: list[Tick]
    goal: float | None
    stacked: bool


@dataclass(frozen=True)
class Ranges:
    """Medians and ranges in two widths, with an optional goal line."""

    rows: list[Range]
    goal: int | None
    wide: RangeFrame
    narrow: RangeFrame


def _range_frame(rows: Sequence[Range], goal: int | None, width: int, stacked: bool) -> RangeFrame:
    height_of_row, left, top = (70, 12, 22) if stacked else (46, 190, 30)
    ticks = steps(max([r.ninth or r.median or 0 for r in rows] + [goal or 1]))
    across = scale(0, ticks[-1], left, width - 56)
    marks = []
    for i, row in enumerate(rows):
        y = top + i * height_of_row + height_of_row / 2
        median = row.median if row.median is not None else 0
        ninth = row.ninth if row.ninth is not None else median
        late = goal is not None and row.median is not None and row.median > goal
        marks.append(RangeMark(row, y, across(0), across(median), across(ninth), late))
    bottom = top + len(rows) * height_of_row
    tick_marks = [Tick(across(v), v) for v in ticks]
    line = across(goal) if goal is not None else None
    return RangeFrame(width, bottom + 26, top - 6, bottom + 2, marks, tick_marks, line, stacked)


def ranges(rows: Sequence[Range], goal: int | None = None) -> Ranges | None:
    """Dot = typical, bar = nine in ten, dashes = the goal. Long names stand over their bar."""
    if not rows:
        return None
    long_names = any(len(row.name) > 22 for row in rows)
    return Ranges(list(rows), goal, _range_frame(rows, goal, 640, long_names), _range_frame(rows, goal, 358, True))


@dataclass(frozen=True)
class Bar:
    """One bar: its name, the words at its end, its length from 0 to 100 (none where too few to show)."""

    name: str
    words: str
    length: float | None
    hot: bool = False


def bars(rows: Sequence[tuple[str, float | None, str]], *, of: float | None = None, hot: str = "") -> list[Bar]:
    """Bars against `of`, or against the longest. A row is name, value, words; the row named `hot` stands out."""
    top = of or max([value or 0 for _, value, _ in rows] + [0]) or 1
    return [
        Bar(name, words, None if value is None else round(min(value / top, 1) * 100, 1), name == hot)
        for name, value, words in rows
    ]


@dataclass(frozen=True)
class Segment:
    """One part of a stacked bar."""

    name: str
    words: str
    start: float
    length: float
    shade: int


def stacked(parts: Sequence[tuple[str, float, str]]) -> list[Segment]:
    """Shares of a whole, side by side. A part is name, value, words. Nothing at all gives no segments."""
    total = sum(value for _, value, _ in parts)
    if total <= 0:
        return []
    edges = [0.0]
    for _, value, _ in parts:
        edges.append(edges[-1] + value / total * 100)
    places = [(round(a, 1), round(b - a, 1)) for a, b in pairwise(edges)]
    return [
        Segment(name, words, start, length, i % 5 + 1)
        for i, ((name, _, words), (start, length)) in enumerate(zip(parts, places, strict=True))
    ]
