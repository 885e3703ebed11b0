"""What is shown for one study: a yes of its own, for whom it names and for that study, and for nobody who watches."""

import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from manypaths.config.testing import as_owner
from manypaths.consent import queries as consent
from manypaths.consent import shares, sharing
from manypaths.consent.models import Share
from manypaths.consent.rules import DataClass, Purpose, paper_consents
from manypaths.consent.rules import shares as rules
from manypaths.consent.tests.test_shares import DAY, OF_A_STUDY, STUDY, Stage, closed, opened
from manypaths.lib.refusals import NotThere, NotYourWork, Refused
from manypaths.network.rules import Reader, places
from manypaths.network.tests.factories import membership, organisation, reader_for
from manypaths.people.tests.factories import new_request
from manypaths.referrals import queries as referrals

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Stage:
    return Stage()


def a_university() -> tuple[uuid.UUID, Reader]:
    with as_owner():
        place = organisation("State University")
        return place.id, reader_for(membership(place, "clinician", answers_requests=True))


def test_whom_it_names_reads_for_one_study_what_was_agreed_to_with_the_notice_and_until_it_is_stopped(stage):
    place, scholar = a_university()
    share = stage.give(**OF_A_STUDY, organisation_id=place)
    found = opened(scholar, share)
    assert (found.case, found.purpose, found.classes, found.notice) == (STUDY, "HRESCH", ("attendance",), True)
    assert closed(scholar, share, DataClass.TREATMENT)
    assert closed(stage.reader, share)
    new_request()
    (look,) = [one for one in referrals.who_looked(reader=stage.person, zone="UTC").lines if one.basis == "shared"]
    assert (look.membership_id, look.purpose) == (scholar.membership_id, "HRESCH")
    new_request()
    lines = referrals.disclosures(reader=stage.person, since=stage.at - DAY).lines
    assert [(one.organisation_id, one.consent_id) for one in lines if one.kind == "shown"] == [(place, share)]
    new_request()
    sharing.stop_share(share_id=share, by=stage.person, at=stage.at)
    assert closed(scholar, share)


WATCHERS = ("court", "probation", "police", "immigration", "child_welfare", "employer", "landlord")


@pytest.mark.parametrize(("kind", "opens"), [("", True), ("clinic", True), *((one, False) for one in WATCHERS)])
def test_nobody_who_watches_is_named_for_a_study_or_reads_by_it(stage, kind, opens):
    with as_owner():
        place = organisation("Beside", kind=kind)
        worker = membership(place, "monitor" if kind in places.WATCHING else "clinician", answers_requests=True)
    share = stage.give(**OF_A_STUDY, organisation_id=place.id)
    assert closed(reader_for(worker), share) is not opens
    assert rules.may_name(rules.KINDS["research"], kind) is opens


def test_no_other_yes_is_for_a_study_and_the_one_for_a_study_is_for_nothing_else(stage):
    for purpose in ("TREAT", "HOPERAT", "HLEGAL"):
        with pytest.raises(Refused) as refused:
            stage.give(**{**OF_A_STUDY, "purpose": purpose})
        assert [one.code for one in refused.value.reasons] == ["no_purpose"]
    for kind in set(rules.KINDS) - {"research"}:
        assert "HRESCH" not in rules.KINDS[kind].purposes
    assert "research" not in paper_consents.KINDS
    assert not closed(stage.reader, stage.give(**OF_A_STUDY))


@pytest.mark.parametrize(
    "change",
    ["purpose = 'TREAT'", "classes = '{sud_counseling_notes}'", "classes = '{recovery_plan}'", "proceeding = null",
     "kind = 'named'", "kind = 'proceedings'", "until = starts_at + interval '366 days'",
     "recipient_organisation_id = null", "text_version = '2026-11-22'"],
)  # fmt: skip
def test_the_database_keeps_one_for_a_study_apart_from_every_other(stage, change):
    share = stage.give(**OF_A_STUDY)
    with as_owner():
        Share.objects.filter(id=share).update(classes=["drug_screen_result"])
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"update consent_share set {change} where id = %s", [share])
            cursor.execute("set constraints all immediate")


@pytest.mark.parametrize(("study", "code"), [("", "no_case"), ("  x ", "no_case"), ("x" * 201, "too_long")])
@pytest.mark.parametrize("way", ["give", "refuse", "keep"])
def test_it_says_which_study_it_is_for_in_few_words(stage, study, code, way):
    text = consent.text(key="share-study", language="en")
    wish = stage.wish(**{**OF_A_STUDY, "case": study})
    acts = {"refuse": sharing.refuse_share, "keep": sharing.keep_for_later}
    with pytest.raises(Refused) as refused:
        if way == "give":
            sharing.give_share(wish=wish, name="Mari", text=text, by=stage.person, at=stage.at)
        else:
            acts[way](wish=wish, text=text, by=stage.person, at=stage.at)
    assert [one.code for one in refused.value.reasons] == [code]
    assert code != "no_case" or "study" in str(refused.value.reasons[0].message)
    assert stage.give(**OF_A_STUDY)


def test_which_study_it_is_for_is_sealed_and_opened_by_the_person_and_whom_it_names(stage):
    share = stage.give(**OF_A_STUDY)
    with as_owner():
        sealed = bytes(Share.objects.get(id=share).proceeding)
    assert STUDY.encode() not in sealed
    new_request()
    assert shares.own_share(reader=stage.person, share_id=share).case == STUDY
    assert opened(stage.reader, share).case == STUDY


def test_who_does_a_study_finds_and_opens_nobody_else_by_it_and_looks_for_nobody(stage):
    place, scholar = a_university()
    other = Stage()
    other.give()
    share = stage.give(**OF_A_STUDY, organisation_id=place)
    new_request()
    assert [one.id for one in shares.shared_with(reader=scholar).lines] == [share]
    for purpose in (Purpose.CARE, Purpose.DESK, Purpose.PRIVACY):
        for record in (stage.held, stage.person.record_id, other.held):
            new_request()
            with pytest.raises((NotThere, NotYourWork)):
                consent.open_record(reader=scholar, record=record, classes={DataClass.ATTENDANCE}, purpose=purpose)
    assert not closed(scholar, share)
