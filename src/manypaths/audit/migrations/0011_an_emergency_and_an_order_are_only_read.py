"""What a medical emergency or an order of a court opens is read and never written, like what the person opens.

An opening on the basis of either (`emergency:<id>`, `order:<id>`) is no key to the ordinary wall. Tables that the person
may read in a record that a place keeps are shown by it, for the classes that were opened.
"""

from importlib import import_module

from django.db import migrations

TENTH = import_module("manypaths.audit.migrations.0010_what_is_shared_is_only_read")
BEFORE = [TENTH.without_shared(sql) for sql in TENTH.BEFORE]
SHARED = f"not {TENTH.SHARED}"
ONLY_READ = f"and (o.basis = 'held' or o.basis {TENTH.SHARED})"
WITHOUT_CONSENT = "~ '^(emergency|order):'"


def without_these(sql: str) -> str:
    """The same function, for which an emergency or an order opens nothing."""
    return sql.replace(SHARED, f"{SHARED} and coalesce(o.basis, '') !{WITHOUT_CONSENT}")


HELD = TENTH.OPENED_HELD.replace(TENTH.ONLY_READ, ONLY_READ)
NOW = HELD.replace(ONLY_READ, f"and (o.basis = 'held' or o.basis {TENTH.SHARED} or o.basis {WITHOUT_CONSENT})")


class Migration(migrations.Migration):
    dependencies = [("audit", "0010_what_is_shared_is_only_read")]
    operations = [
        *(migrations.RunSQL(without_these(sql), reverse_sql=sql) for sql in BEFORE),
        migrations.RunSQL(NOW, reverse_sql=HELD),
    ]
