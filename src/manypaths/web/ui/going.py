"""Where someone was going when they had to sign in or join first: carried in an address and a form, kept nowhere."""

from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

FIELD, LONGEST = "to", 300


def is_ours(path: str) -> bool:
    """Whether this is the address of a page here, short enough to carry: never another site."""
    own = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return own and len(path) <= LONGEST


def bound_for(address: str, path: str) -> str:
    """An address that carries along where to go afterwards."""
    return f"{address}?{urlencode({FIELD: path}, safe='/')}" if is_ours(path) else address


def where_to(request: HttpRequest) -> str:
    """Where this request was going, as its form or its address says; empty where it says nothing of ours."""
    path = request.POST.get(FIELD) or request.GET.get(FIELD, "")
    return path if is_ours(path) else ""
