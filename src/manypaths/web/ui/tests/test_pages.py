"""Display, language, offline page, service worker, manifest, gallery and error pages."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse

from manypaths.config.testing import as_owner
from manypaths.network import queries as network
from manypaths.network.models import Community
from manypaths.network.tests.factories import community
from manypaths.web.ui.display import Choice, display, read_choice

pytestmark = pytest.mark.django_db
HERE = {"Sec-Fetch-Site": "same-origin"}


def test_a_public_page_sets_no_cookie(client: Client):
    assert client.get(reverse("ui:gallery")).cookies == {}


def test_a_display_choice_is_kept_in_a_cookie_that_holds_nothing_else(client: Client):
    choice = {"theme": "dark", "text": "l", "letters": "std", "next": "/ui/"}
    answer = client.post(reverse("ui:display"), choice, headers=HERE)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/ui/")
    assert list(answer.cookies) == ["display"]
    cookie = answer.cookies["display"]
    assert cookie.value == "dark.l.std"
    assert cookie["httponly"]
    page = client.get(reverse("ui:gallery")).content.decode()
    assert 'data-theme="dark" data-text="l"' in page


def test_a_display_form_of_another_site_changes_nothing(client: Client):
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        answer = client.post(reverse("ui:display"), {"theme": "dark"}, headers=headers)
        assert answer.status_code == 403
        assert answer.cookies == {}


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", "ui"])
def test_a_choice_never_leads_to_another_site(client: Client, target: str):
    for name in ("ui:display", "ui:language"):
        assert client.post(reverse(name), {"next": target}, headers=HERE).headers["Location"] == "/"


@pytest.mark.parametrize("cookie", ["", "dark", "dark.l.std.more", "red.huge.odd", "..", "<b>.m.std"])
def test_a_strange_cookie_falls_back_to_what_the_device_wants(cookie: str):
    assert read_choice(cookie) == Choice()


def test_the_language_button_shows_the_same_page_in_spanish(client: Client):
    assert 'lang="en"' in client.get("/ui/", headers={"Accept-Language": "en"}).content.decode()[:200]
    answer = client.post(reverse("ui:language"), {"language": "es", "next": "/ui/"}, headers=HERE)
    assert answer.headers["Location"] == "/ui/"
    page = client.get("/ui/").content.decode()
    assert '<html lang="es"' in page
    assert "Salir de este sitio" in page


def test_a_page_in_between_never_serves_one_persons_language_to_another(client: Client):
    vary = client.get(reverse("ui:gallery")).headers["Vary"]
    assert {"Cookie", "Accept-Language"} <= {name.strip() for name in vary.split(",")}


@pytest.mark.parametrize(
    ("asked", "heard"), [("fr", "es"), ("", "es"), ("en-US,en;q=0.9", "en"), ("fr,en;q=0.5", "en"), ("es-MX", "es")]
)
def test_whose_device_asks_for_none_of_our_languages_hears_the_first_of_the_community(asked: str, heard: str):
    made = community()
    with as_owner():
        Community.objects.filter(id=made.id).update(languages=["es", "en"])
    network.forget_communities()
    page = Client().get("/ui/", headers={"Accept-Language": asked} if asked else {}).content.decode()
    network.forget_communities()
    assert f'<html lang="{heard}"' in page


def test_an_unknown_language_sets_nothing():
    assert Client().post(reverse("ui:language"), {"language": "xx"}, headers=HERE).cookies == {}


def test_every_page_has_the_way_out_and_the_crisis_numbers(client: Client):
    page = client.get(reverse("ui:gallery")).content.decode()
    assert 'href="/leave" rel="noreferrer" data-exit=' in page
    assert 'href="tel:988"' in page
    assert 'href="tel:911"' in page
    assert page.index('href="#main"') < page.index('class="safety"') < page.index('class="top"')


def test_pages_call_nobody_else_and_hold_no_inline_script_or_style(client: Client):
    page = client.get(reverse("ui:gallery")).content.decode()
    assert re.findall(r'(?:src|srcset|action)="https?:', page) == []
    assert re.findall(r'<(?:link|script|img)[^>]+"https?:', page) == []
    assert " style=" not in page
    assert re.findall(r"<script(?![^>]*src=)", page) == []
    assert re.findall(r"\son\w+=", page) == []


def test_numbers_in_drawings_have_points_in_spanish_too(client: Client):
    page = client.get(reverse("ui:gallery"), headers={"Accept-Language": "es"}).content.decode()
    for name in ("x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height", "viewBox"):
        assert re.findall(rf'\s{name}="[^"]*\d,\d[^"]*"', page) == [], name


def test_every_drawing_that_says_something_has_a_title(client: Client):
    page = client.get(reverse("ui:gallery")).content.decode()
    drawings = re.findall(r'<svg[^>]*role="img"[^>]*>(.{0,20})', page)
    assert drawings
    assert all(start.startswith("<title>") for start in drawings)


def test_ids_on_a_page_are_unique(client: Client):
    ids = re.findall(r'\sid="([^"]+)"', client.get(reverse("ui:gallery")).content.decode())
    assert sorted(ids) == sorted(set(ids))


def test_a_wrong_answer_keeps_what_was_typed_and_ties_the_error_to_its_field(client: Client):
    page = client.get(reverse("ui:gallery"), headers={"Accept-Language": "en"}).content.decode()
    assert 'value="12"' in page
    assert re.search(r'<input[^>]*name="wrong-zip_code"[^>]*aria-describedby="id_wrong-zip_code_error"', page)
    assert 'id="id_wrong-zip_code_error"' in page
    assert '<a href="#id_wrong-zip_code">Enter a ZIP code with 5 numbers.</a>' in page
    assert '<a href="#id_wrong-way_0">Answer this to go on.</a>' in page


def test_the_service_worker_keeps_only_our_files_and_one_page(client: Client):
    code = client.get(reverse("ui:service_worker"))
    assert code.headers["Content-Type"] == "text/javascript"
    files = json.loads(re.search(r"FILES = (\[.*?\])", code.content.decode()).group(1))
    assert [f for f in files if not f.startswith("/static/")] == ["/offline"]


def test_the_name_on_a_home_screen_tells_nothing(client: Client):
    kept = json.loads(client.get(reverse("ui:manifest"), headers={"Accept-Language": "en"}).content)
    assert kept["name"] == kept["short_name"] == "My page"
    words = json.dumps(kept).lower()
    assert not any(word in words for word in ("recover", "manypaths", "support", "sober", "rosc"))


@pytest.mark.parametrize("name", ["500.html", "503.html", "ui/offline.html"])
def test_pages_for_bad_moments_need_nothing_and_speak_both_languages(name: str):
    page = render_to_string(name)
    assert 'href="tel:988"' in page
    assert '<section class="stack" lang="es">' in page
    assert "/leave" in page


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "405", "413", "422"])
def test_a_refusal_says_what_to_do(name: str, rf: RequestFactory):
    page = render_to_string(f"{name}.html", request=rf.get("/nowhere"))
    assert page.count("<h1>") == 1
    assert 'class="lede"' in page


def test_a_signed_in_page_has_a_title_and_tab_icon_that_tell_nothing(rf: RequestFactory):
    page = render_to_string("base_signed_in.html", request=rf.get("/"))
    assert re.search(r"<title>My page</title>", page)
    assert "ui/page" in re.search(r'<link rel="icon" href="([^"]+)"', page).group(1)


@pytest.mark.parametrize("template", ["public/about.html", "public/right_now.html"])
def test_a_public_page_of_a_signed_in_reader_tells_nothing_closes_and_can_sign_out(rf: RequestFactory, template: str):
    request = rf.get("/")
    assert "data-idle" not in render_to_string(template, request=request)
    request.reader, request.session = SimpleNamespace(is_signed_in=True), {"device": "shared"}
    page = render_to_string(template, request=request)
    assert "<title>My page</title>" in page
    assert "ui/page" in re.search(r'<link rel="icon" href="([^"]+)"', page).group(1)
    assert f'action="{reverse("entry:sign_out")}"' in page
    assert 'data-idle="300"' in page


def test_the_demonstration_says_so_on_every_page(client: Client, settings):
    settings.DEMO = True
    assert 'class="demo"' in client.get(reverse("ui:gallery")).content.decode()
    settings.DEMO = False
    assert 'class="demo"' not in client.get(reverse("ui:gallery")).content.decode()


def test_what_every_page_knows_asks_no_table(rf: RequestFactory, django_assert_num_queries):
    with django_assert_num_queries(0):
        display(rf.get("/"))


def test_components_escape_what_people_typed(client: Client):
    """Text handed to a component is escaped exactly once, whichever way it is handed over."""
    folder = Path(__file__).parent.parent / "templates" / "cotton"
    unsafe = [
        path.name for path in folder.rglob("*.html") if "|safe" in path.read_text() or "autoescape" in path.read_text()
    ]
    assert unsafe == []
