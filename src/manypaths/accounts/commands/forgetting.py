"""Drops what has lapsed, so that the tables keep no history of who was here when."""

from datetime import datetime, timedelta

from manypaths.accounts.models import Guess, Session, WayBack

KEEP_TRIES, KEEP_SESSIONS, KEEP_WAYS_BACK = timedelta(days=2), timedelta(days=1), timedelta(days=60)


def forget_what_lapsed(*, at: datetime) -> int:
    """Drop failed tries, sessions and ways back that no longer count. Safe to run again. Says how many rows went."""
    return (
        Guess.objects.filter(at__lt=at - KEEP_TRIES).delete()[0]
        + Session.objects.filter(expire_date__lt=at - KEEP_SESSIONS).delete()[0]
        + WayBack.objects.filter(asked_at__lt=at - KEEP_WAYS_BACK).delete()[0]
    )
