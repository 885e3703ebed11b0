"""Entries of treatment, screens, attendance and counselling: who writes and reads them, corrections, strikes, walls."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from manypaths.config.testing import as_owner
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass, Purpose
from manypaths.lib.refusals import NotThere, NotYourWork, Refused
from manypaths.network.tests.factories import community, membership, organisation, reader_for
from manypaths.people.models import Assignment
from manypaths.people.tests.factories import new_request, record_held_by
from manypaths.support import commands, queries, rules
from manypaths.support.models import Attendance, CounsellingNote, Screen, Treatment
from manypaths.support.rules import AttendanceFacts, Kind, NoteFacts, ScreenFacts, TreatmentFacts

AT = datetime.now(UTC)
DAY = AT.date() - timedelta(days=2)
FACTS = {
    Kind.TREATMENT: TreatmentFacts(DAY, "individual", "Spoke about sleep."),
    Kind.SCREEN: ScreenFacts(DAY, "urine_5", "found", ("opioids",), "court", "Prescribed."),
    Kind.ATTENDANCE: AttendanceFacts(DAY, "group", "came"),
    Kind.NOTE: NoteFacts(DAY, "What was said in confidence."),
}


class House:
    """One house: a clinician who writes, a second one, a peer, their lead, the desk, privacy, and a stranger."""

    def __init__(self) -> None:
        with as_owner():
            self.place, body = community(), organisation()
            lead = membership(body, "supervisor")
            workers = {
                "clinician": membership(body, "clinician", supervisor=lead),
                "second": membership(body, "clinician", supervisor=lead),
                "peer": membership(body, "peer", supervisor=lead),
                "volunteer": membership(body, "volunteer"),
                "colleague": membership(body, "clinician"),
                "lead": lead,
                "desk": membership(body, "frontdesk"),
                "privacy": membership(body, "privacy_officer"),
                "admin": membership(body, "org_admin"),
                "stranger": membership(organisation("Other"), "clinician"),
            }
        self.readers = {name: reader_for(worker, self.place) for name, worker in workers.items()}
        self.record = record_held_by(workers["clinician"])
        with as_owner():
            for name in ("second", "peer", "volunteer"):
                Assignment.objects.create(record_id=self.record, membership=workers[name], since=AT)
        new_request()

    def write(self, facts, who="clinician", **more):
        new_request()
        return commands.write_entry(record_id=self.record, facts=facts, by=self.readers[who], at=AT, **more)

    def read(self, kind, who="clinician", purpose=Purpose.CARE):
        new_request()
        return queries.entries(reader=self.readers[who], record_id=self.record, kind=kind, purpose=purpose).lines

    def strike(self, kind, entry, reason="twice", who="clinician", **more):
        new_request()
        commands.strike_entry(
            record_id=self.record, kind=kind, entry_id=entry, reason=reason, by=self.readers[who], at=AT, **more
        )


@pytest.fixture
def house(db):
    return House()


@pytest.mark.parametrize("kind", Kind)
def test_what_was_written_is_read_as_it_was_written(house, kind):
    entry = house.write(FACTS[kind])
    (line,) = house.read(kind)
    assert (line.id, line.facts, line.stands) == (entry, FACTS[kind], True)
    assert line.worker == ("" if kind is Kind.NOTE else "Dee R.")


# What each reader is told of each kind: it is read, it is not their work (403), or it is not there (404).
READ = {
    ("clinician", Purpose.CARE): "read read read read",
    ("second", Purpose.CARE): "read read read none",
    ("peer", Purpose.CARE): "403 403 read 403",
    ("volunteer", Purpose.CARE): "403 403 403 403",
    ("colleague", Purpose.CARE): "404 404 404 404",
    ("lead", Purpose.SUPERVISION): "403 403 read 404",
    ("desk", Purpose.DESK): "403 403 read 403",
    ("privacy", Purpose.PRIVACY): "403 403 403 403",
    ("admin", Purpose.CARE): "404 404 404 404",
    ("stranger", Purpose.CARE): "404 404 404 404",
}


@pytest.mark.parametrize(("who", "purpose"), READ, ids=str)
def test_each_kind_is_read_by_those_whose_work_it_is(house, who, purpose):
    for facts in FACTS.values():
        house.write(facts)
    for kind, answer in zip(Kind, READ[who, purpose].split(), strict=True):
        if answer in {"read", "none"}:
            assert len(house.read(kind, who, purpose)) == (answer == "read"), kind
            continue
        with pytest.raises(NotYourWork if answer == "403" else NotThere):
            house.read(kind, who, purpose)


def test_the_peer_and_the_desk_write_attendance_and_the_lead_writes_nothing(house):
    house.write(FACTS[Kind.ATTENDANCE], "peer")
    house.write(replace(FACTS[Kind.ATTENDANCE], presence="excused"), "desk", purpose=Purpose.DESK)
    with pytest.raises(NotThere):
        house.write(FACTS[Kind.ATTENDANCE], "lead", purpose=Purpose.SUPERVISION)
    with pytest.raises(NotYourWork):
        house.write(FACTS[Kind.TREATMENT], "peer")
    with pytest.raises(NotYourWork):
        house.write(FACTS[Kind.NOTE], "peer")
    assert len(house.read(Kind.ATTENDANCE)) == 2


@pytest.mark.parametrize("kind", Kind)
def test_a_correction_is_another_entry_and_the_earlier_one_stays(house, kind):
    first = house.write(FACTS[kind])
    second = house.write(replace(FACTS[kind], happened_on=DAY - timedelta(days=1)), replaces=first)
    lines = {line.id: line for line in house.read(kind)}
    assert (lines[first].replaced, lines[first].stands, lines[first].facts) == (True, False, FACTS[kind])
    assert (lines[second].replaces, lines[second].stands) == (first, True)
    with pytest.raises(Refused, match="replaced"):
        house.write(FACTS[kind], replaces=first)
    with pytest.raises(Refused, match="replaced"):
        house.strike(kind, first)


@pytest.mark.parametrize("kind", Kind)
def test_a_struck_entry_stays_readable_as_struck(house, kind):
    entry = house.write(FACTS[kind])
    with pytest.raises(Refused, match="unknown_strike"):
        house.strike(kind, entry, reason="")
    house.strike(kind, entry)
    (line,) = house.read(kind)
    assert (line.stands, line.strike, line.facts) == (False, "twice", FACTS[kind])
    for again in (lambda: house.strike(kind, entry), lambda: house.write(FACTS[kind], replaces=entry)):
        with pytest.raises(Refused, match="struck"):
            again()


@pytest.mark.parametrize("kind", Kind)
def test_what_does_not_exist_is_neither_corrected_nor_struck(house, kind):
    for wrong in (uuid.uuid4(), house.write(FACTS[Kind.ATTENDANCE if kind is not Kind.ATTENDANCE else Kind.SCREEN])):
        with pytest.raises(NotThere):
            house.write(FACTS[kind], replaces=wrong)
        with pytest.raises(NotThere):
            house.strike(kind, wrong)


def test_a_note_is_neither_corrected_nor_struck_by_another_clinician(house):
    note = house.write(FACTS[Kind.NOTE])
    house.write(NoteFacts(DAY, "Mine."), "second")
    with pytest.raises(NotThere):
        house.write(NoteFacts(DAY, "Not mine."), "second", replaces=note)
    with pytest.raises(NotThere):
        house.strike(Kind.NOTE, note, who="second")
    new_request()
    with pytest.raises(NotThere):
        queries.entry(reader=house.readers["second"], record_id=house.record, kind=Kind.NOTE, entry_id=note)
    assert [line.facts.words for line in house.read(Kind.NOTE, "second")] == ["Mine."]


@pytest.mark.parametrize(
    ("kind", "change", "code"),
    [
        (Kind.TREATMENT, {"service": "punishment"}, "unknown_service"),
        (Kind.TREATMENT, {"words": "x" * 4001}, "words_too_long"),
        (Kind.TREATMENT, {"happened_on": date(2099, 1, 1)}, "in_the_future"),
        (Kind.NOTE, {"happened_on": date(2020, 1, 1)}, "too_long_ago"),
        (Kind.NOTE, {"words": "  "}, "no_words"),
        (Kind.SCREEN, {"panel": "hair"}, "unknown_panel not_looked_for"),
        (Kind.SCREEN, {"result": "dirty"}, "unknown_result found_nothing"),
        (Kind.SCREEN, {"result": "none_found"}, "found_nothing"),
        (Kind.SCREEN, {"found": ()}, "found_what"),
        (Kind.SCREEN, {"found": ("alcohol",)}, "not_looked_for"),
        (Kind.SCREEN, {"ordered_by": "landlord"}, "unknown_orderer"),
        (Kind.ATTENDANCE, {"session": "court"}, "unknown_session"),
        (Kind.ATTENDANCE, {"presence": "late"}, "unknown_presence"),
    ],
)
def test_an_entry_is_refused_with_every_reason_beside_its_field(house, kind, change, code):
    with pytest.raises(Refused) as refused:
        house.write(replace(FACTS[kind], **change))
    assert sorted(reason.code for reason in refused.value.reasons) == sorted(code.split())
    assert all(reason.field for reason in refused.value.reasons)
    assert house.read(kind) == []


def test_every_code_has_words_in_both_languages_and_fits_its_column():
    tables = (rules.SERVICES, rules.PANELS, rules.SUBSTANCES, rules.RESULTS, rules.ORDERED_BY, rules.SESSIONS)
    for table in (*tables, rules.PRESENCES, rules.STRIKES):
        assert all(row["en"] and row["es"] and len(code) <= 16 for code, row in table.items())
    for panel in rules.PANELS.values():
        assert set(panel["substances"]) <= set(rules.SUBSTANCES)


def test_words_are_sealed_in_their_tables(house):
    for facts in FACTS.values():
        house.write(facts)
    with as_owner(), connection.cursor() as cursor:
        for model in (Treatment, Screen, CounsellingNote):
            cursor.execute(f"select t::text, words from {model._meta.db_table} t")
            ((text, words),) = cursor.fetchall()
            for word in (b"sleep", b"Prescribed", b"confidence"):
                assert word not in bytes(words) and word.hex() not in text


def test_what_is_done_is_written_down_without_content(house):
    entry = house.write(FACTS[Kind.SCREEN])
    house.write(FACTS[Kind.SCREEN], replaces=entry)
    house.strike(Kind.NOTE, house.write(FACTS[Kind.NOTE]))
    with as_owner():
        acts = sql("select what from audit_act where record_id = %s and what like 'support.%%'", [house.record])
        assert sorted(row[0] for row in acts.fetchall()) == [
            "support.entry_corrected", "support.entry_struck", "support.entry_written", "support.entry_written",
        ]  # fmt: skip


# The second wall: SQL as `app`, with every question of the code taken away.


MODELS = {Kind.TREATMENT: Treatment, Kind.SCREEN: Screen, Kind.ATTENDANCE: Attendance, Kind.NOTE: CounsellingNote}


@pytest.mark.parametrize("kind", Kind)
def test_nothing_is_read_or_written_unopened(house, kind):
    house.write(FACTS[kind])
    table = MODELS[kind]._meta.db_table
    new_request()
    for statement in (f"select * from {table}", f"update {table} set struck_at = now(), strike = 'twice'"):
        with pytest.raises(ProgrammingError, match="nobody opened"), transaction.atomic():
            sql(statement)
    with pytest.raises(ProgrammingError), transaction.atomic():
        sql(f"delete from {table}")


def test_another_class_of_the_same_record_opens_no_entry(house):
    house.write(FACTS[Kind.TREATMENT])
    new_request()
    consent.open_record(
        reader=house.readers["peer"], record=house.record, classes={DataClass.ATTENDANCE}, purpose=Purpose.CARE
    )
    with pytest.raises(ProgrammingError, match="nobody opened sud_treatment_record"), transaction.atomic():
        list(Treatment.objects.all())


def test_a_second_clinician_reads_no_note_but_their_own_with_no_filter(house):
    house.write(FACTS[Kind.NOTE])
    mine = house.write(NoteFacts(DAY, "Mine."), "second")
    new_request()
    consent.open_written(reader=house.readers["second"], record=house.record, data_class=DataClass.COUNSELLING_NOTES)
    assert [note.pk for note in CounsellingNote.objects.all()] == [mine]
    with as_owner():
        assert CounsellingNote.objects.count() == 2


def test_nobody_writes_a_note_without_authorship_nor_takes_over_anothers(house):
    note = house.write(FACTS[Kind.NOTE])
    second = house.readers["second"]
    house.write(NoteFacts(DAY, "Mine."), "second")
    claim = [second.account_id, second.membership_id, house.record, note, "sud_counseling_notes"]
    assert sql("select claim_authorship(%s, %s, %s, %s, %s)", claim).fetchone() == (False,)
    with pytest.raises(DatabaseError), transaction.atomic():
        sql(
            "insert into support_counsellingnote (authorship_id, record_id, community_id, happened_on, written_at, "
            "strike, words) values (gen_random_uuid(), %s, %s, now(), now(), '', '')",
            [house.record, house.place.id],
        )
    assert sql("update support_counsellingnote set struck_at = now(), strike = 'twice'").rowcount == 1
    with as_owner():
        assert CounsellingNote.objects.get(pk=note).struck_at is None


@pytest.mark.parametrize("kind", [Kind.TREATMENT, Kind.SCREEN, Kind.ATTENDANCE])
def test_an_entry_is_signed_by_whoever_opened_the_record_and_by_nobody_else(house, kind):
    entry = house.write(FACTS[kind])
    table = MODELS[kind]._meta.db_table
    other = house.readers["second"].membership_id
    copied = [column.column for column in MODELS[kind]._meta.concrete_fields if column.column != "id"]
    values = ["%s" if column == "membership_id" else column for column in copied]
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        sql(
            f"insert into {table} (id, {', '.join(copied)}) select gen_random_uuid(), {', '.join(values)} from {table}",
            [other],
        )
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        sql(f"update {table} set struck_at = now(), strike = 'twice', struck_by_id = %s where id = %s", [other, entry])


def test_whoever_guides_a_worker_writes_nothing_by_sql_either(house):
    house.write(FACTS[Kind.ATTENDANCE])
    lead = house.readers["lead"]
    new_request()
    consent.open_record(reader=lead, record=house.record, classes={DataClass.ATTENDANCE}, purpose=Purpose.SUPERVISION)
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        sql(
            "update support_attendance set struck_at = now(), strike = 'twice', struck_by_id = %s",
            [lead.membership_id],
        )


@pytest.mark.parametrize("kind", Kind)
def test_an_entry_is_never_edited_nor_revived(house, kind):
    entry = house.write(FACTS[kind])
    house.strike(kind, entry)
    table = MODELS[kind]._meta.db_table
    for column in ("happened_on = now()", "record_id = gen_random_uuid()", "written_at = now()"):
        with pytest.raises(ProgrammingError), transaction.atomic():
            sql(f"update {table} set {column}")
    for again in ("strike = 'other'", "struck_at = null, strike = ''"):
        assert sql(f"update {table} set {again}").rowcount == 0


def test_only_an_entry_of_the_same_record_is_replaced(house):
    entry = house.write(FACTS[Kind.ATTENDANCE])
    clinician = house.readers["clinician"]
    with as_owner():
        author = Attendance.objects.get(pk=entry).membership
    elsewhere = record_held_by(author)
    new_request()
    consent.open_records(
        reader=clinician, records=[house.record, elsewhere], classes={DataClass.ATTENDANCE}, purpose=Purpose.CARE
    )
    with pytest.raises(DatabaseError, match="same record"), transaction.atomic():
        sql(
            "insert into support_attendance (id, record_id, community_id, happened_on, written_at, replaces_id, "
            "strike, membership_id, session, presence) select gen_random_uuid(), %s, community_id, happened_on, "
            "written_at, id, '', membership_id, session, presence from support_attendance",
            [elsewhere],
        )


def sql(statement, values=()):
    cursor = connection.cursor()
    cursor.execute(statement, values)
    return cursor
