"""Two workers each of whom knows people that the other may not know of: whose answers are tried by the other."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from benchmarks.planting import Planter
from benchmarks.scanners import Users
from manypaths.config.access_matrix.bodies import ELSEWHERE, HOME, Worker
from manypaths.config.access_matrix.persons import Someone
from manypaths.config.access_matrix.visitor import Visitor
from manypaths.network.rules import Role
from manypaths.plans.commands import held
from manypaths.referrals import commands as referrals
from manypaths.referrals.rules import Status
from manypaths.support import commands as support
from manypaths.support.rules import AttendanceFacts, ContactFacts, ScreenFacts, TreatmentFacts

WALKING = frozenset({Role.PEER, Role.CLINICIAN})
MOST = WALKING | {Role.SUPERVISOR, Role.FRONTDESK, Role.PRIVACY_OFFICER}
PEOPLE = 3


def pairs_of_workers(planter: Planter) -> Iterator[tuple[str, Users, float]]:
    """At two places with almost every role, in turn the one and the other; then two who work side by side."""
    far = [_with_people(planter, f"far {where}", where, MOST) for where in (HOME, ELSEWHERE)]
    near = [_with_people(planter, f"near {number}", HOME, WALKING) for number in range(2)]
    yield "two places", _users(planter, far), 0.4
    yield "two places the other way", _users(planter, far[::-1]), 0.4
    yield "one place", _users(planter, near), 0.2


def _users(planter: Planter, workers: list[Worker]) -> Users:
    """Each with a session of now, and the token that a form needs."""
    found = {}
    for worker in workers:
        visitor: Visitor = planter.world.signed_in_worker(worker)
        token = visitor.token("/devices")["csrfmiddlewaretoken"]
        cookie = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
        found[worker.role] = {"Cookie": cookie, "X-CSRFToken": token}
    return found


def _with_people(planter: Planter, name: str, where: str, roles: frozenset[Role]) -> Worker:
    """A worker at a place, and some people who asked it for support."""
    worker = planter.world.bodies.hire(name, where, roles, answers=True)
    for _number in range(PEOPLE):
        _walk_with(planter, planter.join(), worker, where)
    return worker


def _walk_with(planter: Planter, someone: Someone, worker: Worker, where: str) -> None:
    at, by, word = datetime.now(UTC), worker.reader, planter.word
    request = planter.ask(someone, where)
    record = referrals.accept_request(referral_id=request, seen=Status.REQUESTED, by=by, at=at)
    on = at.date() - timedelta(days=1)
    for facts in (
        TreatmentFacts(on, "individual", word("treatment")), AttendanceFacts(on, "group", "came"),
        ScreenFacts(on, "urine_5", "none_found", words=word("screen")),
    ):  # fmt: skip
        support.write_entry(record_id=record, facts=facts, by=by, at=at)
    contact = ContactFacts(at - timedelta(minutes=1), "call", "talked", word("contact note"))
    referrals.record_contact(record_id=record, facts=contact, by=by, at=at)
    held.write_held_words(record_id=record, text=word("held words"), by=by, at=at)
    assert by.membership_id is not None
    said = word("message")
    referrals.write_to_worker(membership_id=by.membership_id, words=said, by=someone.reader, at=at)
