"""Kill everything while people write, forty times, and look for what was lost, doubled or half done.

Four persons ask for support and stop sharing, each write with a key that is kept until it is acknowledged. At random
moments the web server's whole process group and every process of the database are killed with SIGKILL at once, and
started again. What was acknowledged stands in a ledger outside. Afterwards: every acknowledged request is there once,
every acknowledged stop has ended its consent, and requests, consents, log, outbox and moves agree to the row.

The control writes the log outside the request's transaction. It must disagree, or this harness sees nothing.
"""

import http.client
import os
import random
import re
import signal
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import psycopg

from benchmarks.machine import describe
from benchmarks.stage import Stage, session_cookie

KILLS = 40
PERSONS = 4
SERVICES = 3000
SHORTEST, LONGEST = 0.02, 0.5
TIMEOUT = 10


@dataclass
class Ledger:
    """What was acknowledged, kept where no kill reaches."""

    sent: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    replays: int = 0
    done: threading.Event = field(default_factory=threading.Event)


@dataclass
class Person:
    """One person's browser: a cookie, a form token, and patience."""

    address: str
    cookie: str
    token: str
    ledger: Ledger

    def post(self, path: str, **values: str) -> str | None:
        """Send a form until it is acknowledged, always with the same key. Gives where it leads, or None at the end."""
        body = urlencode({**values, "once": str(uuid.uuid4()), "csrfmiddlewaretoken": self.token})
        tries = 0
        while not self.ledger.done.is_set() or tries:
            tries += 1
            try:
                status, location, _page = self._once("POST", path, body)
            except (OSError, http.client.HTTPException):
                time.sleep(0.02)
                continue
            if status in (302, 303):
                self.ledger.replays += tries > 1
                return location
            if status != 503:
                self.ledger.faults.append(f"{path.rsplit('/', 1)[-1]}: {status}")
                return None
            time.sleep(0.05)
        return None

    def words_on(self, path: str) -> dict[str, str]:
        """Which words the page of agreement shows, in which language: what is agreed to is what was read."""
        while not self.ledger.done.is_set():
            try:
                status, _location, page = self._once("GET", path, "")
            except (OSError, http.client.HTTPException):
                time.sleep(0.02)
                continue
            if status == 200:
                return dict(re.findall(r'name="(words_\w+)" value="([^"]+)"', page))
            time.sleep(0.05)
        return {}

    def _once(self, method: str, path: str, body: str) -> tuple[int, str, str]:
        parts = urlsplit(self.address)
        line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT)
        try:
            headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
            line.request(method, path, body, headers)
            answer = line.getresponse()
            page = answer.read().decode()
            return answer.status, answer.headers.get("Location", ""), page
        finally:
            line.close()

    def live(self, services: Iterator[uuid.UUID]) -> None:
        """Ask one service after the other, and stop sharing each time."""
        for service in services:
            if self.ledger.done.is_set():
                return
            ask = f"/my/ask/{service}"
            steps = (("begin", {}), ("need", {"need": "talk"}), ("name", {"name": "Mari"}), ("reach", {"way": "here"}))
            if any(self.post(f"{ask}/{name}", **values) is None for name, values in steps):
                continue
            led = self.post(f"{ask}/agree", **self.words_on(f"{ask}/agree"))
            found = re.search(r"/my/requests/([0-9a-f-]{36})", led or "")
            if found is None:
                continue
            self.ledger.sent.append(found.group(1))
            if self.post(f"/my/requests/{found.group(1)}/stop") is not None:
                self.ledger.stopped.append(found.group(1))


def main() -> int:
    """Run the harness and its control; both verdicts count."""
    print(describe())
    with Stage("kill") as stage:
        cookies, services = build(stage)
        good = run(stage, "manypaths.config.wsgi", cookies, services[: SERVICES // 2])
        bad = run(stage, "benchmarks.untransacted", cookies, services[SERVICES // 2 :])
    failed = 0
    if good:
        print("FAILED: " + "; ".join(good))
        failed = 1
    if not bad:
        print("FAILED: the control lost nothing, so this harness would not see a loss")
        failed = 1
    print("nothing lost, nothing doubled; the control was caught" if not failed else "see above")
    return failed


def build(stage: Stage) -> tuple[list[str], list[uuid.UUID]]:
    """A house that answers, thousands of its services, and four persons who are signed in."""
    stage.enter_django("owner")
    from benchmarks.gate import make_worker
    from manypaths.accounts.models import User
    from manypaths.directory.models import Service
    from manypaths.network.models import Agreement, Community, Participation
    from manypaths.people.commands import create_person

    at = datetime.now(UTC)
    worker = make_worker()
    words = Agreement.objects.create(key="bench", version="1", language="en", title="t", body="b")
    Participation.objects.create(
        community=Community.objects.get(), organisation=worker.organisation, invited_at=at, agreed_at=at,
        agreed_by=worker.account, agreement=words, answers_requests=True,
    )  # fmt: skip
    services = [
        Service(
            id=uuid.uuid4(), organisation=worker.organisation, name=f"Coach {number}", kind="peer_support",
            needs=["talk"], phone="802-555-0142", zone="America/New_York", changed_at=at,
        )
        for number in range(SERVICES)
    ]  # fmt: skip
    Service.objects.bulk_create(services)
    people = []
    for number in range(PERSONS):
        account = User.objects.create(kind="person", username=f"river-{number}", password="!", date_joined=at)
        create_person(account_id=account.id, at=at)
        people.append(session_cookie(account, device="own"))
    return people, [one.id for one in services]


def run(stage: Stage, application: str, cookies: list[str], services: list[uuid.UUID]) -> list[str]:
    """Forty kills under load on one application, and what was wrong afterwards."""
    address = stage.start_server(application)
    ledger, before = Ledger(), counts(stage)
    turns = iter(services)
    lock = threading.Lock()

    def next_one() -> Iterator[uuid.UUID]:
        while True:
            with lock:
                one = next(turns, None)
            if one is None:
                return
            yield one

    persons = [Person(address, cookie, token_of(address, cookie), ledger) for cookie in cookies]
    threads = [threading.Thread(target=one.live, args=(next_one(),)) for one in persons]
    for thread in threads:
        thread.start()
    chance = random.Random(20261122)
    for _kill in range(KILLS):
        time.sleep(chance.uniform(SHORTEST, LONGEST))
        kill_all(stage)
        stage.cluster.start()
        stage.start_server(application)
    time.sleep(1)
    ledger.done.set()
    for thread in threads:
        thread.join(60)
    stage.stop_server()
    return verdict(application, stage, ledger, before)


def kill_all(stage: Stage) -> None:
    """SIGKILL for the web server's group and for every process of the database."""
    stage.kill_server()
    data = str(stage.cluster.data)
    for name in os.listdir("/proc"):
        if name.isdigit() and _works_in(int(name), data):
            try:
                os.kill(int(name), signal.SIGKILL)
            except ProcessLookupError:
                continue


def _works_in(pid: int, folder: str) -> bool:
    try:
        return os.readlink(f"/proc/{pid}/cwd") == folder
    except OSError:
        return False


def token_of(address: str, cookie: str) -> str:
    """The form token of a session."""
    parts = urlsplit(address)
    line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT)
    line.request("GET", "/my/about", headers={"Cookie": cookie})
    page = line.getresponse().read().decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    if found is None:
        raise SystemExit("the page of a person could not be read")
    return found.group(1)


AGREE = {
    "requests": "select count(*) from referrals_referral where status <> 'draft'",
    "consents": "select count(*) from consent_grant",
    "log of requests": "select count(*) from audit_act where what = 'referrals.requested'",
    "log of consents": "select count(*) from audit_act where what = 'consent.given'",
    "outbox": "select count(*) from notices_staffnotice where template = 'request_arrived' and way = 'here'",
    "moves": "select count(*) from referrals_move where became = 'requested'",
}
STOPS = {
    "ended consents": "select count(*) from consent_grant where ended_at is not null",
    "log of stops": "select count(*) from audit_act where what = 'consent.stopped'",
}
DOUBLED = """
    select count(*) from (select 1 from referrals_referral where status <> 'draft' group by record_id, service_id
                          having count(*) > 1) twice
"""


def counts(stage: Stage) -> dict[str, int]:
    """How many of each there are."""
    with psycopg.connect(stage.url("owner"), autocommit=True) as raw:
        return {name: _number(raw, sql) for name, sql in {**AGREE, **STOPS}.items()}


def verdict(application: str, stage: Stage, ledger: Ledger, before: dict[str, int]) -> list[str]:
    """Compare the ledger with the tables, and the tables with each other."""
    after = counts(stage)
    made = {name: after[name] - before[name] for name in after}
    with psycopg.connect(stage.url("owner"), autocommit=True) as raw:
        lost = len(ledger.sent) - _one(raw, "referrals_referral where status <> 'draft' and id", ledger.sent)
        open_still = _one(raw, "consent_grant where ended_at is null and subject_id", ledger.stopped)
        doubled = _number(raw, DOUBLED)
    wrong = [f"{lost} acknowledged requests lost"] if lost else []
    wrong += [f"{open_still} acknowledged stops lost"] if open_still else []
    wrong += [f"{doubled} requests doubled"] if doubled else []
    wrong += [f"{made}"] if len({made[name] for name in AGREE}) > 1 or len({made[name] for name in STOPS}) > 1 else []
    wrong += [f"answers that were neither done nor 503: {sorted(set(ledger.faults))}"] if ledger.faults else []
    print(
        f"{application}: {KILLS} kills, {len(ledger.sent)} requests and {len(ledger.stopped)} stops acknowledged, "
        f"{ledger.replays} after a retry, {lost} lost, {doubled} doubled, {'agree' if not wrong else 'DISAGREE'}"
    )
    return wrong


def _one(raw: "psycopg.Connection[Any]", where: str, ids: list[str]) -> int:
    return _number(raw, f"select count(*) from {where} = any(%s::uuid[])", [ids])


def _number(raw: "psycopg.Connection[Any]", sql: str, *values: Any) -> int:
    row = raw.execute(sql.encode(), *values).fetchone()
    return int(row[0]) if row else 0


if __name__ == "__main__":
    sys.exit(main())
