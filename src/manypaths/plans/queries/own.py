"""Reads a plan for the person whose it is: one opening a call, lists only, a fixed number of statements."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass
from manypaths.lib.refusals import NotThere
from manypaths.network.rules import Reader
from manypaths.plans import rules
from manypaths.plans.models import Choice, Earlier, Goal, HardDay, Option, OwnWords, Step, StepRequest, Strength
from manypaths.plans.rules import GoalState, StepState
from manypaths.vault.queries import Sealer, sealer_for


@dataclass(frozen=True)
class OwnWordsLine:
    """What a good life looks like, and since when it says so."""

    id: UUID
    text: str
    written_at: datetime


@dataclass(frozen=True)
class StrengthLine:
    """One strength."""

    id: UUID
    statement: str
    fact: str
    sign: str
    added_at: datetime


@dataclass(frozen=True)
class StepLine:
    """One step. `requests` are the ids of requests it started, the first one first."""

    id: UUID
    goal_id: UUID
    text: str
    state: str
    place: int
    by_day: date | None
    done_on: date | None
    service_id: UUID | None
    requests: tuple[UUID, ...]

    @property
    def is_done(self) -> bool:
        return self.state == StepState.DONE


@dataclass(frozen=True)
class GoalLine:
    """One goal with its steps in order."""

    id: UUID
    title: str
    area: str
    state: str
    closed_at: datetime | None
    steps: tuple[StepLine, ...]

    @property
    def area_words(self) -> Any:
        return rules.AREA_WORDS[rules.Area(self.area)]

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def is_open(self) -> bool:
        return self.state == GoalState.OPEN


@dataclass(frozen=True)
class OptionLine:
    """A support the person saw before choosing."""

    service_id: UUID
    name: str
    seen_on: date


@dataclass(frozen=True)
class ChoiceLine:
    """A support the person chose, why, and what else they had seen."""

    id: UUID
    service_id: UUID
    name: str
    reason: str
    chosen_at: datetime
    options: tuple[OptionLine, ...]


@dataclass(frozen=True)
class PlanPage:
    """A whole plan as it stands now."""

    own_words: OwnWordsLine | None
    strengths: list[StrengthLine]
    goals: list[GoalLine]
    choices: list[ChoiceLine]
    hard_day: tuple[str, ...] = ()

    @property
    def open_goals(self) -> list[GoalLine]:
        return [goal for goal in self.goals if goal.is_open]

    @property
    def closed_goals(self) -> list[GoalLine]:
        return [goal for goal in self.goals if not goal.is_open]

    @property
    def is_empty(self) -> bool:
        return not (self.own_words or self.strengths or self.goals or self.choices)

    @property
    def next_step(self) -> tuple[GoalLine, StepLine] | None:
        """The step to show on top, with its goal."""
        steps = [(goal, step) for goal in self.open_goals for step in goal.steps]
        facts = [rules.StepFacts(order, step.state, step.by_day) for order, (_goal, step) in enumerate(steps)]
        found = rules.next_of(facts)
        return steps[found.order] if found else None


def plan_of(*, reader: Reader) -> PlanPage:
    """The person's own plan.

    Refuses: NotThere for anyone who is not here as a person.
    """
    record, sealer = open_own_plan(reader=reader)
    return PlanPage(
        own_words=own_words_of_opened(record, sealer),
        strengths=strengths_of_opened(record, sealer),
        goals=goals_of_opened(record, sealer),
        choices=_choices(record, sealer),
        hard_day=tuple(rules.lines_of(hard_day_of_opened(record, sealer))),
    )


def open_own_plan(*, reader: Reader) -> tuple[UUID, Sealer]:
    """Open the person's own plan for this request, and give the key to its words.

    Refuses: NotThere for anyone who is not here as a person.
    """
    record = consent.open_own(reader=reader, classes={DataClass.RECOVERY_PLAN, DataClass.SAFETY_PLAN})
    return record, sealer_for([record])


def own_words_of_opened(record: UUID, sealer: Sealer) -> OwnWordsLine | None:
    row = OwnWords.objects.filter(record_id=record, replaced_at__isnull=True).first()
    return _own_words_line(row, sealer) if row else None


def _own_words_line(row: OwnWords, sealer: Sealer) -> OwnWordsLine:
    return OwnWordsLine(row.id, sealer.read(row.record_id, "plans.ownwords.text", row.text), row.written_at)


def hard_day_of_opened(record: UUID, sealer: Sealer) -> str:
    text = HardDay.objects.filter(record_id=record, replaced_at__isnull=True).values_list("text", flat=True).first()
    return sealer.read(record, "plans.hardday.text", text)


def strengths_of_opened(record: UUID, sealer: Sealer) -> list[StrengthLine]:
    rows = Strength.objects.filter(record_id=record, removed_at__isnull=True).order_by("added_at", "id")
    return [
        StrengthLine(
            row.id,
            sealer.read(record, "plans.strength.statement", row.statement),
            sealer.read(record, "plans.strength.fact", row.fact),
            row.sign,
            row.added_at,
        )
        for row in rows
    ]


def goals_of_opened(record: UUID, sealer: Sealer) -> list[GoalLine]:
    steps = _steps_by_goal(record, sealer)
    rows = Goal.objects.filter(record_id=record).order_by("place", "added_at")
    return [
        GoalLine(
            row.id,
            sealer.read(record, "plans.goal.title", row.title),
            row.area,
            row.state,
            row.closed_at,
            tuple(steps[row.id]),
        )
        for row in rows
    ]


def _steps_by_goal(record: UUID, sealer: Sealer) -> dict[UUID, list[StepLine]]:
    requests: dict[UUID, list[UUID]] = defaultdict(list)
    links = StepRequest.objects.filter(record_id=record).order_by("linked_at", "id")
    for step_id, referral_id in links.values_list("step_id", "referral_id"):
        requests[step_id].append(referral_id)
    found: dict[UUID, list[StepLine]] = defaultdict(list)
    for row in Step.objects.filter(record_id=record, removed_at__isnull=True).order_by("place", "added_at"):
        found[row.goal_id].append(_step_line(row, sealer, requests[row.id]))
    return found


def _step_line(row: Step, sealer: Sealer, requests: Iterable[UUID]) -> StepLine:
    return StepLine(
        id=row.id,
        goal_id=row.goal_id,
        text=sealer.read(row.record_id, "plans.step.text", row.text),
        state=row.state,
        place=row.place,
        by_day=row.by_day,
        done_on=row.done_on,
        service_id=row.service_id,
        requests=tuple(requests),
    )


def _choices(record: UUID, sealer: Sealer) -> list[ChoiceLine]:
    options: dict[UUID, list[OptionLine]] = defaultdict(list)
    for row in Option.objects.filter(record_id=record).order_by("seen_on", "id"):
        name = sealer.read(record, "plans.option.name", row.name)
        options[row.choice_id].append(OptionLine(row.service_id, name, row.seen_on))
    rows = Choice.objects.filter(record_id=record, ended_at__isnull=True).order_by("chosen_at", "id")
    return [
        ChoiceLine(
            row.id,
            row.service_id,
            sealer.read(record, "plans.choice.name", row.name),
            sealer.read(record, "plans.choice.reason", row.reason),
            row.chosen_at,
            tuple(options[row.id]),
        )
        for row in rows
    ]


def goal_of(*, reader: Reader, goal_id: UUID) -> GoalLine:
    """One goal of the person's own plan.

    Refuses: NotThere for a goal that is not theirs.
    """
    found = next((goal for goal in plan_of(reader=reader).goals if goal.id == goal_id), None)
    if found is None:
        raise NotThere
    return found


def step_of_request(*, reader: Reader, referral_id: UUID) -> StepLine | None:
    """The step that started a request, or None: most requests start somewhere else."""
    plan = plan_of(reader=reader)
    steps = (step for goal in plan.goals for step in goal.steps)
    return next((step for step in steps if referral_id in step.requests), None)


@dataclass(frozen=True)
class Part:
    """One part of a plan that a person may send along with a request: exactly this text, nothing else."""

    key: str
    kind: str
    label: Any
    text: str


def parts_to_share(*, reader: Reader) -> list[Part]:
    """The parts of the own plan that can be picked one by one: own words, each strength, each open goal with steps."""
    plan = plan_of(reader=reader)
    parts = []
    if plan.own_words:
        parts.append(Part("own_words", "own_words", rules.PART_WORDS["own_words"], plan.own_words.text))
    for line in plan.strengths:
        parts.append(Part(f"strength-{line.id}", "strength", line.statement, _joined(line.statement, line.fact)))
    for goal in plan.open_goals:
        parts.append(Part(f"goal-{goal.id}", "goal", goal.title, _joined(goal.title, *_step_words(goal))))
    return parts


def _joined(*lines: str) -> str:
    return "\n".join(line for line in lines if line)


def _step_words(goal: GoalLine) -> list[str]:
    return [f"{rules.STEP_WORDS[step.state]}: {step.text}" for step in goal.steps]


@dataclass(frozen=True)
class EarlierLine:
    """Words as they stood until a day."""

    subject_id: UUID
    label: str
    text: str
    until: datetime


def earlier_words(*, reader: Reader) -> list[EarlierLine]:
    """Everything the person changed or replaced, newest first."""
    record, sealer = open_own_plan(reader=reader)
    kept = [
        EarlierLine(row.subject_id, row.label, sealer.read(record, row.label, row.words), row.replaced_at)
        for row in Earlier.objects.filter(record_id=record)
    ]
    for row in OwnWords.objects.filter(record_id=record, replaced_at__isnull=False):
        line = _own_words_line(row, sealer)
        kept.append(EarlierLine(line.id, "plans.ownwords.text", line.text, row.replaced_at or line.written_at))
    for old in HardDay.objects.filter(record_id=record, replaced_at__isnull=False):
        words = sealer.read(record, "plans.hardday.text", old.text)
        kept.append(EarlierLine(old.id, "plans.hardday.text", words, old.replaced_at or old.written_at))
    return sorted(kept, key=lambda line: line.until, reverse=True)


def taken_off(*, reader: Reader) -> list[EarlierLine]:
    """Strengths, steps and supports that the person took off their page, newest first. They stay the person's own."""
    record, sealer = open_own_plan(reader=reader)
    gone = {"record_id": record, "removed_at__isnull": False}
    kept: list[Any] = [(row, "statement", "fact", row.removed_at) for row in Strength.objects.filter(**gone)]
    kept += [(row, "text", "", row.removed_at) for row in Step.objects.filter(**gone)]
    ended = Choice.objects.filter(record_id=record, ended_at__isnull=False)
    kept += [(row, "name", "reason", row.ended_at) for row in ended]
    return sorted((_taken_off_line(sealer, *one) for one in kept), key=lambda line: line.until, reverse=True)


def _taken_off_line(sealer: Sealer, row: Any, first: str, second: str, until: datetime) -> EarlierLine:
    label = f"plans.{row._meta.model_name}."
    words = [sealer.read(row.record_id, label + name, getattr(row, name)) for name in (first, second) if name]
    return EarlierLine(row.id, label + first, _joined(*words), until)
