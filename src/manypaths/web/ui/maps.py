"""County maps drawn on the server from the Census shapes that are shipped with us. No tiles, no script, no calls."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).parent / "geo" / "shapes.jsonl"
Place = tuple[float, float]  # longitude, latitude
Box = tuple[float, float, float, float]  # west, south, east, north
MANY = 140
NARROWEST = 0.22


@dataclass(frozen=True)
class Shape:
    """A county or a state: its code, its name, its outline in degrees and the box around it."""

    code: str
    name: str
    rings: tuple[tuple[Place, ...], ...]
    box: Box


def _ring(frame: Mapping[str, Any], steps: Sequence[int]) -> tuple[Place, ...]:
    """An outline in degrees from its whole-number steps."""
    (sx, sy), (tx, ty) = frame["scale"], frame["translate"]
    xs, ys = accumulate(steps[::2]), accumulate(steps[1::2])
    return tuple((x * sx + tx, y * sy + ty) for x, y in zip(xs, ys, strict=True))


def _box(rings: Iterable[tuple[Place, ...]]) -> Box:
    xs, ys = zip(*(point for ring in rings for point in ring), strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _shapes(kind: str, prefix: str) -> tuple[Shape, ...]:
    """The shapes of one kind whose code starts so. Only their lines of the file are read into memory."""
    opening = f'["{kind}","{prefix}'
    found = []
    with SOURCE.open(encoding="utf-8") as lines:
        frame = json.loads(next(lines))
        for line in lines:
            if line.startswith(opening):
                _kind, code, name, outlines = json.loads(line)
                rings = tuple(_ring(frame, steps) for steps in outlines)
                found.append(Shape(code, name, rings, _box(rings)))
    return tuple(found)


@cache
def counties(state: str) -> tuple[Shape, ...]:
    """The counties of one state, by its two-digit code. Kept once read: all of them together are 9 MB, and reading one
    state takes as long as making a page."""
    return _shapes("counties", state)


@lru_cache(maxsize=1)
def states() -> tuple[Shape, ...]:
    """The outlines of the states."""
    return _shapes("states", "")


def _touches(a: Box, b: Box) -> bool:
    return a[0] <= b[2] and a[2] >= b[0] and a[1] <= b[3] and a[3] >= b[1]


def in_view(view: Box) -> tuple[Shape, ...]:
    """What to draw in a view: counties, or states where the view is wide."""
    near = [state for state in states() if _touches(state.box, view)]
    if len(near) <= 8:
        found = tuple(c for state in near for c in counties(state.code) if _touches(c.box, view))
        if len(found) <= MANY:
            return found
    return tuple(near)


@dataclass(frozen=True)
class Ruler:
    """From degrees to places on the page."""

    view: Box
    width: float
    height: float
    step: float = 1.0

    def at(self, place: Place) -> Place:
        """Where a place stands on the page."""
        west, south, east, north = self.view
        x = (place[0] - west) / (east - west) * self.width
        return round(x, 1), round((north - place[1]) / (north - south) * self.height, 1)

    def path(self, shape: Shape) -> str:
        """The outline as an SVG path, without points closer together than a step."""
        return "".join(self._line(ring) for ring in shape.rings)

    def _line(self, ring: tuple[Place, ...]) -> str:
        west, south, east, north = self.view
        wide, tall = east - west, north - south
        drawn: list[str] = []
        last_x = last_y = math.inf
        for longitude, latitude in ring:  # as `at` does, without a call for each of hundreds of points
            x = round((longitude - west) / wide * self.width, 1)
            y = round((north - latitude) / tall * self.height, 1)
            if abs(x - last_x) + abs(y - last_y) >= self.step:
                drawn.append(f"{x:g},{y:g}")
                last_x, last_y = x, y
        return "M" + "L".join(drawn) + "Z" if len(drawn) > 2 else ""


def _fit(box: Box, width: float, margin: float) -> Ruler:
    """A ruler in which the box fills the width and a degree east is as long as it is on the ground."""
    west, south, east, north = box
    wide, tall = (east - west) * margin, (north - south) * margin
    view = (west - wide, south - tall, east + wide, north + tall)
    squeeze = math.cos(math.radians((south + north) / 2))
    return Ruler(view, width, round(width * (view[3] - view[1]) / ((view[2] - view[0]) * squeeze)))


@dataclass(frozen=True)
class Area:
    """One county of a shaded map. Level 0 is hatched: none, or too few to show."""

    code: str
    name: str
    path: str
    level: int


@dataclass(frozen=True)
class ShadedMap:
    """Counties shaded by level."""

    width: int
    height: int
    areas: list[Area]


def shaded(codes: Sequence[str], levels: Mapping[str, int], *, width: int = 300) -> ShadedMap | None:
    """Draw these counties (five-digit codes), each in the shade of its level from 0 to 4."""
    wanted = set(codes)
    shapes = [s for state in sorted({c[:2] for c in wanted}) for s in counties(state) if s.code in wanted]
    if not shapes:
        return None
    ruler = _fit(_box(ring for shape in shapes for ring in shape.rings), width, 0.02)
    areas = [Area(s.code, s.name, ruler.path(s), levels.get(s.code, 0)) for s in shapes]
    return ShadedMap(width, int(ruler.height), areas)


@dataclass(frozen=True)
class Pin:
    """One numbered result: where it is, what to say, and the address on this page it leads to."""

    number: int
    label: str
    longitude: float
    latitude: float
    href: str
    tone: str = ""
    x: float = 0.0
    y: float = 0.0


@dataclass(frozen=True)
class Label:
    """A county's name on the map."""

    name: str
    x: float
    y: float


@dataclass(frozen=True)
class PinMap:
    """Results on county lines."""

    size: int
    outline: str
    labels: list[Label]
    pins: list[Pin]
    here: Place | None


def _square(places: Sequence[Place]) -> Box:
    """A square view (on the ground) around the places, with room at the edges."""
    xs, ys = [p[0] for p in places], [p[1] for p in places]
    middle_x, middle_y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    squeeze = math.cos(math.radians(middle_y)) or 1
    half = max((max(xs) - min(xs)) * squeeze, max(ys) - min(ys), NARROWEST) * 0.68
    return middle_x - half / squeeze, middle_y - half, middle_x + half / squeeze, middle_y + half


def push_apart(pins: Sequence[Pin], size: int, gap: float = 27.0) -> list[Pin]:
    """Move pins that hide each other until each can be seen and touched."""
    spots = [[pin.x, pin.y] for pin in pins]
    for _ in range(60):
        moved = False
        for i, a in enumerate(spots):
            for j, b in enumerate(spots[i + 1 :], i + 1):
                moved |= _push(a, b, gap, i + j)
        if not moved:
            break
    edge = gap / 2 + 2
    inside = [(min(max(x, edge), size - edge), min(max(y, edge), size - edge)) for x, y in spots]
    return [replace(pin, x=round(x, 1), y=round(y, 1)) for pin, (x, y) in zip(pins, inside, strict=True)]


def _push(a: list[float], b: list[float], gap: float, turn: int) -> bool:
    dx, dy = b[0] - a[0], b[1] - a[1]
    distance = math.hypot(dx, dy)
    if distance >= gap:
        return False
    if distance < 0.01:
        dx, dy, distance = math.cos(turn), math.sin(turn), 1.0
        push = gap / 2
    else:
        push = (gap - distance) / 2 + 0.05
    a[0], a[1] = a[0] - dx / distance * push, a[1] - dy / distance * push
    b[0], b[1] = b[0] + dx / distance * push, b[1] + dy / distance * push
    return True


def contains(shape: Shape, place: Place) -> bool:
    """Whether a place lies inside an outline: a line to the west crosses it an odd number of times."""
    x, y = place
    inside = False
    for ring in shape.rings:
        for (ax, ay), (bx, by) in pairwise((*ring, ring[0])):
            if (ay > y) != (by > y) and x > (bx - ax) * (y - ay) / (by - ay) + ax:
                inside = not inside
    return inside


def _middles(shape: Shape, view: Box) -> Iterator[Place]:
    """Where its name may stand: the middle of the county, or of the part that is in view. Looked for one by one."""
    west, south = max(shape.box[0], view[0]), max(shape.box[1], view[1])
    east, north = min(shape.box[2], view[2]), min(shape.box[3], view[3])
    seen = [(west + (east - west) * across, (south + north) / 2) for across in (0.5, 0.25, 0.75)]
    whole = ((shape.box[0] + shape.box[2]) / 2, (shape.box[1] + shape.box[3]) / 2)
    return (place for place in (whole, *seen) if contains(shape, place))


def _labels(shapes: Sequence[Shape], ruler: Ruler, pins: Sequence[Pin]) -> list[Label]:
    """County names where they touch no pin, no edge and no other name."""
    placed: list[Label] = []
    for shape in shapes:
        half = len(shape.name) * 3.7
        spots = map(ruler.at, _middles(shape, ruler.view))
        tried = (Label(shape.name, round(x), round(y + shift)) for x, y in spots for shift in (0, -30, 30, -48, 48))
        free = (label for label in tried if _free(label, half, ruler.width, pins, placed))
        placed += [label for label in [next(free, None)] if label]
    return placed


def _free(label: Label, half: float, size: float, pins: Sequence[Pin], placed: Sequence[Label]) -> bool:
    inside = half + 4 < label.x < size - half - 4 and 16 < label.y < size - 10
    no_pin = all(abs(p.x - label.x) > half + 16 or abs(p.y - label.y) > 22 for p in pins)
    return inside and no_pin and all(abs(o.x - label.x) > half * 2 or abs(o.y - label.y) > 18 for o in placed)


def pinned(pins: Sequence[Pin], *, here: Place | None = None, size: int = 340) -> PinMap | None:
    """Draw numbered pins over county lines, cropped to the results and, where known, the place searched from."""
    places = [(pin.longitude, pin.latitude) for pin in pins]
    if not places:
        return None
    ruler = Ruler(_square([*places, here] if here else places), size, size)
    shapes = in_view(ruler.view)
    if len(shapes[0].code if shapes else "00000") == 2:
        ruler = replace(ruler, step=4.0)
    on_page = [replace(pin, x=x, y=y) for pin, (x, y) in zip(pins, map(ruler.at, places), strict=True)]
    apart = push_apart(on_page, size)
    outline = "".join(ruler.path(shape) for shape in shapes)
    return PinMap(size, outline, _labels(shapes, ruler, apart), apart, ruler.at(here) if here else None)
