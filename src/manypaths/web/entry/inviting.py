"""Invitations to work here, what an organisation agrees to, who works there, and which place one works for now."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST

from manypaths.accounts import queries as accounts
from manypaths.accounts.rules import Device
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network import commands, queries
from manypaths.network.queries import Agreement, Participation
from manypaths.network.rules import Role, factor_is_fresh
from manypaths.referrals import commands as referrals
from manypaths.web.entry.forms import AcceptForm
from manypaths.web.entry.opening import begin, open_form, press_again, prove_first, see, show_reasons, zone
from manypaths.web.entry.roles import what_they_do
from manypaths.web.ui.access import anyone, member, signed_in
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now


@anyone
@open_form
@require_http_methods(["GET", "POST"])
def invited(request: Asked, code: str) -> HttpResponse:
    """Read who invites and what one will be able to do; then accept."""
    reader, at = request.reader, now()
    invitation = queries.invitation(code=code, at=at)
    form = AcceptForm(request.POST or None, initial={"display_name": invitation.display_name})
    if request.method == "POST" and reader.is_signed_in:
        place = commands.accept_as_member(code=code, by=reader, at=at)
        request.session["membership"] = str(place.id)  # else the page would look as if nothing had happened
        return see(reverse("entry:landing"))
    if request.method == "POST" and form.is_valid():
        try:
            account = commands.accept_with_new_account(
                code=code,
                display_name=form.cleaned_data["display_name"],
                passphrase=form.cleaned_data["passphrase"],
                language=get_language() or "en",
                by=reader,
                at=at,
            )
        except Refused as refusal:
            show_reasons(form, refusal)
        else:
            begin(request, account, device=Device.STAFF, at=at, proved=False)
            return see(reverse("entry:second_factor"))
    what = what_they_do(invitation.roles)
    shown = {"form": form, "invitation": invitation, "what": what, "zone": zone(request)}
    if reader.is_signed_in:
        own = accounts.account(account_id=reader.own_account)
        shown["account_name"] = own.username if own else ""
    return render(request, "entry/invited.html", shown)


@member(Role.ORG_ADMIN)
@require_http_methods(["GET", "POST"])
def taking_part(request: Asked) -> HttpResponse:
    """What the organisation is asked to agree to, word by word, and where it takes part."""
    reader = request.reader
    words = _agreement()
    if request.method == "POST":
        commands.agree_to_participate(
            community_id=_chosen(request),
            agreement_id=words.id,
            answers_requests="answers" in request.POST,
            by=reader,
            at=now(),
        )
        return see(reverse("entry:taking_part"))
    shown = {
        "words": words,
        "paragraphs": words.body.split("\n\n"),
        "again": press_again(request),
        "asked": queries.invited_to(reader=reader),
        "part_of": [(row, _is_answered(row)) for row in queries.part_of(reader=reader)],
    }
    return render(request, "entry/taking_part.html", shown)


def _is_answered(row: Participation) -> bool:
    """Whether someone of theirs answers there now. What was agreed alone answers nobody."""
    return bool(queries.takes_requests(organisation_ids=[row.organisation_id], community_id=row.community_id))


def _agreement() -> Agreement:
    """The newest words that an organisation agrees to, in the language of the page."""
    return queries.agreement(key="participation", language=(get_language() or "en").split("-")[0])


def _chosen(request: Asked) -> UUID:
    try:
        return UUID(request.POST.get("community", ""))
    except ValueError:
        raise NotThere from None


@member(Role.ORG_ADMIN)
@require_POST
def answer_requests(request: Asked) -> HttpResponse:
    """Say whether the organisation takes requests through us."""
    answers = request.POST.get("answers") == "yes"
    commands.set_organisation_answers(
        community_id=_chosen(request),
        answers=answers,
        by=request.reader,
        at=now(),
    )
    return see(reverse("entry:taking_part"))


@member(Role.ORG_ADMIN)
@require_POST
def leave_community(request: Asked) -> HttpResponse:
    """Leave a community, after a fresh proof. The organisation stays listed; what waits there is closed."""
    reader, at = request.reader, now()
    if not factor_is_fresh(reader, at):
        return prove_first(request, "entry:taking_part")
    referrals.leave_community(community_id=_chosen(request), by=reader, at=at)
    return see(reverse("entry:taking_part"))


@signed_in
@require_http_methods(["GET", "POST"])
def places_of_work(request: Asked) -> HttpResponse:
    """Choose for which of one's organisations one works now."""
    reader = request.reader
    places = queries.own_places_of_work(reader=reader)
    if not places:
        raise NotThere
    if request.method == "POST":
        if request.POST.get("place") not in {str(place.membership_id) for place in places}:
            raise NotThere
        request.session["membership"] = request.POST["place"]
        return see(reverse("entry:landing"))
    return render(request, "entry/places_of_work.html", {"places": places})
