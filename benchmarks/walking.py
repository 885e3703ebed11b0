"""A random walk over one database: people give and take back on two servers, and answers are compared with a model.

The model is a few lines of memory that ask no table and no rule of the program. What a worker is served must be exactly
what it allows; what is read after a revocation was committed must be closed; and an organisation without a consent link
must be answered the same, byte by byte, whatever happens to others.
"""

import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.core import mail
from django.db import transaction
from django.test import override_settings

from manypaths.config.access_matrix import persons
from manypaths.config.access_matrix.bodies import HOME, NAMES, RECEIVER, Worker, fresh
from manypaths.config.access_matrix.ground import Ground
from manypaths.config.access_matrix.persons import Someone
from manypaths.config.access_matrix.viewing import PARTS
from manypaths.config.access_matrix.visitor import Answer, Visitor
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass
from manypaths.lib.refusals import Refused
from manypaths.network import commands as network
from manypaths.network.rules import Role
from manypaths.nightly import tasks
from manypaths.people import commands as people
from manypaths.people import queries as facts
from manypaths.referrals import commands as referrals
from manypaths.referrals.rules import Status

SHOWN, ABSENT = 200, 404
WALKERS = ("peer_assigned", "peer_unassigned")
ELSEWHERE = (
    *("/work/people/{}", "/work/api/people/{}", "/work/requests/{}"),
    *("/work/", "/work/people", "/work/api/people", "/work/requests"),
)
ARRIVED = """
select id, subject_id from notices_staffnotice
where template = 'request_arrived' and way = 'email' and state = 'waiting'
"""
MAIL = {"EMAIL_HOST": "mail.example.org", "EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend"}


@dataclass
class Life:
    """What the model remembers of one person."""

    someone: Someone
    browser: Visitor
    record: UUID
    walker: str
    request: UUID | None = None
    shares: bool = False
    away: set[str] = field(default_factory=set)


@dataclass
class Walk:
    """The two servers, everybody, and what was found."""

    ground: Ground
    sites: tuple[str, str]
    chance: random.Random
    lives: list[Life] = field(default_factory=list)
    readers: dict[str, Visitor] = field(default_factory=dict)
    receiver_reads: bool = True
    baseline: dict[tuple[str, str], tuple[object, ...]] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    served: int = 0
    closed: int = 0
    raced: int = 0
    refused: int = 0
    found: list[str] = field(default_factory=list)

    def begin(self, people_in_it: int) -> None:
        """Some people, each with a peer at the home organisation; and three workers who read."""
        bodies = self.ground.world.bodies
        for _number in range(people_in_it):
            someone = persons.join()
            request = persons.ask(someone, bodies, HOME, datetime.now(UTC))
            by = bodies.workers[WALKERS[0]].reader
            record = referrals.accept_request(referral_id=request, seen=Status.REQUESTED, by=by, at=datetime.now(UTC))
            browser = self.ground.world.signed_in_person(someone)
            self.lives.append(Life(someone, browser, record, WALKERS[0]))
        for role in (*WALKERS, "recv_staff", "other_org"):
            self.readers[role] = self.ground.world.browser(role, "none")

    def run(self, steps: int) -> None:
        """So many steps, each drawn by chance."""
        acts: list[tuple[Callable[[Life], None], int]] = [
            (self.ask, 16), (self.stop, 6), (self.withdraw, 4), (self.block, 3), (self.unblock, 4),
            (self.change_role, 2), (self.hand_over, 2), (self.mail_leaves, 3), (self.copy, 2),
            (self.read_request, 24), (self.read_record, 24), (self.read_lists, 8), (self.read_from_elsewhere, 12),
        ]  # fmt: skip
        for _step in range(steps):
            act = self.chance.choices([one for one, _weight in acts], [weight for _one, weight in acts])[0]
            self.done[act.__name__] += 1
            try:
                act(self.chance.choice(self.lives))
            except Refused:  # an act that cannot be now: nothing changed, here or there
                self.refused += 1

    # Acts of the person

    def ask(self, life: Life) -> None:
        """Ask the receiver for something, with a consent for exactly this."""
        if life.shares or RECEIVER in life.away or not self.receiver_reads:
            return
        bodies = self.ground.world.bodies
        life.request, life.shares = persons.ask(life.someone, bodies, RECEIVER, datetime.now(UTC)), True

    def stop(self, life: Life) -> None:
        """Stop sharing, while somebody reads on the other server."""
        self._revoke(life, "stop")

    def withdraw(self, life: Life) -> None:
        """Take the request back, while somebody reads on the other server."""
        self._revoke(life, "back")

    def _revoke(self, life: Life, how: str) -> None:
        if not life.shares:
            return
        path, over, late = f"/work/requests/{life.request}", threading.Event(), list[float]()
        racer = threading.Thread(target=self._read_on, args=(path, over, late, life.someone.planted["packet"]))
        racer.start()
        answer = self._send(life, f"/my/requests/{life.request}/{how}")
        committed = time.monotonic()
        if answer.status in (302, 303):
            life.shares = False
        else:
            self._note(f"{how} answered {answer.status}")
        self.read_request(life)
        over.set()
        racer.join()
        if not life.shares and any(begun > committed for begun in late):
            self._note(f"served after the commit of {how}")

    def _read_on(self, path: str, over: threading.Event, late: list[float], word: str) -> None:
        """Reads again and again; remembers when each reading began that was served."""
        reader = self._at(self.readers["recv_staff"])
        while not over.is_set():
            begun = time.monotonic()
            self.raced += 1
            if reader.get(path).holds(word):
                late.append(begun)

    def block(self, life: Life) -> None:
        """Keep a place away; every open request there ends with it."""
        where = self.chance.choice((RECEIVER, HOME))
        if where in life.away:
            return
        body = self.ground.world.bodies.ids[where]
        referrals.shut_out(organisation_id=body, by=life.someone.reader, at=datetime.now(UTC))
        life.away.add(where)
        life.shares = life.shares and where != RECEIVER
        self.read_request(life)
        self.read_record(life)

    def unblock(self, life: Life) -> None:
        """Let a place come back. What was stopped stays stopped."""
        if not life.away:
            return
        where, by = life.away.pop(), life.someone.reader
        with transaction.atomic():
            consent.open_own(reader=by, classes={DataClass.SAFE_CONTACT})
            one = next(row for row in facts.own_blocks(reader=by) if row.name.startswith(NAMES[where]))
            at = datetime.now(UTC)
            people.unblock(block_id=one.id, by=replace(by, factor_at=at), at=at)

    def copy(self, life: Life) -> None:
        """The person's own copy always holds their own words, and nobody else's."""
        answer = self._send(life, "/my/copy/data")
        if answer.status in (302, 303):  # the proof is older than five minutes
            life.browser = self.ground.world.signed_in_person(life.someone)
            answer = self._send(life, "/my/copy/data")
        others = [one.someone.planted["goal"] for one in self.lives if one is not life]
        if not answer.holds(life.someone.planted["goal"]) or any(answer.holds(word) for word in others):
            self._note(f"the copy is not the person's own: {answer.status}")

    # Acts of the places

    def change_role(self, _life: Life) -> None:
        """Take from the receiver's worker what lets them answer; read what is closed now; and give it back."""
        who, at = self._membership("recv_staff"), datetime.now(UTC)
        assert who is not None
        by = fresh(self.ground.world.bodies.leads[RECEIVER].reader)
        network.change_roles(membership_id=who, roles=[Role.FACILITATOR.value], by=by, at=at)
        self.receiver_reads = False
        for life in self.lives:
            self.read_request(life)
        network.change_roles(membership_id=who, roles=[Role.CLINICIAN.value], by=by, at=at)
        network.set_member_answers(membership_id=who, answers=True, by=by, at=at)
        self.receiver_reads = True

    def hand_over(self, _life: Life) -> None:
        """Give everyone of one peer into the hands of the other, and on another day back."""
        giver = self.chance.choice(WALKERS)
        taker = next(one for one in WALKERS if one != giver)
        given = [life for life in self.lives if self._walks(giver, life)]
        if not given:
            return
        who, to = (self._membership(one) for one in (giver, taker))
        lead = fresh(self.ground.world.bodies.leads[HOME].reader)
        referrals.hand_over_people(from_membership=who, to_membership=to, by=lead, at=datetime.now(UTC))
        for life in given:
            life.walker = taker
            self.read_record(life)

    def mail_leaves(self, _life: Life) -> None:
        """The job runs for an e-mail that waits: it leaves only where what it is about is still open."""
        waiting = self.ground.log.link.execute(ARRIVED).fetchall()
        if not waiting:
            return
        notice, subject = self.chance.choice(waiting)
        open_now = any(life.request == subject and life.shares for life in self.lives)
        about_us = any(life.request == subject for life in self.lives)
        before = len(getattr(mail, "outbox", []))
        with override_settings(**MAIL):
            tasks.send_email(str(notice))
        if len(getattr(mail, "outbox", [])) > before and about_us and not open_now:
            self._note("an e-mail left about what was closed")

    # Reading

    def read_request(self, life: Life) -> None:
        """The receiver reads a request, on whichever server."""
        if life.request is None:
            return
        answer = self._at(self.readers["recv_staff"]).get(f"/work/requests/{life.request}")
        self._compare("request", life.shares and self.receiver_reads, answer, life.someone.planted["packet"])

    def read_record(self, life: Life) -> None:
        """Both peers read the record, as a page or as JSON."""
        role = self.chance.choice(WALKERS)
        way = self.chance.choice(("/work/people/", "/work/api/people/"))
        answer = self._at(self.readers[role]).get(f"{way}{life.record}")
        self._compare(f"record as {role}", self._walks(role, life), answer, life.someone.planted["packet"])

    def read_lists(self, _life: Life) -> None:
        """What a list serves is what is allowed, and its total says how many."""
        role = self.chance.choice(WALKERS)
        allowed = {str(life.record) for life in self.lives if self._walks(role, life)}
        answer = self._at(self.readers[role]).get("/work/api/people")
        said = json.loads(answer.body)
        ours = {str(life.record) for life in self.lives}
        served = {one["id"] for one in said["people"]}
        if served & ours != allowed or said["total"] != len(served):
            self._note(
                f"the list of {role}: {len(served & ours)} served, {len(allowed)} allowed, total {said['total']}"
            )
        inbox = self._at(self.readers["recv_staff"]).get("/work/requests")
        for life in self.lives:
            if inbox.holds(life.someone.planted["packet"]) and not (life.shares and self.receiver_reads):
                self._note("the list of requests shows one that is closed")

    def read_from_elsewhere(self, life: Life) -> None:
        """An organisation that nobody shares with is answered as before, whatever changed."""
        ids = [str(life.record), str(life.someone.record), *([str(life.request)] if life.request else [])]
        one = self.chance.choice(ids)
        path = self.chance.choice(ELSEWHERE)
        reader = self._at(self.readers["other_org"])
        known = self.baseline.get((reader.site, path))  # a server has an order of its own for the words of its policy
        said = reader.get(path.format(one)).without(one)
        if said != known:  # once a minute a session notes that it lives, and sets its cookie
            said = reader.get(path.format(one)).without(one)
        before = self.baseline.setdefault((reader.site, path), said)
        parts = [part for part, here, there in zip(PARTS, said, before, strict=True) if here != there]
        if parts:
            self._note(f"{path} is answered otherwise than before to who has no consent: {', '.join(parts)}")

    # Small things

    def _walks(self, role: str, life: Life) -> bool:
        return life.walker == role and HOME not in life.away

    def _worker(self, role: str) -> Worker:
        return self.ground.world.bodies.workers[role]

    def _membership(self, role: str) -> UUID:
        reader = self._worker(role).reader
        if reader.membership_id is None:
            raise LookupError(role)
        return reader.membership_id

    def _compare(self, what: str, allowed: bool, answer: Answer, word: str) -> None:
        holds = answer.holds(word)
        self.served += holds
        self.closed += not allowed
        if holds != allowed or (not allowed and answer.status != ABSENT):
            self._note(f"{what}: {'allowed' if allowed else 'closed'}, answered {answer.status}, shown: {holds}")

    def _note(self, what: str) -> None:
        self.found.append(f"step {self.done.total()}: {what}")

    def _at(self, visitor: Visitor) -> Visitor:
        """The same session on one of the two servers."""
        return replace(visitor, site=self.chance.choice(self.sites), cookies=visitor.cookies)

    def _send(self, life: Life, path: str) -> Answer:
        visitor = self._at(life.browser)
        return visitor.post(path, {}, page="/devices")


def told(walk: Walk) -> dict[str, Any]:
    """The figures of a walk."""
    kinds = Counter(re.sub(r"^step \d+: ", "", one) for one in walk.found)
    return {
        "steps": walk.done.total(), "served": walk.served, "asked while closed": walk.closed,
        "readings beside a revocation": walk.raced, "acts refused": walk.refused, "violations": len(walk.found),
        "kinds": dict(kinds),
    }  # fmt: skip
