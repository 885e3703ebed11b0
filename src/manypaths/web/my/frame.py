"""What every page of this door shares: today, reasons beside fields, and one line that says what happened."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from manypaths.lib.dates import local_date
from manypaths.lib.refusals import Refused
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now

REFUSED = 422
CHECK_IN = "barc-10"  # the instrument behind "my check-in"
SAID = "my_said"
WORDS: dict[str, Any] = {
    "saved": _("Saved. Only you can see it."),
    "taken_off": _("It is off your page. You still have it in your copy."),
    "done": _("Marked as done."),
    "reached": _("You reached it. It stays on your page below."),
    "set_aside": _("Set aside. You can take it up again any time."),
    "taken_up": _("Taken up again."),
    "chosen": _("It is on your page now. Nobody was told."),
    "stopped": _("Sharing has stopped. They can no longer open what you sent."),
    "longer": _("You agreed anew. You can still stop it any time."),
    "blocked": _("They can see nothing of yours from now on."),
    "asked_already": _("You have already asked them. This is where it stands."),
    "sent": _("Sent. You see each step here."),
    "answered": _("Your answer is kept. Thank you for saying it."),
    "taken_back": _("Taken back. What you sent along is closed from now on."),
    "seen": _("Marked as seen."),
    "unblocked": _("The block has ended."),
    "said_not_right": _("You said that this look was not right. You see here where it stands."),
    "less": _("They can open only what is left. You can still stop it any time."),
    "less_closed": _("It is less now. They open nothing of it at this time. You see below why."),
    "waits_smaller": _("Taken out. The rest still waits for your answer."),
    "kept_for_later": _("Noted. You find it under Sharing."),
    "share_given": _("You said yes. You can see here what they open, and stop it."),
    "said_no": _("You said no. Nobody is told."),
    "shown_stopped": _("Stopped. They can open nothing more of it."),
    "kept_from": _("Kept from them. They open nothing of it, also if you said yes."),
    "let_again": _("Your yes holds again."),
    "close_taken_up": _("It is on your list now. They see that you typed their code."),
    "beside": _("It stands beside it now. Those who can read this there can read your words."),
    "beside_back": _("Taken back. Nobody there can read your words any more."),
    "paper_denied": _("You said that you did not sign it. It is stopped, and they have to answer you."),
    "card_dropped": _("The card is useless now."),
    "alerts_on": _("Your page says that there is news when someone new looks."),
    "alerts_off": _("You are not told any more. The list stays."),
    "desk_open": _("It is open at the desk now. You can close it here."),
    "desk_closed": _("It is closed at the desk."),
    "petition": _("You asked them. You see here where it stands."),
    "petition_differ": _("Your words stand beside it for good."),
    "said_back": _("Taken back. Nobody there can read it any more."),
}


def zone_of(request: Asked) -> str:
    """The time zone of the community served."""
    community = request.community
    return community.zone if community else "UTC"


def today(request: Asked) -> date:
    """The day it is where the community is."""
    return local_date(now(), zone_of(request))


def put_reasons(form: forms.Form, refused: Refused) -> None:
    """Each reason beside the field it is about."""
    for reason in refused.reasons:
        form.add_error(reason.field if reason.field in form.fields else None, str(reason.message))


def show(request: Asked, page: str, context: dict[str, Any] | None = None) -> HttpResponse:
    """Draw a page of this door. A form that was refused answers 422 and keeps every word."""
    form = (context or {}).get("form")
    status = REFUSED if form is not None and form.is_bound and form.errors else 200
    said = request.session.pop(SAID, None)
    shared = {"zone": zone_of(request), "said": WORDS.get(said) if said else None}
    return render(request, f"my/{page}.html", {**shared, **(context or {})}, status=status)


def go(to: str, *args: Any, anchor: str = "") -> HttpResponse:
    """Go to a page of this door, to a place on it."""
    response = redirect(to, *args)
    if anchor:
        response.headers["Location"] += f"#{anchor}"
    return response


def thank(request: Asked, said: str, to: str, *args: Any, anchor: str = "") -> HttpResponse:
    """Go to a page that says in one line what happened."""
    request.session[SAID] = said
    return go(to, *args, anchor=anchor)


def prove_first(request: Asked, back_to: str, *args: Any) -> HttpResponse:
    """An unlocked phone in the wrong hands is not enough for a copy, nor to let somebody in again."""
    request.session["after_proof"] = reverse(back_to, args=args)
    return redirect("entry:prove_again")


def as_file(response: HttpResponse, name: str, at: datetime) -> HttpResponse:
    """An answer that is kept as a file, with the day in its name."""
    stem, _dot, kind = name.partition(".")
    response.headers["Content-Disposition"] = f'attachment; filename="{stem}-{at:%Y-%m-%d}.{kind}"'
    return response


def error_page(request: Asked, refused: Refused) -> HttpResponse:
    """A button was pressed that cannot act now: say why in words, on a page of its own."""
    return render(request, "422.html", {"reasons": refused.reasons, "here": reverse("my:home")}, status=REFUSED)
