"""What a person opens to a desk (`desk:<id>`) is read and never written, like what an emergency opens."""

from importlib import import_module

from django.db import migrations

ELEVENTH = import_module("manypaths.audit.migrations.0011_an_emergency_and_an_order_are_only_read")
BEFORE = [ELEVENTH.without_these(sql) for sql in ELEVENTH.BEFORE]
DESK_TOO = ELEVENTH.WITHOUT_CONSENT.replace("order", "order|desk")


def desk_too(sql: str) -> str:
    """The same function, which treats a page that was opened to a desk like an emergency."""
    return sql.replace(ELEVENTH.WITHOUT_CONSENT, DESK_TOO)


class Migration(migrations.Migration):
    dependencies = [("audit", "0012_who_seals_can_stop_all_looks")]
    operations = [migrations.RunSQL(desk_too(sql), reverse_sql=sql) for sql in [*BEFORE, ELEVENTH.NOW]]
