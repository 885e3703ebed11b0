"""An address as a developer in a hurry would add it: it works, and nobody declared who may use it or what it tells.

The web server of a check has it besides its own. It must answer there as if it did not exist.
"""

from uuid import UUID

from django.http import JsonResponse
from django.urls import path

from manypaths.config.access_matrix.surfaces import Place
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass, Purpose
from manypaths.people import queries as people
from manypaths.web.ui.asked import Asked

PLACE = Place("/work/api/newcomer/{record}", ("packet",), api=True)


def show(request: Asked, record_id: UUID) -> JsonResponse:
    """The name of somebody, to whoever is assigned to them."""
    opened = consent.open_record(
        reader=request.reader, record=record_id, classes={DataClass.DEMOGRAPHICS}, purpose=Purpose.CARE
    )
    found = people.profile(record_id=record_id, sealer=opened.sealer)
    return JsonResponse({"name": found.name if found else ""})


def add_address() -> None:
    """Put it among the addresses of workers."""
    from manypaths.web.work import urls

    urls.urlpatterns.append(path("api/newcomer/<uuid:record_id>", show, name="api_newcomer"))
