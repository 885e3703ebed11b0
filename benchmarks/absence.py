"""Whether what is closed can be told from what does not exist: by a byte, or by its time.

`python -m benchmarks.absence [TRIES [WORD]]`; with a word, only addresses that have it in them. Two web servers on one
database, and a life in which everything was written. Every address that names something of a person is asked for by
readers who may not know of it, in turn with two ids that were made up: 200 rounds. Answers must be the same to the
byte, but for the id itself, the date and what forms carry once; times must not differ by more than two made-up ids do
(`benchmarks/comparing.py`). What can be told apart is measured once more, and counts when it is told apart again. Then
signing in, with names and codes that somebody has and that nobody has. At the end a server that sleeps two thousandths
of a second where something is, and one that asks the database one thing more: both must be told apart.
"""

import random
import re
import secrets
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING
from uuid import uuid4

from benchmarks.comparing import Compared, Tries
from benchmarks.machine import describe
from benchmarks.stage import Stage
from manypaths.config.access_matrix.place import SERVE, web_server

if TYPE_CHECKING:
    import psycopg

    from benchmarks.planting import Planter
    from manypaths.config.access_matrix.persons import Someone
    from manypaths.config.access_matrix.visitor import Answer, Visitor

TRIES, WARM_UP, FEWEST, SAMPLE = 200, 6, 12, 3
ABSENT, NO_LOOK = (404, 302, 303), 405
MADE = re.compile(rb'<p class="code">([^<]+)</p>')
MORE_OFTEN = 0.05  # a session notes once a minute that it lives, and sets its cookie then: not more often for one kind
BENT = """
import os, time
import manypaths.config.wsgi
from django.db import connection
from manypaths.web.ui.transaction import OneTransaction
real = OneTransaction._answer
def answer(self, request):
    if set(os.environ["KNOWN_IDS"].split()) & set(request.path.split("/")):
        {does}
    return real(self, request)
OneTransaction._answer = answer
"""
FAULTS = {
    "sleeps for 2 ms": "time.sleep(0.002)",
    "asks one thing more": "connection.cursor().execute('select count(*) from generate_series(1, 15000)')",
}
# What stands in an address, and where its ids are in the life that is closed to the reader.
IDS = {
    "goal_id": "select id from plans_goal where record_id = any(%s)",
    "step_id": "select id from plans_step where record_id = any(%s)",
    "strength_id": "select id from plans_strength where record_id = any(%s)",
    "choice_id": "select id from plans_choice where record_id = any(%s)",
    "referral_id": "select id from referrals_referral where record_id = any(%s)",
    "grant_id": "select id from consent_grant where record_id = any(%s)",
    "share_id": "select id from consent_share where record_id = any(%s)",
    "sitting_id": "select id from outcomes_sitting where record_id = any(%s)",
    "thread_id": "select id from support_thread where record_id = any(%s)",
    "message_id": "select id from support_message where record_id = any(%s)",
    "shown_id": "select id from support_showncheckin where record_id = any(%s)",
    "review_id": "select id from consent_review where record_id = any(%s)",
    "look": "select look from consent_review where record_id = any(%s)",
    "emergency_id": "select id from consent_emergency where record_id = any(%s)",
    "opening": "select opening from consent_emergency where record_id = any(%s)",
    "paper": "select id from consent_legalpaper where record_id = any(%s)",
    "entry_id": "select id from support_treatment where record_id = any(%s)",
    "export_id": "select e.id from support_export e where %s::uuid[] is not null order by e.asked_at desc",
    "block_id": "select id from people_block where record_id = any(%s)",
    "item_id": "select id from support_contact where record_id = any(%s)",
}
KINDS = {"work:": "treatment", "my:": "contacts"}
FORMS = {"work:move": {"to": "accepted", "seen": "requested"}, "work:strike": {"reason": "mistake"}}
NOT_HIDDEN = ("my:ask", "my:begin", "my:choose", "my:block", "my:write_to")  # what they name is no secret


@dataclass
class Place:
    """One address as one reader asks for it: `{id}` stands for every id in it."""

    name: str
    visitor: "Visitor"
    path: str
    ids: dict[str, str]
    sites: list[str]
    method: str = "GET"
    form: dict[str, str] = field(default_factory=dict)

    def ask(self, number: int, *, closed: bool) -> tuple[float, "Answer", tuple[object, ...]]:
        """Ask once, for what is there or for what was made up; both with every id of the address."""
        ids = self.ids if closed else {name: str(uuid4()) for name in self.ids}
        visitor = replace(self.visitor, site=self.sites[number % len(self.sites)], cookies=self.visitor.cookies)
        path = self.path.format(**ids)
        begun = time.perf_counter()
        answer = visitor.get(path) if self.method == "GET" else visitor.post(path, self.form)
        return time.perf_counter() - begun, answer, answer.without(*ids.values())


@dataclass
class SigningIn:
    """One form of signing in: a name or a code that somebody has, and such as nobody has."""

    name: str
    path: str
    form: dict[str, str]
    known: list[str]
    field: str
    link: "psycopg.Connection"
    sites: list[str]
    visitor: "Visitor | None" = None

    def ask(self, number: int, *, closed: bool) -> tuple[float, "Answer", tuple[object, ...]]:
        """Try once. What was guessed before is forgotten, or whoever tries is soon told to wait."""
        from manypaths.config.access_matrix.visitor import Visitor

        self.link.execute("delete from accounts_guess")
        typed = self.known[number % len(self.known)] if closed else _like(self.known[number % len(self.known)])
        site = self.sites[number % len(self.sites)]
        visitor = replace(self.visitor, site=site) if self.visitor else Visitor(site)
        begun = time.perf_counter()
        answer = visitor.post(self.path, {**self.form, self.field: typed})
        took, made = time.perf_counter() - begun, MADE.findall(answer.body)  # codes that are new in every answer
        return took, answer, answer.without(typed, *(one.decode() for one in made))


def _like(known: str) -> str:
    """Something of the same shape that nobody has."""
    name, sign, place = known.partition("@")
    made = "".join(
        secrets.choice("abcdefghjkmnpqrstuvwxyz" if one.isalpha() else "23456789") if one.isalnum() else one
        for one in name
    )
    return made + sign + place


@dataclass
class Verdict:
    """What was seen of one place."""

    place: "Place | SigningIn"
    compared: Compared
    bytes_differ: str

    @property
    def wrong(self) -> bool:
        return self.compared.told_apart or bool(self.bytes_differ)


def measured(place: "Place | SigningIn", tries: int, chance: random.Random) -> Verdict:
    """So many rounds. The two servers take turns; within a round it is always the same one."""
    from manypaths.config.access_matrix.viewing import PARTS

    times, seen, cookies = Tries(), dict[tuple[int, str], object](), Counter[int]()
    differ = set[str]()
    for number in range(-WARM_UP, tries):
        took = [0.0, 0.0, 0.0]
        for which in chance.sample(range(3), 3):
            took[which], answer, said = place.ask(number, closed=which == 0)
            cookies[which] += bool(answer.cookies)
            for part, value in zip(PARTS[:3], said, strict=False):
                if seen.setdefault((number % 2, part), value) != value and not answer.cookies:
                    differ.add(f"{part} of {'what is closed' if which == 0 else 'what was made up'}")
        if number >= 0:
            times.rounds.append((took[0], took[1], took[2]))
    if cookies[0] > max(cookies[1], cookies[2]) + MORE_OFTEN * tries:
        differ.add("cookies")
    return Verdict(place, times.compare(chance), ", ".join(sorted(differ)))


def judged(place: "Place | SigningIn", tries: int, chance: random.Random) -> Verdict:
    """Measure; and once more where it can be told apart, for of so many places one differs by chance."""
    first = measured(place, tries, chance)
    if first.bytes_differ or not first.wrong:
        return first
    return measured(place, tries, chance)


def tell(one: Verdict) -> Verdict:
    """Print what was seen of a place."""
    print(f"{'TOLD APART' if one.wrong else 'alike     '} {one.place.name}: {one.compared}"
          f"{'; differs by: ' + one.bytes_differ if one.bytes_differ else ''}", flush=True)  # fmt: skip
    return one


def main() -> int:
    """Measure every place, then the controls."""
    numbers = [int(one) for one in sys.argv[1:] if one.isdecimal()]
    words = [one for one in sys.argv[1:] if not one.isdecimal()]
    print(describe(), flush=True)
    with Stage("absence") as stage, tempfile.TemporaryFile() as log, ExitStack() as stack:
        stage.enter_django()
        sites = [stack.enter_context(web_server(log, SERVE)) for _number in range(2)]
        return measure(stage, stack, sites, log, (numbers or [TRIES])[0], (words or [""])[0])


def measure(stage: Stage, stack: ExitStack, sites: list[str], log: IO[bytes], tries: int, word: str) -> int:
    """The world, every place in it, signing in, and two servers with a fault."""
    from benchmarks.planting import Planter
    from manypaths.config.access_matrix.stage import staged

    chance = random.Random(11)
    ground = stack.enter_context(staged(sites[0], stage.url("owner")))
    planter = Planter(ground.world, ground.log.link)
    closed = planter.live()
    places = [one for one in hidden_places(planter, closed, sites) if word in one.path]
    doors = [one for one in ways_to_sign_in(planter, closed, sites) if word in one.path]
    wrong = [one for place in (*places, *doors) if (one := tell(judged(place, tries, chance))).wrong]
    blind = list(not_seen(places, log, tries, chance))
    for one in blind:
        print(f"NOT SEEN   {one}")
    print(f"{len(places)} places and {len(doors)} ways to sign in, {tries} rounds each: {len(wrong)} told apart; "
          f"{len(blind)} faults on purpose not seen")  # fmt: skip
    return 1 if wrong or blind or (not word and len(places) < FEWEST) else 0


def hidden_places(planter: "Planter", closed: "Someone", sites: list[str]) -> list[Place]:
    """Every address that names something of a person, for readers to whom it must be absent."""
    from tests.architecture.test_ways_out import routes_of

    ids, found, left = ids_of(planter, closed), list[Place](), set[str]()
    for door, who, visitor in readers(planter):
        for name, pattern in routes_of():
            named = re.findall(r"<uuid:(\w+)>", pattern)
            if not name.startswith(door) or not named or name.startswith(NOT_HIDDEN):
                continue
            if not all(one in ids for one in named):
                left.add(f"{name} (no {', '.join(one for one in named if one not in ids)})")
                continue
            path = "/" + re.sub(r"<uuid:(\w+)>", r"{\1}", pattern).replace("<slug:kind>", KINDS[door])
            place = Place(f"{name} for {who}", visitor, path, {one: ids[one] for one in named}, sites)
            status = _way_to_ask(place)
            if status in ABSENT:
                found.append(place)
            else:
                left.add(f"{place.name} (answers {status})")
    print("not measured: " + ", ".join(sorted(left)), flush=True)
    return found


def _way_to_ask(place: Place) -> int:
    """By a look, or by a form where an address knows no look. Gives what it answers about what is closed."""
    status = place.ask(0, closed=True)[1].status
    if status == NO_LOOK:
        form = FORMS.get(place.name.split()[0], {})
        place.method, place.form = "POST", {**form, **place.visitor.token("/devices")}
        status = place.ask(0, closed=True)[1].status
    return status


def readers(planter: "Planter") -> list[tuple[str, str, "Visitor"]]:
    """Behind each door somebody who may know nothing of that life: at another place, at the same place, elsewhere."""
    from manypaths.config.access_matrix.bodies import ELSEWHERE
    from manypaths.config.access_matrix.persons import join
    from manypaths.network.rules import Role

    world = planter.world
    roles = frozenset({Role.PEER, Role.CLINICIAN, Role.SUPERVISOR, Role.FRONTDESK, Role.PRIVACY_OFFICER, Role.MEDIC})
    stranger = world.bodies.hire("stranger", ELSEWHERE, roles, answers=True)
    return [
        ("work:", "a worker elsewhere", world.signed_in_worker(stranger)),
        ("work:", "a colleague", world.browser("peer_unassigned", "none")),
        ("my:", "another person", world.signed_in_person(join())),
    ]


def ids_of(planter: "Planter", closed: "Someone") -> dict[str, str]:
    """One id of each kind that stands in an address, all of them in that one life."""
    from manypaths.config.access_matrix.bodies import COURT
    from manypaths.referrals import commands as referrals

    court = planter.world.bodies.ids[COURT]
    referrals.shut_out(organisation_id=court, by=closed.reader, at=datetime.now(UTC))
    lead = planter.world.browser("supervisor", "none")
    lead.post("/work/exports", {"why": "planning"}, page="/work/exports")
    found = {"record_id": str(closed.held["clinician_originator"])}
    records = [closed.record, *closed.held.values()]
    for name, query in IDS.items():
        row = planter.link.execute(query.encode(), [records]).fetchone()
        assert row is not None, name
        found[name] = str(row[0])
    return found


def ways_to_sign_in(planter: "Planter", closed: "Someone", sites: list[str]) -> list[SigningIn]:
    """Each form that takes a name or a code, with such as somebody has."""
    worker, link = planter.world.bodies.workers["frontdesk"], planter.link
    wrong = {"passphrase": "never the right words here", "device": "shared"}
    half = planter.world.signed_in_worker(worker, prove=False)
    used = worker.codes.pop()
    planter.world.signed_in_worker(worker, code=used)
    names = {"a person": closed.username, "a worker": worker.email}
    found = [
        SigningIn(f"the name of {who}, wrong words", "/enter", wrong, [name], "name", link, sites)
        for who, name in names.items()
    ]
    for path, code in (("card", "1234-5678"), ("trusted", "1234-5678"), ("desk", "")):
        form = {**wrong, "code": code}
        there = f"/enter/lost/{path}"
        found.append(SigningIn(f"the name of a person at {there}", there, form, [closed.username], "name", link, sites))
    token = half.token("/second")
    found.append(SigningIn("a second factor that was used", "/second", token, [used], "code", link, sites, half))
    return found


def not_seen(places: list[Place], log: IO[bytes], tries: int, chance: random.Random) -> Iterator[str]:
    """Faults put into a server on purpose that the measuring does not see."""
    for name, fault in FAULTS.items():
        known = " ".join({one for place in places for one in place.ids.values()})
        with web_server(log, BENT.format(does=fault) + SERVE, KNOWN_IDS=known) as site:
            for place in chance.sample(places, min(SAMPLE, len(places))):
                bent = replace(place, sites=[site, site])
                one = measured(bent, tries, chance)
                print(f"a server that {name}: {one.compared}", flush=True)
                if not one.compared.told_apart:
                    yield f"a server that {name}, at {place.name}"


if __name__ == "__main__":
    sys.exit(main())
