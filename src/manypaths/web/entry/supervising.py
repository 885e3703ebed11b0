"""Who supervises a worker: said by whoever leads the organisation, on the page of what that worker does."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from manypaths.lib.refusals import NotThere, Refused
from manypaths.network import commands, queries
from manypaths.network.rules import Reader, Role, factor_is_fresh
from manypaths.web.entry.forms import RolesForm
from manypaths.web.entry.opening import prove_first, see, show_reasons
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.offering import offer


class SupervisorForm(forms.Form):
    """One of the supervisors of the organisation, or nobody."""

    supervisor = forms.ChoiceField(
        label=_("Who supervises them?"),
        required=False,
        error_messages={"invalid_choice": _("Choose one of the names.")},
    )

    def __init__(self, *args: Any, offered: list[queries.Worker], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(str(one.membership_id), one.display_name) for one in offered]
        offer(self, "supervisor", [("", _("Nobody")), *names])

    @property
    def chosen(self) -> UUID | None:
        """Whom the form names."""
        said = self.cleaned_data["supervisor"]
        return UUID(said) if said else None


@member(Role.ORG_ADMIN)
@require_POST
def worker_supervisor(request: Asked, worker: UUID) -> HttpResponse:
    """Say who supervises a worker, or that nobody does."""
    if not factor_is_fresh(request.reader, now()):
        return prove_first(request, "entry:workers")
    one = next((one for one in queries.workers(reader=request.reader) if one.membership_id == worker), None)
    if one is None:
        raise NotThere
    form = SupervisorForm(request.POST, offered=supervisors(request.reader, one))
    if form.is_valid():
        try:
            commands.set_supervisor(membership_id=worker, supervisor_id=form.chosen, by=request.reader, at=now())
        except Refused as refusal:
            show_reasons(form, refusal)
        else:
            return see(reverse("entry:workers"))
    return draw_roles(request, one, supervisor=form)


def supervisors(reader: Reader, worker: queries.Worker) -> list[queries.Worker]:
    """Who can supervise a worker: the other supervisors of the organisation, but nobody names themself."""
    found = (one for one in queries.workers(reader=reader) if Role.SUPERVISOR in one.roles and not one.is_me)
    return [one for one in found if one.membership_id != worker.membership_id]


def draw_roles(
    request: Asked, one: queries.Worker, form: RolesForm | None = None, supervisor: SupervisorForm | None = None
) -> HttpResponse:
    """The page of one worker: what they do, and who supervises them."""
    may_name = request.reader.has_role(Role.COORDINATOR)
    offered = supervisors(request.reader, one)
    shown = {
        "form": form
        or RolesForm(
            may_name_coordinators=may_name, watching=queries.watches(request.reader), initial={"roles": one.roles}
        ),
        "supervisor": supervisor or SupervisorForm(offered=offered, initial={"supervisor": one.supervisor_id or ""}),
        "offered": offered,
        "one": one,
        "name": one.display_name,
    }
    return render(request, "entry/worker_roles.html", shown)
