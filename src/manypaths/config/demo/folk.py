"""Made-up persons: their account, how they want to be called and reached, and their plan as they wrote it over time."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from manypaths.accounts import queries as accounts
from manypaths.accounts.models import User
from manypaths.config.demo.book import Book, Words, obey, own_facts
from manypaths.config.demo.chance import Deck
from manypaths.config.demo.content import cells, lives
from manypaths.config.demo.houses import Offer
from manypaths.consent.rules import DataClass, Purpose
from manypaths.lib.dates import local_date
from manypaths.network.rules import ANONYMOUS, Hat, Reader
from manypaths.people.models import Person, Profile, Record, SafeContact
from manypaths.plans import rules
from manypaths.plans.models import Choice, Goal, Option, OwnWords, Step, StepRequest, Strength

UNUSABLE = "!"
WAYS = {"call": 5, "text": 6, "person_calls": 2, "person_visits": 2, "here": 2}
PRONOUNS = {"": 5, "she/her": 5, "he/him": 5, "they/them": 1}
NUMBERS = ("802", "603", "518", "413", "207", "978", "315")


@dataclass
class Tongue:
    """The words of one language, dealt so that they do not repeat close to each other."""

    language: str
    decks: dict[str, Deck]

    def deal(self, kind: str) -> str:
        return self.decks[kind].deal()


def tongues(book: Book) -> dict[str, Tongue]:
    """English and Spanish."""
    return {
        language: Tongue(
            language, {kind: Deck(cards, book.chance) for kind, cards in lives(language).items() if kind != "language"}
        )
        for language in ("en", "es")
    }


@dataclass
class Someone:
    """One made-up person, and what others need to know of them to tell their story."""

    reader: Reader
    record_id: UUID
    tongue: Tongue
    name: str
    arrived: datetime
    way: str
    number: str
    hours: str
    may_leave_message: bool
    goals: dict[str, Goal] = field(default_factory=dict)
    parts: list[tuple[str, str, str]] = field(default_factory=list)
    said: OwnWords | None = None
    titles: dict[UUID, str] = field(default_factory=dict)
    steps_of: dict[UUID, int] = field(default_factory=dict)
    under_way: set[UUID] = field(default_factory=set)
    chosen: set[UUID] = field(default_factory=set)

    @property
    def language(self) -> str:
        return self.tongue.language


def arrive(book: Book, tongue: Tongue, at: datetime, *, name: str = "", username: str = "") -> Someone:
    """Somebody joins alone: an account without an address, a person, their own record and its key."""
    chance = book.chance
    account = _account(book, tongue.language, at, username)
    person_id, record_id = chance.uid(), chance.uid()
    reader = Reader(
        account_id=account.id, hat=Hat.PERSON, person_id=person_id, record_id=record_id, language=tongue.language
    )
    book.add(account)
    book.add(Person(id=person_id, account_id=account.id, record_id=record_id, made_at=at))
    book.add(
        Record(
            id=record_id, holder="person", person_id=person_id, organisation_id=None, origin_law="neither", opened_at=at
        )
    )
    book.holders[record_id] = person_id
    book.act("accounts.joined", ANONYMOUS, at, account.id)
    book.act("people.person_made", reader, at, person_id, record_id)
    name = name or tongue.deal("names") + chance.choice(("", "", f" {chance.choice('ABCDEGHJKLMNPRSTW')}."))
    way = chance.pick(WAYS)
    number = _number(book) if way in {"call", "text"} else ""
    someone = Someone(reader, record_id, tongue, name, at, way, number, tongue.deal("hours"), chance.maybe(0.35))
    _say_who(book, someone, at)
    return someone


def _number(book: Book) -> str:
    """A number that nobody has, and that is no place's."""
    area = book.chance.choice(NUMBERS)
    return f"{area}-555-{book.chance.randrange(189 if area == '802' else 100, 200):04d}"


def _account(book: Book, language: str, at: datetime, username: str) -> User:
    first, second = book.chance.sample(accounts.words("name-words"), 2)
    name = username or f"{first}-{second}-{book.chance.randrange(1000, 10000)}"
    return User(
        id=book.chance.uid(), kind=User.Kind.PERSON, username=name, language=language, password=UNUSABLE, date_joined=at
    )


def _say_who(book: Book, someone: Someone, at: datetime) -> None:
    record, pronouns = someone.record_id, book.chance.pick(PRONOUNS)
    book.look(
        someone.reader, own_facts(someone.reader), {DataClass.DEMOGRAPHICS, DataClass.SAFE_CONTACT}, Purpose.OWN, at
    )
    book.add(
        Profile(
            record_id=record,
            name=Words("people.profile.name", someone.name),
            pronouns=Words("people.profile.pronouns", pronouns),
            language=someone.language,
            changed_at=at,
        )
    )
    book.act("people.profile_written", someone.reader, at, record, record)
    book.add(
        SafeContact(
            record_id=record,
            way=someone.way,
            address=Words("people.safecontact.address", someone.number),
            hours=Words("people.safecontact.hours", someone.hours),
            may_leave_message=someone.may_leave_message,
            changed_at=at,
        )
    )
    book.act("people.safe_contact_written", someone.reader, at, record, record)


def write_plan(book: Book, someone: Someone, words: str = "") -> None:
    """The plan as it grew: own words first, then what is strong, then goals with steps."""
    chance, tongue = book.chance, someone.tongue
    at = chance.own_time(someone.arrived + chance.days(0, 4), book.zone)
    if at > book.now:
        return
    _look_at_plan(book, someone, at)
    own_words(book, someone, words or _own_words(book, tongue), at)
    for _number in range(chance.choice((0, 1, 2, 2, 3, 4))):
        statement, fact, sign = cells(tongue.deal("strengths"))
        if (statement, fact) not in {(title, words) for _kind, title, words in someone.parts}:
            add_strength(book, someone, statement, fact, sign, at + timedelta(minutes=3))
    for number in range(chance.choice((1, 1, 2, 2, 3))):
        area, title, steps = cells(tongue.deal("goals"))
        begun = chance.own_time(at + chance.days(0.2, 30) + number * chance.days(10, 80), book.zone)
        if begun < book.now and area not in someone.goals:
            add_goal(book, someone, area, title, [one.strip() for one in steps.split(";")], begun)
    if not words and chance.maybe(0.25):
        later = chance.own_time(at + chance.days(60, 300), book.zone)
        if later < book.now:
            own_words(book, someone, _own_words(book, tongue), later)


def _own_words(book: Book, tongue: Tongue) -> str:
    first = tongue.deal("own_words")
    return f"{first} {tongue.deal('more_words')}" if book.chance.maybe(0.55) else first


def _look_at_plan(book: Book, someone: Someone, at: datetime) -> None:
    book.look(someone.reader, own_facts(someone.reader), {DataClass.RECOVERY_PLAN}, Purpose.OWN, at)


def own_words(book: Book, someone: Someone, text: str, at: datetime) -> None:
    """What a good life looks like; what stood there before stays as earlier words."""
    obey(rules.reasons_about(rules.OWN_WORDS, text))
    if someone.said:
        someone.said.replaced_at = at
    label = "plans.ownwords.text"
    row = OwnWords(id=book.chance.uid(), record_id=someone.record_id, text=Words(label, text), written_at=at)
    someone.said = row
    book.add(row)
    someone.parts = [("own_words", "", text), *[one for one in someone.parts if one[0] != "own_words"]]
    book.act("plans.own_words_written", someone.reader, at, row.id, someone.record_id)


def add_strength(book: Book, someone: Someone, statement: str, fact: str, sign: str, at: datetime) -> None:
    """Something strong, with a picture beside it."""
    count = sum(kind == "strength" for kind, _title, _words in someone.parts)
    obey([*rules.reasons_not_a_strength(statement, fact, sign), *rules.reasons_not_to_add("strength", count)])
    row = Strength(
        id=book.chance.uid(),
        record_id=someone.record_id,
        statement=Words("plans.strength.statement", statement),
        fact=Words("plans.strength.fact", fact),
        sign=sign,
        added_at=at,
    )
    book.add(row)
    someone.parts.append(("strength", statement, fact))
    book.act("plans.strength_added", someone.reader, at, row.id, someone.record_id)


def add_goal(
    book: Book, someone: Someone, area: str, title: str, steps: list[str], at: datetime, *, done: int | None = None
) -> Goal:
    """A goal and its steps; `done` says how many are done, or chance does."""
    obey([*rules.reasons_not_a_goal(title, area), *rules.reasons_not_to_add("goal", len(someone.goals))])
    _look_at_plan(book, someone, at)
    goal = Goal(
        id=book.chance.uid(),
        record_id=someone.record_id,
        title=Words("plans.goal.title", title),
        area=area,
        state="open",
        place=len(someone.goals) + 1,
        added_at=at,
    )
    book.add(goal)
    someone.goals[area], someone.titles[goal.id] = goal, title
    someone.parts.append(("goal", title, "\n".join(steps)))
    book.act("plans.goal_added", someone.reader, at, goal.id, someone.record_id)
    _add_steps(book, someone, goal, steps, at, done)
    return goal


def _add_steps(book: Book, someone: Someone, goal: Goal, steps: list[str], at: datetime, done: int | None) -> None:
    days, day = book.chance, at
    finished = 0
    for number, text in enumerate(steps):
        day += days.days(4, 45)
        is_done = finished == number and day < book.now and (number < done if done is not None else days.maybe(0.72))
        finished += is_done
        add_step(book, someone, goal, text, at + timedelta(minutes=number + 1), done_at=day if is_done else None)
    closed = day + days.days(0.1, 3)
    if steps and finished == len(steps) and closed < book.now and done is None:
        _close_goal(book, someone, goal, "reached", closed)
    elif steps and done is None and days.maybe(0.08) and at + timedelta(days=90) < book.now:
        _close_goal(book, someone, goal, "set_aside", at + timedelta(days=85))


def _close_goal(book: Book, someone: Someone, goal: Goal, state: str, at: datetime) -> None:
    goal.state, goal.closed_at = state, at
    book.act(f"plans.goal_{state}", someone.reader, at, goal.id, someone.record_id)


def add_step(
    book: Book,
    someone: Someone,
    goal: Goal,
    text: str,
    at: datetime,
    *,
    done_at: datetime | None = None,
    by_day: date | None = None,
    service_id: UUID | None = None,
) -> Step:
    """One step. The first that is not done is the one for now; the others wait."""
    today = local_date(at, book.zone)
    count = someone.steps_of.get(goal.id, 0)
    obey([*rules.reasons_not_a_step(text, by_day, None, today), *rules.reasons_not_to_add("step", count)])
    someone.steps_of[goal.id] = count + 1
    row = Step(
        id=book.chance.uid(),
        record_id=someone.record_id,
        goal_id=goal.id,
        text=Words("plans.step.text", text),
        state=_state(someone, goal, done_at),
        place=count + 1,
        by_day=by_day,
        service_id=service_id,
        added_at=at,
        done_on=local_date(done_at, book.zone) if done_at else None,
    )
    book.add(row)
    book.act("plans.step_added", someone.reader, at, row.id, someone.record_id)
    if done_at:
        _look_at_plan(book, someone, done_at)
        book.act("plans.step_done", someone.reader, done_at, row.id, someone.record_id)
    return row


def _state(someone: Someone, goal: Goal, done_at: datetime | None) -> str:
    if done_at:
        return rules.StepState.DONE.value
    waits = goal.id in someone.under_way
    someone.under_way.add(goal.id)
    return (rules.StepState.LATER if waits else rules.StepState.NOW).value


def tie_step(book: Book, someone: Someone, step: Step, referral_id: UUID, at: datetime) -> None:
    """A request that began from a step comes back to it."""
    book.add(
        StepRequest(
            id=book.chance.uid(), record_id=someone.record_id, step_id=step.id, referral_id=referral_id, linked_at=at
        )
    )
    book.act("plans.request_linked", someone.reader, at, step.id, someone.record_id)


def choose(book: Book, someone: Someone, offer: Offer, seen: list[Offer], reason: str, at: datetime) -> None:
    """A support in the plan, with what else was seen that day and why this one."""
    obey([*rules.reasons_about(rules.NAME, offer.text.name), *rules.reasons_about(rules.REASON, reason)])
    obey(rules.reasons_not_to_add("choice", len(someone.chosen)))
    someone.chosen.add(offer.id)
    row = Choice(
        id=book.chance.uid(),
        record_id=someone.record_id,
        service_id=offer.id,
        name=Words("plans.choice.name", offer.text.name),
        reason=Words("plans.choice.reason", reason),
        chosen_at=at,
    )
    book.add(row)
    for other in seen[: rules.MOST_OPTIONS]:
        book.add(
            Option(
                id=book.chance.uid(),
                record_id=someone.record_id,
                choice_id=row.id,
                service_id=other.id,
                name=Words("plans.option.name", other.text.name),
                seen_on=local_date(at, book.zone),
            )
        )
    book.act("plans.support_chosen", someone.reader, at, row.id, someone.record_id)
