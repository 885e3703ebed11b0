"""Days of a consent are the database's, words agreed to are the newest, and lists are counted by the people on them.

A consent as the application writes it begins, is signed and ends by the clock of the database. What was asked beside
somebody with power over the person (`kept_at`) keeps every other yes to that place waiting for an hour too, whatever is
answered then; and what waited is agreed to in the newest words. Reading far above the usual has a third measure: the
different people of everything that was opened. Who looked alone in their role is answered by whoever comes, at once.
"""

from importlib import import_module

from django.db import migrations, models

from manypaths.audit.guards import DefinerFunction, again, changed
from manypaths.consent.rules import reading

READING = import_module("manypaths.consent.migrations.0021_reading_far_above_the_usual")
FLAGS = import_module("manypaths.consent.migrations.0020_looks_that_ask_for_a_reason")


BOUNDS = ", ".join(
    f"('{role}', '{span}', {one.persons}, {one.pages}, {one.shown}, {one.stop_persons}, {one.stop_pages}, {one.stop_shown})"
    for role in reading.FIGURES["usual"]
    for span in reading.SPANS
    for one in [reading.bounds(role, span)]
)
# Different people are counted only of workers whose openings are so many at all: a caseload read thirty times is not.
RAISE = changed(
    again(READING.RAISE).replace(READING.BOUNDS, BOUNDS),
    ("bound(role, span, persons, pages, stop_persons, stop_pages)",
     "bound(role, span, persons, pages, shown, stop_persons, stop_pages, stop_shown)"),
    ("max(b.stop_persons) as stop_persons, max(b.stop_pages) as stop_pages,",
     "max(b.stop_persons) as stop_persons, max(b.stop_pages) as stop_pages,\n"
     "               max(b.shown) as shown, max(b.stop_shown) as stop_shown,"),
    ("               count(distinct (a.xid, a.nonce)) as pages\n",
     "               count(distinct (a.xid, a.nonce)) as pages, sum(cardinality(a.opened)) as openings\n"),
    ("    ), above as (\n", """    ), everybody as (
        select r.worker, r.span, r.persons, r.pages, case when r.openings < w.shown then 0 else (
                   select count(distinct one.id)
                     from audit_access a cross join lateral unnest(a.opened) as one(id)
                    where a.membership_id = r.worker and a.at > w.since and a.hat = 'member'
                      and a.purpose <> 'emergency') end as shown
          from readings r join worker w on w.id = r.worker and w.span = r.span
    ), above as (
"""),
    ("r.pages as opened_pages,\n", "r.pages as opened_pages, r.shown as opened_shown,\n"),
    ("r.persons >= w.stop_persons or r.pages >= w.stop_pages as stops",
     "r.persons >= w.stop_persons or r.pages >= w.stop_pages or r.shown >= w.stop_shown as stops"),
    ("worker w join readings r on r.worker", "worker w join everybody r on r.worker"),
    ("where r.persons >= w.persons or r.pages >= w.pages\n",
     "where r.persons >= w.persons or r.pages >= w.pages or r.shown >= w.shown\n"),
    ("persons, pages,\n                                        stops)", "persons, pages,\n"
     "                                        shown, stops)"),
    ("a.opened_persons, a.opened_pages,\n           a.stops", "a.opened_persons, a.opened_pages,\n"
     "           a.opened_shown, a.stops"),
    ("pages = greatest(k.pages, excluded.pages),\n", "pages = greatest(k.pages, excluded.pages),\n"
     "           shown = greatest(k.shown, excluded.shown),\n"),
)  # fmt: skip
ALARMS_FOR = changed(
    READING.ALARMS_FOR,
    ("pages int, stops boolean", "pages int, shown int, stops boolean"),
    ("k.pages, k.stops", "k.pages, k.shown, k.stops"),
)

CLOCK = """
create function consent_share_clock() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_now timestamptz := transaction_timestamp();
begin
    if tg_op = 'INSERT' then
        new.written_at := v_now;
        new.starts_at := least(greatest(new.starts_at, v_now), clock_timestamp());
        new.kept_at := case when new.state = 'draft' then v_now end;
        if new.state = 'given' then
            new.signed_at := v_now;
            if is_asked_beside(new.record_id, new.recipient_organisation_id, new.recipient_membership_id) then
                raise exception 'what was asked of this place waits an hour' using errcode = 'check_violation';
            end if;
        end if;
        return new;
    end if;
    if old.ended_at is null and new.ended_at is not null then
        new.ended_at := v_now;
    end if;
    if old.state = 'draft' and new.state = 'given' then
        new.signed_at := v_now;
        if new.text_version is distinct from (
            select max(t.version) from consent_text t where t.key = new.text_key and t.language = new.language) then
            raise exception 'what waits is agreed to in the newest words' using errcode = 'check_violation';
        end if;
    elsif new.text_version <> old.text_version then
        raise exception 'words that were agreed to stay' using errcode = 'check_violation';
    end if;
    return new;
end $$
"""
# By place: what was asked for one officer of a place holds for the place and for every other officer of it.
ASKED_BESIDE = """
create function is_asked_beside(p_record uuid, p_organisation uuid, p_membership uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (
        select from consent_share s
          left join network_membership m on m.id = s.recipient_membership_id
         where s.record_id = p_record and s.kept_at > transaction_timestamp() - interval '1 hour'
           and coalesce(s.recipient_organisation_id, m.organisation_id) = coalesce(
               p_organisation, (select n.organisation_id from network_membership n where n.id = p_membership)))
$$
"""
WALLS = [
    "grant update (text_version) on consent_share to app",
    "grant select on consent_text to gate",
    "create trigger consent_share_clock before insert or update on consent_share "
    "for each row when (current_user = 'app') execute function consent_share_clock()",
]
NO_WALLS = [
    "drop trigger consent_share_clock on consent_share",
    "revoke select on consent_text from gate",
    "revoke update (text_version) on consent_share from app",
]

# Whoever answers and did not look themself finds what rested for lack of somebody like them, before any night.
FLAGS_FOR = changed(again(FLAGS.FLAGS_FOR), ("f.state in ('waits', 'review')", "f.state in ('waits', 'review', 'alone')"))
FLAG_MOVES = changed(
    again(FLAGS.MOVES), ("(('waits', 'work'), ", "(('waits', 'work'), ('alone', 'work'), ('alone', 'review'), ")
)


class Migration(migrations.Migration):
    dependencies = [("consent", "0024_a_look_that_nobody_else_can_answer_rests")]
    operations = [
        migrations.AddField("readalarm", "shown", models.PositiveIntegerField(default=0)),
        migrations.RunSQL(RAISE, reverse_sql=again(READING.RAISE)),
        migrations.RunSQL(
            "drop function read_alarms_for(uuid, uuid, boolean, int)",
            reverse_sql=DefinerFunction(READING.ALARMS_FOR, "read_alarms_for(uuid, uuid, boolean, int)").sql,
        ),
        DefinerFunction(ALARMS_FOR, "read_alarms_for(uuid, uuid, boolean, int)"),
        migrations.AddField("share", "kept_at", models.DateTimeField(blank=True, null=True)),
        migrations.RunSQL(
            "update consent_share set kept_at = written_at where state = 'draft'", reverse_sql=migrations.RunSQL.noop
        ),
        DefinerFunction(ASKED_BESIDE, "is_asked_beside(uuid, uuid, uuid)", roles=()),
        DefinerFunction(CLOCK, "consent_share_clock()", roles=("owner",)),
        migrations.RunSQL(WALLS, reverse_sql=NO_WALLS),
        migrations.RunSQL(FLAGS_FOR, reverse_sql=again(FLAGS.FLAGS_FOR)),
        migrations.RunSQL(FLAG_MOVES, reverse_sql=again(FLAGS.MOVES)),
    ]
