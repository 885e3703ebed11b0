"""A form pressed twice acts once: the second time gets the first answer.

What only closes something acts each time (`closes`): what was opened again meanwhile is closed by an older page too.

What is kept is useless to whoever has the table but not our key: who asked and what the form said as keyed hashes,
where the answer led as a sealed text, bound to its row.
"""

import base64
import os
from collections.abc import Callable
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import render

from manypaths.accounts import factors
from manypaths.accounts import queries as accounts
from manypaths.audit import commands as audit
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.same_session import come_in_again

FIELD = "once"
NOT_PART_OF_THE_REQUEST = frozenset({FIELD, "csrfmiddlewaretoken"})
FAULT = 500
REDIRECTS = frozenset({302, 303})
LONGEST, NONCE = 1000, 12
GetResponse = Callable[[Asked], HttpResponseBase]


View = Callable[..., HttpResponse]
When = Callable[[QueryDict], bool]


def closes(view: View) -> View:
    """The form of this view takes away and adds nothing: it acts each time it is pressed.

    Its page may stand in a tab for days. Who presses Stop there is never answered from memory while it is open again.
    """
    return closes_when(lambda _sent: True)(view)


def closes_when(when: When) -> Callable[[View], View]:
    """The same for a form that takes away only where it says so."""

    def declare(view: View) -> View:
        view.closes = when  # type: ignore[attr-defined]  # a function may carry a note
        return view

    return declare


class Once:
    """Answers a repeated form from memory. A form that changed nothing gives its key back."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Asked) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code < FAULT:
            _settle(request, response)
        return response

    def process_view(
        self, request: Asked, view: Callable[..., HttpResponseBase], args: object, kwargs: dict[str, object]
    ) -> HttpResponseBase | None:
        """After the form's own protection was checked, and before the view acts."""
        key = _key(request)
        if key is None:
            return None
        owner = accounts.fingerprint("once owner", _who(request), str(key))
        digest = _digest(request, owner)
        earlier = audit.claim_once(owner=owner, key=key, request_hash=digest, at=now())
        if earlier is None:
            request.once = (owner, key)
            return None
        location = _unsealed(owner, earlier.location)
        if earlier.request_hash != digest or earlier.status is None or location is None:
            return render(request, "422.html", {"used_form": True}, status=422)
        if getattr(view, "closes", _never)(request.POST):
            return None
        come_in_again(request)
        return HttpResponseRedirect(location, status=earlier.status)


def _never(_sent: QueryDict) -> bool:
    return False


def _settle(request: Asked, response: HttpResponseBase) -> None:
    """Keep the answer of a form that acted; give the key of one that did not back."""
    claimed = getattr(request, "once", None)
    if claimed is None:
        return
    owner, key = claimed
    location = response.headers.get("Location", "")
    if response.status_code in REDIRECTS and len(location) <= LONGEST:
        audit.keep_answer(owner=owner, key=key, status=response.status_code, location=_sealed(owner, location))
    else:
        audit.release_key(owner=owner, key=key)


def _key(request: Asked) -> UUID | None:
    if request.method != "POST" or request.content_type == "application/json":
        return None
    try:
        return UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return None


def _who(request: Asked) -> str:
    account = request.reader.account_id
    return str(account) if account else (request.session.session_key or "anyone")


def _digest(request: Asked, owner: str) -> str:
    parts = sorted(
        (name, value)
        for name, values in request.POST.lists()
        if name not in NOT_PART_OF_THE_REQUEST
        for value in values
    )
    return accounts.fingerprint("once form", owner, repr((request.path, parts)))


def _sealed(owner: str, location: str) -> str:
    nonce = os.urandom(NONCE)
    box = AESGCM(factors.derived_key("once"))
    return base64.b64encode(nonce + box.encrypt(nonce, location.encode(), owner.encode())).decode()


def _unsealed(owner: str, kept: str) -> str | None:
    raw = base64.b64decode(kept)
    try:
        return AESGCM(factors.derived_key("once")).decrypt(raw[:NONCE], raw[NONCE:], owner.encode()).decode()
    except (InvalidTag, ValueError):
        return None
