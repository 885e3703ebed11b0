"""A place reads the consents that were given to it, and who looked at the record it keeps.

A consent stands on the person's own record, which no place opens for this. A record of a place came of one request: only
the consents for that request, to that place, belong to it. Whose role opens named fields of a consent gets state,
recipient, kinds of information and last day from the database, and nothing else, whatever the page would ask for.
"""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

# Of a look, the log keeps the widest basis of all classes that were opened at once: whether a class was opened whole is
# asked of the role table again.
CONSENTS = """
create function consents_of_held(p_records uuid[])
returns table(record_id uuid, is_whole boolean, state text, recipient_id uuid, classes text[], until timestamptz,
              grant_id uuid, request_id uuid, purpose text, given_at timestamptz, starts_at timestamptz,
              ended_at timestamptz, ending text, text_key text, text_version text, language text, replaces_id uuid,
              last_day timestamptz)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
    v_now timestamptz := transaction_timestamp();
    v_open uuid[] := opened('consent_record');
begin
    return query
    with whole as (
        select distinct o.id
          from audit_access a
          cross join lateral unnest(a.opened, a.bases) as o(id, basis)
          join network_membership m on m.id = a.membership_id
          join network_roleclass rc on rc.role = any(m.roles) and rc.tie = split_part(o.basis, '/', 1)
           and rc.data_class = 'consent_record' and not rc.named_fields
         where a.xid = pg_current_xact_id()::text::bigint
           and a.nonce = nullif(current_setting('app.nonce', true), '')::uuid
           and a.at >= v_now and 'consent_record' = any(a.classes)
    ), given as (
        select h.id as held, h.id in (select w.id from whole w) as whole, r.id as request, g.*,
               g.starts_at <= v_now and v_now < g.until and (g.ended_at is null or v_now < g.ended_at) as holds
          from people_record h
          join referrals_referral r on r.org_record_id = h.id and r.organisation_id = h.organisation_id
          join consent_grant g on g.subject_id = r.id and g.record_id = r.record_id
           and g.recipient_organisation_id = h.organisation_id
         where h.id = any(p_records) and h.id = any(v_open)
    )
    select g.held, g.whole, case when g.holds then 'holds' else 'ended' end, g.recipient_organisation_id,
           g.classes::text[], least(g.until, g.ended_at),
           case when g.whole then g.id end, case when g.whole then g.request end,
           case when g.whole then g.purpose::text end, case when g.whole then g.given_at end,
           case when g.whole then g.starts_at end, case when g.whole then g.ended_at end,
           case when g.whole then case when g.ending <> '' then g.ending::text when not g.holds then 'over' else '' end end,
           case when g.whole then g.text_key::text end, case when g.whole then g.text_version::text end,
           case when g.whole then g.language::text end, case when g.whole then g.replaces_id end,
           case when g.whole then g.until end
      from given g
     order by g.holds desc, g.given_at desc, g.id;
end $$
"""

# Finding is not opening: ids only, for who keeps the consents of a place in order.
REGISTER = """
create function register_of_consents(p_account uuid, p_membership uuid, p_holding boolean, p_limit int, p_offset int)
returns table(record_id uuid, grant_id uuid, total bigint)
language sql stable security definer set search_path = public, pg_temp as $$
    with given as (
        select h.id as held, g.id, g.given_at,
               g.starts_at <= transaction_timestamp() and transaction_timestamp() < g.until
               and (g.ended_at is null or transaction_timestamp() < g.ended_at) as holds
          from network_membership m
          join accounts_user u on u.id = m.account_id and u.is_active
          join people_record h on h.organisation_id = m.organisation_id and h.erased_at is null
          join referrals_referral r on r.org_record_id = h.id and r.organisation_id = h.organisation_id
          join consent_grant g on g.subject_id = r.id and g.record_id = r.record_id
           and g.recipient_organisation_id = h.organisation_id
         where m.id = p_membership and m.account_id = p_account and m.ended_at is null
           and exists (
               select from network_roleclass rc
                where rc.role = any(m.roles) and rc.tie = 'organisation' and rc.data_class = 'consent_record')
           and not exists (
               select from people_block b
                where b.record_id = h.id and b.since <= transaction_timestamp()
                  and (b.until is null or b.until > transaction_timestamp())
                  and (b.account_id = p_account or b.organisation_id = m.organisation_id))
    )
    select g.held, g.id, count(*) over () from given g
     where g.holds = p_holding
     order by g.given_at desc, g.id
     limit p_limit offset p_offset
$$
"""

# Looks of the place's own workers: at the record itself, and at what was sent along with the request it came of. What the
# person opens themself, and what others open whom the person agreed to show it to, is not told here.
LOOKS = """
create function looks_at_held(p_record uuid, p_zone text, p_limit int, p_offset int)
returns table(on_day date, membership_id uuid, organisation_id uuid, purpose text, basis text, classes text[],
              times bigint, first_at timestamptz, last_at timestamptz)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
begin
    if not p_record = any(opened_whole('access_log')) then
        return;
    end if;
    return query
    with asked as (
        select r.id, r.record_id, r.organisation_id
          from referrals_referral r join people_record h on h.id = p_record and h.organisation_id = r.organisation_id
         where r.org_record_id = p_record
    ), looks as (
        select a.seq, a.at, a.membership_id, a.organisation_id, a.purpose, a.classes,
               substring(a.bases[array_position(a.opened, p_record)] from '^[a-z]+') as basis
          from people_record h
          join audit_access a on a.opened @> array[h.id] and a.organisation_id = h.organisation_id
         where h.id = p_record
        union all
        select distinct on (a.seq) a.seq, a.at, a.membership_id, a.organisation_id, a.purpose, a.classes,
               substring(o.basis from '^[a-z]+')
          from asked r
          join audit_access a on a.opened @> array[r.record_id] and a.organisation_id = r.organisation_id
          cross join lateral unnest(a.opened, a.bases, a.subjects) as o(id, basis, subject)
         where o.id = r.record_id and o.subject = r.id and o.basis like 'granted:%' and not a.opened @> array[p_record]
    )
    select (l.at at time zone p_zone)::date, l.membership_id, l.organisation_id, l.purpose::text, l.basis,
           array_agg(distinct c.one::text), count(distinct l.seq), min(l.at), max(l.at)
      from looks l cross join lateral unnest(l.classes) as c(one)
     group by 1, 2, 3, 4, 5
     order by max(l.at) desc, 2
     limit p_limit offset p_offset;
end $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0016_what_is_shown_outside_is_theirs"),
        ("consent", "0010_a_review_begins_unanswered"),
        ("network", "0009_roles_for_what_is_shared_and_for_emergencies"),
    ]
    operations = [
        DefinerFunction(CONSENTS, "consents_of_held(uuid[])"),
        DefinerFunction(REGISTER, "register_of_consents(uuid, uuid, boolean, int, int)"),
        DefinerFunction(LOOKS, "looks_at_held(uuid, text, int, int)"),
    ]
