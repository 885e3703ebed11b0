"""Composes the whole made-up community as a book, and writes it: all of it, or nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from manypaths.config.demo import agreements, entries, folk, houses, loading, offers, reviews, signs
from manypaths.config.demo.asking import Ground
from manypaths.config.demo.book import Book
from manypaths.config.demo.chance import Chance
from manypaths.config.demo.checkins import Questions
from manypaths.config.demo.content import PlaceText, places
from manypaths.config.demo.crowd import Crowd
from manypaths.config.demo.houses import House
from manypaths.config.demo.maria import Maria
from manypaths.consent.models import Text
from manypaths.network.models import Agreement, Community
from manypaths.network.rules import SYSTEM
from manypaths.outcomes import queries as outcomes
from manypaths.people.finding import index_what_is_not

SEED = 20_261_122
PEOPLE = 400
HISTORY = timedelta(days=548)
ZONE = "America/New_York"
NAME = "Green Hollow Recovery Network"
INES_WANTS = "Quiero una cocina mía, la radio encendida y a mis hijos en la mesa los domingos."
INES_ASKED = (
    "Acompañamiento entre pares",
    "Ayuda con trámites",
    "Familias en el camino",
    "Papers for a lease",
    "Medication by video",
)
DESK = PlaceText(
    NAME,
    "coordination",
    "Montpelier",
    "1 Hollow Square",
    "The people who keep the network together.",
    False,
    "no",
    False,
)


class NotEmpty(Exception):
    """This database holds a community that is not the demonstration."""


@dataclass(frozen=True)
class Loaded:
    """What migrations put into an empty database and the story refers to."""

    agreement: Agreement
    texts: dict[str, Text]
    questions: Questions


@dataclass(frozen=True)
class Story:
    """Everything that was made up, before it is written."""

    book: Book
    community: Community
    houses: list[House]
    crowd: Crowd
    accounts_of: dict[str, UUID]


def what_is_loaded() -> Loaded:
    """Read the agreement, the consent texts and the questionnaire of an empty database."""
    version = outcomes.instrument_version(instrument="barc-10")
    texts = {
        language: Text.objects.filter(key="request", language=language).order_by("-version")[0]
        for language in ("en", "es")
    }
    agreement = Agreement.objects.filter(language="en").order_by("-version")[0]
    return Loaded(agreement, texts, Questions(version, outcomes.definition(version)))


def compose(
    loaded: Loaded,
    at: datetime,
    *,
    people: int = PEOPLE,
    seed: int = SEED,
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> Story:
    """Make up everything. The same seed, instant and loaded texts make the same story. `told` hears of each person."""
    book = Book(Chance(seed), at.replace(microsecond=0), ZONE)
    community = _community(book)
    all_houses = houses.open_houses(book, community, loaded.agreement, (*places(), DESK))
    offers.open_offers(book, all_houses)
    offers.note_gaps(book, community)
    crowd = Crowd(Ground(book, community, loaded.texts), all_houses, loaded.questions)
    crowd.live(people, told)
    cast = _cast(crowd, all_houses)
    entries.write_down(crowd.requests)
    reviews.say_not_right(book, all_houses[0], cast["person"], crowd.people)
    agreements.agree(book, all_houses[0], all_houses[1])
    return Story(book, community, all_houses, crowd, cast)


def _community(book: Book) -> Community:
    founded = book.now - HISTORY
    community = Community(
        id=book.chance.uid(),
        slug="green-hollow",
        name=NAME,
        place="Montpelier, Vermont",
        state="VT",
        county_fips=["50023", "50015", "50017"],
        zone=ZONE,
        languages=["en", "es"],
        latitude=44.2601,
        longitude=-72.5754,
        answer_days=2,
        privacy_contact="Hugo L., 802-555-0199",
        operator="Manypaths (demo)",
        help_phone="802-555-0142",
        help_hours="10:00-20:00",
        is_demo=True,
        founded_at=founded,
    )
    book.add(community)
    book.act("network.community_founded", SYSTEM, founded, community.id)
    return community


def _cast(crowd: Crowd, all_houses: list[House]) -> dict[str, UUID]:
    """The accounts whose sign-ins are shown."""
    lantern, desk = all_houses[0], all_houses[-1]
    by_name = {worker.name: worker.account_id for worker in [*lantern.workers, *desk.workers]}
    found = {one.key: by_name[one.name] for one in signs.SIGN_INS if one.role != "person"}
    dee = next(worker for worker in lantern.workers if worker.name == "Dee R.")
    by_offer = {offer.text.name: offer for house in reversed(all_houses) for offer in house.offers}
    maria = Maria(crowd, by_offer, dee).live()
    wishes = [by_offer[name] for name in INES_ASKED]
    ines = crowd.live_well("es", "Inés R.", signs.sign_in_name("person_es"), INES_WANTS, wishes)
    crowd.wait_at(lantern, (131, 27, 19, 6, 2))
    today = crowd.book.now - timedelta(minutes=50)
    robin = folk.arrive(crowd.book, crowd.tongues["en"], today, name="Robin", username=signs.sign_in_name("person_new"))
    people = {"person": maria, "person_es": ines, "person_new": robin}
    return found | {key: someone.reader.account_id for key, someone in people.items() if someone.reader.account_id}


def write_story(story: Story, told: Callable[[int, int], None]) -> int:
    """Write it in one transaction, signed in as `owner`."""
    with transaction.atomic():
        written = loading.write(story.book, told)
        index_what_is_not()
        reviews.settle_looks()
        signs.show_sign_ins(story.accounts_of, story.book.now)
    return written


def is_built() -> bool:
    """True when the demonstration stands already.

    Refuses: NotEmpty when another community lives in this database.
    """
    found = list(Community.objects.values_list("is_demo", flat=True))
    if found and not all(found):
        raise NotEmpty
    return bool(found)


def refresh_statistics() -> None:
    """Let the database look at what was written, so that its first plans are good."""
    with connection.cursor() as cursor:
        cursor.execute("analyze")
