"""Which nights are due. Light: the program that waits for the night loads nothing else."""

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from manypaths.indicators import queries as indicators
from manypaths.network import queries as network

BEGINS_AT = 2


def due_nights(at: datetime) -> Iterator[tuple[UUID, date]]:
    """Each community whose night has begun in its own zone and is not done, with the night's date."""
    for community in network.communities():
        local = at.astimezone(ZoneInfo(community.zone))
        done = indicators.last_night(community_id=community.id)
        if local.hour >= BEGINS_AT and (done is None or done[0] < local.date()):
            yield community.id, local.date()
