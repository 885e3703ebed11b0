"""How facts become rows and columns with all their totals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce

import ibis
from ibis import Table, Value

from manypaths.indicators.rules.tables import ALL, OF_THE_PLACE, REASON, SILENCE, UNKNOWN


@dataclass(frozen=True)
class Measure:
    """One measure: its name, version and since when, the facts it reads, and its expression."""

    id: str
    version: str
    valid_from: date
    facts: str
    expression: Callable[[Table], Table]


def with_results(facts: Table) -> Table:
    """Each request with its leaf in the tree of results, and the nodes above the leaf."""
    reached = facts.days_to_first_contact.notnull() | (facts.status == "completed")
    facts = facts.mutate(kind=facts.kind.fill_null(UNKNOWN), reached=reached.fill_null(False))
    facts = facts.mutate(leaf=_leaf(facts))
    gap = (facts.leaf == SILENCE) | facts.leaf.startswith(REASON)
    return facts.mutate(
        middle=ibis.cases((gap, "gap"), (~facts.reached, "other"), else_=ibis.null("string")),
        upper=ibis.ifelse(facts.reached, "reached", "not_reached"),
        whole=ibis.literal(ALL),
    )


def _leaf(facts: Table) -> Value:
    reason = ibis.literal(REASON) + facts.reason.fill_null("not_given")
    return ibis.cases(
        (facts.reached & (facts.status == "completed"), "done"),
        (facts.reached & facts.status.isin(["rejected", "failed", "cancelled"]), "ended_early"),
        (facts.reached, "going_on"),
        (facts.status == "rejected", reason),
        (facts.status == "failed", "ended_unreached"),
        (facts.silent.fill_null(False), SILENCE),
        ((facts.status == "cancelled") & facts.reason.fill_null("").isin(sorted(OF_THE_PLACE)), "ended_by_place"),
        (facts.status == "cancelled", "taken_back"),
        else_="waiting",
    )


def counted(
    facts: Table, row: Value | None, columns: Sequence[Value], *, people: Value | None, weight: Value | None = None
) -> Table:
    """Count by every pairing of a row (and all rows) with the columns given. A null column is not counted."""
    rows = [ibis.literal(ALL)] if row is None else [row, ibis.literal(ALL)]
    parts = [_one(facts, one, column, people, weight) for one in rows for column in columns]
    return reduce(lambda left, right: left.union(right), parts)


def _one(facts: Table, row: Value, column: Value, people: Value | None, weight: Value | None) -> Table:
    picked = facts.select(
        row=row,
        column=column,
        person=ibis.null("string") if people is None else people,
        weight=ibis.literal(1, "int64") if weight is None else weight.cast("int64"),
    )
    picked = picked.filter(picked.column.notnull())
    return picked.group_by(["row", "column"]).aggregate(value=picked.weight.sum(), people=picked.person.nunique())
