"""Consents that were signed on paper: written down by who may open the record, held, and checked by a second person."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from manypaths.consent import paper_consents as papers
from manypaths.consent import queries as consent
from manypaths.consent.paper_consents import PaperLine, PaperView
from manypaths.consent.queries import Opened
from manypaths.consent.rules import DataClass, Purpose, shares
from manypaths.consent.rules import paper_consents as rules
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network import queries as network
from manypaths.network.rules import Role, factor_is_fresh
from manypaths.referrals.commands import paper_consents as acts
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.numbered import page_number
from manypaths.web.work.frame import REFUSED, WALKING, put_reasons, show, thank, zone_of
from manypaths.web.work.paper_forms import CheckForm, PaperForm, Recipients
from manypaths.web.work.paper_words import CAPACITIES, ELEMENTS, KINDS, SIGNERS, STATES, State
from manypaths.web.work.reasons import name_for, open_for, reasons_to_look, way_back
from manypaths.web.work.words import CLASSES, LANGUAGES, PURPOSES

FORBIDDEN, PAGE = 403, 30
WRITING = (Purpose.CARE, Purpose.PRIVACY)
NAMED_ROLES = {"cj_referral": Role.MONITOR, "counseling_notes": Role.CLINICIAN}
METHODS = ["GET", "HEAD", "POST"]


@dataclass(frozen=True)
class Line:
    """One consent on paper in words."""

    view: PaperView | PaperLine
    kind: Any
    state: State
    who: str = ""
    what: str = ""


def of_record(record_id: UUID, opened: Opened) -> list[Line]:
    """Those of one opened record, newest first; none where consents are closed."""
    if not opened.allows(record_id, DataClass.CONSENT_RECORD):
        return []
    return [in_words(one) for one in papers.paper_consents_of_opened(records=[record_id], opened=opened)]


def in_words(view: PaperView) -> Line:
    """One of them, with whom it names and what it covers."""
    what = ", ".join(str(CLASSES[one]) for one in sorted(view.paper.classes, key=list(CLASSES).index))
    return Line(view, KINDS[view.paper.kind], _state(view.state, denied=view.denied_at is not None), _who(view), what)


def _state(state: str, *, denied: bool) -> State:
    return STATES["denied" if denied else state]


def _who(view: PaperView) -> str:
    if view.recipient_organisation_id:
        places = network.names_of_places(organisation_ids=[view.recipient_organisation_id])
        return places[view.recipient_organisation_id]
    return _worker(view.recipient_membership_id)


def _worker(membership_id: UUID | None) -> str:
    if membership_id is None:
        return ""
    name, _title, house = network.names_of_members(membership_ids=[membership_id]).get(membership_id, ("", "", ""))
    return f"{name}, {house}"


@member(Role.PRIVACY_OFFICER)
@require_safe
def register(request: Asked) -> HttpResponse:
    """Those that wait to be checked, and those that were answered: the newest first."""
    number = page_number(request.GET.get("page"))
    waiting, total = papers.paper_consents_here(reader=request.reader, waiting=True, limit=200)
    done, all_done = papers.paper_consents_here(
        reader=request.reader, waiting=False, limit=PAGE, offset=PAGE * (number - 1)
    )
    context = {
        "waiting": [_listed(one) for one in waiting], "total": total, "done": [_listed(one) for one in done],
        "number": number, "more": all_done > PAGE * number,
    }  # fmt: skip
    return show(request, "paper_consents", context)


def _listed(one: PaperLine) -> Line:
    return Line(one, KINDS[one.kind], _state(one.state, denied=one.denied))


@member(*WALKING, Role.PRIVACY_OFFICER)
@require_http_methods(METHODS)
def new(request: Asked, record_id: UUID) -> HttpResponse:
    """Write one down. It is held, and the page says so before and after. Without a proof nothing is opened for it."""
    form = PaperForm(request.POST if request.method == "POST" else None, _recipients(request))
    if _prove(request, form):
        return _draw_new(request, record_id, form, next(reasons_to_look(request)), "")
    purpose, opened = open_for(request, record_id, DataClass.CONSENT_RECORD)
    if purpose not in WRITING:
        raise NotThere
    if form.is_bound and form.is_valid():
        try:
            _write(request, record_id, form, opened)
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "paper_held", "work:consents", record_id)
    return _draw_new(request, record_id, form, purpose, name_for(request, record_id, purpose))


def _draw_new(request: Asked, record_id: UUID, form: PaperForm, purpose: Purpose, name: str) -> HttpResponse:
    prove = _prove(request, form)
    context = {
        "form": form, "record_id": record_id, "purpose": purpose, "name": name, "prove": prove,
        "back": way_back(purpose, record_id),
    }  # fmt: skip
    return show(request, "paper_consent_new", context, status=_status(form, prove))


def _status(form: Any, prove: str) -> int:
    return FORBIDDEN if prove else REFUSED if form.errors else 200


def _write(request: Asked, record_id: UUID, form: PaperForm, opened: Opened) -> None:
    acts.write_paper_consent(
        record_id=record_id, paper=form.paper(zone_of(request)), named=form.named(), words=form.words(),
        language=form.cleaned_data["language"], opened=opened, by=request.reader, at=now(),
    )  # fmt: skip


def _prove(request: Asked, form: Any) -> str:
    """Where to prove that it is oneself, where a press of the button waits for that."""
    return reverse("entry:second_factor") if form.is_bound and not factor_is_fresh(request.reader, now()) else ""


def _recipients(request: Asked) -> Recipients:
    """Whom a paper of each kind can name in this community; never the place that keeps the record."""
    community, mine = request.reader.community_id, request.reader.organisation_id
    if community is None:
        return Recipients({})
    places = [one for one in network.taking_part(community_id=community) if one[0] != mine]
    sorts = network.kinds_of_places(organisation_ids=[one for one, _name in places])
    found: dict[str, list[tuple[str, str]]] = {}
    for key in rules.KINDS:
        if shares.KINDS[key].recipient == "organisation":
            fits = [one for one in places if shares.may_name(shares.KINDS[key], sorts[one[0]])]
            found[key] = [(f"place.{one}", name) for one, name in fits]
        else:
            workers = network.who_can_be_named(community_id=community, role=NAMED_ROLES[key])
            found[key] = [(f"worker.{one}", name) for one, name, place in workers if place != mine]
    return Recipients(found)


@member(Role.PRIVACY_OFFICER)
@require_http_methods(METHODS)
def one(request: Asked, record_id: UUID, paper_id: UUID) -> HttpResponse:
    """One of them with all that was written down, to compare with the paper; and what a second person found."""
    opened = consent.open_record(
        reader=request.reader, record=record_id, classes={DataClass.CONSENT_RECORD}, purpose=Purpose.PRIVACY
    )
    view = papers.paper_consent_of_opened(paper_id=paper_id, record_id=record_id, opened=opened)
    form = CheckForm(request.POST if request.method == "POST" else None, view.paper.kind)
    if form.is_bound and form.is_valid() and _found(request, view, form, opened):
        return thank(request, "paper_checked", "work:paper_consent", record_id, paper_id)
    prove = _prove(request, form)
    context = _context(request, view) | {
        "form": form, "record_id": record_id, "purpose": Purpose.PRIVACY, "prove": prove,
        "name": name_for(request, record_id, Purpose.PRIVACY), "may_check": view.may_be_checked_by(request.reader),
        "mine": view.writer_account == request.reader.account_id,
    }  # fmt: skip
    return show(request, "paper_consent", context, status=_status(form, prove))


def _found(request: Asked, view: PaperView, form: CheckForm, opened: Opened) -> bool:
    """Whether it is decided now. What is against it is noted on the form."""
    said = form.cleaned_data
    try:
        acts.check_paper_consent(
            view=view, found=frozenset(said["found"]), finding=said["finding"], opened=opened, by=request.reader,
            at=now(),
        )  # fmt: skip
    except Refused as refused:
        put_reasons(form, refused)
        return False
    return True


def _context(request: Asked, view: PaperView) -> dict[str, Any]:
    workers = {one: _worker(one) for one in (view.written_by, view.checked_by) if one}
    return {
        "line": in_words(view), "view": view, "why": PURPOSES[view.paper.purpose],
        "signer": SIGNERS[view.paper.signer], "capacity": CAPACITIES.get(view.paper.capacity, ""),
        "language": LANGUAGES[view.language], "written_by": workers[view.written_by],
        "checked_by": workers.get(view.checked_by, "") if view.checked_by else "",
        "read": [ELEMENTS[one] for one in ELEMENTS if one in view.paper.read],
        "missing": [ELEMENTS[one] for one in view.missing()],
    }  # fmt: skip
