"""A place is not shown what it keeps itself. What was signed before stays as it is, and can be ended."""

from django.db import migrations

ELSEWHERE = (
    "create policy consent_share_goes_elsewhere on consent_share as restrictive for insert to app "
    "with check (recipient_organisation_id is distinct from discloser_id)"
)


class Migration(migrations.Migration):
    dependencies = [("consent", "0016_legal_papers")]

    operations = [
        migrations.RunSQL(ELSEWHERE, "drop policy consent_share_goes_elsewhere on consent_share"),
    ]
