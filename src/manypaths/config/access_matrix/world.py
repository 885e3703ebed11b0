"""The made-up world as the cells ask for it: persons in each state of consent, and browsers that are signed in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from manypaths.config.access_matrix import persons
from manypaths.config.access_matrix.bodies import HOME, RECEIVER, RESIDENCE, Bodies, Worker
from manypaths.config.access_matrix.persons import LONG_AGO, WALKERS, Someone, ask, be_taken_up, close, grant_of
from manypaths.config.access_matrix.sharing import FAMILY, FORMER, refuse_unknown_share, stage_shares
from manypaths.config.access_matrix.visitor import Visitor
from manypaths.config.access_matrix.words import NotBuilt
from manypaths.directory.commands import listings
from manypaths.referrals import commands as referrals

SHOWN = "shared_peer"
SHOWN_ALONE = frozenset({"checkin", "messages"})  # what a person shows to one worker and to nobody else
OUTSIDE = (RECEIVER, RESIDENCE)
EMERGENCIES = frozenset({"emergency_complete", "emergency_incomplete"})
NO_REQUEST = frozenset({"tpo_active", "tpo_no_relationship", "notes_consent", "cj_referral", "restricted"})
AT_DESK = "at_desk"  # the person stands at the desk of the home organisation and opened their page to it
NOBODY = frozenset({"none", "n/a", "private", SHOWN, "named_other_recipient", AT_DESK}) | EMERGENCIES
PERSONS = frozenset({"person", "other_person", "family", "ex_partner"})
OTHER = "somebody else"


@dataclass
class World:
    """Everyone, and the site on which they are."""

    site: str
    bodies: Bodies
    listing: str = "Zqlisting of the check"
    service: str = ""
    known: dict[str, Someone] = field(default_factory=dict)
    browsers: dict[str, Visitor] = field(default_factory=dict)

    def list_a_service(self) -> None:
        """The lead of the home organisation lists something that anybody may read."""
        words = listings.Words(name=self.listing, kind="mutual_aid", zone="America/New_York", phone="802-555-0142")
        by = self.bodies.leads[HOME].reader
        made = listings.add_service(words=words, place=None, hours=(), by=by, at=datetime.now(UTC))
        self.service = str(made)

    def someone(self, state: str) -> Someone:
        """The person whose consents are in this state, made when they are first asked for."""
        if state not in self.known:
            self.known[state] = self._live(state)
        return self.known[state]

    def another(self, key: str) -> Someone:
        """One more person who agreed to nothing that holds, to whom something may happen."""
        if key not in self.known:
            self.known[key] = self._live("none")
        return self.known[key]

    def one_more(self, state: str) -> tuple[str, Someone]:
        """One more person in this state, for a cell that changes it; and the key under which they are known."""
        someone = self._live(state)
        key = f"{state} of {someone.record}"
        self.known[key] = someone
        return key, someone

    def _live(self, state: str) -> Someone:
        someone = persons.join()
        if state not in (FAMILY, FORMER):
            for role in WALKERS if state != OTHER else ("clinician_assigned",):
                close(be_taken_up(someone, self.bodies, role), self.bodies, role)
            self._stage(someone, state)
            stage_shares(self, someone, state)
            if state == AT_DESK:
                persons.open_to_desk(someone)
            someone.items["referral"] = list(someone.asked.values())[-1]
            grants = [grant_of(someone, request) for request in someone.asked.values()]
            someone.items |= {f"agreed {role}": one for role, one in someone.agreed.items()}
            someone.items["grant"] = next(one for one in reversed(grants) if one is not None)
        return someone

    def _stage(self, someone: Someone, state: str) -> None:
        """Bring the consents into this state, at every place outside that a reader of a cell may work for."""
        for where in () if state in {*NOBODY, OTHER} | NO_REQUEST else OUTSIDE:
            at = datetime.now(UTC) - (LONG_AGO if state == "expired" else LONG_AGO * 0)
            request = ask(someone, self.bodies, where, at, send=state != "draft")
            if state == "revoked":
                referrals.stop_sharing(referral_id=request, by=someone.reader, at=datetime.now(UTC))
            if state == "blocked":
                referrals.shut_out(organisation_id=self.bodies.ids[where], by=someone.reader, at=datetime.now(UTC))
        if state == "blocked":
            referrals.shut_out(organisation_id=self.bodies.ids[HOME], by=someone.reader, at=datetime.now(UTC))
        if state == SHOWN:
            persons.show_check_in(someone, self.bodies)
        if state == "named_other_recipient":
            ask(someone, self.bodies, "elsewhere", datetime.now(UTC))

    def worker(self, role: str) -> Worker:
        return self.bodies.workers[role]

    def browser(self, role: str, state: str) -> Visitor:
        """A browser in which this role is signed in, the second factor proved."""
        if role == "anon":
            return Visitor(self.site)
        if role in PERSONS:
            which = {"person": state, "other_person": OTHER, "family": FAMILY, "ex_partner": FORMER}[role]
            return self.of_person(which)
        return self._kept(role, lambda: self.signed_in_worker(self.worker(role)))

    def of_person(self, state: str) -> Visitor:
        """A browser of the person in this state."""
        return self._kept(f"person {state}", lambda: self.signed_in_person(self.someone(state)))

    def _kept(self, key: str, make: Callable[[], Visitor]) -> Visitor:
        if key not in self.browsers:
            self.browsers[key] = make()
        return self.browsers[key]

    def signed_in_person(self, someone: Someone, device: str = "own") -> Visitor:
        """A new browser in which a person signs in."""
        visitor = Visitor(self.site)
        _enter(visitor, someone.username, persons.PASSPHRASE, device)
        return visitor

    def signed_in_worker(self, worker: Worker, *, code: str | None = None, prove: bool = True) -> Visitor:
        """A new browser in which a worker signs in and proves the second factor, with a code for emergencies."""
        visitor = Visitor(self.site)
        _enter(visitor, worker.email, worker.passphrase, "shared")
        if prove:
            used = visitor.post("/second", {"code": code or worker.codes.pop()}, page="/second")
            if used.status not in (302, 303):
                raise AssertionError(f"{worker.role} could not prove the second factor: {used.status}")
        return visitor

    def record_beside(self, role: str, someone: Someone) -> str:
        """The record of a person that a role would be beside: the one of their own assignment, else the peer's."""
        if someone.held:
            return str(someone.held.get(role) or next(iter(someone.held.values())))
        return str(someone.record)

    def request_for(self, role: str, someone: Someone) -> str:
        """The request that a role would read: the one to their organisation, else the last that was sent."""
        if role not in self.bodies.workers:
            return str(someone.items["referral"])
        return str(someone.asked.get(self.bodies.works_at(role), someone.items["referral"]))


def _enter(visitor: Visitor, name: str, passphrase: str, device: str) -> None:
    answer = visitor.post("/enter", {"name": name, "passphrase": passphrase, "device": device})
    if answer.status not in (302, 303):
        raise AssertionError(f"{name} could not sign in: {answer.status}")


def refuse_unknown_state(role: str, state: str, data_class: str) -> None:
    """States that no consent of this version can be in, for this reader and class.

    Refuses: NotBuilt, which names the part.
    """
    outside = {"recv_staff", "housing", "other_org", "probation"}
    if state == SHOWN and data_class not in SHOWN_ALONE:
        raise NotBuilt(f"sharing {data_class} with the assigned peer alone")
    refuse_unknown_share(role, state, data_class)
    if role == "other_org" and state not in NOBODY:
        raise NotBuilt("a state of consent of an organisation with no consent")
    if state == "named_other_class" and data_class == "referral_task":
        raise NotBuilt("a consent for a part of a request")
    if (
        role not in {*outside, *PERSONS, "anon"}
        and state not in {*NOBODY, "blocked"}
        and not state.startswith("emergency")
    ):
        raise NotBuilt("a consent of the person for their own organisation's workers")
