"""A directory of any size for measuring: invented listings on the real map of towns, the same on every run."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

import zipcodes

from manypaths.directory.rules import Span

SYLLABLES = ("ba", "ri", "no", "len", "tor", "mi", "sa", "vel", "do", "qui", "har", "bo", "lin", "te", "gra", "pu")
VOCABULARY = 20_000
KINDS = {
    "outpatient": 30, "mutual_aid": 25, "peer_support": 8, "residential": 8, "recovery_residence": 8, "moud": 6,
    "detox": 4, "family_support": 3, "harm_reduction": 3, "recovery_center": 2, "employment": 2, "transport": 1,
}  # fmt: skip
NEEDS = ("talk", "medication", "detox", "treatment", "residential", "housing", "meetings", "family", "naloxone", "work")
COSTS = ("free", "medicaid", "medicare", "insurance", "sliding", "self_pay")
AUDIENCES = ("women", "men", "pregnant", "youth", "veterans", "lgbtq", "older", "trauma")
LANGUAGES = ("es", "ar", "zh", "fr", "vi", "ase")
SAID = datetime(2026, 11, 16, 5, 0, tzinfo=UTC)
ROOMS = {"open": 25, "waitlist": 10, "full": 10, "unknown": 55}


class MadeUp:
    """Invented listings, one after the other."""

    def __init__(self, seed: int = 7) -> None:
        self.chance = random.Random(seed)
        self.words = ["".join(self.chance.choices(SYLLABLES, k=self.chance.randint(2, 4))) for _ in range(VOCABULARY)]
        self.heights = list(accumulate(1 / (rank + 10) for rank in range(VOCABULARY)))
        clocks = available_timezones()
        self.towns = [row for row in zipcodes.list_all() if row["timezone"] in clocks and float(row["lat"] or 0)]
        self.sizes = list(accumulate(self.chance.paretovariate(1.2) for _ in self.towns))
        self.shapes = [*_shapes()]

    def text(self, count: int) -> str:
        """Words as often as words are: a few of them very often."""
        return " ".join(self.chance.choices(self.words, cum_weights=self.heights, k=count))

    def town(self) -> dict[str, Any]:
        """A town; some have many more services than others."""
        return self.chance.choices(self.towns, cum_weights=self.sizes)[0]

    def listing(self, town: dict[str, Any]) -> tuple[dict[str, Any], list[Span]]:
        """One listing in a town, with the columns that the index reads, and its hours."""
        chance = self.chance
        values = {
            "id": UUID(int=chance.getrandbits(128), version=4),
            "organisation_id": UUID(int=chance.randrange(300_000)),
            "organisation__name": self.text(2),
            "name": self.text(3),
            "kind": chance.choices(list(KINDS), KINDS.values())[0],
            "description": self.text(chance.randint(15, 50)),
            "how_to_start": self.text(8),
            "needs": chance.sample(NEEDS, chance.randint(1, 4)),
            "pathways": ["clinical"],
            "costs": chance.sample(COSTS, chance.randint(1, 4)),
            "languages": ["en", *chance.sample(LANGUAGES, chance.choice((0, 0, 1, 2)))],
            "audiences": chance.sample(AUDIENCES, chance.choice((0, 1, 2, 4))),
            "features": [],
            "medication": chance.choice(("yes", "yes", "conditional", "no", "unknown")),
            "room": chance.choices(list(ROOMS), ROOMS.values())[0],
            "zone": town["timezone"],
            "location__visibility": "public",
            "location__city": town["city"],
            "location__latitude": float(town["lat"]) + chance.gauss(0, 0.03),
            "location__longitude": float(town["long"]) + chance.gauss(0, 0.03),
        }
        values["room_as_of"] = SAID + timedelta(days=values["id"].int % 10 - 3)
        return values, chance.choice(self.shapes)

    def listings(self, count: int) -> Iterator[tuple[dict[str, Any], list[Span]]]:
        """So many listings, by ZIP code, as a rebuild reads them."""
        for town in sorted((self.town() for _ in range(count)), key=lambda one: str(one["zip_code"])):
            yield self.listing(town)

    def point(self) -> tuple[float, float]:
        """Where somebody looks from."""
        town = self.town()
        return float(town["lat"]), float(town["long"])


def _shapes() -> Iterator[list[Span]]:
    """Office hours, evenings, weekends, one meeting a week, always, and not known."""
    for opens in (480, 510, 540, 600):
        for closes in (960, 1020, 1080, 1200):
            yield [Span(day, opens, closes) for day in range(5)]
    for day in range(7):
        yield [Span(day, 1080, 1170)]
        yield [Span(day, 420, 480)]
    yield [Span(day, 0, 1440) for day in range(7)]
    yield [Span(day, 600, 1320) for day in range(7)]
    yield []
    yield []


def moments(chance: random.Random, start: datetime) -> datetime:
    """Some minute of the week after a moment."""
    return start + timedelta(minutes=chance.randrange(7 * 24 * 60))
