"""A contact in three fields: who may write it, who may read it, and what the night learns."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from manypaths.config.testing import as_owner, role_url
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network.tests.factories import community, membership, organisation, reader_for
from manypaths.people.tests.factories import new_request, record_held_by
from manypaths.support import commands, queries, rules
from manypaths.support.models import Contact
from manypaths.support.rules import ContactFacts

AT = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
CALL = ContactFacts(happened_at=AT, way="call", deed="talked", note="Wants a ride on Thursday.")


@pytest.fixture
def coach(db):
    with as_owner():
        worker = membership(organisation(), "peer")
        place = community()
    return reader_for(worker, place), record_held_by(worker)


def test_a_contact_is_written_and_read_by_the_assigned_worker(coach):
    reader, record = coach
    commands.record_contact(record_id=record, facts=CALL, by=reader, at=AT)
    (line,) = queries.contacts(reader=reader, record_id=record)
    assert (line.way, line.deed, line.note, line.worker, line.reached) == (
        "call", "talked", "Wants a ride on Thursday.", "Dee R.", True,
    )  # fmt: skip


def test_a_note_is_sealed_in_its_table(coach):
    reader, record = coach
    commands.record_contact(record_id=record, facts=CALL, by=reader, at=AT)
    with as_owner():
        assert b"ride" not in bytes(Contact.objects.get().note)


def test_a_worker_who_is_not_assigned_finds_nothing_and_writes_nothing(coach):
    _reader, record = coach
    with as_owner():
        other = reader_for(membership(organisation("Other"), "peer"), community())
    new_request()
    with pytest.raises(NotThere):
        commands.record_contact(record_id=record, facts=CALL, by=other, at=AT)
    with pytest.raises(NotThere):
        queries.contacts(reader=other, record_id=record)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"way": "pigeon"}, "unknown_way"),
        ({"deed": "judged"}, "unknown_deed"),
        ({"happened_at": AT + timedelta(hours=1)}, "in_the_future"),
        ({"happened_at": AT - timedelta(days=61)}, "too_long_ago"),
        ({"note": "x" * 501}, "note_too_long"),
    ],
)
def test_a_contact_is_refused_with_a_reason_beside_its_field(coach, change, code):
    reader, record = coach
    facts = ContactFacts(**{**CALL.__dict__, **change})
    with pytest.raises(Refused) as refused:
        commands.record_contact(record_id=record, facts=facts, by=reader, at=AT)
    assert [reason.code for reason in refused.value.reasons] == [code]


def test_contacts_cannot_be_read_unopened_nor_changed(coach):
    reader, record = coach
    commands.record_contact(record_id=record, facts=CALL, by=reader, at=AT)
    with pytest.raises(ProgrammingError), transaction.atomic():
        Contact.objects.filter(record_id=record).update(deed="tried")
    new_request()
    with pytest.raises(ProgrammingError, match="nobody opened contact_log"), transaction.atomic():
        list(Contact.objects.all())


def test_every_code_has_words_in_both_languages():
    for table in (rules.WAYS, rules.DEEDS):
        assert all(row["en"] and row["es"] for row in table.values())
    assert dict(rules.choices(rules.WAYS, "es-us"))["call"] == "Llamada"


def test_the_night_reads_months_and_codes_and_nothing_else(committed_db):
    with as_owner():
        worker, place = membership(organisation(), "peer"), community()
    reader = reader_for(worker, place)
    with transaction.atomic():
        record = record_held_by(worker)
    with transaction.atomic():
        commands.record_contact(record_id=record, facts=CALL, by=reader, at=AT)
    connection.close()
    with psycopg.connect(role_url("measures")) as night:
        night.execute("select set_config('manypaths.night_salt', 'salt', false)")
        cursor = night.execute("select * from support_facts")
        assert [column.name for column in cursor.description] == ["community", "month", "way", "deed", "who"]
        ((_place, month, way, deed, who),) = cursor.fetchall()
    assert (str(month), way, deed) == ("2026-11-01", "call", "talked")
    assert str(record) not in who
