"""Reached within seven days or later. Prose: `docs/measures/days-to-first-contact.md`."""

from datetime import date

import ibis
from ibis import Table

from manypaths.indicators.measures.counting import Measure, counted, with_results

WEEK = 7


def expression(facts: Table) -> Table:
    """All requests that were reached, by how long it took. The total stands in the table of results."""
    facts = with_results(facts)
    facts = facts.filter(facts.reached)
    days = facts.days_to_first_contact
    band = ibis.cases((days.isnull(), "day_unknown"), (days <= WEEK, "within_7"), else_="later")
    return counted(facts, None, [band], people=facts.who)


MEASURE = Measure("days", "1", date(2026, 11, 1), "referrals_facts", expression)
