"""What is known of fifty records that are alike is told once, for all of them.

Of a caseload most records differ in their id alone. Facts that say the same fifty times cost the database and the rules
more than the decision itself. Records with a consent to the reader's organisation, or asked about by what the reader
wrote, are told one by one, as before. Where everything asked for is open by a tie, nothing is looked up as refused.
"""

from importlib import import_module

from django.db import migrations

from manypaths.audit.guards import again

EIGHTH = import_module("manypaths.consent.migrations.0008_some_things_only_their_author_reads")

ONE_BY_ONE = EIGHTH.ACCESS_FACTS[EIGHTH.ACCESS_FACTS.index("    select coalesce(json_agg(json_build_array(\n") :]
ALIKE = """    select coalesce(json_agg(json_build_array(
               k.ids, k.holder, k.person_id, k.organisation_id, k.erased, k.assigned, k.supervised, k.blocked,
               case when k.granted then (
                   select json_agg(json_build_array(
                              g.id, g.subject_id, g.recipient_organisation_id, g.classes, g.purpose,
                              g.starts_at, g.until, g.ended_at))
                     from consent_grant g where g.record_id = k.alone and g.recipient_organisation_id = v_org)
               else '[]'::json end,
               case when v_wrote then (
                   select coalesce(json_agg(json_build_array(w.item_id, w.data_class)), '[]')
                     from consent_authorship w
                    where w.membership_id = p_membership and w.record_id = k.alone and w.item_id = any(p_subjects))
               else '[]'::json end)), '[]')
      into v_records
      from (select array_agg(o.id) as ids, o.holder, o.person_id, o.organisation_id, o.erased, o.assigned,
                   o.supervised, o.blocked, o.granted, o.alone
              from (select r.id, r.holder, r.person_id, r.organisation_id, r.erased_at is not null as erased,
                           r.id = any(v_assigned) as assigned, r.id = any(v_supervised) as supervised,
                           r.id = any(v_blocked) as blocked, r.id = any(v_granted) as granted,
                           case when v_wrote or r.id = any(v_granted) then r.id end as alone
                      from people_record r where r.id = any(p_ids)) o
             group by o.holder, o.person_id, o.organisation_id, o.erased, o.assigned, o.supervised, o.blocked,
                      o.granted, o.alone) k;
    return json_build_object('at', v_now, 'reader', v_reader, 'records', v_records);
end $$
"""
SEARCHED = """    v_denied := array(
        select d from unnest(p_ids) as d where d <> all(v_tied) and d <> all(coalesce(v_given, '{}')));
"""
SPARED = """    v_denied := case when cardinality(v_tied) = cardinality(p_ids) then '{}' else array(
        select d from unnest(p_ids) as d where d <> all(v_tied) and d <> all(coalesce(v_given, '{}'))) end;
"""
ACCESS_FACTS = EIGHTH.ACCESS_FACTS.replace(ONE_BY_ONE, ALIKE)
OPEN_RECORDS = EIGHTH.OPEN_RECORDS.replace(SEARCHED, SPARED)


class Migration(migrations.Migration):
    dependencies = [("consent", "0025_the_database_says_when_and_counts_lists")]
    operations = [
        migrations.RunSQL(again(ACCESS_FACTS), reverse_sql=again(EIGHTH.ACCESS_FACTS)),
        migrations.RunSQL(again(OPEN_RECORDS), reverse_sql=again(EIGHTH.OPEN_RECORDS)),
    ]
