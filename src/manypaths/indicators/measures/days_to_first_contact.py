"""Days from asking to the first contact. Prose: `docs/measures/days-to-first-contact.md`."""

from datetime import date

import ibis
from ibis import Table

from manypaths.indicators.measures.counting import Measure
from manypaths.indicators.rules.tables import ALL, UNKNOWN


def expression(facts: Table) -> Table:
    """For each kind and for all: how many were reached, the day by which half were, and by which 9 in 10 were."""
    facts = facts.filter(facts.days_to_first_contact.notnull())
    own = facts.select(row=facts.kind.fill_null(UNKNOWN), days="days_to_first_contact", who="who")
    every = own.mutate(row=ibis.literal(ALL))
    both = own.union(every)
    return _typical(both).join(both.group_by("row").aggregate(people=both.who.nunique()), "row")


def _typical(reached: Table) -> Table:
    """By the nearest rank, so that the answer is a whole day on which someone was reached, on every engine."""
    by_day = reached.group_by(["row", "days"]).aggregate(count=reached.count())
    running = ibis.window(group_by="row", order_by="days", preceding=None, following=0)
    by_day = by_day.mutate(
        up_to=by_day["count"].sum().over(running), whole=by_day["count"].sum().over(ibis.window(group_by="row"))
    )
    return by_day.group_by("row").aggregate(
        value=by_day.whole.max(),
        half=by_day.days.min(where=by_day.up_to * 2 >= by_day.whole),
        nine_in_ten=by_day.days.min(where=by_day.up_to * 10 >= by_day.whole * 9),
    )


MEASURE = Measure("waits", "1", date(2026, 11, 1), "referrals_facts", expression)
