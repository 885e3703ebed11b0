"""Founding a community, inviting organisations and workers, agreeing, leaving, and what law binds whom."""

from manypaths.network.commands.founding import (
    Answers,
    Founded,
    found_community,
    invite_first_coordinator_again,
    reasons_not_to_found,
)
from manypaths.network.commands.inviting import (
    accept_as_member,
    accept_with_new_account,
    change_roles,
    end_membership,
    invite_worker,
    set_supervisor,
    take_back_invitation,
)
from manypaths.network.commands.posture import review_posture
from manypaths.network.commands.taking_part import (
    agree_to_participate,
    invite_organisation,
    leave_community,
    set_member_answers,
    set_organisation_answers,
)

__all__ = [
    "Answers",
    "Founded",
    "accept_as_member",
    "accept_with_new_account",
    "agree_to_participate",
    "change_roles",
    "end_membership",
    "found_community",
    "invite_first_coordinator_again",
    "invite_organisation",
    "invite_worker",
    "leave_community",
    "reasons_not_to_found",
    "review_posture",
    "set_member_answers",
    "set_organisation_answers",
    "set_supervisor",
    "take_back_invitation",
]
