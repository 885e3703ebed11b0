"""The first page of a person: own words, what is next, strengths before goals, who can see, and what helps today."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from manypaths.accounts import queries as accounts
from manypaths.consent import queries as consent
from manypaths.consent.queries import Grant
from manypaths.consent.rules import DataClass, is_active
from manypaths.people import queries as people
from manypaths.plans import queries as plans
from manypaths.referrals import queries as referrals
from manypaths.support import messages
from manypaths.vault.queries import sealer_for
from manypaths.web.my.answers import line_in_short
from manypaths.web.my.frame import show, zone_of
from manypaths.web.my.places import answering_here
from manypaths.web.my.plain import RequestNote, request_note, what_is_shared
from manypaths.web.my.told import has_news
from manypaths.web.ui.access import person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.shapes import Sight
from manypaths.web.ui.words import day, in_zone


@dataclass(frozen=True)
class FirstStep:
    """One of three things to begin with, and whether it is begun."""

    key: str
    is_done: bool


def first_steps(plan: plans.PlanPage) -> list[FirstStep]:
    """What a fresh page offers. When all three are begun, none is shown."""
    steps = [
        FirstStep("words", plan.own_words is not None),
        FirstStep("strength", bool(plan.strengths)),
        FirstStep("goal", bool(plan.goals)),
    ]
    return [] if all(step.is_done for step in steps) else steps


def own_name(request: Asked, *also: DataClass) -> people.ProfileWords | None:
    """How the person wants to be called. `also` is opened in the same breath, for what else the page shows."""
    record = consent.open_own(reader=request.reader, classes={DataClass.DEMOGRAPHICS, *also})
    return people.profile(record_id=record, sealer=sealer_for([record]))


def holding(grants: list[Grant], at: datetime) -> list[Grant]:
    """Those of a person's consents that hold now."""
    return [grant for grant in grants if is_active(consent.grant_facts(grant), at)]


def sights(request: Asked, active: list[Grant]) -> list[Sight]:
    """Who can see something now, in one line each."""
    return [
        Sight(
            grant.recipient_organisation.name,
            what_is_shared(grant.classes),
            day(in_zone(grant.until, zone_of(request)).date(), get_language(), weekday=False),
        )
        for grant in active
    ]


def newest_notes(request: Asked, active: list[Grant]) -> list[RequestNote]:
    """Where the person's requests stand, the newest first; of a step, only the newest."""
    notes, seen, shared = [], set(), {grant.subject_id for grant in active}
    for line in referrals.own_requests(reader=request.reader):
        if line.step_id is None or line.step_id not in seen:
            notes.append(request_note(line, now(), shared=line.id in shared))
            seen.add(line.step_id)
    return notes


@person
@require_safe
def home(request: Asked) -> HttpResponse:
    """The person's own page."""
    profile = own_name(request, DataClass.CONSENT_RECORD, DataClass.MESSAGES, DataClass.PRESENCE)
    active = holding(consent.grants_of_opened(reader=request.reader), now())
    plan, notes = plans.plan_of(reader=request.reader), newest_notes(request, active)
    context: dict[str, Any] = {
        "plan": plan,
        "profile": profile,
        "next": plan.next_step,
        "first_steps": first_steps(plan),
        "sights": sights(request, active),
        "notes": notes,
        "asks": answering_here(request, {line.service_id for line in plan.choices}),
        **line_in_short(request),
        "requests": [note for note in notes if note.is_open or note.asks],
        "unread": messages.unread_of_opened(reader=request.reader),
        "news": has_news(request),
        "ways_back": accounts.own_ways_back(reader=request.reader, at=now()),
    }
    return show(request, "home", context)


@person
@require_safe
def printed(request: Asked) -> HttpResponse:
    """The plan on paper: no buttons, nothing about who sees it."""
    context = {"plan": plans.plan_of(reader=request.reader), "profile": own_name(request), "at": now()}
    return show(request, "print", context)
