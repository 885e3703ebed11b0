"""The database keeps what a consent is: given for at most 90 days, in words that exist, ended once, never revived."""

from datetime import timedelta

from django.db import migrations, models
from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.lookups import LessThanOrEqual

SPAN = ExpressionWrapper(F("until") - F("starts_at"), DurationField())
ONLY_ENDS = """
create policy consent_grant_only_ends on consent_grant as restrictive for update to app
using (ended_at is null) with check (ended_at is not null)
"""
WORDS = """
alter table consent_grant add constraint consent_grant_words
foreign key (text_key, text_version, language) references consent_text (key, version, language)
"""


class Migration(migrations.Migration):
    dependencies = [("consent", "0005_a_consent_opens_one_request")]
    operations = [
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(
                name="consent_grant_at_most_90_days", condition=LessThanOrEqual(SPAN, timedelta(days=90))
            ),
        ),
        migrations.RunSQL(ONLY_ENDS, reverse_sql="drop policy consent_grant_only_ends on consent_grant"),
        migrations.RunSQL(WORDS, reverse_sql="alter table consent_grant drop constraint consent_grant_words"),
    ]
