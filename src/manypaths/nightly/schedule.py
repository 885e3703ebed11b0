"""What a night does, in this order. Each step is one command of a room, and can be run twice without harm."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings

from manypaths.accounts.commands.forgetting import forget_what_lapsed
from manypaths.audit import commands as audit
from manypaths.directory import commands as directory
from manypaths.indicators import commands as indicators
from manypaths.people import commands as people
from manypaths.referrals.commands import filing
from manypaths.referrals.commands import night as referrals

KEEP_ONCE_KEYS = timedelta(days=2)
LOOKED_THROUGH_AGAIN = timedelta(days=3)
EVER = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Night:
    """One community's night: its date there, and the moment at which it runs."""

    community: Any
    date: date
    at: datetime


@dataclass(frozen=True)
class Step:
    """One thing that is done. `for_all` steps are done once for the whole installation."""

    name: str
    run: Callable[[Night], object]
    for_all: bool = False
    needs: tuple[str, ...] = ()


def remind_overdue(night: Night) -> int:
    """Call out requests whose clock ran out, and take back those that may no longer be seen."""
    return referrals.remind_overdue(at=night.at)


def tell_of_papers(_night: Night) -> int:
    """Tell persons of legal papers that an order forbade to tell until now."""
    return filing.tell_of_papers()


def tell_of_new_lookers(night: Night) -> int:
    """Tell of new lookers, in case that the clock of each minute stood still."""
    return referrals.tell_of_new_lookers(since=night.at - LOOKED_THROUGH_AGAIN)


def keep_erasures(_night: Night) -> int:
    """Bring the list of erasures outside the database up to date."""
    return people.keep_erasures()


def keep_stopped(_night: Night) -> int:
    """Bring the list of what persons stopped, outside the database, up to date: each minute writes it, if it runs."""
    return referrals.keep_stopped(since=EVER)


def flag_looks(night: Night) -> int:
    """Find looks that nothing known explains, once their day is over."""
    return referrals.flag_looks(since=night.at - LOOKED_THROUGH_AGAIN, at=night.at)


def forget_once_keys(night: Night) -> int:
    """Drop the keys of forms that were answered long ago."""
    return audit.forget_old_keys(before=night.at - KEEP_ONCE_KEYS)


def forget_ways_in(night: Night) -> int:
    """Drop ended sessions, failed tries and old ways back in."""
    return forget_what_lapsed(at=night.at)


def forget_search_marks(night: Night) -> int:
    """Drop what says which place counted a search on a day that is over."""
    return directory.forget_search_marks(before=night.date)


def take_facts_out(night: Night) -> int:
    """Write facts without identity to files, as the role that sees nothing else."""
    return indicators.take_facts_out(address=settings.MEASURES_URL, folder=settings.FACTS_DIR)


def publish_figures(night: Night) -> int:
    """Count and publish what is closed and not yet published."""
    return indicators.publish_due(community=night.community, folder=settings.FACTS_DIR, at=night.at)


# The order is part of the promise: what lapses is settled before it is counted, and facts leave before counting.
STEPS: tuple[Step, ...] = (
    Step("remind_overdue", remind_overdue, for_all=True),
    Step("tell_of_papers", tell_of_papers, for_all=True),
    Step("tell_of_new_lookers", tell_of_new_lookers, for_all=True),
    Step("keep_erasures", keep_erasures, for_all=True),
    Step("keep_stopped", keep_stopped, for_all=True),
    Step("flag_looks", flag_looks, for_all=True),
    Step("forget_once_keys", forget_once_keys, for_all=True),
    Step("forget_ways_in", forget_ways_in, for_all=True),
    Step("forget_search_marks", forget_search_marks),
    Step("take_facts_out", take_facts_out, for_all=True),
    Step("publish_figures", publish_figures, needs=("take_facts_out",)),
)


@dataclass(frozen=True)
class Ended:
    """How one step of a night ended: what it said, or the kind of its fault."""

    step: str
    said: object = None
    fault: str = ""
    skipped: bool = False


def run_night(night: Night, steps: tuple[Step, ...] = STEPS) -> Iterator[Ended]:
    """Do every step of a night that has not ended yet, and say how each ended.

    All are written down as begun first: a night that is cut short between two steps is then seen to be unfinished.
    """
    for step in steps:
        indicators.begin_step(**_where(step, night), at=night.at)
    failed: set[str] = set()
    for step in steps:
        if failed & set(step.needs):
            failed.add(step.name)
            yield Ended(step.name, skipped=True)
            continue
        ended = _run(step, night)
        if ended.fault:
            failed.add(step.name)
        yield ended


def _where(step: Step, night: Night) -> dict[str, Any]:
    """Where the diary writes about a step."""
    return {"community_id": None if step.for_all else night.community.id, "night": night.date, "step": step.name}


def _run(step: Step, night: Night) -> Ended:
    where = _where(step, night)
    if not indicators.begin_step(**where, at=night.at):
        return Ended(step.name, skipped=True)
    try:
        said = step.run(night)
    except Exception as fault:  # one step's fault must not end the night; its kind is kept, never its words
        indicators.end_step(**where, fault=type(fault).__name__, at=night.at)
        return Ended(step.name, fault=type(fault).__name__)
    indicators.end_step(**where, at=night.at)
    return Ended(step.name, said=said)
