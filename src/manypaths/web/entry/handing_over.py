"""Who goes on with the people of a worker who goes. The lead learns how many they are, and no name."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from manypaths.lib.refusals import NotThere, Refused
from manypaths.network import queries
from manypaths.network.rules import TAKING_UP, Reader, Role, factor_is_fresh
from manypaths.people import queries as people
from manypaths.referrals import commands as referrals
from manypaths.web.entry.opening import prove_first, see, show_reasons
from manypaths.web.entry.roles import NAMES
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.offering import offer

HANDED = "handed_over"


class HandOverForm(forms.Form):
    """Which worker walks with them from now on."""

    to = forms.ChoiceField(
        label=_("Who walks with them from now on?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who goes on."), "invalid_choice": _("Choose who goes on.")},
    )

    def __init__(self, data: Any = None, *, takers: list[tuple[str, str]]) -> None:
        super().__init__(data)
        offer(self, "to", takers)


@member(Role.ORG_ADMIN)
@require_http_methods(["GET", "POST"])
def hand_over(request: Asked, worker: UUID) -> HttpResponse:
    """Give the people one worker walks with to another worker."""
    reader = request.reader
    if not factor_is_fresh(reader, now()):
        return prove_first(request, "entry:workers")
    total = people.walked_with(reader=reader).get(worker, 0)
    if not total:
        raise NotThere
    takers = _takers(reader, worker)
    form = HandOverForm(request.POST if request.method == "POST" else None, takers=takers)
    if request.method == "POST" and form.is_valid() and _handed(request, worker, form):
        return see(reverse("entry:workers"))
    name = queries.names_of_members(membership_ids=[worker])[worker][0]
    return render(request, "entry/hand_over.html", {"form": form, "name": name, "total": total, "takers": takers})


def _takers(reader: Reader, worker: UUID) -> list[tuple[str, str]]:
    """Everyone else here whose role may walk with someone, and what they are."""
    return [
        (str(one.membership_id), f"{one.display_name} ({', '.join(str(NAMES[role]) for role in one.roles)})")
        for one in queries.workers(reader=reader)
        if one.membership_id != worker and any(role.value in one.roles for role in TAKING_UP)
    ]


def _handed(request: Asked, worker: UUID, form: HandOverForm) -> bool:
    taker = UUID(form.cleaned_data["to"])
    try:
        total = referrals.hand_over_people(from_membership=worker, to_membership=taker, by=request.reader, at=now())
    except Refused as refusal:
        show_reasons(form, refusal)
        return False
    request.session[HANDED] = {"total": total, "name": queries.names_of_members(membership_ids=[taker])[taker][0]}
    return True


def left_behind(reader: Reader) -> list[dict[str, object]]:
    """Workers who have gone and whose people nobody walks with: whose name, and how many people."""
    here = {one.membership_id for one in queries.workers(reader=reader)}
    gone = {worker: total for worker, total in people.walked_with(reader=reader).items() if worker not in here}
    names = queries.names_of_members(membership_ids=list(gone))
    return [{"worker": worker, "name": names[worker][0], "people": total} for worker, total in gone.items()]
