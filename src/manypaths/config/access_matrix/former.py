"""Drives the cells of somebody who was let in once: the link and the session are old, and they know who it is about."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction

from manypaths.config.access_matrix.ground import Ground
from manypaths.config.access_matrix.persons import Someone
from manypaths.config.access_matrix.reading import Cell
from manypaths.config.access_matrix.surfaces import SHOWN_BY, places_to_try
from manypaths.config.access_matrix.verdict import Verdict, judged
from manypaths.config.access_matrix.viewing import Looking, hidden_at, view
from manypaths.config.access_matrix.visitor import Visitor
from manypaths.config.access_matrix.words import NotBuilt
from manypaths.consent import sharing
from manypaths.network.rules import Reader

KNOWS_THEM = "old link, old session, knows birth date and former address"
CASE_IS_OVER = "after final disposition of the case"
LINK = "/my/sharing/close/{share}"
# What a relative or a former ally knows, typed where somebody comes back into an account.
KNOWN_OF_THEM = ("1990-04-12", "14 Mill Street, Montpelier, VT 05602")
WAYS_BACK = ("/enter/lost/card", "/enter/lost/trusted")
PAST = "select kind = 'cj_referral' and until < now() from consent_share where id = %s"


def _stop(share: UUID, by: Reader) -> None:
    sharing.stop_share(share_id=share, by=by, at=datetime.now(UTC))


def _block(share: UUID, by: Reader) -> None:
    sharing.shut_out_taker(share_id=share, by=by, at=datetime.now(UTC))


ENDINGS: dict[str, Callable[[UUID, Reader], None]] = {"revoked": _stop, "blocked": _block}


def knows_them(ground: Ground, cell: Cell) -> Verdict:
    """They read what was shown to them; it ends; the same browser goes on, with the link and with all the ids."""
    if cell.role != "ex_partner" or cell.consent_state not in ENDINGS or cell.expect != "hide":
        raise NotBuilt(f"a way to stage {cell.context} as {cell.role}")
    key, someone = ground.world.one_more("named_covering")
    about = replace(cell, consent_state=key)
    look, share = Looking(ground, about, someone), someone.shares[cell.role]
    link = LINK.replace("{share}", str(share))
    if not any(look.visitor.get(link).holds(one) for one in ground.planted(SHOWN_BY["attendance"], someone)):
        raise AssertionError("what is shown is closed before it ends")
    with transaction.atomic():
        ENDINGS[cell.consent_state](share, replace(someone.reader, factor_at=datetime.now(UTC)))
    before = ground.before(about, someone)
    old = look.visitor.get(link)
    faults = [] if old.status == cell.http else [f"the old link answers {old.status}, the file says {cell.http}"]
    faults += hidden_at(look, places_to_try(cell.data_class, cell.surface))
    if any(answer.holds(word) for answer in (*look.answers, old) for word in look.planted()):
        faults.append("an answer holds a word of what is closed")
    faults += _gets_in(ground, someone)
    return judged([*faults, *ground.beside(about, someone, before, [*look.answers, old], {*look.ids, str(share)})])


def _gets_in(ground: Ground, someone: Someone) -> Iterator[str]:
    """What they know of the person opens no account."""
    for way in WAYS_BACK:
        for known in KNOWN_OF_THEM:
            visitor = Visitor(ground.world.site)
            visitor.post(way, {"name": someone.username, "code": known}, page=way)
            if visitor.get("/my/").status == 200:
                yield f"{way} lets in who knows the person"


def case_is_over(ground: Ground, cell: Cell) -> Verdict:
    """The consent for a court case ran until its end, and that is over."""
    if (cell.role, cell.consent_state) != ("probation", "expired"):
        raise NotBuilt(f"a way to stage {cell.context} as {cell.role}")
    if ground.log.one(PAST, str(ground.target(cell).shares[cell.role])) is not True:
        raise AssertionError("the consent for the case is not over")
    return view(ground, cell)


VIEWS: dict[str, Callable[[Ground, Cell], Verdict]] = {KNOWS_THEM: knows_them, CASE_IS_OVER: case_is_over}
