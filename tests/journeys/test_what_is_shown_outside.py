"""A person shows a part of what a place keeps: to a clinic, to somebody close, to an officer.

Every page on the way stands axe and the other checks; the walk goes without scripts too.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.db import transaction
from playwright.sync_api import Browser, Page, expect

from manypaths.config.testing import LiveSite, as_owner
from manypaths.consent.models import Share
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import day_there, membership, organisation, participation, reader_for
from manypaths.people.models import Assignment
from manypaths.referrals import commands
from manypaths.referrals.rules import Status
from manypaths.referrals.tests.factories import Scene
from manypaths.support import commands as support
from manypaths.support.rules import AttendanceFacts, EntryFacts, ScreenFacts, TreatmentFacts
from manypaths.web.my.tests.factories import session_of as session_of_person
from manypaths.web.my.tests.factories import somebody
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import ask, session_of, stage
from tests.journeys.browser import VISITS, Visit, check, context, go

PICTURES = os.environ.get("PICTURES", "")
COURT = "Second Circuit Family Court"
# Both widths and both languages, by day and by night.
BOTH_WAYS = (Visit(), Visit(390, "dark", "es"), Visit(1280, "light", "es"), Visit(1280, "dark"))
SECRET = "Spoke about the night shift."


@dataclass
class Town:
    """A person whom a house keeps a page of; a clinic, an officer, and somebody close."""

    scene: Scene
    held: UUID
    clinic: Reader
    officer: Reader
    clerk: Reader
    sister: Reader

    @property
    def person(self) -> Reader:
        return self.scene.person


@pytest.fixture
def town(live_site: LiveSite) -> Town:
    made = stage()
    held = commands.accept_request(referral_id=ask(made, "Mari"), seen=Status.REQUESTED, by=made.coach, at=now())
    with as_owner():
        clinic = organisation("Northside Clinic", kind="clinic")
        court = organisation("Second Circuit Probation", kind="probation")
        participation(made.place, clinic)
        participation(made.place, court)
        bench = organisation("Second Circuit Family Court", kind="court")
        participation(made.place, bench)
        clerk = membership(bench, "monitor", display_name="Clerk Rosa L.")
        doctor = membership(clinic, "clinician", display_name="Ida M.", answers_requests=True)
        officer = membership(court, "monitor", display_name="Officer Paul T.")
        writer = membership(made.body, "clinician", display_name="Sam K.")
        Assignment.objects.create(record_id=held, membership=writer, since=now())
    write(held, reader_for(writer, made.place))
    with transaction.atomic():
        sister = somebody("Ana")
    read = (reader_for(one, made.place) for one in (doctor, officer, clerk))
    return Town(made, held, *read, sister)


def write(held: UUID, by: Reader) -> None:
    on = day_there() - timedelta(days=2)
    facts: tuple[EntryFacts, ...] = (
        AttendanceFacts(on, "group", "came"),
        AttendanceFacts(on - timedelta(days=7), "class", "did_not_come"),
        TreatmentFacts(on, "individual", SECRET),
        ScreenFacts(on, "urine_5", "none_found", words="Nothing to add."),
    )
    for one in facts:
        support.write_entry(record_id=held, facts=one, by=by, at=now())


@contextmanager
def as_reader(browser: Browser, site: LiveSite, by: Reader, visit: Visit, *, proved: bool = True) -> Iterator[Page]:
    key = session_of_person(by, proved=proved) if by.is_person else session_of(by)
    with context(browser, visit) as made:
        cookies = {settings.SESSION_COOKIE_NAME: key, settings.LANGUAGE_COOKIE_NAME: visit.language}
        made.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in cookies.items()])
        yield made.new_page()


def stands(page: Page, visit: Visit, name: str, *errors: str) -> None:
    page.wait_for_load_state("networkidle")
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"shown-{name}-{visit}.png", full_page=True)
    check(page, visit.language, expected_errors=errors)


def sign(
    page: Page,
    site: LiveSite,
    kind: str,
    *parts: str,
    to: str = "",
    why: str = "",
    name: str = "Mari",
    alone: bool = True,
) -> None:
    """Choose, read the words, and sign."""
    page.goto(f"{site.url}/my/sharing/show/{kind}")
    page.get_by_label("Lantern House").check(force=True)
    if to:
        page.locator("select[name=recipient]").select_option(label=to)
    for part in parts:
        page.get_by_label(part, exact=True).check(force=True)
    if why:
        page.get_by_label(why).check(force=True)
    go(page.get_by_role("button", name="Read the words"))
    page.get_by_label("Type your name to sign").fill(name)
    if kind == "cj_referral":
        page.get_by_label("Yes, I am alone" if alone else "No, someone is with me").check(force=True)
    go(page.get_by_role("button", name="Yes, I sign"))


@pytest.mark.parametrize("scripts", [True, False])
def test_a_clinic_reads_what_was_chosen_until_it_is_stopped(
    browser: Browser, live_site: LiveSite, town: Town, scripts: bool
):
    visit = Visit(scripts=scripts)
    with as_reader(browser, live_site, town.person, visit) as page:
        page.goto(f"{live_site.url}/my/sharing")
        go(page.get_by_role("link", name="Show something to someone"))
        expect(page.get_by_role("link", name="One yes for my care")).to_be_visible()
        sign(page, live_site, "named", "When you came", to="Northside Clinic", why="To give you care")
        expect(page.get_by_text("You said yes.", exact=False)).to_be_visible()
        expect(page.get_by_text("Nobody has opened it by this yes.")).to_be_visible()
    with as_reader(browser, live_site, town.clinic, visit) as page:
        page.goto(f"{live_site.url}/work/shared")
        go(page.get_by_role("link", name="Mari"))
        expect(page.get_by_text("42 CFR part 2 prohibits unauthorized use or disclosure")).to_be_visible()
        expect(page.get_by_text("Came").first).to_be_visible()
        expect(page.get_by_text(SECRET)).to_have_count(0)
    with as_reader(browser, live_site, town.person, visit) as page:
        page.goto(f"{live_site.url}/my/sharing/given")
        expect(page.get_by_text("They read a part of what a place keeps of you.", exact=False)).to_be_visible()
        page.goto(f"{live_site.url}/my/sharing")
        go(page.get_by_role("link", name="Northside Clinic"))
        expect(page.get_by_text("They opened it 1 time", exact=False)).to_be_visible()
        go(page.get_by_role("button", name="Stop", exact=True))
        expect(page.get_by_text("They can open nothing more of it.", exact=False)).to_be_visible()
    with as_reader(browser, live_site, town.clinic, visit) as page:
        with as_owner():
            share = Share.objects.get()
        answer = page.goto(f"{live_site.url}/work/shared/{share.id}")
        assert answer is not None
        assert answer.status == 404


def test_less_is_opened_and_the_clinic_reads_what_is_left(browser: Browser, live_site: LiveSite, town: Town):
    with as_reader(browser, live_site, town.person, Visit(scripts=False)) as page:
        sign(
            page, live_site, "named", "When you came", "Your care there", to="Northside Clinic", why="To give you care"
        )
        there = page.url
    for visit in VISITS:
        with as_reader(browser, live_site, town.person, visit) as page:
            page.goto(f"{there}/less")
            stands(page, visit, "less")
            page.locator("input[name=parts][value=attendance]").check(force=True)
            go(page.locator("main form button.btn").first)
            stands(page, visit, "less-sign")
    with as_reader(browser, live_site, town.person, Visit()) as page:
        page.goto(there)
        go(page.get_by_role("link", name="Open less"))
        for part in ("When you came", "Your care there"):
            page.get_by_label(part, exact=True).check(force=True)
        go(page.get_by_role("button", name="Read the words"))
        expect(page.get_by_text("Only less can be chosen here.", exact=False).first).to_be_visible()
        stands(page, Visit(), "less-wrong", "422")
        page.get_by_label("Your care there", exact=True).uncheck(force=True)
        go(page.get_by_role("button", name="Read the words"))
        page.get_by_label("Type your name to sign").fill("Mari")
        go(page.get_by_role("button", name="Yes, I sign"))
        expect(page.get_by_text("They can open only what is left.", exact=False)).to_be_visible()
        after = page.url
    for visit in VISITS:
        with as_reader(browser, live_site, town.person, visit) as page:
            for name, address in {
                "less-after": after,
                "less-before": there,
                "less-list": f"{live_site.url}/my/sharing",
            }.items():
                page.goto(address)
                stands(page, visit, name)
    with as_reader(browser, live_site, town.clinic, Visit()) as page:
        page.goto(f"{live_site.url}/work/shared")
        go(page.get_by_role("link", name="Mari"))
        expect(page.get_by_text("Came", exact=True)).to_be_visible()
        expect(page.get_by_text(SECRET)).to_have_count(0)


def for_a_case(page: Page, site: LiveSite) -> None:
    """Choose what a court reads for one case, as far as the words."""
    page.goto(f"{site.url}/my/sharing/show/proceedings")
    page.locator("input[name=held]").first.check(force=True)
    page.locator("select[name=recipient]").select_option(label=COURT)
    page.locator("input[name=parts][value=attendance]").check(force=True)
    page.locator("input[name=case]").fill("My custody case, number 24-117")
    go(page.locator("main form button.btn").first)


def test_a_court_reads_for_one_case_what_was_signed_for_it(browser: Browser, live_site: LiveSite, town: Town):
    for visit in BOTH_WAYS:
        with as_reader(browser, live_site, town.person, visit) as page:
            page.goto(f"{live_site.url}/my/sharing/show/proceedings")
            stands(page, visit, "case-choose")
            go(page.locator("main form button.btn").first)
            stands(page, visit, "case-wrong", "422")
            for_a_case(page, live_site)
            stands(page, visit, "case-sign", "422")
    with as_reader(browser, live_site, town.person, Visit(scripts=False)) as page:
        for_a_case(page, live_site)
        expect(page.get_by_text("may be used in a court case, for you or against you", exact=False)).to_be_visible()
        page.get_by_label("Type your name to sign").fill("Mari")
        page.get_by_label("Yes, I am alone").check(force=True)
        go(page.get_by_role("button", name="Yes, I sign"))
        expect(page.get_by_text("My custody case, number 24-117").first).to_be_visible()
        there = page.url
    with as_owner():
        share = Share.objects.get()
    for visit in BOTH_WAYS:
        with as_reader(browser, live_site, town.person, visit) as page:
            page.goto(there)
            stands(page, visit, "case-one")
        with as_reader(browser, live_site, town.clerk, visit) as page:
            page.goto(f"{live_site.url}/work/shared/{share.id}")
            stands(page, visit, "work-case")
            expect(page.get_by_text("My custody case, number 24-117", exact=False)).to_be_visible()
            expect(page.get_by_text(SECRET)).to_have_count(0)
    with as_reader(browser, live_site, town.person, Visit()) as page:
        page.goto(there)
        go(page.get_by_role("button", name="Keep it from them, whatever I sign"))
        expect(page.get_by_text("You keep it from them. They open nothing of it.").first).to_be_visible()
        go(page.get_by_role("button", name="Let them see it again"))
        go(page.get_by_role("button", name="Stop", exact=True))
        expect(page.get_by_text("They can open nothing more of it.", exact=False)).to_be_visible()
    with as_reader(browser, live_site, town.clerk, Visit()) as page:
        answer = page.goto(f"{live_site.url}/work/shared/{share.id}")
        assert answer is not None
        assert answer.status == 404


def for_a_study(page: Page, site: LiveSite) -> None:
    """Choose what is read for one study, as far as the words."""
    page.goto(f"{site.url}/my/sharing/show/research")
    page.locator("input[name=held]").first.check(force=True)
    page.locator("select[name=recipient]").select_option(label="Northside Clinic")
    page.locator("input[name=parts][value=attendance]").check(force=True)
    page.locator("input[name=case]").fill("The sleep study at the university")
    go(page.locator("main form button.btn").first)


def test_for_one_study_is_read_what_was_signed_for_it_until_it_is_stopped(
    browser: Browser, live_site: LiveSite, town: Town
):
    for visit in BOTH_WAYS:
        with as_reader(browser, live_site, town.person, visit) as page:
            page.goto(f"{live_site.url}/my/sharing/show/research")
            stands(page, visit, "study-choose")
            go(page.locator("main form button.btn").first)
            stands(page, visit, "study-wrong", "422")
            for_a_study(page, live_site)
            stands(page, visit, "study-sign", "422")
    with as_reader(browser, live_site, town.person, Visit(scripts=False)) as page:
        for_a_study(page, live_site)
        expect(page.get_by_text("This is not your yes to join a study.", exact=False)).to_be_visible()
        page.get_by_label("Type your name to sign").fill("Mari")
        go(page.get_by_role("button", name="Yes, I sign"))
        expect(page.get_by_text("The sleep study at the university").first).to_be_visible()
        there = page.url
    with as_owner():
        share = Share.objects.get()
    for visit in BOTH_WAYS:
        with as_reader(browser, live_site, town.person, visit) as page:
            page.goto(there)
            stands(page, visit, "study-one")
        with as_reader(browser, live_site, town.clinic, visit) as page:
            page.goto(f"{live_site.url}/work/shared/{share.id}")
            stands(page, visit, "work-study")
            expect(page.get_by_text("The sleep study at the university", exact=False)).to_be_visible()
            expect(page.get_by_text(SECRET)).to_have_count(0)
    with as_reader(browser, live_site, town.person, Visit()) as page:
        page.goto(there)
        go(page.get_by_role("button", name="Stop", exact=True))
        expect(page.get_by_text("They can open nothing more of it.", exact=False)).to_be_visible()
    with as_reader(browser, live_site, town.clinic, Visit()) as page:
        answer = page.goto(f"{live_site.url}/work/shared/{share.id}")
        assert answer is not None
        assert answer.status == 404


def test_somebody_close_types_the_code_and_reads_days_only(browser: Browser, live_site: LiveSite, town: Town):
    visit = Visit()
    with as_reader(browser, live_site, town.person, visit) as page:
        sign(page, live_site, "ally")
        code = page.locator(".code strong").inner_text()
        stands(page, visit, "code")
    with as_reader(browser, live_site, town.sister, visit) as page:
        page.goto(f"{live_site.url}/my/sharing")
        go(page.get_by_role("link", name="What someone close shows to me"))
        page.get_by_label("Their code").fill("wrong-code")
        go(page.get_by_role("button", name="Take it up"))
        expect(page.get_by_text("No such code holds now.", exact=False).first).to_be_visible()
        page.get_by_label("Their code").fill(code.upper())
        go(page.get_by_role("button", name="Take it up"))
        go(page.get_by_role("link", name="Mari"))
        stands(page, visit, "close-one", "422")
        expect(page.get_by_text("Came", exact=True)).to_be_visible()
        expect(page.get_by_text("group")).to_have_count(0)
    with as_reader(browser, live_site, town.person, visit) as page:
        page.goto(f"{live_site.url}/my/sharing")
        go(page.get_by_role("link", name="Someone close to me"))
        expect(page.get_by_text("Someone has typed your code", exact=False)).to_be_visible()


def test_who_signs_long_after_signing_in_types_the_passphrase_and_loses_nothing(
    browser: Browser, live_site: LiveSite, town: Town
):
    with as_reader(browser, live_site, town.person, Visit(), proved=False) as page:
        sign(page, live_site, "cj_referral", "When you came", to="Officer Paul T., Second Circuit Probation")
        expect(page.get_by_text("Type your passphrase.").first).to_be_visible()
        page.get_by_label("Your passphrase, once more").fill("not it at all")
        go(page.get_by_role("button", name="Yes, I sign"))
        expect(page.get_by_text("That is not your passphrase. Try again.").first).to_be_visible()
        expect(page.get_by_label("Type your name to sign")).to_have_value("Mari")
        stands(page, Visit(), "wrong", "422")


def test_a_no_is_kept_and_nobody_is_told(browser: Browser, live_site: LiveSite, town: Town):
    with as_reader(browser, live_site, town.person, Visit()) as page:
        page.goto(f"{live_site.url}/my/sharing/show/cj_referral")
        page.get_by_label("Lantern House").check(force=True)
        page.locator("select[name=recipient]").select_option(index=1)
        page.get_by_label("When you came", exact=True).check(force=True)
        go(page.get_by_role("button", name="Read the words"))
        go(page.get_by_role("button", name="No", exact=True))
        expect(page.get_by_text("You said no. Nobody is told.").first).to_be_visible()
    with as_reader(browser, live_site, town.officer, Visit()) as page:
        page.goto(f"{live_site.url}/work/shared")
        expect(page.get_by_text("Nothing is shown to you now")).to_be_visible()


def test_with_an_officer_beside_them_it_waits_until_the_person_is_alone(
    browser: Browser, live_site: LiveSite, town: Town
):
    officer = "Officer Paul T., Second Circuit Probation"
    with as_reader(browser, live_site, town.person, Visit(scripts=False)) as page:
        sign(page, live_site, "cj_referral", "When you came", to=officer, alone=False)
        expect(page.get_by_text("Noted. You find it under Sharing.")).to_be_visible()
        expect(page.get_by_text("Not signed.")).to_be_visible()
        go(page.get_by_role("link", name=officer))
        there = page.url
    with as_owner():
        Share.objects.update(written_at=now() - timedelta(hours=2))
    for visit in (Visit(), Visit(1280, "dark", "es")):
        with as_reader(browser, live_site, town.person, visit) as page:
            page.goto(there)
            stands(page, visit, "waits")
            page.goto(f"{there}/answer")
            stands(page, visit, "waits-answer")
    with as_reader(browser, live_site, town.person, Visit()) as page:
        page.goto(f"{there}/answer")
        page.get_by_label("Type your name to sign").fill("Mari")
        page.get_by_label("Yes, I am alone").check(force=True)
        go(page.get_by_role("button", name="Yes, I sign"))
        expect(page.get_by_text("You said yes.", exact=False)).to_be_visible()
    with as_reader(browser, live_site, town.officer, Visit()) as page:
        page.goto(f"{live_site.url}/work/shared")
        expect(page.get_by_role("link", name="Mari")).to_be_visible()


def test_every_page_stands(browser: Browser, live_site: LiveSite, town: Town):
    with as_reader(browser, live_site, town.person, Visit()) as page:
        sign(
            page, live_site, "named", "When you came", "Your care there", to="Northside Clinic", why="To give you care"
        )
        sign(
            page, live_site, "cj_referral", "When you came", "Your test results",
            to="Officer Paul T., Second Circuit Probation",
        )  # fmt: skip
    with as_owner():
        shared = {share.kind: share.id for share in Share.objects.all()}
    for visit in VISITS:
        with as_reader(browser, live_site, town.person, visit) as page:
            for name, address in {
                "sharing": "sharing", "kinds": "sharing/show", "choose": "sharing/show/cj_referral",
                "one": f"sharing/shown/{shared['named']}", "close": "sharing/close",
            }.items():  # fmt: skip
                page.goto(f"{live_site.url}/my/{address}")
                stands(page, visit, name)
            page.goto(f"{live_site.url}/my/sharing/show/named")
            page.locator("input[name=held]").first.check(force=True)
            page.locator("select[name=recipient]").select_option(label="Northside Clinic")
            page.locator("input[name=parts]").first.check(force=True)
            page.locator("input[name=purpose]").first.check(force=True)
            go(page.locator("main form button.btn").first)
            stands(page, visit, "sign")
        for name, reader, address in (
            ("list", town.clinic, "shared"), ("clinic", town.clinic, f"shared/{shared['named']}"),
            ("officer", town.officer, f"shared/{shared['cj_referral']}"),
        ):  # fmt: skip
            with as_reader(browser, live_site, reader, visit) as page:
                page.goto(f"{live_site.url}/work/{address}")
                stands(page, visit, f"work-{name}")


def test_a_person_of_whom_no_place_keeps_a_page_is_told_so(browser: Browser, live_site: LiveSite, town: Town):
    for visit in (Visit(), Visit(1280, "dark", "es")):
        with as_reader(browser, live_site, town.sister, visit) as page:
            for address in ("show", "show/named"):
                page.goto(f"{live_site.url}/my/sharing/{address}")
                stands(page, visit, "empty")
