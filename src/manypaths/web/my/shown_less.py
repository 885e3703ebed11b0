"""Open less to somebody outside: choose what is left, read the words for it, and sign; or make smaller what waits."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from manypaths.consent import queries as consent
from manypaths.consent import shares, sharing
from manypaths.consent.rules.shares import KINDS, Extent, reasons_not_to_narrow
from manypaths.consent.shares import ShareView
from manypaths.lib.refusals import Refused, refuse_if
from manypaths.network.rules import factor_is_fresh
from manypaths.web.my.ask_forms import spoken
from manypaths.web.my.frame import REFUSED, put_reasons, show, thank, today, zone_of
from manypaths.web.my.proof import proved
from manypaths.web.my.showing import words_of
from manypaths.web.my.showing_forms import DAY_FIELD, SignForm
from manypaths.web.my.showing_words import PARTS
from manypaths.web.my.shown import filling_of, line_of, times_by
from manypaths.web.my.words import METHODS
from manypaths.web.ui.access import person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.offering import offer
from manypaths.web.ui.words import in_zone

DAY_WORDS = {**DAY_FIELD, "label": _("Until which day may they see it?")}


class LessForm(forms.Form):
    """What is left: which parts, and until which day. Where there is one part, only the day is asked."""

    parts = forms.MultipleChoiceField(
        label=_("What may they still see?"),
        help_text=_("Choose only what they may still see. The rest closes."),
        widget=forms.CheckboxSelectMultiple(attrs={"look": "picks"}),
        error_messages={"required": _("Choose what they may still see. To close all of it, press Stop.")},
    )
    until = forms.DateField(help_text=_("This day or an earlier one."), **DAY_WORDS)

    def __init__(self, data: Any, view: ShareView, zone: str, first: date) -> None:
        self.view, self.zone, self.first = view, zone, first
        self.last = in_zone(view.until, zone).date()
        super().__init__(data, initial={"until": self.last})
        offer(self, "parts", [(one, PARTS[one]) for one in view.classes])
        if len(view.classes) == 1:
            del self.fields["parts"]

    def clean_until(self) -> date:
        """A day that is neither over nor later than before."""
        day: date = self.cleaned_data["until"]
        if day < min(self.first, self.last):
            raise forms.ValidationError(_("Choose today or a later day. To end it now, press Stop."))
        if day > self.last:
            raise forms.ValidationError(_("Choose this day or an earlier one. A longer time needs a new yes."))
        return day

    @property
    def extent(self) -> Extent:
        """What is left."""
        end = datetime.combine(self.cleaned_data["until"], time(23, 59, 59), ZoneInfo(self.zone))
        return Extent(frozenset(self.cleaned_data.get("parts") or self.view.classes), min(end, self.view.until))


@person
@require_http_methods(METHODS)
def less(request: Asked, share_id: UUID) -> HttpResponse:
    """Choose what is left. What waits is smaller at once; what was given is signed anew, in the words for the rest."""
    view, at = shares.own_share(reader=request.reader, share_id=share_id), now()
    waits = view.state == "draft"
    if not (waits or view.holds(at)):
        return redirect("my:shown", share_id)
    form = LessForm(request.POST or None, view, zone_of(request), today(request))
    if request.method == "POST" and form.is_valid() and "again" not in request.POST:
        try:
            refuse_if(_reasons(view, form.extent, at))
            return _wait_smaller(request, view, form, at) if waits else _sign(request, view, form, at)
        except Refused as refused:
            put_reasons(form, refused)
    return _choose(request, view, form)


def _reasons(view: ShareView, less: Extent, at: datetime) -> Any:
    before = Extent(frozenset(view.classes), view.until)
    given = view.state == "given"
    taken_up = not given or view.kind != "ally" or view.taken_up
    return reasons_not_to_narrow(before, less, view.firm_until if given else None, at, taken_up=taken_up)


def _choose(request: Asked, view: ShareView, form: LessForm) -> HttpResponse:
    context = {"form": form, "line": line_of(request, view), "opened": times_opened(request, view)}
    response = show(request, "show/less", context)
    response.status_code = REFUSED if form.errors else response.status_code
    return response


def times_opened(request: Asked, view: ShareView) -> int:
    """How often it was opened by this consent, and by those of which it took the place."""
    return times_by(request, [view, *shares.own_before(reader=request.reader, share=view)])


def _wait_smaller(request: Asked, view: ShareView, form: LessForm, at: datetime) -> HttpResponse:
    sharing.narrow_waiting(share_id=view.id, less=form.extent, by=request.reader, at=at)
    return thank(request, "waits_smaller", "my:shown", view.id)


def _sign(request: Asked, view: ShareView, form: LessForm, at: datetime) -> HttpResponse:
    """The words for what is left, with a place to sign. The first time nothing is signed yet."""
    fresh = factor_is_fresh(request.reader, at)
    signing = SignForm(request.POST if "sign" in request.POST else None, fresh=fresh)
    if signing.is_bound and signing.is_valid() and (fresh or proved(request, signing, at)):
        try:
            return _narrow(request, view, form, signing.cleaned_data["name"], at)
        except Refused as refused:
            put_reasons(signing, refused)
    return _words(request, view, form, signing)


def _narrow(request: Asked, view: ShareView, form: LessForm, name: str, at: datetime) -> HttpResponse:
    version, language = (request.POST.get(f"words_{one}", "") for one in ("version", "language"))
    text = consent.text_as_shown(key=KINDS[view.kind].text_for_less, version=version, language=language, unchanged=True)
    given = sharing.narrow_share(share_id=view.id, less=form.extent, name=name, text=text, by=request.reader, at=at)
    left = line_of(request, shares.own_share(reader=request.reader, share_id=given))
    return thank(request, "less" if left.holds else "less_closed", "my:shown", given)


def _words(request: Asked, view: ShareView, form: LessForm, signing: SignForm) -> HttpResponse:
    text = consent.text(key=KINDS[view.kind].text_for_less, language=spoken().split("-")[0])
    less = form.extent
    words = words_of(text, filling_of(request, view, text, sorted(less.classes), less.until))
    hidden = [(name, value) for name in ("parts", "until") for value in request.POST.getlist(name)]
    context = {"less": view, "signing": signing, "words": words, "hidden": hidden}
    response = show(request, "show/sign", context)
    response.status_code = REFUSED if signing.is_bound and signing.errors else response.status_code
    return response
