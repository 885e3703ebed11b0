"""Jobs that are done beside requests. A job carries one opaque id; what it may do is asked when it runs."""

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.timezone import now  # noqa: TID251  a door may read the clock
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from manypaths.consent import reviewing
from manypaths.consent.rules import reading
from manypaths.notices import queries
from manypaths.referrals import commands
from manypaths.referrals.commands import night

# A look is committed half an hour after it was written at the latest.
LATEST_LOOKS = timedelta(hours=1)
LATEST_STOPS = timedelta(hours=1)
TRIES = RetryStrategy(max_attempts=5, exponential_wait=4)


@app.task(name="send_email", queue="notices", retry=TRIES)
def send_email(notice_id: str) -> None:
    """Send one e-mail that says that a message waits, keep it here where no mail server is set, or drop it where what
    it is about is closed by now.

    When no mail server answers, the job has done its work: the sweep asks again when the e-mail has rested. `TRIES` is
    for faults of ours.
    """
    commands.send_email(notice_id=UUID(notice_id), at=now())


@app.periodic(cron="* * * * *")
@app.task(name="sweep_outbox", queue="notices", queueing_lock="sweep_outbox")
def sweep_outbox(timestamp: int) -> None:
    """Queue every e-mail that was left: its job was lost, a night wrote it, or it has rested after a failed try."""
    for notice in queries.to_send(at=now()):
        with suppress(AlreadyEnqueued), transaction.atomic():
            send_email.configure(queueing_lock=f"email-{notice}").defer(notice_id=str(notice))


@app.periodic(cron="* * * * *")
@app.task(name="sweep_looks", queue="notices", queueing_lock="sweep_looks")
def sweep_looks(timestamp: int) -> None:
    """Go through the looks of the last hour: who asked for it is told of somebody new. Who opens far more than usual is
    found in the last ten minutes, and every ten minutes in the last day."""
    night.tell_of_new_lookers(since=now() - LATEST_LOOKS)
    spans = reading.SPANS if timestamp // 60 % 10 == 0 else (reading.TEN,)
    reviewing.raise_read_alarms(spans=spans, at=now())


@app.periodic(cron="* * * * *")
@app.task(name="keep_stopped", queue="notices", queueing_lock="keep_stopped")
def keep_stopped(timestamp: int) -> None:
    """Write down, outside the database, what persons stopped in the last hour, for a database that is put back."""
    night.keep_stopped(since=now() - LATEST_STOPS)
