"""What is well and what to mend, each in one sentence."""

import platform
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import django
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import manypaths
from manypaths.audit import queries as audit
from manypaths.audit.queries import Anchor, Sealing
from manypaths.indicators import queries as indicators
from manypaths.network import queries as network
from manypaths.notices import queries as notices

GIGABYTE = 1024**3
NIGHTS_APART = timedelta(days=2)  # a day, and one more for every zone of the world
LEAST_FREE = 2
ANCHORED_WITHIN = timedelta(minutes=10)
SENT_WITHIN = timedelta(hours=1)
WELL, LOOK, MEND = "ok", "wait", "alert"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `since` is a time that the page says in its own zone, and `of_since` of what."""

    name: str
    tone: str
    words: str
    todo: str = ""
    since: datetime | None = None
    of_since: str = ""


@dataclass(frozen=True)
class NightOf:
    """The last night of one community, or of what is done once for all. `is_old`: another should have followed."""

    name: str
    night: date
    is_old: bool
    is_running: bool
    faults: tuple[tuple[str, str], ...]


def findings(at: datetime) -> list[Finding]:
    """Everything that is looked at, in the order of what matters."""
    state = audit.sealing(anchor=settings.AUDIT_ANCHOR_FILE)
    return [_of_log(state), _of_anchor(state, at), _of_mail(at), _of_disk()]


def _of_log(state: Sealing) -> Finding:
    name, last = _("Seal of the log"), _("Last sealed")
    mend = _("Run ./manypaths check audit on the machine. It says what is wrong.")
    if state.is_stopped:
        return Finding(name, MEND, _("The chain is broken. Nobody can open anything now."), mend, state.sealed_at, last)
    if state.is_behind:
        todo = _("See whether the process that seals still runs, and start Manypaths again if not.")
        return Finding(name, MEND, _("Lines wait for their seal."), todo, state.sealed_at, last)
    if state.sealed_at is None:
        return Finding(name, LOOK, _("Nothing was sealed yet."))
    return Finding(name, WELL, _("Every line older than two minutes is sealed."), "", state.sealed_at, last)


ANCHORS: Mapping[Anchor, tuple[Any, Any]] = {
    Anchor.DIFFERS: (
        gettext_lazy("It does not fit the log."),
        gettext_lazy("Run ./manypaths check audit on the machine. It says what is wrong."),
    ),
    Anchor.ABSENT: (
        gettext_lazy("There is no such file yet."),
        gettext_lazy("It comes a minute after the first line is sealed."),
    ),
    Anchor.CLOSED: (
        gettext_lazy("The pages may not read it."),
        gettext_lazy("That is right where another user keeps it. Run ./manypaths check audit there."),
    ),
}


def _of_anchor(state: Sealing, at: datetime) -> Finding:
    name, last = _("Anchor outside the database"), _("Last written")
    if state.anchor is not Anchor.FITS:
        words, todo = ANCHORS[state.anchor]
        tone = MEND if state.anchor is Anchor.DIFFERS else LOOK
        return Finding(name, tone, str(words), str(todo), state.anchored_at, last)
    late = state.sealed_at is not None and state.sealed_at - (state.anchored_at or at) > ANCHORED_WITHIN
    if late:
        words, todo = _("It fits, but it is old."), _("See whether the disk with this file is full.")
        return Finding(name, LOOK, words, todo, state.anchored_at, last)
    return Finding(name, WELL, _("It fits the log."), "", state.anchored_at, last)


def _of_mail(at: datetime) -> Finding:
    """E-mails to workers. 1 to 10 are not counted out, and of so few it is not said in which minute one was written:
    that tells when something was done about somebody. That they wait too long is said by the tone."""
    name, oldest, mail = _("E-mails that wait"), _("The oldest waits since"), notices.mail_waiting()
    if mail.oldest_at is None:
        return Finding(name, WELL, _("None."))
    many = _("1 to 10.") if mail.about is None else _("About %(number)s.") % {"number": mail.about}
    since = mail.oldest_at if mail.about is not None else None
    if not settings.EMAIL_HOST:
        return Finding(name, LOOK, many, _("No mail server is set, so they stay here."), since, oldest)
    late = at - mail.oldest_at > SENT_WITHIN
    todo = _("The mail server does not take them. Look at its log.") if late else ""
    return Finding(name, MEND if late else WELL, many, todo, since, oldest)


def _of_disk() -> Finding:
    name, there = _("Room on the disk"), shutil.disk_usage(settings.VAR)
    free, whole = there.free // GIGABYTE, there.total // GIGABYTE
    words = _("%(free)s of %(whole)s GB are free.") % {"free": free, "whole": whole}
    if free >= LEAST_FREE:
        return Finding(name, WELL, words)
    return Finding(name, MEND, words, _("Make room. When the disk is full, nobody can open anything."))


def nights(at: datetime) -> list[NightOf]:
    """How the last night ended: what is done once for all first, then each community."""
    names = {one.id: one.name for one in network.sizes()}
    found: dict[tuple[UUID | None, date], list[indicators.StepOfNight]] = {}
    for one in indicators.last_steps():
        found.setdefault((one.community_id, one.night), []).append(one)
    return [_night(names, key, found[key], at) for key in sorted(found, key=_for_all_first)]


def _for_all_first(key: tuple[UUID | None, date]) -> tuple[bool, str]:
    return key[0] is not None, str(key[1])


def _night(
    names: Mapping[UUID, str], key: tuple[UUID | None, date], steps: list[indicators.StepOfNight], at: datetime
) -> NightOf:
    name = names.get(key[0], "") if key[0] else _("For all communities")
    faults = tuple((one.step, one.fault) for one in steps if one.fault)
    is_running = any(one.ended_at is None and not one.fault for one in steps)
    return NightOf(name, key[1], key[1] < at.date() - NIGHTS_APART, is_running, faults)


def versions() -> list[tuple[str, str]]:
    """What runs here."""
    return [
        ("Manypaths", manypaths.__version__),
        ("Python", platform.python_version()),
        ("Django", django.get_version()),
        ("PostgreSQL", audit.server_version()),
    ]
