"""A request as every door gets it: with who asks, and which community is served."""

from uuid import UUID

from django.http import HttpRequest

from manypaths.lib.refusals import NotThere
from manypaths.network.queries import Community
from manypaths.network.rules import Reader


class Asked(HttpRequest):
    """A request with what our middleware put on it (`web.ui.visitor`, `web.ui.once`, `web.work.frame`)."""

    reader: Reader
    community: Community | None
    once: tuple[str, UUID]
    return_to: str
    LANGUAGE_CODE: str


def community_of(request: Asked) -> Community:
    """The community served. Refuses: NotThere where none has been founded yet."""
    if request.community is None:
        raise NotThere
    return request.community
