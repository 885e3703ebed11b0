"""A person opens the records that places made from their requests: only here stands which records are one person.

Theirs is a record that a request of theirs names, and that no request of anyone else names: a record that was tied to
two persons by mistake is opened to neither. A safety block does not stand between a person and what is kept of them.
Notes of counselling are kept apart by the law, also from the person.
"""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

OPEN_HELD = """
create function open_held(p_account uuid, p_ids uuid[], p_classes text[])
returns json language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_nonce uuid := coalesce(nullif(current_setting('app.nonce', true), '')::uuid, gen_random_uuid());
    v_own uuid;
    v_ids uuid[];
    v_open uuid[];
    v_classes text[];
    v_denied uuid[];
begin
    if coalesce(cardinality(p_ids), 0) > 1000 or coalesce(cardinality(p_classes), 0) = 0 then
        raise exception 'ask for at most 1000 records, and at least one class' using errcode = 'check_violation';
    end if;
    perform set_config('app.nonce', v_nonce::text, true), set_config('app.held', 'yes', true);
    select p.record_id into v_own
      from accounts_user u
      join people_person p on p.account_id = u.id
      join people_record r on r.id = p.record_id and r.person_id = p.id and r.erased_at is null
     where u.id = p_account and u.is_active;
    v_ids := coalesce(p_ids, array(
        select distinct f.org_record_id from referrals_referral f
         where f.record_id = v_own and f.org_record_id is not null));
    v_open := array(
        select r.id from people_record r
         where r.id = any(v_ids) and r.holder = 'organisation' and r.erased_at is null
           and exists (select from referrals_referral f where f.org_record_id = r.id and f.record_id = v_own)
           and not exists (select from referrals_referral f where f.org_record_id = r.id and f.record_id <> v_own)
         order by r.id);
    v_classes := array(select distinct c from unnest(p_classes) as c where c <> 'sud_counseling_notes' order by c);
    if cardinality(v_classes) = 0 then
        v_open := '{}';
    end if;
    v_denied := array(select d from unnest(v_ids) as d where d <> all(v_open) and p_ids is not null);

    if cardinality(v_open) > 0 then
        insert into audit_access (at, xid, nonce, account_id, hat, membership_id, organisation_id,
                                  opened, bases, subjects, denied, classes, purpose)
        values (clock_timestamp(), pg_current_xact_id()::text::bigint, v_nonce, p_account, 'person', null, null, v_open,
                array_fill('held'::text, array[cardinality(v_open)]), array_fill(null::uuid, array[cardinality(v_open)]),
                '{}', v_classes, 'own');
    end if;
    if cardinality(v_open) = 0 or cardinality(v_denied) > 0 or not p_classes <@ v_classes then
        insert into audit_access (at, xid, nonce, account_id, hat, membership_id, organisation_id,
                                  opened, bases, subjects, denied, classes, purpose)
        values (clock_timestamp(), pg_current_xact_id()::text::bigint, v_nonce, p_account, 'person', null, null,
                '{}', '{}', '{}', v_denied, p_classes, 'own');
    end if;
    return json_build_object(
        'person', v_own is not null,
        'asked', (
            select coalesce(json_agg(json_build_array(
                       r.id, r.holder = 'organisation', r.erased_at is not null,
                       exists (select from referrals_referral f where f.org_record_id = r.id and f.record_id = v_own),
                       exists (select from referrals_referral f
                                where f.org_record_id = r.id and f.record_id is distinct from v_own))), '[]')
              from people_record r where r.id = any(v_ids)),
        'open', v_open, 'classes', v_classes,
        'held', (
            select coalesce(json_agg(json_build_array(
                       r.id, r.organisation_id, r.origin_law, r.opened_at) order by r.opened_at, r.id), '[]')
              from people_record r where r.id = any(v_open)),
        'keys', (
            select coalesce(json_agg(json_build_array(
                       k.record_id, k.holder_id, k.ring_key, encode(k.wrapped, 'hex'))), '[]')
              from vault_recordkey k where k.record_id = any(v_open)));
end $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0014_a_guess_at_a_look_is_not_answered"),
        ("audit", "0009_what_is_held_is_only_read"),
    ]
    operations = [DefinerFunction(OPEN_HELD, "open_held(uuid, uuid[], text[])")]
