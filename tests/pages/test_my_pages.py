"""A person's pages in a real browser: every width, theme and language, empty and full, and what axe says."""

import os
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from playwright.sync_api import Browser, BrowserContext, expect

from manypaths.config.testing import LiveSite
from manypaths.consent import queries as consent
from manypaths.network import queries as network
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import membership, organisation, participation, reader_for
from manypaths.outcomes.commands import answer_instrument
from manypaths.outcomes.instruments.files import shipped
from manypaths.plans import commands, queries
from manypaths.plans.commands.choices import Seen
from manypaths.plans.rules import StepState
from manypaths.plans.tests.factories import goal, step, strength, support
from manypaths.referrals import commands as requests
from manypaths.referrals.queries import received_request
from manypaths.referrals.rules import Asked, PickedPart
from manypaths.web.my.tests.factories import session_of, somebody
from manypaths.web.ui.clock import now
from tests.journeys.browser import VISITS, Visit, check, context, go, nothing_covered

PICTURES = os.environ.get("PICTURES", "")


def maria() -> Reader:
    """A made-up person with a plan in full."""
    with transaction.atomic():
        by = somebody("Maria")
    commands.write_own_words(text="I want to be the mom who picks them up from school, every day.", by=by, at=now())
    commands.write_hard_day(text="Call Ana, or text Dee\nWalk to the river and back", by=by, at=now())
    for words, fact, sign in (
        ("I show up", "14 meetings this season", "sprout"),
        ("My sister Ana", "Answers day or night", "heart-handshake"),
        ("Good with my hands", "Bakery job, 24 hours a week", "briefcase"),
        ("A steady home", "Harbor Row since May", "house"),
    ):
        commands.add_strength(statement=words, fact=fact, sign=sign, by=by, at=now())
    kids = goal(by)
    for words in ("Talk with the family worker", "Finish the parenting group", "First Saturday visit"):
        commands.mark_step(
            step_id=step(by, kids, words), state=StepState.DONE, today=date(2026, 11, 14), by=by, at=now()
        )
    asking = step(by, kids, "Ask for overnight visits", date(2026, 11, 30))
    health = goal(by, "Keep my medication steady", "health")
    step(by, health, "Set up a ride for December")
    step(by, health, "Find a dentist who takes Medicaid")
    kept = Seen(support().service_id, "Lantern House")
    commands.choose_support(
        support=kept,
        options=[support("Harbor Row"), support("Riverbend")],
        reason="They know my sister, and I can walk there.",
        today=date(2026, 11, 20),
        by=by,
        at=now(),
    )
    asked(by, asking)
    for months, total in ((9, 3), (6, 4), (1, 5)):
        check_in(by, date(2026, 11, 20) - timedelta(days=30 * months), total)
    return by


def check_in(by: Reader, on: date, agreed: int) -> None:
    """A whole check-in with the same answer everywhere."""
    items = shipped("barc-10", "2017").items
    answer_instrument(instrument="barc-10", answers=dict.fromkeys(items, agreed), language="en", on=on, by=by, at=now())


def asked(by: Reader, step_id: UUID) -> None:
    """A request to a made-up place, sent, with a part of the plan, and read there by a worker."""
    with transaction.atomic():
        place = organisation("Lantern House", part2_posture="no")
        here = network.communities()[0]
        participation(here, place)
        worker = membership(place, "peer", display_name="Dee R.", title="Peer recovery coach", answers_requests=True)
        service = uuid4()
        to = Asked(service, "Family visits help", place.id, here.id, "family_support")
        requests.begin_request(asked=to, name="Maria", step_id=step_id, by=by, at=now())
        reached = {"way": "text", "number": "802-555-0142", "hours": "After 5 pm"}
        words = {"need": "practical", "words": "Can you help with the form?", **reached}
        requests.write_request(service_id=service, changes=words, by=by, at=now())
        picked = [PickedPart(part.kind, str(part.label), part.text) for part in queries.parts_to_share(reader=by)[:2]]
        requests.pick_parts(service_id=service, parts=picked, by=by, at=now())
        text = consent.text(key="request", language="en")
        sent = requests.send_request(service_id=service, text=text, by=by, at=now())
    with transaction.atomic():
        received_request(reader=reader_for(worker, here), referral_id=sent)


def signed_in(made: BrowserContext, site: LiveSite, by: Reader, language: str = "en") -> None:
    """Put a session of the person into this browser, and the language this device chose."""
    cookies = {settings.SESSION_COOKIE_NAME: session_of(by), settings.LANGUAGE_COOKIE_NAME: language}
    made.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in cookies.items()])


def addresses(by: Reader) -> dict[str, str]:
    """Every page of the door that this person can open."""
    with transaction.atomic():
        plan = queries.plan_of(reader=by)
    found = {"home": "/my/", "words": "/my/words", "strong": "/my/strong", "goals": "/my/goals", "print": "/my/print"}
    found |= {"sharing": "/my/sharing", "looked": "/my/sharing/looked", "take": "/my/copy"}
    found["opened_by_me"] = "/my/sharing/looked/own"
    found |= {"hard": "/my/hard", "profile": "/my/about", "contact": "/my/about/contact", "safety": "/my/about/safety"}
    if plan.choices:
        found["chosen"] = f"/my/kept/{plan.choices[0].id}"
        with transaction.atomic():
            found["shared"] = f"/my/sharing/{consent.grants_of_own_record(reader=by)[0].id}"
    if plan.goals:
        found["goal"] = f"/my/goals/{plan.goals[0].id}"
        found["goal_words"] = f"/my/goals/{plan.goals[0].id}/words"
        found["step"] = f"/my/steps/{plan.goals[0].steps[0].id}"
        found["strength"] = f"/my/strong/{plan.strengths[0].id}"
    return found


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
                if PICTURES:
                    page.wait_for_load_state("networkidle")
                    page.screenshot(path=Path(PICTURES) / f"{kind}-{name}-{visit}.png", full_page=True)
                check(page, visit.language)


def test_every_page_of_a_full_plan_stands(browser: Browser, live_site: LiveSite):
    by = maria()
    walk(browser, live_site, by, addresses(by), "full")


def test_every_page_of_a_fresh_account_stands(browser: Browser, live_site: LiveSite):
    with transaction.atomic():
        by = somebody("Sam")
    two = [Visit(390, "light", "en"), Visit(1280, "dark", "es")]
    walk(browser, live_site, by, addresses(by), "fresh", two)


def test_long_words_break_and_never_push_the_page_wide(browser: Browser, live_site: LiveSite):
    with transaction.atomic():
        by = somebody("W" * 60)
    commands.write_own_words(text="w" * 1000, by=by, at=now())
    strength(by, "s" * 120, "f" * 200)
    step(by, goal(by, "g" * 160), "t" * 300)
    with context(browser, Visit(390), viewport={"width": 320, "height": 700}) as made:
        signed_in(made, live_site, by)
        page = made.new_page()
        for address in addresses(by).values():
            page.goto(live_site.url + address)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, address


def test_a_plan_begins_without_scripts(browser: Browser, live_site: LiveSite):
    with transaction.atomic():
        by = somebody("Sam")
    with context(browser, Visit(scripts=False)) as made:
        signed_in(made, live_site, by)
        page = made.new_page()
        page.goto(live_site.url + "/my/")
        go(page.get_by_role("link", name="Write it"))
        go(page.get_by_role("button", name="Save my words"))
        expect(page.locator("#id_text_error")).to_contain_text("One sentence is enough")
        page.get_by_label("What does a good life look like for you?").fill("A quiet home.")
        go(page.get_by_role("button", name="Save my words"))
        expect(page.locator("blockquote.own")).to_contain_text("A quiet home.")
        go(page.get_by_role("link", name="Add a goal"))
        page.get_by_label("What do you want?").fill("Weekends with my kids")
        page.locator("label.pick", has_text="Family").click()
        go(page.get_by_role("button", name="Go on to the steps"))
        page.get_by_label("What can you do?").fill("Call and ask")
        go(page.get_by_role("button", name="Add this step"))
        go(page.get_by_role("button", name="Mark as done"))
        expect(page.locator("ol.path li.done")).to_contain_text("Call and ask")


def test_nothing_with_the_focus_is_hidden(browser: Browser, live_site: LiveSite):
    by = maria()
    with context(browser, Visit(390)) as made:
        signed_in(made, live_site, by)
        page = made.new_page()
        page.goto(live_site.url + "/my/")
        assert nothing_covered(page, 40) > 30
