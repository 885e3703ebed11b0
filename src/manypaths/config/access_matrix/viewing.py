"""Drives the cells of looking: what must be shown is there, what must be hidden is nowhere, and absent means absent."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import uuid4

from manypaths.config.access_matrix import fields
from manypaths.config.access_matrix.ground import Ground
from manypaths.config.access_matrix.persons import Someone
from manypaths.config.access_matrix.reading import Cell
from manypaths.config.access_matrix.surfaces import (
    LISTS_OF_PERSONS,
    LISTS_OF_WORKERS,
    OWN,
    SHOWN_BY,
    WORK,
    Place,
    places_to_read,
    places_to_try,
)
from manypaths.config.access_matrix.verdict import Verdict, judged
from manypaths.config.access_matrix.visitor import Answer, Visitor
from manypaths.config.access_matrix.words import NotBuilt
from manypaths.config.access_matrix.world import PERSONS, refuse_unknown_state

TO_SIGN_IN = "/enter"
REDIRECTS = (302, 303)
SHOWN = 200


def view(ground: Ground, cell: Cell) -> Verdict:
    """Look at one class as one role."""
    if cell.data_class == "public_directory":
        return _public(ground, cell)
    if cell.data_class not in SHOWN_BY:
        raise NotBuilt(f"a page of {cell.data_class} for {cell.role}")
    refuse_unknown_state(cell.role, cell.consent_state, cell.data_class)
    ways = {"allow": _read, "allow_min": _read, "forbid": _forbidden, "hide": _hidden, "login": _signed_out}
    if cell.expect not in ways:
        raise NotBuilt(f"a look that is answered with {cell.expect}")
    look = Looking(ground, cell, ground.target(cell))
    before = ground.before(cell, look.target)
    faults = list(ways[cell.expect](look))
    faults += ground.beside(cell, look.target, before, look.about_it, look.ids, listed=not look.saw_other_parts)
    if cell.expect == "hide":
        faults += _absent_from_lists(look)
    return judged(faults, pages_only=cell.surface == "page+api" and not look.asked_api)


def _public(ground: Ground, cell: Cell) -> Verdict:
    """A listing, which anyone may read."""
    if cell.expect != "allow" or cell.surface == "api":
        raise NotBuilt("listings that are hidden, or an API of them")
    answer = ground.world.browser(cell.role, "none").get(f"/service/{ground.world.service}")
    shown = answer.status == cell.http and answer.holds(ground.world.listing)
    logged = [] if cell.audit == "none" else ["a look at a listing is never logged"]
    return judged([*([] if shown else [f"the listing answers {answer.status}"]), *logged], pages_only=True)


@dataclass
class Looking:
    """One look: who, at whom, and what came back so far."""

    ground: Ground
    cell: Cell
    target: Someone

    def __post_init__(self) -> None:
        self.answers: list[Answer] = []
        self.ids: set[str] = set()
        self.asked_api = False
        self.others: list[Answer] = []  # pages that showed other classes, which this role may read

    @property
    def saw_other_parts(self) -> bool:
        """Whether a page showed other classes, which this role may read: that is a look, with its own notice."""
        return bool(self.others)

    @property
    def about_it(self) -> list[Answer]:
        """What came back to the questions for the class itself."""
        return [one for one in self.answers if one not in self.others]

    @property
    def visitor(self) -> Visitor:
        return self.ground.world.browser(self.cell.role, self.ground.target_state(self.cell))

    def ids_for(self, place: Place) -> list[str]:
        """The ids with which an address leads to this person."""
        world, role = self.ground.world, self.cell.role
        if place.item == "record":
            beside = world.record_beside(role, self.target)
            others = [] if self.cell.expect != "hide" else [str(one) for one in self.target.records]
            return list(dict.fromkeys([beside, *others]))
        if place.item == "request":
            return [world.request_for(role, self.target)] if self.target.items.get("referral") else []
        if place.item == "share":
            shares = self.target.shares
            return [str(shares[role])] if role in shares else [str(one) for one in shares.values()][:1]
        found = self.target.items.get(place.item)
        return [str(found)] if found else []

    def ask(self, place: Place, one: str = "") -> Answer:
        """Open an address; what comes back is kept for what must hold beside it."""
        answer = self.visitor.get(place.path.replace("{" + place.item + "}", one) if one else place.path)
        self.asked_api = self.asked_api or place.api
        self.answers.append(answer)
        self.ids.update({one} - {""})
        return answer

    def planted(self) -> list[str]:
        """The planted words of the class. What was asked for by its id is not among them: the address repeats it."""
        words = self.ground.planted(SHOWN_BY[self.cell.data_class], self.target)
        return [one for one in words if one not in self.ids]


def _read(look: Looking) -> Iterator[str]:
    """The whole item, or its named fields and nothing else of it."""
    cell = look.cell
    for place in places_to_read(cell.role, cell.data_class, cell.surface, cell.consent_state):
        for one in look.ids_for(place) if place.item else [""]:
            answer = look.ask(place, one)
            if answer.status != cell.http:
                yield f"{place.path} answers {answer.status}, the file says {cell.http}"
            elif cell.expect == "allow_min":
                yield from _only_the_fields(look, place, answer, one)
            else:
                for part in place.planted:
                    if not any(answer.holds(word) for word in look.ground.planted([part], look.target)):
                        yield f"{place.path} does not show what it should"


def _only_the_fields(look: Looking, place: Place, answer: Answer, one: str) -> Iterator[str]:
    cell = look.cell
    for name in cell.fields:
        if not fields.shows(name, answer, look.ground, look.target, one):
            yield f"{place.path} does not show {name}"
    if fields.shows_more(cell.data_class, cell.fields, answer, look.ground, look.target):
        yield f"{place.path} shows more than {', '.join(cell.fields)}"


def _forbidden(look: Looking) -> Iterator[str]:
    """A whole class that is not this role's work, said openly to who may know the person anyway."""
    cell = look.cell
    for place in places_to_read(cell.role, cell.data_class, cell.surface, cell.consent_state):
        for one in look.ids_for(place) if place.item else [""]:
            answer = look.ask(place, one)
            if answer.status != cell.http:
                yield f"{place.path} answers {answer.status}, the file says {cell.http}"
    yield from _nothing_shown(look)


def _nothing_shown(look: Looking) -> Iterator[str]:
    if any(answer.holds(word) for answer in look.answers for word in look.planted()):
        yield "an answer holds a word of what is closed"


def _hidden(look: Looking) -> Iterator[str]:
    """Each address with an id answers as one that was made up, and nothing stands in any list."""
    yield from hidden_at(look, places_to_try(look.cell.data_class, look.cell.surface))
    if not look.answers:
        raise NotBuilt(f"an address at which {look.cell.data_class} could be sought")


def hidden_at(look: Looking, places: Iterable[Place]) -> Iterator[str]:
    """What tells somebody's id from a made-up one at these addresses."""
    cell = look.cell
    of_class = {place.path for place in (*OWN.get(cell.data_class, ()), *WORK.get(cell.data_class, ()))}
    for place in places:
        for one in look.ids_for(place):
            answer = look.ask(place, one)
            if answer.status == cell.http:
                yield from told_from_nothing(look.visitor, place.path, place.item, one)
            elif place.path not in of_class and answer.status == SHOWN and place.planted == ():
                look.others.append(answer)
            else:
                yield f"{place.path} answers {answer.status}, the file says {cell.http}"


def _absent_from_lists(look: Looking) -> Iterator[str]:
    for path in LISTS_OF_PERSONS if look.cell.role in PERSONS else LISTS_OF_WORKERS:
        look.answers.append(look.visitor.get(path))
    yield from _nothing_shown(look)


PARTS = ("status", "body", "headers", "cookies")


def told_from_nothing(visitor: Visitor, path: str, item: str, one: str) -> list[str]:
    """What tells an id from one that was made up. Asked once more where anything does: a session that notes once a
    minute that it lives sets its cookie in one answer and not in the next, and that is not about the id."""
    found: list[str] = []
    for _try in range(2):
        made_up = str(uuid4())
        real, nothing = (visitor.get(path.replace("{" + item + "}", tried)) for tried in (one, made_up))
        found = list(told_apart(path, real.without(one), nothing.without(made_up)))
        if not found:
            break
    return found


def told_apart(path: str, one: tuple[object, ...], other: tuple[object, ...]) -> Iterator[str]:
    """Whether two answers that must look alike differ."""
    for name, here, there in zip(PARTS, one, other, strict=True):
        if here != there:
            yield f"{path} can be told from an id that does not exist by its {name}{_which(here, there)}"


def _which(here: object, there: object) -> str:
    """The headers that differ, by name."""
    if not isinstance(here, tuple) or not isinstance(there, tuple):
        return ""
    return f" ({', '.join(sorted({str(one[0]) for one in {*here} ^ {*there}}))})"


def _signed_out(look: Looking) -> Iterator[str]:
    """To the sign-in on a page, 401 from an address for programs; the same for an id that does not exist."""
    cell, asked = look.cell, False
    for place in places_to_try(cell.data_class, cell.surface):
        for one in look.ids_for(place):
            asked, answer = True, look.ask(place, one)
            yield from told_from_nothing(look.visitor, place.path, place.item, one)
            yield from must_sign_in(place.path, answer, api=place.api, http=cell.http)
    if not asked:
        raise NotBuilt(f"an address at which {cell.data_class} could be sought")
    yield from _nothing_shown(look)


def must_sign_in(path: str, answer: Answer, *, api: bool, http: int) -> Iterator[str]:
    """What is wrong with an answer that must ask for the sign-in."""
    if api and answer.status != http:
        yield f"{path} answers {answer.status}, the file says {http}"
    if not api and not (answer.status in REDIRECTS and answer.location == TO_SIGN_IN):
        yield f"{path} answers {answer.status} and does not lead to the sign-in"
