"""An e-mail that waits is decided again at the moment it would leave: what it is about may be closed by then.

The e-mail itself tells nothing. But that one arrives tells a worker that somebody is there, after a consent was stopped
or a block was set. So the job asks here first, with the opaque id of the notice and nothing else. What is dropped leaves
a row in the log as a refused look, by no account: which record, which class, and no word.
"""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

# For each kind of notice: whose record it is about, and whether what it is about is still open to its reader.
# A kind that is about no consent, no thread and no review always holds; the block is asked about where a record is known.
EMAIL_GROUND = """
create function email_ground(p_notice uuid)
returns json language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_now timestamptz := transaction_timestamp();
    v_nonce uuid := coalesce(nullif(current_setting('app.nonce', true), '')::uuid, gen_random_uuid());
    v_notice notices_staffnotice%rowtype;
    v_works boolean := false;
    v_holds boolean := true;
    v_blocked boolean := false;
    v_record uuid;
    v_org uuid;
    v_class text := 'presence';
    v_go boolean;
begin
    select * into v_notice from notices_staffnotice n where n.id = p_notice and n.way = 'email';
    v_works := exists (
        select from accounts_user u join network_membership m on m.account_id = u.id and m.ended_at is null
         where u.id = v_notice.account_id and u.is_active);
    if v_notice.template in ('request_arrived', 'request_waits_long', 'request_taken_back', 'sharing_stopped') then
        v_class := 'referral_task';
        select r.record_id, r.organisation_id,
               exists (select from network_membership m
                        where m.account_id = v_notice.account_id and m.organisation_id = r.organisation_id
                          and m.ended_at is null)
               and (v_notice.template in ('request_taken_back', 'sharing_stopped')
                    or (r.status in ('requested', 'accepted', 'in_progress', 'on_hold') and exists (
                        select from consent_grant g
                         where g.subject_id = r.id and g.recipient_organisation_id = r.organisation_id
                           and 'referral_task' = any(g.classes) and g.purpose = 'referral'
                           and g.starts_at <= v_now and v_now < g.until
                           and (g.ended_at is null or v_now < g.ended_at))))
          into v_record, v_org, v_holds
          from referrals_referral r where r.id = v_notice.subject_id;
    elsif v_notice.template in ('message_arrived', 'something_shown') then
        v_class := case v_notice.template when 'message_arrived' then 'messages' else 'checkin' end;
        select t.record_id, m.organisation_id,
               support_hears(t.membership_id, t.org_record_id, t.record_id)
               and case v_notice.template
                   when 'message_arrived' then exists (
                       select from support_message x
                        where x.thread_id = t.id and x.party = 'person' and x.read_at is null and x.taken_back_at is null)
                   else exists (
                       select from support_showncheckin s where s.thread_id = t.id and s.until is null) end
          into v_record, v_org, v_holds
          from support_thread t join network_membership m on m.id = t.membership_id
         where t.org_record_id = v_notice.subject_id and m.account_id = v_notice.account_id
         order by m.ended_at is not null
         limit 1;
    elsif v_notice.template = 'review_asked' then
        v_class := 'access_log';
        select v.record_id, v.organisation_id, v.state = 'open' into v_record, v_org, v_holds
          from consent_review v where v.id = v_notice.subject_id;
    end if;
    v_holds := coalesce(v_holds, false);
    v_blocked := exists (
        select from people_block b
         where b.record_id = v_record and b.since <= v_now and (b.until is null or b.until > v_now)
           and (b.account_id = v_notice.account_id or b.organisation_id = v_org));
    v_go := v_works and v_holds and not v_blocked;
    if not v_go and v_record is not null and v_notice.state = 'waiting' then
        perform set_config('app.nonce', v_nonce::text, true);
        insert into audit_access (at, xid, nonce, account_id, hat, membership_id, organisation_id,
                                  opened, bases, subjects, denied, classes, purpose)
        values (clock_timestamp(), pg_current_xact_id()::text::bigint, v_nonce, null, 'system', null, v_org,
                '{}', '{}', '{}', array[v_record], array[v_class], 'notice');
    end if;
    return json_build_object('go', v_go, 'facts', json_build_array(v_works, v_holds, v_blocked));
end $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0019_found_in_an_emergency"),
        ("support", "0011_one_check_in_is_shown_to_one_worker"),
        ("notices", "0003_an_email_rests_between_tries"),
    ]
    operations = [
        DefinerFunction(EMAIL_GROUND, "email_ground(uuid)"),
    ]
