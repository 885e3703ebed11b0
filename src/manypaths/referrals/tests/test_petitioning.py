"""What a person asks of a privacy desk: asked by them, answered by who did not write it, seen by who reads it."""

import uuid
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError, ProgrammingError

from manypaths.audit.models import Access, Act
from manypaths.config.testing import as_owner
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass, Purpose
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network.models import Membership
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import NOW, membership, organisation, reader_for
from manypaths.notices.models import PersonNotice, StaffNotice
from manypaths.people.models import Assignment, Block
from manypaths.people.tests.factories import new_request, person
from manypaths.referrals import commands, queries
from manypaths.referrals.tests.factories import Scene, accepted
from manypaths.support import commands as support_commands
from manypaths.support import petitioning, petitions
from manypaths.support import queries as support
from manypaths.support.models import Petition, Treatment
from manypaths.support.petitions import PetitionView
from manypaths.support.rules import ContactFacts, Kind, TreatmentFacts
from manypaths.support.rules.petitions import Asking, PetitionAnswer

pytestmark = pytest.mark.django_db
AGREED = PetitionAnswer("agreed", amendment="She came by bus, on time.", words="You are right. We wrote it down.")
DENIED = PetitionAnswer("denied", ground="accurate", words="The door log says the same.")
LOOK = """
insert into audit_access (at, xid, nonce, account_id, hat, organisation_id, opened, bases, subjects, denied, classes,
                          purpose)
values (clock_timestamp(), pg_current_xact_id()::text::bigint, current_setting('app.nonce')::uuid, gen_random_uuid(),
        'member', %s, array[%s::uuid], array[%s], array[null::uuid], '{}', array['sud_treatment_record'], 'x')
"""


@dataclass
class Kept:
    """A place that keeps a page of a person, with two things on it, and its privacy officer."""

    stage: Scene
    record: UUID
    contact: UUID
    entry: UUID
    other: UUID
    officer: Reader

    def ask(self, item: UUID | None = None, kind: DataClass = DataClass.TREATMENT, **changes: object) -> UUID:
        new_request()
        by = changes.pop("by", self.stage.person)
        values = {"words": "I was not late.", "why": "The bus came at nine.", **changes}
        asking = Asking("correction", kind.value, item_id=item, **values)
        found = commands.ask_for_correction(record_id=self.record, asking=asking, by=by, at=NOW)
        new_request()
        return found

    def answer(self, petition: UUID, answer: PetitionAnswer = AGREED, by: Reader | None = None) -> None:
        petitioning.answer_petition(petition_id=petition, answer=answer, by=by or self.officer, at=NOW)
        new_request()

    def own(self) -> list[PetitionView]:
        new_request()
        _held, opened = queries.open_held_record(
            reader=self.stage.person, record_id=self.record, classes={DataClass.PRESENCE}
        )
        return petitions.petitions_of_opened(record_id=self.record, sealer=opened.sealer)

    def beside(self, by: Reader | None = None) -> tuple[support.Beside, ...]:
        new_request()
        line = support.entry(
            reader=by or self.stage.colleague, record_id=self.record, kind=Kind.TREATMENT, entry_id=self.entry
        )
        new_request()
        return line.beside


def officer_at(stage: Scene, name: str = "Hugo L.", *roles: str) -> Reader:
    with as_owner():
        member = membership(stage.body, "privacy_officer", display_name=name)
        if roles:
            Membership.objects.filter(id=member.id).update(roles=["privacy_officer", *roles])
            member.refresh_from_db()
    return reader_for(member, stage.place)


def written(record: UUID, by: Reader, words: str) -> UUID:
    new_request()
    facts = TreatmentFacts(NOW.date(), "individual", words)
    return support_commands.write_entry(record_id=record, facts=facts, by=by, at=NOW)


@pytest.fixture
def kept() -> Kept:
    stage, _request, record = accepted()
    with as_owner():
        Assignment.objects.create(record_id=record, membership=stage.colleague_member, since=NOW)
    contact = commands.record_contact(
        record_id=record, facts=ContactFacts(NOW, "call", "talked", "She was late."), by=stage.coach, at=NOW
    )
    entry, other = (written(record, stage.colleague, words) for words in ("She came late.", "Something else."))
    return Kept(stage, record, contact, entry, other, officer_at(stage))


def test_it_is_asked_sealed_and_told_to_the_desk_with_sixty_days(kept):
    petition = kept.ask(kept.entry)
    (line,) = petitions.petitions_to_answer(reader=kept.officer, waiting=True).lines
    assert (line.id, line.kind, line.due_at - line.asked_at) == (petition, "correction", timedelta(days=60))
    with as_owner():
        row = Petition.objects.get(id=petition)
        told = set(StaffNotice.objects.filter(template="petition_asked").values_list("account_id", flat=True))
    assert b"late" not in bytes(row.words) + bytes(row.why)
    assert told == {kept.officer.account_id}


def test_the_desk_opens_this_one_and_the_one_entry_it_is_about_and_the_person_sees_it(kept):
    petition = kept.ask(kept.entry)
    found = petitions.open_petition(reader=kept.officer, petition_id=petition)
    assert found.petition.words == "I was not late."
    assert found.entry.facts.words == "She came late."
    assert [str(one) for one in Treatment.objects.values_list("id", flat=True)] == [str(kept.entry)]
    with as_owner():
        look = Access.objects.filter(account_id=kept.officer.account_id).latest("seq")
    assert (look.opened, look.bases, look.subjects, look.purpose) == (
        [kept.record], [f"correction:{petition}"], [kept.entry], "privacy",
    )  # fmt: skip
    new_request()
    lines = queries.who_looked(reader=kept.stage.person, zone="UTC").lines
    assert ("privacy", "correction") in [(one.purpose, one.basis) for one in lines]


def test_who_erases_their_page_takes_back_what_waits_and_what_was_answered_stays_with_the_place(kept):
    waits, answered = kept.ask(kept.entry), kept.ask(kept.other)
    kept.answer(answered, DENIED)
    commands.erase_everything(sure=True, by=replace(kept.stage.person, factor_at=NOW), at=NOW)
    new_request()
    assert petitions.petitions_to_answer(reader=kept.officer, waiting=True).lines == []
    with pytest.raises(NotThere):
        petitions.open_petition(reader=kept.officer, petition_id=waits)
    with as_owner():
        assert dict(Petition.objects.values_list("id", "state")) == {waits: "withdrawn", answered: "answered"}
        assert Act.objects.filter(what="support.petition_withdrawn", subject_id=waits).count() == 1


def test_a_second_yes_that_was_not_given_takes_nothing_back(kept):
    petition = kept.ask(kept.entry)
    with pytest.raises(Refused, match="not_sure"):
        commands.erase_everything(sure=False, by=replace(kept.stage.person, factor_at=NOW), at=NOW)
    new_request()
    assert [one.id for one in petitions.petitions_to_answer(reader=kept.officer, waiting=True).lines] == [petition]


def test_a_contact_opens_alone_too(kept):
    commands.record_contact(
        record_id=kept.record, facts=ContactFacts(NOW, "call", "talked", "Another."), by=kept.stage.coach, at=NOW
    )
    petition = kept.ask(kept.contact, DataClass.CONTACT_LOG)
    found = petitions.open_petition(reader=kept.officer, petition_id=petition)
    assert found.contact.note == "She was late."
    new_request()
    found = petitions.open_petition(reader=kept.officer, petition_id=petition)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from support_contact")
        assert cursor.fetchone()[0] == 1


def test_agreed_to_it_stands_beside_the_original_which_does_not_change(kept):
    with as_owner():
        before = Treatment.objects.filter(id=kept.entry).values().get()
    petition = kept.ask(kept.entry)
    assert kept.beside() == ()
    kept.answer(petition)
    assert [(one.amended, one.words) for one in kept.beside()] == [(True, AGREED.amendment)]
    (own,) = kept.own()
    assert (own.finding, own.answer, own.answered_by) == ("agreed", AGREED.words, kept.officer.membership_id)
    with as_owner():
        assert Treatment.objects.filter(id=kept.entry).values().get() == before
        assert PersonNotice.objects.filter(template="petition_answered", subject_id=petition).count() == 1


def test_after_a_no_the_persons_words_stand_beside_it_once_and_for_all(kept):
    petition = kept.ask(kept.entry)
    kept.answer(petition, DENIED)
    assert kept.beside() == ()
    for words in ("I was there at nine.", "Again."):
        call = dict(record_id=kept.record, petition_id=petition, words=words, by=kept.stage.person, at=NOW)
        if words == "Again.":
            with pytest.raises(Refused):
                commands.disagree_with_no(**call)
        else:
            commands.disagree_with_no(**call)
        new_request()
    assert [(one.amended, one.words) for one in kept.beside()] == [(False, "I was there at nine.")]


@pytest.mark.parametrize("basis", ["shared:1", "emergency:1", "order:1", "assigned", "held"])
def test_on_whatever_ground_the_entry_is_opened_what_stands_beside_it_is_open_too(kept, basis):
    kept.answer(kept.ask(kept.entry))
    new_request()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("select set_config('app.nonce', %s, true)", [str(uuid.uuid4())])
        cursor.execute(LOOK, [None, kept.record, basis])
    assert Petition.objects.filter(record_id=kept.record).count() == 1


def test_what_waits_or_was_only_denied_is_not_open_with_the_entry(kept):
    kept.ask(kept.entry)
    kept.answer(kept.ask(kept.other), DENIED)
    consent.open_record(
        reader=kept.stage.colleague, record=kept.record, classes={DataClass.TREATMENT}, purpose=Purpose.CARE
    )
    assert Petition.objects.count() == 0


def test_something_missing_stands_with_the_kind(kept):
    kept.answer(kept.ask(None))
    new_request()
    page = support.entries(reader=kept.stage.colleague, record_id=kept.record, kind=Kind.TREATMENT)
    assert [one.words for one in page.added] == [AGREED.amendment]


def test_who_wrote_it_answers_only_where_nobody_else_can(kept):
    author = officer_at(kept.stage, "Ana M.", "clinician")
    with as_owner():
        Assignment.objects.create(record_id=kept.record, membership_id=author.membership_id, since=NOW)
    petition = kept.ask(written(kept.record, author, "Mine."))
    assert petitions.petitions_to_answer(reader=author, waiting=True).total == 0
    with pytest.raises(NotThere):
        petitions.open_petition(reader=author, petition_id=petition)
    with as_owner():
        Membership.objects.filter(id=kept.officer.membership_id).update(ended_at=NOW)
    new_request()
    assert petitions.petitions_to_answer(reader=author, waiting=True).total == 1
    assert petitions.open_petition(reader=author, petition_id=petition).petition.id == petition


def test_nobody_else_opens_it(kept):
    petition = kept.ask(kept.entry)
    with as_owner():
        elsewhere = reader_for(membership(organisation(name="Elsewhere"), "privacy_officer"), kept.stage.place)
    for by in (kept.stage.coach, kept.stage.colleague, kept.stage.desk, elsewhere, person(), kept.stage.person):
        assert petitions.petitions_to_answer(reader=by, waiting=True).total == 0
        with pytest.raises(NotThere):
            petitions.open_petition(reader=by, petition_id=petition)
    with pytest.raises(NotThere):
        petitions.open_petition(reader=kept.officer, petition_id=uuid.uuid4())


def test_a_block_or_taking_it_back_closes_it(kept):
    back, blocked = kept.ask(kept.entry), kept.ask(kept.other)
    commands.withdraw_petition(record_id=kept.record, petition_id=back, by=kept.stage.person, at=NOW)
    new_request()
    with pytest.raises(NotThere):
        petitions.open_petition(reader=kept.officer, petition_id=back)
    with as_owner():
        Block.objects.create(record_id=kept.record, organisation=kept.stage.body, since=NOW - timedelta(days=9))
    new_request()
    with pytest.raises(NotThere):
        petitions.open_petition(reader=kept.officer, petition_id=blocked)
    assert petitions.petitions_to_answer(reader=kept.officer, waiting=True).total == 0


def test_more_time_is_taken_once_for_a_reason_that_the_person_reads(kept):
    petition = kept.ask(kept.entry)
    petitioning.extend_petition(petition_id=petition, reason="The file is away.", by=kept.officer, at=NOW)
    new_request()
    with pytest.raises(Refused):
        petitioning.extend_petition(petition_id=petition, reason="Again.", by=kept.officer, at=NOW)
    (own,) = kept.own()
    assert (own.extension, own.due_at - own.asked_at) == ("The file is away.", timedelta(days=90))
    kept.answer(petition)


def test_a_complaint_has_an_answer_and_no_more_time(kept):
    new_request()
    petition = commands.complain(record_id=kept.record, words="They talked at the desk.", by=kept.stage.person, at=NOW)
    new_request()
    with pytest.raises(Refused):
        petitioning.extend_petition(petition_id=petition, reason="Later.", by=kept.officer, at=NOW)
    new_request()
    kept.answer(petition, PetitionAnswer("right", words="We moved the desk."))
    (own,) = kept.own()
    assert (own.kind, own.answer) == ("complaint", "We moved the desk.")
    assert kept.beside() == ()


def test_who_it_was_shown_to_is_named_where_the_person_lets_the_desk_know(kept):
    with as_owner():
        clinic = organisation(name="Clinic").id
        with connection.cursor() as cursor:
            cursor.execute("select set_config('app.nonce', %s, true)", [str(uuid.uuid4())])
            cursor.execute(LOOK, [clinic, kept.record, "shared:1"])
    found = {}
    for let in (True, False):
        petition = kept.ask(kept.entry, tell_others=let)
        assert petitions.open_petition(reader=kept.officer, petition_id=petition).told == []
        new_request()
        kept.answer(petition)
        found[let] = [
            one.organisation_id for one in petitions.open_petition(reader=kept.officer, petition_id=petition).told
        ]
        new_request()
    assert found == {True: [clinic], False: []}


@pytest.mark.parametrize(
    "answer",
    [
        PetitionAnswer("denied", words="No."),
        PetitionAnswer("agreed", words="Yes."),
        PetitionAnswer("denied", ground="tired", words="No."),
        PetitionAnswer("right", words="Yes."),
        PetitionAnswer("denied", ground="accurate"),
        PetitionAnswer("", words="No."),
    ],
)
def test_an_answer_is_whole(kept, answer):
    petition = kept.ask(kept.entry)
    with pytest.raises(Refused):
        kept.answer(petition, answer)


def test_an_answer_is_given_once(kept):
    petition = kept.ask(kept.entry)
    kept.answer(petition, DENIED)
    with pytest.raises(Refused):
        kept.answer(petition)
    with pytest.raises(NotThere):
        commands.withdraw_petition(record_id=kept.record, petition_id=petition, by=kept.stage.person, at=NOW)


def test_nobody_asks_about_what_is_not_there_or_not_theirs(kept):
    for item, kind in ((uuid.uuid4(), DataClass.TREATMENT), (kept.contact, DataClass.TREATMENT)):
        with pytest.raises(NotThere):
            kept.ask(item, kind)
    for by in (person(), kept.stage.coach, kept.officer):
        with pytest.raises(NotThere):
            kept.ask(kept.entry, by=by)
    for changes in ({"words": " "}, {"why": ""}, {"words": "x" * 4001}):
        with pytest.raises(Refused):
            kept.ask(kept.entry, **changes)


TRIES = [
    "update support_petition set words = 'y'",
    "update support_petition set item_id = null",
    "delete from support_petition",
    "update support_petition set due_at = due_at + interval '1 day'",
    "update support_petition set state = 'withdrawn', withdrawn_at = now()",
    "update support_petition set disagreement = 'x', disagreed_at = now()",
    "update support_petition set state = 'answered', finding = 'denied', ground = 'accurate', answer = 'x', "
    "answered_at = now(), answered_by_id = '{stranger}'",
    "update support_treatment set struck_at = now(), strike = 'twice', struck_by_id = '{officer}'",
    "insert into support_contact (id, record_id, membership_id, community_id, happened_at, way, deed, written_at) "
    "values ('{petition}', '{record}', '{officer}', '{place}', now(), 'call', 'talked', now())",
]


@pytest.mark.parametrize("sql", TRIES)
def test_the_database_keeps_the_desk_to_one_answer_in_its_own_name(kept, sql):
    petition = kept.ask(kept.entry)
    petitions.open_petition(reader=kept.officer, petition_id=petition)
    sql = sql.format(
        stranger=uuid.uuid4(), officer=kept.officer.membership_id, petition=petition, record=kept.record,
        place=kept.stage.place.id,
    )  # fmt: skip
    with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_database_keeps_the_person_from_answering_and_everyone_from_asking_for_them(kept):
    petition = kept.ask(kept.entry)
    queries.open_held_record(reader=kept.stage.person, record_id=kept.record, classes={DataClass.PRESENCE})
    for sql in (TRIES[0], TRIES[3], TRIES[6].format(stranger=uuid.uuid4())):
        with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    new_request()
    with as_owner():
        copied = Petition.objects.filter(id=petition).values().get()
    consent.open_record(
        reader=kept.stage.colleague, record=kept.record, classes={DataClass.TREATMENT}, purpose=Purpose.CARE
    )
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Petition(**{**copied, "id": uuid.uuid4()}).save(force_insert=True)


def test_unopened_it_is_a_loud_fault(kept):
    kept.ask(kept.entry)
    with pytest.raises(ProgrammingError, match="nobody opened"), transaction.atomic():
        list(Petition.objects.all())


def test_the_days_of_a_petition_are_the_clock_of_the_database(kept):
    petition = kept.ask(kept.entry)
    petitioning.extend_petition(petition_id=petition, reason="The file is away.", by=kept.officer, at=NOW)
    new_request()
    kept.answer(petition)
    with connection.cursor() as cursor:
        cursor.execute("select transaction_timestamp()")
        now = cursor.fetchone()[0]
    with as_owner():
        row = Petition.objects.get()
    assert row.asked_at == row.extended_at == row.answered_at == now != NOW
    assert row.due_at == now + timedelta(days=90)


def test_more_time_is_not_taken_on_a_day_that_is_over_by_writing_an_earlier_one(kept):
    petition = kept.ask(kept.entry)
    with as_owner():
        Petition.objects.update(asked_at=NOW - timedelta(days=90), due_at=NOW - timedelta(days=30))
    found = petitions.open_petition(reader=kept.officer, petition_id=petition)
    late = found.petition.due_at
    with pytest.raises(IntegrityError, match="answered once by who may"), transaction.atomic():
        Petition.objects.filter(id=petition).update(
            due_at=late + timedelta(days=30), extended_at=late - timedelta(days=1),
            extended_by_id=kept.officer.membership_id,
            extension=found.sealer.seal(kept.record, petitions.EXTENSION, "The file is away."),
        )  # fmt: skip
