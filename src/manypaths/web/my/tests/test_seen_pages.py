"""From a list of results to a kept support: what else was shown comes along for the person, and for nobody else."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from manypaths.config.testing import as_owner
from manypaths.directory.models import Service
from manypaths.directory.search.writer import Writer
from manypaths.network import queries as network
from manypaths.people.tests.factories import new_request
from manypaths.plans import queries as plans
from manypaths.web.my.tests.factories import client_of, somebody
from manypaths.web.public.tests.listed import listed

pytestmark = pytest.mark.django_db
HOST = "http://testserver"


@pytest.fixture(autouse=True)
def own_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """An index of this test's own."""
    monkeypatch.setattr(settings, "INDEX_DIR", tmp_path / "index")
    network.forget_communities()
    yield
    network.forget_communities()


def three() -> list[Service]:
    with as_owner():
        found = [listed(name) for name in ("Lantern House", "Harbor Row", "Riverbend")]
    Writer().rebuild()
    return found


def list_page(browser: Client) -> str:
    return browser.post("/find", {"place": "Montpelier", "need": "talk"}).headers["Location"]


def link_to_keep(browser: Client, one: Service, came_from: str) -> str:
    page = browser.get(reverse("public:service", args=[one.id]), headers={"Referer": came_from}).content.decode()
    if "/my/choose/" not in page:
        return ""
    return page.split('href="/my/choose/')[1].split('"')[0].replace("&amp;", "&")


def test_what_else_was_shown_is_offered_and_kept_as_options():
    maria = somebody()
    one, *others = three()
    browser = client_of(maria)
    link = link_to_keep(browser, one, HOST + list_page(browser))
    assert {part.removeprefix("seen=") for part in link.split("?")[1].split("&")} == {str(other.id) for other in others}
    page = browser.get(f"/my/choose/{link}", follow=True).content.decode().split("<main")[1]
    assert all(f'value="{other.id}"' in page for other in others)
    assert "checked" not in page
    browser.post(f"/my/choose/{one.id}", {"seen": [str(others[0].id)], "reason": "Near"})
    new_request()
    kept = plans.plan_of(reader=maria).choices[0]
    assert [option.service_id for option in kept.options] == [others[0].id]


@pytest.mark.parametrize("came_from", ["", "/f/nonsense", "https://elsewhere.example/f/x", "/about"])
def test_without_a_list_of_ours_nothing_comes_along(came_from):
    one = three()[0]
    browser = client_of(somebody())
    assert link_to_keep(browser, one, came_from if "//" in came_from else HOST + came_from) == str(one.id)


def test_signed_out_there_is_no_such_link():
    somebody()
    one = three()[0]
    browser = Client()
    assert link_to_keep(browser, one, HOST + list_page(browser)) == ""
