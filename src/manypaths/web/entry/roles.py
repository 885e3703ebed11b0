"""What each role will be able to do, in words for the one who is invited."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from manypaths.network.rules import Role

DESK_ROLES = (Role.FRONTDESK, Role.PEER, Role.SUPERVISOR, Role.COORDINATOR, Role.ORG_ADMIN)
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
}
WORDS = {
    "peer": _("Walk with people you are assigned to, answer requests, and write down contacts."),
    "clinician": _("See what people you are assigned to share with you, and answer requests."),
    "supervisor": _("See the work of those you supervise, for the people they are assigned to."),
    "frontdesk": _("See the name of people your organization supports and how to reach them safely."),
    "coordinator": _("Invite organizations and keep the community going. You never see who receives support."),
    "org_admin": _("Invite workers, end their access, and agree for your organization. You see no person's record."),
    "privacy_officer": _("See who looked at what, and consents. You see no plan and no answer."),
    "volunteer": _("See the name of people you are assigned to, how to reach them, and write down contacts."),
    "facilitator": _("Lead groups. You see no person's record."),
    "fiscal": _("Work with sums and budgets. You see no person's record."),
}


def what_they_do(roles: Iterable[str]) -> list[dict[str, object]]:
    """Name and words of each role."""
    return [{"name": NAMES[role], "words": WORDS[role]} for role in roles if role in WORDS]
