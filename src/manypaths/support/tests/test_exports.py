"""A list that is taken out: settled when it is asked for, agreed to by two where it is long, asked about as it goes."""

import csv
import io
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction

from manypaths.audit.models import Access, Act
from manypaths.config.testing import as_owner
from manypaths.consent.queries import open_records
from manypaths.consent.rules import DataClass, Purpose
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network.models import Membership
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import community, day_there, membership, organisation, reader_for
from manypaths.people import commands as people
from manypaths.people.models import Assignment, Block
from manypaths.people.tests.factories import new_request
from manypaths.support import commands, exporting, exports
from manypaths.support.models import Export
from manypaths.support.rules import AttendanceFacts, Kind
from manypaths.support.rules import exports as rules
from manypaths.web.ui.clock import now
from manypaths.web.work.exports import in_csv

pytestmark = pytest.mark.django_db


def kept(coach: Reader, name: str) -> uuid.UUID:
    """A record of somebody whom the coach walks with."""
    new_request()
    at = now() - timedelta(days=1)
    record = people.open_organisation_record(by=coach, at=at)
    opened = open_records(reader=coach, records=[record], classes={DataClass.DEMOGRAPHICS}, purpose=Purpose.CARE)
    people.write_profile(record_id=record, name=name, pronouns="", language="en", sealer=opened.sealer, by=coach, at=at)
    return record


class Team:
    """A supervisor, their coach, a privacy officer, and so many people."""

    def __init__(self, people: int) -> None:
        with as_owner():
            self.place, self.body = community(), organisation()
            over = membership(self.body, "supervisor", display_name="Sol")
            self.coach_member = membership(self.body, "peer", display_name="Dee R.", supervisor=over)
            officer = membership(self.body, "privacy_officer", display_name="Hugo L.")
        self.over, self.officer = fresh(reader_for(over, self.place)), fresh(reader_for(officer, self.place))
        coach = reader_for(self.coach_member, self.place)
        self.records = [kept(coach, f"Person {number}") for number in range(people)]


def fresh(reader: Reader) -> Reader:
    return replace(reader, factor_at=now())


def ask(team: Team) -> exports.ExportLine:
    new_request()
    return exporting.ask_for_export(why="planning", by=team.over, at=now())


def taken(team: Team, export_id: uuid.UUID) -> list[list[str]]:
    new_request()
    line, parts = exporting.fetch_export(export_id=export_id, by=team.over, at=now())
    assert line.id == export_id
    return list(csv.reader(io.StringIO("".join(in_csv("the mark", "left out: %(number)s", parts)))))


def closed(*refused: str):
    return pytest.raises(Refused, match=", ".join(refused))


def test_a_short_list_is_fetched_with_a_mark_columns_and_a_last_line():
    team = Team(3)
    rows = taken(team, ask(team).id)
    assert rows[0] == ["the mark"]
    assert tuple(rows[1]) == rules.COLUMNS
    assert {row[1] for row in rows[2:-1]} == {"Person 0", "Person 1", "Person 2"}
    assert {row[2] for row in rows[2:-1]} == {"Dee R."}
    assert rows[-1][0].endswith(": 0")


def test_its_cells_are_counts_and_days_and_an_entry_that_was_struck_does_not_count():
    team = Team(1)
    coach, (record,) = reader_for(team.coach_member, team.place), team.records
    on = day_there() - timedelta(days=1)
    for presence in ("came", "came", "did_not_come", "excused"):
        new_request()
        facts = AttendanceFacts(on, "group", presence)
        entry = commands.write_entry(record_id=record, facts=facts, by=coach, at=now())
    new_request()
    again = commands.write_entry(record_id=record, facts=AttendanceFacts(on, "group", "came"), by=coach, at=now())
    new_request()
    commands.strike_entry(
        record_id=record, kind=Kind.ATTENDANCE, entry_id=again, reason="wrong_record", by=coach, at=now()
    )
    assert entry
    row = dict(zip(rules.COLUMNS, taken(team, ask(team).id)[2], strict=True))
    counts = {name: row[name] for name in ("contacts", "last_contact", "came", "did_not_come", "goals_open")}
    assert counts == {"contacts": "0", "last_contact": "", "came": "2", "did_not_come": "1", "goals_open": "0"}


def test_each_person_on_it_has_a_look_in_the_log_for_supervision():
    team = Team(2)
    line = ask(team)
    taken(team, line.id)
    with as_owner():
        look = Access.objects.filter(membership_id=team.over.membership_id, opened__contains=team.records).latest("seq")
        acts = set(Act.objects.filter(subject_id=line.id).values_list("what", flat=True))
    assert look.purpose == "supervision"
    assert set(look.classes) == {str(one) for one in rules.CLASSES}
    assert acts == {"support.export_asked", "support.export_fetched"}


def test_over_fifty_people_nothing_leaves_until_somebody_else_says_yes():
    team = Team(51)
    line = ask(team)
    assert (line.people, line.ready) == (51, False)
    with closed("second_person"):
        taken(team, line.id)
    assert list(exports.parts_of(reader=team.over, export_id=line.id)) == []
    exporting.say_yes_to_export(export_id=line.id, by=team.officer, at=now())
    assert len(taken(team, line.id)) == 51 + 3


def test_nobody_says_yes_to_their_own_list_nor_from_another_place_nor_twice():
    team = Team(51)
    line = ask(team)
    with as_owner():
        elsewhere = fresh(reader_for(membership(organisation("Harbor Row"), "privacy_officer"), team.place))
        coach = fresh(reader_for(team.coach_member, team.place))
        Membership.objects.filter(id=team.over.membership_id).update(roles=["supervisor", "privacy_officer"])
    for reader in (team.over, elsewhere, coach):
        with pytest.raises(NotThere):
            exporting.say_yes_to_export(export_id=line.id, by=reader, at=now())
    exporting.say_yes_to_export(export_id=line.id, by=team.officer, at=now())
    with pytest.raises(NotThere):
        exporting.say_yes_to_export(export_id=line.id, by=team.officer, at=now())


def test_who_says_yes_learns_how_many_and_not_who_and_cannot_fetch_it():
    team = Team(51)
    line = ask(team)
    (seen,) = exports.exports_for(reader=team.officer)
    assert (seen.people, seen.asked_by, seen.is_own) == (51, "Sol", False)
    exporting.say_yes_to_export(export_id=line.id, by=team.officer, at=now())
    with pytest.raises(NotThere):
        exporting.fetch_export(export_id=line.id, by=team.officer, at=now())
    assert list(exports.parts_of(reader=team.officer, export_id=line.id)) == []


def test_a_block_and_a_handing_over_since_then_leave_a_row_out_and_say_how_many():
    team = Team(4)
    line = ask(team)
    with as_owner():
        Block.objects.create(record_id=team.records[0], organisation=team.body, since=now() - timedelta(hours=1))
        Assignment.objects.filter(record_id=team.records[1]).update(until=now() - timedelta(hours=1))
    rows = taken(team, line.id)
    assert {row[1] for row in rows[2:-1]} == {"Person 2", "Person 3"}
    assert rows[-1][0].endswith(": 2")


def test_a_block_between_two_parts_closes_the_next_part(monkeypatch):
    team = Team(4)
    line = ask(team)
    monkeypatch.setattr(exports, "AT_ONCE", 2)
    new_request()
    parts = exports.parts_of(reader=team.over, export_id=line.id)
    first = next(parts)
    left = [one for one in team.records if one not in {row[0] for row in first.lines}]
    with as_owner():
        Block.objects.create(record_id=left[0], organisation=team.body, since=now() - timedelta(hours=1))
    new_request()
    second = next(parts)
    assert (len(first.lines), first.left_out) == (2, 0)
    assert (len(second.lines), second.left_out) == (1, 1)


def test_nobody_comes_onto_a_list_after_it_was_asked_for():
    team = Team(2)
    line = ask(team)
    kept(reader_for(team.coach_member, team.place), "Late")
    assert "Late" not in {row[1] for row in taken(team, line.id)[2:-1]}


def test_a_supervisor_whose_work_ended_and_a_list_that_expired_give_nothing():
    team = Team(2)
    line = ask(team)
    assert len(taken(team, line.id)) == 5
    with as_owner():
        Export.objects.filter(id=line.id).update(expires_at=now() - timedelta(hours=1))
    with pytest.raises(NotThere):
        taken(team, line.id)
    again = ask(team)
    with as_owner():
        Membership.objects.filter(id=team.over.membership_id).update(ended_at=now())
    assert list(exports.parts_of(reader=team.over, export_id=again.id)) == []


def test_it_is_asked_and_fetched_with_a_proof_of_the_last_five_minutes():
    team = Team(1)
    line = ask(team)
    late = replace(team.over, factor_at=now() - timedelta(minutes=6))
    with closed("prove_again"):
        exporting.ask_for_export(why="planning", by=late, at=now())
    with closed("prove_again"):
        exporting.fetch_export(export_id=line.id, by=late, at=now())
    with closed("prove_again"):
        exporting.say_yes_to_export(export_id=line.id, by=replace(team.officer, factor_at=None), at=now())
    assert len(taken(team, line.id)) == 4


def test_a_list_of_nobody_and_one_for_no_reason_are_not_made():
    team = Team(1)
    with closed("no_reason"):
        exporting.ask_for_export(why="curious", by=team.over, at=now())
    with closed("nobody"):
        exporting.ask_for_export(why="planning", by=team.officer, at=now())
    assert exports.exports_for(reader=team.officer) == []


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "|calc"])
def test_no_cell_is_a_formula(name):
    assert rules.safe_cell(name) == f"'{name}"


@pytest.mark.parametrize("plain", ["Mari", "O'Neil", "3", "", None, "a=b"])
def test_other_cells_stay_as_they_are(plain):
    assert rules.safe_cell(plain) == ("" if plain is None else plain)


@pytest.mark.parametrize(
    "sql",
    [
        "select * from support_export",
        "select * from support_exportrow",
        "update support_export set approved_at = now()",
        "insert into support_exportrow (export_id, place) select id, 9 from support_export",
        "delete from support_exportrow",
    ],
)
def test_the_application_touches_the_lists_by_their_functions_alone(sql):
    team = Team(1)
    ask(team)
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_a_reader_somebody_else_claims_to_be_is_no_reader():
    team = Team(1)
    line = ask(team)
    with connection.cursor() as cursor:
        asked = "select count(*) from export_rows(%s, %s, %s, 0, 9)"
        cursor.execute(asked, [team.over.account_id, team.over.membership_id, line.id])
        assert cursor.fetchone() == (1,)
        cursor.execute(asked, [team.officer.account_id, team.over.membership_id, line.id])
        assert cursor.fetchone() == (0,)
