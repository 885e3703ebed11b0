"""Signs a made-up person in, as the entry door does."""

import re
from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.test import Client

from manypaths.accounts.models import User
from manypaths.accounts.rules import session_hash
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass
from manypaths.network import queries as network
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import community
from manypaths.people import commands as people
from manypaths.people.tests.factories import new_request, person
from manypaths.vault.queries import sealer_for
from manypaths.web.ui.clock import now


def somebody(name: str = "Maria") -> Reader:
    """A person with a name to use, in a community."""
    network.forget_communities()
    if not network.communities():
        community()
        network.forget_communities()
    reader = person()
    record = consent.open_own(reader=reader, classes={DataClass.DEMOGRAPHICS})
    people.write_profile(
        record_id=record, name=name, pronouns="", language="en", sealer=sealer_for([record]), by=reader, at=now()
    )
    new_request()
    return reader


def session_of(reader: Reader, device: str = "own", *, proved: bool = True) -> str:
    """The key of a fresh session, on the person's own device or on a shared one; proved a moment ago, or long ago."""
    password = User.objects.get(id=reader.account_id).password
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    started = (now() - timedelta(minutes=1)).isoformat()
    session.update(
        {
            SESSION_KEY: str(reader.account_id),
            HASH_SESSION_KEY: session_hash(password),
            "device": device,
            "started_at": started,
            "seen_at": now().isoformat(),
            "factor_at": (now() - timedelta(minutes=0 if proved else 6)).isoformat(),
        }
    )
    session.create()
    return session.session_key


def client_of(reader: Reader, *, proved: bool = True) -> Client:
    """A browser in which the person is signed in."""
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = session_of(reader, proved=proved)
    return browser


WORDS = ("words_version", "words_language", "words_along")


def shown(browser: Client, url: str) -> dict[str, str]:
    """Which version in which language the page with the words says it shows, and what goes along."""
    page = browser.get(url).content.decode()
    return {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in WORDS}
