"""Real commits: two who press in the same moment. One is heard, the other is told so, and nothing is half done."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction

from manypaths.config.testing import as_owner, role_url
from manypaths.consent import greeting, paper_consents, registering, rescuing, reviewing, sharing
from manypaths.consent.models import BreachLetter, DeskOpening, Emergency, EmergencyCard, LookFlag, Restriction, Share
from manypaths.consent.tests.test_shares_made_less import Less
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import membership, reader_for
from manypaths.referrals import commands
from manypaths.referrals.models import Referral
from manypaths.referrals.rules import Status
from manypaths.referrals.tests import test_breaches, test_flags, test_paper_consents, test_rescuing
from manypaths.referrals.tests.factories import ASKED_AT, Scene, accepted, draft, scene, send, sent
from manypaths.support import petitioning
from manypaths.support.models import Petition
from manypaths.support.rules import Kind
from manypaths.support.rules.petitions import Asking, PetitionAnswer
from manypaths.support.tests import test_entries

REVIEW = {"finding": "was_work", "deed": "nothing", "answer": "You were not awake."}


def now() -> datetime:
    return datetime.now(UTC)


def both_have_seen_it(room: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody writes before both have read what stands there."""
    read, here = getattr(room, name), threading.Barrier(2, timeout=30)
    waited: set[threading.Thread] = set()

    def seen(**asked: Any) -> Any:
        found, me = read(**asked), threading.current_thread()
        if me not in waited:
            waited.add(me)
            here.wait()
        return found

    monkeypatch.setattr(room, name, seen)


def both_come_to_write(room: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody writes before both stand before it: what each of them looked up, was looked up before the other wrote."""
    write, here = getattr(room, name), threading.Barrier(2, timeout=30)

    def written(*said: Any, **more: Any) -> Any:
        here.wait()
        return write(*said, **more)

    monkeypatch.setattr(room, name, written)


def what_became(act: Callable[[Any], object], *officers: Any) -> list[str]:
    told: list[str] = []

    def press(officer: Any) -> None:
        try:
            with transaction.atomic():
                act(officer)
            told.append("done")
        except Refused as refused:
            told.append(refused.reasons[0].code)
        except NotThere:
            told.append("gone")
        finally:
            connection.close()

    pressing = [threading.Thread(target=press, args=(officer,)) for officer in officers]
    for one in pressing:
        one.start()
    for one in pressing:
        one.join()
    return sorted(told)


def staged(make: Callable[[Any, UUID], UUID]) -> tuple[UUID, Reader, Reader]:
    stage = scene()
    with transaction.atomic():
        referral = sent(stage)
    with transaction.atomic():
        record = commands.accept_request(referral_id=referral, seen=Status.REQUESTED, by=stage.coach, at=ASKED_AT)
    first, second = (test_flags.worker(stage, "privacy_officer") for _one in range(2))
    return make(stage, record), first, second


def emergency(stage: Any, _record: UUID) -> UUID:
    medic = test_rescuing.medic_of(stage)
    test_rescuing.opening(medic, test_rescuing.card_of(stage))
    with as_owner():
        return Emergency.objects.get().id


def test_of_two_answers_to_a_flag_one_is_kept(committed_db, monkeypatch):
    flag, *officers = staged(test_flags.flagged)
    both_have_seen_it(reviewing, "open_flag", monkeypatch)

    def answer(officer: Reader) -> None:
        reviewing.answer_flag(flag_id=flag, answer="work", reason=f"By {officer.account_id}", by=officer, at=now())

    assert what_became(answer, *officers) == ["answered_already", "done"]
    with as_owner():
        assert LookFlag.objects.get().state == "work"


def test_of_two_reviews_of_an_emergency_one_is_kept(committed_db, monkeypatch):
    opened, *officers = staged(emergency)
    both_have_seen_it(rescuing, "open_review", monkeypatch)

    def review(officer: Reader) -> None:
        rescuing.review_emergency(emergency_id=opened, **REVIEW, by=officer, at=now())

    assert what_became(review, *officers) == ["answered_already", "done"]


def correction(stage: Any, record: UUID) -> UUID:
    asking = Asking("correction", "sud_treatment_record", item_id=None, words="A day is missing.", why="I was there.")
    return commands.ask_for_correction(record_id=record, asking=asking, by=stage.person, at=now())


def test_more_time_is_taken_once_and_two_answers_are_one(committed_db, monkeypatch):
    petition, *officers = staged(correction)
    both_have_seen_it(petitioning, "open_petition", monkeypatch)

    def extend(officer: Reader) -> None:
        petitioning.extend_petition(petition_id=petition, reason=str(officer.account_id), by=officer, at=now())

    def answer(officer: Reader) -> None:
        said = PetitionAnswer("denied", ground="accurate", words="It stands there.")
        petitioning.answer_petition(petition_id=petition, answer=said, by=officer, at=now())

    assert what_became(extend, *officers) == ["done", "no_more_time"]
    assert what_became(answer, *officers) == ["answered_already", "done"]
    with as_owner():
        assert Petition.objects.get().state == "answered"


def incident(stage: Any, record: UUID) -> UUID:
    return test_breaches.House(stage, record, test_flags.worker(stage, "privacy_officer")).write()


@pytest.mark.parametrize(("anew", "code"), [(False, "answered_already"), (True, "letter_changed")])
def test_of_two_letters_in_one_moment_none_takes_the_place_of_one_that_was_not_read(
    committed_db, monkeypatch, anew, code
):
    told, *officers = staged(incident)
    writing = {"incident_id": told, "letter": test_breaches.LETTER}
    if anew:
        registering.tell_of_breach(**writing, by=officers[0], at=now())
    with as_owner():
        seen = BreachLetter.objects.values_list("written_at", flat=True).first()
    if anew:  # the second waits for the first at the row that it looks up
        both_have_seen_it(registering, "open_incident", monkeypatch)
    else:
        both_come_to_write(registering, "_put_down", monkeypatch)

    def write(officer: Reader) -> None:
        registering.tell_of_breach(**writing, seen=seen, by=officer, at=now())

    assert what_became(write, *officers) == sorted(["done", code])


def test_of_two_who_check_one_consent_on_paper_one_is_heard(committed_db, monkeypatch):
    desk = test_paper_consents.Desk()
    with as_owner():
        officers = [desk.proved(reader_for(membership(desk.scene.body, "privacy_officer"))) for _one in range(2)]
    with transaction.atomic():
        paper = desk.write()
    both_have_seen_it(paper_consents, "paper_consent_of_opened", monkeypatch)
    assert what_became(lambda officer: desk.check(paper, officer), *officers) == ["done", "not_held"]
    with as_owner():
        assert Share.objects.filter(on_paper=True).count() == 1


def test_what_was_kept_from_a_place_on_two_pages_at_once_is_let_again_by_one_press(committed_db, monkeypatch):
    stage = Less()
    with as_owner():
        place = Share.objects.get(id=stage.share).recipient_organisation_id
        other = Restriction.objects.count()
    both_come_to_write(sharing.Restriction, "save", monkeypatch)

    def keep(_page: str) -> None:
        sharing.keep_from(held_record_id=stage.held, organisation_id=place, by=stage.person, at=stage.at)

    assert what_became(keep, "one", "other") == ["done", "done"]
    monkeypatch.undo()
    with as_owner():
        standing = list(Restriction.objects.filter(until__isnull=True))
    assert len(standing) == other + 2
    with transaction.atomic():
        sharing.stop_keeping_from(restriction_id=standing[0].id, by=stage.person, at=stage.at)
    with as_owner():
        assert not Restriction.objects.filter(until__isnull=True).exists()


def test_who_opens_less_on_one_page_and_stops_on_another_opens_nothing(committed_db, monkeypatch):
    stage = Less()
    both_have_seen_it(sharing.queries, "open_own", monkeypatch)
    until = stage.until

    def press(which: str) -> None:
        if which == "stop":
            sharing.stop_share(share_id=stage.share, by=stage.person, at=stage.at)
        else:
            stage.narrow("attendance", until=until)

    assert what_became(press, "stop", "less") in (["done", "done"], ["done", "gone"])
    with as_owner():
        assert not Share.objects.filter(ended_at__isnull=True).exists()


def test_of_two_codes_for_the_card_made_in_one_moment_the_later_works(committed_db, monkeypatch):
    both_have_seen_it(rescuing.queries, "open_own", monkeypatch)
    codes: list[str] = []

    def make(person: Reader) -> None:
        codes.append(rescuing.make_card(by=replace(person, factor_at=now()), at=now()))

    person = scene().person
    assert what_became(make, person, person) == ["done", "done"]
    with as_owner():
        assert EmergencyCard.objects.get().code_hash in map(rescuing.hash_of_card, codes)


def erase(stage: Scene) -> None:
    commands.erase_everything(sure=True, by=replace(stage.person, factor_at=now()), at=now())


def keep_away(stage: Scene) -> None:
    commands.shut_out(organisation_id=stage.body.id, by=stage.person, at=now())


@pytest.mark.parametrize(("close", "told"), [(erase, "gone"), (keep_away, "blocked")])
def test_nothing_is_sent_in_the_moment_in_which_all_is_erased_or_the_place_is_kept_away(committed_db, close, told):
    stage = scene()
    draft(stage)

    def press(_who: object) -> None:
        send(stage)

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            close(stage)
            pressing = other.submit(what_became, press, None)
            waits_for_a_lock(pressing)
        assert pressing.result(30) == [told]
    with as_owner():
        assert not Referral.objects.exclude(status=Status.DRAFT).exists()


def waits_for_a_lock(press: Future[list[str]]) -> None:
    """Until the other one waits for what is not committed yet, or is through."""
    sql = "select count(*) from pg_locks where not granted"
    with psycopg.connect(role_url("owner"), autocommit=True) as raw:
        while not press.done() and raw.execute(sql).fetchone() == (0,):
            pass


def correct(house: test_entries.House, entry: UUID) -> None:
    house.write(test_entries.FACTS[Kind.SCREEN], replaces=entry)


def strike(house: test_entries.House, entry: UUID) -> None:
    house.strike(Kind.SCREEN, entry)


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (correct, strike, "replaced"),
        (strike, correct, "struck"),
        (correct, correct, "replaced"),
        (strike, strike, "struck"),
    ],
)
def test_an_entry_that_was_changed_in_the_same_moment_is_not_changed_again(committed_db, first, second, told):
    house = test_entries.House()
    entry = house.write(test_entries.FACTS[Kind.SCREEN])

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            first(house, entry)
            pressing = other.submit(what_became, lambda _who: second(house, entry), None)
            waits_for_a_lock(pressing)
        assert pressing.result(30) == [told]


@pytest.mark.parametrize("first", ["open", "code"])
@pytest.mark.parametrize("second", ["open", "code"])
def test_of_two_presses_that_open_a_page_to_a_desk_the_later_stands(committed_db, first, second):
    stage, _referral, held = accepted()

    def press(which: str) -> None:
        opening = {"held_record_id": held, "weeks": [], "zone": "America/New_York", "by": stage.person, "at": now()}
        (greeting.open_to_desk if which == "open" else greeting.make_desk_code)(**opening)

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            press(first)
            pressing = other.submit(what_became, press, second)
            waits_for_a_lock(pressing)
        assert pressing.result(30) == ["done"]
    with as_owner():
        stands = DeskOpening.objects.get(ended_at__isnull=True)
    assert (stands.code_hash is None) == (second == "open")
