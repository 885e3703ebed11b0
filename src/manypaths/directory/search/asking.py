"""What is asked of the directory, and how it becomes a query of the index."""

import math
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

import tantivy
from tantivy import FieldType, Occur, Query

from manypaths.directory.rules import week_minute
from manypaths.directory.search import schema as shape
from manypaths.directory.search.words import SHORTEST_TO_MEND, Word, read

MILES_PER_DEGREE = 69.0
MOST_CELLS = 100
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
    """Matches a document with any of these codes in a field. Does not score.

    One lazy list for each code: a set query would first gather every document of every code of it.
    """
    terms = [Query.const_score_query(Query.term_query(schema, name, one, "basic"), 0.0) for one in sorted(values)]
    if len(terms) == 1:
        return terms[0]
    return Query.boolean_query([(Occur.Should, one) for one in terms]) if terms else Query.empty_query()


def _open_now(ask: Ask, schema: tantivy.Schema) -> Query:
    """Open at this moment, each service by its own time zone."""
    slots = set()
    for zone in ask.zones:
        slots |= {shape.in_zone(zone, shape.slot_of(week_minute(ask.at, zone))), shape.in_zone(zone, shape.ALWAYS)}
    return one_of(schema, "slot", slots)


def has_room(ask: Ask, query: Query, schema: tantivy.Schema) -> Query:
    """What somebody said has room, so lately that it still counts."""
    said = one_of(schema, "room", {shape.HAS_ROOM})
    return Query.boolean_query([(Occur.Must, one) for one in (query, said, _still(ask, "open_until", schema))])


def may_have_room(ask: Ask, query: Query, schema: tantivy.Schema) -> Query:
    """What said nothing about room, or said it too long ago."""
    sure = [_still(ask, name, schema) for name in ("open_until", "full_until")]
    return Query.boolean_query([(Occur.Must, query), *[(Occur.MustNot, one) for one in sure]])


def not_full(ask: Ask, query: Query, schema: tantivy.Schema) -> Query:
    """Both: all but what is sure to be full."""
    return Query.boolean_query([(Occur.Must, query), (Occur.MustNot, _still(ask, "full_until", schema))])


def _still(ask: Ask, name: str, schema: tantivy.Schema) -> Query:
    now = shape.seconds(ask.at)
    return Query.const_score_query(Query.range_query(schema, name, FieldType.Unsigned, lower_bound=now), 0.0)


def words(ask: Ask, schema: tantivy.Schema, searcher: tantivy.Searcher, *, every: bool) -> Query | None:
    """The typed words as a query: every needed one of them must match, or at least one."""
    found = [
        (Occur.Must if every and word.needed else Occur.Should, _word(word, schema, searcher))
        for word in read(ask.text)
    ]
    return Query.boolean_query(found) if found else None


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
    if known == 0 and word.needed and not word.means and len(word.text) >= SHORTEST_TO_MEND:
        off = 1 if len(word.text) < LONG_WORD else 2
        mended = Query.fuzzy_term_query(schema, "plain", word.text, distance=off, transposition_cost_one=True)
        ways.append(Query.boost_query(mended, MENDED_COUNTS))
    return Query.boolean_query([(Occur.Should, one) for one in ways])


def around(ask: Ask, miles: float, schema: tantivy.Schema, *, nowhere: bool = True) -> Query:
    """The squares that touch a circle, and what lies nowhere."""
    return one_of(schema, "cell", squares(ask, miles) | ({shape.NOWHERE} if nowhere else set()))


def squares(ask: Ask, miles: float) -> set[str]:
    """The names of the squares of the finest usable grid that touch a circle."""
    assert ask.latitude is not None and ask.longitude is not None
    for grid, side in shape.GRIDS.items():
        if math.pi * (miles / MILES_PER_DEGREE / side) ** 2 > MOST_CELLS and grid != shape.WIDEST:
            continue  # its area alone holds too many
        cells = _cells(grid, ask.latitude, ask.longitude, miles)
        if len(cells) <= MOST_CELLS:
            break
    return cells


def wide_squares(ask: Ask) -> set[str]:
    """The names of the squares of the widest grid that touch the circle asked for, and of nowhere."""
    assert ask.latitude is not None and ask.longitude is not None
    return {shape.NOWHERE, *_cells(shape.WIDEST, ask.latitude, ask.longitude, ask.miles)}


def _cells(grid: str, latitude: float, longitude: float, miles: float) -> set[str]:
    """The squares of a grid, row by row: how far a circle reaches east and west in a row is one square root."""
    side, high = shape.GRIDS[grid], miles / MILES_PER_DEGREE
    found: set[str] = set()
    for row in range(math.floor((latitude - high) / side), math.floor((latitude + high) / side) + 1):
        south, north = row * side, (row + 1) * side
        gap = max(0.0, south - latitude, latitude - north)
        reach = math.sqrt(max(0.0, high * high - gap * gap)) / _squeeze(south, north)
        columns = range(math.floor((longitude - reach) / side), math.floor((longitude + reach) / side) + 1)
        found.update(shape.cell(grid, (row + 0.5) * side, (column + 0.5) * side) for column in columns)
        if len(found) > MOST_CELLS:
            break
    return found


def _squeeze(south: float, north: float) -> float:
    """How much shorter a degree east is than a degree north, at the narrower end of a row."""
    return max(0.02, min(math.cos(math.radians(min(89.0, abs(one)))) for one in (south, north)))
