"""Whether one consent covers one disclosure: its elements, its end, its signers, and everything it names. Pure.

Source: 42 CFR 2.31 (elements and what makes a consent deficient), 2.33 (what a consent permits), 2.14 (minors), 2.35
(criminal justice).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from manypaths.consent.rules import words


@dataclass(frozen=True)
class Facts:
    """What is known about one disclosure that is asked for. None: nobody said."""

    actor: str
    purpose: str
    data_class: str
    record_origin: str = "unknown"
    recipient_type: str = "public"
    consent_type: str = "none"
    consent_status: str = "none"
    # what the consent names
    consent_recipient: str | None = None
    consent_discloser: str | None = None
    consent_purposes: tuple[str, ...] | None = None
    info_classes: tuple[str, ...] | None = None
    revoked_recipients: tuple[str, ...] = ()
    missing_elements: tuple[str, ...] = ()
    expiry_kind: str | None = None
    signed_by: tuple[str, ...] | None = None
    conflict: str | None = None
    source_channel: str | None = None
    # who asks, and who holds
    treating_relationship: bool | None = None
    need_to_know: bool | None = None
    need_to_monitor: bool | None = None
    via: str | None = None
    designated: str | None = None
    discloser: str | None = None
    discloser_type: str | None = None
    label_present: bool | None = None
    # grounds that are no consent
    emergency: bool | None = None
    bona_fide: bool | None = None
    declared_disaster: bool | None = None
    documentation_complete: bool | None = None
    subpoena: bool | None = None
    court_order: str | None = None
    in_scope: bool | None = None
    circumstance: str | None = None
    qsoa: bool | None = None
    irb: bool | None = None
    written_agreement: bool | None = None
    written_contract: bool | None = None
    deidentified: bool | None = None
    cell_size: int | None = None
    # the person
    minor: bool | None = None
    state_rule: str | None = None
    restriction: str | None = None
    # what must be possible before anything leaves
    audit_available: bool | None = None
    notice_attachable: bool | None = None


def why_not(facts: Facts) -> str | None:
    """The first thing that keeps this consent from covering the disclosure, or None when nothing does."""
    return next(_faults(facts), None)


def _faults(facts: Facts) -> Iterator[str]:
    yield from _of_the_paper(facts)
    yield from _of_the_signers(facts)
    yield from _of_the_recipient(facts)
    yield from _of_the_purpose(facts)
    yield from _of_the_information(facts)


def _of_the_paper(facts: Facts) -> Iterator[str]:
    """It exists, is written, whole, stands alone where it must, and holds now."""
    outside = facts.record_origin in words.OUTSIDE_PART2
    if "none" in (facts.consent_type, facts.consent_status):
        yield "no_consent"
    if facts.consent_type not in words.WRITTEN and not (outside and facts.consent_type in words.OF_THE_HOUSE):
        yield "not_a_consent_of_this_law"
    if facts.consent_status != "active":
        yield "not_active"
    if facts.missing_elements:
        yield "incomplete"
    if facts.expiry_kind == "none" and facts.consent_type != "tpo_single":
        yield "no_end"
    if facts.consent_type == "proceedings" and len(set(facts.consent_purposes or ())) > 1:
        yield "combined"
    if facts.conflict is not None:
        yield "newer_refusal"


def _of_the_signers(facts: Facts) -> Iterator[str]:
    """Where a minor is concerned: who must have signed by the state's rule. A rule that is not set is the strictest."""
    if facts.minor is not True:
        return
    needed = {"minor"} if facts.state_rule == "minor_may_consent" else {"minor", "parent"}
    signed = {"parent" if one == "guardian" else one for one in facts.signed_by or ()}
    if not needed <= signed:
        yield "signers"


def _of_the_recipient(facts: Facts) -> Iterator[str]:
    """The one who asks is named, by name or by class, and still is; the one who holds it may disclose it."""
    if _same(facts.actor, facts.revoked_recipients):
        yield "stopped_for_them"
    if facts.consent_recipient is not None and not _same(facts.actor, (facts.consent_recipient,)):
        yield "another_recipient"
    if facts.consent_discloser is not None and not _same(facts.discloser or "", (facts.consent_discloser,)):
        yield "another_discloser"
    if facts.treating_relationship is False and facts.consent_type == "tpo_single":
        yield "no_treating_relationship"
    yield from _of_the_way(facts)
    if facts.consent_type == "tpo_single" and facts.recipient_type not in words.HIPAA_RECIPIENTS:
        yield "outside_the_class"
    if facts.consent_type == "cj_referral" and facts.need_to_monitor is not True:
        yield "no_duty_to_monitor"


def _of_the_way(facts: Facts) -> Iterator[str]:
    """Through an intermediary it reaches who is named, or, of a class, those who are known to treat the person. Where
    nobody said which the consent does, it is read as one with names, and a relationship that is denied closes it."""
    if facts.via is None:
        return
    if facts.designated == "neither":
        yield "nobody_designated"
    if facts.designated == "treating_providers" and facts.treating_relationship is not True:
        yield "no_treating_relationship"
    if facts.designated is None and facts.treating_relationship is False:
        yield "no_treating_relationship"


def _of_the_purpose(facts: Facts) -> Iterator[str]:
    """The purpose is one that was agreed to. Some purposes must have been said aloud."""
    by_kind = {
        "tpo_single": facts.purpose in words.TPO,
        "cj_referral": facts.purpose == "CJ_MONITORING",
        "proceedings": facts.purpose == "HLEGAL",
        "research": facts.purpose == "HRESCH",
    }
    said = facts.purpose in (facts.consent_purposes or ())
    if facts.consent_purposes is not None and not said:
        yield "another_purpose"
    if not by_kind.get(facts.consent_type, said or facts.purpose not in words.SAID_ALOUD):
        yield "another_purpose"


def _of_the_information(facts: Facts) -> Iterator[str]:
    """The information is what was described. Counselling notes and everything else never share a consent."""
    if (facts.consent_type == "counseling_notes") != (facts.data_class == words.NOTES):
        yield "other_information"
    if facts.recipient_type in words.WATCHING and facts.data_class in words.NEVER_FOR_WATCHING:
        yield "never_for_them"
    if facts.info_classes is not None and not _covered(facts.data_class, facts.info_classes):
        yield "other_information"


def _covered(wanted: str, named: tuple[str, ...]) -> bool:
    covered = {one for word in named for one in words.COVERS.get(word, frozenset()) | {word}}
    return wanted in covered or (wanted in words.PARTS and words.PARTS[wanted] <= covered)


def _same(name: str, others: tuple[str, ...]) -> bool:
    """Names of organisations, without what stands in brackets behind them, whatever their letters."""
    return _plain(name) in {_plain(one) for one in others}


def _plain(name: str) -> str:
    return " ".join(name.split("(", maxsplit=1)[0].casefold().split())
