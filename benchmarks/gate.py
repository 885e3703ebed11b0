"""What the gate costs: a caseload of 50 and one record, as pages and as JSON, with it and without it.

Real pages: layout, sign-in by session, sealed names, one transaction and one access row a request, through gunicorn
with as many workers as the product starts, on a durable database of 30,000 records. The load comes from `wrk`, eight
connections at once.
"""

import os
import re
import subprocess
import sys
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.machine import describe, has
from benchmarks.memory import family
from benchmarks.stage import Stage, session_cookie

if TYPE_CHECKING:
    from manypaths.network.models import Membership

TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
RECORDS = 30_000
SHOWN = 50
SECONDS, WARM_UP = 6, 2
BOUNDS = {"caseload page": 140, "caseload JSON": 350, "record JSON": 700}
MOST_ADDED = 0.25


def main() -> int:
    """Measure, print, and say whether the bounds were reached."""
    if not has("wrk"):
        print("This needs wrk: apt-get install wrk")
        return 2
    print(describe())
    with Stage("gate") as stage:
        cookie, record = build(stage)
        paths = {
            "caseload page": "/work/people",
            "caseload JSON": "/work/api/people",
            "record JSON": f"/work/api/people/{record}",
            "record page": f"/work/people/{record}",
        }
        gated = measure(stage, "manypaths.config.wsgi", cookie, paths)
        take_walls_down(stage)
        free = measure(stage, "benchmarks.ungated", cookie, paths)
    return tell(gated, free)


def build(stage: Stage) -> tuple[str, str]:
    """A worker with fifty people, among thirty thousand records, and the worker's cookie."""
    stage.enter_django("owner")
    from django.db import connection

    worker = make_worker()
    ids = [uuid.uuid4() for _number in range(RECORDS)]
    make_records(worker, ids)
    with connection.cursor() as cursor:
        cursor.execute("analyze")
    cookie = session_cookie(worker.account, device="staff", membership=str(worker.id))
    return cookie, str(ids[0])


def make_worker() -> "Membership":
    """A made-up house, its community and one peer coach."""
    from manypaths.accounts.models import User
    from manypaths.network.models import Community, Membership, Organisation

    at = datetime.now(UTC)
    Community.objects.create(
        slug="bench", name="Green Hollow", place="Montpelier", state="VT", zone="America/New_York",
        languages=["en", "es"], privacy_contact="desk", operator="us", founded_at=at,
    )  # fmt: skip
    house = Organisation.objects.create(name="Lantern House", sort_name="lantern house", created_at=at)
    account = User.objects.create(kind="staff", username="dee", email="dee@example.org", password="!", date_joined=at)
    return Membership.objects.create(
        account=account, organisation=house, display_name="Dee R.", roles=["peer"], answers_requests=True, started_at=at
    )


def make_records(worker: "Membership", ids: list[uuid.UUID]) -> None:
    """Every record with its key; the first fifty with a sealed name, a safe way, and an assignment."""
    from manypaths.people.models import Assignment, Profile, Record, SafeContact
    from manypaths.vault.models import RecordKey
    from manypaths.vault.queries import current_key, sealer_for, wrapped_under

    at, house = datetime.now(UTC), worker.organisation_id
    wrapping = current_key(house)
    Record.objects.bulk_create(
        [Record(id=one, holder="organisation", organisation_id=house, opened_at=at) for one in ids], batch_size=5000
    )
    RecordKey.objects.bulk_create(
        [
            RecordKey(
                record_id=one, holder_id=house, ring_key=wrapping, made_at=at,
                wrapped=wrapped_under(wrapping, holder_id=house, record_id=one).wrapped,
            )
            for one in ids
        ],
        batch_size=5000,
    )  # fmt: skip
    shown = ids[:SHOWN]
    sealer = sealer_for(shown)
    for number, one in enumerate(shown):
        name = sealer.seal(one, "people.profile.name", f"Person {number}")
        Profile.objects.create(record_id=one, name=name, changed_at=at)
        SafeContact.objects.create(
            record_id=one, way="call", address=sealer.seal(one, "people.safecontact.address", "802-555-0142"),
            hours=sealer.seal(one, "people.safecontact.hours", "evenings"), changed_at=at,
        )  # fmt: skip
        Assignment.objects.create(record_id=one, membership=worker, since=at - timedelta(days=number))


@dataclass(frozen=True)
class Rate:
    """Requests a second, and what one request costs the processor: milliseconds in the web server and the database."""

    a_second: float
    web: float
    database: float


def measure(stage: Stage, application: str, cookie: str, paths: dict[str, str]) -> dict[str, Rate]:
    """The rate of each path."""
    address = stage.start_server(application)
    try:
        return {name: load(stage, f"{address}{path}", cookie) for name, path in paths.items()}
    finally:
        stage.stop_server()


def load(stage: Stage, address: str, cookie: str) -> Rate:
    """How fast an address was answered well; any other answer ends the run."""
    run(address, cookie, WARM_UP)
    web, database = stage.server.pid if stage.server else None, stage.cluster.pid()
    if web is None or database is None:
        raise SystemExit("the web server or the database is not there")
    before = spent(web), spent(database)
    said = run(address, cookie, SECONDS)
    after = spent(web), spent(database)
    counted = re.search(r"(\d+) requests in", said)
    answered = int(counted.group(1)) if counted else 0
    if "Non-2xx" in said or not answered:
        raise SystemExit(f"{address} was not answered with 200:\n{said}")
    found = re.search(r"Requests/sec:\s*([\d.]+)", said)
    return Rate(
        float(found.group(1)) if found else 0.0,
        (after[0] - before[0]) / answered,
        (after[1] - before[1]) / answered,
    )


def spent(root: int) -> float:
    """Processor time that a process and everything it started have used so far, in ms."""
    ticks = 0
    for pid in family(root):
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks * TICK_MS


def run(address: str, cookie: str, seconds: int) -> str:
    """One run of wrk."""
    command = ["wrk", "-t1", "-c8", f"-d{seconds}s", "-H", f"Cookie: {cookie}", address]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def take_walls_down(stage: Stage) -> None:
    """Switch every policy off, on this benchmark's own database."""
    names = stage.cluster.psql("select relname from pg_class where relrowsecurity and relkind = 'r'", "bench").split()
    sql = "".join(
        f"alter table {name} no force row level security; alter table {name} disable row level security;"
        for name in names
    )
    stage.cluster.psql(sql, "bench")


def tell(gated: dict[str, Rate], free: dict[str, Rate]) -> int:
    """Print each figure with its ratio and bound."""
    print(
        f"{'':14}{'with gate':>12}{'without':>12}{'adds':>7}{'bound':>7}   processor a request: web, database (without)"
    )
    added = {name: free[name].a_second / rate.a_second - 1 for name, rate in gated.items()}
    for name, rate in gated.items():
        bare = free[name]
        print(
            f"{name:14}{rate.a_second:>10.0f}/s{bare.a_second:>10.0f}/s{added[name]:>7.0%}{BOUNDS.get(name, ''):>7}"
            f"   {rate.web:.2f} ms, {rate.database:.2f} ms ({bare.web:.2f}, {bare.database:.2f})"
        )
    low = [name for name, bound in BOUNDS.items() if gated[name].a_second < bound]
    dear = [name for name, one in added.items() if one > MOST_ADDED]
    print("below the bound: " + ", ".join(low) if low else "every bound reached")
    print(f"the gate adds more than {MOST_ADDED:.0%} to: " + (", ".join(dear) or "nothing"))
    return 1 if low or dear else 0


if __name__ == "__main__":
    sys.exit(main())
