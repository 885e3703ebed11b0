"""The organisations of the made-up world and their workers, made by the commands that real ones are made by."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from django.utils.text import slugify

from manypaths.accounts import factors
from manypaths.accounts.commands import operating, proving
from manypaths.network import commands as network
from manypaths.network.commands import Answers
from manypaths.network.models import Agreement, Community, Membership
from manypaths.network.rules import SYSTEM, Hat, Reader, Role

PASSPHRASE = "paper boats cross the harbor"  # noqa: S105  of a world that is thrown away
HOME, RECEIVER, ELSEWHERE, RESIDENCE, COURT = "home", "receiver", "elsewhere", "residence", "court"
NAMES = {
    HOME: "Lantern House",
    RECEIVER: "Northside",
    ELSEWHERE: "Juniper Place",
    RESIDENCE: "Harbor Row",
    COURT: "Second Circuit",
}
KINDS = {RECEIVER: "clinic", RESIDENCE: "housing", COURT: "probation"}
WRITER = "a clinician who has left"  # no role of a file: wrote the entries, and handed everyone over

# Role of the file: where they work, what they do there, and whether they answer requests.
WORKERS: dict[str, tuple[str, frozenset[Role], bool]] = {
    "peer_assigned": (HOME, frozenset({Role.PEER}), True),
    "peer_unassigned": (HOME, frozenset({Role.PEER}), False),
    "clinician_assigned": (HOME, frozenset({Role.CLINICIAN}), True),
    "clinician_originator": (HOME, frozenset({Role.CLINICIAN}), True),
    WRITER: (HOME, frozenset({Role.CLINICIAN}), True),
    "clinician_colleague": (HOME, frozenset({Role.CLINICIAN}), False),
    "supervisor": (HOME, frozenset({Role.SUPERVISOR}), False),
    "frontdesk": (HOME, frozenset({Role.FRONTDESK}), False),
    "privacy_officer": (HOME, frozenset({Role.PRIVACY_OFFICER}), False),
    "recv_staff": (RECEIVER, frozenset({Role.CLINICIAN}), True),
    "other_org": (ELSEWHERE, frozenset({Role.PEER}), True),
    "ed_physician": (RECEIVER, frozenset({Role.MEDIC}), False),
    "housing": (RESIDENCE, frozenset({Role.PEER}), True),
    "probation": (COURT, frozenset({Role.MONITOR}), False),
}
LEADS = {"org_admin": HOME}
COUNCIL, OPERATOR = "council", "platform_op"  # neither works with anybody


@dataclass
class Worker:
    """One worker: how they sign in, and the reader they are."""

    role: str
    email: str
    name: str
    reader: Reader
    secret: str = ""
    passphrase: str = PASSPHRASE
    codes: list[str] = field(default_factory=list)


@dataclass
class Bodies:
    """The community, its organisations by our word for them, and who works there by the file's word for a role."""

    community: Community
    ids: dict[str, UUID] = field(default_factory=dict)
    workers: dict[str, Worker] = field(default_factory=dict)
    leads: dict[str, Worker] = field(default_factory=dict)

    def works_at(self, role: str) -> str:
        """Our word for the organisation in which a role works; empty for who works in none of them."""
        return LEADS.get(role) or (WORKERS[role][0] if role in WORKERS else "")

    def hire(self, key: str, where: str, roles: frozenset[Role], *, answers: bool, factor: bool = True) -> Worker:
        """The lead invites, the worker accepts and sets up the codes of a second factor."""
        at, lead = datetime.now(UTC), fresh(self.leads[where].reader)
        email, name = f"{slugify(key)}@example.org", f"Zw{slugify(key).replace('-', '').title()} Q."
        code = network.invite_worker(
            email=email, display_name=name, roles=[role.value for role in roles], by=lead, at=at
        )
        worker = _accept(key, code, email, name, self.community, factor=factor)
        if answers and worker.reader.membership_id:
            network.set_member_answers(membership_id=worker.reader.membership_id, answers=True, by=lead, at=at)
            worker.reader = replace(worker.reader, answers_requests=True)
        return worker


def fresh(reader: Reader) -> Reader:
    """The same worker, who proved a moment ago that it is them."""
    return replace(reader, factor_at=datetime.now(UTC))


def open_bodies() -> Bodies:
    """Found the community, let five organisations take part, and hire one worker for each role."""
    made, lead = _found()
    at = datetime.now(UTC)
    for key, name in NAMES.items():
        code = network.invite_organisation(
            name=f"{name} of the check", community_id=made.community.id, email=f"lead.{key}@example.org",
            contact_name=f"Lead {key.title()}", kind=KINDS.get(key, ""), is_another=True, by=fresh(lead.reader), at=at,
        )  # fmt: skip
        assert code is not None
        head = _accept(f"lead_{key}", code, f"lead.{key}@example.org", f"Zwlead{key.title()} Q.", made.community)
        made.leads[key], made.ids[key] = head, _body_of(head)
        _agree(made.community, head, at)
    for role, (where, roles, answers) in WORKERS.items():
        made.workers[role] = made.hire(role, where, roles, answers=answers)
    peer, over = (made.workers[role].reader.membership_id for role in ("peer_assigned", "supervisor"))
    assert peer is not None
    network.set_supervisor(membership_id=peer, supervisor_id=over, by=fresh(made.leads[HOME].reader), at=at)
    made.workers |= {role: made.leads[where] for role, where in LEADS.items()}
    made.workers[COUNCIL] = lead
    return made


def _found() -> tuple[Bodies, Worker]:
    answers = Answers(
        place="Montpelier, VT", name="Community of the check", languages=["en", "es"], coordinator_name="Zwcouncil Q.",
        coordinator_email="council@example.org", privacy_contact="Nobody, 802-555-0100", operator="The check",
    )  # fmt: skip
    founded = network.found_community(answers=answers, by=SYSTEM, at=datetime.now(UTC))
    lead = _accept(COUNCIL, founded.code, "council@example.org", "Zwcouncil Q.", founded.community)
    _agree(founded.community, lead, datetime.now(UTC))
    return Bodies(founded.community), lead


def _agree(community: Community, lead: Worker, at: datetime) -> None:
    agreement = Agreement.objects.filter(language="en").latest("version")
    network.agree_to_participate(
        community_id=community.id, agreement_id=agreement.id, answers_requests=True, by=lead.reader, at=at
    )


def _body_of(worker: Worker) -> UUID:
    assert worker.reader.organisation_id is not None
    return worker.reader.organisation_id


def _accept(key: str, code: str, email: str, name: str, community: Community, *, factor: bool = True) -> Worker:
    at = datetime.now(UTC)
    account = network.accept_with_new_account(
        code=code, display_name=name, passphrase=PASSPHRASE, language="en", by=SYSTEM, at=at
    )
    member = Membership.objects.get(account_id=account.id)
    reader = Reader(
        account_id=account.id, hat=Hat.MEMBER, membership_id=member.id, organisation_id=member.organisation_id,
        community_id=community.id, roles=frozenset(member.roles), factor_at=at, name=name,
    )  # fmt: skip
    worker = Worker(key, email, name, reader)
    if factor:
        _set_up_factor(worker)
    return worker


def _set_up_factor(worker: Worker) -> None:
    account, at = worker.reader.own_account, datetime.now(UTC)
    worker.secret = factors.new_secret()
    first = factors.code_at(worker.secret, factors.step_now() - 1)
    proving.add_app(account_id=account, secret=worker.secret, code=first, by=worker.reader, at=at)
    worker.codes = proving.make_staff_codes(account_id=account, by=worker.reader, at=at)


def let_operate() -> Worker:
    """Who runs the machine, made by the command of the machine. The owner of the tables must be signed in."""
    email, at = "operator@example.org", datetime.now(UTC)
    made = operating.add_operator(email=email, language="en", by=SYSTEM, at=at)
    reader = Reader(account_id=made.account_id, hat=Hat.OPERATOR, factor_at=at)
    worker = Worker(OPERATOR, email, "Zwoperator Q.", reader, passphrase=made.passphrase)
    _set_up_factor(worker)
    return worker
