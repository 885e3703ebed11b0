"""Consents that were signed on paper: what must stand on the paper, and whether one is whole. Pure.

A consent on paper is held, and opens nothing, until a second person found every element on the paper. The database
reads the same in `paper_consent_is_whole`.

Source: 42 CFR 2.31(a) (the elements), 2.31(c) (what is deficient opens nothing), 2.14 (minors).
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from manypaths.consent.rules import shares
from manypaths.consent.rules.consents import Facts, why_not
from manypaths.lib.refusals import Reason

OF_ALL = ("name", "discloser", "information", "recipient", "purpose", "revocation", "end", "signature", "date")
# What a consent for treatment, payment and operations must say besides.
OF_CARE = ("redisclosure", "refusal")
ELEMENTS = (*OF_ALL, *OF_CARE)
# Somebody close is named by a code that they type: no paper can do that. Which case or study it is, the person writes.
KINDS = tuple(key for key, kind in shares.KINDS.items() if kind.recipient != "account" and not kind.described)
PERSON, REPRESENTATIVE, BOTH = "person", "representative", "both"
SIGNERS = (PERSON, REPRESENTATIVE, BOTH)
CAPACITIES = ("parent", "guardian", "attorney")
HELD, WHOLE, DEFICIENT, STOPPED = "held", "complete", "deficient", "stopped"
LONGEST_WORDS = 200


@dataclass(frozen=True)
class Paper:
    """What somebody wrote down from a paper. `until` is None where the paper says: until I stop it."""

    kind: str
    classes: frozenset[str]
    purpose: str
    until: datetime | None
    signed_on: date
    minor: bool
    signer: str
    capacity: str
    read: frozenset[str]

    @property
    def last_moment(self) -> datetime | None:
        """A moment of the last day on which it holds: the end itself is the first one of the day after."""
        return self.until and self.until - timedelta(seconds=1)


def elements_of(kind: str) -> tuple[str, ...]:
    """What must stand on a paper of this kind."""
    return ELEMENTS if shares.KINDS[kind].law == "tpo_single" else OF_ALL


def missing(paper: Paper, found: Collection[str], at: datetime) -> tuple[str, ...]:
    """What is not on the paper: not read by whoever wrote it down, or not found by whoever checks it; the signature
    where one of two is missing; and the end where it has come."""
    there = paper.read & frozenset(found)
    if _lacks_a_signer(paper):
        there -= {"signature"}
    if paper.until is not None and paper.until <= at:
        there -= {"end"}
    return tuple(one for one in elements_of(paper.kind) if one not in there)


def _lacks_a_signer(paper: Paper) -> bool:
    """For somebody under age no rule of a state is set here, so that both must have signed."""
    signed = {PERSON: ("minor",), REPRESENTATIVE: ("parent",), BOTH: ("minor", "parent")}[paper.signer]
    facts = Facts(
        "", paper.purpose, "", consent_type=shares.KINDS[paper.kind].law, consent_status="active", minor=paper.minor,
        signed_by=signed, state_rule="unset",
    )  # fmt: skip
    return why_not(facts) == "signers"


def reasons_not_to_write(paper: Paper, words: Collection[str], at: datetime) -> Iterator[Reason]:
    """What is not said, or cannot be, of a paper that is written down."""
    kind = shares.KINDS[paper.kind]
    if not paper.classes or not paper.classes <= frozenset(kind.classes):
        yield Reason("not_of_this_kind", _("Choose parts that one yes of this kind can name."), "parts")
    if paper.purpose not in kind.purposes:
        yield Reason("no_purpose", _("Choose a reason that a yes of this kind can have."), "purpose")
    if paper.until is None and kind.law != "tpo_single":
        yield Reason("no_end", _("Only one yes for care can hold until it is stopped. Write the last day."), "until")
    if paper.signed_on > at.date() + timedelta(days=1):
        yield Reason("not_yet", _("Write the day on which it was signed."), "signed_on")
    if paper.signer != PERSON and paper.capacity not in CAPACITIES:
        yield Reason("no_capacity", _("Choose as what they signed for the person."), "capacity")
    if any(len(one) > LONGEST_WORDS for one in words):
        yield Reason("too_long", _("Write a little less."))


def may_check(*, state: str, is_officer: bool, wrote_it: bool, denied: bool) -> bool:
    """True for a privacy officer of the place who did not write it down, while it is held and not denied."""
    return state == HELD and is_officer and not wrote_it and not denied


def reasons_not_to_find(
    paper: Paper, found: Collection[str], finding: str, at: datetime, *, overtaken: bool = False
) -> Iterator[Reason]:
    """Why what was found cannot be what was decided: whole is what lacks nothing, deficient what lacks something.
    `overtaken`: the person closed something of it since it was signed; then it opens nothing, whatever stands on it."""
    if finding not in (WHOLE, DEFICIENT):
        yield Reason("no_finding", _("Choose what you found."), "finding")
    lacks = missing(paper, found, at)
    if finding == WHOLE and lacks:
        yield Reason("something_missing", _("Something is missing. It cannot open anything."), "finding")
    elif finding == WHOLE and overtaken:
        yield Reason(
            "overtaken", _("This paper cannot open anything now. They can agree on their own page."), "finding"
        )
    if finding == DEFICIENT and not lacks and not overtaken:
        yield Reason("nothing_missing", _("You found everything. Take the mark away from what is missing."), "found")


def opens_until(paper: Paper, at: datetime) -> datetime:
    """Until when it opens something here: what the paper says, and never longer than a yes of its kind can."""
    longest = at + shares.KINDS[paper.kind].longest
    return longest if paper.until is None else min(paper.until, longest)
