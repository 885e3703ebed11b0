"""Whether a person is told when somebody looks who never looked before. It is theirs to say; off until they do."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from manypaths.consent import commands
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass
from manypaths.notices import commands as notices_commands
from manypaths.notices import queries as notices
from manypaths.notices.queries import Waiting
from manypaths.notices.rules import Template
from manypaths.web.my.frame import thank
from manypaths.web.ui.access import person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now

ABOUT_LOOKS = frozenset({Template.NEW_LOOKER, Template.LOOK_NOT_RIGHT})


def new_lookers(request: Asked) -> list[Waiting]:
    """What the person was told of looks and has not read yet."""
    consent.open_own(reader=request.reader, classes={DataClass.PRESENCE})
    return [one for one in notices.waiting(reader=request.reader) if one.is_new and one.template in ABOUT_LOOKS]


def sentences(told: Iterable[Waiting]) -> list[Any]:
    """What is told of looks, each sentence once, however often there is cause."""
    return list({one.template: one.sentence for one in told if one.template in ABOUT_LOOKS}.values())


@person
@require_POST
def ask(request: Asked) -> HttpResponse:
    """Tell me when someone new looks."""
    commands.tell_me_of_new_lookers(by=request.reader, at=now())
    return thank(request, "alerts_on", "my:looked")


@person
@require_POST
def stop(request: Asked) -> HttpResponse:
    """Tell me no more."""
    commands.tell_me_no_more(by=request.reader, at=now())
    return thank(request, "alerts_off", "my:looked")


@person
@require_POST
def read(request: Asked) -> HttpResponse:
    """Note that the person has seen that somebody new looked."""
    for one in new_lookers(request):
        notices_commands.mark_read(reader=request.reader, at=now(), subject_id=one.subject_id)
    return thank(request, "seen", "my:looked")
