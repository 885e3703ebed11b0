"""What places keep of the person, for the copy of everything, with what was said beside it and asked of them."""

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from manypaths.consent.queries import Opened
from manypaths.consent.rules import DataClass
from manypaths.people import queries as people
from manypaths.people.queries import ContactWords, ProfileWords
from manypaths.plans import queries as plans
from manypaths.plans.queries import PlanPage, SafetyLine
from manypaths.referrals import queries
from manypaths.support import petitions
from manypaths.support import queries as support
from manypaths.support.queries import ContactLine, EntryLine, RemarkLine
from manypaths.web.my.kept import ON_THE_PAGE, KeptPlace
from manypaths.web.my.kept_words import KINDS, Kept, KindOfWords, lines
from manypaths.web.my.petitions import AskedInWords, in_words
from manypaths.web.ui.asked import Asked

ALL = ON_THE_PAGE | {DataClass.RECOVERY_PLAN, DataClass.SAFETY_PLAN}
READ_AT_ONCE = 200


@dataclass(frozen=True)
class KeptCopy:
    """All that one place keeps of the person, in words and as it is stored, and what they said and asked there."""

    place: KeptPlace
    profile: ProfileWords | None
    contact: ContactWords | None
    in_words: list[tuple[KindOfWords, list[Kept]]]
    stored: dict[str, list[ContactLine | EntryLine]]
    plan: PlanPage
    safety_plan: SafetyLine | None
    said_beside: list[RemarkLine]
    asked: list[AskedInWords]

    @property
    def in_data(self) -> dict[str, Any]:
        """The same for another program."""
        record = self.place.record
        return {
            "place": self.place.name, "since": record.opened_at, "law": record.origin_law,
            "profile": self.profile and asdict(self.profile), "safe_contact": self.contact and asdict(self.contact),
            **{name: [_entry(one) for one in found] for name, found in self.stored.items()},
            "plan": asdict(self.plan), "safety_plan": self.safety_plan and asdict(self.safety_plan),
            "said_beside": [asdict(one) for one in self.said_beside], "asked": [asdict(one.view) for one in self.asked],
        }  # fmt: skip


def _entry(one: ContactLine | EntryLine) -> dict[str, Any]:
    """Codes as they are stored, beside who wrote it, when, and whether it stands."""
    flat = asdict(one)
    return {**flat.pop("facts", {}), **flat}


def all_that_is_kept(request: Asked) -> list[KeptCopy]:
    """Everything that places keep of the person, but notes of counselling: one opening for all of them."""
    held = queries.open_held(reader=request.reader, classes=ALL)
    return [_copy(request, KeptPlace.of(one), held.opened) for one in held.records]


def _copy(request: Asked, place: KeptPlace, opened: Opened) -> KeptCopy:
    record = place.record.id
    profile, contact = people.profile_and_contact(record_id=record, sealer=opened.sealer)
    return KeptCopy(
        place,
        profile,
        contact,
        [(kind, _in_words(request, record, kind, opened)) for kind in KINDS.values()],
        {name: _stored(record, kind, opened) for name, kind in KINDS.items()},
        plans.held_plan(record_id=record, sealer=opened.sealer),
        plans.safety_plan(record_id=record, sealer=opened.sealer),
        support.remarks_of_opened(record_id=record, sealer=opened.sealer),
        in_words(petitions.petitions_of_opened(record_id=record, sealer=opened.sealer)),
    )


def _in_words(request: Asked, record: UUID, kind: KindOfWords, opened: Opened) -> list[Kept]:
    found: list[Kept] = []
    more = True
    while more:
        part, more = lines(request, record, kind, opened, limit=READ_AT_ONCE, offset=len(found))
        found += part
    return found


def _stored(record: UUID, kind: KindOfWords, opened: Opened) -> list[ContactLine | EntryLine]:
    if kind.entry is None:
        return list(support.contacts_of_opened(record_id=record, sealer=opened.sealer, limit=None))
    found: list[ContactLine | EntryLine] = []
    more = True
    while more:
        page = support.entries_of_opened(
            record_id=record, kind=kind.entry, opened=opened, limit=READ_AT_ONCE, offset=len(found)
        )
        found, more = [*found, *page.lines], page.more
    return found
