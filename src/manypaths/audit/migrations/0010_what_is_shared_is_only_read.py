"""What somebody outside opens by a consent of the person is read and never written, like what the person opens.

An opening on the basis of such a consent (`shared:<id>`) is no key to the ordinary wall either. Tables that the person
may read in a record that a place keeps are shown by it, for the classes that were opened.
"""

from importlib import import_module

from django.db import migrations

NINTH = import_module("manypaths.audit.migrations.0009_what_is_held_is_only_read")
BEFORE = [NINTH.without_held(sql) for sql in NINTH.BEFORE]
KEYS = "and o.basis is distinct from 'held'"
ONLY_READ = "and o.basis = 'held'"
SHARED = "like 'shared:%'"


def without_shared(sql: str) -> str:
    """The same function, for which an opening by a consent to show something opens nothing."""
    return sql.replace(KEYS, f"{KEYS} and coalesce(o.basis, '') not {SHARED}")


OPENED_HELD = NINTH.OPENED_HELD.replace("create function", "create or replace function")


class Migration(migrations.Migration):
    dependencies = [("audit", "0009_what_is_held_is_only_read")]
    operations = [
        *(migrations.RunSQL(without_shared(sql), reverse_sql=sql) for sql in BEFORE),
        migrations.RunSQL(
            OPENED_HELD.replace(ONLY_READ, f"and (o.basis = 'held' or o.basis {SHARED})"), reverse_sql=OPENED_HELD
        ),
    ]
