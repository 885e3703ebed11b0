"""Reads requests. A person reads their own; a worker reads what the gate opens, and finds it without opening it."""

from manypaths.referrals.queries.looks import Looks, LooksByConsent, LooksPage, looks_on_grant, who_looked
from manypaths.referrals.queries.own import (
    TASK,
    has_open_request,
    own_draft,
    own_request,
    own_requests,
    own_whole_requests,
)
from manypaths.referrals.queries.received import (
    InboxPage,
    Keys,
    OpenMove,
    inbox,
    keys_of,
    moves_open_to,
    open_request,
    received_request,
    requests_of_opened,
    requests_of_record,
    waiting_in_all,
)
from manypaths.referrals.queries.shapes import (
    PacketWords,
    Part,
    RequestLine,
    RequestView,
    Step,
    packet_of_opened,
)

__all__ = [
    "TASK",
    "InboxPage",
    "Keys",
    "Looks",
    "LooksByConsent",
    "LooksPage",
    "OpenMove",
    "PacketWords",
    "Part",
    "RequestLine",
    "RequestView",
    "Step",
    "has_open_request",
    "inbox",
    "keys_of",
    "looks_on_grant",
    "moves_open_to",
    "open_request",
    "own_draft",
    "own_request",
    "own_requests",
    "own_whole_requests",
    "packet_of_opened",
    "received_request",
    "requests_of_opened",
    "requests_of_record",
    "waiting_in_all",
    "who_looked",
]
