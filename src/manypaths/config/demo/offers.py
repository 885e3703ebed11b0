"""What the organisations offer, as the directory keeps it: places, hours, room as it was told, and who checked when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from manypaths.config.demo.book import Book
from manypaths.config.demo.content import DAYS, ServiceText, towns
from manypaths.config.demo.houses import House, Offer
from manypaths.directory.models import Hours, Location, RoomReport, SearchGap, Service, Verification
from manypaths.lib.dates import local_date, month_of, next_month
from manypaths.network.models import Community


@dataclass(frozen=True)
class Sort:
    """How a kind of service of ours reads in the shared words of the directory."""

    kind: str
    needs: tuple[str, ...]
    pathways: tuple[str, ...] = ()


SORTS = {
    "recovery_center": Sort("recovery_center", ("talk", "meetings"), ("peer",)),
    "peer_coaching": Sort("peer_support", ("talk",), ("peer",)),
    "phone_support": Sort("warm_line", ("talk",), ("peer",)),
    "respite": Sort("mental_health", ("talk", "mental_health"), ("peer",)),
    "support_group": Sort("mutual_aid", ("meetings", "talk"), ("peer",)),
    "family_support": Sort("family_support", ("family",), ("family",)),
    "parenting": Sort("family_support", ("family",), ("family",)),
    "child_care": Sort("social_services", ("family", "basics")),
    "practical_help": Sort("social_services", ("basics",), ("peer",)),
    "food": Sort("social_services", ("basics",)),
    "shelter": Sort("social_services", ("housing", "basics")),
    "housing_help": Sort("social_services", ("housing",)),
    "recovery_home": Sort("recovery_residence", ("housing",), ("peer",)),
    "transport": Sort("transport", ("ride",)),
    "recreation": Sort("civic", ("talk",), ("own_way",)),
    "volunteering": Sort("civic", ("work", "talk"), ("own_way",)),
    "natural": Sort("civic", ("talk", "work"), ("own_way", "cultural")),
    "youth": Sort("civic", ("talk",), ("peer",)),
    "cultural": Sort("cultural", ("talk", "meetings"), ("cultural",)),
    "faith": Sort("faith", ("talk", "meetings"), ("faith",)),
    "medication": Sort("moud", ("medication",), ("medication", "clinical")),
    "primary_care": Sort("health_center", ("mental_health",), ("clinical",)),
    "dental": Sort("health_center", ("basics",), ("clinical",)),
    "screening": Sort("outpatient", ("treatment", "talk"), ("clinical",)),
    "outpatient": Sort("outpatient", ("treatment", "mental_health"), ("clinical",)),
    "intensive_outpatient": Sort("outpatient", ("treatment",), ("clinical",)),
    "withdrawal": Sort("detox", ("detox",), ("clinical", "medication")),
    "residential": Sort("residential", ("residential", "treatment"), ("clinical",)),
    "harm_reduction": Sort("harm_reduction", ("naloxone",), ("harm_reduction",)),
    "crisis": Sort("mental_health", ("talk", "mental_health"), ("clinical",)),
    "employment": Sort("employment", ("work",)),
    "education": Sort("school", ("work",)),
    "court": Sort("court", ("legal",)),
    "reentry": Sort("court", ("legal", "talk")),
    "legal": Sort("social_services", ("legal",)),
}
PATHWAYS = {
    "twelve_step": ("twelve_step", "peer"),
    "family": ("family", "peer"),
    "movement": ("own_way", "peer"),
    "medication_supportive": ("medication", "peer"),
    "all_pathways": ("peer",),
    "faith": ("faith", "peer"),
}
AUDIENCES = {
    "women": "women",
    "men": "men",
    "pregnant": "pregnant",
    "parents": "children",
    "youth": "youth",
    "students": "young_adults",
    "older": "older",
    "veterans": "veterans",
    "lgbtq": "lgbtq",
    "reentry": "justice",
    "deaf": "deaf",
    "native": "native",
    "families": "family",
}
FEATURES = {
    "telehealth": "telehealth",
    "phone": "telehealth",
    "online": "telehealth",
    "step_free": "step_free",
    "childcare": "child_care",
}
LANGUAGES = {"en", "es", "ase", "ar", "fr"}
MEDICATION = {"welcome": "yes", "provides": "yes", "ask": "conditional", "": "unknown"}
HIDDEN_DOORS = {"recovery_home", "respite"}
WALK_IN = {"recovery_center", "support_group", "food", "shelter", "harm_reduction", "faith", "cultural", "recreation"}
STARTS = {
    "peer_coaching": (
        "Call, text or ask here. A coach answers you, not a machine.",
        "Coffee or a walk. You say where. About half an hour.",
    ),
    "recovery_center": (
        "Walk in. The door is open when we are open.",
        "Somebody says hello and shows you the coffee. That is all.",
    ),
    "medication": ("Call, or come in the morning.", "A talk, a test, and in most cases your first dose the same day."),
    "withdrawal": (
        "Call any time. If there is no place tonight we say so, and who else has one.",
        "A nurse looks after you first. Papers can wait.",
    ),
    "residential": ("Call or ask here. We tell you the true wait.", "A tour and a meal before you decide."),
    "outpatient": (
        "Call or ask here. Evenings are possible.",
        "You tell as much as you want. You can say no to any question.",
    ),
    "recovery_home": (
        "Call or ask here. Come and see the house first.",
        "Meet the people who live there, and look at the room.",
    ),
    "housing_help": (
        "Bring what papers you have. None is fine too.",
        "We make a list together and start on one thing.",
    ),
    "employment": ("Call or ask here.", "A talk about what you like and what you will not do."),
    "mutual_aid": ("Come. You do not need to sign up.", "You can sit by the door, listen, and leave when you like."),
    "family_support": (
        "Call or come. The person you love does not have to know.",
        "You will not be told to leave anybody.",
    ),
}
GAP_WEIGHTS = {
    ("housing", "no_room"): 9,
    ("housing", "nothing_found"): 2,
    ("residential", "no_room"): 6,
    ("detox", "no_room"): 5,
    ("treatment", "no_room"): 4,
    ("ride", "nothing_found"): 6,
    ("mental_health", "no_room"): 5,
    ("medication", "nothing_found"): 2,
    ("family", "nothing_found"): 2,
    ("work", "nothing_found"): 2,
    ("legal", "no_room"): 3,
    ("basics", "nothing_found"): 1,
}


def open_offers(book: Book, houses: list[House]) -> None:
    """Write every service and meeting of every organisation."""
    for house in houses:
        spots: dict[tuple[str, str], UUID] = {}
        for text in house.text.services:
            _open_offer(book, house, text, spots)


def _open_offer(book: Book, house: House, text: ServiceText, spots: dict[tuple[str, str], UUID]) -> None:
    sort = _sort(house, text)
    town = towns()[text.town or house.text.town]
    is_online = "online" in text.marks or text.venue == "online"
    service = Service(
        id=book.chance.uid(),
        organisation_id=house.id,
        name=text.name,
        kind=sort.kind,
        description=text.words,
        location_id=None if is_online else _spot(book, house, text, spots),
        venue=_venue(text, is_online),
        needs=_needs(text, sort),
        pathways=list(PATHWAYS.get(text.pathway, ("secular", "peer")) if text.is_meeting else sort.pathways),
        costs=list(text.costs),
        languages=[one for one in text.languages if one in LANGUAGES],
        audiences=_codes(text, AUDIENCES),
        features=_features(text),
        medication=MEDICATION[text.medication],
        phone=house.phone,
        zone=book.zone,
        changed_at=house.joined_at,
    )
    service.how_to_start, service.first_visit = STARTS.get(text.kind, ("", ""))
    _tell_room(book, house, text, service)
    _check(book, house, service)
    book.add(service)
    for span in text.hours:
        for day in span.days:
            closes = span.closes if span.closes > span.opens else span.closes + 1440
            book.add(Hours(service_id=service.id, weekday=DAYS.index(day), opens=span.opens, closes=closes))
    house.offers.append(Offer(service.id, text, house, sort.kind, "" if is_online else town.county))
    who = house.workers[0].reader
    book.act("directory.service_added", who, house.joined_at, service.id)


def _sort(house: House, text: ServiceText) -> Sort:
    if text.is_meeting:
        return Sort("mutual_aid", ("meetings",))
    if house.text.kind == "hospital" and text.kind == "crisis":
        return Sort("hospital", ("detox", "medication"), ("clinical",))
    return SORTS[text.kind]


def _needs(text: ServiceText, sort: Sort) -> list[str]:
    return [*sort.needs, *(["family"] if text.pathway == "family" else [])]


def _codes(text: ServiceText, table: dict[str, str]) -> list[str]:
    return sorted({table[mark] for mark in text.marks if mark in table})


def _features(text: ServiceText) -> list[str]:
    found = set(_codes(text, FEATURES))
    if text.is_meeting or text.kind in WALK_IN:
        found.add("walk_in")
    if text.kind in {"peer_coaching", "recovery_center"}:
        found.add("coach")
    return sorted(found)


def _venue(text: ServiceText, is_online: bool) -> str:
    if is_online:
        return Service.Venue.ONLINE.value
    return (Service.Venue.BOTH if {"telehealth", "phone"} & set(text.marks) else Service.Venue.IN_PERSON).value


def _spot(book: Book, house: House, text: ServiceText, spots: dict[tuple[str, str], UUID]) -> UUID:
    """One address for each door; where people live, the town alone is shown."""
    hidden = text.kind in HIDDEN_DOORS
    key = (text.town or house.text.town, text.venue or ("home" if hidden else house.text.street))
    if key not in spots:
        town, chance = towns()[key[0]], book.chance
        near = (0.0, 0.0) if hidden else (chance.uniform(-0.011, 0.011), chance.uniform(-0.014, 0.014))
        if house.text.name.startswith("Lantern"):
            near = (0.0003, 0.0003)
        spots[key] = chance.uid()
        book.add(
            Location(
                id=spots[key],
                organisation_id=house.id,
                address_1="" if hidden else key[1],
                city=town.name,
                state="VT",
                postal_code=town.zip_code,
                county_fips=town.county,
                latitude=round(town.latitude + near[0], 5),
                longitude=round(town.longitude + near[1], 5),
                is_exact=not hidden,
                visibility=(Location.Visibility.TOWN if hidden else Location.Visibility.PUBLIC).value,
            )
        )
    return spots[key]


def _tell_room(book: Book, house: House, text: ServiceText, service: Service) -> None:
    """What they said about room, time and again; the newest stands on the service. Some never said."""
    chance = book.chance
    if not text.room or (text.is_meeting and chance.maybe(0.3)) or (not house.text.answers and chance.maybe(0.3)):
        return
    newest = book.now - (chance.days(0.1, 6) if house.text.answers else chance.days(3, 60))
    at, reports = max(newest, house.joined_at), list[RoomReport]()
    teller = chance.choice(house.answering or house.workers)
    while at >= house.joined_at and len(reports) < 9:
        room, places, wait = (
            _room(text.room) if not reports or chance.maybe(0.6) else _room(chance.choice(("yes", "full", "wait:20")))
        )
        reports.append(
            RoomReport(
                service_id=service.id,
                room=room,
                places=places,
                wait_days=wait,
                membership_id=teller.membership_id,
                at=at,
            )
        )
        at -= chance.days(4, 70)
    service.room, service.room_places, service.room_wait_days = reports[0].room, reports[0].places, reports[0].wait_days
    service.room_as_of = reports[0].at
    for report in reversed(reports):
        book.add(report)


def _room(text: str) -> tuple[str, int | None, int | None]:
    word, _colon, number = text.partition(":")
    if word == "wait":
        return Service.Room.WAITLIST.value, None, int(number)
    if word == "full":
        return Service.Room.FULL.value, None, None
    return Service.Room.OPEN.value, int(number) if number else None, None


def _check(book: Book, house: House, service: Service) -> None:
    """Who looked whether the listing is right: the place itself, or a volunteer of the network."""
    chance = book.chance
    if chance.maybe(0.05):
        return
    at, checks = book.now - chance.days(0.3, 45 if house.text.answers else 120), list[Verification]()
    while len(checks) < chance.choice((1, 2, 3, 4)) and at > house.joined_at:
        own = house.text.answers or chance.maybe(0.5)
        outcome = "right" if not checks else chance.pick({"right": 6, "changed": 2, "not_reached": 1})
        checks.append(
            Verification(
                service_id=service.id,
                outcome=outcome,
                by_name=house.text.name if own else "Green Hollow Recovery Network",
                membership_id=house.workers[0].membership_id if own else None,
                at=at,
            )
        )
        at -= chance.days(20, 160)
    for check in reversed(checks):
        book.add(check)
    if checks:
        service.verified_at, service.verified_by = checks[0].at, checks[0].by_name


def note_gaps(book: Book, community: Community) -> None:
    """Searches that found nothing, month by month, without words and without anyone."""
    month = month_of(local_date(community.founded_at + timedelta(days=20), book.zone))
    last = month_of(local_date(book.now, book.zone))
    number = 0
    while month <= last:
        _gaps_of(book, community, month, 0.6 + number * 0.08)
        month, number = next_month(month), number + 1


def _gaps_of(book: Book, community: Community, month: date, busy: float) -> None:
    for (need, cause), weight in GAP_WEIGHTS.items():
        for area, share in (("50023", 1.0), ("50015", 0.5), ("50017", 0.45)):
            times = round(weight * share * busy * book.chance.uniform(0.5, 1.9))
            if times:
                book.add(
                    SearchGap(community_id=community.id, need=need, area=area, cause=cause, month=month, times=times)
                )


def stands_since(house: House, at: datetime) -> bool:
    """True when a place already took part at an instant."""
    return house.joined_at + timedelta(days=2) < at
