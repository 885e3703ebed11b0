"""The first whole path, walked as four people: who finds, the person, the worker, and the public.

Find support, join alone, begin a plan, ask, agree, be answered, say whether it helped, answer the check-in, see who
looked, stop sharing; and the community's page. Every page on the way stands axe and the other checks.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from playwright.sync_api import Browser, BrowserContext, Page, expect

from manypaths.config.testing import LiveSite
from manypaths.directory.search.writer import Writer
from manypaths.network.models import Community
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import community, membership, participation, reader_for
from manypaths.web.public.tests.listed import listed, open_all_week, said
from manypaths.web.work.tests.factories import session_of
from tests.journeys.browser import Visit, check, context, go

PICTURES = os.environ.get("PICTURES", "")
WALKS = [Visit(390, "light", "en"), Visit(1280, "dark", "es"), Visit(390, "dark", "es"), Visit(1280, "light", "en")]
WORDS = "seven lanterns over the quiet bridge"
PRIMARY = "main button.btn:not(.btn-ghost):not(.btn-alert)"


@dataclass
class Walk:
    """One walk: the site, how people come to it, and every page they saw."""

    site: LiveSite
    visit: Visit
    seen: list[str] = field(default_factory=list)

    def stands(self, page: Page, name: str) -> None:
        """The page stands every check; a picture is kept where one is wanted."""
        page.wait_for_load_state("networkidle")
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"path-{len(self.seen):02}-{name}-{self.visit}.png", full_page=True)
        check(page, self.visit.language)
        self.seen.append(name)

    def go(self, page: Page, path: str, name: str) -> None:
        page.goto(self.site.url + path)
        self.stands(page, name)

    def press(self, page: Page, name: str, button: str = PRIMARY) -> None:
        """Press the one filled button of the page, and look at what comes."""
        go(page.locator(button).first)
        self.stands(page, name)


@pytest.fixture
def network(committed_db: str) -> tuple[Community, Reader]:
    """A community, a house that answers, and the coach who does."""
    with transaction.atomic():
        here = community()
        lantern = listed(
            "Lantern House", "recovery_center", ("talk",), languages=["en", "es"], room="open", room_as_of=said(),
            verified_at=said(1), verified_by="Dee R.", description="Coffee, meetings and peer coaches.",
        )  # fmt: skip
        open_all_week(lantern)
        participation(here, lantern.organisation)
        coach = membership(lantern.organisation, "peer", answers_requests=True)
        listed("Harbor Row", "recovery_residence", ("housing",))
    Writer().rebuild()
    return here, reader_for(coach, here)


@pytest.mark.parametrize("visit", WALKS, ids=str)
def test_four_people_walk_the_whole_path(
    network: tuple[Community, Reader], live_site: LiveSite, browser: Browser, visit: Visit
):
    walk = Walk(live_site, visit)
    _here, coach = network
    with context(browser, visit) as own, context(browser, visit) as desk:
        page, work = own.new_page(), desk.new_page()
        find(walk, page)
        join(walk, page)
        begin_a_plan(walk, page)
        request = ask(walk, page)
        sign_in_coach(walk, desk, coach)
        name = take_it_up(walk, work)
        see_it_answered(walk, page, request)
        finish(walk, work, name)
        say_whether_it_helped(walk, page, request)
        see_it_beside(walk, work, name)
        check_in(walk, page)
        look_who_looked(walk, page)
    with context(browser, visit) as anyone:
        read_the_figures(walk, anyone.new_page())
    assert len(walk.seen) >= 25


def find(walk: Walk, page: Page) -> None:
    """Somebody looks for a person to talk to and finds a house that can be asked."""
    walk.go(page, "/", "find")
    page.locator(".quick input[value=talk]").check(force=True)
    page.fill("#place", "Montpelier")
    go(page.locator(".searchbar button"))
    expect(page.locator("article.res h3")).to_have_text(["Lantern House"])
    walk.stands(page, "found")
    go(page.locator("article.res h3 a"))
    walk.stands(page, "service")
    go(page.locator("a[href^='/my/ask/']").first)
    walk.stands(page, "ask-signed-out")


def join(walk: Walk, page: Page) -> None:
    """They join alone: a name to be called, a passphrase, nothing else. The card brings them back in."""
    page.goto(walk.site.url + "/join") if "/join" not in page.url else None
    page.fill("[name=alias]", "Maria")
    page.check("[name=choice][value=own]")
    page.fill("[name=passphrase]", WORDS)
    page.check("[name=device][value=own]")
    walk.press(page, "card-start", "main form.form button.btn")
    walk.press(page, "card", "main form button.btn")
    assert page.locator(".card-to-keep .code").count() > 8


def begin_a_plan(walk: Walk, page: Page) -> None:
    """Own words, a strength, one goal with a step."""
    walk.go(page, "/my/", "my-page")
    walk.go(page, "/my/words", "own-words")
    page.locator("main textarea").first.fill("I want to pick my kids up from school, every day.")
    walk.press(page, "own-words-kept")
    walk.go(page, "/my/strong", "strength")
    page.locator("main form input[type=text]").first.fill("I show up")
    walk.press(page, "strength-kept")
    walk.go(page, "/my/goals", "goal")
    page.locator("main form input[type=text]").first.fill("Weekends with my kids")
    page.locator("[name=area]").first.check(force=True)
    walk.press(page, "goal-kept")
    walk.go(page, "/my/", "my-page-begun")
    expect(page.locator("main")).to_contain_text("I want to pick my kids up from school, every day.")


def ask(walk: Walk, page: Page) -> str:
    """Ask the house: what would help, the name, a safe way, words, check, agree. Gives the address of the request."""
    walk.go(page, "/", "find-again")
    go(page.locator("article.res a[href^='/my/ask/']").first)
    walk.stands(page, "ask-start")
    walk.press(page, "ask-need")
    page.locator("[name=need]").first.check()
    walk.press(page, "ask-name")
    page.fill("[name=name]", "Mari")
    walk.press(page, "ask-reach")
    page.check("[name=way][value=here]")
    walk.press(page, "ask-words")
    page.fill("[name=words]", "I would like to talk with someone who has been there.")
    walk.press(page, "ask-check")
    walk.press(page, "ask-agree")
    walk.press(page, "ask-sent")
    assert "/my/requests/" in page.url
    return page.url.removeprefix(walk.site.url)


def sign_in_coach(walk: Walk, desk: BrowserContext, coach: Reader) -> None:
    """The coach is signed in, with a second factor."""
    cookies = {settings.SESSION_COOKIE_NAME: session_of(coach), settings.LANGUAGE_COOKIE_NAME: walk.visit.language}
    desk.add_cookies([{"name": name, "value": value, "url": walk.site.url} for name, value in cookies.items()])


def take_it_up(walk: Walk, work: Page) -> str:
    """The coach sees the request, reads it, and says yes. Gives the address of the request."""
    walk.go(work, "/work/", "work-today")
    walk.go(work, "/work/requests", "work-inbox")
    expect(work.locator("main")).to_contain_text("Mari")
    go(work.locator("main a[href^='/work/requests/']").first)
    walk.stands(work, "work-request")
    expect(work.locator("main")).to_contain_text("someone who has been there")
    assert "pick my kids up" not in work.inner_text("body"), "nothing of the plan goes along unless it is picked"
    address = work.url.split("?")[0]
    walk.press(work, "work-said-yes")
    return address


def see_it_answered(walk: Walk, page: Page, request: str) -> None:
    """The person sees the same state."""
    walk.go(page, request, "request-answered")


def finish(walk: Walk, work: Page, address: str) -> None:
    """The coach writes a contact in three fields, and closes with an outcome."""
    walk.go(work, "/work/people", "work-people")
    expect(work.locator("main")).to_contain_text("Mari")
    go(work.locator("main a[href^='/work/people/']").first)
    walk.stands(work, "work-person")
    form = work.locator("main form", has=work.locator("[name=way]"))
    for name in ("way", "when", "deed"):
        form.locator(f"[name={name}]").first.check(force=True)
    go(form.locator("button.btn").first)
    walk.stands(work, "work-contact-kept")
    work.goto(address)
    work.locator("details:has([name=outcome]) > summary").first.click()
    done = work.locator("form:has([name=outcome])").first
    done.locator("[name=outcome]").first.check(force=True)
    go(done.locator("button").first)
    walk.stands(work, "work-done")


def say_whether_it_helped(walk: Walk, page: Page, request: str) -> None:
    """The person's own word, beside the worker's."""
    walk.go(page, request, "request-done")
    page.locator("[name=answer]").nth(1).check(force=True)
    go(page.locator("form:has([name=answer]) button").first)
    walk.stands(page, "request-answer-given")


def see_it_beside(walk: Walk, work: Page, address: str) -> None:
    """After the end the house keeps its own record only: the request and its words are closed to it."""
    work.goto(address)
    assert "someone who has been there" not in work.inner_text("body")


def check_in(walk: Walk, page: Page) -> None:
    """Ten statements, one at a time, and the picture of them."""
    walk.go(page, "/my/check-ins", "check-ins")
    for number in range(1, 11):
        page.goto(f"{walk.site.url}/my/check-ins/now/{number}")
        if number == 1:
            walk.stands(page, "check-in-statement")
        page.locator("main form [type=radio][value='5']").check(force=True)
        go(page.locator(PRIMARY).first)
    walk.stands(page, "check-in-end")
    go(page.locator(PRIMARY).first)
    walk.stands(page, "check-in-result")
    assert "47" not in page.inner_text("main"), "the published line is not drawn unless it is asked for"


def look_who_looked(walk: Walk, page: Page) -> None:
    """Who looked, and what is shared."""
    walk.go(page, "/my/sharing", "sharing")
    walk.go(page, "/my/sharing/looked", "looked")
    expect(page.locator("main")).to_contain_text("Dee R.")
    expect(page.locator("main")).to_contain_text("Lantern House")


def read_the_figures(walk: Walk, page: Page) -> None:
    """The public's page, which no single person can be read from."""
    walk.go(page, "/community/", "community")
    assert "Mari" not in page.inner_text("body")
