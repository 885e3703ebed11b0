"""What is shown for one case in court: a yes of its own, for a court or who stands by the person, and nobody else."""

import uuid

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from manypaths.config.testing import as_owner
from manypaths.consent import queries as consent
from manypaths.consent import shares, sharing
from manypaths.consent.models import Share
from manypaths.consent.rules import DataClass, Purpose
from manypaths.consent.rules import shares as rules
from manypaths.consent.tests.test_shares import CASE, DAY, OF_A_CASE, Stage, closed, opened
from manypaths.lib.refusals import NotThere, NotYourWork, Refused
from manypaths.network.rules import Reader, places
from manypaths.network.tests.factories import membership, organisation, reader_for
from manypaths.people.models import Assignment
from manypaths.people.tests.factories import new_request
from manypaths.referrals import queries as referrals
from manypaths.support import commands as support
from manypaths.support.rules import NoteFacts

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Stage:
    return Stage()


def a_court(stage: Stage, kind: str = "court") -> tuple[uuid.UUID, Reader]:
    with as_owner():
        place = organisation("Family Court", kind=kind)
        return place.id, reader_for(membership(place, "monitor"))


def test_a_court_reads_for_one_case_what_was_agreed_to_with_the_notice_and_until_it_is_stopped(stage):
    place, officer = a_court(stage)
    share = stage.give(**OF_A_CASE, organisation_id=place)
    found = opened(officer, share)
    assert (found.case, found.purpose, found.classes, found.notice) == (CASE, "HLEGAL", ("attendance",), True)
    assert closed(officer, share, DataClass.TREATMENT)
    assert closed(stage.reader, share)
    new_request()
    (look,) = [one for one in referrals.who_looked(reader=stage.person, zone="UTC").lines if one.basis == "shared"]
    assert (look.membership_id, look.purpose) == (officer.membership_id, "HLEGAL")
    new_request()
    lines = referrals.disclosures(reader=stage.person, since=stage.at - DAY).lines
    assert [(one.organisation_id, one.consent_id) for one in lines if one.kind == "shown"] == [(place, share)]
    new_request()
    sharing.stop_share(share_id=share, by=stage.person, at=stage.at)
    assert closed(officer, share)


WATCHERS = ("probation", "police", "immigration", "child_welfare", "employer", "landlord")


@pytest.mark.parametrize(
    ("kind", "opens"), [("", True), ("clinic", True), ("court", True), *((one, False) for one in WATCHERS)]
)
def test_of_those_who_watch_only_a_court_reads_what_is_shown_for_a_case(stage, kind, opens):
    with as_owner():
        place = organisation("Beside", kind=kind)
        worker = membership(place, "monitor" if kind in places.WATCHING else "clinician", answers_requests=True)
    share = stage.give(**OF_A_CASE, organisation_id=place.id)
    assert closed(reader_for(worker), share) is not opens
    assert rules.may_name(rules.KINDS["proceedings"], kind) is opens


def test_no_other_yes_goes_to_a_court_and_the_one_for_a_case_is_for_nothing_else(stage):
    place, officer = a_court(stage)
    assert not any(rules.may_name(rules.KINDS[one], "court") for one in ("named", "tpo_single"))
    for purpose in ("TREAT", "HPAYMT"):
        with pytest.raises(Refused) as refused:
            stage.give(**{**OF_A_CASE, "purpose": purpose}, organisation_id=place)
        assert [one.code for one in refused.value.reasons] == ["no_purpose"]
    for kind in set(rules.KINDS) - {"proceedings"}:
        assert "HLEGAL" not in rules.KINDS[kind].purposes
    assert not closed(officer, stage.give(**OF_A_CASE, organisation_id=place))


@pytest.mark.parametrize(
    "change",
    ["purpose = 'TREAT'", "classes = '{sud_counseling_notes}'", "classes = '{recovery_plan}'", "proceeding = null",
     "kind = 'named'", "until = starts_at + interval '366 days'", "recipient_organisation_id = null",
     "text_version = '2026-11-22'"],
)  # fmt: skip
def test_the_database_keeps_one_for_a_case_apart_from_every_other(stage, change):
    share = stage.give(**OF_A_CASE)
    with as_owner():
        Share.objects.filter(id=share).update(classes=["drug_screen_result"])
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"update consent_share set {change} where id = %s", [share])
            cursor.execute("set constraints all immediate")


@pytest.mark.parametrize(("case", "code"), [("", "no_case"), ("  x ", "no_case"), ("x" * 201, "too_long")])
@pytest.mark.parametrize("way", ["give", "refuse", "keep"])
def test_it_says_which_case_it_is_for_in_few_words(stage, case, code, way):
    text = consent.text(key="share-legal", language="en")
    wish = stage.wish(**{**OF_A_CASE, "case": case})
    acts = {"refuse": sharing.refuse_share, "keep": sharing.keep_for_later}
    with pytest.raises(Refused) as refused:
        if way == "give":
            sharing.give_share(wish=wish, name="Mari", text=text, by=stage.person, at=stage.at)
        else:
            acts[way](wish=wish, text=text, by=stage.person, at=stage.at)
    assert [one.code for one in refused.value.reasons] == [code]
    assert stage.give(**OF_A_CASE)


def test_which_case_it_is_for_is_sealed_and_opened_by_the_person_and_whom_it_names(stage):
    share = stage.give(**OF_A_CASE)
    with as_owner():
        sealed = bytes(Share.objects.get(id=share).proceeding)
    assert CASE.encode() not in sealed
    new_request()
    assert shares.own_share(reader=stage.person, share_id=share).case == CASE
    new_request()
    assert [one.case for one in shares.own_shares(reader=stage.person)] == [CASE]
    assert opened(stage.reader, share).case == CASE
    assert opened(stage.reader, stage.give()).case == ""


def test_one_page_is_one_consent_of_one_person_and_another_page_is_another(stage):
    other, press = Stage(), uuid.uuid4()
    share = stage.give(**OF_A_CASE, press=press)
    assert stage.give(**OF_A_CASE, press=press) == share
    assert len({share, stage.give(**OF_A_CASE, press=uuid.uuid4()), other.give(**OF_A_CASE, press=press)}) == 3


def test_what_is_shown_for_a_case_is_kept_from_them_and_shown_again(stage):
    share = stage.give(**OF_A_CASE)
    new_request()
    sharing.keep_from(held_record_id=stage.held, organisation_id=stage.clinic.id, by=stage.person, at=stage.at - DAY)
    assert closed(stage.reader, share)
    new_request()
    (restriction, _held, _place) = shares.own_restrictions(reader=stage.person)[0]
    new_request()
    sharing.stop_keeping_from(restriction_id=restriction, by=stage.person, at=stage.at - DAY / 2)
    assert not closed(stage.reader, share)


def test_a_court_has_in_its_list_whom_it_was_named_by_and_finds_opens_and_is_assigned_nobody(stage):
    place, officer = a_court(stage)
    other = Stage()
    other.give()
    share = stage.give(**OF_A_CASE, organisation_id=place)
    new_request()
    assert [one.id for one in shares.shared_with(reader=officer).lines] == [share]
    for purpose in (Purpose.CARE, Purpose.DESK, Purpose.PRIVACY):
        for record in (stage.held, stage.person.record_id, other.held):
            new_request()
            with pytest.raises((NotThere, NotYourWork)):
                consent.open_record(reader=officer, record=record, classes={DataClass.ATTENDANCE}, purpose=purpose)
    with pytest.raises(DatabaseError), transaction.atomic():
        Assignment.objects.create(record_id=stage.held, membership_id=officer.membership_id, since=stage.at)
    assert not closed(officer, share)


def test_notes_of_counselling_go_by_a_consent_of_their_own_and_never_by_one_for_a_case(stage):
    with as_owner():
        writer = membership(stage.scene.body, "clinician")
        Assignment.objects.create(id=uuid.uuid4(), record_id=stage.held, membership=writer, since=stage.at - DAY)
    new_request()
    facts = NoteFacts(stage.at.date() - DAY, "What was said in confidence.")
    support.write_entry(record_id=stage.held, facts=facts, by=reader_for(writer, stage.scene.place), at=stage.at)
    share = stage.give(**OF_A_CASE, classes=["attendance", "sud_treatment_record"])
    assert closed(stage.reader, share, DataClass.COUNSELLING_NOTES)
    with pytest.raises(Refused) as refused:
        stage.give(**OF_A_CASE, classes=["attendance", "sud_counseling_notes"])
    assert [one.code for one in refused.value.reasons] == ["not_of_this_kind"]
    own = stage.give(
        kind="counseling_notes", classes=["sud_counseling_notes"], organisation_id=None,
        membership_id=stage.reader.membership_id,
    )  # fmt: skip
    assert not closed(stage.reader, own, DataClass.COUNSELLING_NOTES)
    assert closed(stage.reader, share, DataClass.COUNSELLING_NOTES)
