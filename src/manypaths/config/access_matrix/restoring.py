"""Drives what a database holds that was put back from a copy: what was stopped after the copy was made."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from manypaths.config.access_matrix.ground import Ground
from manypaths.config.access_matrix.reading import Cell
from manypaths.config.access_matrix.sharing import SHAREABLE
from manypaths.config.access_matrix.surfaces import SHOWN_BY
from manypaths.config.access_matrix.verdict import Verdict, judged
from manypaths.config.access_matrix.words import NotBuilt
from manypaths.config.database import connect_django_to
from manypaths.consent import sharing
from manypaths.referrals.commands import night

PUT_BACK = "restored backup brings back a consent revoked after the backup: revocation log is replayed first"
AS_BEFORE = "update consent_share set ended_at = null, ending = '' where id = %s and ended_at is not null"
RECEIVER = "recv_staff"


@contextlib.contextmanager
def as_owner(address: str) -> Iterator[None]:
    """Sign in as the owner of the tables, as a command on the machine does; afterwards as before."""
    from django.conf import settings
    from django.db import connections

    connection = connections["default"]
    before = dict(connection.settings_dict)
    connect_django_to(address)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
        settings.DATABASES["default"].update(before)


def put_back(ground: Ground, cell: Cell) -> Verdict:
    """The person stops, a copy of before is put back, and the list of what was stopped is put to work. Before that the
    copy would open it, so that it is the list that closes it."""
    if cell.role != RECEIVER or cell.data_class not in SHAREABLE or cell.expect != "hide":
        raise NotBuilt(f"a way to stage a copy that was put back, with {cell.data_class} for {cell.role}")
    key, someone = ground.world.one_more("named_covering")
    share, about = someone.shares[cell.role], replace(cell, consent_state=key)
    sharing.stop_share(share_id=share, by=someone.reader, at=datetime.now(UTC))
    night.keep_stopped(since=datetime.now(UTC) - timedelta(hours=1))
    ground.log.link.execute(AS_BEFORE.encode(), [share])
    visitor, words = ground.world.browser(cell.role, "none"), ground.planted(SHOWN_BY[cell.data_class], someone)
    if not any(map(visitor.get(f"/work/shared/{share}").holds, words)):
        raise AssertionError("the copy that was put back does not open it")
    with as_owner(ground.owner):
        night.stop_again()
    before = ground.before(about, someone)
    answers = [visitor.get(path) for path in (f"/work/shared/{share}", f"/work/api/shared/{share}")]
    faults = [f"it is answered with {one.status}" for one in answers if one.status != cell.http]
    if any(answer.holds(word) for answer in answers for word in words):
        faults.append("an answer holds a word of what is closed")
    return judged([*faults, *ground.beside(about, someone, before, answers, {str(share)})])
