"""Consents to show a part of a held record: read by the person who gave them, and opened by whom they name."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from manypaths.consent import denials, queries
from manypaths.consent.models import Restriction, Share, Text
from manypaths.consent.queries import Opened, WallsDisagree
from manypaths.consent.rules import DataClass, shares
from manypaths.consent.rules.shares import ShareFacts
from manypaths.lib.refusals import NotThere
from manypaths.network.rules import Hat, Reader
from manypaths.vault.queries import Sealer, sealer_for, sealer_of

OPEN = "select open_shared(%s, %s, %s, %s, %s)"
NAME = "consent.share.name"
CASE = "consent.share.proceeding"
LISTED = "shared"
A_PAGE = 30


@dataclass(frozen=True)
class ShareView:
    """One consent as its person has it. `taken_up`: the one it names has typed its code."""

    id: UUID
    held_record_id: UUID
    discloser_id: UUID
    kind: str
    recipient_organisation_id: UUID | None
    recipient_membership_id: UUID | None
    classes: tuple[str, ...]
    purpose: str
    state: str
    written_at: datetime
    until: datetime
    firm_until: datetime | None
    signed_at: datetime | None
    text_key: str
    text_version: str
    language: str
    ended_at: datetime | None
    ending: str
    replaces: UUID | None
    taken_up: bool
    on_paper: bool
    case: str

    def holds(self, at: datetime) -> bool:
        """True while it opens something to whom it names."""
        return self.state == Share.State.GIVEN and at < self.until and (self.ended_at is None or at < self.ended_at)


@dataclass(frozen=True)
class SharedLine:
    """One consent that names the reader: days and kinds of information. The name is opened with the page."""

    id: UUID
    discloser_id: UUID
    kind: str
    classes: tuple[str, ...]
    signed_at: datetime
    until: datetime
    name: str = ""


@dataclass(frozen=True)
class SharedPage:
    """A page of them, and how many there are in all."""

    lines: list[SharedLine]
    total: int


@dataclass(frozen=True)
class OpenedShare:
    """What one consent has opened: of which record, for what, and with the notice of 42 CFR 2.32 or without."""

    id: UUID
    held_record_id: UUID
    discloser_id: UUID
    kind: str
    purpose: str
    classes: tuple[str, ...]
    until: datetime
    signed_at: datetime
    name: str
    case: str
    law: str
    notice: bool
    named_only: bool
    opened: Opened


def own_shares(*, reader: Reader) -> list[ShareView]:
    """Every such consent the person ever wrote, newest first; one that they said no to as well.

    Refuses: NotThere for anyone but the person.
    """
    record = queries.open_own(reader=reader, classes={DataClass.CONSENT_RECORD})
    rows = list(Share.objects.filter(record_id=record).order_by("-written_at", "id"))
    sealer = sealer_for([record]) if any(row.proceeding is not None for row in rows) else None
    return [_view(row, sealer) for row in rows]


def own_share(*, reader: Reader, share_id: UUID) -> ShareView:
    """One such consent of the person's own.

    Refuses: NotThere for one that does not exist, and for anyone else's.
    """
    record = queries.open_own(reader=reader, classes={DataClass.CONSENT_RECORD})
    row = Share.objects.filter(record_id=record, id=share_id).first()
    if row is None:
        raise NotThere
    return _view(row, sealer_for([record]) if row.proceeding is not None else None)


def own_before(*, reader: Reader, share: ShareView) -> list[ShareView]:
    """The consents that this one took the place of, newest first: each opened more.

    Refuses: NotThere for anyone but the person.
    """
    known = {one.id: one for one in own_shares(reader=reader)}
    found: list[ShareView] = []
    while share.replaces is not None:
        share = known[share.replaces]
        found.append(share)
    return found


def own_after(*, reader: Reader, share: ShareView) -> ShareView | None:
    """The consent that took the place of this one, if one did.

    Refuses: NotThere for anyone but the person.
    """
    return next((one for one in own_shares(reader=reader) if one.replaces == share.id), None)


def text_signed(*, reader: Reader, share: ShareView) -> Text | None:
    """The exact words of one such consent, in the version and language they were shown.

    Refuses: NotThere for a consent that is not the reader's own.
    """
    own_share(reader=reader, share_id=share.id)
    return Text.objects.filter(key=share.text_key, version=share.text_version, language=share.language).first()


def own_restrictions(*, reader: Reader) -> list[tuple[UUID, UUID, UUID]]:
    """What the person asked to be kept from a place: id, the record that is held, and the place."""
    record = queries.open_own(reader=reader, classes={DataClass.CONSENT_RECORD})
    rows = Restriction.objects.filter(record_id=record, until__isnull=True).order_by("since", "id")
    return list(rows.values_list("id", "held_record_id", "organisation_id"))


def shared_with(*, reader: Reader, limit: int = A_PAGE, offset: int = 0) -> SharedPage:
    """Consents that name this reader, or their place, and hold now. Opens the names, and nothing else of them.

    Records: one access row for each purpose, naming the records
    """
    with connection.cursor() as cursor:
        asked = [reader.account_id, str(reader.hat), reader.membership_id, limit, offset]
        cursor.execute("select * from shared_with(%s, %s, %s, %s, %s)", asked)
        rows = cursor.fetchall()
    names = _names(reader, [row[0] for row in rows]) if rows else {}
    lines = [
        SharedLine(row[0], row[1], row[2], tuple(row[3]), row[4], row[5], names[row[0]])
        for row in rows
        if row[0] in names
    ]
    return SharedPage(lines, rows[0][6] if rows else 0)


def _names(reader: Reader, ids: list[UUID]) -> dict[UUID, str]:
    found = _ask(reader, ids, [LISTED])
    sealer = sealer_of(found["keys"])
    opened = {UUID(unit[0]) for unit in found["units"]}
    return {UUID(row[0]): _name(row, sealer) for row in found["facts"] if UUID(row[0]) in opened}


def open_shared(*, reader: Reader, share_id: UUID, classes: Collection[DataClass] = ()) -> OpenedShare:
    """Open what one consent shows to this reader; all its classes, or some of them. To read, not to write.

    The rules in code and the function in the database both decide; a difference between them stops the request.

    Refuses: NotThere for everyone whom it does not name, after its end, and for a class that it does not cover.
    Records: one access row under the record that is shown, which is a line of the person's account of disclosures
    """
    kinds = sorted({str(one) for one in classes}) or _its_classes(reader, share_id)
    found = _ask(reader, [share_id], kinds)
    opened = {unit[2] for unit in found["units"]}
    if opened != set(kinds):
        raise NotThere
    row, reading = found["facts"][0], _facts(found["facts"][0], found["reader"], reader)
    return _opened(row, reading, found)


def _its_classes(reader: Reader, share_id: UUID) -> list[str]:
    """The classes it covers, as far as this reader has it in their list."""
    found = _ask(reader, [share_id], [LISTED])
    if not found["units"]:
        raise NotThere
    classes: list[str] = sorted(found["facts"][0][6])
    return classes


def _ask(reader: Reader, ids: list[UUID], kinds: list[str]) -> dict[str, Any]:
    asking: denials.Asking = (OPEN, [reader.account_id, str(reader.hat), reader.membership_id, ids, kinds])
    with connection.cursor() as cursor:
        cursor.execute(*asking)
        found: dict[str, Any] = cursor.fetchone()[0]
    opened = {(UUID(unit[0]), unit[2], unit[3]) for unit in found["units"]}
    if {one[:2] for one in opened} != {(one, kind) for one in ids for kind in kinds}:
        denials.note(asking)
    if opened != set(_decided(found, kinds, reader)):
        raise WallsDisagree("shared")
    return found


def _decided(found: dict[str, Any], kinds: list[str], reader: Reader) -> list[tuple[UUID, str, str]]:
    at = datetime.fromisoformat(found["at"])
    decided = []
    for row in found["facts"]:
        facts, basis = _facts(row, found["reader"], reader), f"{shares.BASIS}:{row[0]}"
        for kind in kinds:
            part = _part(facts, kind, at)
            if part is not None:
                decided.append((UUID(row[0]), kind, basis + part))
    return decided


def _part(facts: ShareFacts, kind: str, at: datetime) -> str | None:
    return shares.part_listed(facts, at) if kind == LISTED else shares.parts_open(facts, kind, at)


def _facts(row: list[Any], known: list[Any], reader: Reader) -> ShareFacts:
    organisation, roles, answers = known
    worker = reader.hat is Hat.MEMBER
    may_answer = bool(answers) or shares.MONITOR in roles
    named = {
        "organisation": worker and organisation is not None and row[11] == organisation and may_answer,
        "worker": worker and organisation is not None and row[12] == str(reader.membership_id),
        "account": reader.hat is Hat.PERSON and row[13] == str(reader.account_id),
    }
    return ShareFacts(
        kind=row[4], state=row[5], classes=frozenset(row[6]), purpose=row[7],
        starts_at=datetime.fromisoformat(row[8]), until=datetime.fromisoformat(row[9]),
        ended_at=datetime.fromisoformat(row[10]) if row[10] else None,
        is_reader=named[shares.KINDS[row[4]].recipient], is_worker=worker, roles=frozenset(roles),
        law=row[14], recipient=row[15], erased=row[16], blocked=row[17], restricted=row[18], related=row[19],
        noted=row[20],
    )  # fmt: skip


def _opened(row: list[Any], facts: ShareFacts, found: dict[str, Any]) -> OpenedShare:
    held, sealer = UUID(row[2]), sealer_of(found["keys"])
    bases: dict[tuple[UUID, str, UUID | None], str] = {(held, unit[2], None): unit[3] for unit in found["units"]}
    notice = any(shares.decide(facts, unit[2]).notice for unit in found["units"])
    return OpenedShare(
        id=UUID(row[0]), held_record_id=held, discloser_id=UUID(row[3]), kind=row[4], purpose=row[7],
        classes=tuple(sorted(unit[2] for unit in found["units"])), until=facts.until,
        signed_at=datetime.fromisoformat(row[22]), name=_name(row, sealer), law=row[14], notice=notice,
        case=sealer.read(UUID(row[1]), CASE, bytes.fromhex(row[24])) if row[24] else "",
        named_only=any(shares.is_minimal(basis) for basis in bases.values()),
        opened=Opened(bases, keys=tuple(found["keys"])),
    )  # fmt: skip


def _name(row: list[Any], sealer: Sealer) -> str:
    """Sealed with the key of the person's own record, or of the record that is shown where they signed on paper."""
    return sealer.read(UUID(row[2] if row[23] else row[1]), NAME, bytes.fromhex(row[21]))


def _view(row: Share, sealer: Sealer | None) -> ShareView:
    return ShareView(
        id=row.id,
        held_record_id=row.held_record_id,
        discloser_id=row.discloser_id,
        kind=row.kind,
        recipient_organisation_id=row.recipient_organisation_id,
        recipient_membership_id=row.recipient_membership_id,
        classes=tuple(row.classes),
        purpose=row.purpose,
        state=row.state,
        written_at=row.written_at,
        until=row.until,
        firm_until=row.firm_until,
        signed_at=row.signed_at,
        text_key=row.text_key,
        text_version=row.text_version,
        language=row.language,
        ended_at=row.ended_at,
        ending=row.ending,
        replaces=row.replaces_id,
        taken_up=row.recipient_account_id is not None,
        on_paper=row.on_paper,
        case=sealer.read(row.record_id, CASE, row.proceeding) if sealer else "",
    )
