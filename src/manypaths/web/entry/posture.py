"""Whether a place is a program under 42 CFR Part 2: five questions, asked of whoever leads it."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from manypaths.lib.refusals import Refused
from manypaths.network import commands, queries
from manypaths.network.rules import Role, factor_is_fresh
from manypaths.network.rules.posture import LONGEST_NAME, LONGEST_REASON, QUESTIONS, Answer, Posture, Review
from manypaths.web.entry.opening import press_again, prove_first, see, show_reasons, zone
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now

KEPT, TYPED = "posture_kept", "posture_typed"
ANSWERS = [(Answer.YES.value, _("Yes")), (Answer.NO.value, _("No")), (Answer.UNSURE.value, _("We do not know"))]
STANDS = {
    Posture.YES: _("You are a program under 42 CFR Part 2."),
    Posture.NO: _("You are not a program under 42 CFR Part 2."),
    Posture.UNSET: _("Not everything is known. Until it is, you count as a program under 42 CFR Part 2."),
}
MEANS = {
    Posture.YES: _(
        "Records you make here carry this law. They leave only with a consent of the person, or where the law says so."
    ),
    Posture.NO: _("Records you make here do not carry this law. What you receive from a program still does."),
    Posture.UNSET: _("Records you make here are held as if the law bound you. So nothing is given away too soon."),
}


class PostureForm(forms.Form):
    """The five questions in the language of the page, who stands for the answers, and why."""

    reviewer = forms.CharField(
        label=_("Who looked at this?"),
        help_text=_("A name: your counsel, your privacy officer, or you."),
        max_length=LONGEST_NAME,
        error_messages={"required": _("Type the name of the person who looked at this.")},
    )
    reason = forms.CharField(
        label=_("Why is it so?"),
        help_text=_("One or two sentences. Nothing about anyone you support."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say in a sentence why it is so.")},
    )
    stricter = forms.BooleanField(
        label=_("Treat us as a program in any case."),
        help_text=_("Choose this when your counsel tells you to."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spoken = (get_language() or "en").split("-")[0]
        for question in QUESTIONS:
            said = question.get(spoken, question["en"])
            self.fields[question["key"]] = forms.ChoiceField(
                label=said["ask"],
                help_text=said["help"],
                choices=ANSWERS,
                widget=forms.RadioSelect(attrs={"look": "picks"}),
                error_messages={"required": gettext("Choose one answer: %(question)s") % {"question": said["ask"]}},
            )
        self.order_fields([question["key"] for question in QUESTIONS])

    def asked(self) -> list[forms.BoundField]:
        """The five questions, in their order."""
        return [self[question["key"]] for question in QUESTIONS]

    def review(self) -> Review:
        """What was answered."""
        said = self.cleaned_data
        answers = {question["key"]: said[question["key"]] for question in QUESTIONS}
        return Review(answers, said["reviewer"], said["reason"], said["stricter"])


@member(Role.ORG_ADMIN, Role.PRIVACY_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def posture(request: Asked) -> HttpResponse:
    """How the place stands, the five questions, and who answered them before."""
    if not factor_is_fresh(request.reader, now()):
        request.session[TYPED] = request.POST.dict()
        return prove_first(request, "entry:posture")
    typed = request.session.pop(TYPED, None)
    form = PostureForm(request.POST if request.method == "POST" else None, initial=typed)
    if form.is_valid():
        try:
            commands.review_posture(review=form.review(), by=request.reader, at=now())
        except Refused as refusal:
            show_reasons(form, refusal)
        else:
            request.session[KEPT] = True
            return see(reverse("entry:posture"))
    return _draw(request, form)


def _draw(request: Asked, form: PostureForm) -> HttpResponse:
    stands = queries.own_posture(reader=request.reader)
    reviews = queries.posture_reviews(reader=request.reader)
    shown = {
        "form": form,
        "stands": STANDS[stands],
        "means": MEANS[stands],
        "is_known": stands is not Posture.UNSET,
        "reviews": [(one, STANDS[Posture(one.decided)]) for one in reviews],
        "kept": request.session.pop(KEPT, False),
        "again": press_again(request),
        "zone": zone(request),
    }
    return render(request, "entry/posture.html", shown, status=422 if form.errors else 200)
