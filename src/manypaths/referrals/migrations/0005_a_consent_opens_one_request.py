"""The wall of requests asks for the request: what a consent for one opened does not show another of the same person."""

from importlib import import_module

from django.db import migrations

from manypaths.audit.guards import GuardSubjects

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
    ]
