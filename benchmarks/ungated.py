"""The same site with the gate taken out of this process, to measure what the gate costs. Never part of the product."""

import os
import uuid
from collections.abc import Collection, Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "manypaths.config.settings")

from django.db import connection

from manypaths.config.wsgi import application
from manypaths.consent import queries
from manypaths.consent.rules import Basis, DataClass, Purpose
from manypaths.network.rules import Reader
from manypaths.referrals import queries as referrals


def _open_everything(
    *,
    reader: Reader,
    records: Iterable[uuid.UUID],
    classes: Collection[DataClass],
    purpose: Purpose,
    subjects: Collection[uuid.UUID] = (),
) -> queries.Opened:
    bases: dict[queries.Unit, str] = {
        (record, str(one), None): Basis.ASSIGNED.value for record in dict.fromkeys(records) for one in classes
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "select record_id::text, holder_id::text, ring_key, encode(wrapped, 'hex') from vault_recordkey "
            "where record_id = any(%s)",
            [list(dict.fromkeys(records))],
        )
        keys = tuple(cursor.fetchall())
    return queries.Opened(bases, keys=keys)


def _no_consents(*, records: Collection[uuid.UUID], opened: queries.Opened) -> list[Any]:
    """The database's own door to the consents of a record asks what was opened: without a gate nothing was. What it
    does is left out here, and so counts as a cost of the gate."""
    return []


queries.open_records = _open_everything
referrals.consents_of_opened = _no_consents

__all__ = ["application"]
