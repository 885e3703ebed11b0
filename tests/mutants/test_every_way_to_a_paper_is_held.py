"""Who may write down or check a consent on paper: each condition of `paper_consent_reach` is turned once.

Then it lets in somebody who may not, or keeps out who may, in one of the attempts below.
"""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from manypaths.accounts.models import User
from manypaths.config.testing import as_owner
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass, Purpose
from manypaths.consent.tests.test_shares import Undo
from manypaths.network.models import Membership
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import membership, organisation
from manypaths.people.models import Record
from manypaths.people.tests.factories import new_request
from manypaths.referrals.models import Referral
from manypaths.referrals.tests.test_paper_consents import Desk
from tests.mutants.sql import mutants_of_function
from tests.mutants.test_every_rule_of_the_gate_is_held import as_superuser, definition_of

pytestmark = pytest.mark.django_db
REACH = "select paper_consent_reach(%s, %s, %s, %s)"
Attempt = tuple[str, uuid.UUID | None, Callable[[], uuid.UUID | None]]
NOW = datetime.now(UTC)


# What another condition keeps out too, or the gate, which writes the row of the log that is asked for here.
HELD_TWICE = {
    "held.id = p_held -> true": "the row of the log names it",
    "held.organisation_id = m.organisation_id -> true": "the gate opens to an officer what their place keeps",
    "r.org_record_id = held.id -> true": "the consent that is written is asked once more whose record it shows",
    "own.id = r.record_id -> true": "the same",
    "m.id = p_membership -> true": "the row of the log names the badge",
    "m.account_id = p_account -> true": "the row of the log names the account",
    "a.account_id = p_account -> true": "the badge is of that account",
    "a.membership_id = p_membership -> true": "the badge is of that account",
    "a.xid = pg_current_xact_id()::text::bigint -> true": "a request has a word of its own",
    "a.at >= transaction_timestamp() -> true": "a request is one transaction",
    "clock_timestamp() < transaction_timestamp() + longest_request() -> true": "no test lasts half an hour",
    "o.basis = 'organisation' -> true": "for privacy the gate opens nothing on another ground",
    "a.purpose = 'privacy' -> true": "no other desk opens consents",
    "split_part(o.basis, '/', 1) = 'assigned' -> true": "for care a record of the place is open to who walks with them",
    "a.purpose = 'care' -> true": "for supervision the ground is another one",
}


def opened(desk: Desk, by: Reader, *classes: DataClass, purpose: Purpose = Purpose.PRIVACY) -> None:
    new_request()
    kinds = set(classes) or {DataClass.CONSENT_RECORD}
    consent.open_records(reader=by, records=[desk.held], classes=kinds, purpose=purpose)


def reached(by: Reader, held: uuid.UUID, *, checks: bool, **other: Any) -> uuid.UUID | None:
    with as_superuser() as cursor:
        cursor.execute(REACH, [other.get("account", by.account_id), other.get("badge", by.membership_id), held, checks])
        found: uuid.UUID | None = cursor.fetchone()[0]
    return found


def as_officer(
    desk: Desk, change: Callable[[], Any] | None = None, *, classes: tuple[DataClass, ...] = (),
    held: uuid.UUID | None = None, checks: bool = True, **other: Any,
) -> Callable[[], uuid.UUID | None]:  # fmt: skip
    """The officer opens it; then something changes; then they reach for it."""

    def act() -> uuid.UUID | None:
        opened(desk, desk.officer, *classes)
        if change:
            with as_owner():
                change()
        return reached(desk.officer, held or desk.held, checks=checks, **other)

    return act


def as_walker(desk: Desk, *, checks: bool, purpose: Purpose = Purpose.CARE, later: bool = False) -> Callable[[], Any]:
    def act() -> uuid.UUID | None:
        opened(desk, desk.coach, purpose=purpose)
        if later:
            new_request()
        return reached(desk.coach, desk.held, checks=checks)

    return act


def attempts(desk: Desk) -> list[Attempt]:
    own, badge = desk.person.record_id, Membership.objects.filter(id=desk.officer.membership_id)
    other, theirs = desk.beside
    with as_owner():
        elsewhere = membership(organisation("Elsewhere"), "privacy_officer")
        mine = membership(elsewhere.organisation, "privacy_officer", account=desk.officer_account)
        Record.objects.filter(id=theirs).update(organisation=desk.scene.body)
    records, requests = Record.objects, Referral.objects.filter(record_id=other)
    return [
        ("an officer checks", own, as_officer(desk)),
        ("an officer writes", own, as_officer(desk, checks=False)),
        ("a walker writes", own, as_walker(desk, checks=False)),
        ("a walker checks", None, as_walker(desk, checks=True)),
        ("in another request", None, as_walker(desk, checks=False, later=True)),
        ("another class", None, as_officer(desk, classes=(DataClass.ACCESS_LOG,))),
        ("another record", None, as_officer(desk, held=theirs)),
        ("another account", None, as_officer(desk, account=desk.coach.account_id)),
        ("another badge", None, as_officer(desk, badge=desk.coach.membership_id)),
        ("a badge of another place", None, as_officer(desk, badge=mine.id)),
        ("who left", None, as_officer(desk, lambda: badge.update(ended_at=NOW))),
        ("who is no officer now", None, as_officer(desk, lambda: badge.update(roles=["peer"]))),
        ("an account that ended", None, as_officer(
            desk, lambda: User.objects.filter(id=desk.officer.account_id).update(is_active=False))),
        ("their page is erased", None, as_officer(desk, lambda: records.filter(id=desk.held).update(erased_at=NOW))),
        ("they are erased", None, as_officer(desk, lambda: records.filter(id=own).update(erased_at=NOW))),
        ("it names two persons", None, as_officer(desk, lambda: requests.update(org_record_id=desk.held))),
    ]  # fmt: skip


def unlike(tried: list[Attempt]) -> list[str]:
    """The attempts that come out otherwise."""
    found = []
    for name, expected, act in tried:
        try:
            with transaction.atomic():
                came = act()
                raise Undo
        except Undo:
            if came != expected:
                found.append(name)
        except DatabaseError:
            found.append(f"{name}: a fault")
    return found


def is_noticed(tried: list[Attempt], definition: str) -> bool:
    noticed = False
    try:
        with transaction.atomic():
            with as_superuser() as cursor:
                cursor.execute(definition)
            noticed = bool(unlike(tried))
            raise Undo
    except Undo:
        return noticed
    except DatabaseError:
        return True


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    made.officer_account = User.objects.get(id=made.officer.account_id)
    return made


def test_who_may_and_who_may_not(desk):
    assert unlike(attempts(desk)) == []


def test_each_condition_is_held(desk):
    tried = attempts(desk)
    turned = mutants_of_function(definition_of("paper_consent_reach"))
    assert len(turned) > 20
    left = [one for one in turned if one.what not in HELD_TWICE]
    assert {*HELD_TWICE} <= {one.what for one in turned}
    assert [one.what for one in left if not is_noticed(tried, one.definition)] == []
    assert unlike(tried) == []
