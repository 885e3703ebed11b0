"""What a plan is made of and what it can hold. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from manypaths.lib.refusals import Reason

MOST_STRENGTHS = 24
MOST_GOALS = 12
MOST_STEPS = 20
MOST_CHOICES = 40
MOST_OPTIONS = 12


class Area(StrEnum):
    """The part of life a goal is about. Shared codes; no area ranks above another."""

    FAMILY = "family"
    HOME = "home"
    HEALTH = "health"
    WORK = "work"
    LEARNING = "learning"
    MONEY = "money"
    LEGAL = "legal"
    COMMUNITY = "community"
    FAITH_CULTURE = "faith_culture"
    JOY = "joy"
    OTHER = "other"


AREA_WORDS: dict[Area, Any] = {
    Area.FAMILY: _("Family"),
    Area.HOME: _("Home"),
    Area.HEALTH: _("Health"),
    Area.WORK: _("Work"),
    Area.LEARNING: _("Learning"),
    Area.MONEY: _("Money"),
    Area.LEGAL: _("Court and papers"),
    Area.COMMUNITY: _("Friends and community"),
    Area.FAITH_CULTURE: _("Faith and culture"),
    Area.JOY: _("Rest and joy"),
    Area.OTHER: _("Something else"),
}


class Sign(StrEnum):
    """The small picture beside a strength. The values name line icons of the look."""

    SPROUT = "sprout"
    HANDS = "heart-handshake"
    WORK = "briefcase"
    HOUSE = "house"
    SUN = "sun"
    STAR = "star"
    USERS = "users"
    BOOK = "book-open"
    MUSIC = "music"
    PAW = "paw-print"
    STEPS = "footprints"
    SMILE = "smile"


SIGN_WORDS: dict[Sign, Any] = {
    Sign.SPROUT: _("Growing"),
    Sign.HANDS: _("Someone by my side"),
    Sign.WORK: _("Work"),
    Sign.HOUSE: _("Home"),
    Sign.SUN: _("Light"),
    Sign.STAR: _("Proud"),
    Sign.USERS: _("My people"),
    Sign.BOOK: _("Learning"),
    Sign.MUSIC: _("Music and art"),
    Sign.PAW: _("An animal"),
    Sign.STEPS: _("Keeping going"),
    Sign.SMILE: _("Joy"),
}


class GoalState(StrEnum):
    """Where a goal stands. Setting one aside is a choice like any other."""

    OPEN = "open"
    REACHED = "reached"
    SET_ASIDE = "set_aside"


class StepState(StrEnum):
    """Where a step stands. There is no "failed"."""

    LATER = "later"
    NOW = "now"
    DONE = "done"


class Way(StrEnum):
    """A direction in which a step or goal is moved by a button."""

    EARLIER = "earlier"
    LATER = "later"


@dataclass(frozen=True)
class Words:
    """One thing a person writes: the field it stands in, its longest length, and what to say when it is missing."""

    field: str
    longest: int
    missing: Any = None


OWN_WORDS = Words("text", 1000, _("Write what a good life looks like for you. One sentence is enough."))
STATEMENT = Words("statement", 120, _("Write one thing that is strong in you or in your life."))
FACT = Words("fact", 200)
TITLE = Words("title", 160, _("Write what you want to work on."))
STEP = Words("text", 300, _("Write one thing you can do."))
REASON = Words("reason", 1000)
HARD_DAY = Words("text", 600, _("Write one thing that helps you. One thing a line."))
MOST_HARD_DAY_LINES = 6
NAME = Words("name", 300, _("Choose a support."))


SAFETY_PART = Words("", 600)


@dataclass(frozen=True)
class SafetyWords:
    """A plan for a bad day: what shows that it comes, what helps, whom to call."""

    signs: str = ""
    helps: str = ""
    people: str = ""

    PARTS: ClassVar = ("signs", "helps", "people")

    @property
    def tidied(self) -> "SafetyWords":
        """The words as they are kept."""
        return SafetyWords(tidy(self.signs), tidy(self.helps), tidy(self.people))

    @property
    def is_empty(self) -> bool:
        return not (self.tidied.signs or self.tidied.helps or self.tidied.people)


def reasons_not_a_safety_plan(words: SafetyWords) -> Iterator[Reason]:
    """Why a plan for a bad day cannot be kept as written."""
    if words.is_empty:
        yield Reason("missing", _("Write one thing that shows, helps, or whom to call."), "signs")
    for name in SafetyWords.PARTS:
        yield from reasons_about(Words(name, SAFETY_PART.longest), getattr(words, name))


def tidy(text: str) -> str:
    """The words as they are kept: one kind of line end, nothing around them. The words themselves stay as written."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def reasons_about(words: Words, text: str) -> Iterator[Reason]:
    """Why a text cannot be kept in this place."""
    length = len(tidy(text))
    if words.missing is not None and length == 0:
        yield Reason("missing", words.missing, words.field)
    if length > words.longest:
        message = _("Use at most %(most)s characters. This is %(length)s.")
        yield Reason("too_long", message % {"most": words.longest, "length": length}, words.field)


def lines_of(text: str) -> list[str]:
    """The things of a list that was written one a line."""
    return [line.strip() for line in tidy(text).split("\n") if line.strip()]


def reasons_not_a_list(text: str) -> Iterator[Reason]:
    """Why a list for a hard day cannot be kept. A short list is read; a long one is not."""
    yield from reasons_about(HARD_DAY, text)
    if len(lines_of(text)) > MOST_HARD_DAY_LINES:
        yield Reason("too_many_lines", _("Keep it to 6 things, so that you can read it on a hard day."), "text")


def reasons_not_a_strength(statement: str, fact: str, sign: str) -> Iterator[Reason]:
    """Why a strength cannot be kept as written."""
    yield from reasons_about(STATEMENT, statement)
    yield from reasons_about(FACT, fact)
    if sign not in set(Sign):
        yield Reason("unknown_sign", _("Choose one of the pictures."), "sign")


def reasons_not_a_goal(title: str, area: str) -> Iterator[Reason]:
    """Why a goal cannot be kept as written."""
    yield from reasons_about(TITLE, title)
    if area not in set(Area):
        yield Reason("unknown_area", _("Choose a part of life."), "area")


def reasons_not_a_step(text: str, by_day: date | None, earlier_day: date | None, today: date) -> Iterator[Reason]:
    """Why a step cannot be kept as written. A day that already stood there may stay, however long ago it is."""
    yield from reasons_about(STEP, text)
    if by_day is not None and by_day != earlier_day and by_day < today:
        yield Reason("day_gone", _("Choose today or a later day, or leave the day empty."), "by_day")


def reasons_not_to_add(kind: str, count: int) -> Iterator[Reason]:
    """Why one more does not fit."""
    most, message = ROOM_FOR[kind]
    if count >= most:
        yield Reason("no_room", message)


ROOM_FOR: dict[str, tuple[int, Any]] = {
    "strength": (MOST_STRENGTHS, _("Your plan holds 24 strengths. Take one off to add another.")),
    "goal": (MOST_GOALS, _("Your plan holds 12 goals at a time. Mark one as reached or set one aside to add another.")),
    "step": (MOST_STEPS, _("A goal holds 20 steps. Take one off, or start a second goal.")),
    "choice": (MOST_CHOICES, _("Your plan holds 40 supports. Take one off to add another.")),
}


@dataclass(frozen=True)
class StepFacts:
    """What the next step is chosen by. `order` counts through the whole plan."""

    order: int
    state: str
    by_day: date | None


def next_of(steps: list[StepFacts]) -> StepFacts | None:
    """The step to show as next: one marked now, the nearest day first; else the first that waits; else none."""
    now = [step for step in steps if step.state == StepState.NOW]
    if now:
        return min(now, key=lambda step: (step.by_day is None, step.by_day or date.max, step.order))
    waiting = [step for step in steps if step.state == StepState.LATER]
    return min(waiting, key=lambda step: step.order, default=None)


def places_after_move(ids: list[Any], moved: Any, way: Way) -> list[Any]:
    """The order after one was moved by one place. At the end of the row nothing changes."""
    order = list(ids)
    here = order.index(moved)
    there = here + (-1 if way == Way.EARLIER else 1)
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
    return order


PART_WORDS: dict[str, Any] = {"own_words": _("What a good life looks like for me")}
STEP_WORDS: dict[str, Any] = {StepState.DONE: _("Done"), StepState.NOW: _("Now"), StepState.LATER: _("Later")}
