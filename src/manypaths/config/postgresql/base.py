"""Django finds its database here, by the name `base`.

Django asks a kept connection `select 1` before its first use in every request. A server that went away hangs up, and
that can be heard without asking; so it is asked only after a silence in which a network in between may have lost it.
"""

import select
import time
from collections.abc import Sequence
from typing import Any

from django.db.backends.postgresql import base, features, operations

ASK_AFTER_SECONDS = 30
MOST_VALUES = 2**16 - 1


class DatabaseFeatures(features.DatabaseFeatures):
    """What PostgreSQL can do where it is given the values apart from the statement."""

    max_query_params = MOST_VALUES


class DatabaseOperations(operations.DatabaseOperations):
    """Many rows at once, in as many statements as it takes."""

    def bulk_batch_size(self, fields: Sequence[Any], objs: Sequence[Any]) -> int:
        """How many rows fit into one statement."""
        return MOST_VALUES // max(1, len(fields))


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL, where a connection that was good a moment ago and was not hung up on is good."""

    features_class = DatabaseFeatures
    ops_class = DatabaseOperations

    _good_at = 0.0

    def is_usable(self) -> bool:
        """Whether the next statement will reach the server."""
        now = time.monotonic()
        quiet = self.connection is not None and not self.connection.closed and not self._heard()
        if quiet and not self.errors_occurred and now - self._good_at < ASK_AFTER_SECONDS:
            return True
        usable = bool(super().is_usable())
        self._good_at = now if usable else 0.0
        return usable

    def _heard(self) -> bool:
        """Between statements a server says nothing, unless it hangs up or is about to."""
        listening = select.poll()
        listening.register(self.connection.fileno(), select.POLLIN)
        return bool(listening.poll(0))
