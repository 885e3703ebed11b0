"""What a place wrote of the person, as lines in plain words: contacts, care, tests, attendance."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from manypaths.consent.queries import Opened
from manypaths.consent.rules import DataClass
from manypaths.lib.refusals import NotThere
from manypaths.support import queries as support
from manypaths.support import rules
from manypaths.support.queries import Beside, ContactLine, EntryLine, RemarkLine
from manypaths.support.rules import Kind
from manypaths.web.my.frame import zone_of
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.words import day, in_zone, moment

CONTACTS = "contacts"
SHORT, A_PAGE = 3, 30


@dataclass(frozen=True)
class KindOfWords:
    """How one kind of what is kept is spoken of."""

    data_class: DataClass
    title: Any
    none: Any
    entry: Kind | None = None


KINDS: dict[str, KindOfWords] = {
    CONTACTS: KindOfWords(DataClass.CONTACT_LOG, _("Contacts with you"), _("No contact is written down.")),
    Kind.TREATMENT.value: KindOfWords(
        DataClass.TREATMENT, _("Your care there"), _("No care is written down."), Kind.TREATMENT
    ),
    Kind.SCREEN.value: KindOfWords(DataClass.DRUG_SCREEN, _("Drug tests"), _("No test is written down."), Kind.SCREEN),
    Kind.ATTENDANCE.value: KindOfWords(
        DataClass.ATTENDANCE, _("When you came"), _("Nothing is written down."), Kind.ATTENDANCE
    ),
}
# Under which law a record was begun, in words for the person.
LAWS: dict[str, Any] = {
    "part2": _("This place is a treatment program. A federal law, 42 CFR Part 2, keeps this page secret."),
    "hipaa": _("A federal health privacy law, HIPAA, covers this page."),
    "neither": _(
        "No federal health privacy law covers this page. It is kept safe by what the place promised and by how this "
        "site is built."
    ),
    "unset": _("We do not know yet if 42 CFR Part 2 covers this page. Until we do, we treat it as if it does."),
}


@dataclass(frozen=True)
class Kept:
    """One thing that a place wrote, in words, and what the person says beside it."""

    id: UUID
    head: str
    tail: list[str] = field(default_factory=list)
    words: str = ""
    worker: str = ""
    written_at: datetime | None = None
    struck: str = ""
    struck_by: str = ""
    replaced: bool = False
    replaces: UUID | None = None
    remark: RemarkLine | None = None
    beside: tuple[Beside, ...] = ()


def kind_of(name: str) -> KindOfWords:
    """The kind that an address names. Refuses: NotThere for any other word."""
    if name not in KINDS:
        raise NotThere
    return KINDS[name]


def lines(
    request: Asked, record_id: UUID, kind: KindOfWords, opened: Opened, *, limit: int, offset: int = 0
) -> tuple[list[Kept], bool]:
    """What is kept of one kind, the newest first, and whether there is older. It must be open."""
    said = support.said_beside(record_id=record_id, sealer=opened.sealer)
    if kind.entry is None:
        found = support.contacts_of_opened(record_id=record_id, sealer=opened.sealer, limit=limit + 1, offset=offset)
        return [_contact(request, one, said) for one in found[:limit]], len(found) > limit
    page = support.entries_of_opened(record_id=record_id, kind=kind.entry, opened=opened, limit=limit, offset=offset)
    return [_entry(one, said) for one in page.lines], page.more


def added(record_id: UUID, kind: KindOfWords, opened: Opened) -> tuple[Beside, ...]:
    """What was added because the person asked, or what they say to a no. It must be open."""
    return support.added_of_opened(record_id=record_id, data_class=kind.data_class, sealer=opened.sealer)


def one_line(request: Asked, record_id: UUID, kind: KindOfWords, item_id: UUID, opened: Opened) -> Kept:
    """One thing that is kept. It must be open. Refuses: NotThere for one that is not there."""
    said = support.said_beside(record_id=record_id, sealer=opened.sealer)
    if kind.entry is None:
        contact = support.contact_of_opened(record_id=record_id, contact_id=item_id, sealer=opened.sealer)
        return _contact(request, contact, said)
    entry = support.entry_of_opened(record_id=record_id, kind=kind.entry, entry_id=item_id, opened=opened)
    return _entry(entry, said)


def _contact(request: Asked, line: ContactLine, said: dict[UUID, RemarkLine]) -> Kept:
    zone, spoken = zone_of(request), get_language() or "en"
    at = in_zone(line.happened_at, zone)
    when = moment(line.happened_at, zone, spoken, year=True) if line.is_exact else day(at.date(), spoken, year=True)
    head, way = rules.word(rules.DEEDS, line.deed, spoken), rules.word(rules.WAYS, line.way, spoken)
    return Kept(line.id, head, [way, when], line.note, line.worker, remark=said.get(line.id), beside=line.beside)


def _entry(line: EntryLine, said: dict[UUID, RemarkLine]) -> Kept:
    spoken = get_language() or "en"
    head, *tail = rules.what_happened(line.facts, spoken) or [""]
    return Kept(
        line.id,
        head,
        [*tail, day(line.facts.happened_on, spoken, year=True)],
        getattr(line.facts, "words", ""),
        line.worker,
        line.written_at,
        rules.word(rules.STRIKES, line.strike, spoken),
        line.struck_by,
        line.replaced,
        line.replaces,
        said.get(line.id),
        line.beside,
    )
