"""The contacts with one person, by themselves: to read, for everyone whose work they are."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from manypaths.consent.rules import DataClass
from manypaths.support import queries as support
from manypaths.support import rules
from manypaths.support.queries import Beside, RemarkLine
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.work.frame import language, show
from manypaths.web.work.people import when_of
from manypaths.web.work.reasons import AT_WORK, name_for, open_for, way_back


def beside(remark: RemarkLine | None) -> dict[str, str] | None:
    """What the person says beside one thing, for programs."""
    if remark is None:
        return None
    return {"stance": remark.stance, "words": remark.words, "written_at": remark.written_at.isoformat()}


def corrected(lines: Sequence[Beside]) -> list[dict[str, Any]]:
    """What was corrected at the person's request, or what they say to a no, for programs."""
    return [{"amended": one.amended, "words": one.words, "at": one.at.isoformat()} for one in lines]


@member(*AT_WORK)
@require_safe
def index(request: Asked, record_id: UUID) -> HttpResponse:
    """The newest contacts."""
    purpose, opened = open_for(request, record_id, DataClass.CONTACT_LOG)
    ways, deeds = (dict(rules.choices(table, language())) for table in (rules.WAYS, rules.DEEDS))
    lines = support.contacts_of_opened(record_id=record_id, sealer=opened.sealer)
    said = support.said_beside(record_id=record_id, sealer=opened.sealer)
    context = {
        "added": support.added_of_opened(
            record_id=record_id, data_class=DataClass.CONTACT_LOG, sealer=opened.sealer
        ),
        "contacts": [
            (line, ways.get(line.way, ""), deeds.get(line.deed, ""), when_of(request, line), said.get(line.id))
            for line in lines
        ],
        "name": name_for(request, record_id, purpose), "back": way_back(purpose, record_id), "purpose": purpose,
    }  # fmt: skip
    return show(request, "contacts", context)


@member(*AT_WORK)
@require_safe
def api_index(request: Asked, record_id: UUID) -> JsonResponse:
    """The same, for programs."""
    purpose, opened = open_for(request, record_id, DataClass.CONTACT_LOG)
    lines = support.contacts_of_opened(record_id=record_id, sealer=opened.sealer)
    said = support.said_beside(record_id=record_id, sealer=opened.sealer)
    rows = [
        {
            **vars(one),
            "happened_at": one.happened_at.isoformat(),
            "said_beside": beside(said.get(one.id)),
            "beside": corrected(one.beside),
        }
        for one in lines
    ]
    added = support.added_of_opened(record_id=record_id, data_class=DataClass.CONTACT_LOG, sealer=opened.sealer)
    return JsonResponse({"id": str(record_id), "contacts": rows, "added": corrected(added), "opened_for": purpose})
