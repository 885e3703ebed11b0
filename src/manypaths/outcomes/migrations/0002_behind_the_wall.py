"""Answers behind the wall for `outcome_answers`, instruments unchangeable, and the facts that the night may read."""

from django.db import migrations

from manypaths.audit.guards import FactView, GuardTable

# Only finished sittings that the person lets be counted. `who` is the night's key: without the night's salt it fails.
FACTS = """
select v.instrument::text as instrument,
       v.version::text as version,
       date_trunc('month', s.answered_on)::date as month_answered,
       s.answered::integer as items_answered,
       s.total::integer as total,
       encode(sha256(convert_to(current_setting('manypaths.night_salt') || s.record_id::text, 'UTF8')), 'hex') as who
  from outcomes_sitting s
  join outcomes_instrumentversion v on v.id = s.instrument_id
 where s.finished_at is not null and s.may_be_counted
"""


class Migration(migrations.Migration):
    dependencies = [("outcomes", "0001_sittings_and_answers"), ("consent", "0002_open_records")]
    operations = [
        GuardTable("outcomes_sitting", "outcome_answers"),
        GuardTable("outcomes_answer", "outcome_answers"),
        FactView("outcomes_facts", FACTS, ("outcomes_sitting", "outcomes_instrumentversion")),
    ]
