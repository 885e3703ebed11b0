"""Messages between a person and who walks with them: plain words, read by two, and by nobody beside them."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from manypaths.lib.refusals import NotThere, Refused
from manypaths.referrals import commands, queries
from manypaths.referrals.queries import Walker
from manypaths.support import messages, messaging
from manypaths.support.messages import A_PAGE, ThreadLine
from manypaths.web.my import plain
from manypaths.web.my.frame import WORDS, error_page, put_reasons, show, thank
from manypaths.web.ui.access import person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.numbered import page_number

METHODS = ["GET", "HEAD", "POST"]
WORDS.update(
    {
        "written": _("Sent. You can take it back until it was read."),
        "message_back": _("Taken back. Its words are gone, and nobody read them."),
        "earlier_shown": _("They can read what was written before. You can stop that any time."),
        "earlier_closed": _("They can no longer read what was written before."),
    }
)


class MessageForm(forms.Form):
    """One message, in plain words."""

    words = forms.CharField(
        label=_("Your message"),
        help_text=_("Up to 2,000 letters."),
        error_messages={"required": _("Write a few words first.")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@person
@require_safe
def index(request: Asked) -> HttpResponse:
    """Everyone the person writes with or can write to, those that have ended below."""
    threads = messages.own_threads(reader=request.reader)
    begun = {one.membership_id for one in threads if one.is_heard}
    walkers = [one for one in queries.who_walks(reader=request.reader) if one.membership_id not in begun]
    context = {
        "threads": [one for one in threads if one.is_heard],
        "walkers": walkers,
        "ended": [one for one in threads if not one.is_heard],
    }
    return show(request, "messages/index", context)


@person
@require_http_methods(METHODS)
def begin(request: Asked, membership_id: UUID) -> HttpResponse:
    """The first message to someone who walks with the person. Begun before, it leads to what was written."""
    threads = messages.own_threads(reader=request.reader)
    begun = next((one for one in threads if one.membership_id == membership_id and one.is_heard), None)
    if begun is not None:
        return redirect("my:thread", begun.id)
    walker = _walker(request, membership_id)
    form = MessageForm(request.POST) if request.method == "POST" else MessageForm()
    if form.is_bound and form.is_valid():
        try:
            thread = commands.write_to_worker(
                membership_id=membership_id, words=form.cleaned_data["words"], by=request.reader, at=now()
            )
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "written", "my:thread", thread)
    before = next((one for one in threads if one.org_record_id == walker.org_record_id), None)
    return show(request, "messages/begin", {"walker": walker, "before": before, "form": form})


def _walker(request: Asked, membership_id: UUID) -> Walker:
    found = next((one for one in queries.who_walks(reader=request.reader) if one.membership_id == membership_id), None)
    if found is None:
        raise NotThere
    return found


@person
@require_http_methods(METHODS)
def one(request: Asked, thread_id: UUID) -> HttpResponse:
    """One thread: a form on top, then what was written, the newest first."""
    form = MessageForm(request.POST) if request.method == "POST" else MessageForm()
    if form.is_bound and form.is_valid():
        try:
            messaging.write_as_person(
                thread_id=thread_id, words=form.cleaned_data["words"], by=request.reader, at=now()
            )
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "written", "my:thread", thread_id)
    number = page_number(request.GET.get("page"))
    thread, lines, more = messaging.read_as_person(
        thread_id=thread_id, offset=A_PAGE * (number - 1), by=request.reader, at=now()
    )
    context: dict[str, Any] = {
        "thread": thread, "title": plain.TITLES.get(thread.title, thread.title),
        "lines": lines[::-1], "more": more, "number": number, "form": form,
        "before": _before(request, thread),
    }  # fmt: skip
    return show(request, "messages/one", context)


def _before(request: Asked, thread: ThreadLine) -> list[ThreadLine]:
    """What was written with somebody before, at the same place and about the same request."""
    if not thread.is_heard:
        return []
    others = messages.own_threads(reader=request.reader)
    return [one for one in others if one.org_record_id == thread.org_record_id and one.id != thread.id]


@person
@require_POST
def take_back(request: Asked, message_id: UUID) -> HttpResponse:
    """Take one message back, as long as nobody read it."""
    try:
        thread = messaging.take_back(message_id=message_id, by=request.reader, at=now())
    except Refused as refused:
        return error_page(request, refused)
    return thank(request, "message_back", "my:thread", thread)


@person
@require_POST
def earlier(request: Asked, thread_id: UUID, earlier_id: UUID) -> HttpResponse:
    """Let who walks on read what was written before, or no more."""
    shown = request.POST.get("read") == "yes"
    messaging.show_earlier(thread_id=thread_id, earlier_id=earlier_id if shown else None, by=request.reader, at=now())
    return thank(request, "earlier_shown" if shown else "earlier_closed", "my:thread", thread_id)
