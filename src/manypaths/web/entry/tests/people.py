"""Someone who joined, and someone who works, for the tests of this door."""

import re

from django.test import Client

from manypaths.accounts import factors
from manypaths.accounts.models import User
from manypaths.network.models import Organisation
from manypaths.network.rules import SYSTEM
from manypaths.network.tests import factories as make
from manypaths.web.ui.clock import now

WORDS = "quiet rivers run under stone"
STAFF_WORDS = "paper boats cross the harbor"


def person(device: str = "shared", alias: str = "Rosa") -> tuple[Client, str]:
    """A signed-in person and their sign-in name."""
    client = Client()
    client.post("/join", {"alias": alias, "choice": "own", "passphrase": WORDS, "device": device})
    return client, User.objects.order_by("-date_joined").values_list("username", flat=True)[0]


def sign_in(name: str, passphrase: str = WORDS, client: Client | None = None, **more: object) -> tuple[Client, object]:
    """A try to sign in, and its answer."""
    client = client or Client()
    return client, client.post("/enter", {"name": name, "passphrase": passphrase, "device": "shared"}, **more)


def worker(*roles: str, body: Organisation | None = None, email: str = "dee@example.org") -> Client:
    """A worker who accepted an invitation and has no second factor yet."""
    client = Client()
    code = invitation(*(roles or ("peer",)), body=body, email=email)
    client.post(f"/invited/{code}", {"display_name": "Dee", "passphrase": STAFF_WORDS})
    return client


def invitation(*roles: str, body: Organisation | None = None, email: str = "dee@example.org") -> str:
    """The code of an invitation."""
    from manypaths.network.commands.inviting import write_invitation

    return write_invitation(
        organisation=body or make.organisation(),
        community=None,
        email=email,
        display_name="Dee",
        roles=roles,
        by=SYSTEM,
        at=now(),
    )


def set_up_app(client: Client) -> tuple[str, list[str]]:
    """Set up an app that shows codes; gives its secret and the emergency codes."""
    page = client.get("/second/app").content.decode()
    groups = re.search(r'<p class="code">((?:[A-Z2-7]{4} ?)+)</p>', page)
    assert groups, page
    secret = groups.group(1).replace(" ", "")
    answer = client.post("/second/app", {"code": factors.code_at(secret, factors.step_now())})
    return secret, re.findall(r'class="code">([0-9]{8})<', answer.content.decode())
