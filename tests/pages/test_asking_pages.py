"""Asking and what becomes of it, in a real browser: every width, theme and language, and once without scripts."""

import os
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from playwright.sync_api import Browser, BrowserContext, expect

from manypaths.config.testing import LiveSite, as_owner
from manypaths.plans import queries as plans
from manypaths.plans.tests.factories import goal, step, strength
from manypaths.referrals import commands
from manypaths.referrals.models import Referral
from manypaths.referrals.rules import Status
from manypaths.web.my.tests.factories import session_of
from manypaths.web.my.tests.test_asking import Stage
from manypaths.web.ui.clock import now
from tests.journeys.browser import VISITS, Visit, check, context, go

PICTURES = os.environ.get("PICTURES", "")


def signed_in(made: BrowserContext, site: LiveSite, stage: Stage, language: str) -> None:
    """Put the person's session and language into this browser."""
    cookies = {settings.SESSION_COOKIE_NAME: session_of(stage.person), settings.LANGUAGE_COOKIE_NAME: language}
    made.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in cookies.items()])


def full() -> tuple[Stage, dict[str, str]]:
    """A person with a plan, a draft, and requests that wait, are late, were refused, and are done."""
    stage = Stage()
    strength(stage.person, "I show up", "14 meetings this season")
    step(stage.person, goal(stage.person, "A steady home"), "Ask for a place")
    done = stage.send()
    commands.accept_request(referral_id=done, seen=Status.REQUESTED, by=stage.coach(), at=now())
    commands.complete_request(referral_id=done, seen=Status.ACCEPTED, outcome="given", by=stage.coach(), at=now())
    refused = stage.send()
    commands.reject_request(
        referral_id=refused, seen=Status.REQUESTED, reason="no_open_place", by=stage.coach(), at=now()
    )
    late = stage.send()
    with as_owner():
        Referral.objects.filter(id=late).update(
            requested_at=now() - timedelta(days=6), due_at=now() - timedelta(days=2), due_on=now() - timedelta(days=3)
        )
    stage.ask = f"/my/ask/{stage.similar.id}"
    stage.write()
    with transaction.atomic():
        parts = [part.key for part in plans.parts_to_share(reader=stage.person)]
    stage.client.post(f"{stage.ask}/words", {"words": "I would like to talk.", "parts": parts})
    pages = {name: f"{stage.ask}/{name}" for name in ("need", "name", "reach", "words", "check", "agree")}
    pages |= {"start": stage.ask, "list": "/my/requests", "anew": f"/my/requests/{late}/agree"}
    return stage, pages | {
        name: f"/my/requests/{one}" for name, one in (("done", done), ("not", refused), ("late", late))
    }


def test_every_page_of_asking_stands(browser: Browser, live_site: LiveSite):
    stage, pages = full()
    for visit in VISITS:
        with context(browser, visit) as made:
            signed_in(made, live_site, stage, visit.language)
            page = made.new_page()
            for name, address in pages.items():
                page.goto(live_site.url + address)
                if PICTURES:
                    page.screenshot(path=Path(PICTURES) / f"ask-{name}-{visit}.png", full_page=True)
                check(page, visit.language)


def test_a_person_asks_without_scripts(browser: Browser, live_site: LiveSite):
    stage = Stage()
    with context(browser, Visit(scripts=False)) as made:
        signed_in(made, live_site, stage, "en")
        page = made.new_page()
        page.goto(live_site.url + stage.ask)
        go(page.get_by_role("button", name="Begin"))
        page.get_by_label("Talk with someone").check()
        go(page.get_by_role("button", name="Go on"))
        go(page.get_by_role("button", name="Go on"))
        page.get_by_label("Send me a text").check()
        go(page.get_by_role("button", name="Go on"))
        expect(page.locator(".err").first).to_contain_text("Write the phone number they can use.")
        page.get_by_label("Your phone number").fill("802-555-0142")
        go(page.get_by_role("button", name="Go on"))
        go(page.get_by_role("button", name="Go on"))
        go(page.get_by_role("button", name="Yes, go on"))
        go(page.get_by_role("button", name="Yes, send it"))
        expect(page.locator("h1")).to_have_text("Peer coaching")
        expect(page.locator("main")).to_contain_text("They answer you by")
