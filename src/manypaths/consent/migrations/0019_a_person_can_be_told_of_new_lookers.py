"""Whether a person is told when somebody looks who never looked before is theirs to say, and nobody else reads it."""

from django.db import migrations, models

from manypaths.audit.guards import GuardTable

OWN = "record_id = any((select opened_own('consent_record'))::uuid[])"
WALLS = [
    f"create policy consent_lookalert_is_the_persons on consent_lookalert as restrictive to app "
    f"using ({OWN}) with check ({OWN})",
    "revoke update on consent_lookalert from app",
    "grant select on consent_lookalert to gate",
    "alter table consent_lookalert add constraint consent_lookalert_on_days "
    "check (since between '2000-01-01 00:00+00' and '2200-01-01 00:00+00')",
]
NO_WALLS = [
    "alter table consent_lookalert drop constraint consent_lookalert_on_days",
    "drop policy consent_lookalert_is_the_persons on consent_lookalert",
]


class Migration(migrations.Migration):
    dependencies = [("consent", "0018_at_the_desk")]
    operations = [
        migrations.CreateModel(
            name="LookAlert",
            fields=[
                ("record_id", models.UUIDField(primary_key=True, serialize=False)),
                ("since", models.DateTimeField()),
            ],
        ),
        GuardTable("consent_lookalert", "consent_record"),
        migrations.RunSQL(WALLS, reverse_sql=NO_WALLS),
    ]
