"""What else stood in the list from which a signed-in person came, so that they can keep it beside their choice.

Read from the address of the page before, which only our own pages send here; kept nowhere.
"""

from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from django.http import QueryDict

from manypaths.directory.search import find_services, take_turns
from manypaths.web.public.find import MOST_PAGES, PAGE, as_data, form_of
from manypaths.web.public.sealed import GoneError, unseal
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.numbered import page_number

LISTS = "/f/"
MOST_SEEN = 6


def seen_beside(request: Asked, service_id: UUID) -> list[UUID]:
    """The other services of that page of results, the first ones first. Only a signed-in person has such a list."""
    reader = request.reader
    before = urlsplit(request.headers.get("Referer", ""))
    if not reader.is_person or before.netloc != request.get_host() or not before.path.startswith(LISTS):
        return []
    try:
        data = as_data(unseal(before.path.removeprefix(LISTS), now()))
    except GoneError:
        return []
    shown = _page_of(request, data, parse_qs(before.query).get("page", ["1"])[0])
    return [one for one in shown if one != service_id][:MOST_SEEN] if service_id in shown else []


def _page_of(request: Asked, data: QueryDict, page: str) -> list[UUID]:
    form = form_of(request, data)
    if not form.is_valid():
        return []
    found = find_services(form.ask(now()), limit=PAGE * MOST_PAGES)
    lists = (found.sure, found.ask_first) if found.best_first else map(take_turns, (found.sure, found.ask_first))
    start = PAGE * (page_number(page, MOST_PAGES) - 1)
    return [hit.service_id for hits in lists for hit in hits][start : start + PAGE]
