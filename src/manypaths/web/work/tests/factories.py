"""Signs a made-up worker in with a second factor, and sets a scene with real commits."""

from collections.abc import Sequence
from datetime import timedelta
from importlib import import_module
from uuid import UUID

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db import transaction
from django.test import Client

from manypaths.accounts.models import User
from manypaths.accounts.rules import session_hash
from manypaths.consent import queries as consent
from manypaths.network import queries as network
from manypaths.network.rules import Reader
from manypaths.referrals import commands
from manypaths.referrals.rules import PickedPart
from manypaths.referrals.tests.factories import Scene, scene
from manypaths.web.ui.clock import now


def session_of(reader: Reader, *, factor: bool = True) -> str:
    """The key of a fresh session of a worker."""
    password = User.objects.get(id=reader.account_id).password
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    at = now()
    session.update(
        {
            SESSION_KEY: str(reader.account_id),
            HASH_SESSION_KEY: session_hash(password),
            "device": "staff",
            "started_at": (at - timedelta(minutes=1)).isoformat(),
            "seen_at": at.isoformat(),
            **({"factor_at": at.isoformat()} if factor else {}),
        }
    )
    session.create()
    return session.session_key


def client_of(reader: Reader, *, factor: bool = True) -> Client:
    """A browser in which the worker is signed in."""
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = session_of(reader, factor=factor)
    return browser


def stage() -> Scene:
    """Everyone who is needed, committed."""
    made = scene()
    network.forget_communities()
    return made


def ask(made: Scene, name: str = "Mari", parts: Sequence[PickedPart] = (), **changes: object) -> UUID:
    """A request that was sent a moment ago, committed."""
    at = now() - timedelta(seconds=1)
    values: dict[str, object] = {"need": "talk", "way": "text", "number": "802-555-0142", "hours": "After 5 pm"}
    service = made.asked.service_id
    with transaction.atomic():
        commands.begin_request(asked=made.asked, name=name, by=made.person, at=at)
        commands.write_request(service_id=service, changes={**values, **changes}, by=made.person, at=at)
        commands.pick_parts(service_id=service, parts=parts, by=made.person, at=at)
    with transaction.atomic():
        text = consent.text(key="request", language="en")
        return commands.send_request(service_id=service, text=text, by=made.person, at=at)
