"""What each role is able to do here today, in words for the one who is invited.

A role whose pages are not built yet keeps its place in the data and has a name; it is offered to nobody.
"""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from manypaths.network.rules import VOUCHING

DESK_ROLES = VOUCHING
NAMES = {
    "person": _("A person finding support"),
    "peer": _("Peer recovery coach"),
    "clinician": _("Clinician"),
    "supervisor": _("Supervisor"),
    "frontdesk": _("Front desk"),
    "coordinator": _("Coordinator of the community"),
    "org_admin": _("Lead of an organization"),
    "privacy_officer": _("Privacy officer"),
    "volunteer": _("Volunteer"),
    "facilitator": _("Facilitator"),
    "fiscal": _("Fiscal worker"),
    "medic": _("Emergency medical worker"),
    "monitor": _("Monitoring officer"),
}
WORDS = {
    "peer": _("Walk with the people you are assigned to. Answer requests, and write down contacts."),
    "clinician": _("See what people you are assigned to share with you, and answer requests."),
    "supervisor": _("Read requests that people send here, and the pages of people your team walks with."),
    "frontdesk": _("Read requests that people send here, and vouch for someone who cannot get in."),
    "coordinator": _("Invite groups and keep this work going. You never see who gets help."),
    "org_admin": _("Invite workers, end their access, and agree for your place. You see no one's record."),
    "monitor": _("Read what a person shows you for their case. You see nothing else, and nobody else."),
    "privacy_officer": _("Answer when a person says that a look was not right. You see that one look, and no record."),
    "volunteer": _("See the name of people you are assigned to, how to reach them, and write down contacts."),
    "medic": _("In a medical emergency, write down four things and see what you need to treat someone, for one hour."),
}
NO_PAGE = _("There is no page for this work yet. You can sign in and keep your keys.")


def what_they_do(roles: Iterable[str]) -> list[dict[str, object]]:
    """Name and words of each role."""
    return [{"name": NAMES[role], "words": WORDS.get(role, NO_PAGE)} for role in roles if role in NAMES]
