"""Looks that stayed closed, kept until their row in the log is safe.

A command that is refused steps back, and its row of the log steps back with it. Who runs one request in one transaction
keeps the refused looks beside it, and asks again, alone, for those whose row was lost: the answer is the same no, and
this time it stays written.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any

from django.db import connection, transaction

Asking = tuple[str, list[Any]]


class Denials:
    """The refused looks of one request, and which of them were committed."""

    def __init__(self) -> None:
        self.asked: list[Asking] = []
        self.safe: set[int] = set()

    def note(self, asking: Asking) -> None:
        """Keep one. Django forgets what waits for a commit when the step it was asked in is taken back."""
        transaction.on_commit(partial(self.safe.add, len(self.asked)))
        self.asked.append(asking)

    def write_lost(self) -> None:
        """Ask again for those whose row was taken back. Call it when the transaction of the request has ended."""
        lost = [asking for number, asking in enumerate(self.asked) if number not in self.safe]
        if lost:
            with transaction.atomic(), connection.cursor() as cursor:
                for sql, values in lost:
                    cursor.execute(sql, values)


_CURRENT: ContextVar[Denials | None] = ContextVar("denials", default=None)


@contextmanager
def kept() -> Iterator[Denials]:
    """Keep the refused looks of everything that runs inside."""
    denials = Denials()
    token = _CURRENT.set(denials)
    try:
        yield denials
    finally:
        _CURRENT.reset(token)


def note(asking: Asking) -> None:
    """Keep one refused look, where somebody keeps them. A job that fails is tried again and asks again."""
    denials = _CURRENT.get()
    if denials is not None:
        denials.note(asking)
