"""Reads plans: the person's own, and the one that a place keeps with somebody."""

from manypaths.plans.queries.held import SafetyLine, held_plan, safety_plan
from manypaths.plans.queries.own import (
    ChoiceLine,
    EarlierLine,
    GoalLine,
    OptionLine,
    OwnWordsLine,
    Part,
    PlanPage,
    StepLine,
    StrengthLine,
    earlier_words,
    goal_of,
    open_own_plan,
    parts_to_share,
    plan_of,
    step_of_request,
    taken_off,
)

__all__ = [
    "ChoiceLine",
    "EarlierLine",
    "GoalLine",
    "OptionLine",
    "OwnWordsLine",
    "Part",
    "PlanPage",
    "SafetyLine",
    "StepLine",
    "StrengthLine",
    "earlier_words",
    "goal_of",
    "held_plan",
    "open_own_plan",
    "parts_to_share",
    "plan_of",
    "safety_plan",
    "step_of_request",
    "taken_off",
]
