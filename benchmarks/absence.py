"""Whether what is closed can be told from what does not exist: by a byte, or by its time.

`python -m benchmarks.absence [TRIES [WORD ...]]`; with words, only addresses that have one of them in them. Two web
servers on one database, and a life in which everything was written. Every address that names something of a person is
asked for by readers who may not know of it, in turn with two ids that were made up: 200 rounds. Answers must be the
same to the byte, but for the id itself, the date and what forms carry once; times must not differ by more than two
made-up ids do (`benchmarks/comparing.py`). What can be told apart is measured once more, and counts when it is told
apart again. Then signing in, with names and codes that somebody has and that nobody has. At the end a server that
sleeps two thousandths of a second where something is, and one that asks the database one thing more: both must be
told apart.
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
from typing import IO, TYPE_CHECKING
from uuid import uuid4

from benchmarks.absent_ids import FORMS, NOT_HIDDEN, SLUGS, ids_of, readers
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
NO_LOOK = 405
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
        return measure(stage, stack, sites, log, (numbers or [TRIES])[0], words)


def measure(stage: Stage, stack: ExitStack, sites: list[str], log: IO[bytes], tries: int, words: list[str]) -> int:
    """The world, every place in it, signing in, and two servers with a fault."""
    from benchmarks.planting import Planter
    from manypaths.config.access_matrix.stage import staged

    chance = random.Random(11)
    ground = stack.enter_context(staged(sites[0], stage.url("owner")))
    planter = Planter(ground.world, ground.log.link)
    closed = planter.live()
    places = [one for one in hidden_places(planter, closed, sites) if _is_meant(one, words)]
    doors = [one for one in ways_to_sign_in(planter, closed, sites) if _is_meant(one, words)]
    wrong = [one for place in (*places, *doors) if (one := tell(judged(place, tries, chance))).wrong]
    blind = list(not_seen(places, log, tries, chance))
    for one in blind:
        print(f"NOT SEEN   {one}")
    print(f"{len(places)} places and {len(doors)} ways to sign in, {tries} rounds each: {len(wrong)} told apart; "
          f"{len(blind)} faults on purpose not seen")  # fmt: skip
    return 1 if wrong or blind or (not words and len(places) < FEWEST) else 0


def _is_meant(one: "Place | SigningIn", words: list[str]) -> bool:
    return not words or any(word in one.path for word in words)


def hidden_places(planter: "Planter", closed: "Someone", sites: list[str]) -> list[Place]:
    """Every address that names something of a person, for readers to whom it must be absent."""
    from tests.architecture.test_ways_out import routes_of

    ids, found, left = ids_of(planter, closed), list[Place](), set[str]()
    for door, who, visitor in readers(planter):
        for name, pattern in routes_of():
            named = re.findall(r"<uuid:(\w+)>", pattern)
            if not name.startswith(door) or not named or name in NOT_HIDDEN:
                continue
            if not all(one in ids for one in named):
                left.add(f"{name} (no {', '.join(one for one in named if one not in ids)})")
                continue
            path = "/" + re.sub(r"<uuid:(\w+)>", r"{\1}", pattern)
            for slug, word in SLUGS[door].items():
                path = path.replace(slug, word)
            place = Place(f"{name} for {who}", visitor, path, {one: ids[one] for one in named}, sites)
            found.append(_asked_well(place))
    print("not measured: " + ", ".join(sorted(left)), flush=True)
    return found


def _asked_well(place: Place) -> Place:
    """By a look, or by a form where an address knows no look. Whatever it answers, it must be what is answered of what
    does not exist."""
    if place.ask(0, closed=True)[1].status == NO_LOOK:
        form = FORMS.get(place.name.split()[0], {})
        place.method, place.form = "POST", {**form, **place.visitor.token("/devices")}
    return place


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
