"""What every cell stands on: the world, the logs, and what must hold beside the answer itself."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from manypaths.config.access_matrix.log import Log, Look, Mark, lines_given, times_seen
from manypaths.config.access_matrix.persons import Someone
from manypaths.config.access_matrix.reading import Cell
from manypaths.config.access_matrix.sharing import FAMILY, FORMER, OTHER_CLASS, SHAREABLE
from manypaths.config.access_matrix.surfaces import LOGGED_AS
from manypaths.config.access_matrix.visitor import Answer, Visitor
from manypaths.config.access_matrix.world import OTHER, PERSONS, World

NOTICE = re.compile(rb"42 (?:CFR|C\.F\.R\.) part 2 prohibits", re.IGNORECASE)  # the words of section 2.32
ALIKE = {"n/a": "none", "private": "none", "named_other_class": "named_covering"}
AS_IDS = {"attended": "attended", "tested": "screened", "agreed": "agreed"}  # shown without words: the id tells
ANY_CLASS = frozenset({"presence"})
LOOKED, OWN_LOOKS, GIVEN = "/my/sharing/looked", "/my/sharing/looked/own", "/my/sharing/given"


def all_pages(person: Visitor, path: str) -> list[Answer]:
    """A list of the person from its first page to its last: what is new pushes what is old off the first."""
    pages = [person.get(path)]
    if pages[0].status != 200:
        raise AssertionError(f"{path} of the person answers {pages[0].status}")
    while (older := person.get(f"{path}?page={len(pages) + 1}")).status == 200:
        pages.append(older)
    return pages


@dataclass
class Before:
    """How things stood before a cell was driven."""

    mark: Mark
    looks: int
    own_looks: int
    given: int


@dataclass
class Ground:
    """The world and its logs."""

    world: World
    log: Log
    owner: str = ""  # the address of the database for the owner of its tables
    sealer: str = ""  # the address of the database for the one who seals
    written: Path | None = None  # where the web server writes what went wrong

    def target(self, cell: Cell) -> Someone:
        """Whose information the cell is about."""
        return self.world.someone(self.target_state(cell))

    def target_state(self, cell: Cell) -> str:
        """The key of that person in the world."""
        if cell.data_class == "family_own_record":
            return FAMILY
        if cell.consent_state == "named_other_class" and cell.data_class in SHAREABLE:
            return OTHER_CLASS + cell.data_class
        return ALIKE.get(cell.consent_state, cell.consent_state)

    def account(self, cell: Cell) -> UUID | None:
        """The account of the reader; None for who is not signed in."""
        if cell.role == "anon":
            return None
        if cell.role not in PERSONS:
            return self.world.worker(cell.role).reader.account_id
        return self.reader_person(cell).reader.account_id

    def reader_person(self, cell: Cell) -> Someone:
        """The person who reads, where the reader is one."""
        which = {
            "person": self.target_state(cell), "other_person": OTHER, "family": FAMILY, "ex_partner": FORMER
        }[cell.role]  # fmt: skip
        return self.world.someone(which)

    def planted(self, words: Collection[str], target: Someone) -> list[str]:
        """The planted words themselves."""
        found = []
        for one in words:
            if one == "looker":
                found.append(self.world.worker("peer_assigned").name)
            elif one in AS_IDS:  # attendance has no words of its own: the id of the entry is what nobody guesses
                found += [str(item) for name, item in target.items.items() if name.startswith(AS_IDS[one])]
            else:
                found.append(target.planted[one])
        return found

    def before(self, cell: Cell, target: Someone) -> Before:
        """Note where the logs and the person's list stand."""
        everyone, reader = self._seen(cell)
        if self._is_own(cell):  # to read the own list is a look that stands in it: the next reading adds as many
            once, reader = reader, self._seen(cell)[1]
            reader += reader - once
        return Before(self.log.mark(), everyone, reader, self._given(cell))

    def _is_own(self, cell: Cell) -> bool:
        """Whether the look is wanted on a list where the person reads what their own sign-in opened."""
        return cell.person_sees and self.account(cell) == self.target(cell).reader.account_id

    def _given(self, cell: Cell) -> int:
        """Lines of the person's account of disclosures that name the reader."""
        if cell.audit != "disclosure":
            return 0
        pages = all_pages(self.world.of_person(self.target_state(cell)), GIVEN)
        return sum(lines_given(page, self._name(cell)) for page in pages)

    def _name(self, cell: Cell) -> str:
        """The name under which the reader stands on a person's lists; persons stand there under none."""
        workers = self.world.bodies.workers
        if cell.role in {"family", "ex_partner"}:
            return "Someone close to me"
        return workers[cell.role].name if cell.role in workers else "no such looker"

    def _seen(self, cell: Cell) -> tuple[int, int]:
        """Looks on the person's own list: all of them, and those of the reader. Their own stand on a page beside it."""
        person = self.world.of_person(self.target_state(cell))
        if self._is_own(cell):
            own = sum(times_seen(page, "") for page in all_pages(person, OWN_LOOKS))
            return own, own
        pages, name = all_pages(person, LOOKED), self._name(cell)
        return sum(times_seen(page, "") for page in pages), sum(times_seen(page, name) for page in pages)

    def beside(
        self,
        cell: Cell,
        target: Someone,
        before: Before,
        answers: Collection[Answer],
        ids: Collection[str],
        *,
        listed: bool = True,
    ) -> Iterator[str]:
        """What is wrong beside the answers: the log, the person's list, the notice."""
        looks = self.log.looks(before.mark, self.account(cell), target.records)
        yield from self._of_log(cell, looks, before, ids)
        everyone, reader = self._seen(cell)
        if cell.person_sees and reader <= before.own_looks:
            yield "the person's own list does not show the look"
        others = cell.role in self.world.bodies.workers
        grew = reader > before.own_looks if others else everyone > before.looks
        if listed and not cell.person_sees and grew:
            yield "the person's own list shows a look"
        told = any(NOTICE.search(one.body) for one in answers)
        if told != cell.redisclosure_notice:
            yield "the notice against passing it on is there" if told else "the notice against passing it on is missing"

    def _of_log(self, cell: Cell, looks: list[Look], before: Before, ids: Collection[str]) -> Iterator[str]:
        wanted = {LOGGED_AS.get(cell.data_class, cell.data_class), cell.data_class}
        opened = [one for one in looks if one.opened and (cell.data_class in ANY_CLASS or wanted & one.classes)]
        if cell.audit == "access" and not opened:
            yield "no look is logged"
        elif cell.audit == "disclosure" and not any(
            base.startswith(("granted:", "shared:")) for one in opened for base in one.bases
        ):
            yield "no disclosure is logged"
        elif cell.audit == "disclosure" and self._given(cell) <= before.given:
            yield "the person's account of disclosures has no line of it"
        elif cell.audit == "none" and looks:
            yield "a look is logged"
        elif cell.audit == "decision" and not self._refusal_is_logged(cell, looks, before, ids):
            yield "no refused attempt is logged"
        elif cell.audit == "breakglass" and not any(
            base.startswith("emergency:") for one in opened for base in one.bases
        ):
            yield "no opening in an emergency is logged"
        elif cell.audit == "fallback" and looks:
            yield "a look is logged"

    def _refusal_is_logged(self, cell: Cell, looks: list[Look], before: Before, ids: Collection[str]) -> bool:
        account = self.account(cell)
        if any(one.denied for one in looks):
            return True
        return account is not None and self.log.refused(before.mark, account, ids)
