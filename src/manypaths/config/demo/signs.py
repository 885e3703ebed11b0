"""The sign-ins that a demonstration shows to everybody: one for each role, with what to look at."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password

from manypaths.accounts import queries as accounts
from manypaths.accounts import rules
from manypaths.accounts.commands import proving
from manypaths.accounts.models import User
from manypaths.config.demo.book import obey
from manypaths.network.rules import SYSTEM


@dataclass(frozen=True)
class SignIn:
    """One role, its made-up bearer, and the passphrase that is no secret."""

    key: str
    role: str
    name: str
    place: str
    passphrase: str
    look_at: str
    sign_in_name: str = ""


SIGN_INS = (
    SignIn(
        "person",
        "person",
        "Maria S.",
        "",
        "maple river lantern bread",
        "My plan, what I asked for, check-ins, who looked",
        "coral-piano-4821",
    ),
    SignIn(
        "person_es",
        "person",
        "Inés R. (en español)",
        "",
        "trigo sol camino guitarra",
        "The same pages in Spanish",
        "flora-tango-5530",
    ),
    SignIn(
        "person_new",
        "person",
        "Robin (first day)",
        "",
        "pebble cloud window apple",
        "A first day: nothing written yet",
        "bravo-melon-2064",
    ),
    SignIn(
        "peer",
        "peer",
        "Dee R.",
        "Lantern House Recovery Center",
        "kettle orchard walking stone",
        "Requests, people I walk with, contacts",
    ),
    SignIn(
        "supervisor",
        "supervisor",
        "Tom W.",
        "Lantern House Recovery Center",
        "harbor pencil winter song",
        "Requests, and a message when one waits too long",
    ),
    SignIn(
        "frontdesk",
        "frontdesk",
        "Joy K.",
        "Lantern House Recovery Center",
        "garden ticket morning bell",
        "Requests, and vouching for someone who cannot get in",
    ),
    SignIn(
        "org_admin",
        "org_admin",
        "Marta B.",
        "Lantern House Recovery Center",
        "copper ladder yellow field",
        "Services, hours, room, the team. No person.",
    ),
    SignIn(
        "privacy_officer",
        "privacy_officer",
        "Hugo L.",
        "Lantern House Recovery Center",
        "quiet paper forest lamp",
        "Looks that a person says were not right, and the answers",
    ),
    SignIn(
        "coordinator",
        "coordinator",
        "Priya N.",
        "Green Hollow Recovery Network",
        "bridge cotton silver meadow",
        "Who takes part, and the figures at /community/. No person.",
    ),
)


def show_sign_ins(accounts_of: dict[str, UUID], at: datetime) -> None:
    """Give each shown account its passphrase, and the workers an app whose codes the page tells."""
    for position, one in enumerate(SIGN_INS):
        obey(rules.reasons_not_to_use(one.passphrase, common=accounts.common_passphrases(), names=[one.name]))
        account_id = accounts_of[one.key]
        password = make_password(rules.as_typed(one.passphrase))
        User.objects.filter(id=account_id).update(password=password)
        proving.show_in_demo(
            account_id=account_id,
            role=one.role,
            name=one.name,
            place=one.place,
            passphrase=one.passphrase,
            position=position,
            by=SYSTEM,
            at=at,
        )


def sign_in_name(key: str) -> str:
    """The name with which a shown person signs in."""
    return next(one.sign_in_name for one in SIGN_INS if one.key == key)


def look_at(name: str) -> str:
    """What to look at when signed in with a name."""
    return next((one.look_at for one in SIGN_INS if one.name == name), "")
