"""Who asked for it is told once of each who had not looked before; nobody else is told anything."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from manypaths.config.testing import as_owner
from manypaths.consent import commands as consent
from manypaths.consent import papers, queries
from manypaths.consent.models import LegalPaper, LookAlert
from manypaths.consent.rules import DataClass, Purpose
from manypaths.lib.refusals import NotThere
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import day_there, membership, reader_for
from manypaths.notices.models import PersonNotice
from manypaths.notices.queries import waiting
from manypaths.notices.rules import Template
from manypaths.people.tests.factories import new_request
from manypaths.referrals.commands import night
from manypaths.referrals.tests.factories import Scene, accepted

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept() -> tuple[Scene, UUID]:
    stage, _request, record = accepted()
    return stage, record


def now() -> datetime:
    return datetime.now(UTC)


def asked(stage: Scene) -> None:
    new_request()
    consent.tell_me_of_new_lookers(by=stage.person, at=now())


def looks(who: Reader, record: UUID, purpose: Purpose = Purpose.DESK) -> None:
    new_request()
    kinds = {DataClass.DEMOGRAPHICS}
    assert queries.open_records(reader=who, records=[record], classes=kinds, purpose=purpose).ids


def desk_of(stage: Scene) -> Reader:
    with as_owner():
        return reader_for(membership(stage.body, "frontdesk"), stage.place)


def told(stage: Scene) -> int:
    """How many lines wait for the person, after the looks of the last hour were gone through twice."""
    for _time in range(2):
        night.tell_of_new_lookers(since=now() - timedelta(hours=1))
    with as_owner():
        rows = PersonNotice.objects.filter(template=Template.NEW_LOOKER, record_id=stage.person.record_id)
        return rows.filter(read_at__isnull=True).count()


def test_it_is_off_until_the_person_asks_for_it(kept):
    stage, record = kept
    assert queries.told_of_lookers_since(reader=stage.person) is None
    looks(desk_of(stage), record)
    assert told(stage) == 0


def test_each_new_looker_is_told_of_once_however_often_they_look(kept):
    stage, record = kept
    asked(stage)
    first, second = desk_of(stage), desk_of(stage)
    for _time in range(3):
        looks(first, record)
    assert told(stage) == 1
    looks(first, record)
    assert told(stage) == 1
    looks(second, record)
    assert told(stage) == 2
    new_request()
    queries.open_own(reader=stage.person, classes={DataClass.PRESENCE})
    (line, *_rest) = [one for one in waiting(reader=stage.person) if one.template is Template.NEW_LOOKER]
    assert str(line.sentence) == "Someone looked who had not looked before."


def test_who_looked_before_is_not_new_nor_is_the_person(kept):
    stage, record = kept
    before = desk_of(stage)
    looks(before, record)
    asked(stage)
    looks(before, record)
    looks(stage.coach, record, Purpose.CARE)
    new_request()
    queries.open_own(reader=stage.person, classes={DataClass.ACCESS_LOG})
    assert told(stage) == 0


def test_who_asks_for_no_more_is_told_no_more_and_anew_counts_from_then(kept):
    stage, record = kept
    asked(stage)
    new_request()
    consent.tell_me_no_more(by=stage.person, at=now())
    between = desk_of(stage)
    looks(between, record)
    assert told(stage) == 0
    asked(stage)
    looks(between, record)
    assert told(stage) == 0
    looks(desk_of(stage), record)
    assert told(stage) == 1


def test_the_look_at_somebody_else_is_not_told(kept):
    stage, _record = kept
    asked(stage)
    other, _request, another = accepted()
    looks(desk_of(other), another)
    assert told(stage) == told(other) == 0


def test_what_an_order_forbids_to_tell_is_not_told(kept):
    stage, record = kept
    asked(stage)
    with as_owner():
        officer = membership(stage.body, "privacy_officer")
        paper = LegalPaper.objects.create(
            record_id=stage.person.record_id, org_record_id=record, organisation=stage.body, membership=officer,
            kind="order", court=b"x", case_number=b"x", section="2.64", mandate="order", ordered_on=day_there(),
            classes=["demographics"], until=now() + timedelta(days=9), silent_until=now() + timedelta(days=9),
            recorded_at=now() - timedelta(minutes=1),
        )  # fmt: skip
    reader = replace(reader_for(officer, stage.place), factor_at=now())
    new_request()
    assert papers.open_by_order(reader=reader, paper=paper.id, record=record)
    assert told(stage) == 0
    with as_owner():
        LegalPaper.objects.update(silent_until=now() - timedelta(seconds=30))
    assert told(stage) == 1


def test_only_the_person_says_whether_they_are_told(kept):
    stage, _record = kept
    for who in (stage.coach, desk_of(stage), Reader(account_id=uuid4())):
        for act in (consent.tell_me_of_new_lookers, consent.tell_me_no_more):
            with pytest.raises(NotThere):
                act(by=who, at=now())
    with as_owner():
        assert not LookAlert.objects.exists()


def test_a_wish_is_written_and_read_by_no_other_opening(kept):
    stage, record = kept
    asked(stage)
    looks(desk_of(stage), record)
    for sql, values in (
        ("select * from consent_lookalert", []),
        ("insert into consent_lookalert (record_id, since) values (%s, now())", [uuid4()]),
        ("delete from consent_lookalert", []),
        ("update consent_lookalert set since = now()", []),
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
