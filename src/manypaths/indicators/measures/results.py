"""Requests by kind, result and reason. Prose: `docs/measures/requests-by-result.md`."""

from datetime import date

from ibis import Table

from manypaths.indicators.measures.counting import Measure, counted, with_results


def expression(facts: Table) -> Table:
    """Each kind, and all kinds, by each node of the tree of results."""
    facts = with_results(facts)
    return counted(facts, facts.kind, [facts.leaf, facts.middle, facts.upper, facts.whole], people=facts.who)


MEASURE = Measure("results", "2", date(2026, 11, 1), "referrals_facts", expression)
