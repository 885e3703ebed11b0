"""Consents to show a part of a held record to somebody outside: what each kind may cover, and whether one opens now.

Pure. The kinds are data (`data/shares-2026-11-23.2.json`); the database function `open_shared` is the second reading of
`parts_open`. What the law says to it is asked of `disclosure.decide`, which also names what must go along.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from manypaths.consent.rules import disclosure, words
from manypaths.consent.rules.consents import Facts
from manypaths.consent.rules.gate import NAMED, part_for
from manypaths.lib.refusals import Reason

DATA: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[1] / "data" / "shares-2026-11-23.2.json").read_text(encoding="utf-8")
)
RECIPIENT_TYPES: Mapping[str, str] = DATA["recipients"]
TIE = "shared"
BASIS = "shared"
MONITOR = "monitor"
ORIGINS = {"part2": "part2_program", "hipaa": "hipaa_non_part2", "neither": "rco_non_part2", "unset": "unknown"}
SHORTEST_NAME = 2
SHORTEST_CASE, LONGEST_CASE = 3, 200
# The statement of 42 CFR 2.32(a)(2) in the words of the law: it stands in English, whatever the language of the page.
NOTICE = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
NOTICE_VERSION = "42 CFR 2.32(a)(2), 2024"
# How long what was asked beside somebody with power over the person waits, so that they can be gone.
ALONE_AFTER = timedelta(hours=1)
OF_A_CASE = frozenset({"court", "probation", "immigration", "law_enforcement"})
# A case is shown to the court that hears it, or to a place that stands by the person; to nobody else who watches them.
NOT_OF_PROCEEDINGS = words.WATCHING - {"court"}
# Who watches them reads nothing for a study: no court, no officer, no employer does research on whom they hold.
READS_NOTHING = {"proceedings": NOT_OF_PROCEEDINGS, "research": words.WATCHING}
NO_NAME_FOR_IT = {
    "proceedings": _("Write which case it is for."),
    "research": _("Write which study it is for."),
}


@dataclass(frozen=True)
class Kind:
    """One kind of consent, as the data has it."""

    key: str
    law: str
    text: str
    recipient: str
    classes: tuple[str, ...]
    purposes: tuple[str, ...]
    longest: timedelta
    usual: timedelta
    named_fields: bool
    relationship: bool
    described: bool

    @property
    def text_for_less(self) -> str:
        """The words of a yes by which less is opened than by the one before."""
        return f"{self.text}-less"


def _kind(key: str, row: Mapping[str, Any]) -> Kind:
    return Kind(
        key, row["law"], row["text"], row["recipient"], tuple(row["classes"]), tuple(row["purposes"]),
        timedelta(days=row["longest_days"]), timedelta(days=row["days"]), row["named_fields"], row["relationship"],
        row["described"],
    )  # fmt: skip


KINDS: Mapping[str, Kind] = {key: _kind(key, row) for key, row in DATA["kinds"].items()}


@dataclass(frozen=True)
class ShareFacts:
    """One consent as the tables know it, and the reader's ties to it. `is_reader`: it names them, or their place."""

    kind: str
    state: str
    classes: frozenset[str]
    purpose: str
    starts_at: datetime
    until: datetime
    ended_at: datetime | None
    is_reader: bool
    is_worker: bool
    roles: frozenset[str]
    law: str
    recipient: str
    erased: bool
    blocked: bool
    restricted: bool
    related: bool
    noted: bool


def parts_open(facts: ShareFacts, wanted: str, at: datetime) -> str | None:
    """How much of a class this consent opens to this reader now: all of it (""), its named fields, or nothing (None).

    Order: the role; the record, the reader and the consent's own days; then all that the law asks of a disclosure.
    """
    part = _part(facts, wanted)
    if part is None or not _holds(facts, at) or (wanted == words.NOTES and not facts.noted):
        return None
    return part if decide(facts, wanted).allow else None


def part_listed(facts: ShareFacts, at: datetime) -> str | None:
    """How much this reader may have it in their list, with the name of whom it is from: while it holds, and the law
    lets something of it through."""
    if not _holds(facts, at) or not any(decide(facts, one).allow for one in facts.classes):
        return None
    return NAMED if KINDS[facts.kind].named_fields else ""


def decide(facts: ShareFacts, wanted: str) -> disclosure.Decision:
    """What the law says to showing this class by this consent, and what must go along with it."""
    kind = KINDS[facts.kind]
    asked = Facts(
        actor="", purpose=facts.purpose, data_class=wanted, record_origin=ORIGINS[facts.law],
        recipient_type=_recipient_type(facts), consent_type=kind.law, consent_status="active",
        info_classes=tuple(facts.classes), treating_relationship=facts.related if kind.relationship else None,
        need_to_monitor=True if kind.law == "cj_referral" else None, restriction=_restriction(facts),
    )  # fmt: skip
    if not may_read(kind, facts.recipient):
        return disclosure.no("outside_the_class")
    return disclosure.decide(asked) if wanted in facts.classes else disclosure.no("other_information")


def _part(facts: ShareFacts, wanted: str) -> str | None:
    kind = KINDS[facts.kind]
    part = part_for(facts.roles, TIE, wanted) if facts.is_worker else ""
    if wanted not in kind.classes or part is None:
        return None
    return NAMED if kind.named_fields else part


def _holds(facts: ShareFacts, at: datetime) -> bool:
    if facts.erased or not facts.is_reader:
        return False
    begun = facts.state == "given" and facts.starts_at <= at < facts.until
    return begun and (facts.ended_at is None or at < facts.ended_at)


def _restriction(facts: ShareFacts) -> str | None:
    if facts.blocked:
        return "safety_block"
    return "agreed" if facts.restricted else None


def _recipient_type(facts: ShareFacts) -> str:
    if not facts.is_worker:
        return "family"
    return RECIPIENT_TYPES.get(facts.recipient, RECIPIENT_TYPES[""])


def is_minimal(basis: str) -> bool:
    """True when only named fields are open on this basis."""
    return basis.endswith(NAMED)


def is_watching(kind: str) -> bool:
    """True for an organisation with power over the person: it sees only the fields of one consent that names it."""
    return RECIPIENT_TYPES.get(kind, "") in words.WATCHING


def may_name(kind: Kind, sort: str) -> bool:
    """True when a consent of this kind can name a place of this sort. What a court or an officer is shown has kinds of
    its own; one yes for care is for places that the health privacy law binds."""
    recipient = RECIPIENT_TYPES.get(sort, RECIPIENT_TYPES[""])
    if kind.law == "tpo_single":
        return recipient in words.HIPAA_RECIPIENTS
    return may_read(kind, sort) if kind.law in READS_NOTHING else recipient not in OF_A_CASE


def may_read(kind: Kind, sort: str) -> bool:
    """True when a place of this sort can read by a consent of this kind, whatever it was when it was named: one for
    proceedings is for a court and for who stands by the person, and for nobody else with power over them; one for a
    study is for nobody with power over them at all."""
    recipient = RECIPIENT_TYPES.get(sort, RECIPIENT_TYPES[""])
    return recipient not in READS_NOTHING.get(kind.law, frozenset())


def reasons_not_to_share(
    kind: Kind, classes: frozenset[str], purpose: str, until: datetime, name: str, at: datetime, *, fresh: bool
) -> Iterator[Reason]:
    """Why a consent of this kind cannot be given as asked."""
    if not fresh:
        yield Reason("prove_again", _("Type your passphrase once more, so that we know it is you."))
    if not classes:
        yield Reason("nothing_shared", _("Choose what you want to share."), "parts")
    elif not classes <= frozenset(kind.classes):
        yield Reason("not_of_this_kind", _("One of these parts needs a yes of its own."), "parts")
    if purpose not in kind.purposes:
        yield Reason("no_purpose", _("Choose what it is for."), "purpose")
    if until <= at:
        yield Reason("ends_before_it_starts", _("Choose a later day for the end."), "until")
    elif until - at > kind.longest:
        yield Reason("too_long", _("Choose an earlier day. This kind of yes holds %(days)s days at most.") % {
            "days": kind.longest.days}, "until")  # fmt: skip
    if len(name.strip()) < SHORTEST_NAME:
        yield Reason("not_signed", _("Type your name to sign."), "name")


def reasons_not_of_a_case(kind: Kind, case: str) -> Iterator[Reason]:
    """Why it does not say which case or study it is for, where the kind asks for that: each needs a yes of its own."""
    if kind.described and len(case.strip()) < SHORTEST_CASE:
        yield Reason("no_case", NO_NAME_FOR_IT[kind.law], "case")
    if len(case.strip()) > LONGEST_CASE:
        yield Reason("too_long", _("Write a little less."), "case")


def asks_whether_alone(kind: Kind, sort: str) -> bool:
    """True when the person is asked whether they are alone: whom it names has power over them, or it is for a case."""
    return kind.law in ("cj_referral", "proceedings") or is_watching(sort)


def reasons_not_to_confirm(written_at: datetime, until: datetime, at: datetime, *, alone: bool) -> Iterator[Reason]:
    """Why what waits for an answer cannot be agreed to now. No can be said at any time."""
    if not alone:
        yield Reason("not_alone", _("Answer when you are alone. It waits for you, and nobody else sees it."), "alone")
    elif at < written_at + ALONE_AFTER:
        yield Reason("too_soon", _("You can say yes one hour after you were asked. You can say no at any time."))
    if at >= until:
        yield Reason("over", _("Its last day has come. Choose again, with a later day."))


def waits_for(kept_at: datetime | None, at: datetime) -> bool:
    """True while a yes to a place waits: something was asked of the person for that place within the hour, and somebody
    stood beside them. Whatever they answer now, whoever stood there may have told them to."""
    return kept_at is not None and at < kept_at + ALONE_AFTER


def reasons_not_to_share_yet(kept_at: datetime | None, at: datetime) -> Iterator[Reason]:
    """Why no yes to this place can be given now, whatever it is about."""
    if waits_for(kept_at, at):
        yield Reason("too_soon", _("You can say yes one hour after you were asked. You can say no at any time."))


def reasons_not_to_sign(version: str, newest: str | None) -> Iterator[Reason]:
    """Why what waits cannot be agreed to in the words that the page showed."""
    if version != newest:
        yield Reason(
            "words_changed", _("These words have changed since you were asked. Read the new ones, then answer.")
        )


@dataclass(frozen=True)
class Extent:
    """How far a consent reaches: which classes, and until when."""

    classes: frozenset[str]
    until: datetime

    def is_less_than(self, other: "Extent") -> bool:
        """True when it leaves something out, and adds nothing."""
        return self != other and self.classes <= other.classes and self.until <= other.until


def reasons_not_to_narrow(
    before: Extent, after: Extent, firm_until: datetime | None, at: datetime, *, taken_up: bool = True
) -> Iterator[Reason]:
    """Why a consent cannot be followed by this one. `taken_up`: the one it names is known.

    The trigger `consent_share_narrows` is the second reading.
    """
    yield from reasons_not_to_stop(firm_until, at)
    if not taken_up:
        yield Reason("not_taken_up", _("Nobody has typed your code yet. Stop this one, and choose again."))
    if at >= before.until:
        yield Reason("over", _("Its last day has come. Choose again, with a later day."))
    elif after.until <= at:
        yield Reason("ends_before_it_starts", _("Choose a later day for the end."), "until")
    if not after.classes:
        yield Reason("nothing_shared", _("Choose what they may still see. To close all of it, press Stop."), "parts")
    elif not after.is_less_than(before):
        yield Reason("nothing_less", _("Take out a part, or choose an earlier day. Only less can be chosen here."))


def reasons_not_to_stop(firm_until: datetime | None, at: datetime) -> Iterator[Reason]:
    """Why a consent cannot be stopped now: only one for a court case can say so, in its first line."""
    if firm_until is not None and at < firm_until:
        yield Reason("firm", _("You agreed that this one holds until its day. A lawyer can tell you more."))
