"""An opening asks the tables fewer questions, for the same answer.

What is known of assignments, blocks and consents is one question, not four; and nothing is asked where there can be no
answer. Starting a question costs the database more than most answers.
"""

from importlib import import_module

from django.db import migrations

from manypaths.audit.guards import again, changed

TWENTY_SIXTH = import_module("manypaths.consent.migrations.0026_records_alike_are_told_once")


def _between(sql: str, first: str, last: str) -> str:
    """The words of a function from one that stands in it up to another."""
    return sql[sql.index(first) : sql.index(last)]


OPEN_RECORDS = changed(
    again(TWENTY_SIXTH.OPEN_RECORDS),
    ("array_agg(v_tie || c.part order by c.data_class)\n          into v_classes, v_bases\n",
     "array_agg(v_tie || c.part order by c.data_class),\n               min(v_tie || c.part)\n"
     "          into v_classes, v_bases, v_basis\n"),
    ("        v_bases := array_fill('own'::text", "        v_basis := 'own';\n        v_bases := array_fill('own'::text"),
    ("    v_basis := (select min(b) from unnest(v_bases) as b);\n", ""),
    (TWENTY_SIXTH.SPARED, """    v_denied := '{}';
    if cardinality(v_tied) <> cardinality(p_ids) then
        v_denied := array(
            select d from unnest(p_ids) as d where d <> all(v_tied) and d <> all(coalesce(v_given, '{}')));
    end if;
"""),
)  # fmt: skip

ASKED_ONE_BY_ONE = _between(
    TWENTY_SIXTH.ACCESS_FACTS, "    v_assigned := array(", "    select coalesce(json_agg(json_build_array(\n"
)
AT_ONCE = """    select array(select a.record_id from people_assignment a
                  where a.record_id = any(p_ids) and v_org is not null and a.membership_id = p_membership
                    and (a.until is null or a.until > v_now)),
           array(select a.record_id
                   from people_assignment a join network_membership s on s.id = a.membership_id
                  where a.record_id = any(p_ids) and v_org is not null and s.supervisor_id = p_membership
                    and (a.until is null or a.until > v_now)),
           array(select b.record_id from people_block b
                  where b.record_id = any(p_ids) and b.since <= v_now and (b.until is null or b.until > v_now)
                    and (b.account_id = p_account or b.organisation_id = v_org)),
           array(select g.record_id from consent_grant g
                  where g.record_id = any(p_ids) and g.recipient_organisation_id = v_org)
      into v_assigned, v_supervised, v_blocked, v_granted;
    v_wrote := false;
    if cardinality(p_subjects) > 0 then
        v_wrote := exists (
            select from consent_authorship w
             where w.membership_id = p_membership and w.record_id = any(p_ids) and w.item_id = any(p_subjects));
    end if;

"""
ACCESS_FACTS = changed(again(TWENTY_SIXTH.ACCESS_FACTS), (ASKED_ONE_BY_ONE, AT_ONCE))


class Migration(migrations.Migration):
    dependencies = [("consent", "0038_a_consent_for_one_study")]
    operations = [
        migrations.RunSQL(ACCESS_FACTS, reverse_sql=again(TWENTY_SIXTH.ACCESS_FACTS)),
        migrations.RunSQL(OPEN_RECORDS, reverse_sql=again(TWENTY_SIXTH.OPEN_RECORDS)),
    ]
