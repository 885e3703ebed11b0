"""Finding a person of the house by a word of their name, a number or an e-mail, without opening anybody."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection, transaction

from manypaths.audit import commands as audit
from manypaths.lib.refusals import refuse_if
from manypaths.network.rules import Reader
from manypaths.people import rules
from manypaths.people.queries import CaseloadLine, CaseloadPage
from manypaths.vault import queries as vault
from manypaths.vault.rules import HOUSE

AT_ONCE = 500
FIND = "select * from find_in_house(%s, %s, %s, %s, %s, %s, %s)"
NOT_YET = f"""
    select r.id, r.organisation_id, k.ring_key, k.wrapped, p.name, c.address
      from people_record r
      join vault_recordkey k on k.record_id = r.id
      join people_profile p on p.record_id = r.id
      left join people_safecontact c on c.record_id = r.id
     where r.organisation_id is not null and r.id > %s
       and not exists (select from people_lookup l where l.record_id = r.id)
     order by r.id limit {AT_ONCE}
"""  # noqa: S608  our own words
ADD = """
    insert into people_lookup (record_id, key, field, value)
    select * from unnest(%s::uuid[], %s::text[], %s::text[], %s::bytea[])
"""


@transaction.atomic
def look_for(*, text: str, by: Reader, at: datetime, limit: int = 50, offset: int = 0) -> CaseloadPage:
    """The records of the reader's house whom every word fits, the newest first. Finding is not opening.

    For everyone but a front desk and a privacy officer it is empty; nobody before whom a block stands is in it. What is
    looked for is written down nowhere.

    Refuses: nothing to look for · too long · KeyUnavailable when the key of the index is lost.
    Records: people.looked_for
    """
    refuse_if(rules.reasons_not_to_look_for(text))
    audit.record(what="people.looked_for", by=by, at=at)
    if by.organisation_id is None:
        return CaseloadPage([], 0)
    field, words = rules.words_looked_for(text)
    finder = vault.finder_of(by.organisation_id)
    asked = [by.account_id, by.membership_id, finder.name, field, finder.hide(field, words), limit, offset]
    with connection.cursor() as cursor:
        cursor.execute(FIND, asked)
        rows = cursor.fetchall()
    return CaseloadPage([CaseloadLine(row[0], row[1]) for row in rows], rows[0][2] if rows else 0)


def index_what_is_not() -> int:
    """Let records be found that were written before there was an index: as the role `owner`. How many there were.

    Refuses: KeyUnavailable when a key is lost; what is done by then stays done. Repeats safely.
    """
    after, count = HOUSE, 0
    while True:
        done, last = _index_some(after)
        count += done
        if last is None:
            return count
        after = last


@transaction.atomic
def _index_some(after: UUID) -> tuple[int, UUID | None]:
    with connection.cursor() as cursor:
        cursor.execute(NOT_YET, [after])
        rows = cursor.fetchall()
        finders = {house: vault.finder_of(house) for house in sorted({row[1] for row in rows})}
        hidden = [one for row in rows for one in _hidden(finders[row[1]], *row)]
        cursor.execute(ADD, [list(column) for column in zip(*hidden, strict=True)] if hidden else [[], [], [], []])
    return len(rows), rows[-1][0] if rows else None


def _hidden(
    finder: vault.Finder, record: UUID, house: UUID, key: str, wrapped: bytes, name: Any, address: Any
) -> Iterator[tuple[UUID, str, str, bytes]]:
    sealer = vault.Sealer({record: AESGCM(vault.data_key(record, house, key, bytes(wrapped)))})
    words = {
        rules.NAME: rules.words_of_name(sealer.read(record, "people.profile.name", name)),
        rules.CONTACT: rules.words_of_contact(sealer.read(record, "people.safecontact.address", address)),
    }
    for field, some in words.items():
        for value in finder.hide(field, some):
            yield record, finder.name, field, value
