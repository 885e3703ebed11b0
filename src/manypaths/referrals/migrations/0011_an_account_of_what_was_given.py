"""Everything that went to somebody else because the person agreed, taken from the log and the moves: no second list.

Three kinds of line: a request was sent and lay open from then; somebody opened it by that consent; a place said yes and
copied name and contact into a page of its own.
"""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

DISCLOSURES = """
create function disclosures(p_record uuid, p_account uuid, p_since timestamptz, p_limit int, p_offset int)
returns table(at timestamptz, kind text, organisation_id uuid, membership_id uuid, classes text[], purpose text,
              consent_id uuid, request_id uuid, total bigint)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    if not p_record = any(opened_whole('access_log')) then
        return;
    end if;
    return query
    with lines as (
        select a.seq, a.at, 'opened' as kind, a.organisation_id, a.membership_id, a.classes::text[] as classes,
               a.purpose::text as purpose, split_part(split_part(o.basis, '/', 1), ':', 2)::uuid as consent_id,
               o.subject as request_id
          from audit_access a cross join lateral unnest(a.opened, a.bases, a.subjects) as o(id, basis, subject)
         where a.opened @> array[p_record] and a.account_id is distinct from p_account and a.at >= p_since
           and o.id = p_record and o.basis like 'granted:%'
        union all
        select 0, m.at, case m.became when 'requested' then 'sent' else 'copied' end, r.organisation_id,
               case m.became when 'requested' then null else m.membership_id end,
               case m.became when 'requested' then array['referral_task'] else array['demographics', 'safe_contact'] end,
               'referral', g.id, r.id
          from referrals_referral r
          join referrals_move m on m.referral_id = r.id and m.at >= p_since
           and (m.became = 'requested' or (m.was = 'requested' and m.became = 'accepted'))
          left join lateral (
               select c.id from consent_grant c
                where c.subject_id = r.id and c.record_id = p_record and c.starts_at <= m.at
                  and (c.ended_at is null or c.ended_at >= m.at)
                order by c.starts_at desc limit 1) g on true
         where r.record_id = p_record
    )
    select l.at, l.kind, l.organisation_id, l.membership_id, l.classes, l.purpose, l.consent_id, l.request_id,
           count(*) over ()
      from lines l
     order by l.at desc, l.seq desc, l.request_id, l.kind
     limit p_limit offset p_offset;
end $$
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0010_a_review_is_about_a_look_that_happened")]
    operations = [
        migrations.RunSQL("grant select on referrals_move to gate", reverse_sql=migrations.RunSQL.noop),
        DefinerFunction(DISCLOSURES, "disclosures(uuid, uuid, timestamptz, int, int)"),
    ]
