"""What a worker and a person they walk with write to each other. No other worker opens it."""

from uuid import UUID

from django import forms
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass, Purpose
from manypaths.lib.refusals import Refused
from manypaths.people import queries as people
from manypaths.referrals import commands
from manypaths.support import messaging
from manypaths.support.messages import A_PAGE, MessageLine, ThreadPage
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.numbered import page_number
from manypaths.web.work.frame import REFUSED, WALKING, put_reasons, show, thank


class MessageForm(forms.Form):
    """One message, in plain words."""

    words = forms.CharField(
        label=_("Your message"),
        help_text=_("Up to 2,000 letters. It is theirs to keep, and they can show it to others."),
        error_messages={"required": _("Write a few words first.")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@member(*WALKING)
@require_http_methods(["GET", "HEAD", "POST"])
def thread(request: Asked, record_id: UUID) -> HttpResponse:
    """One thread: a form on top, then what was written, the newest first."""
    form = MessageForm(request.POST) if request.method == "POST" else MessageForm()
    if form.is_bound and form.is_valid():
        try:
            commands.write_to_person(record_id=record_id, words=form.cleaned_data["words"], by=request.reader, at=now())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "message", "work:thread", record_id)
    number, page = _read(request, record_id)
    context = {
        "record_id": record_id, "purpose": Purpose.CARE,
        "name": name_of(request, record_id), "form": form, "lines": page.lines[::-1],
        "more": page.more, "number": number, "earlier": page.earlier[::-1], "earlier_worker": page.earlier_worker,
    }  # fmt: skip
    return show(request, "thread", context, status=REFUSED if form.is_bound and form.errors else 200)


@member(*WALKING)
@require_safe
def api_thread(request: Asked, record_id: UUID) -> JsonResponse:
    """The same as JSON."""
    _number, page = _read(request, record_id)
    before = {"worker": page.earlier_worker, "messages": [_plain(line) for line in page.earlier]}
    return JsonResponse(
        {
            "id": str(record_id),
            "messages": [_plain(line) for line in page.lines],
            "more": page.more,
            "before": before if page.earlier else None,
        }
    )


def _read(request: Asked, record_id: UUID) -> tuple[int, ThreadPage]:
    number = page_number(request.GET.get("page"))
    offset = A_PAGE * (number - 1)
    return number, messaging.read_as_worker(org_record_id=record_id, offset=offset, by=request.reader, at=now())


def _plain(line: MessageLine) -> dict[str, object]:
    return {
        "id": str(line.id),
        "party": line.party.value,
        "words": line.words,
        "written_at": line.written_at.isoformat(),
        "read_at": line.read_at.isoformat() if line.read_at else None,
        "taken_back_at": line.taken_back_at.isoformat() if line.taken_back_at else None,
    }


def name_of(request: Asked, record_id: UUID) -> str:
    """The name they go by, as far as the reader may open it."""
    opened = consent.open_records(
        reader=request.reader, records=[record_id], classes={DataClass.DEMOGRAPHICS}, purpose=Purpose.CARE
    )
    return people.names_of(records=opened.ids, sealer=opened.sealer).get(record_id, "") if opened.ids else ""
