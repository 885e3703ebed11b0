"""Reads a session and whose it is in one statement, because every request of somebody signed in asks for both.

Named by `SESSION_ENGINE`. Who an account is leaves the database only to a session of that account.
"""

from typing import Any
from uuid import UUID

from django.db import connection

from manypaths.accounts import sessions
from manypaths.people.rules import Visitor, Workplace


class SessionStore(sessions.SessionStore):
    """A session that knows its visitor."""

    _visitor: Visitor | None = None

    @property
    def visitor(self) -> Visitor | None:
        """Who holds this session, as the tables say now; None for nobody, and for an account that has ended."""
        self._get_session()  # type: ignore[attr-defined]  # Django reads a session when it is first asked
        return self._visitor

    def load(self) -> dict[str, Any]:
        """What the session holds, and who holds it."""
        with connection.cursor() as cursor:
            cursor.execute("select * from visit(%s)", [sessions.stored_key(self.session_key or "")])
            rows = cursor.fetchall()
        if not rows:
            self._session_key = None
            return {}
        self._visitor = _visitor(rows)
        return dict(self.decode(rows[0][0]))


def _visitor(rows: list[Any]) -> Visitor | None:
    _data, account, kind, language, password, person, record = rows[0][:7]
    if account is None:
        return None
    workplaces = tuple(Workplace(row[7], row[8], frozenset(row[9]), row[10], row[11]) for row in rows if row[7])
    return Visitor(UUID(str(account)), kind, language, password, person, record, workplaces)
