"""What went wrong at a place: written down by its privacy officer, weighed, told to whom it concerns, no one else."""

import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError, ProgrammingError

from manypaths.config.testing import as_owner
from manypaths.consent import incidents, registering, reviewing
from manypaths.consent.models import Affected, Assessment, BreachLetter, Incident
from manypaths.consent.rules import incidents as rules
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network.models import Membership
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import NOW, membership, organisation, reader_for
from manypaths.notices.models import PersonNotice, StaffNotice
from manypaths.people.models import Block
from manypaths.people.tests.factories import new_request, person
from manypaths.referrals import queries
from manypaths.referrals.tests.factories import Scene, accepted
from manypaths.referrals.tests.test_petitioning import officer_at

pytestmark = pytest.mark.django_db
WHAT = rules.Incident(
    "A list lay open at the desk.", NOW - timedelta(days=2), NOW.date() - timedelta(days=3), None, "unknown",
    frozenset({"demographics", "attendance"}),
)  # fmt: skip
WEIGHED = rules.Assessment(
    dict.fromkeys(rules.FACTORS, "high"),
    dict.fromkeys(rules.FACTORS, "Seen by many."),
    "breach",
    "Nobody can say who saw it.",
)
LETTER = rules.Letter("A list lay open.", "We moved the desk.", "Ask us who may know.", "Hugo, 802-555-0100")


@dataclass
class House:
    """A place that keeps a page of a person, and its privacy officer."""

    stage: Scene
    record: UUID
    officer: Reader

    def write(self, **changes: object) -> UUID:
        new_request()
        incident = replace(WHAT, **{"held": (self.record,), **changes})
        found = registering.record_incident(incident=incident, by=self.officer, at=NOW)
        new_request()
        return found

    def assess(self, incident: UUID, at: datetime = NOW, **changes: object) -> None:
        registering.assess_incident(
            incident_id=incident, assessment=replace(WEIGHED, **changes), by=self.officer, at=at
        )
        new_request()

    def tell(self, incident: UUID, letter: rules.Letter = LETTER, by: Reader | None = None, **more: Any) -> bool:
        with as_owner():
            seen = BreachLetter.objects.filter(incident_id=incident).values_list("written_at", flat=True).first()
        asked = {"letter": letter, "seen": seen, "by": by or self.officer, "at": NOW, **more}
        told = registering.tell_of_breach(incident_id=incident, **asked)
        new_request()
        return told

    def agree(self, incident: UUID, by: Reader, seen: datetime | None = None) -> None:
        new_request()
        sent = incidents.open_incident(reader=by, incident_id=incident).sent
        registering.agree_to_letter(
            incident_id=incident, seen=seen or (sent.written_at if sent else None), by=by, at=NOW
        )
        new_request()

    def own(self, by: Reader | None = None) -> list[queries.OwnBreach]:
        new_request()
        found = queries.own_breaches(reader=by or self.stage.person)
        new_request()
        return found


@pytest.fixture
def house() -> House:
    stage, _request, record = accepted()
    return House(stage, record, officer_at(stage))


def test_it_is_written_down_sealed_and_read_by_the_officers_of_the_place(house):
    incident = house.write()
    found = incidents.open_incident(reader=house.officer, incident_id=incident)
    assert (found.what, found.people, found.held, found.decision) == (WHAT.what, 1, [house.record], "")
    (line,), total = incidents.incidents_here(reader=house.officer)
    assert (line.id, line.people, total) == (incident, 1, 1)
    with as_owner():
        assert b"desk" not in bytes(Incident.objects.get(id=incident).what)


def test_everybody_of_the_house_is_counted(house):
    incident = house.write(held=(), everyone=True)
    assert incidents.open_incident(reader=house.officer, incident_id=incident).people == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"what": " "}, {"found_at": None}, {"found_at": NOW + timedelta(days=1)}, {"happened_from": None},
        {"happened_until": NOW.date() - timedelta(days=9)}, {"receiver": "moon"}, {"classes": frozenset()},
        {"classes": frozenset({"gossip"})}, {"held": ()}, {"held": (uuid.uuid4(),)},
    ],
)  # fmt: skip
def test_it_is_written_down_whole_or_not_at_all(house, changes):
    with pytest.raises(Refused):
        house.write(**changes)
    with as_owner():
        assert Incident.objects.count() == 0


def test_nobody_else_writes_or_reads_it(house):
    incident = house.write()
    with as_owner():
        elsewhere = reader_for(membership(organisation(name="Elsewhere"), "privacy_officer"), house.stage.place)
    for by in (house.stage.coach, house.stage.desk, elsewhere, person(), house.stage.person):
        new_request()
        assert incidents.incidents_here(reader=by) == ([], 0)
        assert incidents.waiting_for_incident(reader=by) == []
        with pytest.raises(NotThere):
            incidents.open_incident(reader=by, incident_id=incident)
        with pytest.raises((NotThere, Refused)):
            registering.record_incident(incident=replace(WHAT, held=(house.record,)), by=by, at=NOW)
    with pytest.raises(NotThere):
        incidents.open_incident(reader=house.officer, incident_id=uuid.uuid4())


def test_an_assessment_is_followed_by_another_and_the_newest_counts(house):
    incident = house.write()
    house.assess(incident)
    low = {**WEIGHED.weights, "nature": "low"}
    house.assess(incident, NOW + timedelta(hours=1), weights=low, decision="low", reason="It was a practice list.")
    found = incidents.open_incident(reader=house.officer, incident_id=incident)
    assert [one.decision for one in found.assessments] == ["low", "breach"]
    assert found.decision == incidents.incidents_here(reader=house.officer)[0][0].decision == "low"
    assert found.assessments[0].factors[0] == ("nature", "low", "Seen by many.")


@pytest.mark.parametrize(
    "changes",
    [
        {"decision": ""}, {"reason": ""}, {"decision": "low"}, {"words": {}}, {"weights": {}},
        {"weights": {**WEIGHED.weights, "nature": "heavy"}},
    ],
)  # fmt: skip
def test_an_assessment_weighs_all_four_factors_in_words(house, changes):
    incident = house.write()
    with pytest.raises(Refused):
        house.assess(incident, **changes)


def test_the_person_reads_it_and_is_told_once(house):
    incident = house.write()
    assert house.own() == []
    house.tell(incident)
    (own,) = house.own()
    assert (own.id, own.letter, own.classes) == (incident, LETTER, ("attendance", "demographics"))
    with as_owner():
        told = PersonNotice.objects.filter(template="breach_told")
        assert [one.record_id for one in told] == [house.stage.person.record_id]
    with pytest.raises(Refused):
        house.tell(incident)
    assert house.own(person()) == []


def test_a_block_does_not_keep_it_from_the_person(house):
    incident = house.write()
    with as_owner():
        Block.objects.create(record_id=house.record, organisation=house.stage.body, since=NOW - timedelta(days=9))
    house.tell(incident)
    assert len(house.own()) == 1


def test_what_is_no_breach_is_not_told_as_one(house):
    incident = house.write()
    house.assess(incident, weights={**WEIGHED.weights, "nature": "low"}, decision="low")
    with pytest.raises(Refused):
        house.tell(incident)
    assert house.own() == []


def test_what_a_review_found_leads_to_one_incident(house):
    look = queries.who_looked(reader=house.stage.person, zone="UTC").lines[0]
    new_request()
    review = reviewing.ask_for_review(
        look=look.look, organisation_id=house.stage.body.id, membership_id=look.membership_id, zone="UTC",
        wish="note", words="", by=house.stage.person, at=NOW,
    )  # fmt: skip
    new_request()
    call = {"source": "review", "source_id": review, "what": "A look."}
    with pytest.raises(NotThere):
        registering.record_from_review(**call, by=house.officer, at=NOW)
    new_request()
    reviewing.answer_review(
        review_id=review, finding="should_not", deed="talked", answer="Sorry.", by=house.officer, at=NOW
    )
    new_request()
    assert [one.id for one in incidents.waiting_for_incident(reader=house.officer)] == [review]
    first = registering.record_from_review(**call, by=house.officer, at=NOW)
    new_request()
    assert registering.record_from_review(**call, by=house.officer, at=NOW) == first
    new_request()
    assert incidents.waiting_for_incident(reader=house.officer) == []
    found = incidents.open_incident(reader=house.officer, incident_id=first)
    assert (found.people, found.classes, found.receiver) == (1, look.classes, "own_worker")


def test_that_the_secretary_was_told_is_noted_once(house):
    incident = house.write()
    registering.note_step(incident_id=incident, step="secretary", done_on=NOW.date(), by=house.officer, at=NOW)
    new_request()
    for step, day in (("secretary", NOW.date()), ("moon", NOW.date()), ("media", None)):
        with pytest.raises(Refused):
            registering.note_step(incident_id=incident, step=step, done_on=day, by=house.officer, at=NOW)
        new_request()


@pytest.mark.parametrize("step", sorted(rules.OF_THE_LETTER))
def test_that_letters_went_out_is_noted_after_there_is_one(house, step):
    incident = house.write()
    noted = {"incident_id": incident, "step": step, "done_on": NOW.date(), "by": house.officer, "at": NOW}
    with pytest.raises(Refused, match="no_letter"):
        registering.note_step(**noted)
    new_request()
    registering.tell_of_breach(incident_id=incident, letter=LETTER, by=house.officer, at=NOW)
    new_request()
    registering.note_step(**noted)
    new_request()
    assert incidents.open_incident(reader=house.officer, incident_id=incident).steps == {step: NOW.date()}


def test_the_days_of_the_law():
    few, many, most = (rules.clocks(date(2026, 11, 20), people) for people in (499, 500, 501))
    assert few.people_by == many.people_by == date(2027, 1, 19)
    assert few.secretary_by == date(2027, 3, 1)
    assert many.secretary_by == many.people_by
    assert (few.media_by, many.media_by, most.media_by) == (None, None, most.people_by)


TRIES = [
    "update consent_incident set people = 2",
    "delete from consent_assessment",
    "update consent_assessment set decision = 'low'",
    "update consent_breachletter set what = 'x'",
    "insert into consent_affected (id, incident_id, record_id) values (gen_random_uuid(), '{incident}', '{record}')",
    "insert into consent_breachstep (id, incident_id, membership_id, step, done_on, at) values (gen_random_uuid(), "
    "'{incident}', '{other}', 'media', now(), now())",
]


@pytest.mark.parametrize("sql", TRIES)
def test_the_database_keeps_what_is_written_as_it_is(house, sql):
    incident = house.write()
    house.assess(incident)
    house.tell(incident)
    incidents.open_incident(reader=house.officer, incident_id=incident)
    sql = sql.format(incident=incident, record=uuid.uuid4(), other=house.stage.coach_member.id)
    with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_person_reads_no_word_of_the_desk_and_nobody_anything_unopened(house):
    incident = house.write()
    house.assess(incident)
    house.tell(incident)
    queries.own_breaches(reader=house.stage.person)
    counts = [one.objects.count() for one in (Incident, Assessment, Affected, BreachLetter)]
    assert counts == [0, 0, 0, 1]
    new_request()
    for model in (Incident, Affected, Assessment, BreachLetter):
        with pytest.raises(ProgrammingError, match="nobody opened"), transaction.atomic():
            list(model.objects.all())
    with pytest.raises(ProgrammingError), transaction.atomic():
        BreachLetter(incident_id=incident, membership_id=house.officer.membership_id, at=NOW).save(force_insert=True)


def test_no_database_tells_what_was_decided_to_be_no_breach(house):
    incident = house.write()
    house.assess(incident, weights={**WEIGHED.weights, "nature": "low"}, decision="low")
    found = incidents.open_incident(reader=house.officer, incident_id=incident)
    words = {name: found.sealer.seal(incident, label, "x") for name, label in incidents.LETTER.items()}
    letter = BreachLetter(incident_id=incident, membership_id=house.officer.membership_id, at=NOW, **words)
    with pytest.raises(IntegrityError, match="no breach"), transaction.atomic():
        BreachLetter.objects.bulk_create([letter])


def test_with_two_officers_the_second_reads_a_letter_and_agrees_before_anybody_is_told(house):
    second, incident = officer_at(house.stage, "Ida P."), house.write()
    assert not house.tell(incident)
    assert house.own() == []
    (line,), _total = incidents.incidents_here(reader=second)
    assert (line.told_at, line.waits_since is not None, line.alone) == (None, True, False)
    with as_owner():
        assert StaffNotice.objects.get(template="letter_waits").account_id == second.account_id
        assert not PersonNotice.objects.filter(template="breach_told").exists()
    with pytest.raises(Refused, match="another_agrees"):
        house.agree(incident, house.officer)
    house.agree(incident, second)
    (own,) = house.own()
    assert own.letter == LETTER
    (line,), _total = incidents.incidents_here(reader=second)
    assert (line.told_at is not None, line.waits_since, line.alone) == (True, None, False)
    with pytest.raises(Refused, match="told_already"):
        house.agree(incident, second)
    with pytest.raises(Refused, match="told_already"):
        house.tell(incident)


def test_the_only_officer_tells_alone_and_the_register_says_so(house):
    incident = house.write()
    assert house.tell(incident)
    (line,), _total = incidents.incidents_here(reader=house.officer)
    assert (line.told_at is not None, line.alone) == (True, True)
    assert len(house.own()) == 1


def test_who_writes_it_anew_has_it_wait_for_the_other_one(house):
    second, incident = officer_at(house.stage, "Ida P."), house.write()
    house.tell(incident)
    before = incidents.open_incident(reader=second, incident_id=incident).sent.written_at
    new_request()
    other = replace(LETTER, what="Another list lay open.")
    house.tell(incident, other)
    with pytest.raises(Refused, match="letter_changed"):
        house.agree(incident, second, seen=before - timedelta(seconds=1))
    house.tell(incident, LETTER, by=second)
    with pytest.raises(Refused, match="another_agrees"):
        house.agree(incident, second)
    house.agree(incident, house.officer)
    assert house.own()[0].letter == LETTER


def test_what_was_weighed_as_no_breach_meanwhile_is_not_agreed_to(house):
    second, incident = officer_at(house.stage, "Ida P."), house.write()
    house.tell(incident)
    house.assess(incident, weights={**WEIGHED.weights, "nature": "low"}, decision="low")
    with pytest.raises(Refused, match="no_breach"):
        house.agree(incident, second)
    assert house.own() == []


def test_an_officer_who_may_not_open_it_is_no_second_one(house):
    kept_away = officer_at(house.stage, "Ida P.")
    with as_owner():
        Block.objects.create(record_id=house.record, account_id=kept_away.account_id, since=NOW - timedelta(days=9))
    incident = house.write()
    assert house.tell(incident)
    assert len(house.own()) == 1


def test_who_wrote_a_letter_and_left_does_not_agree_to_it_as_a_new_worker(house):
    """The account is the same, so the two are one: the database says so, and the page is told in words."""
    officer_at(house.stage, "Ida P.")
    incident = house.write()
    assert not house.tell(incident)
    with as_owner():
        first = Membership.objects.get(id=house.officer.membership_id)
        Membership.objects.filter(id=first.id).update(ended_at=NOW)
        again = reader_for(membership(house.stage.body, "privacy_officer", account=first.account), house.stage.place)
    with pytest.raises(Refused), transaction.atomic():
        house.agree(incident, again)
    assert house.own() == []


def test_only_who_may_agree_to_a_letter_hears_that_it_waits(house):
    """That there is one would tell whoever is kept away that somebody of theirs is concerned."""
    kept_away, second = officer_at(house.stage, "Ida P."), officer_at(house.stage, "Jo R.")
    with as_owner():
        Block.objects.create(record_id=house.record, account_id=kept_away.account_id, since=NOW - timedelta(days=9))
    assert not house.tell(house.write())
    with as_owner():
        asked = StaffNotice.objects.filter(template="letter_waits").values_list("account_id", flat=True)
        assert list(asked) == [second.account_id]
    new_request()
    with pytest.raises(ProgrammingError, match="nobody opened an incident"), connection.cursor() as cursor:
        cursor.execute("select who_may_agree(%s)", [house.record])


def test_a_letter_that_was_never_seen_is_not_written_over(house):
    second = officer_at(house.stage, "Jo R.")
    incident = house.write()
    assert not house.tell(incident)
    new_request()
    with pytest.raises(Refused, match="letter_changed"):
        house.tell(incident, replace(LETTER, what="Other words."), by=second, seen=None)
    new_request()
    sent = incidents.open_incident(reader=house.officer, incident_id=incident).letter
    assert sent == LETTER


ALONE = [
    "update consent_breachletter set at = now()",
    "update consent_breachletter set agreed_by_id = membership_id",
    "update consent_breachletter set agreed_by_id = '{second}'",
    "update consent_breachletter set agreed_by_id = '{second}', membership_id = '{second}'",
    "update consent_breachletter set membership_id = '{second}'",
    "update consent_breachletter set agreed_by_id = '{first}', what = 'x'",
    "delete from consent_breachletter",
]


@pytest.mark.parametrize("sql", ALONE)
def test_no_sql_of_one_officer_sends_a_letter_that_waits(house, sql):
    second, incident = officer_at(house.stage, "Ida P."), house.write()
    house.tell(incident)
    incidents.open_incident(reader=house.officer, incident_id=incident)
    sql = sql.format(second=second.membership_id, first=house.officer.membership_id)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except (ProgrammingError, IntegrityError):
        pass
    assert house.own() == []


def test_no_sql_of_the_second_officer_sends_other_words(house):
    second, incident = officer_at(house.stage, "Ida P."), house.write()
    house.tell(incident)
    found = incidents.open_incident(reader=second, incident_id=incident)
    words = found.sealer.seal(incident, incidents.LETTER["what"], "Something else.")
    rows = BreachLetter.objects.filter(incident_id=incident)
    for said in (
        {"agreed_by_id": second.membership_id, "what": words},
        {"agreed_by_id": house.officer.membership_id, "membership_id": second.membership_id, "what": words},
    ):
        with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
            rows.update(**said)
    assert house.own() == []
    incidents.open_incident(reader=second, incident_id=incident)
    BreachLetter.objects.filter(incident_id=incident).update(what=words, membership_id=second.membership_id)
    assert house.own() == []


def test_the_desk_has_its_words_and_the_person_only_the_letter(house):
    incident = house.write()
    house.assess(incident)
    house.tell(incident)
    queries.own_breaches(reader=house.stage.person)
    with connection.cursor() as cursor:
        for table in ("consent_incident", "consent_assessment", "consent_affected", "consent_breachstep"):
            cursor.execute(f"select count(*) from {table}")
            assert cursor.fetchone() == (0,), table
        cursor.execute("select * from incidents_told()")
        assert [row[0] for row in cursor.fetchall()] == [incident]
        cursor.execute("select letter_needs_two(%s)", [incident])
        assert cursor.fetchone() == (False,)


def test_of_two_letters_in_one_moment_the_second_is_told_so_and_keeps_its_words(house, monkeypatch):
    incident = house.write()
    stale = incidents.open_incident(reader=house.officer, incident_id=incident)
    house.tell(incident)
    monkeypatch.setattr(registering, "open_incident", lambda **_asked: reopened(house, incident, stale))
    with pytest.raises(Refused, match="told_already"):
        house.tell(incident, seen=None)
    with pytest.raises(Refused, match="answered_already"):
        for _time in range(2):
            registering.note_step(incident_id=incident, step="secretary", done_on=NOW.date(), by=house.officer, at=NOW)


def reopened(house: House, incident: UUID, stale: incidents.OpenedIncident) -> incidents.OpenedIncident:
    """What an officer saw a moment before another one wrote."""
    new_request()
    incidents.open_incident(reader=house.officer, incident_id=incident)
    return stale
