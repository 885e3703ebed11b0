"""The find pages as people get them: through the web server, on the real directory, eight people at once.

python -m benchmarks.find_pages FILE           the CSV of the national directory

Each search is posted, and the answer is read at its sealed address. The baseline is the page "What this is", which asks
no table, from the same server in the same minute.
"""

import http.client
import random
import sys
import threading
import time
import urllib.parse
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.machine import describe, percentile
from benchmarks.stage import Stage

AT = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
PEOPLE, TURNS, MOST = 8, 25, 80.0
TOWNS = ("Montpelier, VT", "Phoenix, AZ", "Los Angeles, CA", "Boise", "Chicago", "Nashvile", "30303", "10027", "Tampa")
ASKED = (
    {"q": "detox"}, {"q": "counselling"}, {"need": "medication"}, {"need": "housing", "room": "on"}, {},
    {"q": "suboxone", "cost": "medicaid"}, {"language": "es"}, {"meds": "on"}, {"now": "on"},
)  # fmt: skip


def main(file: Path) -> None:
    """Fill a directory, start the server, and let eight people search."""
    print(describe())
    with Stage("find") as stage:
        stage.enter_django()
        _fill(file)
        stage.start_server()
        address = ("127.0.0.1", stage.port)
        print(f"  {'':22} {'p50':>8} {'p95':>8}   (ms, {PEOPLE} people at once, 2 workers)")
        floor = _say("what this is", _together(address, _about), None)
        _say("first page", _together(address, _home), floor, MOST)
        _say("search, whole", _together(address, _search), floor)
        _say("results", READ, floor, MOST)


READ: list[float] = []


def _fill(file: Path) -> None:
    from django.core.management import call_command
    from django.db import connection

    from manypaths.directory.search.writer import Writer
    from manypaths.exchange.samhsa.apply import Files, import_file

    call_command(
        "found_community", place="Montpelier, VT", name="Green Hollow", languages="en,es", operator="Green Hollow",
        coordinator_name="Dee R.", coordinator_email="lead@example.org", privacy_contact="Desk, 802-555-0100",
    )  # fmt: skip
    import_file(Files(file), at=AT, allow_loss=False, tell=lambda _: None)
    Writer().rebuild()
    connection.close()


def _together(address: tuple[str, int], act: Callable[[tuple[str, int], random.Random], None]) -> list[float]:
    took: list[float] = []
    threads = [threading.Thread(target=_one_person, args=(address, act, number, took)) for number in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


def _one_person(
    address: tuple[str, int], act: Callable[[tuple[str, int], random.Random], None], number: int, took: list[float]
) -> None:
    chance = random.Random(number)
    for _ in range(TURNS):
        begin = time.perf_counter()
        act(address, chance)
        took.append((time.perf_counter() - begin) * 1000)


def _ask(address: tuple[str, int], method: str, path: str, body: str | None = None) -> http.client.HTTPResponse:
    line = http.client.HTTPConnection(*address)
    headers = {"Accept-Encoding": "gzip"}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    line.request(method, path, body, headers)
    answer = line.getresponse()
    answer.read()
    line.close()
    return answer


def _about(address: tuple[str, int], _: random.Random) -> None:
    assert _ask(address, "GET", "/about").status == 200


def _home(address: tuple[str, int], _: random.Random) -> None:
    assert _ask(address, "GET", "/").status == 200


def _search(address: tuple[str, int], chance: random.Random) -> None:
    asked = {"place": chance.choice(TOWNS), "miles": "25", **chance.choice(ASKED)}
    answer = _ask(address, "POST", "/find", urllib.parse.urlencode(asked))
    assert answer.status == 303, answer.status
    begin = time.perf_counter()
    assert _ask(address, "GET", answer.headers["Location"]).status == 200
    READ.append((time.perf_counter() - begin) * 1000)


def _say(name: str, took: list[float], floor: float | None, bound: float | None = None) -> float:
    half, most = percentile(took, 0.5), percentile(took, 0.95)
    ratio = "" if floor is None else f"   {half / floor:5.1f} x baseline"
    held = "" if bound is None else f"  at most {bound:.0f}: {'held' if most <= bound else 'NOT HELD'}"
    print(f"  {name:22} {half:8.1f} {most:8.1f}{ratio}{held}")
    return half


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
