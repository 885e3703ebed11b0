"""Who is asking, and what their roles allow. Pure."""

import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from manypaths.lib.refusals import NotThere, Reason

FRESH_FACTOR = timedelta(minutes=5)


class Hat(StrEnum):
    """In which capacity someone asks. One request wears exactly one hat."""

    ANON = "anon"
    PERSON = "person"
    MEMBER = "member"
    OPERATOR = "operator"
    SYSTEM = "system"


class Role(StrEnum):
    """What a worker does in an organisation. What each may open is data: `roles.json`."""

    PEER = "peer"
    CLINICIAN = "clinician"
    SUPERVISOR = "supervisor"
    FRONTDESK = "frontdesk"
    COORDINATOR = "coordinator"
    ORG_ADMIN = "org_admin"
    PRIVACY_OFFICER = "privacy_officer"
    VOLUNTEER = "volunteer"
    FACILITATOR = "facilitator"
    FISCAL = "fiscal"
    MEDIC = "medic"
    MONITOR = "monitor"


VOUCHING = (Role.FRONTDESK, Role.PEER, Role.SUPERVISOR, Role.COORDINATOR, Role.ORG_ADMIN)

OPENING_REQUESTS = (Role.PEER, Role.CLINICIAN, Role.SUPERVISOR, Role.FRONTDESK)
TAKING_UP = (Role.PEER, Role.CLINICIAN)


@dataclass(frozen=True)
class Reader:
    """Everything the house knows about who asks: account, one hat, organisation, and how fresh their factor is."""

    account_id: UUID | None = None
    hat: Hat = Hat.ANON
    person_id: UUID | None = None
    record_id: UUID | None = None
    membership_id: UUID | None = None
    organisation_id: UUID | None = None
    community_id: UUID | None = None
    roles: frozenset[str] = field(default_factory=frozenset)
    answers_requests: bool = False
    factor_at: datetime | None = None
    language: str = "en"
    name: str = ""

    @property
    def is_signed_in(self) -> bool:
        return self.account_id is not None

    @property
    def own_account(self) -> UUID:
        """The account of someone signed in. Refuses: NotThere for anybody else."""
        if self.account_id is None:
            raise NotThere
        return self.account_id

    @property
    def is_person(self) -> bool:
        return self.hat is Hat.PERSON

    @property
    def is_member(self) -> bool:
        return self.hat is Hat.MEMBER

    @property
    def is_operator(self) -> bool:
        """True for who runs the machine: an account of no organisation, which opens nothing about anyone."""
        return self.hat is Hat.OPERATOR

    def has_role(self, *roles: Role) -> bool:
        """True when the reader holds at least one of the roles in the organisation whose hat they wear."""
        return any(role.value in self.roles for role in roles)

    def in_community(self, community_id: UUID) -> "Reader":
        """The same reader, looking at another community."""
        return replace(self, community_id=community_id)


ANONYMOUS = Reader()
SYSTEM = Reader(hat=Hat.SYSTEM)


def factor_is_fresh(reader: Reader, at: datetime) -> bool:
    """True when the reader proved themself at most five minutes before `at`."""
    return reader.factor_at is not None and at - reader.factor_at <= FRESH_FACTOR


def reasons_not_proved(reader: Reader, at: datetime) -> Iterator[Reason]:
    """Why an act that needs a proof of at most five minutes waits."""
    if not factor_is_fresh(reader, at):
        yield Reason("prove_again", _("Prove once more that it is you, then try again."))


def sort_key(name: str) -> str:
    """A name as it is sorted: lower case, accents taken off, leading articles kept."""
    plain = unicodedata.normalize("NFKD", name)
    return "".join(char for char in plain if not unicodedata.combining(char)).casefold().strip()


# Inviting, agreeing, leaving. Sensitive acts need a proof of at most five minutes (R14).

INVITED_FOR = timedelta(days=7)
KNOWN_ROLES = frozenset(role.value for role in Role)


def may_coordinate(reader: Reader) -> bool:
    """True for a coordinator at work. Whether it is for this community is a fact of the tables."""
    return reader.is_member and reader.has_role(Role.COORDINATOR)


def may_lead_organisation(reader: Reader) -> bool:
    """True for whoever keeps an organisation's people and promises in order."""
    return reader.is_member and reader.has_role(Role.ORG_ADMIN)


def reasons_not_to_speak_for_organisation(reader: Reader) -> Iterator[Reason]:
    """Why this reader cannot say what their organisation does: answer here, leave."""
    if not may_lead_organisation(reader):
        yield Reason("not_a_lead", _("Ask someone who leads your organization here to do this."))


def reasons_not_to_keep_people(reader: Reader, at: datetime) -> Iterator[Reason]:
    """Why this reader cannot change anything about the workers of their organisation now."""
    yield from reasons_not_to_speak_for_organisation(reader)
    if may_lead_organisation(reader) and not factor_is_fresh(reader, at):
        yield Reason("prove_again", _("Prove once more that it is you, then try again."))


def reasons_not_to_change_people(reader: Reader, roles: frozenset[str], at: datetime) -> Iterator[Reason]:
    """Why this reader cannot invite a worker with these roles, or give them these roles."""
    yield from reasons_not_to_keep_people(reader, at)
    if not roles or not roles <= KNOWN_ROLES:
        yield Reason("no_role", _("Choose at least one role."), "roles")
    elif Role.COORDINATOR in roles and not reader.has_role(Role.COORDINATOR):
        yield Reason("not_yours_to_give", _("Only a coordinator can make someone a coordinator."), "roles")


def reasons_not_to_change_roles(
    reader: Reader, membership_id: UUID, roles: frozenset[str], at: datetime
) -> Iterator[Reason]:
    """Why this reader cannot give a worker these roles. Nobody changes their own: an organisation keeps its lead."""
    if membership_id == reader.membership_id:
        yield Reason("not_yourself", _("Ask another lead of your organization to change what you do."))
    yield from reasons_not_to_change_people(reader, roles, at)


def roles_after_change(reader: Reader, held: frozenset[str], chosen: frozenset[str]) -> frozenset[str]:
    """The roles a worker has after the change: only a coordinator takes the coordinator's role from someone."""
    kept = frozenset() if reader.has_role(Role.COORDINATOR) else held & {Role.COORDINATOR.value}
    return chosen | kept


def may_open_requests(roles: Collection[str]) -> bool:
    """True for roles that may open what people send along with a request."""
    return any(role.value in roles for role in OPENING_REQUESTS)


def reasons_not_to_answer(reader: Reader, roles: Collection[str], at: datetime) -> Iterator[Reason]:
    """Why this reader cannot let a worker with these roles answer: nobody answers what they may not open."""
    yield from reasons_not_to_keep_people(reader, at)
    if not may_open_requests(roles):
        yield Reason("cannot_open", _("Their role opens no requests, so they cannot answer any."))


def reasons_not_to_supervise(
    reader: Reader, membership_id: UUID, supervisor: tuple[UUID, Collection[str]] | None, at: datetime
) -> Iterator[Reason]:
    """Why this reader cannot say who supervises a worker. `supervisor`: who is named and their roles; None: nobody.

    Whoever supervises reads what the worker writes down. Nobody gives that to themself: administering is not reading.
    """
    yield from reasons_not_to_keep_people(reader, at)
    if supervisor is None:
        return
    named, roles = supervisor
    if Role.SUPERVISOR not in roles or named == membership_id:
        yield Reason("no_supervisor", _("Choose another worker here who is a supervisor."), "supervisor")
    elif named == reader.membership_id:
        yield Reason("not_yourself", _("Ask another lead of your organization to name you."), "supervisor")


def reasons_not_to_end(reader: Reader, membership_id: UUID, at: datetime) -> Iterator[Reason]:
    """Why this reader cannot end a worker's place in the organisation, whatever the worker does there."""
    if membership_id == reader.membership_id:
        yield Reason("not_yourself", _("Ask another lead of your organization to end your own access."))
    yield from reasons_not_to_keep_people(reader, at)


def reasons_not_to_take_over(roles: Collection[str], *, same: bool) -> Iterator[Reason]:
    """Why a worker with these roles cannot walk with the people of another."""
    if same:
        yield Reason("same_worker", _("Choose someone else: these people are with them already."), "to")
    elif not any(role.value in roles for role in TAKING_UP):
        yield Reason("cannot_walk", _("Choose a coach or a clinician. Only they walk with someone."), "to")


def reasons_nobody_is_handed_over(handed: int) -> Iterator[Reason]:
    """Why nothing happened: who is left must not be seen by the one who was chosen, or has gone meanwhile."""
    if not handed:
        yield Reason("nobody_to_hand_over", _("Nobody could be handed over to them. Choose someone else."), "to")


def reasons_not_to_invite(*, alike: bool, is_chosen: bool, takes_part: bool) -> Iterator[Reason]:
    """Why an organisation cannot be invited now: it may be listed already, or takes part. Two rows for one organisation
    would leave its services with the one that nobody can ask."""
    if alike and not is_chosen:
        message = _("The directory lists a name like this. Choose it, or say that yours is another one.")
        yield Reason("listed_already", message, "listed")
    if takes_part:
        yield Reason("takes_part", _("This organization takes part already."), "listed")


def reasons_not_to_agree(reader: Reader, *, already: bool, left: bool) -> Iterator[Reason]:
    """Why this reader's organisation cannot agree to take part now."""
    yield from reasons_not_to_speak_for_organisation(reader)
    if already:
        yield Reason("agreed_already", _("Your organization takes part already."))
    if left:
        yield Reason("has_left", _("Your organization has left. Ask the coordinator for a new invitation."))
