"""The pages of a front desk and of a privacy officer in a real browser: full, empty, and what axe says."""

import os
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser

from manypaths.config.testing import LiveSite, as_owner
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import membership, reader_for
from manypaths.people.tests.factories import person
from manypaths.referrals import commands
from manypaths.referrals.rules import Status
from manypaths.referrals.tests.factories import Scene
from manypaths.support import exporting
from manypaths.support.models import Export
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import ask, stage
from manypaths.web.work.tests.test_alarms import STOPPED, kept, lead_of, read_very_much
from manypaths.web.work.tests.test_flags import flagged
from tests.journeys.browser import Visit, check, go
from tests.journeys.test_a_look_that_was_not_right import as_reader
from tests.journeys.test_at_the_desk import stands
from tests.pages.test_work_pages import walk

PICTURES = os.environ.get("PICTURES", "")
FEW = [Visit(), Visit(1280, "dark", "es")]
LONG = "Maria de los Angeles Fernandez-Quintanilla y Rodriguez de la Vega"


def officer_of(made: Scene) -> Reader:
    with as_owner():
        return reader_for(membership(made.body, "privacy_officer", display_name="Hugo L."), made.place)


def house(made: Scene) -> str:
    """Four people of a house with other ways to be reached; one consent is stopped. The record of the last."""
    record = ""
    said = (("Mari", {}), ("Jo", {"way": "person_calls"}), (LONG, {"way": "call"}), ("Rosa", {"way": "here"}))
    for name, more in said:
        one = replace(made, person=person(), asked=replace(made.asked, service_id=uuid4()))
        referral = ask(one, name, **more)
        accepted = commands.accept_request(referral_id=referral, seen=Status.REQUESTED, by=made.coach, at=now())
        if name == "Jo":
            commands.stop_sharing(referral_id=referral, by=one.person, at=now())
        record = str(accepted)
    return record


def test_the_pages_of_a_front_desk_stand(browser: Browser, live_site: LiveSite):
    made = stage()
    record = house(made)
    pages = {
        "home": "/work/", "list": "/work/desk", "one": f"/work/desk/{record}",
        "attendance": f"/work/people/{record}/attendance?for=desk",
    }  # fmt: skip
    walk(browser, live_site, made.desk, pages, "desk")


@pytest.mark.parametrize("visit", FEW, ids=str)
def test_a_front_desk_finds_one_and_is_told_when_nobody_fits(browser: Browser, live_site: LiveSite, visit: Visit):
    made = stage()
    house(made)
    with as_reader(browser, live_site, made.desk, visit) as page:
        page.goto(f"{live_site.url}/work/desk")
        for name, words, expected in (("found", "fernandez", [LONG]), ("nobody", "Zacharias", []), ("all", "...", [])):
            page.locator("input[name=words]").fill(words)
            go(page.locator("main form button"))
            shown = [one.inner_text() for one in page.locator(".ask-name").all()]
            assert shown == expected
            page.wait_for_load_state("networkidle")
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"desk-{name}-{visit}.png", full_page=True)
            check(page, visit.language, expected_errors=("422",))


def test_the_pages_of_a_privacy_officer_stand(browser: Browser, live_site: LiveSite):
    made = stage()
    record = house(made)
    pages = {
        "desk": "/work/privacy", "register": "/work/privacy/consents", "ended": "/work/privacy/consents?show=ended",
        "one": f"/work/privacy/people/{record}", "consents": f"/work/people/{record}/consents",
        "looks": f"/work/people/{record}/looks",
    }  # fmt: skip
    walk(browser, live_site, officer_of(made), pages, "officer")


def test_the_pages_of_looks_that_ask_for_a_reason_stand(browser: Browser, live_site: LiveSite):
    made = stage()
    officer = officer_of(made)
    flag = flagged(made)
    pages = {"desk": "/work/privacy", "one": f"/work/privacy/looks/{flag}", "messages": "/work/messages"}
    walk(browser, live_site, officer, pages, "flags")


def test_the_page_of_who_opened_very_much_stands(browser: Browser, live_site: LiveSite):
    made = stage()
    lead, record = lead_of(made), kept(made)
    walk(browser, live_site, lead, {"none": "/work/privacy/pages"}, "much", FEW)
    read_very_much(made, 60)
    walk(browser, live_site, lead, {"alarm": "/work/privacy/pages", "home": "/work/"}, "much", FEW)
    for visit in FEW:
        with as_reader(browser, live_site, made.coach, visit) as page:
            answer = page.goto(f"{live_site.url}/work/people/{record}")
            assert answer is not None
            assert answer.status == STOPPED
            stands(page, visit, "stopped", "429")


def test_what_assigned_workers_read_of_consents_stands(browser: Browser, live_site: LiveSite):
    made = stage()
    record = house(made)
    pages = {
        "person": f"/work/people/{record}", "consents": f"/work/people/{record}/consents",
        "contacts": f"/work/people/{record}/contacts",
    }  # fmt: skip
    walk(browser, live_site, made.coach, pages, "agreed", FEW)


def test_the_page_of_lists_stands(browser: Browser, live_site: LiveSite):
    made = stage()
    house(made)
    with as_owner():
        over = membership(made.body, "supervisor", display_name="Sol")
        made.coach_member.supervisor_id = over.id
        made.coach_member.save(update_fields=["supervisor_id"])
    sol, hugo = reader_for(over, made.place), officer_of(made)
    walk(browser, live_site, sol, {"none": "/work/exports"}, "exports", FEW)
    exporting.ask_for_export(why="planning", by=replace(sol, factor_at=now()), at=now())
    waits = exporting.ask_for_export(why="audit", by=replace(sol, factor_at=now()), at=now())
    with as_owner():
        Export.objects.filter(id=waits.id).update(people=64)
    walk(browser, live_site, sol, {"own": "/work/exports"}, "exports", FEW)
    walk(browser, live_site, hugo, {"second": "/work/exports"}, "exports", FEW)


def test_an_empty_house_stands(browser: Browser, live_site: LiveSite):
    made = stage()
    walk(browser, live_site, made.desk, {"list": "/work/desk"}, "desk-empty", FEW)
    pages = {"register": "/work/privacy/consents", "ended": "/work/privacy/consents?show=ended"}
    walk(browser, live_site, officer_of(made), pages, "officer-empty", FEW)
