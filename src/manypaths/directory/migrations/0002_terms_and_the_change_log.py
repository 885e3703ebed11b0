"""Loads the shared words, and makes the database write down which service changed, for the search index to follow."""

import json
from pathlib import Path

from django.db import migrations

from manypaths.audit.guards import FactView

FILE = Path(__file__).resolve().parent.parent / "data" / "terms-2026-11.json"

LOG_SERVICES = """
create function directory_log_services() returns trigger language plpgsql as $$
begin
    insert into directory_change (xact, service_id)
    select pg_current_xact_id()::text::bigint, c.id from changed c;
    return null;
end $$
"""

LOG_HOURS = """
create function directory_log_hours() returns trigger language plpgsql as $$
begin
    insert into directory_change (xact, service_id)
    select distinct pg_current_xact_id()::text::bigint, c.service_id from changed c;
    return null;
end $$
"""

LOG_PLACES = """
create function directory_log_places() returns trigger language plpgsql as $$
begin
    insert into directory_change (xact, service_id)
    select pg_current_xact_id()::text::bigint, s.id
      from changed c join directory_service s on s.location_id = c.id;
    return null;
end $$
"""

LOG_BODIES = """
create function directory_log_bodies() returns trigger language plpgsql as $$
begin
    insert into directory_change (xact, service_id)
    select pg_current_xact_id()::text::bigint, s.id
      from changed c join directory_service s on s.organisation_id = c.id;
    return null;
end $$
"""

GAPS = """
select community_id as community, month, need, nullif(area, '') as area, cause as reason, times
  from directory_searchgap
"""


def trigger(table, function, operation):
    old_or_new = "old" if operation == "delete" else "new"
    return (
        f"create trigger {table}_{operation}_is_logged after {operation} on {table} "
        f"referencing {old_or_new} table as changed for each statement execute function {function}()"
    )


TRIGGERS = [
    *[trigger("directory_service", "directory_log_services", one) for one in ("insert", "update", "delete")],
    *[trigger("directory_hours", "directory_log_hours", one) for one in ("insert", "update", "delete")],
    trigger("directory_location", "directory_log_places", "update"),
    trigger("network_organisation", "directory_log_bodies", "update"),
]


def load(apps, schema_editor):
    data = json.loads(FILE.read_text(encoding="utf-8"))
    model = apps.get_model("directory", "Term")
    rows = [
        model(
            kind=term["kind"],
            code=term["code"],
            language=language,
            label=label,
            position=term["position"],
            version=data["version"],
        )
        for term in data["terms"]
        for language, label in term["labels"].items()
    ]
    model.objects.bulk_create(rows)
    assert model.objects.count() == len(rows), "every word of the file must be loaded"


def unload(apps, schema_editor):
    apps.get_model("directory", "Term").objects.filter(version="2026-11").delete()


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_services_and_their_room"), ("audit", "0002_append_only_and_opened")]
    operations = [
        migrations.RunPython(load, unload),
        migrations.RunSQL(
            [
                LOG_SERVICES,
                LOG_HOURS,
                LOG_PLACES,
                LOG_BODIES,
                *TRIGGERS,
                "revoke insert, update, delete on directory_term from app",
            ],
            reverse_sql=migrations.RunSQL.noop,
        ),
        FactView("directory_gap_facts", GAPS, ("directory_searchgap",)),
    ]
