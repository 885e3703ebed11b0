"""The closed loop: done, refused, recorded; who cannot see it; what stays when it ends."""

import uuid
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.db.models import F

from manypaths.audit.models import Act
from manypaths.config.testing import as_owner
from manypaths.consent import queries as consent
from manypaths.consent.models import Grant
from manypaths.consent.rules import DataClass, Purpose
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network.models import Membership
from manypaths.network.tests.factories import membership, organisation, participation, reader_for
from manypaths.notices.models import PersonNotice, StaffNotice
from manypaths.people import queries as people
from manypaths.people.tests.factories import new_request, person
from manypaths.referrals import commands, queries
from manypaths.referrals.models import Move, Packet, Referral
from manypaths.referrals.rules import PickedPart, Reach, Status
from manypaths.referrals.tests.factories import ASKED_AT, asked_of, draft, scene, send, sent
from manypaths.support.rules import ContactFacts
from manypaths.vault.queries import sealer_for

LATER = ASKED_AT + timedelta(hours=3)
pytestmark = pytest.mark.django_db


@pytest.fixture
def stage():
    return scene()


def row(referral) -> Referral:
    with as_owner():
        return Referral.objects.get(id=referral)


def acts() -> list[str]:
    with as_owner():
        return list(Act.objects.order_by("at", "id").values_list("what", flat=True))


def accept(stage, referral, by=None):
    new_request()
    return commands.accept_request(referral_id=referral, seen=Status.REQUESTED, by=by or stage.coach, at=LATER)


# Sending


def test_a_draft_is_seen_by_nobody_but_the_person(stage):
    referral = draft(stage)
    new_request()
    assert queries.inbox(reader=stage.coach).lines == []
    with pytest.raises(NotThere):
        queries.received_request(reader=stage.coach, referral_id=referral)
    new_request()
    assert queries.own_draft(reader=stage.person, service_id=stage.asked.service_id).packet.number == "802-555-0142"


def test_beginning_twice_goes_on_with_the_same_draft(stage):
    assert draft(stage) == draft(stage)


def test_a_sent_request_has_its_clock_its_consent_and_its_team_told(stage):
    referral = sent(stage)
    found = row(referral)
    assert (found.status, str(found.due_on)) == ("requested", "2026-11-23")
    with as_owner():
        grant = Grant.objects.get(id=found.grant_id)
        told = set(StaffNotice.objects.values_list("account_id", flat=True))
    assert (grant.classes, grant.recipient_organisation_id, grant.subject_id) == (
        ["referral_task"], stage.body.id, referral,
    )  # fmt: skip
    assert grant.until - grant.starts_at == timedelta(days=90)
    assert told == {stage.coach_member.account_id, stage.colleague_member.account_id, stage.desk_member.account_id}
    assert {"referrals.begun", "consent.given", "referrals.requested"} <= set(acts())


def test_a_kept_number_goes_along_only_with_a_way_that_uses_it(stage):
    kept = Reach("here", "802-555-0142", "After 5 pm", True)
    new_request()
    commands.begin_request(asked=stage.asked, name="Mari", reach=kept, by=stage.person, at=ASKED_AT)
    words = queries.own_draft(reader=stage.person, service_id=stage.asked.service_id).packet
    assert (words.way, words.number, words.hours, words.may_leave_message) == ("here", "", "After 5 pm", False)


def test_what_goes_along_is_sealed(stage):
    sent(stage)
    with as_owner():
        packet = Packet.objects.get()
    assert b"802" not in bytes(packet.number)
    assert b"Mari" not in bytes(packet.name)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda stage: Membership.objects.update(answers_requests=False), "takes_no_requests"),
        (lambda stage: Membership.objects.update(ended_at=ASKED_AT), "takes_no_requests"),
    ],
)
def test_a_request_is_refused_where_nobody_answers(stage, spoil, code):
    draft(stage)
    with as_owner():
        spoil(stage)
    with pytest.raises(Refused) as refused:
        send(stage)
    assert [reason.code for reason in refused.value.reasons] == [code]
    with as_owner():
        assert not Grant.objects.exists()


def test_a_second_open_request_to_the_same_service_is_refused(stage):
    sent(stage)
    draft(stage)
    with pytest.raises(Refused) as refused:
        send(stage)
    assert [reason.code for reason in refused.value.reasons] == ["already_open"]


def test_a_page_refuses_only_what_belongs_to_it(stage):
    new_request()
    commands.begin_request(asked=stage.asked, name="", by=stage.person, at=ASKED_AT)
    write = {"service_id": stage.asked.service_id, "by": stage.person, "at": ASKED_AT}
    commands.write_request(changes={"need": "talk"}, **write)
    with pytest.raises(Refused) as refused:
        commands.write_request(changes={"way": "call"}, **write)
    assert [reason.code for reason in refused.value.reasons] == ["number_missing"]


@pytest.mark.parametrize("way", ["person_calls", "person_visits", "here"])
def test_a_number_nobody_may_use_does_not_go_along(stage, way):
    draft(stage, way=way, may_leave_message=True)
    referral = send(stage)
    new_request()
    packet = queries.received_request(reader=stage.coach, referral_id=referral).packet
    assert (packet.way, packet.number, packet.may_leave_message) == (way, "", False)


def test_nobody_follows_a_request_that_is_not_their_own(stage):
    referral = sent(stage)
    other = person()
    new_request()
    with pytest.raises(NotThere):
        commands.begin_request(
            asked=asked_of(stage.body, stage.place), name="", again_of=referral, by=other, at=ASKED_AT
        )


# Receiving


def test_those_who_answer_read_exactly_what_was_sent_along(stage):
    referral = sent(stage)
    new_request()
    (line,) = queries.inbox(reader=stage.coach).lines
    assert (line.id, line.name, line.status) == (referral, "Mari", Status.REQUESTED)
    new_request()
    view = queries.received_request(reader=stage.desk, referral_id=referral)
    assert (view.packet.way, view.packet.number, view.packet.hours) == ("text", "802-555-0142", "After 5 pm")
    assert view.parts == []


def test_a_list_of_requests_is_one_access_row(stage):
    sent(stage)
    new_request()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("select count(*) from audit_access")
        before = cursor.fetchone()[0]
    queries.inbox(reader=stage.coach)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("select count(*) from audit_access")
        assert cursor.fetchone()[0] == before + 1


@pytest.mark.parametrize("kind", ["other organisation", "does not answer", "another person", "volunteer"])
def test_everyone_else_finds_nothing(stage, kind):
    referral = sent(stage)
    with as_owner():
        other = organisation("Other house")
        participation(stage.place, other)
        readers = {
            "other organisation": lambda: reader_for(membership(other, "peer", answers_requests=True), stage.place),
            "does not answer": lambda: reader_for(membership(stage.body, "peer"), stage.place),
            "volunteer": lambda: reader_for(membership(stage.body, "volunteer", answers_requests=True), stage.place),
        }
        reader = readers[kind]() if kind in readers else None
    reader = reader or person()
    new_request()
    if reader.is_member:
        assert queries.inbox(reader=reader).lines == []
        with pytest.raises(NotThere):
            queries.received_request(reader=reader, referral_id=referral)
    with pytest.raises(NotThere):
        commands.reject_request(
            referral_id=referral, seen=Status.REQUESTED, reason="no_open_place", by=reader, at=LATER
        )
    with pytest.raises(NotThere):
        queries.own_request(reader=reader, referral_id=referral)


def test_picked_parts_go_along_as_copies_and_nothing_else(stage):
    draft(stage)
    parts = [PickedPart("goal", "Find a home", "By spring"), PickedPart("strength", "I am patient")]
    new_request()
    commands.pick_parts(service_id=stage.asked.service_id, parts=parts, by=stage.person, at=ASKED_AT)
    commands.pick_parts(service_id=stage.asked.service_id, parts=parts[:1], by=stage.person, at=ASKED_AT)
    referral = send(stage)
    new_request()
    view = queries.received_request(reader=stage.coach, referral_id=referral)
    assert [(part.kind, part.title, part.body) for part in view.parts] == [("goal", "Find a home", "By spring")]
    new_request()
    opened = consent.open_records(
        reader=stage.coach,
        records=[stage.person.record_id],
        classes=[DataClass.RECOVERY_PLAN],
        purpose=Purpose.REFERRAL,
    )
    assert not opened.ids


# Saying yes


def test_saying_yes_opens_the_organisations_own_record_with_the_worker_beside_the_person(stage):
    referral = sent(stage)
    record = accept(stage, referral)
    found = row(referral)
    assert (found.status, found.org_record_id, found.answered_at) == ("accepted", record, LATER)
    new_request()
    assert [line.record_id for line in people.caseload(reader=stage.coach).lines] == [record]
    classes = {DataClass.DEMOGRAPHICS, DataClass.SAFE_CONTACT}
    consent.open_record(reader=stage.coach, record=record, classes=classes, purpose=Purpose.CARE)
    sealer = sealer_for([record])
    assert people.profile(record_id=record, sealer=sealer).name == "Mari"
    contact = people.safe_contact(record_id=record, sealer=sealer)
    assert (contact.way, contact.address, contact.hours) == ("text", "802-555-0142", "After 5 pm")
    assert people.caseload(reader=stage.colleague).lines == []


def test_the_front_desk_cannot_say_yes_but_can_say_not_now(stage):
    referral = sent(stage)
    with pytest.raises(Refused) as refused:
        accept(stage, referral, by=stage.desk)
    assert [reason.code for reason in refused.value.reasons] == ["not_your_part"]
    new_request()
    moves = queries.moves_open_to(reader=stage.desk, status=Status.REQUESTED, language="en")
    assert [move.to for move in moves] == [Status.REJECTED]
    commands.reject_request(
        referral_id=referral, seen=Status.REQUESTED, reason="no_open_place", by=stage.desk, at=LATER
    )
    assert row(referral).status == "rejected"


def test_the_person_is_told_that_there_is_news(stage):
    referral = sent(stage)
    accept(stage, referral)
    with as_owner():
        assert list(PersonNotice.objects.values_list("template", "subject_id")) == [("request_news", referral)]


def test_of_two_workers_who_answer_at_once_the_second_is_told_that_it_moved(stage):
    referral = sent(stage)
    accept(stage, referral)
    with pytest.raises(Refused) as refused:
        accept(stage, referral, by=stage.colleague)
    assert [reason.code for reason in refused.value.reasons] == ["moved_meanwhile"]
    new_request()
    assert people.caseload(reader=stage.colleague).lines == []


# Closing


def test_the_whole_loop_closes_with_both_words_side_by_side(stage):
    referral = sent(stage)
    record = accept(stage, referral)
    act = {"referral_id": referral, "by": stage.coach, "at": LATER}
    new_request()
    commands.start_work(seen=Status.ACCEPTED, **act)
    commands.pause_work(seen=Status.IN_PROGRESS, reason="waits_for_papers", **act)
    commands.start_work(seen=Status.ON_HOLD, **act)
    commands.complete_request(seen=Status.IN_PROGRESS, outcome="given", **act)
    new_request()
    commands.answer_request(referral_id=referral, answer="partly", by=stage.person, at=LATER)
    found = row(referral)
    assert (found.status, found.outcome, found.person_answer, found.reason) == ("completed", "given", "partly", "")
    assert [step.status for step in queries.own_request(reader=stage.person, referral_id=referral).path] == [
        Status.REQUESTED, Status.ACCEPTED, Status.IN_PROGRESS, Status.ON_HOLD, Status.IN_PROGRESS, Status.COMPLETED,
    ]  # fmt: skip
    assert record == found.org_record_id


def test_after_the_end_the_organisation_keeps_its_own_record_and_the_bare_row_only(stage):
    referral = sent(stage)
    record = accept(stage, referral)
    new_request()
    commands.complete_request(referral_id=referral, seen=Status.ACCEPTED, outcome="began", by=stage.coach, at=LATER)
    new_request()
    view = queries.received_request(reader=stage.coach, referral_id=referral)
    assert (view.line.status, view.packet, view.parts) == (Status.COMPLETED, None, [])
    assert [line.id for line in queries.requests_of_record(reader=stage.coach, record_id=record)] == [referral]
    new_request()
    with pytest.raises(NotThere):
        queries.received_request(reader=stage.colleague, referral_id=referral)
    with as_owner():
        assert Grant.objects.get().ending == "request_closed"


def test_a_refused_request_leaves_nothing_open(stage):
    referral = sent(stage)
    new_request()
    commands.reject_request(
        referral_id=referral, seen=Status.REQUESTED, reason="does_not_fit", by=stage.coach, at=LATER
    )
    new_request()
    with pytest.raises(NotThere):
        queries.received_request(reader=stage.coach, referral_id=referral)
    new_request()
    view = queries.own_request(reader=stage.person, referral_id=referral)
    assert (view.line.status, view.reason, view.sharing) == (Status.REJECTED, "does_not_fit", False)


def test_the_persons_answer_waits_until_they_were_answered(stage):
    referral = sent(stage)
    new_request()
    with pytest.raises(Refused) as refused:
        commands.answer_request(referral_id=referral, answer="yes", by=stage.person, at=LATER)
    assert [reason.code for reason in refused.value.reasons] == ["too_early"]


# Taking back and stopping


def test_taking_back_ends_the_consent_and_tells_the_team(stage):
    referral = sent(stage)
    new_request()
    commands.withdraw_request(referral_id=referral, reason="changed_mind", by=stage.person, at=LATER)
    new_request()
    assert queries.inbox(reader=stage.coach).lines == []
    with pytest.raises(NotThere):
        queries.received_request(reader=stage.coach, referral_id=referral)
    with as_owner():
        assert Grant.objects.get().ended_at == LATER
        assert StaffNotice.objects.filter(template="request_taken_back", way="here").count() == 3


def test_stopping_before_an_answer_takes_the_request_back_too(stage):
    referral = sent(stage)
    new_request()
    commands.stop_sharing(referral_id=referral, by=stage.person, at=LATER)
    assert (row(referral).status, row(referral).reason) == ("cancelled", "sharing_ended")
    new_request()
    with pytest.raises(NotThere):
        queries.received_request(reader=stage.coach, referral_id=referral)


def test_stopping_after_the_yes_closes_the_packet_and_leaves_the_organisations_own_record(stage):
    referral = sent(stage)
    record = accept(stage, referral)
    new_request()
    commands.stop_sharing(referral_id=referral, by=stage.person, at=LATER)
    new_request()
    view = queries.received_request(reader=stage.coach, referral_id=referral)
    assert (view.packet, view.line.status) == (None, Status.ACCEPTED)
    new_request()
    commands.complete_request(referral_id=referral, seen=Status.ACCEPTED, outcome="informed", by=stage.coach, at=LATER)
    with as_owner():
        assert PersonNotice.objects.filter(record_id=stage.person.record_id).count() == 2
    assert row(referral).org_record_id == record


def test_only_the_person_agrees_anew_and_only_while_the_request_is_open(stage):
    referral = sent(stage)
    text = consent.text(key="request", language="es")
    new_request()
    commands.agree_anew(referral_id=referral, text=text, by=stage.person, at=ASKED_AT + timedelta(days=10))
    new_request()
    grant = queries.own_request(reader=stage.person, referral_id=referral).grant
    assert (grant.until - ASKED_AT, grant.language) == (timedelta(days=100), "es")
    with pytest.raises(NotThere):
        commands.agree_anew(referral_id=referral, text=text, by=stage.coach, at=LATER)
    new_request()
    commands.withdraw_request(referral_id=referral, reason="found_other", by=stage.person, at=LATER)
    with pytest.raises(Refused) as refused:
        commands.agree_anew(referral_id=referral, text=text, by=stage.person, at=LATER)
    assert [reason.code for reason in refused.value.reasons] == ["request_closed"]


# The night


def days_pass(days):
    """Everything of the requests was that much longer ago: the night believes no clock but the database's."""
    back = timedelta(days=days)
    with as_owner():
        Referral.objects.update(
            started_at=F("started_at") - back, requested_at=F("requested_at") - back, due_at=F("due_at") - back
        )


def test_a_clock_that_ran_out_is_called_out_once(stage):
    referral = sent(stage)
    with as_owner():
        lead = membership(stage.body, "supervisor", display_name="Kim")
    assert commands.remind_overdue(at=ASKED_AT + timedelta(days=1)) == 0
    days_pass(6)
    assert commands.remind_overdue(at=ASKED_AT) == 1
    assert commands.remind_overdue(at=ASKED_AT) == 0
    with as_owner():
        assert PersonNotice.objects.filter(template="request_late", subject_id=referral).count() == 1
        told = StaffNotice.objects.filter(template="request_waits_long", way="here")
        assert [one.account_id for one in told] == [lead.account_id]
    assert acts().count("referrals.overdue") == 1


def test_who_leads_an_organisation_is_told_of_its_silence(stage):
    referral = sent(stage)
    with as_owner():
        lead = membership(stage.body, "org_admin", display_name="Kim")
    days_pass(6)
    assert commands.remind_overdue(at=ASKED_AT) == 1
    with as_owner():
        told = StaffNotice.objects.filter(template="request_waits_long", subject_id=referral, way="here")
        assert [one.account_id for one in told] == [lead.account_id]


def test_an_answered_request_is_never_called_out(stage):
    accept(stage, sent(stage))
    days_pass(6)
    assert commands.remind_overdue(at=ASKED_AT) == 0


def test_a_request_whose_sharing_ended_elsewhere_is_taken_back_by_the_night(stage):
    referral = sent(stage)
    with as_owner():
        Grant.objects.update(ended_at=LATER, ending="stopped")
    commands.remind_overdue(at=LATER)
    assert (row(referral).status, row(referral).reason) == ("cancelled", "sharing_ended")
    commands.remind_overdue(at=LATER)
    with as_owner():
        assert Move.objects.filter(referral_id=referral, became="cancelled").count() == 1
        told = StaffNotice.objects.filter(template="request_taken_back", subject_id=referral, way="here")
        assert {one.account_id for one in told} == {
            one.account_id for one in (stage.coach, stage.colleague, stage.desk)
        }
        assert PersonNotice.objects.filter(template="request_news", subject_id=referral).count() == 1
        acts = Act.objects.filter(what="referrals.cancelled", subject_id=referral)
        assert [(one.hat, one.record_id) for one in acts] == [("system", stage.person.record_id)]


def test_a_draft_nobody_sent_is_forgotten_after_thirty_days(stage):
    draft(stage)
    days_pass(29)
    commands.remind_overdue(at=ASKED_AT)
    with as_owner():
        assert Referral.objects.count() == 1
    days_pass(2)
    commands.remind_overdue(at=ASKED_AT)
    with as_owner():
        assert (Referral.objects.count(), Packet.objects.count()) == (0, 0)


# Contact


def test_the_first_contact_that_reached_the_person_stops_the_clock_once(stage):
    referral = sent(stage)
    record = accept(stage, referral)
    contact = {"record_id": record, "by": stage.coach}
    for hours, deed in ((4, "tried"), (5, "talked"), (6, "talked")):
        new_request()
        happened = ASKED_AT + timedelta(hours=hours)
        commands.record_contact(facts=ContactFacts(happened, "call", deed, ""), at=happened, **contact)
    assert row(referral).first_contact_at == ASKED_AT + timedelta(hours=5)


# The walls


def test_requests_cannot_be_read_unopened(stage):
    sent(stage)
    for table in (Referral, Packet, Move):
        new_request()
        with pytest.raises(ProgrammingError, match="nobody opened referral_task"), transaction.atomic():
            list(table.objects.all())


def test_what_was_asked_and_by_whom_cannot_be_changed(stage):
    referral = sent(stage)
    new_request()
    consent.open_own(reader=stage.person, classes={DataClass.REFERRAL_TASK})
    for change in ({"organisation_id": uuid.uuid4()}, {"record_id": uuid.uuid4()}, {"service_id": uuid.uuid4()}):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Referral.objects.filter(id=referral).update(**change)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("delete from referrals_referral where id = %s", [referral])
