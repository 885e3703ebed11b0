"""One search. Every web process opens its own reader, after it was forked, and looks for news once a second."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import tantivy
from django.conf import settings
from tantivy import Occur, Query

from manypaths.directory.search import asking
from manypaths.directory.search import schema as shape
from manypaths.directory.search.asking import Ask
from manypaths.directory.search.places import miles_between

RELOAD_SECONDS = 1.0
ENOUGH = 120
MOST_EXACT = 2000
RINGS = (2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0)


@dataclass(frozen=True)
class Hit:
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
                self.index, self.made = tantivy.Index.open(str(self.folder)), made
            self.index.reload()
            self.searcher = self.index.searcher()
            self.zones = frozenset(zone for zone, _count in self.searcher.terms_with_prefix("zone", ""))
        except (OSError, ValueError):
            self.index = self.searcher = None
        return self.searcher is not None

    def find(self, ask: Ask, *, limit: int = ENOUGH) -> Found:
        """Search. With `taking_people`, what is full is left out and what did not say follows apart."""
        assert self.index is not None
        every = self._query(ask, every=True)
        some = every is not None and self._count(every) == 0
        query = self._query(ask, every=False) if some else every
        if not ask.taking_people:
            sure, total, at_least = self._ordered(ask, query, limit)
            return Found(sure, [], total, at_least, some, True, bool(ask.text.strip()))
        sure, total, at_least = self._ordered(ask, self._with_room(query, "open"), limit)
        maybe, more, more_at_least = self._ordered(ask, self._with_room(query, "unknown"), limit)
        return Found(sure, maybe, total + more, at_least or more_at_least, some, True, bool(ask.text.strip()))

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
        zoned = Ask(**{**vars(ask), "zones": self.zones}) if ask.open_now else ask
        must = asking.filters(zoned, schema)
        typed = asking.words(ask, schema, self.searcher, every=every)
        parts = [*must, *([typed] if typed else [])]
        return Query.boolean_query([(Occur.Must, one) for one in parts]) if parts else Query.all_query()

    def _with_room(self, query: Query, room: str) -> Query:
        assert self.index is not None
        has = asking.one_of(self.index.schema, "room", {room})
        return Query.boolean_query([(Occur.Must, query), (Occur.Must, has)])

    def _near(self, ask: Ask, query: Query, miles: float, *, inside: bool = False, nowhere: bool = True) -> Query:
        if not ask.has_place or self.index is None:
            return query
        squares = asking.around(ask, miles, self.index.schema, inside=inside, nowhere=nowhere)
        return Query.boolean_query([(Occur.Must, query), (Occur.Must, squares)])

    def _count(self, query: Query) -> int:
        return int(self.searcher.search(query, 1, count=True).count)

    def _ordered(self, ask: Ask, query: Query, limit: int) -> tuple[list[Hit], int, bool]:
        if not ask.has_place:
            result = self.searcher.search(query, limit, count=True)
            return self._hits(ask, result.hits), int(result.count), False
        if ask.text.strip():
            return self._best_within(ask, query, limit)
        return self._nearest(ask, query, limit)

    def _best_within(self, ask: Ask, query: Query, limit: int) -> tuple[list[Hit], int, bool]:
        """The best matches in the circle. The squares reach a little over its edge, so the edge is cut exactly."""
        near = self._near(ask, query, ask.miles)
        result = self.searcher.search(near, min(MOST_EXACT, 4 * limit), count=True)
        hits = [one for one in self._hits(ask, result.hits) if one.miles is None or one.miles <= ask.miles]
        complete = int(result.count) <= len(result.hits)
        total = len(hits) if complete else self._at_least(ask, query)
        return hits[:limit], max(total, len(hits)), not complete

    def _nearest(self, ask: Ask, query: Query, limit: int) -> tuple[list[Hit], int, bool]:
        """The nearest matches: small circles first, and wider only until there are enough."""
        for ring in [*[one for one in RINGS if one < ask.miles], ask.miles]:
            near = self._near(ask, query, ring, nowhere=ring == ask.miles)
            result = self.searcher.search(near, MOST_EXACT, count=True)
            hits = [one for one in self._hits(ask, result.hits) if one.miles is None or one.miles <= ring]
            if ring == ask.miles or (len(hits) >= limit and int(result.count) <= MOST_EXACT):
                break
        hits.sort(key=lambda one: (one.miles is None, one.miles or 0.0, one.service_id))
        if ring == ask.miles and int(result.count) <= MOST_EXACT:
            return hits[:limit], len(hits), False
        return hits[:limit], max(len(hits), self._at_least(ask, query)), True

    def _at_least(self, ask: Ask, query: Query) -> int:
        """A number that is certainly reached: matches in squares wholly inside the circle."""
        return self._count(self._near(ask, query, ask.miles, inside=True))

    def _hits(self, ask: Ask, hits: Iterable[tuple[float, Any]]) -> list[Hit]:
        pairs = list(hits)
        addresses = [address for _score, address in pairs]
        columns = ("sid_high", "sid_low", "kind_number", "latitude", "longitude")
        values = [self.searcher.fast_field_values(name, addresses) for name in columns]
        return [
            Hit(shape.whole(high, low), _miles(ask, latitude, longitude), kind, score)
            for (score, _address), high, low, kind, latitude, longitude in zip(pairs, *values, strict=True)
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


_finders: dict[Path, Finder] = {}


def finder() -> Finder | None:
    """This process's reader of the installation's index, or None while there is none."""
    folder = Path(settings.INDEX_DIR)
    found = _finders.setdefault(folder, Finder(folder))
    return found if found.ready() else None
