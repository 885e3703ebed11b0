"""The page of one incident: what is known, the days of the law, what was decided, the letter, and who was told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from manypaths.consent import queries as consent
from manypaths.consent.incidents import AssessmentView, OpenedIncident
from manypaths.consent.rules import DataClass, Purpose
from manypaths.consent.rules import incidents as rules
from manypaths.consent.rules.reviews import word
from manypaths.lib.dates import local_date
from manypaths.network import queries as network
from manypaths.people import queries as people
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.work.breach_forms import AssessForm, LetterForm, StepForm
from manypaths.web.work.frame import REFUSED, language, show, zone_of
from manypaths.web.work.words import CLASSES

Names = dict[UUID, tuple[str, str, str]]


@dataclass(frozen=True)
class Forms:
    """The forms of the page: the one that was sent and is wrong with its words, the others as they begin."""

    assessing: AssessForm | None = None
    telling: LetterForm | None = None
    noting: StepForm | None = None

    @property
    def is_wrong(self) -> bool:
        """Whether one of them was sent and has something to say."""
        return any(form is not None and form.errors for form in (self.assessing, self.telling, self.noting))


def draw(request: Asked, found: OpenedIncident, forms: Forms | None = None, problem: str = "") -> HttpResponse:
    """The page of one incident that is open. `problem`: why a press without a form did nothing."""
    given = forms or Forms()
    names = network.names_of_members(membership_ids=_workers(found))
    context = {
        "one": found, "purpose": Purpose.PRIVACY, "by": _name(names, found.membership_id), "problem": problem,
        **_facts(request, found), **_days(request, found), **_letter(request, found, names),
        "assessments": [_assessment(one, names) for one in found.assessments],
        "assessing": given.assessing or AssessForm(),
        "telling": given.telling or LetterForm(initial=vars(found.letter) if found.letter else None),
        "noting": given.noting or StepForm(),
    }  # fmt: skip
    return show(request, "incident", context, status=REFUSED if given.is_wrong or problem else 200)


def _workers(found: OpenedIncident) -> set[UUID]:
    signed = [found.sent.written_by, found.sent.agreed_by] if found.sent else []
    return {found.membership_id, *(one.membership_id for one in found.assessments), *(one for one in signed if one)}


def _name(names: Names, membership_id: UUID | None) -> str:
    return names.get(membership_id, ("", "", ""))[0] if membership_id else ""


def _facts(request: Asked, found: OpenedIncident) -> dict[str, Any]:
    return {
        "names": _names_of(request, found.held),
        "what_kinds": [CLASSES.get(kind, kind) for kind in found.classes],
        "receiver": word(rules.RECEIVERS, found.receiver, language()),
    }


def _days(request: Asked, found: OpenedIncident) -> dict[str, Any]:
    zone = zone_of(request)
    on = local_date(found.found_at, zone)
    return {
        "clocks": rules.clocks(on, found.people), "days_left": rules.days_left(on, local_date(now(), zone)),
        "is_breach": rules.is_breach(found.decision),
        "may_note": set(rules.STEPS) - set(found.steps), "mailed": "mail" in found.steps,
        "steps": [(word(rules.STEPS, step, language()), day) for step, day in sorted(found.steps.items())],
    }  # fmt: skip


def _letter(request: Asked, found: OpenedIncident, names: Names) -> dict[str, Any]:
    """The letter: who wrote it, who agreed, and whether it waits; and whether one can be written now."""
    sent = found.sent
    waits = sent is not None and sent.at is None
    return {
        "may_tell": rules.is_breach(found.decision) and found.told_at is None, "waits": waits,
        "is_own": sent is not None and sent.written_by == request.reader.membership_id,
        "written_by": _name(names, sent.written_by) if sent else "",
        "agreed_by": _name(names, sent.agreed_by) if sent else "",
        "is_alone": sent is not None and not waits and sent.agreed_by is None,
        "seen": sent.written_at.isoformat() if sent else "",
    }  # fmt: skip


def _assessment(one: AssessmentView, names: Names) -> tuple[list[tuple[str, str, str]], str, str, datetime, str]:
    spoken = language()
    factors = [
        (word(rules.FACTORS, name, spoken), word(rules.WEIGHTS, weight, spoken), words)
        for name, weight, words in one.factors
    ]
    return factors, word(rules.DECISIONS, one.decision, spoken), one.reason, one.at, _name(names, one.membership_id)


def _names_of(request: Asked, held: list[UUID]) -> list[tuple[UUID, str]]:
    """The names on the first pages concerned: a look at each of them."""
    if not held:
        return []
    reached = consent.open_records(
        reader=request.reader, records=held, classes={DataClass.DEMOGRAPHICS}, purpose=Purpose.PRIVACY
    )
    names = people.names_of(records=sorted(reached.ids), sealer=reached.sealer)
    return sorted(names.items(), key=lambda row: row[1])
