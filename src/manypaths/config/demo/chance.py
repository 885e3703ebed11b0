"""Chance that can be repeated: the same seed makes the same community, whatever the day it starts on."""

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from manypaths.lib.dates import is_working_day, local_date

T = TypeVar("T")


class Chance(random.Random):
    """A seeded source of ids, picks and times of day."""

    def uid(self) -> UUID:
        """A version 4 id."""
        return UUID(int=self.getrandbits(128), version=4)

    def maybe(self, share: float) -> bool:
        """True in this share of cases."""
        return self.random() < share

    def pick(self, weights: Mapping[T, float]) -> T:
        """One of the keys, by its weight."""
        return self.choices(list(weights), list(weights.values()))[0]

    def days(self, low: float, high: float) -> timedelta:
        """Between so many days."""
        return timedelta(days=self.uniform(low, high))

    def own_time(self, near: datetime, zone: str) -> datetime:
        """A time of day at which people look at their phone, on the day of an instant."""
        hour = self.pick({7: 2, 8: 2, 9: 2, 11: 2, 12: 3, 15: 2, 17: 3, 19: 4, 20: 5, 21: 5, 22: 3, 23: 1})
        return _at(local_date(near, zone), hour, self.randrange(60), self.randrange(60), zone)

    def work_time(self, near: datetime, zone: str) -> datetime:
        """A time in working hours, on the working day that holds an instant or on the next one after it."""
        day = local_date(near, zone)
        while not is_working_day(day):
            day += timedelta(days=1)
        found = _at(day, self.randrange(9, 17), self.randrange(60), self.randrange(60), zone)
        if found >= near:
            return found
        return self.work_time(_at(day + timedelta(days=1), 0, 1, 0, zone), zone)


class Deck:
    """Deals every card once before any comes again, so that words do not repeat close to each other."""

    def __init__(self, cards: Sequence[str], chance: Chance) -> None:
        self._cards, self._chance, self._left = list(cards), chance, list[str]()

    def deal(self) -> str:
        """The next card."""
        if not self._left:
            self._left = self._chance.sample(self._cards, len(self._cards))
        return self._left.pop()


def _at(day: date, hour: int, minute: int, second: int, zone: str) -> datetime:
    return datetime.combine(day, time(hour, minute, second), tzinfo=ZoneInfo(zone))
