"""The edge of every request: methods, other sites, pauses of the database, and answers nobody may keep."""

import re
from datetime import UTC, datetime

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation

from manypaths.accounts.models import Guess
from manypaths.lib.refusals import NotThere, NotYourWork, Reason, Refused
from manypaths.network.rules import Hat, Reader
from manypaths.web.ui import errors
from manypaths.web.ui.edge import Edge
from manypaths.web.ui.transaction import OneTransaction

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "track"])
def test_a_method_we_do_not_answer_is_refused(method):
    assert Client().generic(method, "/").status_code == 405


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_sent_by_another_site_is_refused(site):
    assert Client().post("/display", headers={"sec-fetch-site": site}).status_code == 403


@pytest.mark.parametrize("path", ["/%00", "/my/%00/", "/?q=%00"])
def test_nul_in_an_address_leads_nowhere(path):
    assert Client().get(path).status_code == 404


def test_an_answer_to_someone_signed_in_may_not_be_stored():
    def answer(request):
        request.reader = Reader(account_id="someone", hat=Hat.PERSON)
        return HttpResponse("mine")

    response = Edge(answer)(RequestFactory().get("/"))
    assert response.headers["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize(("status", "kept"), [(200, 1), (303, 1), (403, 1), (404, 1), (422, 1), (500, 0), (503, 0)])
def test_a_fault_is_rolled_back_and_a_refusal_is_kept(status, kept):
    def view(_request):
        Guess.objects.create(at=datetime(2026, 11, 20, tzinfo=UTC), kind="code", name_hash="n", place_hash="p")
        return HttpResponse(status=status)

    OneTransaction(view)(RequestFactory().get("/"))
    assert Guess.objects.count() == kept


def test_while_the_database_is_away_the_answer_is_a_pause_and_not_a_fault():
    try:
        raise OperationalError("server closed the connection")
    except OperationalError:
        response = errors.server_error(RequestFactory().get("/"))
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert b"988" in response.content


def test_a_fault_of_ours_says_what_to_do_and_quotes_nothing():
    try:
        raise ValueError("Maria at 802-555-0142")
    except ValueError:
        response = errors.server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert b"Maria" not in response.content
    assert b"988" in response.content


def request_of_nobody():
    request = RequestFactory().get("/")
    request.reader, request.community = Reader(), None
    return request


def test_absent_and_forbidden_are_byte_equal():
    middleware = OneTransaction(lambda request: HttpResponse())
    absent = middleware.process_exception(request_of_nobody(), NotThere())
    forbidden = errors.not_found(request_of_nobody(), Exception())
    assert absent.status_code == forbidden.status_code == 404
    assert absent.content == forbidden.content


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Your work here does not include this"), ("es", "Su trabajo aquí no incluye esto")]
)
def test_what_is_not_part_of_ones_work_is_told_in_words_of_its_own(language, words):
    middleware = OneTransaction(lambda request: HttpResponse())
    with translation.override(language):
        response = middleware.process_exception(request_of_nobody(), NotYourWork())
    assert response.status_code == 403
    assert words in response.content.decode()
    assert "form" not in re.findall(r"<main.*</main>", response.content.decode(), re.S)[0]


def test_a_form_of_another_site_is_told_that_it_did_not_come_from_here():
    answer = Client().post("/display", headers={"origin": "https://elsewhere.example"})
    assert answer.status_code == 403
    assert "This form did not come from our page" in answer.content.decode()


LONG = "What helps me most is to walk in the morning, before the phone rings."


def late_form(**typed: str):
    """A form of a page whose session has ended meanwhile."""
    client = Client(enforce_csrf_checks=True)
    return client.post("/my/words", typed, headers={"referer": "http://testserver/my/words?new=1"})


def test_words_that_were_written_for_too_long_are_shown_once_more_and_stored_nowhere():
    answer = late_form(text=LONG, csrfmiddlewaretoken="x" * 64)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert f"readonly>{LONG}</textarea>" in page
    assert 'href="/my/words?new=1"' in page
    assert answer.headers["Cache-Control"] == "no-store"
    assert "x" * 64 not in page


def test_a_late_form_shows_no_secret_and_no_markup():
    page = late_form(passphrase="quiet rivers run under stone", text="<b>one</b> two").content.decode()
    assert "quiet rivers" not in page
    assert "&lt;b&gt;one&lt;/b&gt; two" in page


def test_a_late_form_without_words_says_what_to_do():
    page = late_form(choice="yes").content.decode()
    assert "Open the page again, and send the form once more." in page
    assert "<textarea" not in page


def test_a_late_form_of_another_site_leads_back_to_nowhere():
    answer = Client(enforce_csrf_checks=True).post("/my/words", headers={"referer": "https://elsewhere.example/my/"})
    assert 'href="/here"' in answer.content.decode()


def test_a_refusal_no_page_caught_is_told_in_words():
    middleware = OneTransaction(lambda request: HttpResponse())
    refused = Refused([Reason("full", "There is no open place. Ask another house.")])
    response = middleware.process_exception(request_of_nobody(), refused)
    assert response.status_code == 422
    assert b"There is no open place" in response.content
