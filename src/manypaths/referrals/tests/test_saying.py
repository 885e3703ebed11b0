"""What a person says beside something that a place wrote of them: theirs, read there, changed by nobody."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError, ProgrammingError

from manypaths.config.testing import as_owner
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass, Purpose
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network.tests.factories import NOW
from manypaths.people.models import Assignment
from manypaths.people.tests.factories import new_request, person
from manypaths.referrals import commands, queries
from manypaths.referrals.tests.factories import accepted
from manypaths.support import commands as support_commands
from manypaths.support import queries as support
from manypaths.support.models import Remark
from manypaths.support.rules import ContactFacts, Kind, TreatmentFacts

pytestmark = pytest.mark.django_db
LOOK = """
insert into audit_access (at, xid, nonce, hat, opened, bases, subjects, denied, classes, purpose)
values (clock_timestamp(), pg_current_xact_id()::text::bigint, current_setting('app.nonce')::uuid, 'member',
        array[%s::uuid], array[%s::text], array[null::uuid], '{}', array['contact_log'], 'care')
"""
CONTACT = ContactFacts(NOW, "call", "talked", "Talked about the bus.")
CARE = {DataClass.CONTACT_LOG}


@pytest.fixture
def kept():
    """The stage, the record, and a contact and an entry of treatment in it."""
    stage, _request, record = accepted()
    contact = commands.record_contact(record_id=record, facts=CONTACT, by=stage.coach, at=NOW)
    with as_owner():
        Assignment.objects.create(record_id=record, membership=stage.colleague_member, since=NOW)
    new_request()
    entry = support_commands.write_entry(
        record_id=record, facts=TreatmentFacts(NOW.date(), "individual"), by=stage.colleague, at=NOW
    )
    new_request()
    return stage, record, contact, entry


def say(stage, record, item, data_class=DataClass.CONTACT_LOG, **changes):
    new_request()
    said = {"stance": "differently", "words": "It was the train.", "by": stage.person, "at": NOW, **changes}
    return commands.say_beside(record_id=record, data_class=data_class, item_id=item, **said)


def read_by(reader, record, *classes):
    """What a worker reads beside what they have open."""
    new_request()
    opened = consent.open_record(reader=reader, record=record, classes=set(classes), purpose=Purpose.CARE)
    return support.remarks_of_opened(record_id=record, sealer=opened.sealer)


def own(stage, record, *classes):
    new_request()
    _place, opened = queries.open_held_record(reader=stage.person, record_id=record, classes=set(classes))
    return support.remarks_of_opened(record_id=record, sealer=opened.sealer)


def test_the_worker_who_may_open_the_thing_reads_what_the_person_says_beside_it(kept):
    stage, record, contact, _entry = kept
    say(stage, record, contact)
    (line,) = read_by(stage.coach, record, DataClass.CONTACT_LOG)
    assert (line.item_id, line.words, line.disagrees) == (contact, "It was the train.", True)


def test_a_worker_who_may_not_open_the_thing_does_not_read_it(kept):
    stage, record, _contact, entry = kept
    say(stage, record, entry, DataClass.TREATMENT)
    assert read_by(stage.coach, record, DataClass.CONTACT_LOG, DataClass.ATTENDANCE) == []
    assert [one.item_id for one in read_by(stage.colleague, record, DataClass.TREATMENT)] == [entry]


def test_saying_it_anew_takes_the_place_of_what_stood_there(kept):
    stage, record, contact, _entry = kept
    say(stage, record, contact)
    say(stage, record, contact, words="The train and bus.", at=NOW + timedelta(minutes=1))
    assert [one.words for one in read_by(stage.coach, record, DataClass.CONTACT_LOG)] == ["The train and bus."]
    assert len(own(stage, record, DataClass.CONTACT_LOG)) == 2


def test_taken_back_it_is_closed_to_the_place_and_not_to_the_person(kept):
    stage, record, contact, _entry = kept
    remark = say(stage, record, contact)
    for _again in range(2):
        new_request()
        commands.take_back_what_was_said(
            record_id=record, data_class=DataClass.CONTACT_LOG, remark_id=remark, by=stage.person, at=NOW
        )
    assert read_by(stage.coach, record, DataClass.CONTACT_LOG) == []
    assert [one.words for one in own(stage, record, DataClass.CONTACT_LOG)] == ["It was the train."]


def test_it_stays_when_the_entry_is_struck(kept):
    stage, record, _contact, entry = kept
    say(stage, record, entry, DataClass.TREATMENT)
    new_request()
    support_commands.strike_entry(
        record_id=record, kind=Kind.TREATMENT, entry_id=entry, reason="wrong_record", by=stage.colleague, at=NOW
    )
    assert [one.item_id for one in read_by(stage.colleague, record, DataClass.TREATMENT)] == [entry]


@pytest.mark.parametrize(
    "changes", [{"stance": "shout"}, {"words": "  "}, {"words": "x" * 2001}], ids=["stance", "nothing", "too long"]
)
def test_what_cannot_be_said(kept, changes):
    stage, record, contact, _entry = kept
    with pytest.raises(Refused):
        say(stage, record, contact, **changes)


def test_nobody_says_anything_beside_what_is_not_there_or_not_theirs(kept):
    stage, record, contact, entry = kept
    for item, data_class in (
        (uuid.uuid4(), DataClass.CONTACT_LOG),
        (entry, DataClass.CONTACT_LOG),
        (contact, DataClass.TREATMENT),
        (contact, DataClass.RECOVERY_PLAN),
        (contact, DataClass.COUNSELLING_NOTES),
        (contact, DataClass.DEMOGRAPHICS),
    ):
        with pytest.raises(NotThere):
            say(stage, record, item, data_class)
    for by in (person(), stage.coach):
        with pytest.raises(NotThere):
            say(stage, record, contact, by=by)


def test_the_database_keeps_a_worker_from_writing_changing_or_taking_back(kept):
    stage, record, contact, _entry = kept
    say(stage, record, contact)
    new_request()
    opened = consent.open_record(reader=stage.coach, record=record, classes=CARE, purpose=Purpose.CARE)
    words = opened.sealer.seal(record, support.REMARK, "They agree.")
    forged = Remark(
        record_id=record, data_class="contact_log", item_id=contact, stance="comment", words=words, written_at=NOW
    )
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        forged.save(force_insert=True)
    with pytest.raises(ProgrammingError, match="permission"), transaction.atomic():
        Remark.objects.filter(record_id=record).update(words=words)
    assert Remark.objects.filter(record_id=record).update(taken_back_at=NOW) == 0
    with pytest.raises(ProgrammingError, match="permission"), transaction.atomic():
        Remark.objects.filter(record_id=record)._raw_delete("default")


def test_the_database_keeps_the_person_from_changing_what_was_said_or_saying_it_about_nothing(kept):
    stage, record, contact, _entry = kept
    remark = say(stage, record, contact)
    new_request()
    _place, opened = queries.open_held_record(reader=stage.person, record_id=record, classes=CARE)
    words = opened.sealer.seal(record, support.REMARK, "Other words.")
    with pytest.raises(ProgrammingError, match="permission"), transaction.atomic():
        Remark.objects.filter(id=remark).update(words=words)
    for data_class, item, refused in (
        ("contact_log", uuid.uuid4(), IntegrityError),
        ("contact_log", contact, IntegrityError),  # one stands there
        ("sud_treatment_record", contact, ProgrammingError),  # that class is not open
    ):
        row = Remark(
            record_id=record, data_class=data_class, item_id=item, stance="comment", words=words, written_at=NOW
        )
        with pytest.raises(refused), transaction.atomic():
            row.save(force_insert=True)
    Remark.objects.filter(id=remark).update(taken_back_at=NOW)
    assert Remark.objects.filter(id=remark).update(taken_back_at=None) == 0


@pytest.mark.parametrize(("basis", "read"), [("shared:1", 1), ("emergency:1", 0), ("order:1", 0)])
def test_what_the_person_agreed_to_show_shows_it_too_and_an_emergency_or_an_order_does_not(kept, basis, read):
    stage, record, contact, _entry = kept
    say(stage, record, contact)
    new_request()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("select set_config('app.nonce', %s, true)", [str(uuid.uuid4())])
        cursor.execute(LOOK, [record, basis])
    assert Remark.objects.filter(record_id=record).count() == read
