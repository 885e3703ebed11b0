"""The organisations that take part, the people who work there, and since when."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from manypaths.accounts.models import User
from manypaths.config.demo.book import Book
from manypaths.config.demo.content import PlaceText, ServiceText
from manypaths.network.models import Agreement, Community, Membership, Organisation, Participation
from manypaths.network.rules import SYSTEM, Hat, Reader, Role, sort_key

CLINICAL = {"treatment", "health_center", "hospital", "mental_health"}
PACE = {"same_day": 3, "steady": 5, "slow": 3, "often_silent": 1}
FIRST_NAMES = (
    "Aiyana Alex Amara Beth Brook Caleb Carla Chris Dawn Devon Eli Elena Gabe Grace Greta Hugo Ines Jamal Jan Joy Juan "
    "Kara Keith Kofi Leah Lena Lorna Luis Maeve Malik Marta Meg Mia Nadia Nate Nora Owen Paul Petra Priya Rafael Rene "
    "Rita Rosalie Rowan Ruben Sana Sean Simone Tariq Tasha Tom Tove Vera Vince Wanda Yara Zack"
).split()
UNUSABLE = "!"
WOMENS_NAMES = (
    "Ada Beth Carla Dawn Elena Grace Ines Joy Kara Leah Maeve Nadia Petra Rita Simone Tasha Vera Yara".split()
)
WOMENS_PLACES = ("Juniper House", "Cedar and Quilt", "Her Own Voice", "Wren")
HELP_NUMBER = 42
LETTERS = "ABCDEFGHJKLMNOPRSTVWZ"


@dataclass(frozen=True)
class Worker:
    """One member of an organisation, and the hat they wear."""

    membership_id: UUID
    account_id: UUID
    email: str
    name: str
    title: str
    roles: tuple[str, ...]
    reader: Reader
    lead: "Worker | None" = None

    def has(self, *roles: Role) -> bool:
        return bool({role.value for role in roles} & set(self.roles))


@dataclass
class Offer:
    """One service that people can ask for, and how it goes there."""

    id: UUID
    text: ServiceText
    house: "House"
    kind: str
    area: str


@dataclass
class House:
    """One organisation that takes part."""

    id: UUID
    text: PlaceText
    phone: str
    joined_at: datetime
    pace: str
    workers: list[Worker] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)

    @property
    def answering(self) -> list[Worker]:
        return [one for one in self.workers if one.reader.answers_requests]

    @property
    def walking(self) -> list[Worker]:
        """Those who may say yes and walk with someone."""
        return [one for one in self.answering if one.has(Role.PEER, Role.CLINICIAN)]

    @property
    def leads(self) -> list[Worker]:
        return [one for one in self.workers if one.has(Role.SUPERVISOR, Role.COORDINATOR)]


def open_houses(book: Book, community: Community, agreement: Agreement, texts: tuple[PlaceText, ...]) -> list[House]:
    """Invite every organisation, let it agree, and let its workers begin."""
    return [_open_house(book, community, agreement, text, number) for number, text in enumerate(texts)]


def _open_house(book: Book, community: Community, agreement: Agreement, text: PlaceText, number: int) -> House:
    chance = book.chance
    early = number < 12 or chance.maybe(0.6)
    joined = community.founded_at + (chance.days(1, 20) if early else chance.days(25, 330))
    pace = "same_day" if number == 0 or text.online else chance.pick(PACE)
    house = House(chance.uid(), text, _phone(number), chance.work_time(joined, book.zone), pace)
    book.add(
        Organisation(
            id=house.id,
            name=text.name,
            sort_name=sort_key(text.name),
            kind=text.kind,
            description=text.about,
            part2_posture=text.part2,
            created_at=house.joined_at - timedelta(days=9),
            website=f"https://{_slug(text.name)}.example.org/",
            email=f"hello@{_slug(text.name)}.example.org",
        )
    )
    _hire(book, house, community)
    admin = next(one for one in house.workers if one.has(Role.ORG_ADMIN))
    book.add(
        Participation(
            id=chance.uid(),
            community_id=community.id,
            organisation_id=house.id,
            agreement_id=agreement.id,
            invited_at=house.joined_at - timedelta(days=8),
            agreed_at=house.joined_at,
            agreed_by_id=admin.account_id,
            answers_requests=text.answers,
        )
    )
    book.act("network.agreed", admin.reader, house.joined_at, house.id)
    return house


def _phone(number: int) -> str:
    """A number that nobody has. The first place has the number that the demonstration shows for help."""
    last = {0: HELP_NUMBER, HELP_NUMBER: 0}.get(number, number)
    return f"802-555-{100 + last:04d}"


# The people whose sign-ins the demonstration shows.
CAST = {
    "Lantern House Recovery Center": {
        Role.ORG_ADMIN: "Marta B.",
        Role.SUPERVISOR: "Tom W.",
        Role.PEER: "Dee R.",
        Role.FRONTDESK: "Joy K.",
        Role.PRIVACY_OFFICER: "Hugo L.",
    },
    "Green Hollow Recovery Network": {Role.ORG_ADMIN: "Priya N."},
}


def _hire(book: Book, house: House, community: Community) -> None:
    """One who runs the place; and where people answer, a lead, two or three who walk along, and a front desk."""
    chance, cast = book.chance, CAST.get(house.text.name, {})
    walker = Role.CLINICIAN if house.text.kind in CLINICAL else Role.PEER
    heads = {Role.ORG_ADMIN, *([Role.COORDINATOR] if house.text.kind == "coordination" else [])}
    _add_worker(book, house, community, heads, name=cast.get(Role.ORG_ADMIN, ""))
    if not house.text.answers:
        return
    leads = {Role.SUPERVISOR, walker}
    lead = _add_worker(book, house, community, leads, answers=True, name=cast.get(Role.SUPERVISOR, ""))
    for number in range(2 if cast else chance.choice((1, 2, 2))):
        name = cast.get(walker, "") if number == 0 else ""
        _add_worker(book, house, community, {walker}, answers=True, lead=lead, name=name)
    if house.text.kind in CLINICAL:
        _add_worker(book, house, community, {Role.PEER}, answers=True, lead=lead)
    if house.text.kind in CLINICAL or cast:
        _add_worker(book, house, community, {Role.PRIVACY_OFFICER}, name=cast.get(Role.PRIVACY_OFFICER, ""))
    if cast or (len(house.workers) < 5 and chance.maybe(0.6)):
        _add_worker(book, house, community, {Role.FRONTDESK}, answers=True, name=cast.get(Role.FRONTDESK, ""))


TITLES = {
    Role.COORDINATOR: "Network coordinator",
    Role.ORG_ADMIN: "Runs the place",
    Role.SUPERVISOR: "Team lead",
    Role.PEER: "Peer recovery coach",
    Role.CLINICIAN: "Counselor",
    Role.FRONTDESK: "Front desk",
    Role.PRIVACY_OFFICER: "Answers privacy questions",
}


def _title(roles: set[Role]) -> str:
    return next(words for role, words in TITLES.items() if role in roles)


def _add_worker(
    book: Book,
    house: House,
    community: Community,
    roles: set[Role],
    *,
    answers: bool = False,
    lead: Worker | None = None,
    name: str = "",
) -> Worker:
    title = _title(roles)
    taken = {one.name for one in house.workers}
    while not name or name in taken:
        names = WOMENS_NAMES if house.text.name.startswith(WOMENS_PLACES) else FIRST_NAMES
        name = f"{book.chance.choice(names)} {book.chance.choice(LETTERS)}."
    since = house.joined_at - timedelta(days=book.chance.randrange(1, 6))
    account = _staff_account(book, house, name, since)
    kinds = sorted(role.value for role in roles)
    membership_id = book.chance.uid()
    reader = Reader(
        account_id=account.id,
        hat=Hat.MEMBER,
        membership_id=membership_id,
        organisation_id=house.id,
        community_id=community.id,
        roles=frozenset(kinds),
        answers_requests=answers,
        name=name,
    )
    book.add(
        Membership(
            id=membership_id,
            account_id=account.id,
            organisation_id=house.id,
            display_name=name,
            title=title,
            roles=kinds,
            supervisor_id=lead.membership_id if lead else None,
            answers_requests=answers,
            started_at=since,
        )
    )
    worker = Worker(membership_id, account.id, account.email, name, title, tuple(kinds), reader, lead)
    house.workers.append(worker)
    book.act("network.invitation_accepted", reader, since, membership_id)
    return worker


def _staff_account(book: Book, house: House, name: str, at: datetime) -> User:
    first, last = name.casefold().rstrip(".").split()
    shown = name in CAST.get(house.text.name, {}).values()
    number = "" if shown else f".{len(house.workers) + 1}"
    domain = "-".join(_slug(house.text.name).split("-")[:2]) if shown else _slug(house.text.name)
    email = f"{first}.{last}{number}@{domain}.example.org"
    account = User(
        id=book.chance.uid(), kind=User.Kind.STAFF, username=email, email=email, password=UNUSABLE, date_joined=at
    )
    book.add(account)
    book.act("accounts.staff_made", SYSTEM, at, account.id)
    return account


def _slug(name: str) -> str:
    plain = sort_key(name).replace("'", "")
    return "-".join("".join(char if char.isalnum() else " " for char in plain).split())[:40]
