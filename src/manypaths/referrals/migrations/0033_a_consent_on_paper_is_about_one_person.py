"""A consent on paper is written down by who opened the record, checked by another, and answered by its person.

The look is the key: each door asks the log whether this very reader opened this record for consents in this request.
Only here stands whose record it is. A paper that was found whole becomes a consent in the same statement, of exactly
what it says, and never for longer than one of its kind can hold; the person is told of every step.
"""

import json
from importlib import import_module
from pathlib import Path

from django.db import migrations

from manypaths.audit.guards import DefinerFunction, changed

FILE = Path(__file__).resolve().parents[2] / "consent" / "data" / "shares-2026-11.json"
DATA = json.loads(FILE.read_text(encoding="utf-8"))
TEXTS = ", ".join(
    f"('{key}', '{row['text']}', interval '{24 * row['longest_days']} hours')"
    for key, row in DATA["kinds"].items()
    if row["recipient"] != "account"
)
EMAIL_GROUND = import_module("manypaths.referrals.migrations.0025_an_answer_of_a_desk_is_told").NOW
LAST = "    elsif v_notice.template = 'review_asked' then"
HELD = """    elsif v_notice.template = 'consent_to_check' then
        v_class := 'consent_record';
        select q.held_record_id, q.organisation_id, q.state = 'held' into v_record, v_org, v_holds
          from consent_paperconsent q where q.id = v_notice.subject_id;
"""
THIS_REQUEST = """a.xid = pg_current_xact_id()::text::bigint
           and a.nonce = nullif(current_setting('app.nonce', true), '')::uuid
           and a.at >= transaction_timestamp() and clock_timestamp() < transaction_timestamp() + longest_request()"""

# Whose record it is, for somebody who opened it in this request: to check a paper, for privacy and as the officer.
REACH = f"""
create function paper_consent_reach(p_account uuid, p_membership uuid, p_held uuid, p_checks boolean) returns uuid
language sql stable security definer set search_path = public, pg_temp as $$
    select distinct own.id
      from network_membership m
      join accounts_user u on u.id = m.account_id and u.is_active
      join people_record held on held.id = p_held and held.organisation_id = m.organisation_id and held.erased_at is null
      join referrals_referral r on r.org_record_id = held.id
      join people_record own on own.id = r.record_id and own.erased_at is null
     where m.id = p_membership and m.account_id = p_account and m.ended_at is null
       and not exists (select from referrals_referral f where f.org_record_id = held.id and f.record_id <> own.id)
       and exists (
        select from audit_access a cross join lateral unnest(a.opened, a.bases) as o(id, basis)
         where {THIS_REQUEST}
           and a.account_id = p_account and a.membership_id = p_membership and 'consent_record' = any(a.classes)
           and o.id = p_held
           and (o.basis = 'organisation' and a.purpose = 'privacy' and 'privacy_officer' = any(m.roles)
                or not p_checks and split_part(o.basis, '/', 1) = 'assigned' and a.purpose = 'care'))
$$
"""  # noqa: S608  our own words

TELL = """
create function tell_of_paper_consent(p_id uuid, p_record uuid, p_step text) returns void
language sql volatile security definer set search_path = public, pg_temp as $$
    insert into notices_personnotice (id, record_id, template, subject_id, written_at)
    values (md5('paper consent ' || p_step || p_id::text)::uuid, p_record, 'paper_consent', p_id, transaction_timestamp())
    on conflict (id) do nothing
$$
"""

# A sealed text of no words is 29 bytes long.
WRITE = """
create function write_paper_consent(p_account uuid, p_membership uuid, p_held uuid, p_id uuid, p_kind text,
                                    p_organisation uuid, p_worker uuid, p_classes text[], p_purpose text,
                                    p_until timestamptz, p_signed_on date, p_minor boolean, p_signer text,
                                    p_capacity text, p_language text, p_read text[], p_name bytea,
                                    p_signer_name bytea, p_witness bytea, p_place bytea)
returns void language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_now timestamptz := transaction_timestamp();
    v_own uuid := paper_consent_reach(p_account, p_membership, p_held, false);
    v_org uuid := (select r.organisation_id from people_record r where r.id = p_held);
    v_to uuid := coalesce(p_organisation, (select m.organisation_id from network_membership m where m.id = p_worker));
begin
    if v_own is null then
        raise exception 'nobody opened such a record in this request' using errcode = 'insufficient_privilege';
    end if;
    if v_to is null or v_to = v_org or least(octet_length(p_name), octet_length(p_place)) <= 29
       or (p_signer <> 'person' and octet_length(p_signer_name) <= 29)
       or p_signed_on > (v_now at time zone 'utc')::date + 1 then
        raise exception 'a consent on paper is written down whole, and goes elsewhere' using errcode = 'check_violation';
    end if;
    insert into consent_paperconsent (id, held_record_id, organisation_id, kind, recipient_organisation_id,
                                      recipient_membership_id, classes, purpose, until, signed_on, minor, signer,
                                      capacity, language, read, name, signer_name, witness, place, written_at,
                                      written_by_id, state, found)
    values (p_id, p_held, v_org, p_kind, p_organisation, p_worker, p_classes, p_purpose, p_until, p_signed_on, p_minor,
            p_signer, p_capacity, p_language, p_read, p_name, p_signer_name, p_witness, p_place, v_now, p_membership,
            'held', '{}');
    perform tell_of_paper_consent(p_id, v_own, 'written');
end $$
"""

CHECK = f"""
create function check_paper_consent(p_account uuid, p_membership uuid, p_id uuid, p_found text[], p_share uuid,
                                    p_name bytea)
returns void language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_now timestamptz := transaction_timestamp();
    v_paper consent_paperconsent;
    v_own uuid;
begin
    select * into v_paper from consent_paperconsent q where q.id = p_id for update;
    v_own := paper_consent_reach(p_account, p_membership, v_paper.held_record_id, true);
    if v_own is null or v_paper.state <> 'held' or v_paper.denied_at is not null or exists (
        select from network_membership w where w.id = v_paper.written_by_id and w.account_id = p_account) then
        raise exception 'this one is not yours to check' using errcode = 'insufficient_privilege';
    end if;
    if (p_share is not null) is distinct from paper_consent_is_whole(v_paper, p_found) then
        raise exception 'what is whole lacks nothing' using errcode = 'check_violation';
    end if;
    if p_share is not null then
        if is_asked_beside(v_own, v_paper.recipient_organisation_id, v_paper.recipient_membership_id) then
            raise exception 'what was asked of this place waits an hour' using errcode = 'check_violation';
        end if;
        insert into consent_share (id, record_id, held_record_id, discloser_id, kind, recipient_organisation_id,
                                   recipient_membership_id, classes, purpose, state, written_at, starts_at, until,
                                   name, signed_at, text_key, text_version, language, on_paper, ending)
        select p_share, v_own, v_paper.held_record_id, v_paper.organisation_id, v_paper.kind,
               v_paper.recipient_organisation_id, v_paper.recipient_membership_id, v_paper.classes, v_paper.purpose,
               'given', v_now, v_now, least(v_paper.until, v_now + k.longest), p_name,
               least(v_now, (v_paper.signed_on + time '12:00') at time zone 'utc'), k.text,
               (select max(t.version) from consent_text t where t.key = k.text and t.language = v_paper.language),
               v_paper.language, true, ''
          from (values {TEXTS}) as k(kind, text, longest) where k.kind = v_paper.kind;
    end if;
    update consent_paperconsent q
       set state = case when p_share is null then 'deficient' else 'complete' end, found = p_found, checked_at = v_now,
           checked_by_id = p_membership, share_id = p_share
     where q.id = p_id;
    perform tell_of_paper_consent(p_id, v_own, 'checked');
end $$
"""  # noqa: S608  our own words

# By the person alone, in the record that they opened as what a place keeps of them. Nobody is asked for a reason.
ANSWER = f"""
create function answer_paper_consent(p_account uuid, p_id uuid, p_denies boolean) returns boolean
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_now timestamptz := transaction_timestamp();
    v_paper consent_paperconsent;
    v_share uuid;
begin
    select * into v_paper from consent_paperconsent q where q.id = p_id for update;
    if not found or not exists (
        select from audit_access a cross join lateral unnest(a.opened, a.bases) as o(id, basis)
         where {THIS_REQUEST}
           and a.account_id = p_account and a.hat = 'person' and 'consent_record' = any(a.classes)
           and o.id = v_paper.held_record_id and o.basis = 'held') then
        raise exception 'nobody opened this as theirs in this request' using errcode = 'insufficient_privilege';
    end if;
    if v_paper.state = 'held' then
        update consent_paperconsent q
           set state = 'stopped', stopped_at = v_now, denied_at = case when p_denies then v_now end where q.id = p_id;
    elsif p_denies and v_paper.denied_at is null then
        update consent_paperconsent q set denied_at = v_now where q.id = p_id;
    end if;
    v_share := v_paper.share_id;
    while v_share is not null loop
        update consent_share s set ended_at = v_now, ending = 'stopped' where s.id = v_share and s.ended_at is null;
        v_share := (select s.id from consent_share s where s.replaces_id = v_share);
    end loop;
    return p_denies and v_paper.denied_at is null;
end $$
"""  # noqa: S608  our own words

# Finding is not opening: ids, codes and days, no name and no word; nothing behind a safety block.
FOR_DESK = """
create function paper_consents_for(p_account uuid, p_membership uuid, p_waiting boolean, p_limit int, p_offset int)
returns table(id uuid, held uuid, kind text, state text, written_at timestamptz, checked_at timestamptz,
              denied boolean, mine boolean, total bigint)
language sql stable security definer set search_path = public, pg_temp as $$
    select q.id, q.held_record_id, q.kind::text, q.state::text, q.written_at, q.checked_at, q.denied_at is not null,
           w.account_id = p_account, count(*) over ()
      from network_membership m
      join accounts_user u on u.id = m.account_id and u.is_active
      join consent_paperconsent q on q.organisation_id = m.organisation_id
      join network_membership w on w.id = q.written_by_id
      join people_record r on r.id = q.held_record_id and r.erased_at is null
     where m.id = p_membership and m.account_id = p_account and m.ended_at is null
       and 'privacy_officer' = any(m.roles) and (q.state = 'held') = p_waiting
       and not is_blocked(array[q.held_record_id], p_account, m.organisation_id)
     order by q.written_at desc, q.id
     limit p_limit offset p_offset
$$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0032_own_visits_are_counted_once_each"),
        ("consent", "0033_a_consent_comes_on_paper"),
    ]
    operations = [
        DefinerFunction(REACH, "paper_consent_reach(uuid, uuid, uuid, boolean)", roles=()),
        DefinerFunction(TELL, "tell_of_paper_consent(uuid, uuid, text)", roles=()),
        DefinerFunction(
            WRITE,
            "write_paper_consent(uuid, uuid, uuid, uuid, text, uuid, uuid, text[], text, timestamptz, date, boolean, "
            "text, text, text, text[], bytea, bytea, bytea, bytea)",
        ),
        DefinerFunction(CHECK, "check_paper_consent(uuid, uuid, uuid, text[], uuid, bytea)"),
        DefinerFunction(ANSWER, "answer_paper_consent(uuid, uuid, boolean)"),
        migrations.RunSQL(changed(EMAIL_GROUND, (LAST, HELD + LAST)), reverse_sql=EMAIL_GROUND),
        DefinerFunction(FOR_DESK, "paper_consents_for(uuid, uuid, boolean, int, int)"),
    ]
