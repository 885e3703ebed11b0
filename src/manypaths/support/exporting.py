"""Asks for a list of the people of one's team, says yes to somebody else's, and fetches it."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from manypaths.audit import commands as audit
from manypaths.lib.refusals import NotThere, refuse_if
from manypaths.network.rules import Reader, factor_is_fresh
from manypaths.people import queries as people
from manypaths.support.exports import ExportLine, Part, exports_for, parts_of
from manypaths.support.rules import exports as rules


@transaction.atomic
def ask_for_export(*, why: str, by: Reader, at: datetime) -> ExportLine:
    """Ask for a list of everyone the reader's team walks with now. Over fifty people somebody else says yes first.

    Refuses: NotThere for who supervises nobody's work · no fresh proof · no reason · nobody on it.
    Records: support.export_asked
    Afterwards: it can be fetched for 24 hours.
    """
    refuse_if(rules.reasons_not_to_ask(people.supervised(reader=by, limit=1)[1], why, proved=factor_is_fresh(by, at)))
    export = uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute("select ask_for_export(%s, %s, %s, %s)", [by.account_id, by.membership_id, export, why])
        if cursor.fetchone()[0] is None:
            raise NotThere
    audit.record(what="support.export_asked", by=by, subject=export, at=at)
    return next(one for one in exports_for(reader=by) if one.id == export)


@transaction.atomic
def say_yes_to_export(*, export_id: UUID, by: Reader, at: datetime) -> None:
    """Say yes to a list that somebody else of the same place asked for. It tells nothing of who is on it.

    Refuses: NotThere for one's own, one that is agreed to, expired or elsewhere · no fresh proof.
    Records: support.export_agreed
    """
    refuse_if(rules.reasons_not_to_fetch(ready=True, proved=factor_is_fresh(by, at)))
    with connection.cursor() as cursor:
        cursor.execute("select say_yes_to_export(%s, %s, %s)", [by.account_id, by.membership_id, export_id])
        if not cursor.fetchone()[0]:
            raise NotThere
    audit.record(what="support.export_agreed", by=by, subject=export_id, at=at)


@transaction.atomic
def fetch_export(*, export_id: UUID, by: Reader, at: datetime) -> tuple[ExportLine, Iterator[Part]]:
    """Begin to take a list out. Its rows are read, and asked about once more, as they leave.

    Refuses: NotThere for anyone else's and for one that expired · no fresh proof · no second yes where one is asked.
    Records: support.export_fetched
    """
    line = next((one for one in exports_for(reader=by) if one.id == export_id and one.is_own), None)
    if line is None:
        raise NotThere
    refuse_if(rules.reasons_not_to_fetch(ready=line.ready, proved=factor_is_fresh(by, at)))
    audit.record(what="support.export_fetched", by=by, subject=export_id, at=at)
    return line, parts_of(reader=by, export_id=export_id)
