"""Drives the cells of background work: the real jobs, run here over the real tables, with nobody signed in."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import UUID

from django.core import mail
from django.db import transaction
from django.test import override_settings

from manypaths.config.access_matrix import persons
from manypaths.config.access_matrix.bodies import HOME, RECEIVER
from manypaths.config.access_matrix.ground import LOOKED, Ground
from manypaths.config.access_matrix.log import Look, Mark, times_seen
from manypaths.config.access_matrix.persons import Someone, ask
from manypaths.config.access_matrix.reading import Cell
from manypaths.config.access_matrix.verdict import Verdict, judged
from manypaths.config.access_matrix.words import NotBuilt
from manypaths.referrals import commands as referrals

LATE_EMAIL = "referral e-mail queued, revoked before it runs"
IDS_ONLY = "job arguments hold ids only"
WAITING = """
select string_agg(id::text, ',') from notices_staffnotice
where subject_id = %s and template = 'request_arrived' and way = 'email' and state = 'waiting'
"""
STATES = "select string_agg(distinct state, ',') from notices_staffnotice where subject_id = %s and way = 'email'"
ARRIVED = "and template = 'request_arrived'"
JOBS = "select coalesce(json_agg(args), '[]')::text from procrastinate_jobs"
MAIL = {"EMAIL_HOST": "mail.example.org", "EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend"}


def _revoke(someone: Someone, ground: Ground) -> None:
    referrals.stop_sharing(referral_id=someone.asked[RECEIVER], by=someone.reader, at=datetime.now(UTC))


def _block(someone: Someone, ground: Ground) -> None:
    body = ground.world.bodies.ids[RECEIVER]
    referrals.shut_out(organisation_id=body, by=someone.reader, at=datetime.now(UTC))


# What happens between the queueing and the job, by the state of consent in which the job finds it.
MEANWHILE: dict[str, Callable[[Someone, Ground], None]] = {
    "revoked": _revoke, "blocked": _block, "named_covering": lambda _someone, _ground: None,
}  # fmt: skip


def email_in_flight(ground: Ground, cell: Cell) -> Verdict:
    """An e-mail about a request waits; something happens; then its job runs."""
    expected = "allow" if cell.consent_state == "named_covering" else "drop"
    if cell.context != LATE_EMAIL or cell.consent_state not in MEANWHILE or cell.expect not in ("allow", "drop"):
        raise NotBuilt(f"a job that finds the state {cell.consent_state}: {cell.context}")
    someone = persons.join()
    request = ask(someone, ground.world.bodies, RECEIVER, datetime.now(UTC))
    waiting = [UUID(one) for one in str(ground.log.one(WAITING, request) or "").split(",") if one]
    if not waiting:
        raise AssertionError("no e-mail was queued")
    MEANWHILE[cell.consent_state](someone, ground)
    mark, sent = ground.log.mark(), _run(waiting)
    faults = [f"it must be {expected}, the file says {cell.expect}"] if cell.expect != expected else []
    if sent != (len(waiting) if cell.expect == "allow" else 0):
        faults.append(f"{sent} of {len(waiting)} e-mails left")
    state = ground.log.one(f"{STATES} {ARRIVED}", request)
    if state != ("delivered" if cell.expect == "allow" else "dropped"):
        faults.append(f"the e-mail is {state}")
    return judged([*faults, *_beside(ground, cell, someone, mark)], pages_only=True)


def _run(waiting: list[UUID]) -> int:
    """Run the job of each e-mail, with the id that it carries, and count what left. Here everything left is caught."""
    from manypaths.nightly import tasks

    with override_settings(**MAIL):
        mail.outbox = []
        for one in waiting:
            tasks.send_email(notice_id=str(one))
        told = [(one.subject, one.body) for one in mail.outbox]
    if any(words != ("You have a message", "You have a message. Sign in to read it.") for words in told):
        raise AssertionError("an e-mail says more than that a message waits")
    return len(told)


def _beside(ground: Ground, cell: Cell, someone: Someone, mark: Mark) -> Iterator[str]:
    """The log of what nobody in particular did, and the person's own list."""
    looks = ground.log.looks(mark, None, someone.records)
    if cell.audit == "decision" and not any(one.denied for one in looks):
        yield "no refused attempt is logged"
    if cell.audit == "none" and looks:
        yield "a look is logged"
    if cell.audit not in ("decision", "none"):
        raise NotBuilt(f"a job whose log is {cell.audit}")
    yield from _list_of(ground, cell, someone, looks)


def _list_of(ground: Ground, cell: Cell, someone: Someone, looks: list[Look]) -> Iterator[str]:
    key = f"told {someone.record}"
    ground.world.known[key] = someone
    page = ground.world.of_person(key).get(LOOKED)
    if page.status != 200:
        raise AssertionError(f"the person's own list of looks answers {page.status}")
    if cell.person_sees != (times_seen(page, "") > 0):
        yield "the person's own list shows a look" if not cell.person_sees else "the list does not show the look"
    if any(one.opened for one in looks):
        yield "the job opened a record"
    if cell.redisclosure_notice:
        yield "there is no page on which a notice could stand"


def queued(ground: Ground, cell: Cell) -> Verdict:
    """What stands in the queue about a person: opaque ids and a time, and no word."""
    if cell.context != IDS_ONLY or cell.surface != "queue_payload" or cell.expect != "neutral":
        raise NotBuilt(f"a way to stage: {cell.context}")
    from manypaths.nightly import tasks

    someone = persons.join()
    ask(someone, ground.world.bodies, HOME, datetime.now(UTC))
    mark = ground.log.mark()
    with transaction.atomic():
        tasks.sweep_outbox(timestamp=0)
    jobs = json.loads(str(ground.log.one(JOBS)))
    faults = [] if any("notice_id" in one for one in jobs) else ["no job was queued"]
    faults += [f"a job carries {name}" for job in jobs for name, value in job.items() if not _opaque(value)]
    return judged([*faults, *_beside(ground, cell, someone, mark)], pages_only=True)


def _opaque(value: object) -> bool:
    if isinstance(value, int):
        return True
    try:
        return str(UUID(str(value))) == value
    except ValueError:
        return False


DRIVERS: dict[str, Callable[[Ground, Cell], Verdict]] = {"in_flight": email_in_flight, "derive": queued}
