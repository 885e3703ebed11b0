"""A line of the log that names ordinary grounds alone is taken as a whole, for the keys of a request.

Each row of a page asks which records this request opened. Where every ground of a line is a tie to the record or the
person's own, there is nothing to leave out, and fifty people are not gone through one by one.
"""

from importlib import import_module

from django.db import migrations

from manypaths.audit.guards import again, changed

SECOND = import_module("manypaths.audit.migrations.0002_append_only_and_opened")
THIRTEENTH = import_module("manypaths.audit.migrations.0013_a_page_opened_at_a_desk_is_only_read")
BEFORE = {
    name: next(THIRTEENTH.desk_too(sql) for sql in THIRTEENTH.BEFORE if f"function {name}(" in sql)
    for name in ("opened", "opened_any")
}
NO_KEY = (
    "o.basis is distinct from 'held' and coalesce(o.basis, '') not like 'shared:%' "
    "and coalesce(o.basis, '') !~ '^(emergency|order|desk):'"
)
SIFTED = f"""    select count(*), coalesce(array_agg(o.id) filter (where o.id is not null and {NO_KEY}), '{{}}')
      into found_rows, found_ids
      from audit_access a left join lateral unnest(a.opened, a.bases) as o(id, basis) on true
"""
LINE_BY_LINE = """    for line in
    select a.opened, a.bases
      from audit_access a
"""
TAKEN = f"""
    loop
        found_rows := found_rows + 1;
        found_ids := found_ids || case
            when line.bases <@ array['own', 'assigned', 'supervised', 'organisation']::varchar[] then line.opened
            else array(select o.id from unnest(line.opened, line.bases) as o(id, basis)
                        where o.id is not null and {NO_KEY}) end;
    end loop;
    if found_rows = 0 then
"""


def by_line(sql: str) -> str:
    """The same function, which goes through the lines of the log and sifts those that name other grounds too."""
    head, rest = sql.split(SIFTED)
    where, tail = rest.split(";\n    if found_rows = 0 then\n")
    return changed(
        head + LINE_BY_LINE + where + TAKEN + tail,
        ("found_rows bigint;", "line record;\n    found_rows bigint := 0;"),
        ("found_ids uuid[];", "found_ids uuid[] := '{}';"),
    )


class Migration(migrations.Migration):
    dependencies = [("audit", "0015_how_the_sealing_stands")]
    operations = [migrations.RunSQL(by_line(sql), reverse_sql=again(sql)) for sql in BEFORE.values()]
