"""Sessions in a table of our own, read together with whose they are: every request of somebody signed in asks for both.

Named by `SESSION_ENGINE`. Whose a session is is a column, so that "your devices" can list and end them. The table keeps
a hash of each session's key: whoever reads the table, or a copy of it, cannot ride a session. Who an account is leaves
the database only to a session of that account.
"""

from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import connection

from manypaths.accounts.models import Session
from manypaths.accounts.rules import stored_key
from manypaths.people.rules import Visitor, Workplace


class SessionStore(DatabaseStore):
    """Django's database sessions, with the account as a column and the key hashed. It knows its visitor."""

    _visitor: Visitor | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    @property
    def visitor(self) -> Visitor | None:
        """Who holds this session, as the tables say now; None for nobody, and for an account that has ended."""
        self._get_session()  # type: ignore[attr-defined]  # Django reads a session when it is first asked
        return self._visitor

    def load(self) -> dict[str, Any]:
        """What the session holds, and who holds it."""
        with connection.cursor() as cursor:
            cursor.execute("select * from visit(%s)", [self.session_key or ""])
            rows = cursor.fetchall()
        if not rows:
            self._session_key = None
            return {}
        self._visitor = _visitor(rows)
        return dict(self.decode(rows[0][0]))

    def exists(self, session_key: str) -> bool:
        return bool(self.model.objects.filter(session_key=stored_key(session_key)).exists())

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.session_key = stored_key(row.session_key)
        row.account_id = UUID(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.handle = UUID(data["handle"]) if "handle" in data else None
        return row

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            self.model.objects.filter(session_key=stored_key(key)).delete()


def _visitor(rows: list[Any]) -> Visitor | None:
    _data, account, kind, language, password, person, record = rows[0][:7]
    if account is None:
        return None
    workplaces = tuple(Workplace(row[7], row[8], frozenset(row[9]), row[10], row[11]) for row in rows if row[7])
    return Visitor(UUID(str(account)), kind, language, password, person, record, workplaces)
