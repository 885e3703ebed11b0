"""Made-up persons. In each kind of their information stands a word that stands nowhere else."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction

from manypaths.accounts.commands import joining
from manypaths.accounts.commands.signing_in import Caller
from manypaths.config.access_matrix.bodies import HOME, WRITER, Bodies, fresh
from manypaths.consent import greeting
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass
from manypaths.network.rules import SYSTEM, Reader
from manypaths.outcomes import commands as outcomes
from manypaths.outcomes import queries as instruments
from manypaths.people import commands as people
from manypaths.plans import commands as plans
from manypaths.plans.rules import SafetyWords
from manypaths.referrals import commands as referrals
from manypaths.referrals.models import Referral
from manypaths.referrals.rules import Asked, Status
from manypaths.support import commands as support
from manypaths.support.rules import (
    AttendanceFacts,
    ContactFacts,
    EntryFacts,
    NoteFacts,
    ScreenFacts,
    TreatmentFacts,
)
from manypaths.vault.queries import sealer_for

PASSPHRASE = "quiet rivers run under stone"  # noqa: S105  of a world that is thrown away
CHECK_IN = "barc-10"
PARTS = (
    "name",
    "reach",
    "goal",
    "words",
    "hard",
    "note",
    "packet",
    "service",
    "contact",
    "treated",
    "screened",
    "noted",
    "heldgoal",
    "heldwords",
    "heldhard",
    "message",
)
LONG_AGO = timedelta(days=100)
PEER = "peer_assigned"
WALKERS = ("peer_assigned", "clinician_assigned", "clinician_originator")
OWN_WRITERS = frozenset({"clinician_originator"})


@dataclass
class Someone:
    """One person: how they sign in, their planted words, and the ids of what is theirs."""

    username: str
    reader: Reader
    planted: dict[str, str]
    items: dict[str, UUID] = field(default_factory=dict)
    held: dict[str, UUID] = field(default_factory=dict)  # role of the file: the organisation's record they are beside
    shares: dict[str, UUID] = field(default_factory=dict)  # role of the file: the consent that shows them something
    asked: dict[str, UUID] = field(default_factory=dict)  # our word for an organisation: the request to it
    agreed: dict[str, UUID] = field(default_factory=dict)  # role of the file: the consent that its record came of

    @property
    def record(self) -> UUID:
        assert self.reader.record_id is not None
        return self.reader.record_id

    @property
    def records(self) -> list[UUID]:
        """Every record of them, whoever holds it."""
        return [self.record, *self.held.values()]


def join() -> Someone:
    """Somebody joins, says who they are and how to reach them, and writes a plan and a check-in."""
    planted = {part: f"Zq{part}{secrets.token_hex(5)}" for part in PARTS}
    at = datetime.now(UTC)
    with transaction.atomic():
        where = Caller(place=f"check {secrets.token_hex(4)}")
        account = joining.join(passphrase=PASSPHRASE, names=[], language="en", caller=where, by=SYSTEM, at=at)
        someone = Someone(account.username, people.create_person(account_id=account.id, at=at), planted)
        _say_who(someone, at)
    _write_plan(someone, at)
    return someone


def _say_who(someone: Someone, at: datetime) -> None:
    record = consent.open_own(reader=someone.reader, classes={DataClass.DEMOGRAPHICS, DataClass.SAFE_CONTACT})
    sealer, planted = sealer_for([record]), someone.planted
    people.write_profile(
        record_id=record, name=planted["name"], pronouns="", language="en", sealer=sealer, by=someone.reader, at=at
    )
    people.write_safe_contact(
        record_id=record, way="text", address="802-555-0142", hours=planted["reach"], may_leave_message=False,
        sealer=sealer, by=someone.reader, at=at,
    )  # fmt: skip


def _write_plan(someone: Someone, at: datetime) -> None:
    by, planted = someone.reader, someone.planted
    plans.write_own_words(text=planted["words"], by=by, at=at)
    plans.write_hard_day(text=planted["hard"], by=by, at=at)
    someone.items["goal"] = plans.add_goal(title=planted["goal"], area="family", by=by, at=at)
    version = instruments.instrument_version(instrument=CHECK_IN)
    answers = dict.fromkeys(instruments.definition(version).items, 3)
    someone.items["sitting"] = outcomes.answer_instrument(
        instrument=CHECK_IN, answers=answers, language="en", on=at.date(), by=by, at=at, note=planted["note"]
    )


def ask(someone: Someone, bodies: Bodies, where: str, at: datetime, *, send: bool = True) -> UUID:
    """Ask an organisation for support; sent with a consent for exactly this request."""
    planted, by = someone.planted, someone.reader
    asked = Asked(uuid4(), planted["service"], bodies.ids[where], bodies.community.id, "peer_support", "50023")
    request = referrals.begin_request(asked=asked, name=planted["packet"], by=by, at=at)
    words = {"need": "talk", "way": "text", "number": "802-555-0142", "hours": planted["reach"]}
    referrals.write_request(service_id=asked.service_id, changes={**words, "words": planted["packet"]}, by=by, at=at)
    if send:
        text = consent.text(key="request", language="en")
        with transaction.atomic():
            request = referrals.send_request(service_id=asked.service_id, text=text, by=by, at=at)
    someone.asked[where] = request
    return request


def grant_of(someone: Someone, request: UUID) -> UUID | None:
    """The consent that was given for a request."""
    with transaction.atomic():
        consent.open_own(reader=someone.reader, classes={DataClass.REFERRAL_TASK})
        return Referral.objects.filter(id=request).values_list("grant_id", flat=True).first()


def be_taken_up(someone: Someone, bodies: Bodies, role: str) -> UUID:
    """A worker of the home organisation says yes to a request and writes down a contact. Gives the request.

    The entries in that record were written by another clinician, who then gave everyone into the hands of this worker;
    but for the one who reads what they wrote themself.
    """
    at, by = datetime.now(UTC), bodies.workers[role].reader
    request = ask(someone, bodies, HOME, at)
    writes = bodies.workers[role if role in OWN_WRITERS else WRITER].reader
    record = referrals.accept_request(referral_id=request, seen=Status.REQUESTED, by=writes, at=at)
    write_entries(someone, role, record, writes, at)
    keep_plans(someone, record, writes, at)
    if writes.membership_id != by.membership_id:
        _hand_over(bodies, writes, by)
    facts = ContactFacts(at - timedelta(minutes=1), "call", "talked", someone.planted["contact"])
    someone.items[f"contact {role}"] = referrals.record_contact(record_id=record, facts=facts, by=by, at=at)
    someone.held[role] = record
    given = grant_of(someone, request)
    assert given is not None
    someone.agreed[role] = given
    if role == PEER:
        write_to(someone, bodies, role)
    return request


def write_to(someone: Someone, bodies: Bodies, role: str) -> None:
    """The person writes to the worker who walks with them."""
    member = bodies.workers[role].reader.membership_id
    assert member is not None
    someone.items["thread"] = referrals.write_to_worker(
        membership_id=member, words=someone.planted["message"], by=someone.reader, at=datetime.now(UTC)
    )


def show_check_in(someone: Someone, bodies: Bodies) -> None:
    """The person shows their check-in to the peer who walks with them."""
    member = bodies.workers[PEER].reader.membership_id
    assert member is not None
    with transaction.atomic():
        referrals.show_check_in(
            membership_id=member, sitting_id=someone.items["sitting"],
            text=consent.text(key="check_in", language="en"), by=someone.reader, at=datetime.now(UTC),
        )  # fmt: skip


def open_to_desk(someone: Someone) -> None:
    """The person stands at the desk and opens to it what the peer's place keeps of them."""
    with transaction.atomic():
        someone.items["opening"] = greeting.open_to_desk(
            held_record_id=next(iter(someone.held.values())), weeks=[], zone="America/New_York", by=someone.reader,
            at=datetime.now(UTC),
        )  # fmt: skip


def write_entries(someone: Someone, role: str, record: UUID, by: Reader, at: datetime) -> None:
    """An entry of each kind, on the day before."""
    on, planted = at.date() - timedelta(days=1), someone.planted
    facts: tuple[EntryFacts, ...] = (
        TreatmentFacts(on, "individual", planted["treated"]),
        ScreenFacts(on, "urine_5", "none_found", words=planted["screened"]),
        NoteFacts(on, planted["noted"]),
    )
    for word, one in zip(("treated", "screened", "noted"), facts, strict=True):
        someone.items[f"{word} {role}"] = support.write_entry(record_id=record, facts=one, by=by, at=at)
    attended = AttendanceFacts(on, "group", "came")
    someone.items[f"attended {role}"] = support.write_entry(record_id=record, facts=attended, by=by, at=at)


def keep_plans(someone: Someone, record: UUID, by: Reader, at: datetime) -> None:
    """The plan that the place keeps with them, and the one for a bad day."""
    planted = someone.planted
    plans.write_held_words(record_id=record, text=planted["heldwords"], by=by, at=at)
    plans.add_held_goal(record_id=record, title=planted["heldgoal"], area="home", by=by, at=at)
    bad_day = SafetyWords("", planted["heldhard"], "")
    plans.write_safety_plan(record_id=record, words=bad_day, by=by, at=at)


def _hand_over(bodies: Bodies, giver: Reader, taker: Reader) -> None:
    assert giver.membership_id is not None
    assert taker.membership_id is not None
    lead = fresh(bodies.leads[HOME].reader)
    referrals.hand_over_people(
        from_membership=giver.membership_id, to_membership=taker.membership_id, by=lead, at=datetime.now(UTC)
    )


def close(request: UUID, bodies: Bodies, role: str) -> None:
    """The worker says that it is done; the consent ends with the request."""
    at, by = datetime.now(UTC), bodies.workers[role].reader
    referrals.start_work(referral_id=request, seen=Status.ACCEPTED, by=by, at=at)
    referrals.complete_request(referral_id=request, seen=Status.IN_PROGRESS, outcome="given", by=by, at=at)
