"""Joining, coming back, working and leaving, in a real browser."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from manypaths.accounts import factors
from manypaths.accounts.commands import proving, signing_in
from manypaths.config.testing import LiveSite, role_url
from manypaths.network.models import Membership
from manypaths.network.rules import SYSTEM
from manypaths.network.tests import factories as make
from manypaths.web.entry.tests.people import STAFF_WORDS, WORDS, invitation
from tests.journeys.browser import VISITS, Visit, check, context, go

PICTURES = os.environ.get("MANYPATHS_PICTURES")
OUTSIDE = "https://www.weather.gov/"
SUBMIT = "main form.form button.btn"


def seen(page: Page, visit: Visit, name: str) -> None:
    """The page stands; where pictures are wanted, one is kept."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}-{visit}.png", full_page=True)
    check(page, visit.language)


def join(page: Page, url: str, *, device: str = "shared") -> None:
    page.goto(f"{url}/join")
    page.fill("[name=alias]", "Rosa")
    page.check("[name=choice][value=own]")
    page.fill("[name=passphrase]", WORDS)
    page.check(f"[name=device][value={device}]")
    go(page.locator(SUBMIT))


@pytest.mark.parametrize("visit", VISITS, ids=str)
def test_a_person_joins_and_comes_back_with_the_card(browser: Browser, live_site: LiveSite, visit: Visit):
    community, body = make.community(), make.organisation()
    make.participation(community, body)
    with context(browser, visit) as visitor:
        page = visitor.new_page()
        page.goto(f"{live_site.url}/join")
        seen(page, visit, "join")
        go(page.locator(SUBMIT))
        seen(page, visit, "join-errors")
        join(page, live_site.url)
        seen(page, visit, "card-start")
        go(page.locator("main form button.btn"))
        seen(page, visit, "card")
        name, *codes = page.locator(".card-to-keep .code").all_inner_texts()
        page.goto(f"{live_site.url}/devices")
        seen(page, visit, "devices")
        page.goto(f"{live_site.url}/devices/help")
        seen(page, visit, "helpers")
        go(page.locator("form[action='/devices/help/code'] button"))
        seen(page, visit, "trusted-code")
        page.goto(f"{live_site.url}/devices/passphrase")
        seen(page, visit, "passphrase")
        page.goto(f"{live_site.url}/enter/again")
        seen(page, visit, "prove-again")
        go(page.locator("header form[action='/sign-out'] button"))
        seen(page, visit, "sign-in")
        for way in ("", "/card", "/trusted", "/finish", "/desk"):
            page.goto(f"{live_site.url}/enter/lost{way}")
            seen(page, visit, f"lost{way.replace('/', '-')}")
        page.fill("[name=name]", name)
        go(page.locator(SUBMIT))
        seen(page, visit, "asked")
        page.goto(f"{live_site.url}/enter/lost/card")
        page.fill("[name=name]", name)
        page.fill("[name=code]", codes[0])
        page.fill("[name=passphrase]", "seven lanterns over the bridge")
        page.check("[name=device][value=own]")
        go(page.locator(SUBMIT))
        page.wait_for_url("**/devices")


@pytest.mark.parametrize("visit", VISITS, ids=str)
def test_a_worker_reads_accepts_and_sets_up_an_app(browser: Browser, live_site: LiveSite, visit: Visit):
    community, body = make.community(), make.organisation()
    make.Participation.objects.create(community=community, organisation=body, invited_at=make.NOW)
    code = invitation("org_admin", "frontdesk", "coordinator", body=body)
    with context(browser, visit) as visitor:
        page = visitor.new_page()
        page.goto(f"{live_site.url}/invited/{code}")
        seen(page, visit, "invited")
        page.fill("[name=passphrase]", STAFF_WORDS)
        go(page.locator(SUBMIT))
        seen(page, visit, "choose-factor")
        page.goto(f"{live_site.url}/second/passkey")
        seen(page, visit, "add-passkey")
        page.goto(f"{live_site.url}/second/app")
        seen(page, visit, "add-app")
        secret = re.sub(r"\s", "", page.locator("p.code").inner_text())
        page.fill("[name=code]", factors.code_at(secret, factors.step_now()))
        go(page.locator(SUBMIT))
        seen(page, visit, "staff-codes")
        page.goto(f"{live_site.url}/second")
        seen(page, visit, "second-factor")
        page.goto(f"{live_site.url}/here")
        seen(page, visit, "staff-asked")
        go(page.locator(SUBMIT))
        for name in ("taking-part", "organizations", "workers", "vouch", "places-of-work", "devices"):
            page.goto(f"{live_site.url}/{name}")
            seen(page, visit, f"staff-{name}")
        invite_a_listed_organisation(page, live_site.url, visit)
        Membership.objects.update(ended_at=make.NOW)
        page.goto(f"{live_site.url}/here")
        seen(page, visit, "no-hat")


def invite_a_listed_organisation(page: Page, url: str, visit: Visit) -> None:
    """The coordinator types a name, finds that it is listed, and chooses it."""
    make.organisation("Harbor Row")
    led = make.organisation("Harbor Row House")
    make.membership(led, "org_admin")
    for listed, ends in (("Harbor Row", "worker-link"), ("Harbor Row House", "invited-inside")):
        page.goto(f"{url}/organizations")
        page.fill("[name=name]", "Harbour Row")
        page.fill("[name=contact_name]", "Lou")
        page.fill("[name=email]", "lou@example.org")
        go(page.locator(SUBMIT))
        seen(page, visit, "organizations-listed")
        page.get_by_text(listed, exact=True).click()
        go(page.locator(SUBMIT))
        seen(page, visit, ends)


def test_a_worker_proves_it_with_a_passkey(browser: Browser, live_site: LiveSite):
    code = invitation("frontdesk")
    home = live_site.url.replace("127.0.0.1", "localhost")
    with context(browser, Visit()) as visitor:
        page = visitor.new_page()
        wire = visitor.new_cdp_session(page)
        wire.send("WebAuthn.enable")
        device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
        wire.send(
            "WebAuthn.addVirtualAuthenticator",
            {"options": {**device, "isUserVerified": True, "automaticPresenceSimulation": True}},
        )
        page.goto(f"{home}/invited/{code}")
        page.fill("[name=passphrase]", STAFF_WORDS)
        go(page.locator(SUBMIT))
        page.goto(f"{home}/second/passkey")
        page.click("[data-passkey-go]")
        page.wait_for_selector(".card-to-keep")
        page.goto(f"{home}/devices")
        go(page.locator("header form[action='/sign-out'] button"))
        page.fill("[name=name]", "dee@example.org")
        page.fill("[name=passphrase]", STAFF_WORDS)
        page.check("[name=device][value=shared]")
        go(page.locator(SUBMIT))
        page.goto(f"{home}/vouch")
        assert page.url == f"{home}/second"
        page.click("[data-passkey-go]")
        page.wait_for_url(lambda url: not url.endswith("/second"))
        page.goto(f"{home}/vouch")
        assert page.url == f"{home}/vouch"


def test_a_passphrase_is_shown_on_request_and_typed_without_scripts(browser: Browser, live_site: LiveSite):
    with context(browser, Visit()) as visitor:
        page = visitor.new_page()
        page.goto(f"{live_site.url}/enter")
        page.fill("[name=passphrase]", "seen")
        page.click("text=Show")
        assert page.get_attribute("[name=passphrase]", "type") == "text"
        page.click("text=Hide")
        assert page.get_attribute("[name=passphrase]", "type") == "password"
    with context(browser, Visit(scripts=False)) as visitor:
        page = visitor.new_page()
        join(page, live_site.url)
        assert page.url.endswith("/card")


def test_the_printed_card_says_nothing_but_a_name_and_codes(browser: Browser, live_site: LiveSite):
    make.community()
    with context(browser, Visit()) as visitor:
        page = visitor.new_page()
        join(page, live_site.url)
        go(page.locator("main form button.btn"))
        page.emulate_media(media="print")
        words = page.evaluate("document.body.innerText").split()
        assert words[0] == "Name:"
        assert len(words) == 2 + 8


def leave_by(page: Page, how: str) -> None:
    page.context.route(f"{OUTSIDE}**", lambda route: route.fulfill(body="<title>Weather</title>rain"))
    if how == "shift":
        for _press in range(3):
            page.keyboard.press("Shift")
    else:
        page.click("a.exit")
    page.wait_for_url(OUTSIDE)


@pytest.mark.parametrize("how", ["click", "shift", "no script", "the server has not heard yet"])
def test_leaving_is_fast_and_back_shows_a_closed_page(browser: Browser, live_site: LiveSite, how: str):
    make.community()
    with context(browser, Visit(scripts=how != "no script")) as visitor:
        page = visitor.new_page()
        if how == "the server has not heard yet":
            visitor.route("**/leave", lambda route: route.abort())
        page.goto(f"{live_site.url}/enter")
        join(page, live_site.url)
        page.goto(f"{live_site.url}/devices")
        leave_by(page, how)
        for _back in range(2):
            page.go_back()
            page.wait_for_load_state()
            assert page.url.startswith(live_site.url)
            assert "This page is closed." in page.inner_text("main")
            assert page.title() == "My page"
            text = page.inner_text("body")
            assert not any(word in text for word in ("Rosa", "Green Hollow", "ecovery", "Sign"))
        again = visitor.new_page()
        again.goto(f"{live_site.url}/devices")
        assert "This page is closed." in again.inner_text("main")
        go(again.locator("text=Open it again"))
        again.goto(f"{live_site.url}/devices")
        assert again.url.endswith("/enter?to=/devices")


@pytest.fixture
def demo_site(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveSite]:
    """The web server of a demonstration."""
    monkeypatch.setenv("MANYPATHS_DEMO", "1")
    site = LiveSite(committed_db, role_url("app"))
    try:
        site.start()
        yield site
    finally:
        site.stop()


@pytest.mark.parametrize("visit", [VISITS[0], VISITS[7]], ids=str)
def test_a_visitor_of_a_demonstration_signs_in_as_a_worker(browser: Browser, demo_site: LiveSite, visit: Visit):
    member = make.membership(make.organisation(), "frontdesk")
    account = signing_in.change_passphrase(account_id=member.account_id, passphrase=STAFF_WORDS, by=SYSTEM, at=make.NOW)
    account.language = visit.language
    account.save()
    proving.show_in_demo(
        account_id=account.id,
        role="frontdesk",
        name="Dee R.",
        place="Lantern House",
        passphrase=STAFF_WORDS,
        position=1,
        by=SYSTEM,
        at=make.NOW,
    )
    with context(browser, visit) as visitor:
        page = visitor.new_page()
        page.goto(f"{demo_site.url}/demo")
        seen(page, visit, "demo")
        page.goto(f"{demo_site.url}/enter")
        page.fill("[name=name]", account.username)
        page.fill("[name=passphrase]", STAFF_WORDS)
        page.check("[name=device][value=shared]")
        go(page.locator(SUBMIT))
        page.goto(f"{demo_site.url}/second")
        seen(page, visit, "demo-second")
        page.fill("[name=code]", page.locator(".note .code").inner_text())
        go(page.locator(SUBMIT))
        page.goto(f"{demo_site.url}/vouch")
        assert page.url.endswith("/vouch")
