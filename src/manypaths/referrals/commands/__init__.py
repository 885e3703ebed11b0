"""Acts on requests: facts, reasons, act, record, in one transaction; what is changed is locked first."""

from manypaths.referrals.commands.answering import (
    accept_request,
    cancel_request,
    complete_request,
    fail_request,
    pause_work,
    record_contact,
    reject_request,
    start_work,
)
from manypaths.referrals.commands.asking import (
    agree_anew,
    answer_request,
    begin_request,
    erase_everything,
    pick_parts,
    send_request,
    share_less,
    shut_out,
    stop_sharing,
    withdraw_request,
    write_request,
)
from manypaths.referrals.commands.handing_over import hand_over_people
from manypaths.referrals.commands.leaving import leave_community
from manypaths.referrals.commands.night import (
    remind_overdue,
)
from manypaths.referrals.commands.petitioning import (
    ask_for_correction,
    complain,
    disagree_with_no,
    withdraw_petition,
)
from manypaths.referrals.commands.rescuing import open_in_emergency, refuse_without_role
from manypaths.referrals.commands.saying import say_beside, take_back_what_was_said
from manypaths.referrals.commands.sending import send_email
from manypaths.referrals.commands.writing import show_check_in, write_to_person, write_to_worker

__all__ = [
    "accept_request",
    "agree_anew",
    "answer_request",
    "ask_for_correction",
    "begin_request",
    "cancel_request",
    "complain",
    "complete_request",
    "disagree_with_no",
    "erase_everything",
    "fail_request",
    "hand_over_people",
    "leave_community",
    "open_in_emergency",
    "pause_work",
    "pick_parts",
    "record_contact",
    "refuse_without_role",
    "reject_request",
    "remind_overdue",
    "say_beside",
    "send_email",
    "send_request",
    "share_less",
    "show_check_in",
    "shut_out",
    "start_work",
    "stop_sharing",
    "take_back_what_was_said",
    "withdraw_petition",
    "withdraw_request",
    "write_request",
    "write_to_person",
    "write_to_worker",
]
