"""A person asks the privacy desk of a place to correct what it wrote, or complains; somebody who did not write it answers.

A petition stands in the record of the place. It is written by the person through their own opening (`held`) and no
other. `open_petition` is the way in for who answers: a privacy officer there, the author of what it is about only where
nobody else could, and nobody behind a safety block. It opens this one petition and the one entry it is about, for
nothing but reading; so the walls of contacts know single items now, as those of entries do. What was agreed to, and what
the person says to a no, is read by everyone who opens that kind of entry, on whatever ground. Nothing original changes.
"""

import uuid

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from manypaths.audit.guards import DefinerFunction, GuardSubjects
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
BLOCKED = """
exists (select from people_block b
         where b.record_id = v.record_id and b.since <= transaction_timestamp()
           and (b.until is null or b.until > transaction_timestamp())
           and (b.account_id = m.account_id or b.organisation_id = m.organisation_id))
"""

OPENED_PETITIONS = f"""
create function opened_petitions() returns uuid[] language plpgsql volatile security definer
set search_path = public, pg_temp as $$
declare
    found_rows bigint;
    found_ids uuid[];
begin
    select count(*), coalesce(array_agg(split_part(b.one, ':', 2)::uuid) filter (
               where b.one ~ '^(correction|complaint):'), '{{}}')
      into found_rows, found_ids
      from audit_access a left join lateral unnest(a.bases) as b(one) on true
     where {THIS_REQUEST};
    if found_rows = 0 then
        raise exception 'nobody opened a record in this request' using errcode = 'insufficient_privilege';
    end if;
    return found_ids;
end $$
"""  # noqa: S608  our own words

# What is open as a whole in this request, on whatever ground, as record and class in one word.
OPENED_BESIDE = f"""
create function opened_beside() returns text[] language plpgsql volatile security definer
set search_path = public, pg_temp as $$
declare
    found_rows bigint;
    found_parts text[];
begin
    select count(*), coalesce(array_agg(o.id || '/' || c.one) filter (
               where o.id is not null and o.subject is null), '{{}}')
      into found_rows, found_parts
      from audit_access a
      left join lateral unnest(a.opened, a.subjects) as o(id, subject) on true
     cross join lateral unnest(a.classes) as c(one)
     where {THIS_REQUEST};
    if found_rows = 0 then
        raise exception 'nobody opened a record in this request' using errcode = 'insufficient_privilege';
    end if;
    return found_parts;
end $$
"""  # noqa: S608  our own words

AUTHOR_OF = """
create function author_of_kept(p_record uuid, p_item uuid) returns uuid
language sql stable security definer set search_path = public, pg_temp as $$
    select m.account_id from network_membership m
     where m.id = coalesce({})
$$
""".format(
    ", ".join(
        f"(select k.membership_id from {table} k where k.id = p_item and k.record_id = p_record)"
        for table in KEPT.values()
    )
)

OTHERS = f"""
create function others_can_answer(p_petition uuid, p_account uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (
        select from support_petition v
          join network_membership m on m.organisation_id = v.organisation_id and m.ended_at is null
          join accounts_user u on u.id = m.account_id and u.is_active
         where v.id = p_petition and 'privacy_officer' = any(m.roles) and m.account_id <> p_account
           and not {BLOCKED.strip()})
$$
"""  # noqa: S608  our own words

OPEN_PETITION = f"""
create function open_petition(p_account uuid, p_membership uuid, p_petition uuid)
returns json language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_nonce uuid := coalesce(nullif(current_setting('app.nonce', true), '')::uuid, gen_random_uuid());
    v_org uuid;
    v_officer boolean := false;
    v_found support_petition%rowtype;
    v_wrote boolean := false;
    v_another boolean;
    v_erased boolean := true;
    v_blocked boolean := true;
    v_may boolean;
begin
    perform set_config('app.nonce', v_nonce::text, true);
    select m.organisation_id, 'privacy_officer' = any(m.roles) into v_org, v_officer
      from network_membership m join accounts_user u on u.id = m.account_id
     where m.id = p_membership and m.account_id = p_account and m.ended_at is null and u.is_active;
    select v.* into v_found from support_petition v where v.id = p_petition;
    if found then
        v_wrote := coalesce(author_of_kept(v_found.record_id, v_found.item_id) = p_account, false);
        v_another := others_can_answer(p_petition, p_account);
        select r.erased_at is not null into v_erased from people_record r where r.id = v_found.record_id;
        v_blocked := exists (
            select from people_block b
             where b.record_id = v_found.record_id and b.since <= transaction_timestamp()
               and (b.until is null or b.until > transaction_timestamp())
               and (b.account_id = p_account or b.organisation_id = v_org));
    end if;
    v_may := coalesce(v_officer and v_found.organisation_id = v_org and not (v_wrote and v_another) and not v_erased
                      and not v_blocked and v_found.state <> 'withdrawn', false);
    insert into audit_access (at, xid, nonce, account_id, hat, membership_id, organisation_id,
                              opened, bases, subjects, denied, classes, purpose)
    values (clock_timestamp(), pg_current_xact_id()::text::bigint, v_nonce, p_account, 'member', p_membership, v_org,
            case when v_may then array[v_found.record_id] else '{{}}' end,
            case when v_may then array[v_found.kind || ':' || p_petition::text] else '{{}}' end,
            case when v_may then array[coalesce(v_found.item_id, p_petition)] else '{{}}' end,
            case when v_may or v_found.record_id is null then '{{}}' else array[v_found.record_id] end,
            array[coalesce(v_found.data_class, 'access_log')], 'privacy');
    return json_build_object(
        'open', v_may,
        'facts', json_build_array(v_officer, v_found.organisation_id = v_org, v_wrote, v_another, v_erased, v_blocked,
                                  v_found.state = 'withdrawn'),
        'keys', (select coalesce(json_agg(json_build_array(
                            k.record_id, k.holder_id, k.ring_key, encode(k.wrapped, 'hex'))), '[]')
                   from vault_recordkey k where v_may and k.record_id = v_found.record_id));
end $$
"""

# Finding is not opening: ids, kinds and days, no name and no word.
PETITIONS_FOR = f"""
create function petitions_for(p_account uuid, p_membership uuid, p_waiting boolean, p_limit int, p_offset int)
returns table(id uuid, kind text, asked_at timestamptz, due_at timestamptz, state text, finding text,
              answered_at timestamptz, total bigint)
language sql stable security definer set search_path = public, pg_temp as $$
    select v.id, v.kind::text, v.asked_at, v.due_at, v.state::text, v.finding::text, v.answered_at, count(*) over ()
      from network_membership m
      join accounts_user u on u.id = m.account_id and u.is_active
      join support_petition v on v.organisation_id = m.organisation_id and v.state <> 'withdrawn'
      join people_record r on r.id = v.record_id and r.erased_at is null
     where m.id = p_membership and m.account_id = p_account and m.ended_at is null
       and 'privacy_officer' = any(m.roles)
       and (v.state = 'open') = p_waiting
       and not {BLOCKED.strip()}
       and (author_of_kept(v.record_id, v.item_id) is distinct from p_account or not others_can_answer(v.id, p_account))
     order by case when p_waiting then v.due_at end, v.answered_at desc, v.id
     limit p_limit offset p_offset
$$
"""  # noqa: S608  our own words

# To whom outside the place the kind of entry was shown, where the person lets the desk know it, so that they are told.
SHOWN_TO = """
create function shown_to_others(p_petition uuid)
returns table(organisation_id uuid, membership_id uuid, last_at timestamptz)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    if not p_petition = any(opened_petitions()) then
        return;
    end if;
    return query
    select a.organisation_id, a.membership_id, max(a.at)
      from support_petition v
      join audit_access a on a.opened @> array[v.record_id] and v.data_class = any(a.classes)
     cross join lateral unnest(a.opened, a.bases) as o(id, basis)
     where v.id = p_petition and v.tell_others and v.finding = 'agreed' and o.id = v.record_id
       and (o.basis like 'shared:%' or o.basis like 'emergency:%') and a.organisation_id is not null
       and a.organisation_id <> v.organisation_id
     group by a.organisation_id, a.membership_id
     order by max(a.at) desc
     limit 100;
end $$
"""

EXISTS = """
        or (new.data_class = '{}' and (new.item_id is null or exists (
            select from {} k where k.id = new.item_id and k.record_id = new.record_id)))"""
FITS = f"""
create function support_petition_fits() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    if not exists (select from people_record r where r.id = new.record_id and r.organisation_id = new.organisation_id)
       or not (
        (new.kind = 'complaint' and new.data_class = 'access_log' and new.item_id is null)
        or (new.kind = 'correction' and (false{"".join(EXISTS.format(one, table) for one, table in KEPT.items())})))
       or new.due_at <> new.asked_at + (
        case new.kind when 'correction' then interval '1440 hours' else interval '720 hours' end)
    then
        raise exception 'a petition is about what stands in the same record' using errcode = 'check_violation';
    end if;
    return null;
end $$
"""  # noqa: S608  our own words

# Who moved it: the person by their own opening, or who answers by theirs; each may do what is theirs, once.
MOVES = """
create function support_petition_moves() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_extended boolean := row(new.extended_at, new.extended_by_id, new.extension, new.due_at)
        is distinct from row(old.extended_at, old.extended_by_id, old.extension, old.due_at);
    v_answered boolean := row(new.finding, new.ground, new.amendment, new.answer, new.answered_at, new.answered_by_id)
        is distinct from row(old.finding, old.ground, old.amendment, old.answer, old.answered_at, old.answered_by_id);
    v_disagreed boolean := row(new.disagreement, new.disagreed_at)
        is distinct from row(old.disagreement, old.disagreed_at);
    v_theirs boolean := new.record_id::text || '/presence' = any(opened_held_parts());
    v_by uuid := coalesce(new.answered_by_id, new.extended_by_id);
    v_desk boolean := new.id = any(opened_petitions());
begin
    if v_theirs and not v_extended and not v_answered then
        if (old.state, new.state) = ('open', 'withdrawn') and not v_disagreed
           or old.state = new.state and new.withdrawn_at is not distinct from old.withdrawn_at
              and old.disagreement is null and new.disagreement is not null then
            return new;
        end if;
    end if;
    if v_desk and not v_disagreed and old.state = 'open' and new.withdrawn_at is null and exists (
        select from audit_access a
         where a.xid = pg_current_xact_id()::text::bigint
           and a.nonce = nullif(current_setting('app.nonce', true), '')::uuid and a.at >= transaction_timestamp()
           and a.membership_id = v_by and (new.kind || ':' || new.id::text) = any(a.bases)) then
        if v_answered and not v_extended and new.state = 'answered'
           or v_extended and not v_answered and new.state = 'open' and old.extended_at is null
              and old.kind = 'correction' and new.due_at = old.due_at + interval '720 hours'
              and new.extended_at < old.due_at and octet_length(new.extension) > 29 then
            return new;
        end if;
    end if;
    raise exception 'a petition is answered once by who may, and the rest is its person''s' using errcode = 'check_violation';
end $$
"""

PRESENT = "record_id::text || '/presence' = any((select opened_beside())::text[])"
THEIRS = "(record_id::text || '/presence' = any((select opened_held_parts())::text[]))"
DESK = "(id = any((select opened_petitions())::uuid[]) and state <> 'withdrawn')"
BESIDE = (
    "(kind = 'correction' and (amendment is not null or disagreement is not null) "
    "and record_id::text || '/' || data_class = any((select opened_beside())::text[]))"
)
MOVED = (
    "state", "withdrawn_at", "disagreement", "disagreed_at", "due_at", "extended_at", "extended_by_id", "extension",
    "finding", "ground", "amendment", "answer", "answered_at", "answered_by_id",
)  # fmt: skip
DAYS = ("asked_at", "due_at", "extended_at", "answered_at", "withdrawn_at", "disagreed_at")
WALLS = [
    "alter table support_petition enable row level security",
    "alter table support_petition force row level security",
    f"create policy support_petition_app on support_petition to app using ({PRESENT} or {DESK} or {BESIDE}) "
    f"with check ({PRESENT} or {DESK})",
    "create policy support_petition_owner on support_petition to owner using (true) with check (true)",
    "create policy support_petition_gate on support_petition to gate using (true) with check (true)",
    "create policy support_petition_selects on support_petition as restrictive for select to app "
    f"using ({THEIRS} or {DESK} or {BESIDE})",
    "create policy support_petition_inserts on support_petition as restrictive for insert to app "
    f"with check ({THEIRS} and state = 'open' and extended_at is null and extension is null and disagreement is null)",
    f"create policy support_petition_updates on support_petition as restrictive for update to app using ({THEIRS} or {DESK})",
    "alter table support_petition add constraint support_petition_on_days check ("
    + " and ".join(f"({day} is null or {day} between '2000-01-01' and '2200-01-01')" for day in DAYS)
    + ")",
    "revoke update, delete on support_petition from app",
    f"grant update ({', '.join(MOVED)}) on support_petition to app",
    "grant select on support_petition to gate",
    "create trigger support_petition_fits after insert on support_petition "
    "for each row when (current_user = 'app') execute function support_petition_fits()",
    "create trigger support_petition_moves before update on support_petition "
    "for each row when (current_user = 'app') execute function support_petition_moves()",
    # Written by the worker in whose name the class was opened for care, as entries are.
    "create policy support_contact_signed on support_contact as restrictive for insert to app "
    "with check (membership_id = any((select opened_by('contact_log'))::uuid[]))",
]
NO_WALLS = [
    "drop policy support_contact_signed on support_contact",
    "drop trigger support_petition_moves on support_petition",
    "drop trigger support_petition_fits on support_petition",
    *(
        f"drop policy support_petition_{one} on support_petition"
        for one in ("app", "owner", "gate", "selects", "inserts", "updates")
    ),
]


def sealed(name, **more):
    return name, SealedText(label=f"support.petition.{name}", **more)


def moment(name, **more):
    return name, models.DateTimeField(**more)


LATER = {"blank": True, "null": True}


class Migration(migrations.Migration):
    dependencies = [
        ("support", "0013_a_list_is_taken_out_by_two"),
        ("audit", "0011_an_emergency_and_an_order_are_only_read"),
        ("people", "0004_records_change_through_doors_only"),
        ("network", "0009_roles_for_what_is_shared_and_for_emergencies"),
        ("vault", "0002_keys_behind_the_wall"),
    ]
    operations = [
        migrations.CreateModel(
            name="Petition",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("record_id", models.UUIDField()),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="network.organisation"
                    ),
                ),
                ("kind", models.CharField(max_length=12)),
                ("data_class", models.CharField(max_length=32)),
                ("item_id", models.UUIDField(**LATER)),
                sealed("words"),
                sealed("why", null=True),
                ("tell_others", models.BooleanField(default=False)),
                moment("asked_at"),
                moment("due_at"),
                moment("extended_at", **LATER),
                ("extended_by_id", models.UUIDField(**LATER)),
                sealed("extension", null=True),
                ("state", models.CharField(default="open", max_length=10)),
                ("finding", models.CharField(blank=True, default="", max_length=16)),
                ("ground", models.CharField(blank=True, default="", max_length=20)),
                sealed("amendment", null=True),
                sealed("answer", null=True),
                moment("answered_at", **LATER),
                ("answered_by_id", models.UUIDField(**LATER)),
                moment("withdrawn_at", **LATER),
                sealed("disagreement", null=True),
                moment("disagreed_at", **LATER),
            ],
            options={
                "indexes": [
                    models.Index(name="support_petition_by_record", fields=["record_id", "asked_at"]),
                    models.Index(name="support_petition_by_place", fields=["organisation", "state", "due_at"]),
                ],
                "constraints": [
                    models.CheckConstraint(
                        name="support_petition_in_a_state",
                        condition=(
                            Q(state="open", finding="", answer__isnull=True, withdrawn_at__isnull=True)
                            | Q(state="withdrawn", finding="", answer__isnull=True, withdrawn_at__isnull=False)
                            | Q(state="answered", answer__isnull=False, answered_at__isnull=False)
                            & Q(answered_by_id__isnull=False)
                            & ~Q(finding="")
                            & Q(withdrawn_at__isnull=True)
                        ),
                    ),
                    models.CheckConstraint(
                        name="support_petition_whole_answer",
                        condition=(
                            Q(finding="agreed", amendment__isnull=False, ground="", kind="correction")
                            | Q(finding="denied", amendment__isnull=True, kind="correction") & ~Q(ground="")
                            | Q(amendment__isnull=True, ground="") & ~Q(finding__in=["agreed", "denied"])
                        ),
                    ),
                    models.CheckConstraint(
                        name="support_petition_disagreed_with_a_no",
                        condition=(
                            Q(disagreement__isnull=True, disagreed_at__isnull=True)
                            | Q(finding="denied", disagreement__isnull=False, disagreed_at__isnull=False)
                        ),
                    ),
                ],
            },
        ),
        GuardSubjects("support_contact", "contact_log", ("record_id",), "id"),
        DefinerFunction(OPENED_PETITIONS, "opened_petitions()"),
        DefinerFunction(OPENED_BESIDE, "opened_beside()"),
        DefinerFunction(AUTHOR_OF, "author_of_kept(uuid, uuid)", roles=()),
        DefinerFunction(OTHERS, "others_can_answer(uuid, uuid)", roles=()),
        DefinerFunction(FITS, "support_petition_fits()", roles=("owner",)),
        DefinerFunction(MOVES, "support_petition_moves()", roles=("owner",)),
        migrations.RunSQL(WALLS, reverse_sql=NO_WALLS),
        DefinerFunction(OPEN_PETITION, "open_petition(uuid, uuid, uuid)"),
        DefinerFunction(PETITIONS_FOR, "petitions_for(uuid, uuid, boolean, int, int)"),
        DefinerFunction(SHOWN_TO, "shown_to_others(uuid)"),
    ]
