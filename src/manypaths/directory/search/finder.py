"""One search. Every web process opens its own reader, after it was forked, and looks for news once a second."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import available_timezones

import tantivy
from django.conf import settings
from tantivy import Occur, Query

from manypaths.directory.search import asking
from manypaths.directory.search import schema as shape
from manypaths.directory.search.asking import MILES_PER_DEGREE, Ask
from manypaths.directory.search.places import miles_between
from manypaths.directory.search.words import read

Scored = tuple[float, Any]
Near = tuple[float, float | None, float | None, Scored]  # how far on a flat map, squared; where; the match

RELOAD_SECONDS = 1.0
ENOUGH = 120
MOST_EXACT = 4000
ENOUGH_IN_A_RING = 1000
TRIES = 6
SMALLER, SMALLEST = 0.6, 1.0
EDGE = 0.15


class Hit(NamedTuple):
    """One service that matches. `miles` is None for what is not at a place, or when no place was asked."""

    service_id: UUID
    miles: float | None
    kind_number: int
    score: float


@dataclass(frozen=True)
class Found:
    """What a search found, in order. `sure` are certain to have room when that was asked; `ask_first` may have."""

    sure: list[Hit] = field(default_factory=list)
    ask_first: list[Hit] = field(default_factory=list)
    total: int = 0
    at_least: bool = False
    some_words_only: bool = False
    from_index: bool = True
    best_first: bool = False


class Finder:
    """A reader of the index in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.index: tantivy.Index | None = None
        self.searcher: Any = None
        self.looked_at, self.made = 0.0, 0
        self.zones: frozenset[str] = frozenset()

    def ready(self) -> bool:
        """Look for a newer state at most once a second. False when there is no index yet."""
        if time.monotonic() - self.looked_at < RELOAD_SECONDS:
            return self.searcher is not None
        self.looked_at = time.monotonic()
        try:
            made = self.folder.stat().st_ino
            if self.index is None or made != self.made:
                self.index, self.made = _opened(self.folder), made
            self.index.reload()
            self.searcher = self.index.searcher()
            self.zones = _clocks() & {zone for zone, _count in self.searcher.terms_with_prefix("zone", "")}
        except (OSError, ValueError):
            self.index = self.searcher = None
        return self.searcher is not None

    def find(self, ask: Ask, *, limit: int = ENOUGH) -> Found:
        """Search. With `taking_people`, what is full is left out and what did not say follows apart.

        Where no service has all the words that were typed, those with some of them are shown, and it says so.
        """
        found = self._found(ask, self._query(ask, every=True), limit)
        if found.total or len(read(ask.text)) < 2:
            return found
        return replace(self._found(ask, self._query(ask, every=False), limit), some_words_only=True)

    def _found(self, ask: Ask, query: Query, limit: int) -> Found:
        best_first = bool(ask.text.strip())
        if not ask.taking_people:
            sure, total, at_least = self._ordered(ask, query, limit)
            return Found(sure, [], total, at_least, best_first=best_first)
        if ask.has_place and not best_first:
            return self._nearest_with_room(ask, query, limit)
        return self._with_room_apart(ask, query, limit)

    def _nearest_with_room(self, ask: Ask, query: Query, limit: int) -> Found:
        """The nearest that have room and the nearest to ask first: one search for both, told apart by a column.

        Where a crowded circle was made smaller and then holds too few of one kind, that one is searched by itself.
        """
        schema, now = self._schema(), shape.seconds(ask.at)
        kept, at_least = self._measured(ask, asking.not_full(ask, query, schema), limit)
        rooms = self.searcher.fast_field_values("open_until", [one[3][1] for one in kept])
        sure = [one for one, until in zip(kept, rooms, strict=True) if until >= now]
        maybe = [one for one, until in zip(kept, rooms, strict=True) if until < now]
        if at_least and len(sure) < limit:
            sure, _more = self._measured(ask, asking.has_room(ask, query, schema), limit)
        if at_least and len(maybe) < limit:
            maybe, _more = self._measured(ask, asking.may_have_room(ask, query, schema), limit)
        total = len(sure) + len(maybe)
        return Found(self._by_miles(ask, sure[:limit]), self._by_miles(ask, maybe[:limit]), total, at_least)

    def _with_room_apart(self, ask: Ask, query: Query, limit: int) -> Found:
        """Two searches: the best of each are not the best of both."""
        schema = self._schema()
        sure, total, at_least = self._ordered(ask, asking.has_room(ask, query, schema), limit)
        maybe, more, more_at_least = self._ordered(ask, asking.may_have_room(ask, query, schema), limit)
        best_first = bool(ask.text.strip())
        return Found(sure, maybe, total + more, at_least or more_at_least, best_first=best_first)

    def facets(self, ask: Ask) -> dict[str, dict[str, int]]:
        """How many of all matches carry each code, by kind of code."""
        assert self.index is not None
        query = self._near(ask, self._query(ask, every=True), ask.miles)
        wanted = {name: {"terms": {"field": name, "size": 64}} for name in shape.COUNTED}
        answer = self.searcher.aggregate(query, wanted)
        return {name: {row["key"]: int(row["doc_count"]) for row in answer[name]["buckets"]} for name in shape.COUNTED}

    def _query(self, ask: Ask, *, every: bool) -> Query:
        assert self.index is not None
        schema = self.index.schema
        zoned = replace(ask, zones=self._zones_of(ask)) if ask.open_now else ask
        must = asking.filters(zoned, schema)
        typed = asking.words(ask, schema, self.searcher, every=every)
        parts = [*must, *([typed] if typed else [])]
        return Query.boolean_query([(Occur.Must, one) for one in parts]) if parts else Query.all_query()

    def _zones_of(self, ask: Ask) -> frozenset[str]:
        """The time zones of what stands around the place that was asked, and of what stands nowhere; or all."""
        if not ask.has_place:
            return self.zones
        zones = {
            term.removeprefix(f"{square} ")
            for square in asking.wide_squares(ask)
            for term, _count in self.searcher.terms_with_prefix("zone_there", f"{square} ")
        }
        return self.zones & zones

    def _schema(self) -> tantivy.Schema:
        assert self.index is not None
        return self.index.schema

    def _near(self, ask: Ask, query: Query, miles: float, *, nowhere: bool = True) -> Query:
        if not ask.has_place or self.index is None:
            return query
        squares = asking.around(ask, miles, self.index.schema, nowhere=nowhere)
        return Query.boolean_query([(Occur.Must, query), (Occur.Must, squares)])

    def _ordered(self, ask: Ask, query: Query, limit: int) -> tuple[list[Hit], int, bool]:
        if not ask.has_place:
            result = self.searcher.search(query, limit, count=True)
            return self._hits(result.hits), int(result.count), False
        if ask.text.strip():
            return self._best_within(ask, query, limit)
        return self._nearest(ask, query, limit)

    def _best_within(self, ask: Ask, query: Query, limit: int) -> tuple[list[Hit], int, bool]:
        """The best matches in the circle. The squares reach a little over its edge, so the edge is cut exactly."""
        most = 4 * limit
        result = self.searcher.search(self._near(ask, query, ask.miles), most, count=True)
        kept = self._in_circle(ask, result.hits, ask.miles)
        return self._told(ask, kept[:limit]), len(kept), int(result.count) > most

    def _nearest(self, ask: Ask, query: Query, limit: int) -> tuple[list[Hit], int, bool]:
        kept, at_least = self._measured(ask, query, limit)
        return self._by_miles(ask, kept[:limit]), len(kept), at_least

    def _measured(self, ask: Ask, query: Query, limit: int) -> tuple[list[Near], bool]:
        """The matches by distance, and whether there are more: where a wide circle holds very many, a smaller one that
        holds enough is measured."""
        everywhere = self._inside(ask, query, ask.miles, nowhere=True)
        total = int(everywhere.count)
        ring, result = (ask.miles, everywhere) if total <= MOST_EXACT else self._ring(ask, query, everywhere, limit)
        kept = self._in_circle(ask, result.hits, ring)
        kept.sort(key=itemgetter(0))
        return kept, total > MOST_EXACT

    def _ring(self, ask: Ask, query: Query, most: Any, limit: int) -> tuple[float, Any]:
        """A circle that holds enough and not too many. Each try after the first is a guess from how crowded the last
        one was."""
        too_small, ring, best = 0.0, self._likely(ask, int(most.count)), (ask.miles, most)
        for _try in range(TRIES):
            result = self._inside(ask, query, ring, nowhere=False)
            if result.count > MOST_EXACT:
                best = ring, result
            elif result.count < limit:
                too_small = ring
            else:
                return ring, result
            guess = best[0] * min(0.4, math.sqrt(ENOUGH_IN_A_RING / int(best[1].count)))
            ring = guess if guess > too_small else (too_small + best[0]) / 2
        return best

    def _likely(self, ask: Ask, count: int) -> float:
        """The smallest circle that likely holds enough, by how many listings of any kind stand in each square: that is
        counted in the index already, and asking for it costs a fraction of a search."""
        ring = ask.miles
        share = count / max(1, self._standing(ask, ring))
        while ring > SMALLEST and share * self._standing(ask, ring * SMALLER) >= ENOUGH_IN_A_RING:
            ring *= SMALLER
        return ring

    def _standing(self, ask: Ask, miles: float) -> int:
        return sum(self.searcher.doc_freq("cell", one) for one in asking.squares(ask, miles))

    def _inside(self, ask: Ask, query: Query, miles: float, *, nowhere: bool) -> Any:
        return self.searcher.search(self._near(ask, query, miles, nowhere=nowhere), MOST_EXACT, count=True)

    def _in_circle(self, ask: Ask, hits: Sequence[Scored], miles: float) -> list[Near]:
        """Those in the circle, and those at no place. Two columns are read, and nothing else of what is not returned.

        On a flat map the distance is right to a few percent: only near the edge is it measured on the round earth.
        """
        addresses = [address for _score, address in hits]
        latitudes = self.searcher.fast_field_values("latitude", addresses)
        longitudes = self.searcher.fast_field_values("longitude", addresses)
        here, there = ask.latitude or 0.0, ask.longitude or 0.0
        up, across = MILES_PER_DEGREE, MILES_PER_DEGREE * math.cos(math.radians(here))
        surely, never = (miles * (1 - EDGE)) ** 2, (miles * (1 + EDGE)) ** 2
        kept: list[Near] = []
        append = kept.append
        for lat, lon, hit in zip(latitudes, longitudes, hits, strict=True):
            if lat is None or lon is None:
                append((math.inf, None, None, hit))
                continue
            north, east = (lat - here) * up, (lon - there) * across
            rough = north * north + east * east
            if rough <= surely or (rough <= never and miles_between(here, there, lat, lon) <= miles):
                append((rough, lat, lon, hit))
        return kept

    def _by_miles(self, ask: Ask, kept: Sequence[Near]) -> list[Hit]:
        hits = self._told(ask, kept)
        hits.sort(key=lambda one: (one.miles is None, one.miles or 0.0, one.service_id))
        return hits

    def _told(self, ask: Ask, kept: Sequence[Near]) -> list[Hit]:
        return self._hits([one[3] for one in kept], [_miles(ask, one[1], one[2]) for one in kept])

    def _hits(self, hits: Sequence[Scored], miles: Sequence[float | None] | None = None) -> list[Hit]:
        addresses = [address for _score, address in hits]
        columns = ("sid_high", "sid_low", "kind_number")
        values = [self.searcher.fast_field_values(name, addresses) for name in columns]
        far = miles if miles is not None else [None] * len(hits)
        return [
            Hit(shape.whole(high, low), distance, kind, score)
            for (score, _address), distance, high, low, kind in zip(hits, far, *values, strict=True)
        ]


def _miles(ask: Ask, latitude: float | None, longitude: float | None) -> float | None:
    if ask.latitude is None or ask.longitude is None or latitude is None or longitude is None:
        return None
    return miles_between(ask.latitude, ask.longitude, latitude, longitude)


def take_turns(hits: list[Hit]) -> list[Hit]:
    """The same hits, kinds of help taking turns, each kind in its own order. No kind is preferred: the first to
    appear begins, and then the next kind that appears.
    """
    waiting: dict[int, list[Hit]] = {}
    for hit in hits:
        waiting.setdefault(hit.kind_number, []).append(hit)
    ordered: list[Hit] = []
    while waiting:
        for kind in list(waiting):
            ordered.append(waiting[kind].pop(0))
            if not waiting[kind]:
                del waiting[kind]
    return ordered


def _opened(folder: Path) -> tantivy.Index:
    """The index in a folder. One with other fields is from before an upgrade and counts as none until it is rebuilt."""
    index = tantivy.Index.open(str(folder))
    if index.schema != shape.build():
        raise ValueError("an index with other fields")
    return index


@lru_cache(maxsize=1)
def _clocks() -> frozenset[str]:
    """The time zones that this machine knows."""
    return frozenset(available_timezones())


_finders: dict[Path, Finder] = {}


def finder() -> Finder | None:
    """This process's reader of the installation's index, or None while there is none."""
    folder = Path(settings.INDEX_DIR)
    found = _finders.setdefault(folder, Finder(folder))
    return found if found.ready() else None
