"""Three years of account: each time something went to somebody else because the person agreed, and nothing more."""

import csv
import io
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from manypaths.audit.models import Access
from manypaths.config.testing import as_owner
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass, Purpose
from manypaths.lib.refusals import NotThere
from manypaths.network.models import Organisation
from manypaths.people.tests.factories import new_request
from manypaths.referrals import commands
from manypaths.referrals.queries import received_request
from manypaths.referrals.queries.given import Kind, disclosures
from manypaths.referrals.rules import Status
from manypaths.referrals.tests.factories import Scene
from manypaths.web.my.given import AT_ONCE, ON_A_PAGE, THREE_YEARS
from manypaths.web.my.tests.factories import client_of, somebody
from manypaths.web.my.tests.test_sharing_pages import asked
from manypaths.web.ui.clock import now

pytestmark = pytest.mark.django_db


def lines(here: Scene) -> list:
    new_request()
    return disclosures(reader=here.person, since=now() - THREE_YEARS).lines


def page(here: Scene, query: str = "") -> str:
    new_request()
    return client_of(here.person).get(reverse("my:given") + query).content.decode()


def file(here: Scene, name: str):
    new_request()
    return client_of(here.person).post(reverse(name))


def more_looks(here: Scene, count: int, **changes: object) -> None:
    """Looks like the one that is there, so many more, each a minute earlier."""
    with as_owner():
        row = Access.objects.filter(purpose="referral", opened__contains=[here.person.record_id]).latest("seq")
        copies = []
        for number in range(count):
            values = {field.attname: getattr(row, field.attname) for field in Access._meta.concrete_fields}
            values |= {"seq": None, "at": row.at - timedelta(minutes=number + 1), "nonce": uuid.uuid4(), **changes}
            copies.append(Access(**values))
        Access.objects.bulk_create(copies)


def test_each_step_of_a_request_is_a_line_with_its_consent():
    here, sent = asked()
    received_request(reader=here.coach, referral_id=sent)
    new_request()
    commands.accept_request(referral_id=sent, seen=Status.REQUESTED, by=here.coach, at=now())
    found = lines(here)
    assert [one.kind for one in found if one.kind is not Kind.OPENED] == [Kind.COPIED, Kind.SENT]
    assert {one.kind for one in found} == {Kind.SENT, Kind.OPENED, Kind.COPIED}
    new_request()
    grant = consent.grants_of_own_record(reader=here.person)[0]
    assert {one.consent_id for one in found} == {grant.id}
    assert {one.request_id for one in found} == {sent}
    assert {one.membership_id for one in found if one.kind is Kind.OPENED} == {here.coach_member.id}


def test_a_look_at_the_places_own_page_is_no_disclosure():
    here, sent = asked()
    record = commands.accept_request(referral_id=sent, seen=Status.REQUESTED, by=here.coach, at=now())
    before = len(lines(here))
    new_request()
    consent.open_record(reader=here.coach, record=record, classes={DataClass.DEMOGRAPHICS}, purpose=Purpose.CARE)
    assert len(lines(here)) == before


def test_a_request_that_was_not_sent_gives_nothing_away():
    here, _sent = asked()
    stranger = somebody("Tom")
    new_request()
    assert disclosures(reader=stranger, since=now() - THREE_YEARS).lines == []
    assert [one.kind for one in lines(here)] == [Kind.SENT]


def test_nobody_else_reads_it_and_the_database_says_so_too():
    here, _sent = asked()
    with pytest.raises(NotThere):
        disclosures(reader=here.coach, since=now() - THREE_YEARS)
    stranger = somebody("Tom")
    new_request()
    consent.open_own(reader=stranger, classes={DataClass.ACCESS_LOG})
    with connection.cursor() as cursor:
        values = [here.person.record_id, stranger.account_id, now() - THREE_YEARS]
        cursor.execute("select * from disclosures(%s, %s, %s, 10, 0)", values)
        assert cursor.fetchall() == []
    assert client_of(here.coach).get(reverse("my:given")).status_code == 404


def test_the_page_says_who_when_what_why_and_on_what_ground():
    here, sent = asked()
    received_request(reader=here.coach, referral_id=sent)
    found = page(here)
    for words in (here.body.name, "Dee R.", "They opened it.", "Your request", "to answer your request", "Because you"):
        assert words in found, words
    assert "Not here:" in found


def test_where_nothing_was_passed_on_the_page_says_so_and_offers_no_file():
    alone = somebody("Tom")
    found = client_of(alone).get(reverse("my:given")).content.decode()
    assert "Nothing was passed on" in found
    assert reverse("my:given_table") not in found


def test_hundreds_of_lines_are_paged_and_the_file_has_them_all():
    here, sent = asked()
    received_request(reader=here.coach, referral_id=sent)
    more_looks(here, AT_ONCE + 3)
    total = AT_ONCE + 5
    first, last = page(here), page(here, f"?page={total // ON_A_PAGE + 1}")
    assert f"{total} lines" in first
    assert first.count('<li class="stack-s">') == ON_A_PAGE
    assert last.count('<li class="stack-s">') == total % ON_A_PAGE
    assert "Older" in first
    assert "Older" not in last
    beyond = client_of(here.person).get(reverse("my:given") + "?page=99")
    assert (beyond.status_code, beyond.headers["Location"]) == (302, reverse("my:given"))
    data = file(here, "my:given_data").json()
    assert len(data["lines"]) == total
    assert {one["kind"] for one in data["lines"]} == {"sent", "opened"}
    rows = list(csv.reader(io.StringIO(file(here, "my:given_table").content.decode("utf-8-sig"))))
    assert len(rows) == total + 1
    assert file(here, "my:given_page").content.decode().count("They opened it.") == total - 1
    assert "Lines since " in file(here, "my:given_page").content.decode()


def test_what_is_older_than_three_years_is_left_out():
    here, sent = asked()
    received_request(reader=here.coach, referral_id=sent)
    before = len(lines(here))
    more_looks(here, 2, at=now() - THREE_YEARS - timedelta(days=1))
    assert len(lines(here)) == before


def test_no_cell_acts_as_a_formula():
    here, _sent = asked()
    with as_owner():
        Organisation.objects.filter(id=here.body.id).update(name="=HYPERLINK(1)")
    rows = list(csv.reader(io.StringIO(file(here, "my:given_table").content.decode("utf-8-sig"))))
    assert rows[1][2] == "'=HYPERLINK(1)"


@pytest.mark.parametrize("name", ["my:given_page", "my:given_table", "my:given_data"])
def test_a_file_asks_for_a_fresh_proof(name):
    here, _sent = asked()
    new_request()
    answer = client_of(here.person, proved=False).post(reverse(name))
    assert answer.status_code == 302
    assert here.body.name not in answer.content.decode()
    assert file(here, name).headers["Content-Disposition"].startswith('attachment; filename="my-account')
