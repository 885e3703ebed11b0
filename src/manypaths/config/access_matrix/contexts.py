"""Looks under a special circumstance: what is staged first, and what must be answered then."""

from collections.abc import Callable

from manypaths.config.access_matrix import former, newcomer, unlogged
from manypaths.config.access_matrix.ground import Ground
from manypaths.config.access_matrix.reading import Cell
from manypaths.config.access_matrix.verdict import Verdict, judged
from manypaths.config.access_matrix.viewing import Looking, hidden_at
from manypaths.config.access_matrix.words import NotBuilt


def new_endpoint(ground: Ground, cell: Cell) -> Verdict:
    """An address that nobody declared, which would show the name."""
    if (cell.expect, cell.surface, cell.data_class) != ("hide", "api", "demographics"):
        raise NotBuilt(f"a new endpoint that is answered with {cell.expect}, on {cell.surface}")
    look = Looking(ground, cell, ground.target(cell))
    before = ground.before(cell, look.target)
    faults = list(hidden_at(look, [newcomer.PLACE]))
    return judged([*faults, *ground.beside(cell, look.target, before, look.answers, look.ids)])


VIEWS: dict[str, Callable[[Ground, Cell], Verdict]] = {
    **former.VIEWS,
    "a new endpoint added by a developer without an access rule": new_endpoint,
    "audit table not writable: answer 503, nothing leaves": unlogged.unlogged(unlogged.not_writable),
    "audit chain head lost: answer 503, nothing leaves": unlogged.unlogged(unlogged.head_lost),
    "disk full on the audit volume: answer 503, nothing leaves": unlogged.unlogged(unlogged.disk_full),
}
