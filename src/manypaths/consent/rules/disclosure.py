"""May this information about a person leave the one who holds it, for this recipient and purpose, and on what ground?

Pure: facts go in, a decision with its obligations comes out. `docs/disclosure.md` tells the same in prose, in the same
order. The steps are asked one after the other; the first that knows an answer decides, and where none does it is no.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from manypaths.consent.rules import words
from manypaths.consent.rules.consents import Facts, why_not


@dataclass(frozen=True)
class Decision:
    """What was decided, on what ground, and what must go along with it.

    `ground` names why: a basis when allowed, the missing one when not. `fields` is "minimum" where only what the
    purpose needs may go. `notice`: the statement of 42 CFR 2.32 goes along, with a copy or a clear explanation of the
    consent. `accounting`: it stands in the person's accounting of disclosures (2.25).
    """

    allow: bool
    ground: str
    fields: str = "as_asked"
    notice: bool = False
    accounting: bool = False
    logged: bool = True


def decide(facts: Facts) -> Decision:
    """Decide one disclosure. What cannot be written down, or cannot carry its notice, does not leave."""
    found = next(filter(None, (step(facts) for step in STEPS)), no("no_ground"))
    if found.allow and found.logged and facts.audit_available is False:
        return no("cannot_be_logged")
    if found.notice and facts.notice_attachable is False:
        return no("notice_cannot_go_along")
    return found


def no(ground: str) -> Decision:
    """It stays. The attempt is written down."""
    return Decision(False, ground)


def yes(ground: str, *, minimum: bool = True) -> Decision:
    """It may go without a consent; only what is needed, unless it is the person's own or one who treats them."""
    return Decision(True, ground, "minimum" if minimum else "as_asked")


# The steps, in their order


def nothing_of_a_person(facts: Facts) -> Decision | None:
    """The directory and what a server can do are public, and nobody is noted for reading them."""
    if facts.record_origin == "public" and facts.data_class in words.PUBLIC_CLASSES:
        return Decision(True, "public", logged=False)
    if facts.data_class == "deidentified_dataset" and facts.deidentified is True:
        return yes("deidentified")
    if facts.data_class == "aggregate_cell_ge11" and (facts.cell_size is None or facts.cell_size > SMALL):
        return Decision(True, "published_number", logged=False)
    return None


def tells_by_itself(facts: Facts) -> Decision | None:
    """A message on a lock screen and a small number tell on someone by being there."""
    if facts.data_class == "notification_text":
        return no("message_would_tell")
    small = facts.cell_size is not None and facts.cell_size <= SMALL
    return no("small_number") if small or facts.data_class == "aggregate_small_cell" else None


def no_purpose(facts: Facts) -> Decision | None:
    """Why is always said. Nobody is taken to treat."""
    return no("no_purpose") if facts.purpose == words.UNSPECIFIED else None


def the_persons_own(facts: Facts) -> Decision | None:
    """The person reads what is theirs. Counselling notes they ask for, and are answered by a human being."""
    if facts.recipient_type != "patient":
        return None
    if facts.purpose != "PATRQT":
        return no("purpose_of_another")
    return no("notes_on_request") if facts.data_class == words.NOTES else yes("own", minimum=False)


def restricted(facts: Facts) -> Decision | None:
    """A restriction and a safety block beat every consent and every role.

    A duty to report does not wait for them, nor a true emergency for a restriction.
    """
    applies = {
        "agreed": True,
        "safety_block": True,
        "paid_in_full": facts.purpose in words.PAYMENT_AND_OPERATIONS,
        "fundraising_opt_out": facts.purpose == "FUNDRAISING",
    }
    if facts.restriction is None or not applies[facts.restriction] or _required(facts):
        return None
    return None if _emergency(facts) and facts.restriction != "safety_block" else no("restricted")


def counseling_notes(facts: Facts) -> Decision | None:
    """Notes of a session kept apart: for who wrote them, or by a consent of their own. Never otherwise."""
    if facts.data_class != words.NOTES:
        return None
    if facts.recipient_type == "internal_originator":
        return yes("originator", minimum=False)
    return by_consent(facts) if facts.consent_type == "counseling_notes" else no("notes_need_their_own_consent")


def in_proceedings(facts: Facts) -> Decision | None:
    """Only by an order of subpart E with a mandate, within its scope, or by the person's own consent for it.

    A subpoena, a warrant or a letter alone opens nothing, and no consent for anything else does.
    """
    if facts.purpose != "HLEGAL":
        return None
    if facts.court_order not in (None, "none") and facts.subpoena is True and facts.in_scope is not False:
        return yes("court_order")
    if facts.consent_type != "proceedings":
        return no("no_order_and_no_consent_for_it")
    return by_consent(facts)


def inside(facts: Facts) -> Decision | None:
    """Who works in the same programme and needs it for the person's care. Working there is not needing it."""
    if facts.recipient_type not in words.INTERNAL:
        return None
    needed = facts.need_to_know is True or facts.recipient_type == "internal_originator"
    if facts.purpose in words.TPO and needed:
        return yes("need_to_know")
    return by_consent(facts) if facts.purpose == "FUNDRAISING" else no("no_need_to_know")


def emergency(facts: Facts) -> Decision | None:
    """Medical personnel in a true emergency, when who, whose, when and what are written down at once."""
    if facts.emergency is not True or facts.purpose not in IN_EMERGENCY:
        return None
    if facts.recipient_type != "medical_personnel":
        return _unless_agreed(facts, "not_medical_personnel")
    return yes("emergency") if _emergency(facts) else _unless_agreed(facts, "emergency_not_documented")


def on_evidence(facts: Facts) -> Decision | None:
    """Grounds that need no consent and do need paper: an agreement, an approval, a duty to report."""
    if _required(facts):
        return yes("required_by_law")
    ground = EVIDENCE.get(facts.purpose)
    if ground is None or facts.recipient_type not in ground.recipients:
        return None
    return yes(ground.name) if getattr(facts, ground.paper) is True else _unless_agreed(facts, f"no_{ground.name}")


def where_hipaa_holds(facts: Facts) -> Decision | None:
    """A record that no programme made, held under HIPAA, goes for treatment, payment and operations without Part 2."""
    if facts.record_origin != "hipaa_non_part2" or facts.purpose not in words.TPO:
        return None
    return yes("hipaa") if facts.recipient_type in words.HIPAA_RECIPIENTS else None


def passed_on(facts: Facts) -> Decision | None:
    """A record received from a programme: who received it may pass on only what that consent and HIPAA allow (2.33)."""
    if facts.record_origin != "received_part2" or facts.discloser_type not in PASSES_ON:
        return None
    if facts.consent_discloser is not None:
        return None
    return by_consent(facts) if PASSES_ON[facts.discloser_type](facts) else no("may_not_be_passed_on")


def by_consent(facts: Facts) -> Decision | None:
    """A consent whose every element holds now, for this recipient, purpose and information."""
    missing = why_not(facts)
    if missing is not None:
        return no(missing)
    if facts.record_origin in words.OUTSIDE_PART2:
        return yes("agreement")
    program = facts.record_origin in ("part2_program", "unknown")
    return replace(yes("consent"), notice=True, accounting=program)


SMALL = 10
IN_EMERGENCY = ("ETREAT", "BTG")
STEPS: tuple[Callable[[Facts], Decision | None], ...] = (
    nothing_of_a_person,
    tells_by_itself,
    no_purpose,
    the_persons_own,
    restricted,
    counseling_notes,
    in_proceedings,
    inside,
    emergency,
    on_evidence,
    where_hipaa_holds,
    passed_on,
    by_consent,
)


@dataclass(frozen=True)
class Evidence:
    """A ground of its own: who may rely on it, and the fact that says its paper is there."""

    name: str
    recipients: frozenset[str]
    paper: str


EVIDENCE = {
    "QSO_SERVICE": Evidence("service_agreement", frozenset({"qso", "vendor"}), "qsoa"),
    "HRESCH": Evidence("research_approval", frozenset({"researcher", "covered_entity"}), "irb"),
    "AUDIT": Evidence("audit_agreement", frozenset({"auditor", "funder"}), "written_agreement"),
}
DUTIES = {
    ("CRIME_REPORT", "law_enforcement", "crime_on_premises", "incident_circumstances"),
    ("CRIME_REPORT", "law_enforcement", "crime_against_staff", "incident_circumstances"),
    ("MANDATED_REPORT", "child_protection", "child_abuse_report", "abuse_report"),
    ("VITAL_STATISTICS", "vital_statistics", None, "cause_of_death"),
}


def _required(facts: Facts) -> bool:
    """True where the law asks for exactly this from the holder: the report, never the record behind it."""
    return (facts.purpose, facts.recipient_type, facts.circumstance, facts.data_class) in DUTIES


def _emergency(facts: Facts) -> bool:
    """True for medical personnel who treat in an emergency that is documented whole. Another purpose waits."""
    if facts.purpose not in IN_EMERGENCY:
        return False
    complete = facts.emergency is True and facts.documentation_complete is True and facts.bona_fide is not False
    return complete and facts.recipient_type == "medical_personnel" and facts.data_class != words.NOTES


def _unless_agreed(facts: Facts, ground: str) -> Decision | None:
    """Where a ground of its own fails, a consent may still hold; it is asked last. Without one, say what failed."""
    return no(ground) if facts.consent_type == "none" else None


def _under_hipaa(facts: Facts) -> bool:
    agreed = facts.consent_type == "tpo_single" and facts.purpose in words.TPO
    return agreed and facts.recipient_type in words.HIPAA_RECIPIENTS


def _by_contract(facts: Facts) -> bool:
    paid_for = facts.purpose in words.PAYMENT_AND_OPERATIONS
    return paid_for and facts.recipient_type == "contractor" and facts.written_contract is True


PASSES_ON: dict[str | None, Callable[[Facts], bool]] = {
    "covered_entity": _under_hipaa,
    "business_associate": _under_hipaa,
    "lawful_holder_non_hipaa": _by_contract,
}
