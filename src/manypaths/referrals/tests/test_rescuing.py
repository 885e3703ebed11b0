"""A medical emergency from the code of a card to the review: who finds what, what is written first, who is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from manypaths.accounts.models import User
from manypaths.audit.models import Access
from manypaths.config.testing import as_owner
from manypaths.consent import emergencies, rescuing
from manypaths.consent.models import Emergency
from manypaths.consent.rules import DataClass
from manypaths.consent.rules.emergencies import Said
from manypaths.lib.refusals import NotThere, NotYourWork, Refused
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import membership, organisation, participation, reader_for
from manypaths.notices.models import PersonNotice, StaffNotice
from manypaths.people.models import Block
from manypaths.people.tests.factories import new_request, person
from manypaths.referrals import commands, queries
from manypaths.referrals.queries.given import disclosures
from manypaths.referrals.tests.factories import Scene, accepted

pytestmark = pytest.mark.django_db
SAID = Said("Dr. Ito", "County Hospital", "Ana P.", "Overdose, not awake", cannot_agree=True)
OPENS = {"demographics", "safe_contact", "sud_treatment_record", "drug_screen_result"}


@pytest.fixture
def kept() -> tuple[Scene, Any]:
    """A person of whom one place keeps a page."""
    stage, _referral, record = accepted()
    return stage, record


def now() -> datetime:
    return datetime.now(UTC)


def medic_of(stage: Scene, house=None, role: str = "medic") -> Reader:
    with as_owner():
        where = house or organisation("County Hospital")
        if house is None:
            participation(stage.place, where)
        return replace(reader_for(membership(where, role, display_name="Ana P."), stage.place), factor_at=now())


def card_of(stage: Scene) -> str:
    new_request()
    return rescuing.make_card(by=replace(stage.person, factor_at=now()), at=now())


def opening(by: Reader, key: str, **changes):
    new_request()
    said = replace(SAID, **{name: value for name, value in changes.items() if hasattr(SAID, name)})
    return commands.open_in_emergency(key=key, said=said, by=by, at=changes.get("at", now()))


def read(by: Reader, which) -> emergencies.OpenedEmergency:
    new_request()
    return emergencies.open_emergency(reader=by, opening=which)


def refused_at(record) -> list[Access]:
    with as_owner():
        return list(Access.objects.filter(denied__contains=[record], purpose="emergency"))


def test_the_code_opens_what_a_place_keeps_for_who_wrote_the_emergency_down(kept):
    stage, record = kept
    medic = medic_of(stage)
    found = read(medic, opening(medic, card_of(stage)))
    assert found.holders == {record: stage.body.id}
    assert {kind for _record, kind, _subject in found.opened.bases} == OPENS
    assert found.until - now() <= timedelta(minutes=60)


def test_a_colleague_and_the_same_medic_in_another_place_open_nothing(kept):
    stage, _record = kept
    medic = medic_of(stage)
    which = opening(medic, card_of(stage))
    with as_owner():
        hats = membership(organisation("Harbor Row"), "medic", account=User.objects.get(id=medic.account_id))
    for other in (medic_of(stage), stage.coach, reader_for(hats)):
        with pytest.raises(NotThere):
            read(other, which)


@pytest.mark.parametrize("left_out", ["recipient", "affiliation", "discloser", "nature"])
def test_nothing_opens_while_a_field_is_missing_and_the_attempt_is_in_the_log(kept, left_out):
    stage, record = kept
    medic, code = medic_of(stage), card_of(stage)
    with pytest.raises(Refused, match=f"no_{left_out}"):
        opening(medic, code, **{left_out: " "})
    assert refused_at(record)
    with as_owner():
        assert not Emergency.objects.exists()


def test_a_wrong_code_and_a_code_of_somebody_without_a_page_anywhere_are_one(kept):
    stage, _record = kept
    medic, alone = medic_of(stage), person()
    said = []
    for code in ("abcd-efgh-jkmn", rescuing.make_card(by=replace(alone, factor_at=now()), at=now())):
        with pytest.raises(Refused) as refusal:
            opening(medic, code)
        said.append([(reason.code, reason.field, str(reason.message)) for reason in refusal.value.reasons])
    assert said[0] == said[1] == [("leads_nowhere", "key", "This leads to nothing. Check each letter and digit.")]


def test_the_number_of_a_page_leads_there_only_inside_the_place_that_keeps_it(kept):
    stage, record = kept
    inside, outside = medic_of(stage, stage.body), medic_of(stage)
    assert list(read(inside, opening(inside, str(record))).holders) == [record]
    with pytest.raises(Refused, match="leads_nowhere"):
        opening(outside, str(record))
    with pytest.raises(Refused, match="leads_nowhere"):
        opening(inside, str(stage.person.record_id))


def test_who_does_no_emergency_work_opens_nothing_and_a_clinician_is_told_why(kept):
    stage, record = kept
    code = card_of(stage)
    for role, answer in (("clinician", NotYourWork), ("peer", NotThere), ("privacy_officer", NotThere)):
        for key in (code, str(record)):
            with pytest.raises(answer):
                opening(medic_of(stage, stage.body, role), key)
    with pytest.raises(NotThere):
        opening(stage.person, code)


def test_an_old_proof_opens_nothing(kept):
    stage, _record = kept
    with pytest.raises(Refused, match="prove_again"):
        opening(replace(medic_of(stage), factor_at=now() - timedelta(minutes=6)), card_of(stage))


@pytest.mark.parametrize("whom", ["account", "organisation"])
def test_a_safety_block_is_not_lifted_by_an_emergency(kept, whom):
    stage, record = kept
    medic, code = medic_of(stage), card_of(stage)
    which = opening(medic, code)
    by = {"account_id": medic.account_id} if whom == "account" else {"organisation_id": medic.organisation_id}
    with as_owner():
        Block.objects.create(record_id=stage.person.record_id, since=now() - timedelta(minutes=1), **by)
    with pytest.raises(NotThere):
        read(medic, which)
    with pytest.raises(Refused, match="leads_nowhere"):
        opening(medic, code)
    assert refused_at(record)


def test_after_an_hour_it_is_closed_in_the_same_session(kept):
    stage, _record = kept
    medic = medic_of(stage)
    which = opening(medic, card_of(stage))
    read(medic, which)
    with as_owner():
        Emergency.objects.update(opened_at=now() - timedelta(minutes=61), due_at=now())
    with pytest.raises(NotThere):
        read(medic, which)


def test_a_place_that_left_opens_nothing_any_more(kept):
    stage, _record = kept
    medic = medic_of(stage)
    which = opening(medic, card_of(stage))
    with as_owner():
        stage.place.participation_set.filter(organisation_id=medic.organisation_id).update(left_at=now())
    with pytest.raises(NotThere):
        read(medic, which)


def test_the_person_is_told_sees_the_look_and_reads_what_was_written_down(kept):
    stage, _record = kept
    medic = medic_of(stage)
    which = opening(medic, card_of(stage))
    read(medic, which)
    new_request()
    (one,) = emergencies.own_emergencies(reader=stage.person)
    assert (one.recipient, one.affiliation, one.discloser, one.nature) == (
        "Dr. Ito", "County Hospital", "Ana P.", "Overdose, not awake",
    )  # fmt: skip
    new_request()
    look = queries.who_looked(reader=stage.person, zone="UTC").lines[0]
    assert (look.membership_id, look.purpose, look.basis, set(look.classes)) == (
        medic.membership_id, "emergency", "emergency", OPENS,
    )  # fmt: skip
    with as_owner():
        told = PersonNotice.objects.filter(record_id=stage.person.record_id, template="emergency_opened")
        assert [row.subject_id for row in told] == [which]


def test_it_stands_in_the_account_of_disclosures_where_it_left_the_place(kept):
    stage, record = kept
    outside, inside = medic_of(stage), medic_of(stage, stage.body)
    opening(inside, str(record))
    opening(outside, card_of(stage))
    new_request()
    since = now() - timedelta(days=1)
    lines = [one for one in disclosures(reader=stage.person, since=since).lines if one.kind == "emergency"]
    assert [(one.organisation_id, one.membership_id, set(one.classes)) for one in lines] == [
        (outside.organisation_id, outside.membership_id, OPENS)
    ]


def test_somebody_else_of_the_place_that_keeps_the_page_reviews_it_once_and_the_person_reads_it(kept):
    stage, record = kept
    officer = medic_of(stage, stage.body, "privacy_officer")
    medic = medic_of(stage)
    opening(medic, card_of(stage))
    new_request()
    page = emergencies.emergencies_to_review(reader=officer, waiting=True)
    (line,) = page.lines
    assert (page.total, line.due_at - line.opened_at) == (1, timedelta(days=1))
    with as_owner():
        assert StaffNotice.objects.filter(account_id=officer.account_id, template="emergency_to_review").count() == 2
    new_request()
    found = emergencies.open_review(reader=officer, emergency_id=line.id)
    assert (found.emergency.nature, found.held) == ("Overdose, not awake", record)
    review = {"finding": "was_work", "deed": "nothing", "answer": "You were not awake."}
    for times in range(2):
        new_request()
        if times:
            with pytest.raises(Refused, match="answered_already"):
                rescuing.review_emergency(emergency_id=line.id, **review, by=officer, at=now())
        else:
            rescuing.review_emergency(emergency_id=line.id, **review, by=officer, at=now())
    new_request()
    (one,) = emergencies.own_emergencies(reader=stage.person)
    assert (one.finding, one.answer, one.answered_by) == ("was_work", "You were not awake.", officer.membership_id)
    new_request()
    look = queries.who_looked(reader=stage.person, zone="UTC").lines[0]
    assert (look.membership_id, look.basis) == (officer.membership_id, "emergencyreview")


def test_nobody_reviews_what_they_opened_themselves_or_what_another_place_keeps(kept):
    stage, record = kept
    with as_owner():
        both = membership(stage.body, "medic", "privacy_officer")
    judge = replace(reader_for(both, stage.place), factor_at=now())
    elsewhere = medic_of(stage, role="privacy_officer")
    opening(judge, str(record))
    with as_owner():
        one = Emergency.objects.get().id
    for who in (judge, elsewhere, stage.coach, stage.person):
        new_request()
        assert emergencies.emergencies_to_review(reader=who, waiting=True).total == 0
        with pytest.raises(NotThere):
            new_request()
            emergencies.open_review(reader=who, emergency_id=one)


def test_many_wrong_codes_make_only_that_account_wait(kept):
    stage, _record = kept
    code, first, second = card_of(stage), medic_of(stage), medic_of(stage)
    for _number in range(10):
        with pytest.raises(Refused, match="leads_nowhere"):
            opening(first, "abcd-efgh-jkmn")
    with pytest.raises(Refused, match="too_many_codes"):
        opening(first, code)
    assert read(second, opening(second, code)).holders
    later = now() + timedelta(minutes=16)
    assert read(first, opening(replace(first, factor_at=later), code, at=later)).holders


def test_the_opened_classes_are_whole_and_nothing_else_is_open(kept):
    stage, record = kept
    medic = medic_of(stage)
    found = read(medic, opening(medic, card_of(stage)))
    for one in DataClass:
        assert found.opened.opens_whole(record, one) == (one.value in OPENS)
