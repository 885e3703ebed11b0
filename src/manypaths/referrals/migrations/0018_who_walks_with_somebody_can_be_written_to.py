"""A thread begins where a request led: only this floor knows that a person's own record and an organisation's are one.

A person finds who walks with them now and reads messages, at every place they asked. Either of the two begins the thread,
once; neither learns more of the other's record than they knew. A record that was tied to two persons by mistake begins
none.
"""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

WHO_WALKS = """
create function who_walks(p_account uuid)
returns table(org_record_id uuid, membership_id uuid, since timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
    select distinct on (a.record_id, a.membership_id) a.record_id, a.membership_id, a.since
      from accounts_user u
      join people_person p on p.account_id = u.id
      join referrals_referral r on r.record_id = p.record_id and r.org_record_id is not null
      join people_assignment a on a.record_id = r.org_record_id
     where u.id = p_account and u.is_active and support_hears(a.membership_id, a.record_id, p.record_id)
       and not exists (
           select from referrals_referral x where x.org_record_id = r.org_record_id and x.record_id <> r.record_id)
     order by a.record_id, a.membership_id, a.since desc
$$
"""

# The caller is the person themself, or the worker who would write; and there is one of the two to hear the other.
BEGIN_THREAD = """
create function begin_thread(p_account uuid, p_hat text, p_org_record uuid, p_membership uuid, p_thread uuid,
                             p_at timestamptz)
returns uuid language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_own uuid;
begin
    select r.record_id into v_own
      from referrals_referral r
      join people_record o on o.id = r.record_id
      join people_person p on p.id = o.person_id
      join accounts_user u on u.id = p.account_id and u.is_active
     where r.org_record_id = p_org_record
       and not exists (
           select from referrals_referral x where x.org_record_id = p_org_record and x.record_id <> r.record_id)
       and ((p_hat = 'person' and u.id = p_account)
            or (p_hat = 'member' and exists (
                    select from network_membership m where m.id = p_membership and m.account_id = p_account)))
     limit 1;
    if v_own is null or not support_hears(p_membership, p_org_record, v_own) then
        return null;
    end if;
    insert into support_thread (id, record_id, org_record_id, membership_id, begun_at)
    values (p_thread, v_own, p_org_record, p_membership, p_at)
        on conflict (org_record_id, membership_id) do nothing;
    return (select t.id from support_thread t where t.org_record_id = p_org_record and t.membership_id = p_membership);
end $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0017_a_place_reads_the_consents_given_to_it"),
        ("support", "0009_a_thread_is_read_by_two"),
    ]
    operations = [
        DefinerFunction(WHO_WALKS, "who_walks(uuid)"),
        DefinerFunction(BEGIN_THREAD, "begin_thread(uuid, text, uuid, uuid, uuid, timestamptz)"),
    ]
