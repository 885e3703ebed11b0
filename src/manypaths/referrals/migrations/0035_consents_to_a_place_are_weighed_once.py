"""Whether a record is open whole is asked of the log once, and the plan of that question is kept.

The planner wrote the same question thirteen times into one plan, and made the plan anew for each page: that cost more
than all it found.
"""

from importlib import import_module

from django.db import migrations

from manypaths.audit.guards import again, changed

SEVENTEENTH = import_module("manypaths.referrals.migrations.0017_a_place_reads_the_consents_given_to_it")
ONCE = changed(
    again(SEVENTEENTH.CONSENTS),
    ("), given as (", "), given as materialized ("),
    ("set search_path = public, pg_temp as", "set search_path = public, pg_temp\nset plan_cache_mode = force_generic_plan as"),
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("referrals", "0034_a_consent_on_paper_is_checked_by_one")]
    operations = [migrations.RunSQL(ONCE, reverse_sql=again(SEVENTEENTH.CONSENTS))]
