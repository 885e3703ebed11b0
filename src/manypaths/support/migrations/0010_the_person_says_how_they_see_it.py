"""Beside each thing that a place wrote of them the person may say something, and only the person may.

It stands in the record of the place and opens with the thing it is about: to the worker who has that class of that
record open as a whole, and to the person. It is written and taken back through the person's own opening (`held`) and no
other, never changed, never taken out, and only about what is there. Taken back, it is closed to the place.
"""

import uuid

from django.db import migrations, models
from django.db.models import Q

from manypaths.audit.guards import DefinerFunction
from manypaths.vault.models import SealedText

KEPT = {
    "contact_log": "support_contact",
    "sud_treatment_record": "support_treatment",
    "drug_screen_result": "support_screen",
    "attendance": "support_attendance",
}
THIS_REQUEST = """
a.xid = pg_current_xact_id()::text::bigint
       and a.nonce = nullif(current_setting('app.nonce', true), '')::uuid
       and a.at >= transaction_timestamp() and clock_timestamp() < transaction_timestamp() + longest_request()
"""

# What is open as a whole in this request, as record and class in one word.
OPENED_PARTS = f"""
create function opened_parts() returns text[] language plpgsql volatile security definer
set search_path = public, pg_temp as $$
declare
    found_rows bigint;
    found_parts text[];
begin
    select count(*), coalesce(array_agg(o.id || '/' || c.one) filter (
               where o.id is not null and o.subject is null and o.basis not like '%/named'), '{{}}')
      into found_rows, found_parts
      from audit_access a
      left join lateral unnest(a.opened, a.subjects, a.bases) as o(id, subject, basis) on true
     cross join lateral unnest(a.classes) as c(one)
     where {THIS_REQUEST};
    if found_rows = 0 then
        raise exception 'nobody opened a record in this request' using errcode = 'insufficient_privilege';
    end if;
    return found_parts;
end $$
"""  # noqa: S608  our own words
HELD_PARTS = f"""
create function opened_held_parts() returns text[] language plpgsql volatile security definer
set search_path = public, pg_temp as $$
begin
    if coalesce(current_setting('app.held', true), '') = '' then
        return '{{}}';
    end if;
    return array(
        select o.id || '/' || c.one
          from audit_access a
         cross join lateral unnest(a.opened, a.bases) as o(id, basis)
         cross join lateral unnest(a.classes) as c(one)
         where {THIS_REQUEST} and o.basis = 'held');
end $$
"""  # noqa: S608  our own words

EXISTS = """
       or (new.data_class = '{}' and exists (
           select from {} k where k.id = new.item_id and k.record_id = new.record_id))"""
FITS = f"""
create function support_remark_fits() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    if (new.data_class in ('recovery_plan', 'safety_plan') and new.item_id = new.record_id){
        "".join(EXISTS.format(one, table) for one, table in KEPT.items())
    } then
        return null;
    end if;
    raise exception 'a remark is about something that stands in the same record' using errcode = 'check_violation';
end $$
"""  # noqa: S608  our own words

PART = "record_id::text || '/' || data_class"
OPEN = f"({PART} = any((select opened_parts())::text[]))"
THEIRS = f"({PART} = any((select opened_held_parts())::text[]))"
WALLS = [
    "alter table support_remark enable row level security",
    "alter table support_remark force row level security",
    f"create policy support_remark_app on support_remark to app using {OPEN} with check {OPEN}",
    "create policy support_remark_owner on support_remark to owner using (true) with check (true)",
    "create policy support_remark_gate on support_remark to gate using (true) with check (true)",
    "create policy support_remark_selects on support_remark as restrictive for select to app "
    f"using (taken_back_at is null or {THEIRS})",
    "create policy support_remark_inserts on support_remark as restrictive for insert to app "
    f"with check (taken_back_at is null and {THEIRS})",
    "create policy support_remark_updates on support_remark as restrictive for update to app "
    f"using (taken_back_at is null and {THEIRS}) with check (taken_back_at is not null and {THEIRS})",
    "alter table support_remark add constraint support_remark_on_days check ("
    "written_at between '2000-01-01' and '2200-01-01' "
    "and (taken_back_at is null or taken_back_at between '2000-01-01' and '2200-01-01'))",
    "revoke update, delete on support_remark from app",
    "grant update (taken_back_at) on support_remark to app",
    f"grant select on {', '.join(KEPT.values())} to gate",
    "create trigger support_remark_fits after insert on support_remark "
    "for each row when (current_user = 'app') execute function support_remark_fits()",
]
NO_WALLS = [
    "drop trigger support_remark_fits on support_remark",
    *(
        f"drop policy support_remark_{one} on support_remark"
        for one in ("app", "owner", "gate", "selects", "inserts", "updates")
    ),
]


class Migration(migrations.Migration):
    dependencies = [
        ("support", "0009_a_thread_is_read_by_two"),
        ("audit", "0009_what_is_held_is_only_read"),
    ]
    operations = [
        migrations.CreateModel(
            name="Remark",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("record_id", models.UUIDField()),
                ("data_class", models.CharField(max_length=32)),
                ("item_id", models.UUIDField()),
                ("stance", models.CharField(max_length=16)),
                ("words", SealedText(label="support.remark.words")),
                ("written_at", models.DateTimeField()),
                ("taken_back_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(name="support_remark_by_record", fields=["record_id", "written_at"])],
                "constraints": [
                    models.UniqueConstraint(
                        name="support_remark_one_now",
                        fields=["record_id", "data_class", "item_id"],
                        condition=Q(taken_back_at__isnull=True),
                    ),
                ],
            },
        ),
        DefinerFunction(OPENED_PARTS, "opened_parts()"),
        DefinerFunction(HELD_PARTS, "opened_held_parts()"),
        DefinerFunction(FITS, "support_remark_fits()", roles=("owner",)),
        migrations.RunSQL(WALLS, reverse_sql=NO_WALLS),
    ]
