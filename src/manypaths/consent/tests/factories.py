"""Made-up consents for tests."""

import uuid
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from uuid import UUID

from manypaths.config.testing import as_owner
from manypaths.consent.models import Grant, Text
from manypaths.consent.rules import DataClass, Purpose
from manypaths.network.models import Organisation

ONE_REQUEST, ANOTHER_REQUEST = uuid.uuid4(), uuid.uuid4()


def grant(
    record_id: UUID,
    to: Organisation,
    classes: Collection[DataClass] = (DataClass.REFERRAL_TASK,),
    *,
    purpose: Purpose = Purpose.REFERRAL,
    subject: UUID = ONE_REQUEST,
    starts_at: datetime | None = None,
    until: datetime | None = None,
    ended_at: datetime | None = None,
) -> Grant:
    """A consent as it would stand in the table, whatever its state."""
    start = starts_at or datetime.now(UTC) - timedelta(days=1)
    with as_owner():
        return Grant.objects.create(
            id=uuid.uuid4(),
            record_id=record_id,
            kind=Grant.Kind.REQUEST,
            recipient_organisation=to,
            classes=[str(one) for one in classes],
            purpose=str(purpose),
            subject_id=subject,
            starts_at=start,
            until=until or start + timedelta(days=90),
            given_at=start,
            text_key="request",
            text_version=Text.objects.filter(key="request", language="en").latest("version").version,
            language="en",
            ended_at=ended_at,
            ending=Grant.Ending.STOPPED if ended_at else "",
        )
