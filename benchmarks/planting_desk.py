"""Canaries in what is said at a privacy desk: corrections, complaints, what went wrong, looks that ask for a reason."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg

from manypaths.config.access_matrix.bodies import HOME, fresh
from manypaths.config.access_matrix.persons import Someone
from manypaths.config.access_matrix.world import World
from manypaths.consent import registering, reviewing
from manypaths.consent.rules import DataClass, incidents
from manypaths.network.rules import Reader
from manypaths.referrals import commands as referrals
from manypaths.support import petitioning
from manypaths.support.rules import petitions
from manypaths.support.rules.petitions import Asking, PetitionAnswer

OFFICER = "privacy_officer"
# The night flags a look when its day is over; the row stands here as it writes it.
FLAGGED = """
    insert into consent_lookflag (id, record_id, organisation_id, membership_id, on_day, kinds, times, raised_at, state)
    values (%s, %s, %s, %s, current_date - 1, '{unexplained}', 1, now(), 'waits')
"""


def plant(world: World, link: "psycopg.Connection", someone: Someone, role: str, word: Callable[[str], str]) -> None:
    """Everything that is asked, answered and written down there about one person, in words of the caller's making."""
    officer = fresh(world.worker(OFFICER).reader)
    _correct(someone, role, officer, word)
    _go_wrong(someone.held[role], officer, word)
    _explain(link, world, someone.held[role], role, officer, word)


def _correct(someone: Someone, role: str, officer: Reader, word: Callable[[str], str]) -> None:
    record, by = someone.held[role], someone.reader
    item = someone.items[f"contact {role}"]
    answers = (
        PetitionAnswer(petitions.AGREED, amendment=word("amendment"), words=word("yes of a desk")),
        PetitionAnswer(petitions.DENIED, ground="accurate", words=word("no of a desk")),
    )
    for answer in answers:
        asking = Asking(
            petitions.CORRECTION, DataClass.CONTACT_LOG.value, word("correction"), word("why a correction"), item
        )
        asked = referrals.ask_for_correction(record_id=record, asking=asking, by=by, at=datetime.now(UTC))
        petitioning.extend_petition(petition_id=asked, reason=word("more time"), by=officer, at=datetime.now(UTC))
        petitioning.answer_petition(petition_id=asked, answer=answer, by=officer, at=datetime.now(UTC))
    said = word("disagreement")
    referrals.disagree_with_no(record_id=record, petition_id=asked, words=said, by=by, at=datetime.now(UTC))
    referrals.complain(record_id=record, words=word("complaint"), by=by, at=datetime.now(UTC))


def _go_wrong(record: UUID, officer: Reader, word: Callable[[str], str]) -> None:
    at = datetime.now(UTC)
    found, day = at - timedelta(days=1), at.date() - timedelta(days=2)
    what = incidents.Incident(word("incident"), found, day, None, "unknown", frozenset({"contact_log"}), (record,))
    incident = registering.record_incident(incident=what, by=officer, at=at)
    weighed = incidents.Assessment(
        dict.fromkeys(incidents.FACTORS, "high"), {name: word(f"factor {name}") for name in incidents.FACTORS},
        "breach", word("why a breach"),
    )  # fmt: skip
    registering.assess_incident(incident_id=incident, assessment=weighed, by=officer, at=at)
    letter = incidents.Letter(*(word(f"letter: {part}") for part in ("what", "done", "you", "ask")))
    registering.tell_of_breach(incident_id=incident, letter=letter, by=officer, at=at)


def _explain(
    link: "psycopg.Connection", world: World, record: UUID, role: str, officer: Reader, word: Callable[[str], str]
) -> None:
    flag, worker = uuid4(), world.worker(role).reader.membership_id
    link.execute(FLAGGED, [flag, record, world.bodies.ids[HOME], worker])
    reviewing.answer_flag(flag_id=flag, answer="work", reason=word("reason"), by=officer, at=datetime.now(UTC))
