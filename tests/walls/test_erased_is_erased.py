"""Erasing a record destroys its key: nobody reads a word of it any more, in no process, and from no copy put back."""

import urllib.error
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse

from manypaths.config.database import connect_django_to
from manypaths.config.testing import LiveSite, as_owner, role_url
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass, Purpose
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network import queries as network
from manypaths.network.models import Community
from manypaths.network.rules import Reader
from manypaths.nightly.schedule import STEPS
from manypaths.people import commands as people
from manypaths.people import erasures
from manypaths.people import queries as names
from manypaths.people.models import Record
from manypaths.people.tests.factories import new_request
from manypaths.plans.commands import words as plan
from manypaths.referrals import commands
from manypaths.referrals.queries import inbox
from manypaths.referrals.queries.received import InboxPage, waiting_in_all
from manypaths.referrals.tests.factories import accepted
from manypaths.web.my.tests.factories import client_of, session_of, somebody
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import ask, stage

KEY = "select record_id, holder_id, ring_key, wrapped, made_at from vault_recordkey where record_id = %s"
PUT_BACK = "insert into vault_recordkey (record_id, holder_id, ring_key, wrapped, made_at) values (%s, %s, %s, %s, %s)"
ACTS = "select count(*) from audit_act where what = 'people.record_erased' and record_id = %s"
LOOKS = "select count(*) from audit_access where %s = any(opened) and classes = '{presence}'"
NAME = "select name from people_profile where record_id = %s"


@pytest.fixture(autouse=True)
def own_list(tmp_path, settings):
    settings.ERASURES_FILE = tmp_path / "erasures.log"
    return settings.ERASURES_FILE


@pytest.fixture
def maria(committed_db) -> Reader:
    with transaction.atomic():
        reader = somebody("Maria")
    with transaction.atomic():
        plan.write_own_words(text="I want to be there for my son", by=reader, at=now())
    return replace(reader, factor_at=now())


@transaction.atomic
def erase(reader: Reader, *, sure: bool = True) -> None:
    consent.open_own(reader=reader, classes={DataClass.PRESENCE})
    people.erase_own_record(sure=sure, by=reader, at=now())


def owner_rows(sql: str, *values):
    with psycopg.connect(role_url("owner")) as raw:
        return raw.execute(sql, values or None).fetchall()


def as_owner_does(act):
    connect_django_to(role_url("owner"))
    try:
        return act()
    finally:
        connect_django_to(role_url("app"))


@transaction.atomic
def own_name(reader: Reader) -> str:
    opened = consent.open_records(
        reader=reader, records=[reader.record_id], classes={DataClass.DEMOGRAPHICS}, purpose=Purpose.OWN
    )
    return names.names_of(records=[reader.record_id], sealer=opened.sealer)[reader.record_id]


def test_after_it_there_is_no_key_and_the_words_that_stay_are_noise(maria):
    assert own_name(maria) == "Maria"
    erase(maria)
    assert owner_rows(KEY, maria.record_id) == []
    [[sealed]] = owner_rows(NAME, maria.record_id)
    assert b"Maria" not in bytes(sealed)
    assert owner_rows("select count(*) from people_record where id = %s and erased_at is not null", maria.record_id)
    with pytest.raises(NotThere):
        plan.write_own_words(text="again", by=maria, at=now())


def test_another_process_that_read_it_a_moment_ago_reads_nothing_more(maria, live_site: LiveSite):
    """The web server keeps the key of the house in memory; of a record nothing is kept beyond a request."""
    session = session_of(maria)

    def get() -> tuple[int, str]:
        request = urllib.request.Request(live_site.url + reverse("my:home"))
        request.add_header("Cookie", f"{settings.SESSION_COOKIE_NAME}={session}")
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode()

    for _time in range(4):  # whichever of the workers of the server answers
        status, page = get()
        assert (status, "I want to be there for my son" in page) == (200, True)
    erase(maria)
    for _time in range(8):
        status, page = get()
        assert status == 410
        assert "Your page is erased" in page
        assert "my son" not in page
        assert "Maria" not in page


def test_it_is_logged_and_put_on_the_list_outside_the_database(maria, own_list):
    erase(maria)
    assert list(erasures.read(own_list)) == [maria.record_id]
    assert (owner_rows(ACTS, maria.record_id), owner_rows(LOOKS, maria.record_id)) == ([(1,)], [(1,)])


def test_what_was_taken_back_is_not_on_the_list(maria, own_list):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        erase(maria)
        _ = 1 / 0
    assert not own_list.exists()
    assert own_name(maria) == "Maria"


def test_a_copy_of_the_database_that_was_put_back_is_erased_once_more(maria, own_list):
    [row] = owner_rows(KEY, maria.record_id)
    erase(maria)
    [[before]] = owner_rows("select erased_at from people_record where id = %s", maria.record_id)
    with psycopg.connect(role_url("owner")) as raw:  # the state of before, as a copy of it would bring it back
        raw.execute(PUT_BACK, row)
        raw.execute("update people_record set erased_at = null where id = %s", [maria.record_id])
    assert own_name(maria) == "Maria"
    assert as_owner_does(people.erase_again) == 1
    assert as_owner_does(people.erase_again) == 0
    assert owner_rows(KEY, maria.record_id) == []
    assert owner_rows("select erased_at from people_record where id = %s", maria.record_id) == [(before,)]


def test_the_night_writes_down_what_is_missing_on_the_list_once(maria, own_list):
    erase(maria)
    own_list.unlink()
    assert people.keep_erasures() == 1
    assert people.keep_erasures() == 0
    assert "keep_erasures" in [step.name for step in STEPS]
    own_list.write_text(own_list.read_text()[:-20])
    assert people.keep_erasures() == 1
    assert list(erasures.read(own_list)) == [maria.record_id]


def test_a_worker_whom_the_person_asked_finds_nothing_of_it(committed_db):
    """An open request is taken back with it: nobody waits for an answer that nobody could give."""
    made = stage()
    request = ask(made)
    with transaction.atomic():
        found = inbox(reader=made.colleague)
    assert [one.id for one in found.lines] == [request]
    commands.erase_everything(sure=True, by=replace(made.person, factor_at=now()), at=now())
    with transaction.atomic():
        assert inbox(reader=made.colleague) == InboxPage([], 0)
        assert waiting_in_all(reader=made.colleague) == 0


@pytest.mark.django_db
@pytest.mark.parametrize(("sure", "minutes", "code"), [(False, 0, "not_sure"), (True, 6, "prove_again")])
def test_it_needs_a_second_yes_and_a_fresh_proof(sure, minutes, code):
    reader = replace(somebody(), factor_at=now() - timedelta(minutes=minutes))
    with pytest.raises(Refused, match=code):
        erase(reader, sure=sure)


class TestAsAnAttacker:
    """With SQL of their own as the application."""

    def test_nothing_is_erased_that_was_not_opened_as_ones_own_in_the_same_request(self, maria):
        with transaction.atomic():
            other = somebody("Tom")
        for opener in (None, other):
            with pytest.raises(Exception, match=r"not theirs|nobody opened"), transaction.atomic():
                if opener:
                    consent.open_own(reader=opener, classes={DataClass.PRESENCE})
                with connection.cursor() as cursor:
                    cursor.execute("select erase_record(%s, %s)", [maria.account_id, maria.record_id])
        assert own_name(maria) == "Maria"

    def test_the_tombstone_cannot_be_taken_away(self, maria):
        erase(maria)
        with psycopg.connect(role_url("app"), autocommit=True) as raw:
            for sql in ("update people_record set erased_at = null", "delete from people_record"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    raw.execute(sql)

    def test_an_account_learns_of_its_own_erasure_only(self, maria):
        with transaction.atomic():
            other = somebody("Tom")
        erase(maria)
        assert names.erased_at(reader=maria) is not None
        assert names.erased_at(reader=other) is None


@pytest.mark.django_db
class TestOnThePages:
    def test_it_is_erased_after_a_second_yes_and_every_page_says_so_from_then_on(self):
        reader = somebody()
        browser, page = client_of(reader), reverse("my:erase")
        new_request()
        asked = browser.post(page, {})
        assert (asked.status_code, "nobody can bring it back" in asked.content.decode()) == (422, True)
        done = browser.post(page, {"sure": "on"})
        assert (done.status_code, done.headers["Location"]) == (302, reverse("my:home"))
        for name in ("my:home", "my:profile", "my:take", "my:sharing", "my:requests", "my:looked", "my:erase"):
            answer = browser.get(reverse(name))
            assert (name, answer.status_code) in {(name, 410), ("my:take", 200)}
            assert "Maria" not in answer.content.decode()
            if answer.status_code == 410:
                assert "Your page is erased" in answer.content.decode()

    def test_the_day_it_says_is_the_day_it_was_where_the_community_is(self):
        made = stage()
        browser = client_of(made.person)
        new_request()
        assert browser.post(reverse("my:erase"), {"sure": "on"}).status_code == 302
        with as_owner():
            Community.objects.update(zone="Pacific/Kiritimati")
            Record.objects.filter(id=made.person.record_id).update(erased_at=datetime(2026, 5, 31, 12, tzinfo=UTC))
        network.forget_communities()
        said = browser.get(reverse("my:home")).content.decode()
        assert "June 1, 2026" in said
        assert "May 31" not in said

    def test_all_that_it_says_one_can_no_longer_see_is_closed(self):
        browser = client_of(accepted()[0].person)
        pages = ("my:looked", "my:kept_places", "my:breaches")
        assert {browser.get(reverse(name)).status_code for name in pages} == {200}
        new_request()
        assert browser.post(reverse("my:erase"), {"sure": "on"}).status_code == 302
        assert {browser.get(reverse(name)).status_code for name in pages} == {410}

    def test_an_old_proof_leads_to_the_passphrase_first(self):
        reader = somebody()
        browser = client_of(reader, proved=False)
        answer = browser.post(reverse("my:erase"), {"sure": "on"})
        assert answer.headers["Location"] == reverse("entry:prove_again")
        assert own_name_now(reader) == "Maria"


def own_name_now(reader: Reader) -> str:
    new_request()
    return own_name(reader)
