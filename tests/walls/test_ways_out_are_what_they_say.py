"""What is declared of an address is what it does: the classes in the log, the fields in the answer, no more, no less.

Everybody of the made-up world goes everywhere over HTTP; the log says what that opened.
"""

import re
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from manypaths.config import testing
from manypaths.config.access_matrix.bodies import HOME
from manypaths.config.access_matrix.ground import Ground
from manypaths.config.access_matrix.persons import Someone
from manypaths.config.access_matrix.place import web_server
from manypaths.config.access_matrix.stage import staged
from manypaths.config.access_matrix.visitor import Visitor
from manypaths.config.access_matrix.world import World
from manypaths.consent import queries as consent
from manypaths.consent.rules import reviews as rules
from manypaths.plans.commands import choices, steps, words
from manypaths.plans.rules import Sign
from manypaths.referrals import commands as referrals
from manypaths.referrals.rules import Asked, PickedPart, Status
from manypaths.web.ui import ways_out
from tests.walls.crawling import LINK, WAYS_IN, Crawl, Met, fields_of

WAYS = ways_out.declared()
STATES = ("none", "named_covering", "draft")
# What each planted word is. What a person writes in a request goes along with it, and becomes their name at a place.
CLASSES_OF = {
    "name": {"demographics"}, "reach": {"safe_contact", "referral_task"}, "goal": {"recovery_plan"},
    "words": {"recovery_plan"}, "hard": {"safety_plan"}, "note": {"outcome_answers"},
    "packet": {"demographics", "referral_task"}, "service": {"referral_task", "consent_record"},
    "contact": {"contact_log"}, "treated": {"sud_treatment_record"}, "screened": {"drug_screen_result"},
    "noted": {"sud_counseling_notes"}, "message": {"messages"},
    "heldgoal": {"recovery_plan"}, "heldwords": {"recovery_plan"}, "heldhard": {"safety_plan"},
}  # fmt: skip
LOOK = re.compile(rb"/my/sharing/looked/[0-9a-f]{8}-")
WORKERS = ("peer_assigned", "clinician_assigned", "clinician_originator", "supervisor", "frontdesk", "privacy_officer",
           "recv_staff")  # fmt: skip
FILES = {"my:copy_page": "/my/copy/page", "my:copy_data": "/my/copy/data",
                  "my:given_page": "/my/sharing/given/page", "my:given_table": "/my/sharing/given/table",
                  "my:given_data": "/my/sharing/given/data"}  # fmt: skip


def live_fully(world: World, state: str) -> None:
    """More of a life than the cells need: a step, a strength, a place that was chosen and a part of a plan shared."""
    someone = world.someone(state)
    at, by = datetime.now(UTC), someone.reader
    day, goal = at.date(), someone.items["goal"]
    steps.add_step(goal_id=goal, text="Call", by_day=day + timedelta(days=3), today=day, by=by, at=at)
    words.add_strength(statement="I get up early", fact="", sign=Sign.SPROUT, by=by, at=at)
    seen = choices.Seen(UUID(world.service), "A place")
    choices.choose_support(support=seen, options=[], reason="near", today=day, by=by, at=at)
    _ask_with_a_part(world, someone, send=state == "named_covering")


def _ask_with_a_part(world: World, someone: Someone, *, send: bool) -> None:
    at, by, bodies = datetime.now(UTC), someone.reader, world.bodies
    asked = Asked(UUID(world.service), world.listing, bodies.ids[HOME], bodies.community.id, "mutual_aid", "50023")
    referrals.begin_request(asked=asked, name="Somebody", by=by, at=at)
    words = {"need": "talk", "way": "text", "number": "802-555-0142", "hours": "evenings", "words": "hello"}
    referrals.write_request(service_id=asked.service_id, changes=words, by=by, at=at)
    referrals.pick_parts(service_id=asked.service_id, parts=[PickedPart("goal", "A goal", "Learn")], by=by, at=at)
    if send:
        with transaction.atomic():
            text = consent.text(key="request", language="en")
            someone.items["along"] = referrals.send_request(service_id=asked.service_id, text=text, by=by, at=at)
        peer = world.worker("peer_assigned").reader
        referrals.accept_request(referral_id=someone.items["along"], seen=Status.REQUESTED, by=peer, at=at)


def say_that_it_was_not_right(crawl: Crawl, visitor: Visitor, account: UUID) -> None:
    """The person asks about the first look on their list, so that an officer has something to answer."""
    page = crawl.ask(visitor, account, "/my/sharing/looked")
    look = next(one.decode() for one in LINK.findall(page.body) if LOOK.match(one))
    said = crawl.ask(visitor, account, look, {"wish": next(iter(rules.WISHES)), "words": "why"})
    assert said.status in (302, 303), said.status


def everybody_goes_everywhere(ground: Ground) -> Crawl:
    """Workers, persons and strangers; files that only a form gives; then once more what waits for an officer."""
    crawl, world = Crawl(ground.log.link), ground.world
    for state in STATES:
        live_fully(world, state)
    for role in WORKERS:
        crawl.visit(world.browser(role, "none"), world.worker(role).reader.account_id)
    for state in STATES:
        visitor, account = world.of_person(state), world.someone(state).reader.account_id
        along = world.someone(state).items.get("along")
        begun = [f"/my/ask/{world.service}/{page}" for page in ("need", "reach", "words", "check")]
        crawl.visit(visitor, account, way_in=(*WAYS_IN, *begun, f"/my/requests/{along}/less?chosen=1"))
        for path in FILES.values():
            crawl.ask(visitor, account, path, {})
    say_that_it_was_not_right(crawl, world.of_person("none"), world.someone("none").reader.account_id)
    crawl.visit(world.of_person("none"), world.someone("none").reader.account_id, way_in=("/my/sharing/looked",))
    officer = world.worker("privacy_officer").reader.account_id
    crawl.visit(world.browser("privacy_officer", "none"), officer, way_in=("/work/privacy",))
    desk = world.worker("frontdesk").reader.account_id
    name = world.someone("none").planted["packet"]
    crawl.ask(world.browser("frontdesk", "none"), desk, "/work/desk/find", {"words": name})
    lead = world.bodies.leads[HOME]
    crawl.visit(world.signed_in_worker(lead), lead.reader.account_id)
    found = crawl.ask(world.browser("anon", "none"), None, "/find", {"q": "group"})
    crawl.visit(world.browser("anon", "none"), None, way_in=("/", found.location))
    return crawl


@pytest.fixture(scope="class")
def ground(committed_class_db) -> Iterator[Ground]:
    """The made-up world behind a real web server, for all tests of a class."""
    with tempfile.TemporaryFile() as log, web_server(log, DATABASE_URL=testing.role_url("app")) as site:
        with staged(site, testing.role_url("owner")) as made:
            yield made


@pytest.fixture(scope="class")
def crawl(ground) -> Crawl:
    return everybody_goes_everywhere(ground)


def opened_undeclared(met: Mapping[str, Met], routes: Mapping[str, Any]) -> list[str]:
    """What an address opened, or asked for, that is not declared of it; and a purpose it does not name."""
    found = []
    for name, one in met.items():
        way = routes[name]
        allowed = {*way.get("shows", []), *way.get("also", [])}
        found += [f"{name} opens {kind}" for kind in sorted((one.asked | one.opened) - allowed)]
        for_what = {"others": way.get("for", one.purposes), "own": ["own"], "nobody": []}[way["of"]]
        found += [f"{name} opens for {why}" for why in sorted(one.purposes - set(for_what))]
    return found


def declared_in_vain(met: Mapping[str, Met], routes: Mapping[str, Any]) -> list[str]:
    """Classes that a look at an address should open, and of which no access row was written."""
    seen = {name: met[name].opened if name in met else set() for name in routes}
    return [
        f"{name}: {kind}" for name, way in routes.items() for kind in way.get("shows", []) if kind not in seen[name]
    ]


def fields_differ(met: Mapping[str, Met], fields: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Fields that an answer for programs has and nobody declared, and those that were declared and never came."""
    came = {name: {at for answer in one.answers for at, _value in fields_of(answer)} for name, one in met.items()}
    came = {name: found for name, found in came.items() if found}
    undeclared = [f"{name}: {at}" for name, found in came.items() for at in sorted(found - set(fields.get(name, {})))]
    gone = [f"gone: {name}: {at}" for name, said in fields.items() for at in sorted(set(said) - came.get(name, set()))]
    return undeclared + gone


def words_under_another_name(crawl: Crawl, planted: Mapping[str, set[str]]) -> list[str]:
    """Fields in which a planted word of another class stands than the field is declared to be."""
    found = set()
    for name, one in crawl.met.items():
        for at, value in (pair for answer in one.answers for pair in fields_of(answer)):
            said = set(WAYS["fields"].get(name, {}).get(at, "").split())
            found |= {f"{name}: {at}" for word, kinds in planted.items() if word in str(value) and not said & kinds}
    return sorted(found)


@pytest.mark.xdist_group("access-matrix")
class TestEverybodyGoesEverywhere:
    def test_an_address_opens_nothing_that_is_not_declared_of_it(self, crawl):
        assert "\n".join(opened_undeclared(crawl.met, WAYS["routes"])) == ""

    def test_every_class_that_an_address_shows_is_written_to_the_log_when_somebody_goes_there(self, crawl):
        assert "\n".join(declared_in_vain(crawl.met, WAYS["routes"])) == ""

    def test_an_answer_for_programs_has_the_fields_that_are_declared_and_no_others(self, crawl):
        assert "\n".join(fields_differ(crawl.met, WAYS["fields"])) == ""

    def test_no_field_holds_a_word_of_another_class(self, crawl, ground):
        planted = words_and_classes(ground.world)
        assert words_under_another_name(crawl, planted) == []
        whole = {word for word in planted if any(one.holds(word) for met in crawl.met.values() for one in met.answers)}
        assert len(whole) > len(planted) / 2  # the words are really there to be found

    def test_an_address_that_is_about_nobody_shows_no_word_of_anybody(self, crawl, ground):
        quiet = [name for name, way in WAYS["routes"].items() if way["of"] == "nobody"]
        telling = [
            name
            for name in quiet
            if any(answer.holds(word) for answer in crawl.met[name].answers for word in words_and_classes(ground.world))
        ]
        assert telling == []

    def test_a_class_that_nobody_declared_is_noticed(self, crawl):
        routes = {**WAYS["routes"], "work:person": {**WAYS["routes"]["work:person"], "shows": ["demographics"]}}
        assert "work:person opens safe_contact" in opened_undeclared(crawl.met, routes)

    def test_a_purpose_that_nobody_declared_is_noticed(self, crawl):
        routes = {**WAYS["routes"], "work:person": {**WAYS["routes"]["work:person"], "for": ["desk"]}}
        assert "work:person opens for care" in opened_undeclared(crawl.met, routes)

    def test_a_class_that_is_declared_in_vain_is_noticed(self, crawl):
        routes = {"my:take": {"of": "own", "shows": ["safety_plan"]}}
        assert declared_in_vain(crawl.met, routes) == ["my:take: safety_plan"]

    def test_a_field_that_nobody_declared_and_one_that_is_gone_are_noticed(self, crawl):
        fields = {name: dict(said) for name, said in WAYS["fields"].items()}
        del fields["work:api_person"]["safe_contact.address"]
        fields["work:api_person"]["born_on"] = "demographics"
        found = fields_differ(crawl.met, fields)
        assert {"work:api_person: safe_contact.address", "gone: work:api_person: born_on"} <= set(found)

    def test_a_field_with_a_word_of_another_class_is_noticed(self, crawl, ground):
        planted = {ground.world.someone("none").planted["contact"]: {"demographics"}}
        assert "work:api_history: contacts[].note" in words_under_another_name(crawl, planted)


def words_and_classes(world: World) -> dict[str, set[str]]:
    """Each planted word, with the classes of information it belongs to."""
    found: dict[str, set[str]] = {}
    for state in STATES:
        for part, word in world.someone(state).planted.items():
            if part in CLASSES_OF:
                found[word] = CLASSES_OF[part]
    return found
