"""Four hundred lives: who comes when, what they ask for, where they are told no and go on."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from manypaths.config.demo import answering, asking, folk, stories
from manypaths.config.demo.asking import Ground, Request
from manypaths.config.demo.checkins import Questions, sit_over_time
from manypaths.config.demo.content import cells, lives
from manypaths.config.demo.folk import Someone
from manypaths.config.demo.houses import House, Offer
from manypaths.config.demo.offers import stands_since
from manypaths.people.models import Block
from manypaths.plans import rules as plan_rules
from manypaths.plans.models import Goal

WANTED = {
    "peer_coaching": 26,
    "recovery_home": 20,
    "outpatient": 14,
    "medication": 15,
    "housing_help": 10,
    "practical_help": 5,
    "legal": 1,
    "family_support": 2,
    "residential": 2,
    "withdrawal": 2,
    "intensive_outpatient": 1,
    "transport": 2,
    "employment": 1.5,
    "phone_support": 0.5,
    "court": 0.4,
    "education": 0.5,
}
# Below the number at which one month is published alone: three months together tell more, and hide less.
MOST_A_MONTH = 95
FAR = {"Morrisville": 6.5, "Randolph": 6.5}
AREAS = {
    "recovery_home": "home",
    "housing_help": "home",
    "respite": "home",
    "outpatient": "health",
    "medication": "health",
    "withdrawal": "health",
    "residential": "health",
    "intensive_outpatient": "health",
    "primary_care": "health",
    "employment": "work",
    "education": "learning",
    "legal": "legal",
    "court": "legal",
    "reentry": "legal",
    "family_support": "family",
    "parenting": "family",
    "child_care": "family",
    "peer_coaching": "community",
    "support_group": "community",
    "phone_support": "community",
    "cultural": "faith_culture",
}
NEEDS = {
    "peer_coaching": {"talk": 8, "start": 2, "information": 1},
    "recovery_home": {"start": 8, "information": 2},
    "housing_help": {"practical": 5, "start": 4},
    "transport": {"practical": 9},
    "legal": {"practical": 6, "information": 3},
    "practical_help": {"practical": 9},
}
ANY_NEED = {"start": 6, "talk": 2, "information": 2, "practical": 1, "rather_not_say": 0.5}
ASK_STEP = {"en": "Ask at {name}", "es": "Preguntar en {name}"}
NARROW = {"veterans", "men", "women", "lgbtq", "native", "youth", "older", "reentry", "students", "pregnant", "deaf"}


class Crowd:
    """Tells all lives of the demonstration, one after the other."""

    def __init__(self, ground: Ground, houses: list[House], questions: Questions) -> None:
        self.ground, self.book, self.questions = ground, ground.book, questions
        self.tongues = folk.tongues(ground.book)
        self.by_kind: dict[str, list[Offer]] = {}
        for house in houses:
            for offer in house.offers if house.text.answers else []:
                self.by_kind.setdefault(offer.text.kind, []).append(offer)
        self.wanted = {kind: weight for kind, weight in WANTED.items() if kind in self.by_kind}
        self.requests: list[Request] = []
        self.by_month: Counter[str] = Counter()
        self.people: list[Someone] = []

    def live(self, count: int, told: Callable[[int, int], None]) -> None:
        """So many lives, spread over the months."""
        span = self.book.now - self.ground.community.founded_at
        for number in range(count):
            share = ((number + self.book.chance.random()) / count) ** 1.25
            arrived = self.ground.community.founded_at + timedelta(days=24) + (span - timedelta(days=26)) * share
            self._live_one(self.book.chance.own_time(arrived, self.book.zone))
            told(number + 1, count)

    def _live_one(self, arrived: datetime) -> None:
        tongue = self.tongues["es" if self.book.chance.maybe(0.14) else "en"]
        someone = folk.arrive(self.book, tongue, min(arrived, self.book.now - timedelta(hours=20)))
        self.people.append(someone)
        folk.write_plan(self.book, someone)
        sit_over_time(self.book, someone, self.questions)
        self._ask_over_time(someone)
        if self.book.chance.maybe(0.02):
            self._block(someone)

    def live_well(self, tongue: str, name: str, username: str, words: str, wishes: list[Offer]) -> Someone:
        """Somebody whose pages are looked at: here for a good while, with a plan, check-ins and requests."""
        book = self.book
        arrived = book.chance.own_time(book.now - timedelta(days=210), book.zone)
        someone = folk.arrive(book, self.tongues[tongue], arrived, name=name, username=username)
        self.people.append(someone)
        folk.write_plan(book, someone, words)
        sit_over_time(book, someone, self.questions, drift=0.25, times=5)
        at = arrived + timedelta(days=3)
        for offer in wishes:
            stories.tell(self.ask(someone, offer, at), at)
            at = min(book.chance.own_time(at + book.chance.days(30, 50), book.zone), book.now - timedelta(hours=3))
        return someone

    def wait_at(self, house: House, hours_ago: tuple[float, ...]) -> None:
        """Some people asked this place of late and wait; the first of them has waited too long."""
        known = [one for one in self.people if one.said and one.arrived < self.book.now - timedelta(days=20)]
        some = self.book.chance.sample(known, min(len(known), len(hours_ago)))
        for someone, hours, offer in zip(some, hours_ago, house.offers[1:] * len(hours_ago), strict=False):
            if any(one.someone is someone and one.offer is offer for one in self.requests):
                continue
            request = self.ask(someone, offer, self.book.now - timedelta(hours=hours), at_length=True)
            due = request.row.due_at
            if due is not None and due + timedelta(hours=2) < self.book.now:
                answering.run_late(request, due + timedelta(hours=2))

    def _ask_over_time(self, someone: Someone) -> None:
        """Two thirds ask again and again over the months; a few only read and write for themselves."""
        chance, asked = self.book.chance, set[UUID]()
        at = chance.own_time(someone.arrived + chance.days(0, 9), self.book.zone)
        for _number in range(chance.pick({0: 5, 1: 11, 2: 14, 3: 15, 4: 14, 5: 12, 6: 9, 7: 6, 8: 4, 10: 2})):
            if at >= self.book.now - timedelta(minutes=30):
                return
            kind = chance.pick(self.wanted)
            self._ask_until_found(someone, kind, asked, at)
            at = chance.own_time(at + chance.days(4, 85), self.book.zone)

    def _ask_until_found(self, someone: Someone, kind: str, asked: set[UUID], at: datetime) -> None:
        """Ask one place, and another when that did not work out."""
        before: UUID | None = None
        for _number in range(3):
            offer = self._choose(someone, kind, asked, at)
            month = f"{at:%Y-%m}"
            if offer is None or at >= self.book.now - timedelta(minutes=30) or self.by_month[month] >= MOST_A_MONTH:
                return
            self.by_month[month] += 1
            asked.add(offer.id)
            request = self.ask(someone, offer, at, again_of=before)
            gone = stories.tell(request, at)
            if gone is None or self.book.chance.maybe(0.45):
                return
            before, at = request.row.id, self.book.chance.own_time(gone + self.book.chance.days(0.5, 6), self.book.zone)
            if at <= gone:
                at = gone + timedelta(hours=5)

    def _choose(self, someone: Someone, kind: str, asked: set[UUID], at: datetime) -> Offer | None:
        open_ones = [one for one in self.by_kind[kind] if one.id not in asked and stands_since(one.house, at)]
        weights = [self._pull(someone, offer) for offer in open_ones]
        return self.book.chance.choices(open_ones, weights)[0] if open_ones else None

    def _pull(self, someone: Someone, offer: Offer) -> float:
        pull = FAR.get(offer.house.text.town, 1.0)
        if offer.house.text.name.startswith("Lantern"):
            pull = 3.0
        if NARROW & set(offer.text.marks):
            pull *= 0.35
        if someone.language not in offer.text.languages:
            pull *= 0.08
        elif someone.language == "es" and offer.text.languages[0] == "es":
            pull *= 3
        return pull

    def ask(
        self, someone: Someone, offer: Offer, at: datetime, *, again_of: UUID | None = None, at_length: bool = False
    ) -> Request:
        """Write and send one request; one in three begins from a step of the plan. Some say more and share a part."""
        chance, kind = self.book.chance, offer.text.kind
        words = self._words(someone, kind) if at_length or chance.maybe(0.6) else ""
        goal = self._goal_for(someone, kind, at)
        step = None
        if goal is not None and goal.state == "open" and goal.added_at < at and chance.maybe(0.75):
            text = ASK_STEP[someone.language].format(name=offer.house.text.name)
            step = folk.add_step(self.book, someone, goal, text, at, done_at=at, service_id=offer.id)
        begun = at - timedelta(minutes=chance.randrange(3, 25))
        request = asking.begin(
            self.ground,
            someone,
            offer,
            begun,
            words=words,
            need=chance.pick(NEEDS.get(kind, ANY_NEED)),
            again_of=again_of,
            step_id=step.id if step else None,
        )
        if step:
            folk.tie_step(self.book, someone, step, request.row.id, at)
        shares = chance.maybe(0.6 if at_length else 0.2)
        if shares and someone.said and someone.said.written_at < begun:
            asking.pick_parts(request, chance.choice((1, 1, 2)), at)
        asking.send(request, at, words)
        if chance.maybe(0.4):
            self._keep_choice(someone, offer, at)
        self.requests.append(request)
        return request

    def _words(self, someone: Someone, kind: str) -> str:
        """What they write along, about this kind of thing where it fits."""
        about = f"asks_{AREAS.get(kind, 'other')}"
        fits = about in someone.tongue.decks and self.book.chance.maybe(0.7)
        return someone.tongue.deal(about if fits else "asks")

    def _goal_for(self, someone: Someone, kind: str, at: datetime) -> Goal | None:
        """The goal that this is for; often a new wish begins with asking."""
        area = AREAS.get(kind, "other")
        found = someone.goals.get(area)
        if found is not None and area == "health" and not _is_about_care(someone.titles[found.id]):
            return None
        if found is not None or not someone.said or someone.said.written_at >= at or self.book.chance.maybe(0.55):
            return found
        rows = [cells(line) for line in lives(someone.language)["goals"] if line.startswith(f"{area} ")]
        rows = [row for row in rows if area != "health" or _is_about_care(row[1])]
        _area, title, steps = self.book.chance.choice(rows)
        begun = max(at - timedelta(days=2), someone.said.written_at + timedelta(minutes=5))
        return folk.add_goal(self.book, someone, area, title, [one.strip() for one in steps.split(";")], begun)

    def _keep_choice(self, someone: Someone, offer: Offer, at: datetime) -> None:
        if offer.id in someone.chosen or len(someone.chosen) >= plan_rules.MOST_CHOICES:
            return
        others = [one for one in self.by_kind[offer.text.kind] if one.id != offer.id]
        seen = self.book.chance.sample(others, min(len(others), self.book.chance.randrange(0, 4)))
        folk.choose(self.book, someone, offer, seen, someone.tongue.deal("reasons"), at)

    def _block(self, someone: Someone) -> None:
        """Somebody must not see them: a worker of a place that they never asked."""
        asked = {request.house.id for request in self.requests if request.someone is someone}
        houses = {offer.house.id: offer.house for offers in self.by_kind.values() for offer in offers}
        house = self.book.chance.choice([one for one in houses.values() if one.id not in asked])
        worker = self.book.chance.choice(house.workers)
        row = Block(
            id=self.book.chance.uid(),
            record_id=someone.record_id,
            account_id=worker.account_id,
            organisation_id=None,
            since=someone.arrived + timedelta(minutes=40),
        )
        self.book.add(row)
        self.book.act("people.blocked", someone.reader, row.since, row.id, someone.record_id)


def _is_about_care(title: str) -> bool:
    """Health is wide: a request for care belongs to a goal about care, not to the one about teeth."""
    return any(word in title.casefold() for word in ("medic", "treatment", "tratamiento", "drink"))
