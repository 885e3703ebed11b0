"""Each rule of disclosure is turned round once, and each time a written case must come out wrong."""

import sys

from manypaths.config.consent_cases import differences, read_own
from manypaths.consent.rules import consents, disclosure, words  # noqa: F401  the modules that are turned
from tests.mutants.mutating import Mutant, living, mutants_of, unchanged

WORDS = "manypaths.consent.rules.words"
CONSENTS = "manypaths.consent.rules.consents"
DISCLOSURE = "manypaths.consent.rules.disclosure"
FOLLOWERS = {WORDS: (CONSENTS, DISCLOSURE), CONSENTS: (DISCLOSURE,), DISCLOSURE: ()}
# The lists that decide. The others only name the words that a file may use.
DECIDE = frozenset(
    {"TREATMENT", "PAYMENT_AND_OPERATIONS", "SAID_ALOUD", "OUTSIDE_PART2", "HIPAA_RECIPIENTS", "INTERNAL", "WATCHING"}
    | {"NEVER_FOR_WATCHING", "PUBLIC_CLASSES", "COVERS", "PARTS", "WRITTEN", "OF_THE_HOUSE"}
)
CASES = read_own()


def is_noticed(mutant: Mutant) -> bool:
    """True when a case comes out otherwise than it says, or cannot be decided at all."""
    with living(mutant, *FOLLOWERS[mutant.module]):
        decide = sys.modules[DISCLOSURE].decide  # type: ignore[attr-defined]
        try:
            return any(differences(case, decide(case.facts)) for case in CASES)
        except Exception:  # a rule that breaks is noticed too
            return True


def test_the_rules_as_they_are_run_the_same_way_and_no_case_is_wrong():
    assert [name for name in FOLLOWERS if is_noticed(unchanged(name))] == []


def test_every_rule_that_is_turned_round_is_noticed():
    mutants = [*mutants_of(DISCLOSURE), *mutants_of(CONSENTS), *mutants_of(WORDS, only=DECIDE)]
    assert len(mutants) > 350
    assert [mutant.where for mutant in mutants if not is_noticed(mutant)] == []
