"""Sessions in a table of our own: whose they are is a column, so that "your devices" can list and end them.

The table keeps a hash of each session's key. Whoever reads the table, or a copy of it, cannot ride a session.
"""

import hashlib
from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

KEPT_LETTERS = 40


def stored_key(session_key: str) -> str:
    """What the table keeps of a session's key."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:KEPT_LETTERS]


class SessionStore(DatabaseStore):
    """Django's database sessions, with the account as a column and the key hashed."""

    @classmethod
    def get_model_class(cls) -> Any:
        from manypaths.accounts.models import Session

        return Session

    def load(self) -> dict[str, Any]:
        """Read where it is known whose session it is: `people.sessions`."""
        raise NotImplementedError

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
