"""For what a worker opens a record: it follows from the page they come from and from what they do here."""

from collections.abc import Iterator
from uuid import UUID

from django.urls import reverse

from manypaths.consent import queries as consent
from manypaths.consent.queries import Opened
from manypaths.consent.rules import Basis, DataClass, Purpose, part_for
from manypaths.lib.refusals import NotThere, NotYourWork
from manypaths.network.rules import Reader, Role
from manypaths.people import queries as people
from manypaths.web.ui.asked import Asked
from manypaths.web.work.frame import WALKING

# Who may be told that a kind of information is not their work. Everyone else finds nothing.
AT_WORK = (*WALKING, Role.SUPERVISOR, Role.FRONTDESK, Role.PRIVACY_OFFICER)
# The reason to look follows from what the reader does here.
REASONS = {
    Purpose.CARE: WALKING,
    Purpose.SUPERVISION: (Role.SUPERVISOR,),
    Purpose.DESK: (Role.FRONTDESK,),
    Purpose.PRIVACY: (Role.PRIVACY_OFFICER,),
}
PAGE_OF = {
    Purpose.CARE: "person",
    Purpose.SUPERVISION: "team_person",
    Purpose.DESK: "desk_person",
    Purpose.PRIVACY: "privacy_person",
}


def reasons_to_look(request: Asked) -> Iterator[Purpose]:
    """For what a reader may open something, by what they do here; most often there is one. Where they do several
    things, the page they come from says for which (`?for=desk`)."""
    stated = request.GET.get("for", "")
    mine = [purpose for purpose, roles in REASONS.items() if request.reader.has_role(*roles)]
    return (purpose for purpose in mine if stated == purpose or stated not in mine)


def open_for(request: Asked, record_id: UUID, data_class: DataClass) -> tuple[Purpose, Opened]:
    """Open one kind of information of one record, and say for what it was opened.

    Refuses: NotYourWork where the kind is not the work of somebody who may know that the person is served here;
    NotThere otherwise.
    """
    refusal: Exception = NotThere()
    for purpose in reasons_to_look(request):
        try:
            opened = consent.open_record(reader=request.reader, record=record_id, classes={data_class}, purpose=purpose)
        except (NotThere, NotYourWork) as no:
            refusal = no if isinstance(no, NotYourWork) else refusal
        else:
            return purpose, opened
    raise refusal


def plans_of(reader: Reader, purpose: Purpose) -> list[str]:
    """The plans of somebody that are part of a reader's work when they look for this: their names in addresses."""
    tie = Basis.SUPERVISED if purpose is Purpose.SUPERVISION else Basis.ASSIGNED
    plans = {"plan": DataClass.RECOVERY_PLAN, "safety": DataClass.SAFETY_PLAN}
    return [name for name, data_class in plans.items() if part_for(reader.roles, tie, data_class) is not None]


def way_back(purpose: Purpose, record_id: UUID) -> str:
    """Where the page of the person is that belongs to a reason to look."""
    return reverse(f"work:{PAGE_OF[purpose]}", args=[record_id])


def name_for(request: Asked, record_id: UUID, purpose: Purpose) -> str:
    """The name they go by, as far as the reader may open it for this."""
    opened = consent.open_records(
        reader=request.reader, records=[record_id], classes={DataClass.DEMOGRAPHICS}, purpose=purpose
    )
    return people.names_of(records=opened.ids, sealer=opened.sealer).get(record_id, "") if opened.ids else ""
