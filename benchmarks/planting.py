"""Lives full of canaries: in every field that holds words of a person stands a word that stands nowhere else.

They come there as real ones do: by the commands, and by forms that go through the web server.
"""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction
from psycopg import sql

from benchmarks import planting_desk
from benchmarks.canaries import MARK
from manypaths.accounts.commands import joining
from manypaths.accounts.commands.signing_in import Caller
from manypaths.config.access_matrix import breaking, on_behalf, papers
from manypaths.config.access_matrix.bodies import HOME, RECEIVER, fresh
from manypaths.config.access_matrix.persons import CHECK_IN, PASSPHRASE, Someone
from manypaths.config.access_matrix.visitor import Answer, Visitor
from manypaths.config.access_matrix.world import World
from manypaths.consent import queries as consent
from manypaths.consent import rescuing, sharing
from manypaths.consent.rules import DataClass, shares
from manypaths.network.rules import SYSTEM
from manypaths.outcomes import commands as outcomes
from manypaths.outcomes import queries as instruments
from manypaths.people import commands as people
from manypaths.plans.commands import choices, goals, held, steps, words
from manypaths.plans.rules import SafetyWords, Sign
from manypaths.referrals import commands as referrals
from manypaths.referrals.rules import Asked, PickedPart, Status
from manypaths.support import commands as support
from manypaths.support.rules import ContactFacts, NoteFacts, ScreenFacts, TreatmentFacts
from manypaths.vault.queries import sealer_for

CLINICIAN, PEER = "clinician_originator", "peer_assigned"
NUMBER = " 802-555-0142"  # a phone number must have digits
SENT = (302, 303)
LOOK = re.compile(rb'href="(/my/sharing/looked/[0-9a-f-]{36})')
# What went wrong may be about many people: its words have a key of their own.
KEYED_BY = {
    "consent_paperconsent": "held_record_id",
    "consent_incident": "id",
    "consent_assessment": "incident_id",
    "consent_breachletter": "incident_id",
}
ONE = {
    "emergencies": "select id from consent_emergency where record_id = any(%s) order by opened_at desc",
    "reviews": "select id from consent_review where record_id = any(%s)",
}


@dataclass
class Planter:
    """Writes canaries and remembers them, with the field each was written for."""

    world: World
    link: "psycopg.Connection"
    canaries: dict[str, str] = field(default_factory=dict)

    def word(self, where: str) -> str:
        """A new canary."""
        made = f"{MARK}{secrets.token_hex(6)}"
        self.canaries[made] = where
        return made

    def live(self) -> Someone:
        """One whole life: the person, two places that walk with them, and everything that can be written."""
        someone = self.join()
        self._write_own_plan(someone)
        for role in (CLINICIAN, PEER):
            self._be_taken_up(someone, role)
        self._write_entries(someone)
        self._write_messages(someone)
        self._show(someone)
        self._in_an_emergency(someone)
        self._not_right(someone)
        self._order(someone)
        self._on_paper(someone)
        planting_desk.plant(self.world, self.link, someone, PEER, self.word)
        return someone

    # The person

    def join(self) -> Someone:
        """A person who says who they are and how to reach them."""
        at, where = datetime.now(UTC), Caller(place=f"canaries {secrets.token_hex(4)}")
        with transaction.atomic():
            account = joining.join(passphrase=PASSPHRASE, names=[], language="en", caller=where, by=SYSTEM, at=at)
            someone = Someone(account.username, people.create_person(account_id=account.id, at=at), {})
            by, opening = someone.reader, {DataClass.DEMOGRAPHICS, DataClass.SAFE_CONTACT}
            record = consent.open_own(reader=by, classes=opening)
            sealer = sealer_for([record])
            people.write_profile(
                record_id=record, name=self.word("profile name"), pronouns=self.word("pronouns"), language="en",
                sealer=sealer, by=by, at=at,
            )  # fmt: skip
            people.write_safe_contact(
                record_id=record, way="text", address=self.word("contact") + NUMBER, hours=self.word("hours"),
                may_leave_message=False, sealer=sealer, by=by, at=at,
            )  # fmt: skip
        return someone

    def _write_own_plan(self, someone: Someone) -> None:
        by, at = someone.reader, datetime.now(UTC)
        for _twice in range(2):  # what stood there before is kept
            words.write_own_words(text=self.word("own words"), by=by, at=at)
            words.write_hard_day(text=self.word("hard day"), by=by, at=at)
        words.add_strength(
            statement=self.word("strength"), fact=self.word("fact"), sign=next(iter(Sign)), by=by, at=at
        )  # fmt: skip
        goal = goals.add_goal(title=self.word("goal"), area="family", by=by, at=at)
        goals.change_goal(goal_id=goal, title=self.word("goal anew"), area="family", by=by, at=at)
        steps.add_step(goal_id=goal, text=self.word("step"), by_day=None, today=at.date(), by=by, at=at)
        support_seen, other = (choices.Seen(uuid4(), self.word("support")) for _number in range(2))
        choices.choose_support(
            support=support_seen, options=[other], reason=self.word("reason"), today=at.date(), by=by, at=at
        )
        version = instruments.instrument_version(instrument=CHECK_IN)
        answers = dict.fromkeys(instruments.definition(version).items, 3)
        someone.items["sitting"] = outcomes.answer_instrument(
            instrument=CHECK_IN, answers=answers, language="en", on=at.date(), by=by, at=at, note=self.word("note")
        )

    # Requests and what a place writes

    def _be_taken_up(self, someone: Someone, role: str) -> None:
        worker, at = self.world.worker(role).reader, datetime.now(UTC)
        request = self.ask(someone, HOME)
        record = referrals.accept_request(referral_id=request, seen=Status.REQUESTED, by=worker, at=at)
        someone.held[role] = record
        held.write_held_words(record_id=record, text=self.word("held words"), by=worker, at=at)
        held.add_held_strength(record_id=record, statement=self.word("held strength"), by=worker, at=at)
        goal = held.add_held_goal(record_id=record, title=self.word("held goal"), area="home", by=worker, at=at)
        held.add_held_step(
            record_id=record, goal_id=goal, text=self.word("held step"), by_day=None, today=at.date(), by=worker, at=at
        )
        if role == CLINICIAN:
            plan = SafetyWords(self.word("signs"), self.word("helps"), self.word("people"))
            held.write_safety_plan(record_id=record, words=plan, by=worker, at=at)
        facts = ContactFacts(at - timedelta(minutes=1), "call", "talked", self.word("contact note"))
        someone.items[f"contact {role}"] = referrals.record_contact(record_id=record, facts=facts, by=worker, at=at)

    def ask(self, someone: Someone, where: str) -> UUID:
        """Ask a place for support, with a consent for exactly this request and a part of a plan."""
        by, bodies, at = someone.reader, self.world.bodies, datetime.now(UTC)
        what = Asked(uuid4(), self.word("service"), bodies.ids[where], bodies.community.id, "peer_support", "50023")
        referrals.begin_request(asked=what, name=self.word("request name"), by=by, at=at)
        changes: dict[str, object] = {
            "need": "talk", "way": "text", "number": self.word("request number") + NUMBER,
            "hours": self.word("request hours"), "words": self.word("request words"),
        }  # fmt: skip
        referrals.write_request(service_id=what.service_id, changes=changes, by=by, at=at)
        part = PickedPart("goal", self.word("part"), self.word("body of a part"))
        referrals.pick_parts(service_id=what.service_id, parts=[part], by=by, at=at)
        with transaction.atomic():
            text = consent.text(key="request", language="en")
            return referrals.send_request(service_id=what.service_id, text=text, by=by, at=at)

    def _write_entries(self, someone: Someone) -> None:
        role = CLINICIAN
        by, record, at = self.world.worker(role).reader, someone.held[role], datetime.now(UTC)
        on = at.date() - timedelta(days=1)
        entries = (
            TreatmentFacts(on, "individual", self.word("treatment")),
            ScreenFacts(on, "urine_5", "none_found", words=self.word("screen")),
            NoteFacts(on, self.word("counselling note")),
        )
        for one in entries:
            support.write_entry(record_id=record, facts=one, by=by, at=at)
        referrals.say_beside(
            record_id=record, data_class=DataClass.CONTACT_LOG, item_id=someone.items[f"contact {role}"],
            stance="differently", words=self.word("remark"), by=someone.reader, at=at,
        )  # fmt: skip

    def _write_messages(self, someone: Someone) -> None:
        worker, at = self.world.worker(PEER).reader, datetime.now(UTC)
        assert worker.membership_id is not None
        said = self.word("message")
        referrals.write_to_worker(membership_id=worker.membership_id, words=said, by=someone.reader, at=at)
        record = someone.held[PEER]
        referrals.write_to_person(record_id=record, words=self.word("answer"), by=worker, at=at)
        with transaction.atomic():
            text = consent.text(key="check_in", language="en")
            referrals.show_check_in(
                membership_id=worker.membership_id, sitting_id=someone.items["sitting"], text=text, by=someone.reader,
                at=at,
            )  # fmt: skip

    def _show(self, someone: Someone) -> None:
        """A consent that shows attendance and treatment to a clinic, signed with a typed name."""
        at, ids = datetime.now(UTC), self.world.bodies.ids
        classes = ["attendance", "sud_treatment_record"]
        wish = sharing.Wish(
            "named", someone.held[CLINICIAN], ids[HOME], classes, "TREAT", at + timedelta(days=20),
            organisation_id=ids[RECEIVER],
        )  # fmt: skip
        with transaction.atomic():
            text, by = consent.text(key=shares.KINDS["named"].text, language="en"), fresh(someone.reader)
            someone.shares["recv_staff"] = sharing.give_share(
                wish=wish, name=self.word("signed name"), text=text, by=by, at=at
            )

    # Through the web server: an emergency, a look that was not right, an order, a consent on paper

    def _in_an_emergency(self, someone: Someone) -> None:
        code = rescuing.make_card(by=fresh(someone.reader), at=datetime.now(UTC))
        said = {name: self.word(name) for name in ("nature", "recipient", "affiliation", "discloser")}
        medic, officer = self._proved(breaking.MEDIC), self._proved(papers.OFFICER)
        form = {**said, "key": code, "cannot_agree": "on"}
        _must(medic.post(breaking.BEGIN, form, page=breaking.BEGIN))
        for one in self._ids("emergencies", [someone.record]):
            there = f"/work/privacy/emergencies/{one}"
            form = {"finding": "was_work", "deed": "nothing", "answer": self.word("answer of an emergency")}
            _must(officer.post(there, form, page=there))

    def _not_right(self, someone: Someone) -> None:
        for role in (PEER, CLINICIAN):
            self.world.browser(role, "none").get(f"/work/people/{someone.held[role]}")
        browser = self.world.signed_in_person(someone)
        look = LOOK.findall(browser.get("/my/sharing/looked").body)[-1].decode()  # the oldest: of somebody's work
        _must(browser.post(look, {"wish": "note", "words": self.word("not right")}, page=look))
        for one in self._ids("reviews", [someone.record]):
            there = f"/work/privacy/{one}"
            form = {"finding": "was_work", "deed": "nothing", "answer": self.word("answer of a review")}
            _must(self._proved(papers.OFFICER).post(there, form, page=there))

    def _order(self, someone: Someone) -> None:
        today = datetime.now(UTC).date()
        form = {
            "kind": "order", "held": str(someone.held[CLINICIAN]), "section": "2.64",
            "mandate": "subpoena", "court": self.word("court"), "case_number": self.word("case number"),
            "ordered_on": f"{today - timedelta(days=2)}", "classes": "attendance",
            "until": f"{today + timedelta(days=30)}",
        }  # fmt: skip
        _must(self._proved(papers.OFFICER).post(papers.DESK, form, page=papers.DESK))

    def _on_paper(self, someone: Someone) -> None:
        said = {name: self.word(f"paper: {name}") for name in ("name", "signer_name", "witness", "place")}
        form = {**on_behalf.paper_form(self.world), **said, "signer": "both", "capacity": "parent", "minor": "on"}
        there = f"/work/people/{someone.held[CLINICIAN]}/consents/paper"
        _must(self._proved(CLINICIAN).post(there, form, page=there))

    def _proved(self, role: str) -> Visitor:
        visitor = self.world.browser(role, "none")
        breaking.proved(visitor, timedelta(0))
        return visitor

    def _ids(self, what: str, records: list[UUID]) -> list[str]:
        return [str(row[0]) for row in self.link.execute(ONE[what].encode(), [records]).fetchall()]


def _must(answer: Answer) -> None:
    if answer.status not in SENT:
        raise SystemExit(f"a canary could not be planted: {answer.status}")


def sealed_fields() -> Iterator[tuple[str, str, str]]:
    """Every field that holds words of a person, from the list that a test holds to the tables: table, column, label."""
    import json

    from django.apps import apps

    from benchmarks.stage import ROOT

    kinds = {"name", "contact", "free_text", "document"}
    listed = json.loads((ROOT / "docs" / "personal-data.json").read_text(encoding="utf-8"))["tables"]
    models = {model._meta.db_table: model for model in apps.get_models()}
    for table, columns in listed.items():
        for column, kind in columns.items():
            if kind in kinds:
                yield table, column, models[table]._meta.get_field(column).label


def unsealed(superuser: "psycopg.Connection", table: str, column: str, label: str) -> list[str]:
    """The words of a field, of every row, opened with the ring: only who has the key file can do this."""
    from manypaths.vault import rules
    from manypaths.vault.queries import data_key

    by_row = label.endswith(".*")  # earlier words of a plan: the row says which field they stood in
    keyed = KEYED_BY.get(table, "record_id")
    query = sql.SQL(
        "select t.{column}, t.{keyed}, k.holder_id, k.ring_key, k.wrapped, {label} from {table} t"
        " join vault_recordkey k on k.record_id = t.{keyed} where t.{column} is not null"
    ).format(
        column=sql.Identifier(column), table=sql.Identifier(table), keyed=sql.Identifier(keyed),
        label=sql.Identifier("label") if by_row else sql.Literal(label),
    )  # fmt: skip
    found = []
    for sealed, record, holder, ring, wrapped, of in superuser.execute(query).fetchall():
        key = AESGCM(data_key(record, holder, ring, bytes(wrapped)))
        found.append(rules.open_text(key, bytes(sealed), of, record))
    return found


def readers(world: World) -> list[Visitor]:
    """The browsers of workers of the made-up world who go to look."""
    roles = (PEER, CLINICIAN, "supervisor", "frontdesk", "privacy_officer", "recv_staff")
    return [world.browser(role, "none") for role in roles]
