"""What is done to the directory: by organisations to their own listings, and by imports to many at once."""

from manypaths.directory.commands.counting import count_gap, forget_search_marks
from manypaths.directory.commands.importing import Incoming, Merged, merge_listings
from manypaths.directory.commands.listings import (
    Place,
    Words,
    add_service,
    close_service,
    confirm_service,
    edit_service,
    report_room,
)

__all__ = [
    "Incoming",
    "Merged",
    "Place",
    "Words",
    "add_service",
    "close_service",
    "confirm_service",
    "count_gap",
    "edit_service",
    "forget_search_marks",
    "merge_listings",
    "report_room",
]
