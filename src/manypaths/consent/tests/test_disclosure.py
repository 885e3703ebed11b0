"""The decision over every way out: never more by a stop, never without its notice, never to those who watch."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from manypaths.consent.rules import words
from manypaths.consent.rules.consents import Facts
from manypaths.consent.rules.disclosure import decide

NOT_OF_A_PERSON = {"public", "published_number", "deidentified"}
CLINIC = Facts(
    "Riverbend Clinic",
    "TREAT",
    "sud_treatment_record",
    record_origin="part2_program",
    recipient_type="covered_entity",
    consent_type="named",
    consent_status="active",
)
yes_no = st.sampled_from([None, None, True, False])


def one_of(known, *more):
    return st.sampled_from(sorted(known) + list(more))


def some_of(known):
    return st.none() | st.lists(one_of(known), max_size=2).map(tuple)


@st.composite
def worlds(draw):
    return Facts(
        actor="Riverbend Clinic",
        purpose=draw(one_of(words.PURPOSES)),
        data_class=draw(one_of(words.CLASSES)),
        record_origin=draw(one_of(words.ORIGINS, "part2_program", "part2_program")),
        recipient_type=draw(one_of(words.RECIPIENTS)),
        consent_type=draw(one_of(words.CONSENT_TYPES, "named", "tpo_single")),
        consent_status=draw(one_of(words.STATUSES, "active", "active", "active", "active")),
        consent_recipient=draw(st.sampled_from([None, "riverbend clinic", "Harbor House"])),
        info_classes=draw(some_of(words.CLASSES)),
        consent_purposes=draw(some_of(words.PURPOSES)),
        treating_relationship=draw(yes_no),
        need_to_know=draw(yes_no),
        need_to_monitor=draw(yes_no),
        via=draw(st.sampled_from([None, "intermediary"])),
        designated=draw(st.none() | one_of(words.DESIGNATIONS)),
        discloser_type=draw(st.none() | one_of(words.DISCLOSERS)),
        emergency=draw(yes_no),
        documentation_complete=draw(yes_no),
        subpoena=draw(yes_no),
        court_order=draw(st.none() | one_of(words.ORDERS)),
        circumstance=draw(st.none() | one_of(words.CIRCUMSTANCES)),
        qsoa=draw(yes_no),
        irb=draw(yes_no),
        written_agreement=draw(yes_no),
        written_contract=draw(yes_no),
        deidentified=draw(yes_no),
        cell_size=draw(st.none() | st.integers(0, 20)),
        minor=draw(yes_no),
        state_rule=draw(st.none() | one_of(words.STATE_RULES)),
        signed_by=draw(some_of(words.SIGNERS)),
    )


STOPS = st.sampled_from(
    [
        {"restriction": "agreed"},
        {"restriction": "safety_block"},
        {"consent_status": "revoked"},
        {"consent_status": "expired"},
        {"revoked_recipients": ("Riverbend Clinic",)},
        {"missing_elements": ("signature",)},
        {"conflict": "newer_deny"},
        {"audit_available": False},
        {"notice_attachable": False},
        {"in_scope": False},
        {"bona_fide": False},
    ]
)


@settings(max_examples=1500, deadline=None)
@given(worlds(), STOPS)
def test_a_stop_never_opens_anything(facts, stop):
    if not decide(facts).allow:
        assert not decide(replace(facts, **stop)).allow


@settings(max_examples=1500, deadline=None)
@given(worlds(), st.sampled_from(["agreed", "safety_block"]))
def test_a_restriction_beats_all_but_the_person_a_duty_and_an_emergency(facts, kind):
    found = decide(replace(facts, restriction=kind))
    left = {"own", "required_by_law", *NOT_OF_A_PERSON} | ({"emergency"} if kind == "agreed" else set())
    assert not found.allow or found.ground in left


@settings(max_examples=1500, deadline=None)
@given(worlds())
def test_the_notice_goes_with_every_consent_of_this_law_and_with_nothing_else(facts):
    found = decide(facts)
    assert found.notice == (found.ground == "consent" and found.allow)
    assert found.notice or not found.accounting
    assert found.logged or found.ground in NOT_OF_A_PERSON


@settings(max_examples=1500, deadline=None)
@given(worlds(), one_of(words.WATCHING), one_of(words.NEVER_FOR_WATCHING))
def test_those_who_watch_never_receive_how_someone_is_or_where(facts, who, what):
    found = decide(replace(facts, recipient_type=who, data_class=what))
    assert not found.allow or found.ground == "court_order"


@settings(max_examples=1500, deadline=None)
@given(worlds())
def test_counseling_notes_go_to_who_wrote_them_or_by_their_own_consent_only(facts):
    found = decide(replace(facts, data_class=words.NOTES))
    assert not found.allow or found.ground == "originator" or facts.consent_type == "counseling_notes"


@settings(max_examples=1500, deadline=None)
@given(worlds())
def test_without_a_purpose_nothing_of_a_person_leaves(facts):
    found = decide(replace(facts, purpose=words.UNSPECIFIED))
    assert not found.allow or found.ground in NOT_OF_A_PERSON


def test_the_whole_consent_opens_and_each_thing_that_differs_closes():
    assert decide(CLINIC).allow
    for wrong in (
        {"actor": "Harbor House", "consent_recipient": "Riverbend Clinic"},
        {"discloser": "Program Y", "consent_discloser": "Program X"},
        {"info_classes": ("attendance",)},
        {"consent_purposes": ("HPAYMT",)},
        {"purpose": "HRESCH"},
        {"expiry_kind": "none"},
        {"consent_type": "oral"},
        {"consent_type": "combined_tpo_and_proceedings"},
        {"minor": True, "signed_by": ("minor",)},
    ):
        found = decide(replace(CLINIC, **wrong))
        assert (found.allow, found.logged) == (False, True), wrong


def test_a_consent_for_proceedings_stands_alone():
    alone = replace(CLINIC, recipient_type="court", purpose="HLEGAL", consent_type="proceedings")
    assert decide(replace(alone, consent_purposes=("HLEGAL",))).allow
    for purposes in (("HLEGAL", "TREAT"), ("TREAT", "HLEGAL"), ("TREAT",)):
        assert not decide(replace(alone, consent_purposes=purposes)).allow, purposes


def test_names_are_the_same_whatever_their_letters_and_what_stands_in_brackets():
    named = replace(CLINIC, consent_recipient="riverbend  CLINIC")
    assert decide(replace(named, actor="Riverbend Clinic (covered entity)")).allow
    assert not decide(replace(named, actor="Riverbend Clinics")).allow


def test_a_wider_word_covers_what_it_says_and_two_things_need_both():
    referral = replace(CLINIC, data_class="referral_task", info_classes=("referral",))
    assert decide(referral).allow
    both = replace(CLINIC, data_class="attendance_and_drug_screens")
    assert not decide(replace(both, info_classes=("attendance",))).allow
    assert decide(replace(both, info_classes=("attendance", "drug_screen_result"))).allow


def test_a_broken_ground_of_its_own_still_leaves_a_consent():
    scholar = replace(CLINIC, purpose="HRESCH", recipient_type="researcher", irb=False)
    assert decide(replace(scholar, consent_type="none", consent_status="none")).ground == "no_research_approval"
    assert decide(replace(scholar, consent_type="research")).ground == "consent"


@settings(max_examples=1500, deadline=None)
@given(worlds(), st.sampled_from([None, False]))
def test_of_a_class_behind_an_intermediary_only_who_is_known_to_treat_the_person_receives_anything(facts, treats):
    asked = replace(facts, via="intermediary", designated="treating_providers", treating_relationship=treats)
    assert decide(asked).ground != "consent" or not decide(asked).allow


@settings(max_examples=1500, deadline=None)
@given(worlds())
def test_an_intermediary_to_which_nobody_was_named_passes_nothing_on(facts):
    found = decide(replace(facts, via="intermediary", designated="neither"))
    assert found.ground != "consent" or not found.allow
