"""The path of the mission, once from end to end, as four people: who looks, who asks, who answers, and who counts."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from manypaths.config.testing import LiveSite, as_owner
from manypaths.directory.search.writer import Writer
from manypaths.network.models import Community, Membership
from manypaths.network.tests.factories import community, membership, participation, reader_for
from manypaths.referrals.models import Referral
from manypaths.web.public.tests.listed import listed, open_all_week, said
from manypaths.web.work.tests.factories import session_of
from tests.journeys.browser import Visit, check, context

PASSPHRASE = "quiet rivers run under stone"
SUBMIT = "main form.form button.btn"
PATHS = [Visit(), Visit(1280, "dark", "es")]


def a_place_that_answers() -> tuple[Community, Membership, str]:
    """A community, a coach who answers requests, and the listing of their service."""
    here = community()
    lantern = listed(
        "Lantern House Recovery Center", "recovery_center", ("talk", "meetings", "family"), costs=["free"],
        description="Drop in for coffee, meetings, a peer recovery coach, or help with forms.", room="open",
        room_as_of=said(), verified_at=said(2), verified_by="Dee R., Lantern House",
    )  # fmt: skip
    open_all_week(lantern)
    participation(here, lantern.organisation)
    coach = membership(lantern.organisation, "peer", answers_requests=True)
    Writer().rebuild()
    return here, coach, str(lantern.id)


def speak(page: Page, site: LiveSite, visit: Visit) -> None:
    """Choose the language once, as a person would, so that it stays through sign-in."""
    value = {"name": settings.LANGUAGE_COOKIE_NAME, "value": visit.language, "url": site.url}
    page.context.add_cookies([value])


def find(page: Page, site: LiveSite, visit: Visit, service: str) -> None:
    """Look for someone to talk to near Montpelier, and open what was found."""
    page.goto(site.url + "/")
    check(page, visit.language)
    page.fill("#place", "Montpelier")
    page.locator(".searchbar button").click()
    page.locator(f"a[href*='/service/{service}']").first.click()
    check(page, visit.language)
    assert "Montpelier" not in page.url


def join_from(page: Page, visit: Visit, service: str) -> None:
    """Ask, be led to make a page of one's own first, and come back to the same question."""
    page.locator(f"a[href='/my/ask/{service}']").click()
    page.wait_for_url("**/join")
    page.fill("[name=alias]", "Mari")
    page.check("[name=choice][value=own]")
    page.fill("[name=passphrase]", PASSPHRASE)
    page.check("[name=device][value=own]")
    page.click(SUBMIT)
    page.wait_for_url("**/card")
    page.locator("a[href='/card/done']").click()
    page.wait_for_url(f"**/my/ask/{service}")
    check(page, visit.language)


def ask(page: Page, visit: Visit) -> str:
    """One question on a page, the check, the agreement, and the first step of the request. Gives its address."""
    page.locator("main form button.btn").first.click()
    page.check("[name=need][value=talk]")
    page.click(SUBMIT)
    expect(page.locator("[name=name]")).to_have_value("Mari")
    page.click(SUBMIT)
    page.check("[name=way][value=call]")
    page.fill("[name=number]", "802-555-0142")
    page.fill("[name=hours]", "17-20")
    page.click(SUBMIT)
    page.fill("[name=words]", "I would like to talk with someone who has been there.")
    page.click(SUBMIT)
    check(page, visit.language)
    page.locator("main form button.btn").click()
    check(page, visit.language)
    page.locator(".consent form button.btn").click()
    page.wait_for_url(re.compile(r"/my/requests/[0-9a-f-]{36}$"))
    check(page, visit.language)
    return page.url


def answer(browser: Browser, site: LiveSite, visit: Visit, coach: Membership, here: Community) -> None:
    """The coach sees who asked, says yes, writes the first contact down, and closes the loop."""
    with context(browser, visit) as made:
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session_of(reader_for(coach, here)), "url": site.url}
        made.add_cookies([cookie])
        page = made.new_page()
        speak(page, site, visit)
        page.goto(site.url + "/work/")
        check(page, visit.language)
        page.locator("a[href*='/work/requests/']").first.click()
        expect(page.locator("main")).to_contain_text("802-555-0142")
        check(page, visit.language)
        page.locator("form:has([name=to][value=accepted]) button").click()
        page.wait_for_url("**/work/people/*")
        page.locator("label:has([name=way][value=call])").click()
        page.locator("label:has([name=deed][value=talked])").click()
        page.click("main form.form button.btn")
        expect(page.locator("main [role=status]")).not_to_be_empty()
        check(page, visit.language)
        page.locator("a[href*='/work/requests/']").first.click()
        page.locator("details:has([name=to][value=completed]) summary").click()
        page.locator("details:has([name=to][value=completed]) [name=outcome][value=given]").check()
        page.locator("details:has([name=to][value=completed]) button").click()
        page.wait_for_url("**/work/requests")
        check(page, visit.language)


def say_own_word(page: Page, visit: Visit, request: str) -> None:
    """The person sees what was done, says whether it was what they needed, and sees who looked."""
    page.goto(request)
    check(page, visit.language)
    page.locator("label:has([name=answer][value=partly])").click()
    page.locator("#answer button.btn").click()
    expect(page.locator("[name=answer][value=partly]")).to_be_checked()
    page.goto(request.split("/my/", maxsplit=1)[0] + "/my/sharing/looked")
    expect(page.locator("main")).to_contain_text("Dee R.")
    check(page, visit.language)


@pytest.mark.parametrize("visit", PATHS, ids=str)
def test_the_loop_closes_from_the_search_to_the_persons_own_word(browser: Browser, live_site: LiveSite, visit: Visit):
    here, coach, service = a_place_that_answers()
    with context(browser, visit) as made:
        page = made.new_page()
        speak(page, live_site, visit)
        find(page, live_site, visit, service)
        join_from(page, visit, service)
        request = ask(page, visit)
        answer(browser, live_site, visit, coach, here)
        say_own_word(page, visit, request)
    with as_owner():
        row = Referral.objects.get()
    assert (row.status, row.outcome, row.person_answer) == ("completed", "given", "partly")
    assert row.first_contact_at is not None
    with context(browser, visit) as anyone:
        page = anyone.new_page()
        speak(page, live_site, visit)
        page.goto(live_site.url + "/community/")
        check(page, visit.language)
        assert "Mari" not in page.content()
