"""The plan that a place keeps with the person, and the one for a bad day: to read, and to say how they see it."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from manypaths.consent.rules import DataClass
from manypaths.lib.refusals import NotThere, Refused, refuse_if
from manypaths.plans import queries as plans
from manypaths.referrals import commands, queries
from manypaths.support import queries as support
from manypaths.web.my.frame import put_reasons, show, thank
from manypaths.web.my.kept import KeptPlace, SayForm
from manypaths.web.ui.access import person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.offering import reasons_not_as_drawn

CLASSES = {"plan": DataClass.RECOVERY_PLAN, "safety": DataClass.SAFETY_PLAN}


@person
@require_safe
def plan(request: Asked, record_id: UUID) -> HttpResponse:
    """The plan that the place keeps with the person."""
    return _draw(request, record_id, "plan", SayForm())


@person
@require_safe
def safety(request: Asked, record_id: UUID) -> HttpResponse:
    """The plan for a bad day that a clinician there wrote with the person."""
    return _draw(request, record_id, "safety", SayForm())


@person
@require_POST
def say(request: Asked, record_id: UUID, which: str) -> HttpResponse:
    """Say something beside it."""
    form = SayForm(request.POST)
    refuse_if(reasons_not_as_drawn(form))
    if form.is_valid():
        try:
            commands.say_beside(
                record_id=record_id, data_class=CLASSES[which], item_id=record_id, **form.cleaned_data,
                by=request.reader, at=now(),
            )  # fmt: skip
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "beside", f"my:kept_{which}", record_id)
    return _draw(request, record_id, which, form)


@person
@require_POST
def take_back(request: Asked, record_id: UUID, which: str) -> HttpResponse:
    """Take back what stands beside it."""
    data_class = CLASSES[which]
    _record, opened = queries.open_held_record(reader=request.reader, record_id=record_id, classes={data_class})
    remark = support.said_beside(record_id=record_id, sealer=opened.sealer).get(record_id)
    if remark is None:
        raise NotThere
    commands.take_back_what_was_said(
        record_id=record_id, data_class=data_class, remark_id=remark.id, by=request.reader, at=now()
    )
    return thank(request, "beside_back", f"my:kept_{which}", record_id)


def _draw(request: Asked, record_id: UUID, which: str, form: SayForm) -> HttpResponse:
    record, opened = queries.open_held_record(reader=request.reader, record_id=record_id, classes={CLASSES[which]})
    context: dict[str, Any] = {
        "place": KeptPlace.of(record), "which": which, "form": form,
        "remark": support.said_beside(record_id=record_id, sealer=opened.sealer).get(record_id),
    }  # fmt: skip
    if which == "plan":
        context["plan"] = plans.held_plan(record_id=record_id, sealer=opened.sealer)
    else:
        context["found"] = plans.safety_plan(record_id=record_id, sealer=opened.sealer)
    return show(request, f"kept_{which}", context)
