"""What is asked of the directory, and how it becomes a query of the index."""

import math
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

import tantivy
from tantivy import Occur, Query

from manypaths.directory.rules import week_minute
from manypaths.directory.search import schema as shape
from manypaths.directory.search.words import SHORTEST_TO_MEND, Word, read

MILES_PER_DEGREE = 69.0
MOST_CELLS = 160
LONG_WORD = 8
NAME_COUNTS, TEXT_COUNTS, MEANING_COUNTS, MENDED_COUNTS = 3.0, 1.0, 2.0, 0.7


@dataclass(frozen=True)
class Ask:
    """One search: all of it optional. Filters of one kind are alternatives; kinds narrow each other."""

    at: datetime
    text: str = ""
    latitude: float | None = None
    longitude: float | None = None
    miles: float = 25.0
    needs: frozenset[str] = frozenset()
    pathways: frozenset[str] = frozenset()
    costs: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    audiences: frozenset[str] = frozenset()
    features: frozenset[str] = frozenset()
    medication_friendly: bool = False
    open_now: bool = False
    taking_people: bool = False
    zones: frozenset[str] = field(default_factory=frozenset)

    @property
    def has_place(self) -> bool:
        return self.latitude is not None and self.longitude is not None


@lru_cache(maxsize=1)
def _analyzer() -> tantivy.TextAnalyzer:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    return builder.filter(tantivy.Filter.lowercase()).filter(tantivy.Filter.stemmer("english")).build()


def filters(ask: Ask, schema: tantivy.Schema) -> list[Query]:
    """Every chosen filter as one query each; all of them must match."""
    chosen = {
        "need": ask.needs, "pathway": ask.pathways, "cost": ask.costs, "language": ask.languages,
        "audience": ask.audiences, "feature": ask.features,
    }  # fmt: skip
    found = [one_of(schema, name, codes) for name, codes in chosen.items() if codes]
    if ask.medication_friendly:
        found.append(one_of(schema, "medication", {"yes", "conditional"}))
    if ask.open_now:
        found.append(_open_now(ask, schema))
    return found


def one_of(schema: tantivy.Schema, name: str, values: "frozenset[str] | set[str]") -> Query:
    """Matches a document with any of these codes in a field. Does not score."""
    return Query.const_score_query(Query.term_set_query(schema, name, sorted(values)), 0.0)


def _open_now(ask: Ask, schema: tantivy.Schema) -> Query:
    """Open at this moment, each service by its own time zone."""
    branches = []
    for zone in sorted(ask.zones):
        slots = {shape.slot_of(week_minute(ask.at, zone)), shape.ALWAYS}
        here = [(Occur.Must, one_of(schema, "zone", {zone})), (Occur.Must, one_of(schema, "slot", slots))]
        branches.append((Occur.Should, Query.boolean_query(here)))
    return Query.boolean_query(branches) if branches else Query.empty_query()


def words(ask: Ask, schema: tantivy.Schema, searcher: tantivy.Searcher, *, every: bool) -> Query | None:
    """The typed words as a query: every one of them must match, or at least one."""
    found = [_word(word, schema, searcher) for word in read(ask.text)]
    if not found:
        return None
    return Query.boolean_query([(Occur.Must if every else Occur.Should, one) for one in found])


def _word(word: Word, schema: tantivy.Schema, searcher: tantivy.Searcher) -> Query:
    stem = next(iter(_analyzer().analyze(word.text)), word.text)
    ways = [
        Query.boost_query(Query.term_query(schema, "name", stem, "freq"), NAME_COUNTS),
        Query.boost_query(Query.term_query(schema, "text", stem, "freq"), TEXT_COUNTS),
        *[
            Query.const_score_query(Query.term_query(schema, kind, code, "basic"), MEANING_COUNTS)
            for kind, code in word.means
        ],
    ]
    known = searcher.doc_freq("name", stem) + searcher.doc_freq("text", stem)
    if known == 0 and not word.means and len(word.text) >= SHORTEST_TO_MEND:
        off = 1 if len(word.text) < LONG_WORD else 2
        mended = Query.fuzzy_term_query(schema, "plain", word.text, distance=off, transposition_cost_one=True)
        ways.append(Query.boost_query(mended, MENDED_COUNTS))
    return Query.boolean_query([(Occur.Should, one) for one in ways])


def around(ask: Ask, miles: float, schema: tantivy.Schema, *, inside: bool = False, nowhere: bool = True) -> Query:
    """The squares of the finest usable grid that touch a circle; with `inside`, those that lie wholly in it."""
    assert ask.latitude is not None and ask.longitude is not None
    for grid in shape.GRIDS:
        cells = _cells(grid, ask.latitude, ask.longitude, miles, inside)
        if len(cells) <= MOST_CELLS:
            break
    return one_of(schema, "cell", cells | ({shape.NOWHERE} if nowhere else set()))


def _cells(grid: str, latitude: float, longitude: float, miles: float, inside: bool) -> set[str]:
    side = shape.GRIDS[grid]
    high = miles / MILES_PER_DEGREE
    wide = high / max(0.05, math.cos(math.radians(min(89.0, abs(latitude) + high))))
    rows, columns = math.ceil(high / side) + 1, math.ceil(wide / side) + 1
    if (2 * rows + 1) * (2 * columns + 1) > 4 * MOST_CELLS:
        return {str(number) for number in range(MOST_CELLS + 1)}
    found = set()
    for row in range(-rows, rows + 1):
        for column in range(-columns, columns + 1):
            south = math.floor(latitude / side + row) * side
            west = math.floor(longitude / side + column) * side
            if _touches(latitude, longitude, miles, south, west, side, inside):
                found.add(shape.cell(grid, south + side / 2, west + side / 2))
    return found


def _touches(
    latitude: float, longitude: float, miles: float, south: float, west: float, side: float, inside: bool
) -> bool:
    lat_gap = _gap(latitude, south, south + side, inside) * MILES_PER_DEGREE
    shrink = math.cos(math.radians(min(89.0, max(abs(south), abs(south + side)) if not inside else abs(latitude))))
    lon_gap = _gap(longitude, west, west + side, inside) * MILES_PER_DEGREE * shrink
    return math.hypot(lat_gap, lon_gap) <= miles * (0.98 if inside else 1.02)


def _gap(value: float, low: float, high: float, far: bool) -> float:
    """How far a value is from a span: from its nearest end (0 within it), or from its farthest."""
    if far:
        return max(abs(value - low), abs(value - high))
    return max(0.0, low - value, value - high)
