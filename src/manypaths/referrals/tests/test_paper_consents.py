"""A consent that was signed on paper: who writes it down, who checks it, what it opens, and what its person can say."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from manypaths.audit.models import Act
from manypaths.config.testing import as_owner
from manypaths.consent import paper_consents as papers
from manypaths.consent import queries as consent
from manypaths.consent import sharing
from manypaths.consent.models import PaperConsent, Restriction, Share
from manypaths.consent.paper_consents import PaperWords
from manypaths.consent.queries import Opened
from manypaths.consent.rules import DataClass, Purpose
from manypaths.consent.rules import paper_consents as rules
from manypaths.consent.rules.paper_consents import Paper
from manypaths.consent.tests.test_shares import DAY, Stage, closed, opened
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network.models import Membership
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import membership, organisation, reader_for
from manypaths.notices.models import PersonNotice, StaffNotice
from manypaths.people.models import Block
from manypaths.people.tests.factories import new_request
from manypaths.referrals import queries as referrals
from manypaths.referrals.commands import paper_consents as acts
from manypaths.referrals.commands.paper_consents import Named
from manypaths.support import petitioning
from manypaths.support.models import Petition
from manypaths.support.petitions import open_petition, petitions_to_answer
from manypaths.support.rules.petitions import Asking

pytestmark = pytest.mark.django_db
ALL = frozenset(rules.OF_ALL)
WORDS = PaperWords("Maria K.", "", "Ben, front desk", "Blue folder 12, second cabinet")


class Desk(Stage):
    """The house that keeps the page has a privacy officer; somebody who walks with the person writes papers down."""

    def __init__(self) -> None:
        super().__init__()
        with as_owner():
            self.officer = self.proved(reader_for(membership(self.scene.body, "privacy_officer")))
        self.coach = self.proved(self.scene.coach)

    def proved(self, reader: Reader) -> Reader:
        return replace(reader, factor_at=self.at)

    def paper(self, **changes: Any) -> Paper:
        usual = Paper(
            "named", frozenset({"attendance"}), "TREAT", datetime.now(UTC) + 30 * DAY, date(2026, 11, 2),
            minor=False, signer="person", capacity="", read=ALL,
        )  # fmt: skip
        return replace(usual, **changes)

    def open(self, by: Reader) -> Opened:
        new_request()
        purpose = Purpose.PRIVACY if "privacy_officer" in by.roles else Purpose.CARE
        return consent.open_record(reader=by, record=self.held, classes={DataClass.CONSENT_RECORD}, purpose=purpose)

    def write(
        self, by: Reader | None = None, *, words: PaperWords = WORDS, named: Named | None = None, **changes: Any
    ) -> uuid.UUID:
        by = by or self.coach
        return acts.write_paper_consent(
            record_id=self.held, paper=self.paper(**changes), named=named or Named(organisation_id=self.clinic.id),
            words=words, language="en", opened=self.open(by), by=by, at=self.at,
        )  # fmt: skip

    def view(self, paper: uuid.UUID, by: Reader | None = None) -> tuple[papers.PaperView, Opened]:
        found = self.open(by or self.officer)
        return papers.paper_consent_of_opened(paper_id=paper, record_id=self.held, opened=found), found

    def check(
        self, paper: uuid.UUID, by: Reader | None = None, found: frozenset[str] = ALL, finding: str = rules.WHOLE
    ) -> uuid.UUID | None:
        by = by or self.officer
        view, open_now = self.view(paper, by)
        return acts.check_paper_consent(
            view=view, found=found, finding=finding, opened=open_now, by=by, at=datetime.now(UTC)
        )

    def own(self, paper: uuid.UUID) -> papers.PaperView:
        new_request()
        held = referrals.open_held(reader=self.person, classes={DataClass.CONSENT_RECORD})
        (found,) = [
            one
            for one in papers.paper_consents_of_opened(records=[one.id for one in held.records], opened=held.opened)
            if one.id == paper
        ]
        return found

    def whole(self, **changes: Any) -> tuple[uuid.UUID, uuid.UUID]:
        paper = self.write(**changes)
        share = self.check(paper, found=ALL | changes.get("read", ALL))
        assert share is not None
        return paper, share


@pytest.fixture
def desk() -> Desk:
    return Desk()


def row(paper: uuid.UUID) -> PaperConsent:
    with as_owner():
        return PaperConsent.objects.get(id=paper)


def test_what_is_written_down_is_held_and_opens_nothing(desk):
    paper = desk.write()
    with as_owner():
        assert not Share.objects.filter(held_record_id=desk.held).exists()
        assert Act.objects.filter(what="consent.paper_consent_written", subject_id=paper).count() == 1
        told = PersonNotice.objects.filter(template="paper_consent", subject_id=paper)
        assert [one.record_id for one in told] == [desk.person.record_id]
        asked = StaffNotice.objects.filter(template="consent_to_check", subject_id=paper)
        assert {one.account_id for one in asked} == {desk.officer.account_id}
    assert desk.own(paper).is_held
    assert b"Blue folder" not in bytes(row(paper).place)


def test_what_a_second_person_found_whole_opens_exactly_what_it_says(desk):
    paper, share = desk.whole()
    found = opened(desk.reader, share)
    assert (found.name, found.classes, found.notice) == ("Maria K.", ("attendance",), True)
    assert closed(desk.reader, share, DataClass.TREATMENT)
    with as_owner():
        given = Share.objects.get(id=share)
        assert (given.on_paper, given.record_id, given.state) == (True, desk.person.record_id, "given")
        assert given.signed_at.date() == date(2026, 11, 2)
        stranger = reader_for(membership(organisation("Elsewhere"), "clinician", answers_requests=True))
        assert PersonNotice.objects.filter(template="paper_consent", subject_id=paper).count() == 2
    assert closed(stranger, share)
    assert desk.own(paper).share_id == share


@pytest.mark.parametrize("element", rules.OF_ALL)
def test_one_element_that_is_missing_keeps_it_closed_for_ever(desk, element):
    paper = desk.write()
    with pytest.raises(Refused, match="something_missing"):
        desk.check(paper, found=ALL - {element})
    assert desk.check(paper, found=ALL - {element}, finding=rules.DEFICIENT) is None
    assert desk.own(paper).missing() == (element,)
    with pytest.raises(NotThere):
        desk.check(paper)
    with as_owner():
        assert not Share.objects.filter(held_record_id=desk.held).exists()


def test_what_the_writer_did_not_read_is_missing_too(desk):
    paper = desk.write(read=ALL - {"revocation"})
    with pytest.raises(Refused, match="something_missing"):
        desk.check(paper)
    assert desk.check(paper, finding=rules.DEFICIENT) is None


def test_what_lacks_nothing_is_not_found_deficient(desk):
    paper = desk.write()
    with pytest.raises(Refused, match="nothing_missing"):
        desk.check(paper, finding=rules.DEFICIENT)
    assert desk.check(paper) is not None


def test_nobody_checks_what_they_wrote_down_with_whatever_badge(desk):
    paper = desk.write(desk.officer)
    with pytest.raises(NotThere):
        desk.check(paper)
    with as_owner():
        badge = Membership.objects.get(id=desk.officer.membership_id)
        Membership.objects.filter(id=badge.id).update(ended_at=desk.at)
        badge.pk = uuid.uuid4()
        badge.save(force_insert=True)
        second = desk.proved(reader_for(membership(desk.scene.body, "privacy_officer")))
    again = replace(desk.officer, membership_id=badge.id)
    with pytest.raises(NotThere):
        desk.check(paper, again)
    view, _open = desk.view(paper, again)
    with pytest.raises(DatabaseError, match="not yours to check"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(acts.CHECK, [again.account_id, again.membership_id, view.id, [], None, None])
    assert desk.check(paper, second) is not None


def test_who_walks_with_somebody_sees_it_and_cannot_check_it(desk):
    paper = desk.write(desk.officer)
    view, _open = desk.view(paper, desk.coach)
    assert view.words is None
    with pytest.raises(NotThere):
        desk.check(paper, desk.coach)


def test_an_old_proof_neither_writes_nor_checks(desk):
    stale = replace(desk.coach, factor_at=desk.at - timedelta(minutes=6))
    with pytest.raises(Refused, match="prove_again"):
        desk.write(stale)
    paper = desk.write()
    with pytest.raises(Refused, match="prove_again"):
        desk.check(paper, replace(desk.officer, factor_at=None))


def test_a_place_is_not_shown_what_it_keeps_itself(desk):
    with pytest.raises(DatabaseError, match="goes elsewhere"), transaction.atomic():
        desk.write(named=Named(organisation_id=desk.scene.body.id))
    with pytest.raises(DatabaseError, match="goes elsewhere"), transaction.atomic():
        desk.write(kind="counseling_notes", classes=frozenset({"sud_counseling_notes"}),
                   named=Named(membership_id=desk.coach.membership_id))  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"classes": frozenset({"attendance", "sud_counseling_notes"})}, "not_of_this_kind"),
        ({"classes": frozenset()}, "not_of_this_kind"),
        ({"purpose": "CJ_MONITORING"}, "no_purpose"),
        ({"until": None}, "no_end"),
        ({"signed_on": date(2099, 1, 1)}, "not_yet"),
        ({"signer": "representative"}, "no_capacity"),
        ({"words": replace(WORDS, name=" ")}, "no_name"),
        ({"words": replace(WORDS, place="")}, "no_place"),
        ({"words": replace(WORDS, witness="w" * 201)}, "too_long"),
        ({"signer": "both", "capacity": "parent"}, "no_signer"),
    ],
)
def test_a_paper_that_cannot_be_is_not_written_down(desk, changes, code):
    with pytest.raises(Refused, match=code):
        desk.write(**changes)


def test_for_somebody_under_age_both_must_have_signed(desk):
    paper = desk.write(minor=True)
    with pytest.raises(Refused, match="something_missing"):
        desk.check(paper)
    both = desk.write(minor=True, signer="both", capacity="parent", words=replace(WORDS, signer_name="Rosa K."))
    assert desk.check(both) is not None


def test_one_yes_for_care_says_two_things_more_and_may_have_no_end(desk):
    care = {"kind": "tpo_single", "until": None, "classes": frozenset({"attendance"})}
    paper = desk.write(**care)
    with pytest.raises(Refused, match="something_missing"):
        desk.check(paper)
    whole = frozenset(rules.ELEMENTS)
    share = desk.check(desk.write(read=whole, **care), found=whole)
    with as_owner():
        given = Share.objects.get(id=share)
        assert given.until - given.starts_at == timedelta(days=1095)


def test_it_never_holds_for_longer_than_one_of_its_kind(desk):
    _paper, share = desk.whole(until=datetime.now(UTC) + 900 * DAY)
    with as_owner():
        given = Share.objects.get(id=share)
        assert given.until - given.starts_at == timedelta(days=365)


def test_one_whose_last_day_has_come_is_deficient(desk):
    paper = desk.write(until=datetime.now(UTC) - DAY)
    with pytest.raises(Refused, match="something_missing"):
        desk.check(paper)
    assert desk.check(paper, finding=rules.DEFICIENT) is None
    assert desk.own(paper).missing() == ("end",)


def test_the_person_stops_it_like_any_other(desk):
    paper, share = desk.whole()
    assert not closed(desk.reader, share)
    new_request()
    sharing.stop_share(share_id=share, by=desk.person, at=desk.at)
    assert closed(desk.reader, share)
    held = desk.write()
    new_request()
    acts.stop_paper_consent(record_id=desk.held, paper_id=held, by=desk.person, at=desk.at)
    assert row(held).state == "stopped"
    with pytest.raises(NotThere):
        desk.check(held)
    assert row(paper).state == "complete"


def test_who_did_not_sign_says_so_and_it_ends_and_is_asked_about(desk):
    paper, share = desk.whole()
    less = sharing_less(desk, share)
    assert not closed(desk.reader, less)
    for _twice in range(2):
        new_request()
        acts.deny_paper_consent(record_id=desk.held, paper_id=paper, words="", by=desk.person, at=desk.at)
    assert closed(desk.reader, less)
    assert closed(desk.reader, share)
    with as_owner():
        assert Petition.objects.filter(record_id=desk.held, kind="complaint").count() == 1
        assert Act.objects.filter(what="consent.paper_consent_denied", subject_id=paper).count() == 1
    assert row(paper).denied_at is not None


def sharing_less(desk: Desk, share: uuid.UUID) -> uuid.UUID:
    new_request()
    text = consent.text(key="share-less", language="en")
    with as_owner():
        until = Share.objects.get(id=share).until
    less = rules.shares.Extent(frozenset({"attendance"}), until - DAY)
    return sharing.narrow_share(share_id=share, less=less, name="Mari", text=text, by=desk.person, at=desk.at)


@pytest.mark.parametrize("way", ["stopped", "denied", "held and stopped", "made less"])
def test_what_its_person_closed_is_not_opened_by_the_same_paper_written_down_again(desk, way):
    both = {"classes": frozenset({"attendance", "drug_screen_result"})}
    if way == "held and stopped":
        paper, share = desk.write(**both), None
    else:
        paper, share = desk.whole(**both)
    new_request()
    if way == "made less":
        sharing_less(desk, share)
    elif way == "denied":
        acts.deny_paper_consent(record_id=desk.held, paper_id=paper, words="", by=desk.person, at=desk.at)
    else:
        acts.stop_paper_consent(record_id=desk.held, paper_id=paper, by=desk.person, at=desk.at)
    again = desk.write(**both)
    with pytest.raises(Refused, match="overtaken"):
        desk.check(again)
    view, _open = desk.view(again)
    asked = [desk.officer.account_id, desk.officer.membership_id, again, sorted(ALL), uuid.uuid4(), b"x" * 40]
    with pytest.raises(DatabaseError, match="lacks nothing"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(acts.CHECK, asked)
    assert view.is_held
    assert desk.check(again, finding=rules.DEFICIENT) is None


def test_a_paper_signed_after_the_stop_and_one_for_something_else_open_as_before(desk):
    _paper, share = desk.whole()
    new_request()
    sharing.stop_share(share_id=share, by=desk.person, at=desk.at)
    assert desk.check(desk.write(classes=frozenset({"drug_screen_result"}))) is not None
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    assert desk.check(desk.write(signed_on=tomorrow)) is not None


def test_what_was_denied_while_held_is_never_checked(desk):
    paper = desk.write()
    new_request()
    acts.deny_paper_consent(record_id=desk.held, paper_id=paper, words="Not me.", by=desk.person, at=desk.at)
    with pytest.raises(NotThere):
        desk.check(paper)
    assert (row(paper).state, row(paper).denied_at is None) == ("stopped", False)


def test_somebody_else_neither_sees_nor_answers_it(desk):
    paper = desk.write()
    new_request()
    other = replace(desk.person, account_id=uuid.uuid4(), record_id=desk.beside[0])
    with pytest.raises(NotThere):
        acts.stop_paper_consent(record_id=desk.held, paper_id=paper, by=other, at=desk.at)
    with pytest.raises(NotThere):
        acts.stop_paper_consent(record_id=desk.held, paper_id=uuid.uuid4(), by=desk.person, at=desk.at)
    assert row(paper).state == "held"


def test_a_block_and_a_restriction_close_it_like_any_other(desk):
    _paper, share = desk.whole()
    assert not closed(desk.reader, share)
    with as_owner():
        kept = Restriction.objects.create(
            id=uuid.uuid4(), record_id=desk.person.record_id, held_record_id=desk.held, organisation=desk.clinic,
            since=desk.at,
        )  # fmt: skip
    assert closed(desk.reader, share)
    with as_owner():
        Restriction.objects.filter(id=kept.id).update(until=desk.at)
    assert not closed(desk.reader, share)
    with as_owner():
        Block.objects.create(id=uuid.uuid4(), record_id=desk.person.record_id, organisation=desk.clinic, since=desk.at)
    assert closed(desk.reader, share)


def test_the_register_names_nobody_and_is_of_the_officer_of_that_place(desk):
    paper = desk.write()
    new_request()
    lines, total = papers.paper_consents_here(reader=desk.officer, waiting=True)
    assert ([one.id for one in lines], total, lines[0].mine) == ([paper], 1, False)
    assert papers.paper_consents_here(reader=desk.officer, waiting=False) == ([], 0)
    assert papers.paper_consents_here(reader=desk.coach, waiting=True) == ([], 0)
    with as_owner():
        elsewhere = reader_for(membership(organisation("Elsewhere"), "privacy_officer"))
    assert papers.paper_consents_here(reader=elsewhere, waiting=True) == ([], 0)
    desk.check(paper)
    assert papers.paper_consents_here(reader=desk.officer, waiting=False)[1] == 1


def test_the_application_itself_can_write_nothing_into_it(desk):
    paper = desk.write()
    desk.open(desk.officer)
    for sql in (
        "update consent_paperconsent set state = 'complete' where id = %s",
        "delete from consent_paperconsent where id = %s",
        "insert into consent_paperconsent (id, state) values (%s, 'complete')",
    ):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql, [paper])
    assert row(paper).state == "held"


def test_what_was_checked_never_changes_whoever_tries(desk):
    paper, _share = desk.whole()
    for changes in (
        {"state": "held"},
        {"purpose": "COC"},
        {"found": []},
        {"denied_at": None, "signed_on": date(2026, 1, 1)},
    ):
        with pytest.raises(DatabaseError, match="never changed"), as_owner(), transaction.atomic():
            PaperConsent.objects.filter(id=paper).update(**changes)
    assert row(paper).state == "complete"


def may_answer(desk: Desk, by: Reader) -> bool:
    with as_owner():
        petition = Petition.objects.get()
    new_request()
    try:
        found = open_petition(reader=by, petition_id=petition.id)
    except NotThere:
        listed = petitions_to_answer(reader=by, waiting=True).lines
        assert not listed
        return False
    assert found.petition.item_id == petition.item_id
    assert [one.id for one in petitions_to_answer(reader=by, waiting=True).lines] == [petition.id]
    return True


def test_who_wrote_it_down_or_checked_it_does_not_answer_for_it_where_somebody_else_can(desk):
    with as_owner():
        writer, third = (desk.proved(reader_for(membership(desk.scene.body, "privacy_officer"))) for _one in range(2))
    paper = desk.write(writer)
    desk.check(paper)
    new_request()
    acts.deny_paper_consent(record_id=desk.held, paper_id=paper, words="Not me.", by=desk.person, at=desk.at)
    with as_owner():
        told = StaffNotice.objects.filter(template="petition_asked").values_list("account_id", flat=True)
        assert set(told) == {third.account_id}
    assert [may_answer(desk, one) for one in (writer, desk.officer, third)] == [False, False, True]
    with as_owner():
        Membership.objects.filter(id=third.membership_id).update(ended_at=desk.at)
    assert [may_answer(desk, one) for one in (writer, desk.officer)] == [True, True]


def test_a_complaint_names_only_a_paper_of_the_same_record_that_was_denied(desk):
    paper, other = desk.write(), desk.write()
    new_request()
    acts.deny_paper_consent(record_id=desk.held, paper_id=paper, words="Not me.", by=desk.person, at=desk.at)
    for item, right in ((paper, True), (other, False), (uuid.uuid4(), False)):
        new_request()
        held, open_now = referrals.open_held_record(
            reader=desk.person, record_id=desk.held, classes={DataClass.CONSENT_RECORD, DataClass.PRESENCE}
        )
        asking = Asking("complaint", "access_log", "Not me.", item_id=item)
        try:
            with transaction.atomic():
                petitioning.write_petition(
                    record_id=desk.held, organisation_id=held.organisation_id, asking=asking, opened=open_now,
                    by=desk.person, at=desk.at,
                )  # fmt: skip
        except DatabaseError:
            assert not right
        else:
            assert right
