"""Scanners made by others, let loose on a running site: schemathesis on the addresses for programs, sqlmap and wapiti.

`python -m benchmarks.scan [CASES] [SCANNER ...]`; before, `python -m benchmarks.scan install`. Each scanner has an
environment of its own (`benchmarks/scan/`): none is a part of the program. First they are tried on an application with
bugs on purpose (`tests/planted_bugs.py`): one that does not find what it is there for ends the run. Then the site: two
workers who may do almost everything at two places, two who walk with people at one place, and two persons, all signed
in. A fault in the log of the server counts like a finding. Nothing but this machine is asked.
"""

import json
import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import scanners
from benchmarks.machine import describe
from benchmarks.scanners import Scanned, Users
from benchmarks.stage import Stage
from manypaths.config.access_matrix.place import SERVE, web_server

if TYPE_CHECKING:
    from benchmarks.planting import Planter
    from manypaths.config.access_matrix.persons import Someone
    from manypaths.config.access_matrix.visitor import Visitor

CASES, OF_PLANTED, SHOWN = 20_000, 400, 200
PLANTED = """
import manypaths.config.wsgi
from django.conf import settings
settings.MIDDLEWARE, settings.ROOT_URLCONF = [], "tests.planted_bugs"
manypaths.config.wsgi.application.load_middleware()
from manypaths.config.webserver import serve_while_stdin_is_open
serve_while_stdin_is_open({port})
"""
MUST_FIND = {
    "schemathesis": ("Object-level authorization bypass", "Server error"),
    "sqlmap": ("an injection",),
    "wapiti": ("Reflected Cross Site Scripting", "SQL Injection"),
}
FORMS = {
    "/enter": "name=amber-otter-1234&passphrase=never the right words&device=shared",
    "/find": "q=group&place=Montpelier",
    "/enter/lost/card": "name=amber-otter-1234&code=1234-5678&passphrase=never the right words&device=shared",
}
LIST = "/work/api/people"
FAULT = b'"level": "ERROR"'


def main() -> int:
    """Install, or try the scanners on what has bugs and then on the site."""
    if sys.argv[1:] == ["install"]:
        return scanners.install()
    words = sys.argv[1:]
    cases = next((int(one) for one in words if one.isdecimal()), CASES)
    chosen = [one for one in scanners.TOOLS if one in words] or list(scanners.TOOLS)
    print(describe(), flush=True)
    with Stage("scan") as stage:
        stage.enter_django()
        folder = stage.cluster.base / "scans"  # what the scanners said can be read there until the next run
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        blind = list(not_found(folder, chosen))
        for one in blind:
            print(f"NOT FOUND, though it is there on purpose: {one}")
        return 1 if blind else scan(stage, folder, cases, chosen)


def not_found(folder: Path, chosen: list[str]) -> Iterator[str]:
    """Bugs on purpose that a scanner does not find."""
    from tests.planted_bugs import DESCRIPTION

    users: Users = {name: {"Cookie": f"sid={name}"} for name in ("ana", "ben")}
    with (folder / "planted.log").open("wb") as log, web_server(log, PLANTED) as site:
        tries = {
            "schemathesis": lambda: scanners.schemathesis(site, DESCRIPTION, users, OF_PLANTED, folder / "planted"),
            "sqlmap": lambda: scanners.sqlmap(site, "/town?name=barre", folder / "planted"),
            "wapiti": lambda: scanners.wapiti(site, ("/",), "", folder / "planted"),
        }
        for tool in chosen:
            one = tell(tries[tool](), "bugs on purpose")
            yield from (f"{bug} by {tool}" for bug in MUST_FIND[tool] if not any(bug in it for it in one.found))


def scan(stage: Stage, folder: Path, cases: int, chosen: list[str]) -> int:
    """The site itself, and what the log of its server says afterwards."""
    from benchmarks.planting import Planter
    from manypaths.config.access_matrix.stage import staged

    log_path = folder / "server.log"
    with log_path.open("wb") as log, ExitStack() as stack:
        site = stack.enter_context(web_server(log, SERVE))
        ground = stack.enter_context(staged(site, stage.url("owner")))
        planter = Planter(ground.world, ground.log.link)
        parts = {
            "schemathesis": lambda: for_programs(planter, site, folder, cases),
            "sqlmap": lambda: statements(planter, site, folder),
            "wapiti": lambda: pages(planter, site, folder),
        }
        said = [tell(one, "the site") for tool in chosen for one in parts[tool]()]
    found = [one for scanned in said for one in scanned.found]
    tried = sum(one.tried for one in said if one.tool == "schemathesis")
    faults = [line for line in log_path.read_bytes().split(b"\n") if FAULT in line]
    for line in faults[:20]:
        print(f"  FAULT {line.decode()}")
    requests = sum(one.tried for one in said)
    print(f"{tried:,} cases of schemathesis, {requests:,} requests in all: {len(found)} findings, {len(faults)} faults")
    fewer = "schemathesis" in chosen and tried < cases
    return 1 if found or faults or fewer else 0


def for_programs(planter: "Planter", site: str, folder: Path, cases: int) -> Iterator[Scanned]:
    """Every address for programs, as pairs of workers who may not see each other's people."""
    from benchmarks.objects import pairs_of_workers
    from manypaths.config.api_description import describe_api

    for name, users, share in pairs_of_workers(planter):
        one = scanners.schemathesis(site, describe_api(), users, int(cases * share), folder / name.replace(" ", "-"))
        one.found += [f"{who} was signed out" for who, has in users.items() if not still_in(site, has)]
        yield one


def statements(planter: "Planter", site: str, folder: Path) -> Iterator[Scanned]:
    """Forms and addresses out of which a statement could be made."""
    someone = planter.live()
    person = planter.world.signed_in_person(someone)
    worker = planter.world.browser("clinician_originator", "none")
    for path, visitor in signed_in_addresses(someone, person, worker):
        if visitor.get(path.replace("*", "")).status != SHOWN:
            raise SystemExit(f"{path} is not shown to who is meant to see it")
        yield scanners.sqlmap(site, path, folder / "sqlmap", cookie=cookie_of(visitor))
    about = f"name=Mari&pronouns=&language=en&csrfmiddlewaretoken={person.token('/devices')['csrfmiddlewaretoken']}"
    yield scanners.sqlmap(site, "/my/about", folder / "sqlmap", form=about, cookie=cookie_of(person))
    for path, form in FORMS.items():
        yield scanners.sqlmap(site, path, folder / "sqlmap", form=form)


def pages(planter: "Planter", site: str, folder: Path) -> Iterator[Scanned]:
    """Pages, as nobody, as two persons and as two workers."""
    world = planter.world
    first, second = (world.signed_in_person(planter.live()) for _number in range(2))
    for who, visitor, ways_in in (
        ("a person", first, ("/my/", "/my/places", "/my/sharing")),
        ("a worker", world.browser("clinician_originator", "none"), ("/work/", "/work/people")),
        ("another person", second, ("/my/", "/my/about", "/my/check-ins")),
        ("a privacy officer", world.browser("privacy_officer", "none"), ("/work/privacy", "/work/papers")),
        ("nobody", None, ("/", "/enter", "/community/")),
    ):
        yield scanners.wapiti(site, ways_in, cookie_of(visitor) if visitor else "", folder / who.replace(" ", "-"))


def signed_in_addresses(someone: "Someone", person: "Visitor", worker: "Visitor") -> Iterator[tuple[str, "Visitor"]]:
    """Addresses that read something out of a query, and one in which the id itself is tried (`*`)."""
    record = someone.held["clinician_originator"]
    yield "/work/people?page=1", worker
    yield "/work/api/people?page=1&for=care", worker
    yield f"/work/people/{record}/contacts?page=1&for=care", worker
    yield f"/work/api/people/{record}*", worker
    yield "/my/sharing/looked?page=1", person


def still_in(site: str, headers: Mapping[str, str]) -> bool:
    """Whether a session still stands: who was signed out on the way is refused everything, and shows nothing."""
    asked = urllib.request.Request(f"{site}{LIST}", headers=dict(headers))
    try:
        return bool(json.load(urllib.request.urlopen(asked))["total"])
    except urllib.error.HTTPError:
        return False


def cookie_of(visitor: "Visitor") -> str:
    """The session of a browser."""
    return "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())


def tell(one: Scanned, what: str) -> Scanned:
    """Print what a scanner did."""
    print(f"{one.tool} on {what}, {one.where}: {one.tried} requests in {one.seconds:.0f} s, {len(one.found)} findings",
          flush=True)  # fmt: skip
    for found in one.found:
        print(f"  {found}")
    return one


if __name__ == "__main__":
    sys.exit(main())
