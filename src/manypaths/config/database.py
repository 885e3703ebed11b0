"""Turns a PostgreSQL address into Django's database settings."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# A statement asked this often on one connection is kept by the database with its plan.
KEEP_AFTER = 2


def database_from_url(url: str, variable: str) -> dict[str, Any]:
    """Settings for `postgresql://user:password@host:port/name?host=/socket/dir`.

    Refuses: anything that is not PostgreSQL, with one sentence that names the variable.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            f"{variable} must be the address of a PostgreSQL database, for example "
            "postgresql://app:password@localhost/manypaths. To try Manypaths with no database: ./manypaths demo"
        )
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "manypaths.config.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or parts.hostname or "",
        "PORT": str(query.pop("port", None) or parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**query, "server_side_binding": True, "prepare_threshold": KEEP_AFTER},
    }


def connect_django_to(url: str) -> None:
    """Point Django's default connection at another address, or sign in as another role, from now on."""
    from django.conf import settings
    from django.db import connections

    connection = connections["default"]
    connection.close()
    fresh = database_from_url(url, "DATABASE_URL")
    connection.settings_dict.update(fresh)
    settings.DATABASES["default"].update(fresh)
