"""Writes notices beside their cause, and sends the e-mails that say a notice waits."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.utils import translation

from manypaths.notices import rules
from manypaths.notices.models import PersonNotice, StaffNotice
from manypaths.notices.queries import Addressee
from manypaths.notices.rules import State, Template, Way


def tell_worker(
    *, account_id: UUID, address: str, language: str, template: Template, subject_id: UUID, cause: str, at: datetime
) -> None:
    """Tell a worker something: a line inside, and an e-mail that says that a line waits.

    Repeats safely: the same cause is told once.
    """
    common = {
        "account_id": account_id, "template": template, "subject_id": subject_id, "written_at": at, "language": language
    }  # fmt: skip
    inside = StaffNotice(
        id=rules.notice_id(template, account_id, cause), way=Way.HERE, state=State.DELIVERED, delivered_at=at, **common
    )
    rows = [inside]
    if address:
        outside = rules.notice_id(template, account_id, f"{cause}/email")
        rows.append(StaffNotice(id=outside, way=Way.EMAIL, address=address, state=State.WAITING, **common))
    StaffNotice.objects.bulk_create(rows, ignore_conflicts=True)


def tell_person(*, record_id: UUID, template: Template, subject_id: UUID, cause: str, at: datetime) -> None:
    """Leave a line on a person's own page. Their record must have been opened in this transaction, for anything.

    Refuses: a database error when it was not.
    Repeats safely: the same cause is told once.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select tell_person(%s, %s, %s, %s, %s)",
            [rules.notice_id(template, record_id, cause), record_id, template.value, subject_id, at],
        )


def mark_read(*, reader: Addressee, at: datetime, subject_id: UUID | None = None) -> None:
    """Note that the reader has seen what waited, or what waited about one thing.

    For a person, their own record's presence must be open.
    """
    about = {"read_at__isnull": True, **({"subject_id": subject_id} if subject_id else {})}
    if reader.is_person and reader.record_id is not None:
        PersonNotice.objects.filter(record_id=reader.record_id, **about).update(read_at=at)
    elif reader.account_id is not None:
        StaffNotice.objects.filter(account_id=reader.account_id, way=Way.HERE, **about).update(read_at=at)


@transaction.atomic
def send_email(*, notice_id: UUID, at: datetime) -> State | None:
    """Send one e-mail, or keep it here when no mail server is set. None when it was taken care of, or rests.

    What cannot be sent now is tried again later, each time after a longer rest, until it is given up after days.
    Repeats safely: the row is locked, and a row that no longer waits, or whose turn has not come, is left alone.
    """
    waiting = StaffNotice.objects.filter(id=notice_id, way=Way.EMAIL, state=State.WAITING)
    row = waiting.exclude(next_try_at__gt=at).select_for_update(skip_locked=True).first()
    if row is None:
        return None
    row.attempts += 1
    row.state = _knock(row)
    row.delivered_at = at if row.state == State.DELIVERED else None
    if row.state == State.WAITING:
        row.next_try_at = rules.next_try(attempts=row.attempts, written_at=row.written_at, at=at)
        row.state = State.WAITING if row.next_try_at else State.FAILED
    row.save(update_fields=["attempts", "state", "delivered_at", "next_try_at"])
    return State(row.state)


@transaction.atomic
def drop_email(*, notice_id: UUID) -> State | None:
    """Let an e-mail go unsent: what it is about is closed. None when it was taken care of already.

    Repeats safely.
    """
    waiting = StaffNotice.objects.filter(id=notice_id, way=Way.EMAIL, state=State.WAITING)
    row = waiting.select_for_update(skip_locked=True).first()
    if row is None:
        return None
    row.state = State.DROPPED
    row.save(update_fields=["state"])
    return State.DROPPED


def _knock(row: StaffNotice) -> State:
    """Knock once: waiting still when no mail server answered."""
    if not settings.EMAIL_HOST:
        return State.KEPT
    with translation.override(row.language):
        message = EmailMessage(
            str(rules.OUTSIDE_SUBJECT),
            str(rules.OUTSIDE_BODY),
            from_email=rules.sender(settings.DEFAULT_FROM_EMAIL),
            to=[row.address],
        )
    try:
        message.send()
    except OSError:
        return State.WAITING
    return State.DELIVERED
