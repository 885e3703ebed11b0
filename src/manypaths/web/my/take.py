"""A copy of everything the person keeps here, to read and to take to another place."""

import json
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from manypaths.consent import desk
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass
from manypaths.network.rules import factor_is_fresh
from manypaths.outcomes import queries as outcomes
from manypaths.people import queries as people
from manypaths.plans import queries as plans
from manypaths.referrals import queries as referrals
from manypaths.referrals import rules
from manypaths.referrals.rules import Status
from manypaths.support import messages, shown
from manypaths.vault.queries import sealer_for
from manypaths.web.my.answers import lines_of
from manypaths.web.my.ask_forms import WAY_WORDS, language_name, spoken
from manypaths.web.my.breaches import all_that_happened
from manypaths.web.my.frame import CHECK_IN, as_file, prove_first, show, zone_of
from manypaths.web.my.kept_copy import KeptCopy, all_that_is_kept
from manypaths.web.my.requests import STATES
from manypaths.web.my.reviews import said_of
from manypaths.web.my.sharing import every_look_of, shared_lines
from manypaths.web.my.shown import shown_lines
from manypaths.web.my.signed_papers import signed
from manypaths.web.ui.access import person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now

FORMAT = "manypaths-own-record"
VERSION = "2026-11"


def whole_record(request: Asked, at: datetime) -> dict[str, Any]:
    """Everything the person wrote here, what is off their page too, what they shared, and who looked; what places keep,
    what they were asked, and what went wrong there.

    Each kind of information is opened once, by its owner.
    """
    reader = request.reader
    record = consent.open_own(reader=reader, classes={DataClass.DEMOGRAPHICS, DataClass.SAFE_CONTACT})
    sealer = sealer_for([record])
    check_ins = outcomes.own_sittings(reader=reader, instrument=CHECK_IN)
    unfinished = outcomes.own_unfinished(reader=reader, instrument=CHECK_IN)
    asked = referrals.own_whole_requests(reader=reader)
    kept = all_that_is_kept(request)
    return {
        "profile": people.profile(record_id=record, sealer=sealer),
        "safe_contact": people.safe_contact(record_id=record, sealer=sealer),
        "shut_out": people.own_blocks(reader=reader),
        "shut_out_before": people.ended_blocks(reader=reader),
        "plan": plans.plan_of(reader=reader),
        "earlier_words": plans.earlier_words(reader=reader),
        "taken_off": plans.taken_off(reader=reader),
        "check_ins": [_check_in(one) for one in [*check_ins, *([unfinished] if unfinished else [])]],
        "requests": asked,
        "shared": shared_lines(request, [one.line for one in asked], at),
        "messages": [_thread(one, lines) for one, lines in messages.own_messages(reader=reader)],
        "shown_check_ins": shown.own_shown(reader=reader),
        "kept": kept,
        "went_wrong": all_that_happened(request),
        "shown_outside": shown_lines(request),
        "signed_on_paper": signed(request),
        "at_desks": _at_desks(request, kept),
        "looked": every_look_of(request),
        "said_not_right": said_of(request),
    }


def _at_desks(request: Asked, kept: list[KeptCopy]) -> list[dict[str, Any]]:
    """What the person opened to desks, each with the name of the place."""
    places = {one.place.record.id: one.place.name for one in kept}
    return [
        {"place": places.get(one.held_record_id, ""), "closed_at": one.closed_at, **asdict(one)}
        for one in desk.every_opening(reader=request.reader)
    ]


def _thread(one: messages.ThreadLine, lines: list[messages.MessageLine]) -> dict[str, Any]:
    """What was written with one worker, in the order it was written."""
    return {"worker": one.worker, "place": one.place, "begun_at": one.begun_at, "messages": [asdict(x) for x in lines]}


def _check_in(one: outcomes.OwnSitting) -> dict[str, Any]:
    """One check-in: which questionnaire, on which day, each answer and its words, and the person's note."""
    return {
        "instrument": one.instrument.id,
        "version": one.instrument.version,
        "started_at": one.started_at,
        "answered_on": one.answered_on,
        "answered": len([given for given in one.answers.values() if isinstance(given, int)]),
        "total": one.total,
        "answers": dict(one.answers),
        "in_words": [{"statement": line.text, "said": line.said} for line in lines_of(one)],
        "note": one.note,
        "may_be_counted": one.may_be_counted,
    }


@person
@require_safe
def take(request: Asked) -> HttpResponse:
    """Say what a copy holds, and offer it in two forms."""
    return show(request, "take", {"proved": factor_is_fresh(request.reader, now())})


@person
@require_POST
def as_page(request: Asked) -> HttpResponse:
    """A page to read and print, as a file."""
    at = now()
    if not factor_is_fresh(request.reader, at):
        return prove_first(request, "my:take")
    found = whole_record(request, at)
    requests = [(one, _request_words(one)) for one in found["requests"]]
    context = {**found, "requests": requests, "at": at, "zone": zone_of(request)}
    return as_file(render(request, "my/copy.html", context), "my-copy.html", at)


@person
@require_POST
def as_data(request: Asked) -> HttpResponse:
    """The same as JSON, for another program."""
    at = now()
    if not factor_is_fresh(request.reader, at):
        return prove_first(request, "my:take")
    found = {name: _plain(value) for name, value in whole_record(request, at).items()}
    found["proofs_of_looks"] = referrals.proofs_of_looks(reader=request.reader)
    head = {"format": FORMAT, "version": VERSION, "taken_at": at.isoformat()}
    body = json.dumps(head | found, ensure_ascii=False, indent=2, default=_text)
    return as_file(HttpResponse(body, content_type="application/json; charset=utf-8"), "my-copy.json", at)


def _request_words(view: referrals.RequestView) -> dict[str, Any]:
    """What a page to read says of one request: codes in words."""
    packet, language = view.packet, spoken()
    is_draft = view.line.status is Status.DRAFT
    return {
        "state": _("Not sent") if is_draft else STATES[view.line.status][0],
        "need": rules.word(rules.NEEDS, view.line.need, language),
        "way": WAY_WORDS.get(packet.way, "") if packet else "",
        "language": language_name(packet.language) if packet else "",
        "reason": rules.word_to_person(rules.REASONS, view.reason, language),
        "outcome": rules.word_to_person(rules.OUTCOMES, view.outcome, language),
        "answer": rules.word(rules.ANSWERS, view.line.person_answer, language),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, KeptCopy):
        return value.in_data
    if isinstance(value, referrals.RequestView):
        along = {
            "packet": _plain(value.packet),
            "parts": _plain(value.parts),
            "held_back": _plain(value.held_back),
            "moves": _plain(value.path),
        }
        return asdict(value.line) | along | {"reason": value.reason, "outcome": value.outcome}
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


def _text(value: Any) -> str | list[str]:
    """Days and moments as ISO 8601, sets as lists, ids and translated words as they read."""
    if isinstance(value, frozenset):
        return sorted(value)
    return value.isoformat() if isinstance(value, datetime | date) else str(value)
