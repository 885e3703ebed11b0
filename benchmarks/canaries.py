"""Canaries: words that stand in sealed fields and nowhere else. Then everything that is on the disk is searched.

`python -m benchmarks.canaries [LIVES]`. Lives are lived by commands and pages, everybody looks at everything, every
form is filled, and one is refused by the database itself: first on a database set up as we ship it, then on one that
logs every statement with its parameters. Searched: a dump, WAL, the data folder with temporary files, every log, the
folder of the installation, the facts that a night packed, jobs, e-mail, sessions, the cache, statements as they run and
as they are counted. Ends with 1 where a canary is found, where a sealed field of docs/personal-data.json holds none,
and where a control is not found.
"""

import contextlib
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from benchmarks import leftovers
from benchmarks.machine import describe
from benchmarks.sifting import Found, missed, sift, spellings
from benchmarks.stage import Stage
from manypaths.config.access_matrix.place import SERVE, web_server
from manypaths.config.cluster import SUPERUSER

if TYPE_CHECKING:
    from benchmarks.planting import Planter
    from manypaths.config.access_matrix.visitor import Visitor

LIVES, AT_LEAST = 4, 200
NAME, MARK, TYPED = "canaries", "Zqcanary", "form of no page"
# Words that are not sealed, by their kind in docs/personal-data.json, and why.
NOT_SEALED = {
    "staff": "a worker's own name, title and e-mail: they work here, and are told as such",
    "public": "the directory, a community and published figures: anybody may read them",
}
# Words that are asked for and not kept: a database that logs all parameters writes them down, ours does not.
ASKED_FOR = {
    ("form /enter", "name"): "who signs in is looked for by the name that was typed; a real one is generated",
    ("form /find", "place"): "a town is looked for in the table of towns",
}
REFUSED = "alter table people_profile add constraint canary_is_refused check (record_id is null) not valid"
AGAIN = "alter table people_profile drop constraint canary_is_refused"
WAYS_IN_WORK, WAYS_IN_OWN = ("/work/", "/work/people", "/workers", "/devices"), ("/my/", "/my/sharing", "/my/places")
FILES = ("/my/copy/page", "/my/copy/data", "/my/sharing/given/page", "/my/sharing/given/table")


class Look:
    """Who goes where, what they typed, and how they were answered."""

    def __init__(self, planter: "Planter", sites: list[str]) -> None:
        self.planter, self.sites = planter, sites
        self.answers, self.filled = Counter[int](), set[tuple[str, ...]]()

    def everything(self, people: list[Any]) -> None:
        """Workers, persons and strangers go everywhere and fill every form, now on one server and now on the other."""
        from benchmarks.planting import readers

        world = self.planter.world
        visitors = [(visitor, WAYS_IN_WORK) for visitor in readers(world)]
        visitors += [(world.signed_in_person(someone), WAYS_IN_OWN) for someone in people[:2]]
        visitors += [(world.browser("anon", "none"), ("/", "/enter", "/join", "/enter/lost"))]
        for number, (visitor, ways_in) in enumerate(visitors):
            visitor.site = self.sites[number % len(self.sites)]
            self.everywhere(visitor, ways_in)
        for path in FILES:
            self.count(world.signed_in_person(people[0]).post(path, {}, page="/devices").status, path)

    def everywhere(self, visitor: "Visitor", ways_in: tuple[str, ...]) -> None:
        """Follow links, some of each kind; fill the forms of every page that is shown."""
        from tests.walls.crawling import LINK, NOT_FOLLOWED, _match

        from benchmarks.filling import fill, shape

        waiting, times = list(ways_in), Counter[str]()
        while waiting:
            path = waiting.pop(0).replace("&amp;", "&")
            match, kind = _match(path), shape(path)
            if match is None or match.view_name in NOT_FOLLOWED or times[kind] > 1:
                continue
            times[kind] += 1
            page = visitor.get(path)
            self.count(page.status, path)
            waiting += [one.decode() for one in LINK.findall(page.body)]
            for where, answer in fill(visitor, path, page, self.planter.word, self.filled):
                self.count(answer.status, where)

    def where_no_words_belong(self) -> None:
        """In an address, a query, a name to sign in with, a place to look near, a card that is none."""
        anyone, word = self.planter.world.browser("anon", "none"), self.planter.word
        for path in (f"/{word(TYPED)}", f"/?q={word(TYPED)}", f"/service/{word(TYPED)}", f"/invited/{word(TYPED)}"):
            self.count(anyone.get(path).status, "an address")
        forms = {"/enter": ("name", "passphrase"), "/find": ("q", "place"), "/enter/lost/card": ("name", "card")}
        for path, names in forms.items():
            typed = {name: word(f"form {path}: {name}") for name in names}
            self.count(anyone.post(path, {**typed, "device": "own"}, page=path).status, path)

    def be_refused(self, visitor: "Visitor", stage: Stage) -> None:
        """A form is right and the database refuses its row: an error, a fault and a refused statement are logged."""
        from benchmarks.filling import fill

        page = "/my/about"
        with leftovers.superuser(stage) as link:
            link.execute(REFUSED)
            try:
                said = [one.status for _to, one in fill(visitor, page, visitor.get(page), self.planter.word, set())]
            finally:
                link.execute(AGAIN)
        if not any(status >= 500 for status in said):
            raise SystemExit(f"the database was to refuse a write, and it was answered with {said}")

    def count(self, status: int, where: str) -> None:
        """Count an answer; say where the program was at fault."""
        self.answers[status] += 1
        if status >= 500:
            print(f"  {where} answers {status}")


def main() -> int:
    """Plant, look at everything, search, and prove that the search can find."""
    lives = int(sys.argv[1]) if len(sys.argv) > 1 else LIVES
    print(describe(), flush=True)
    old = Stage(NAME).cluster
    old.stop()
    shutil.rmtree(old.base)  # what an earlier run left is not what this one is about
    with Stage(NAME) as stage, tempfile.TemporaryDirectory() as folder:
        os.environ["TMPDIR"] = tempfile.tempdir = folder
        leftovers.count_statements(stage)
        stage.enter_django()
        return measure(stage, lives, Path(folder))


@contextlib.contextmanager
def two_servers(log: IO[bytes]) -> Iterator[list[str]]:
    """Two web servers on the database, as everybody runs them."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(web_server(log, SERVE)) for _number in range(2)]


def measure(stage: Stage, lives: int, passing: Path) -> int:
    """Everything, with two servers on the database: first as we ship it, then loud."""
    from django.db import connection

    log_path, watched = stage.files / "servers.log", [passing, stage.cluster.data / "base" / "pgsql_tmp"]
    with log_path.open("wb") as log, leftovers.Watch(stage.cluster.url(SUPERUSER, "bench"), watched) as watch:
        with two_servers(log) as sites, contextlib.ExitStack() as stack:
            look, people = begin(stage, stack, sites, lives)
            walk(look, people, stage)
            quiet, look.filled = set(look.planter.canaries), set()
            leftovers.make_loud(stage)
            connection.close()
            with two_servers(log) as look.sites:
                walk(look, [*people, look.planter.live()], stage)
                stands = standing(stage, look.planter)
            mail = leftovers.letters(look.planter.link)
        texts = {"e-mail": mail, "a night's facts": leftovers.night(stage), **leftovers.in_tables(stage)}
        texts["a dump"] = [leftovers.dumped(stage, "bench")]
    texts |= {"statements as they ran": [one.encode() for one in watch.statements],
              "files that came and went": list(watch.files.values())}  # fmt: skip
    found = search(stage, texts)
    aloud = [one for one in found if is_asked_for(one, look.planter, quiet, stage)]
    return tell(stage, look, stands, [one for one in found if one not in aloud], aloud)


def begin(stage: Stage, stack: contextlib.ExitStack, sites: list[str], lives: int) -> tuple[Look, list[Any]]:
    """The world, and so many lives in it."""
    from benchmarks.planting import Planter
    from manypaths.config.access_matrix.stage import staged

    ground = stack.enter_context(staged(sites[0], stage.url("owner")))
    planter = Planter(ground.world, ground.log.link)
    return Look(planter, sites), [planter.live() for _number in range(lives - 1)]


def walk(look: Look, people: list[Any], stage: Stage) -> None:
    """Everybody everywhere, words where none belong, and a row that the database refuses."""
    world = look.planter.world
    world.site = look.sites[0]
    for browser in world.browsers.values():
        browser.site = world.site
    look.everything(people)
    look.where_no_words_belong()
    look.be_refused(world.signed_in_person(people[1]), stage)


def standing(stage: Stage, planter: "Planter") -> Counter[str]:
    """In how many values of each sealed field a canary really stands, read with the ring of keys."""
    from benchmarks.planting import sealed_fields, unsealed

    stands = Counter[str]()
    with leftovers.superuser(stage) as link:
        for table, column, label in sealed_fields():
            inside = unsealed(link, table, column, label)
            stands[f"{table}.{column}"] = sum(any(one in text for one in planter.canaries) for text in inside)
    return stands


def search(stage: Stage, texts: dict[str, list[bytes]]) -> list[Found]:
    """Everywhere; says how much was read."""
    ways, found, sizes = spellings(MARK), list[Found](), dict[str, int]()
    stage.cluster.psql("checkpoint")
    for name, parts in texts.items():
        sizes[name] = sum(len(part) for part in parts)
        found += [one for part in parts for one in sift(name, part, ways)]
    in_files, sizes["folders with data, WAL, logs and keys"] = leftovers.in_folders([stage.cluster.base], ways)
    print("searched: " + ", ".join(f"{name} {size / 1000:,.1f} kB" for name, size in sizes.items()))
    return found + in_files


def is_asked_for(one: Found, planter: "Planter", quiet: set[str], stage: Stage) -> bool:
    """Whether a word is one of those that are asked for, in a log that was made loud after it was typed elsewhere."""
    word = next((known for known in planter.canaries if known.lower() == one.word), "")
    loud_log = one.where == str(stage.cluster.log) and word not in quiet
    page, _sign, field = planter.canaries.get(word, "").partition(": ")
    return loud_log and any(page.startswith(there) and field == name for there, name in ASKED_FOR)


def tell(stage: Stage, look: Look, stands: Counter[str], found: list[Found], aloud: list[Found]) -> int:
    """The verdict."""
    lost = missed(MARK, leftovers.control(stage, f"{MARK}0c0ffee0c0de", spellings(MARK)))
    empty = [name for name, count in stands.items() if not count]
    origin = {word.lower(): where for word, where in look.planter.canaries.items()}
    lines = [f"FOUND in {one}, planted as: {origin.get(one.word, 'not known')}" for one in found[:40]]
    lines += [f"no canary stands in {name}" for name in empty] + [f"the control was not found: {name}" for name in lost]
    for line in lines:
        print(f"  {line}")
    declared = [
        *NOT_SEALED.items(),
        *((f"{field} typed at {page[5:]}", why) for (page, field), why in ASKED_FOR.items()),
    ]
    for what, why in declared:
        print(f"  not sealed: {what}: {why}")
    typed = sum(where.startswith("form ") for where in look.planter.canaries.values())
    planted = len(look.planter.canaries) - typed
    broken = sum(count for status, count in look.answers.items() if status >= 500)
    print(f"{planted} canaries, in {sum(stands.values())} sealed values of {len(stands)} fields, and {typed} typed "
          f"into forms; {look.answers.total()} answers, {broken} of 500 or more; {len(aloud)} places in the loud log "
          f"hold a word that is only asked for")  # fmt: skip
    print(f"{len(found)} found; the control is {'NOT found everywhere' if lost else 'found everywhere'}")
    return 1 if found or empty or lost or broken or planted < AT_LEAST else 0


if __name__ == "__main__":
    sys.exit(main())
