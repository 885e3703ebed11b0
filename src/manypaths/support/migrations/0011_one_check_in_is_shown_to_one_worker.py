"""A person shows one check-in to the one worker who walks with them, and stops it whenever they like.

What is shown is a copy, sealed under the person's own key; the check-ins themselves are opened by nothing here. The
worker's way in is `open_shown`: it asks what `open_thread` asks, and whether anything is shown. Deleting the check-in
deletes the copy.
"""

import uuid

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import manypaths.vault.models
from manypaths.audit.guards import DefinerFunction, GuardSubjects, GuardTable

# Finding is not opening: how many are shown, for the one worker who may open them.
SHOWN_TO = """
create function shown_to(p_account uuid, p_membership uuid, p_org_record uuid) returns bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select count(*)
      from support_thread t
      join support_showncheckin s on s.thread_id = t.id and s.until is null
      join network_membership m on m.id = t.membership_id and m.account_id = p_account
     where t.org_record_id = p_org_record and t.membership_id = p_membership
       and support_hears(t.membership_id, t.org_record_id, t.record_id)
$$
"""

OPEN_SHOWN = """
create function open_shown(p_account uuid, p_membership uuid, p_org_record uuid)
returns json language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_nonce uuid := coalesce(nullif(current_setting('app.nonce', true), '')::uuid, gen_random_uuid());
    v_org uuid;
    v_thread uuid;
    v_own uuid;
    v_facts boolean[];
    v_shown uuid[];
    v_may boolean;
begin
    perform set_config('app.nonce', v_nonce::text, true);
    select m.organisation_id into v_org
      from network_membership m where m.id = p_membership and m.account_id = p_account;
    select t.id, t.record_id into v_thread, v_own
      from support_thread t where t.org_record_id = p_org_record and t.membership_id = p_membership;
    if v_org is not null then
        v_facts := support_thread_facts(p_membership, p_org_record, v_own);
    end if;
    v_shown := array(
        select s.id from support_showncheckin s
         where s.thread_id = v_thread and s.until is null order by s.since desc, s.id limit 100);
    v_may := cardinality(v_shown) > 0 and coalesce(v_facts = array[true, true, true, false, false], false);
    insert into audit_access (at, xid, nonce, account_id, hat, membership_id, organisation_id,
                              opened, bases, subjects, denied, classes, purpose)
    values (clock_timestamp(), pg_current_xact_id()::text::bigint, v_nonce, p_account, 'member', p_membership, v_org,
            case when v_may then array_fill(v_own, array[cardinality(v_shown)]) else '{}' end,
            case when v_may then array_fill('shown'::text, array[cardinality(v_shown)]) else '{}' end,
            case when v_may then v_shown else '{}' end,
            case when not v_may and exists (select from people_record r where r.id = p_org_record)
                 then array[p_org_record] else '{}' end,
            array['checkin'], 'care');
    return json_build_object(
        'open', v_may, 'facts', v_facts, 'shown', cardinality(v_shown) > 0,
        'keys', (select coalesce(json_agg(json_build_array(
                            k.record_id, k.holder_id, k.ring_key, encode(k.wrapped, 'hex'))), '[]')
                   from vault_recordkey k where v_may and k.record_id = v_own));
end $$
"""

MOVES = """
create function support_shown_moves() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_own boolean := new.record_id = any(opened_own('checkin'));
begin
    if v_own and tg_op = 'INSERT' and new.until is null
       and exists (select from support_thread t
                    where t.id = new.thread_id and t.record_id = new.record_id
                      and support_hears(t.membership_id, t.org_record_id, t.record_id))
       and exists (select from outcomes_sitting s
                    where s.id = new.sitting_id and s.record_id = new.record_id and s.finished_at is not null) then
        return new;
    end if;
    if v_own and tg_op = 'UPDATE' and old.until is null and new.until is not null and new.words is null then
        return new;
    end if;
    raise exception 'a check-in is shown by its person, to one who walks with them' using errcode = 'check_violation';
end $$
"""

FORGOTTEN = """
create function support_shown_is_forgotten() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    delete from support_showncheckin s where s.sitting_id = old.id;
    return null;
end $$
"""

WALLS = [
    "revoke all on support_showncheckin from app",
    "grant select, insert, update (until, words) on support_showncheckin to app",
    "grant select, delete on support_showncheckin to gate",
    "grant select on outcomes_sitting to gate",
    "create trigger support_shown_moves before insert or update on support_showncheckin "
    "for each row when (current_user = 'app') execute function support_shown_moves()",
    "create trigger support_shown_is_forgotten after delete on outcomes_sitting "
    "for each row execute function support_shown_is_forgotten()",
    "alter table support_showncheckin add constraint support_showncheckin_on_days "
    "check (since between '2000-01-01' and '2200-01-01' and (until is null or until between '2000-01-01' and '2200-01-01'))",
]
NO_WALLS = [
    "drop trigger support_shown_moves on support_showncheckin",
    "drop trigger support_shown_is_forgotten on outcomes_sitting",
    "alter table support_showncheckin drop constraint support_showncheckin_on_days",
]


class Migration(migrations.Migration):
    dependencies = [
        ("support", "0010_the_person_says_how_they_see_it"),
        ("outcomes", "0002_behind_the_wall"),
        ("consent", "0015_texts_for_showing_one_check_in"),
    ]
    operations = [
        migrations.CreateModel(
            name="ShownCheckIn",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("record_id", models.UUIDField()),
                (
                    "thread",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="support.thread"
                    ),
                ),
                ("sitting_id", models.UUIDField()),
                ("words", manypaths.vault.models.SealedText(label="support.showncheckin.words", null=True)),
                ("text_version", models.CharField(max_length=16)),
                ("language", models.CharField(max_length=8)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["record_id"], name="support_shown_of_person"),
                    models.Index(fields=["sitting_id"], name="support_shown_of_sitting"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(until__isnull=True), fields=("thread", "sitting_id"), name="support_shown_once"
                    ),
                    models.CheckConstraint(
                        condition=Q(until__isnull=True, words__isnull=False)
                        | Q(until__isnull=False, words__isnull=True),
                        name="support_shown_while_it_lasts",
                    ),
                ],
            },
        ),
        GuardTable("support_showncheckin", "checkin"),
        GuardSubjects("support_showncheckin", "checkin", ("record_id",), "id"),
        DefinerFunction(MOVES, "support_shown_moves()", roles=("owner",)),
        DefinerFunction(FORGOTTEN, "support_shown_is_forgotten()", roles=("owner",)),
        migrations.RunSQL(WALLS, reverse_sql=NO_WALLS),
        DefinerFunction(SHOWN_TO, "shown_to(uuid, uuid, uuid)"),
        DefinerFunction(OPEN_SHOWN, "open_shown(uuid, uuid, uuid)"),
    ]
