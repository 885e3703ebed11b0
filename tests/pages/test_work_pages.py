"""A worker's pages in a real browser: every width, theme and language, empty and full, and what axe says."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, expect

from manypaths.config.testing import LiveSite, as_owner
from manypaths.directory.models import Service
from manypaths.network import commands as network
from manypaths.network.models import Membership
from manypaths.network.rules import Reader
from manypaths.network.rules.posture import Review
from manypaths.network.tests.factories import membership, reader_for
from manypaths.people.models import Assignment
from manypaths.people.tests.factories import person
from manypaths.referrals import commands
from manypaths.referrals.models import Referral
from manypaths.referrals.rules import PickedPart, Status
from manypaths.referrals.tests.factories import Scene
from manypaths.support.rules import ContactFacts
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import ask, session_of, stage
from tests.journeys.browser import VISITS, Visit, check, context, go

PICTURES = os.environ.get("PICTURES", "")
PEERS = {"assisted": "yes", "serves": "no", "says_so": "no", "general": "no", "unit": "no"}
WHY = (
    "We are peers. We walk with people and send nobody to treatment. Counsel read our web site and our license with us."
)
PARTS = [
    PickedPart("goal", "Keep a steady home", "Done: call Harbor Row\nNow: visit on Thursday"),
    PickedPart("strength", "I show up", "14 meetings this season"),
]


def signed_in(made: BrowserContext, site: LiveSite, by: Reader, language: str = "en") -> None:
    """Put a session of the worker, and the language they chose, into this browser."""
    cookies = {settings.SESSION_COOKIE_NAME: session_of(by), settings.LANGUAGE_COOKIE_NAME: language}
    made.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in cookies.items()])


def another(made: Scene, name: str, **changes: object):
    """A request of another person to the same organisation."""
    scene = replace(made, person=person(), asked=replace(made.asked, service_id=uuid4(), service_name="Recovery home"))
    return ask(scene, name, **changes)


def busy(made: Scene) -> dict[str, str]:
    """A day with a request that waits, one that is late, one under way, and a person with contacts."""
    waiting = ask(made, "Mari", words="I would like to talk with someone who has been there.", parts=PARTS)
    late = another(made, "Jo", way="person_calls", need="start")
    going = another(made, "Rosa Linda", way="call", need="practical")
    with as_owner():
        Referral.objects.filter(id=late).update(
            requested_at=now() - timedelta(days=6), due_at=now() - timedelta(days=2), due_on=now() - timedelta(days=3)
        )
    record = commands.accept_request(referral_id=going, seen=Status.REQUESTED, by=made.coach, at=now())
    facts = ContactFacts(now(), "call", "talked", "Wants a ride on Thursday.")
    commands.record_contact(record_id=record, facts=facts, by=made.coach, at=now())
    return {
        "home": "/work/",
        "inbox": "/work/requests",
        "request": f"/work/requests/{waiting}",
        "late": f"/work/requests/{late}",
        "going": f"/work/requests/{going}",
        "people": "/work/people",
        "person": f"/work/people/{record}",
        "messages": "/work/messages",
    }


def walk(
    browser: Browser, site: LiveSite, by: Reader, pages: dict[str, str], kind: str, visits: list[Visit] = VISITS
) -> None:
    """Look at every page in every variant."""
    for visit in visits:
        with context(browser, visit) as made:
            signed_in(made, site, by, visit.language)
            page = made.new_page()
            for name, address in pages.items():
                page.goto(site.url + address)
                page.wait_for_load_state("networkidle")
                if PICTURES:
                    page.screenshot(path=Path(PICTURES) / f"{kind}-{name}-{visit}.png", full_page=True)
                check(page, visit.language)


def test_every_page_of_a_busy_day_stands(browser: Browser, live_site: LiveSite):
    made = stage()
    walk(browser, live_site, made.coach, busy(made), "work")


def test_every_page_of_an_empty_day_stands(browser: Browser, live_site: LiveSite):
    made = stage()
    pages = {"home": "/work/", "inbox": "/work/requests", "people": "/work/people", "messages": "/work/messages"}
    walk(browser, live_site, made.coach, pages, "work-empty", [Visit(), Visit(1280, "dark", "es")])


def test_what_an_organisation_offers_stands(browser: Browser, live_site: LiveSite):
    made = stage()
    with as_owner():
        common = {"organisation": made.body, "kind": "peer_support", "zone": "America/New_York", "changed_at": now()}
        one = Service.objects.create(name="Peer coaching", phone="802-555-0142", **common)
        Service.objects.create(
            name="Tuesday circle", room="open", room_as_of=now(), verified_at=now(), verified_by="Dee R.", **common
        )
    pages = {"services": "/work/services", "add": "/work/services/add", "edit": f"/work/services/{one.id}"}
    walk(browser, live_site, made.coach, pages, "work")


def test_the_pages_of_a_lead_stand(browser: Browser, live_site: LiveSite):
    made = stage()
    busy(made)
    with as_owner():
        lead = reader_for(membership(made.body, "org_admin", display_name="Kim"), made.place)
        gone = membership(made.body, "peer", display_name="Ana P.")
        record = Assignment.objects.get().record_id
        Assignment.objects.create(record_id=record, membership=gone, since=now())
        Membership.objects.filter(id=gone.id).update(ended_at=now())
        by = replace(lead, factor_at=now())
        network.invite_worker(email="ana@example.org", display_name="Ana M.", roles=["peer"], by=by, at=now())
    pages = {"workers": "/workers", "roles": f"/workers/{made.coach.membership_id}/roles"}
    pages |= {"hand-over": f"/workers/{made.coach.membership_id}/hand-over", "law": "/law"}
    walk(browser, live_site, by, {"law-unknown": "/law"}, "work", [Visit(), Visit(1280, "dark", "es")])
    network.review_posture(review=Review(PEERS, "Ana Ruiz, counsel", WHY), by=by, at=now())
    walk(browser, live_site, by, pages, "work")


def test_the_pages_of_a_supervisor_stand(browser: Browser, live_site: LiveSite):
    made = stage()
    with as_owner():
        over = membership(made.body, "supervisor", display_name="Sol")
        by = reader_for(over, made.place)
    walk(browser, live_site, by, {"team-empty": "/work/team"}, "work", [Visit(), Visit(1280, "dark", "es")])
    record = busy(made)["person"].rpartition("/")[2]
    with as_owner():
        Membership.objects.filter(id=made.coach.membership_id).update(supervisor=over)
    pages = {"team-home": "/work/", "team": "/work/team", "team-person": f"/work/team/{record}"}
    walk(browser, live_site, by, pages, "work")


def test_a_request_is_answered_without_scripts(browser: Browser, live_site: LiveSite):
    made = stage()
    referral = ask(made)
    with context(browser, Visit(scripts=False)) as visitor:
        signed_in(visitor, live_site, made.coach)
        page = visitor.new_page()
        page.goto(f"{live_site.url}/work/requests/{referral}")
        page.locator("summary", has_text="Not now").click()
        go(page.locator("details[open] button"))
        expect(page.locator("details[open] .err")).to_contain_text("Choose a reason")
        page.get_by_label("No open place right now").first.check()
        go(page.locator("details[open] button"))
        expect(page.locator("main [role=status]")).to_contain_text("Your answer is sent")
