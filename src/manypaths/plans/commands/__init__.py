"""What a person can do with their own plan, and a worker with the plan that their place keeps with somebody.

Each act opens the record, says no in words, and leaves a row.
"""

from manypaths.plans.commands.choices import change_reason, choose_support, let_go_of_support
from manypaths.plans.commands.goals import add_goal, change_goal, move_goal, set_goal_state
from manypaths.plans.commands.held import (
    add_held_goal,
    add_held_step,
    add_held_strength,
    mark_held_step,
    set_held_goal,
    write_held_words,
    write_safety_plan,
)
from manypaths.plans.commands.steps import (
    add_step,
    change_step,
    link_request,
    mark_step,
    move_step,
    remove_step,
)
from manypaths.plans.commands.words import (
    add_strength,
    change_strength,
    remove_strength,
    take_off_hard_day,
    take_off_own_words,
    write_hard_day,
    write_own_words,
)

__all__ = [
    "add_goal",
    "add_held_goal",
    "add_held_step",
    "add_held_strength",
    "add_step",
    "add_strength",
    "change_goal",
    "change_reason",
    "change_step",
    "change_strength",
    "choose_support",
    "let_go_of_support",
    "link_request",
    "mark_held_step",
    "mark_step",
    "move_goal",
    "move_step",
    "remove_step",
    "remove_strength",
    "set_goal_state",
    "set_held_goal",
    "take_off_hard_day",
    "take_off_own_words",
    "write_hard_day",
    "write_held_words",
    "write_own_words",
    "write_safety_plan",
]
