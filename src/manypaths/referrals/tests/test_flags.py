"""Looks that nothing known explains: which are found, which are not, who answers them, and what the person is told."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from manypaths.audit import commands as audit
from manypaths.audit.models import Access
from manypaths.config.testing import as_owner
from manypaths.consent import queries, registering, reviewing, reviews
from manypaths.consent.models import DeskOpening, LookFlag
from manypaths.consent.models import Incident as Registered
from manypaths.consent.rules import DataClass, Purpose
from manypaths.consent.rules.incidents import Incident
from manypaths.consent.rules.reviews import FlagState
from manypaths.lib.refusals import NotThere, NotYourWork, Refused
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import membership, reader_for
from manypaths.notices.models import PersonNotice, StaffNotice
from manypaths.people import commands as people
from manypaths.people.rules import family_name
from manypaths.people.tests.factories import new_request
from manypaths.referrals import commands
from manypaths.referrals.commands import night
from manypaths.referrals.tests.factories import Scene, accepted
from manypaths.support.models import Petition

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def kept() -> tuple[Scene, UUID]:
    stage, _request, record = accepted()
    return stage, record


def now() -> datetime:
    return datetime.now(UTC)


def worker(stage: Scene, role: str = "frontdesk", name: str = "Lou") -> Reader:
    with as_owner():
        return reader_for(membership(stage.body, role, display_name=name), stage.place)


def looked(who: Reader, *records: UUID, basis: str = "organisation/named", purpose: str = "desk", ago=DAY) -> None:
    """One look some days ago, as the log keeps it."""
    with as_owner():
        Access.objects.create(
            at=now() - ago, xid=1, nonce=uuid4(), account_id=who.account_id, hat="member",
            membership_id=who.membership_id, organisation_id=who.organisation_id, opened=list(records),
            bases=[basis] * len(records), subjects=[None] * len(records), denied=[], classes=["demographics"],
            purpose=purpose,
        )  # fmt: skip


def found(days: int = 3) -> list[tuple[UUID, list[str]]]:
    for _time in range(2):
        new_request()
        night.flag_looks(since=now() - days * DAY, at=now())
    with as_owner():
        return [(one.membership_id, sorted(one.kinds)) for one in LookFlag.objects.order_by("raised_at", "id")]


def named(stage: Scene, record: UUID, name: str) -> None:
    new_request()
    kinds = {DataClass.DEMOGRAPHICS}
    opened = queries.open_record(reader=stage.coach, record=record, classes=kinds, purpose=Purpose.CARE)
    people.write_profile(
        record_id=record, name=name, pronouns="", language="en", sealer=opened.sealer, by=stage.coach, at=now()
    )


def test_a_look_from_a_desk_at_one_person_on_a_day_on_which_nothing_was_written_is_found_once(kept):
    stage, record = kept
    who = worker(stage)
    for _time in range(3):
        looked(who, record)
    assert found() == [(who.membership_id, ["unexplained"])]
    with as_owner():
        flag = LookFlag.objects.get()
    assert (flag.times, flag.record_id, flag.organisation_id) == (3, record, stage.body.id)


def asked_of_the_desk(stage: Scene, record: UUID, _officer: Reader) -> None:
    new_request()
    commands.complain(record_id=record, words="Nobody listened.", by=stage.person, at=now())
    with as_owner():
        Petition.objects.update(asked_at=now() - 2 * DAY)


def went_wrong(stage: Scene, record: UUID, _officer: Reader) -> None:
    """Written down by another officer, before the look."""
    written_down(record, worker(stage, "privacy_officer"))


def written_down(record: UUID, officer: Reader) -> None:
    new_request()
    kinds = frozenset({DataClass.PRESENCE.value})
    at = now() - DAY
    incident = Incident("A letter went wrong.", at, at.date(), None, "stranger", kinds, (record,))
    registering.record_incident(incident=incident, by=officer, at=now())
    with as_owner():
        Registered.objects.update(written_at=now() - 2 * DAY)


WORKED_ON = {"a petition": asked_of_the_desk, "an incident": went_wrong}


@pytest.mark.parametrize(
    "why",
    ["assigned", "supervised", "a list", "written that day", "at the desk", "today", "long ago", "granted", *WORKED_ON],
)
def test_what_is_known_explains_a_look(kept, why):
    stage, record = kept
    desk = why in WORKED_ON
    who = worker(stage, "privacy_officer") if desk else worker(stage)
    if desk:
        WORKED_ON[why](stage, record, who)
    basis = {"assigned": "assigned", "supervised": "supervised", "granted": f"granted:{uuid4()}"}.get(why)
    records = [record, uuid4()] if why == "a list" else [record]
    looked(
        who, *records, basis=basis or ("organisation" if desk else "organisation/named"),
        purpose="privacy" if desk else "desk", ago={"today": 0 * DAY, "long ago": 9 * DAY}.get(why, DAY),
    )  # fmt: skip
    if why == "written that day":
        audit.record(what="support.entry_written", by=stage.coach, record_id=record, at=now() - DAY)
    if why == "at the desk":
        at = now() - DAY
        with as_owner():
            DeskOpening.objects.create(
                record_id=stage.person.record_id, held_record_id=record, made_at=at, opened_at=at,
                until=at + timedelta(hours=1),
            )  # fmt: skip
    assert found() == []


@pytest.mark.parametrize("why", ["their own incident", "everybody of the house", "answered long ago", "their own flag"])
def test_no_officer_excuses_their_own_looks(kept, why):
    stage, record = kept
    who = worker(stage, "privacy_officer")
    if why == "answered long ago":
        asked_of_the_desk(stage, record, who)
        with as_owner():
            Petition.objects.update(asked_at=now() - 40 * DAY, answered_at=now() - 20 * DAY)
    elif why == "their own flag":
        with as_owner():
            LookFlag.objects.create(
                record_id=record, organisation=stage.body, membership_id=who.membership_id, kinds=["unexplained"],
                on_day=(now() - 9 * DAY).date(), times=1, raised_at=now() - 8 * DAY,
            )  # fmt: skip
    else:
        written_down(record, who if "own" in why else worker(stage, "privacy_officer"))
        with as_owner():
            Registered.objects.update(everyone="everybody" in why)
    looked(who, record, basis="organisation", purpose="privacy", ago=DAY)
    assert found()[-1] == (who.membership_id, ["unexplained"])
    assert len(found()) == (2 if "flag" in why else 1)


def test_what_another_place_wrote_that_day_and_a_refusal_explain_nothing(kept):
    stage, record = kept
    who = worker(stage)
    looked(who, record)
    elsewhere, _request, _another = accepted()
    audit.record(what="support.entry_written", by=elsewhere.coach, record_id=record, at=now() - DAY)
    audit.record(what="web.refused", by=stage.coach, record_id=record, at=now() - DAY)
    assert found() == [(who.membership_id, ["unexplained"])]


@pytest.mark.parametrize(
    ("person", "looker", "same"),
    [
        ("Mari Núñez", "Ana Nunez", True), ("Mari Nunez", "NUÑEZ", False), ("Mari", "Ana Mari", False),
        ("Mari Nunez", "Ana N.", False), ("Mari Nu", "Ana Nu", False), ("Mari Nunez", "Nunez Ana", False),
    ],
)  # fmt: skip
def test_the_same_family_name_is_found_whatever_the_ground(kept, person, looker, same):
    stage, record = kept
    named(stage, record, person)
    who = worker(stage, "peer", looker)
    looked(who, record, basis="assigned", purpose="care")
    assert found() == ([(who.membership_id, ["same_name"])] if same else [])


def test_a_name_is_compared_inside_one_place_only_and_forgotten_when_it_changes(kept):
    stage, record = kept
    named(stage, record, "Mari Nunez")
    assert people.family_mark(stage.body.id, "A Nunez") != people.family_mark(uuid4(), "A Nunez")
    assert family_name("Mari N.") == family_name("Mari") == ""
    named(stage, record, "Mari")
    looked(worker(stage, "peer", "Ana Nunez"), record, basis="assigned", purpose="care")
    assert found() == []


def test_the_application_cannot_read_a_mark_and_writes_none_elsewhere(kept):
    stage, record = kept
    flagged(stage, record)
    named(stage, record, "Mari Nunez")
    for sql in (
        "select mark from people_familymark", "update people_familymark set mark = 'x'",
        f"insert into people_familymark values ('{uuid4()}', 'x')",
        "update consent_lookflag set state = 'work'", "delete from consent_lookflag",
        f"insert into consent_lookflag (id) values ('{uuid4()}')",
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def flagged(stage: Scene, record: UUID, who: Reader | None = None) -> UUID:
    looked(who or worker(stage), record)
    assert found()
    with as_owner():
        return LookFlag.objects.latest("raised_at").id


def answered(officer: Reader, flag: UUID, answer: str, reason: str = "A call came for them.") -> None:
    new_request()
    reviewing.answer_flag(flag_id=flag, answer=answer, reason=reason, by=officer, at=now())


def test_an_officer_who_did_not_look_is_told_and_answers_with_a_reason_once(kept):
    stage, record = kept
    officer = worker(stage, "privacy_officer", "Hugo L.")
    flag = flagged(stage, record)
    with as_owner():
        assert [one.template for one in StaffNotice.objects.filter(account_id=officer.account_id)] == [
            "look_to_explain"
        ]
    new_request()
    lines, total = reviews.flags_to_answer(reader=officer, waiting=True)
    assert ([one.id for one in lines], total) == ([flag], 1)
    for answer, reason, code in (("work", " ", "no_reason"), ("wrong", "x", "no_answer"), ("", "x", "no_answer")):
        with pytest.raises(Refused, match=code):
            answered(officer, flag, answer, reason)
    answered(officer, flag, "work")
    with pytest.raises(Refused, match="answered_already"):
        answered(officer, flag, "review")
    new_request()
    line, _opened = reviews.open_flag(reader=officer, flag_id=flag)
    assert (line.state, line.reason, line.answered_by) == (
        FlagState.WORK, "A call came for them.", officer.membership_id,
    )  # fmt: skip
    with as_owner():
        assert not PersonNotice.objects.filter(template="look_not_right").exists()


def test_what_is_looked_into_and_not_right_is_told_to_the_person(kept):
    stage, record = kept
    officer = worker(stage, "privacy_officer")
    flag = flagged(stage, record)
    answered(officer, flag, "review")
    answered(officer, flag, "wrong", "There was no reason.")
    with as_owner():
        (told,) = PersonNotice.objects.filter(template="look_not_right")
        assert told.record_id == stage.person.record_id


def test_nobody_answers_for_their_own_look_nor_for_another_place_nor_in_another_role(kept):
    stage, record = kept
    both = worker(stage, "privacy_officer")
    flag = flagged(stage, record, both)
    elsewhere, _request, _record = accepted()
    for who in (both, worker(elsewhere, "privacy_officer"), worker(stage, "org_admin"), stage.coach, stage.person):
        new_request()
        assert reviews.flags_to_answer(reader=who, waiting=True) == ([], 0)
        with pytest.raises(NotThere):
            answered(who, flag, "work")


def test_the_database_takes_an_answer_from_nobody_else(kept):
    stage, record = kept
    both, officer = worker(stage, "privacy_officer"), worker(stage, "privacy_officer")
    flag = flagged(stage, record, both)
    sql = "update consent_lookflag set state = %s, reason = 'x', answered_by_id = %s, answered_at = now() where id = %s"
    for who, state, by in (
        (both, "work", both.membership_id), (both, "work", officer.membership_id), (officer, "work", None),
        (officer, "wrong", officer.membership_id), (officer, "waits", officer.membership_id),
    ):  # fmt: skip
        new_request()
        kinds = {DataClass.ACCESS_LOG}
        queries.open_record(reader=who, record=record, classes=kinds, purpose=Purpose.PRIVACY)
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [state, by, flag])


def test_who_answers_is_not_flagged_for_having_looked_at_it(kept):
    stage, record = kept
    flagged(stage, record)
    with as_owner():
        LookFlag.objects.update(raised_at=now() - 2 * DAY)
    officer = worker(stage, "privacy_officer")
    looked(officer, record, basis="organisation", purpose="privacy")
    assert len(found()) == 1


@pytest.mark.parametrize("desk", [False, True])
def test_an_officer_without_work_on_a_record_is_asked_for_a_reason_too(kept, desk):
    stage, record = kept
    officer = worker(stage, "privacy_officer")
    if desk:
        went_wrong(stage, record, officer)
    looked(officer, record, basis="organisation", purpose="desk" if desk else "privacy")
    assert found() == [(officer.membership_id, ["unexplained"])]


def state_after(hours: int) -> str:
    with as_owner():
        LookFlag.objects.update(raised_at=now() - timedelta(hours=hours))
    found()
    with as_owner():
        return LookFlag.objects.get().state


def test_a_look_of_the_only_officer_rests_after_a_day_and_a_new_one_answers_it_at_once(kept):
    stage, record = kept
    flag = flagged(stage, record, worker(stage, "privacy_officer"))
    assert (state_after(23), state_after(25), state_after(25)) == ("waits", "alone", "alone")
    another = worker(stage, "privacy_officer")
    new_request()
    lines, _total = reviews.flags_to_answer(reader=another, waiting=True)
    assert [(one.id, one.state, one.reason) for one in lines] == [(flag, FlagState.ALONE, "")]
    assert reviews.flags_to_answer(reader=another, waiting=False) == ([], 0)
    answered(another, flag, "work")
    assert state_after(25) == "work"


def test_who_asks_the_night_with_fewer_marks_settles_nothing(kept):
    stage, record = kept
    officer = worker(stage, "privacy_officer")
    named(stage, record, "Mari Kowalczyk")
    peer = worker(stage, "peer", "Jo Kowalczyk")
    looked(peer, record)
    with connection.cursor() as cursor:
        cursor.execute("select * from flag_looks(%s, %s, %s)", [now() - 3 * DAY, [], []])
    assert kinds_for(officer) == [("unexplained",)]
    assert found() == [(peer.membership_id, ["same_name", "unexplained"])]
    (flag,) = (one.id for one in reviews.flags_to_answer(reader=officer, waiting=True)[0])
    answered(officer, flag, "work")
    with as_owner():
        LookFlag.objects.update(kinds=["unexplained"])
    assert found() == [(peer.membership_id, ["unexplained"])]


def kinds_for(officer: Reader) -> list[tuple[str, ...]]:
    new_request()
    return [one.kinds for one in reviews.flags_to_answer(reader=officer, waiting=True)[0]]


def test_looks_of_long_ago_are_not_raked_up(kept):
    stage, record = kept
    looked(worker(stage, "peer"), record, ago=20 * DAY)
    assert found(days=9999) == []


def test_a_look_that_somebody_else_may_answer_waits_for_them(kept):
    stage, record = kept
    worker(stage, "privacy_officer")
    flagged(stage, record, worker(stage, "privacy_officer"))
    assert state_after(99) == "waits"


def test_a_worker_at_a_desk_is_told_that_the_list_of_looks_is_not_theirs(kept):
    stage, record = kept
    flag = flagged(stage, record)
    with pytest.raises((NotThere, NotYourWork)):
        reviews.open_flag(reader=worker(stage), flag_id=flag)
