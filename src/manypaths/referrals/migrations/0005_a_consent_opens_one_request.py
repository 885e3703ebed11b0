"""The wall of requests asks for the request: what a consent for one opened does not show another of the same person.

What binds them is kept by the database too. A consent is for a request of that very person to that very organisation,
and for what hangs on it alone: a class whose rows hang on no request would be open as a whole.
A request is begun and worded by its person only; its moves, words and parts name the record it names. Whether they got
what they needed is the person's word, the outcome is the worker's, and neither writes the other's. The organisation's record is
set once, by a worker who has it open: through it the person's list of looks, and their blocks, reach that record.
"""

from importlib import import_module

from django.db import migrations

from manypaths.audit.guards import DefinerFunction, GuardSubjects

FIRST = import_module("manypaths.referrals.migrations.0002_walls_lists_and_facts").TELL_REQUESTER
BEFORE = FIRST.replace("create", "create or replace", 1)

TASK = "referral_task"
BOTH_RECORDS = ("record_id", "org_record_id")

# A line for the one who asked, left by whoever has this very request open.
TELL_REQUESTER = """
create or replace function tell_requester(p_notice uuid, p_referral uuid, p_template text, p_at timestamptz)
returns void language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_whole uuid[] := opened_whole('referral_task');
    v_subjects uuid[] := opened_subjects('referral_task');
begin
    insert into notices_personnotice (id, record_id, template, subject_id, written_at)
    select p_notice, r.record_id, p_template, r.id, p_at
      from referrals_referral r
     where r.id = p_referral
       and (r.id = any(v_subjects) or r.record_id = any(v_whole) or r.org_record_id = any(v_whole))
        on conflict (id) do nothing;
end $$
"""

CONSENT_FITS = """
create function referrals_consent_fits() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    if not new.classes::text[] <@ array['referral_task'] or not exists (
        select from referrals_referral r join people_record p on p.id = r.record_id and p.holder = 'person'
         where r.id = new.subject_id and r.record_id = new.record_id
           and r.organisation_id = new.recipient_organisation_id) then
        raise exception 'a consent is for what hangs on a request of the same person to the same organisation'
            using errcode = 'check_violation';
    end if;
    return null;
end $$
"""

ORG_RECORD_FITS = """
create function referrals_org_record_fits() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    if old.org_record_id is not null or not new.org_record_id = any(opened_whole('referral_task')) or not exists (
        select from people_record o where o.id = new.org_record_id and o.organisation_id = new.organisation_id) then
        raise exception 'the record of a request is set once, by a worker who has it open'
            using errcode = 'check_violation';
    end if;
    return null;
end $$
"""

EACH_THEIR_OWN = """
create function referrals_each_their_own() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_own boolean := new.record_id = any(opened_own('referral_task'));
begin
    if (v_own and row(new.outcome, new.answered_at, new.first_contact_at)
            is distinct from row(old.outcome, old.answered_at, old.first_contact_at))
       or (not v_own and row(new.need, new.grant_id, new.requested_at, new.due_on, new.due_at,
                             new.person_answer, new.person_answered_at)
            is distinct from row(old.need, old.grant_id, old.requested_at, old.due_on, old.due_at,
                                 old.person_answer, old.person_answered_at)) then
        raise exception 'what the other side says is theirs to write' using errcode = 'check_violation';
    end if;
    return null;
end $$
"""

# The demonstration and the operator write as `owner`, who is outside every wall.
TRIGGERS = [
    "create trigger consent_grant_fits_its_request after insert on consent_grant "
    "for each row when (current_user = 'app') execute function referrals_consent_fits()",
    "create trigger referrals_org_record_fits after update of org_record_id on referrals_referral "
    "for each row when (current_user = 'app' and new.org_record_id is distinct from old.org_record_id) "
    "execute function referrals_org_record_fits()",
    "create trigger referrals_each_their_own after update on referrals_referral "
    "for each row when (current_user = 'app') execute function referrals_each_their_own()",
]
NO_TRIGGERS = [
    "drop trigger consent_grant_fits_its_request on consent_grant",
    "drop trigger referrals_org_record_fits on referrals_referral",
    "drop trigger referrals_each_their_own on referrals_referral",
]

BY_ITS_PERSON = f"record_id = any((select opened_own('{TASK}'))::uuid[])"
OF_ITS_REQUEST = (
    "exists (select from referrals_referral r where r.id = {table}.referral_id and r.record_id = {table}.record_id)"
)
MOVE_OF_ITS_REQUEST = OF_ITS_REQUEST.replace(")", " and r.org_record_id is not distinct from {table}.org_record_id)")
MAY_WRITE = {
    "referrals_referral for insert": f"{BY_ITS_PERSON} and org_record_id is null",
    "referrals_move for insert": MOVE_OF_ITS_REQUEST,
    "referrals_packet for insert": f"{BY_ITS_PERSON} and {OF_ITS_REQUEST}",
    "referrals_packet for update": BY_ITS_PERSON,
    "referrals_sharedpart for insert": f"{BY_ITS_PERSON} and {OF_ITS_REQUEST}",
    "referrals_sharedpart for delete": BY_ITS_PERSON,
}


def _policy(what: str, test: str) -> migrations.RunSQL:
    """One more condition on one way of writing a table."""
    table, _for, way = what.split()
    when = "with check" if way == "insert" else "using"
    return migrations.RunSQL(
        f"create policy {table}_{way}s on {table} as restrictive for {way} to app {when} ({test.format(table=table)})",
        reverse_sql=f"drop policy {table}_{way}s on {table}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0004_looks_at_every_record"),
        ("audit", "0004_what_a_consent_was_for"),
        ("consent", "0005_a_consent_opens_one_request"),
    ]
    operations = [
        GuardSubjects("referrals_referral", TASK, BOTH_RECORDS, "id"),
        GuardSubjects("referrals_move", TASK, BOTH_RECORDS, "referral_id"),
        GuardSubjects("referrals_packet", TASK, ("record_id",), "referral_id"),
        GuardSubjects("referrals_sharedpart", TASK, ("record_id",), "referral_id"),
        migrations.RunSQL(TELL_REQUESTER, reverse_sql=BEFORE),
        DefinerFunction(CONSENT_FITS, "referrals_consent_fits()", roles=("owner",)),
        DefinerFunction(ORG_RECORD_FITS, "referrals_org_record_fits()", roles=("owner",)),
        DefinerFunction(EACH_THEIR_OWN, "referrals_each_their_own()", roles=("owner",)),
        migrations.RunSQL(TRIGGERS, reverse_sql=NO_TRIGGERS),
        *(_policy(what, test) for what, test in MAY_WRITE.items()),
    ]
