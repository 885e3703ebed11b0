"""Entries in a real browser: every kind, empty, full, corrected, struck, wrong and denied; and one journey."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from playwright.sync_api import Browser, expect

from manypaths.config.testing import LiveSite, as_owner
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import day_there, membership, reader_for
from manypaths.people.models import Assignment
from manypaths.referrals import commands as referrals
from manypaths.referrals.rules import Status
from manypaths.referrals.tests.factories import Scene
from manypaths.support import commands
from manypaths.support.rules import AttendanceFacts, Kind, NoteFacts, ScreenFacts, TreatmentFacts
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import ask, stage
from tests.journeys.browser import Visit, check, context, go
from tests.pages.test_work_pages import signed_in, walk

DAY = day_there() - timedelta(days=3)
FACTS = {
    Kind.TREATMENT: TreatmentFacts(DAY, "individual", "Spoke about sleep and about work.\nNext time: the new job."),
    Kind.SCREEN: ScreenFacts(DAY, "urine_10", "found", ("buprenorphine", "opioids"), "probation", "Prescribed."),
    Kind.ATTENDANCE: AttendanceFacts(DAY, "group", "excused"),
    Kind.NOTE: NoteFacts(DAY, "They spoke about their brother for the first time. " * 12),
}


def taken_up(made: Scene) -> UUID:
    """A record that the clinician of the scene walks with."""
    return referrals.accept_request(
        referral_id=ask(made), seen=Status.REQUESTED, by=made.colleague, at=now() - timedelta(minutes=1)
    )


def written(made: Scene, record: UUID) -> dict[str, str]:
    """Each kind written, corrected and struck; the addresses of all of it."""
    pages = {"record": f"/work/people/{record}"}
    for kind, facts in FACTS.items():
        ids = [write(made.colleague, record, facts) for _number in range(2)]
        write(made.colleague, record, replace(facts, happened_on=DAY - timedelta(days=1)), ids[0])
        with transaction.atomic():
            commands.strike_entry(
                record_id=record, kind=kind, entry_id=ids[1], reason="twice", by=made.colleague, at=now()
            )
        standing = write(made.colleague, record, facts)
        pages |= {kind.value: f"/work/people/{record}/{kind.value}"}
        pages |= {f"{kind.value}-one": f"/work/people/{record}/{kind.value}/{standing}"}
    return pages | {"struck": f"/work/people/{record}/screens/{entry_struck(made, record)}"}


def write(by: Reader, record: UUID, facts: object, replaces: UUID | None = None) -> UUID:
    with transaction.atomic():
        return commands.write_entry(record_id=record, facts=facts, replaces=replaces, by=by, at=now())


def entry_struck(made: Scene, record: UUID) -> UUID:
    entry = write(made.colleague, record, FACTS[Kind.SCREEN])
    with transaction.atomic():
        commands.strike_entry(
            record_id=record, kind=Kind.SCREEN, entry_id=entry, reason="wrong_record", by=made.colleague, at=now()
        )
    return entry


def test_every_page_of_entries_stands(browser: Browser, live_site: LiveSite):
    made = stage()
    walk(browser, live_site, made.colleague, written(made, taken_up(made)), "entries")


def test_every_empty_page_of_entries_stands(browser: Browser, live_site: LiveSite):
    made = stage()
    record = taken_up(made)
    pages = {kind.value: f"/work/people/{record}/{kind.value}" for kind in Kind} | {"record": f"/work/people/{record}"}
    walk(browser, live_site, made.colleague, pages, "entries-empty", [Visit(), Visit(1280, "dark", "es")])


def test_the_pages_of_who_may_not_open_a_kind_stand(browser: Browser, live_site: LiveSite):
    made = stage()
    record = taken_up(made)
    with as_owner():
        peer = membership(made.body, "peer")
        Assignment.objects.create(record_id=record, membership=peer, since=now())
    for reader, kind, status in ((reader_for(peer, made.place), "treatment", 403), (made.coach, "treatment", 404)):
        for visit in (Visit(), Visit(1280, "dark", "es")):
            with context(browser, visit) as visitor:
                signed_in(visitor, live_site, reader, visit.language)
                page = visitor.new_page()
                answer = page.goto(f"{live_site.url}/work/people/{record}/{kind}")
                assert answer is not None and answer.status == status
                check(page, visit.language, expected_errors=(str(status),))


def test_a_clinician_writes_corrects_and_strikes_without_scripts(browser: Browser, live_site: LiveSite):
    made = stage()
    record = taken_up(made)
    with context(browser, Visit(scripts=False)) as visitor:
        signed_in(visitor, live_site, made.colleague)
        page = visitor.new_page()
        page.goto(f"{live_site.url}/work/people/{record}")
        go(page.get_by_role("link", name="Write down a test"))
        page.get_by_label("Urine, 5 substances").check()
        page.get_by_label("A court").check()
        page.get_by_label("Something found").check()
        page.get_by_label("Notes").fill("They take a prescribed medicine.")
        go(page.get_by_role("button", name="Write it down"))
        expect(page.locator("main .err")).to_contain_text(["Choose what was found."])
        expect(page.get_by_label("Notes")).to_have_value("They take a prescribed medicine.")
        page.get_by_label("Opioids").check()
        go(page.get_by_role("button", name="Write it down"))
        expect(page.locator("main [role=status]")).to_contain_text("It is written down.")
        go(page.get_by_role("link", name="Something found: Opioids"))
        page.locator("summary", has_text="Correct it").click()
        page.get_by_label("Notes").fill("They showed the prescription.")
        go(page.get_by_role("button", name="Write the correction"))
        expect(page.locator("main [role=status]")).to_contain_text("The correction is written down.")
        expect(page.locator("main li")).to_contain_text(["They showed the prescription.", "Corrected later"])
        go(page.get_by_role("link", name="Something found: Opioids").first)
        page.locator("summary", has_text="It should not be here").click()
        page.get_by_label("It is written down twice").check()
        go(page.get_by_role("button", name="Strike it"))
        expect(page.locator("main [role=status]")).to_contain_text("It is struck.")
        expect(page.locator("main li").first).to_contain_text("It is written down twice")
