"""Writes down legal papers, each for the one person it is about; and tells of them when it may be told."""

import uuid
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from manypaths.audit import commands as audit
from manypaths.consent import denials
from manypaths.consent import papers as labels
from manypaths.consent.rules import papers as rules
from manypaths.consent.rules.papers import Order
from manypaths.lib.refusals import NotThere, Reason, refuse_if
from manypaths.network.rules import Reader, reasons_not_proved
from manypaths.vault.queries import sealer_of

FIND = "select find_for_paper(%s, %s, %s)"
RECORD = "select record_paper(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"


def record_paper(*, kind: str, held: UUID | None, order: Order | None, by: Reader, at: datetime) -> UUID | None:
    """Write down a legal paper that came. Only an order opens something, and only by a look of its own; gives the
    paper, or None where it is about nobody here.

    Refuses: NotThere for who does not answer such papers · an old proof · what is missing of an order · an order about
    a record that this place does not hold.
    Records: consent.paper_recorded; the look for the record stands in the log in any case
    Afterwards: the person is told, or on the day on which the order allows it.
    """
    if not by.is_member or not rules.opens_by_order(by.roles):
        raise NotThere
    refuse_if(reasons_not_proved(by, at))
    asking, found = _seek(held, by)
    is_order = kind == rules.ORDER
    missing = list(rules.reasons_not_to_record(kind, order if is_order else None, by.roles, at))
    if is_order and found["own"] is None:
        missing.append(Reason("not_kept_here", _("Your organization keeps no page with this number."), "held"))
    if missing:
        denials.note(asking)
    refuse_if(missing)
    return _write_down(kind, held, order if is_order else None, found, by, at)


def note_attempt(*, held: UUID | None, by: Reader) -> None:
    """Keep in the log of looks that a paper which could not be read was meant for a record. Nothing opens."""
    if by.is_member and rules.opens_by_order(by.roles):
        _seek(held, by)


def _seek(held: UUID | None, by: Reader) -> tuple[denials.Asking, dict[str, Any]]:
    asking: denials.Asking = (FIND, [by.account_id, by.membership_id, held])
    with connection.cursor() as cursor:
        cursor.execute(*asking)
        found: dict[str, Any] = cursor.fetchone()[0]
    return asking, found


@transaction.atomic
def _write_down(
    kind: str, held: UUID | None, order: Order | None, found: dict[str, Any], by: Reader, at: datetime
) -> UUID | None:
    paper = uuid.uuid4() if found["own"] else None
    if paper is not None:
        with connection.cursor() as cursor:
            who = [by.account_id, by.membership_id, held, paper, kind]
            cursor.execute(RECORD, [*who, *_content(UUID(found["own"]), found["keys"], order)])
    audit.record(what="consent.paper_recorded", by=by, subject=paper, record_id=held if paper else None, at=at)
    return paper


def _content(own: UUID, keys: list[list[str]], order: Order | None) -> list[Any]:
    if order is None:
        return [None, None, "", "", None, [], None, None]
    sealer = sealer_of(keys)
    words = [
        sealer.seal(own, label, text.strip())
        for label, text in ((labels.COURT, order.court), (labels.CASE, order.case_number))
    ]
    return [
        *words, order.section, order.mandate, order.ordered_on, sorted(order.classes), order.until, order.silent_until
    ]  # fmt: skip


def tell_of_papers() -> int:
    """Tell the persons of whom an order forbade it until now. How many were told.

    Repeats safely.
    """
    with connection.cursor() as cursor:
        cursor.execute("select tell_of_papers()")
        return int(cursor.fetchone()[0])
