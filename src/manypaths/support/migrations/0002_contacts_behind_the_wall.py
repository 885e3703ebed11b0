"""Contacts stand behind the wall and only grow; the night reads them as months and codes."""

from django.db import migrations

from manypaths.audit.guards import FactView, GuardTable

FACTS = """
select c.community_id as community,
       date_trunc('month', c.happened_at at time zone m.zone)::date as month,
       c.way,
       c.deed,
       encode(sha256(convert_to(current_setting('manypaths.night_salt') || c.record_id::text, 'UTF8')), 'hex') as who
  from support_contact c join network_community m on m.id = c.community_id
"""


class Migration(migrations.Migration):
    dependencies = [("support", "0001_contacts"), ("audit", "0002_append_only_and_opened")]
    operations = [
        GuardTable("support_contact", "contact_log"),
        migrations.RunSQL("revoke update, delete on support_contact from app", reverse_sql=migrations.RunSQL.noop),
        FactView("support_facts", FACTS, ("support_contact", "network_community")),
    ]
