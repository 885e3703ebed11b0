"""Five answers and a named person decide whether a place is a programme under Part 2, and nothing else does.

The application can add a review for its own organisation and can change neither a review nor the word that follows.
"""

import uuid

import django.db.models.deletion
from django.db import migrations, models

FOLLOW = """
create function posture_follows_review() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
    if not exists (select from network_membership m
                    where m.id = new.membership_id and m.organisation_id = new.organisation_id and m.ended_at is null
                      and m.roles && array['org_admin', 'privacy_officer']::varchar[]) then
        raise exception 'nobody who leads there reviewed it' using errcode = 'insufficient_privilege';
    end if;
    update network_organisation set part2_posture = new.decided where id = new.organisation_id;
    return new;
end $$
"""
COLUMNS = (
    "name, sort_name, kind, description, website, email, parent_id, source, source_key, created_at, closed_at"
)
POSTURES = [
    ("yes", "a 42 CFR Part 2 programme"),
    ("no", "not a Part 2 programme"),
    ("unset", "not decided, counts as a programme"),
]


class Migration(migrations.Migration):
    dependencies = [("network", "0006_a_lead_writes_no_notes_of_counselling")]
    operations = [
        migrations.CreateModel(
            name="PostureReview",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.CharField(max_length=20)),
                ("answers", models.JSONField()),
                ("found", models.CharField(choices=POSTURES, max_length=5)),
                ("decided", models.CharField(choices=POSTURES, max_length=5)),
                ("reviewer", models.CharField(max_length=120)),
                ("reason", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
                (
                    "membership",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="network.membership"),
                ),
                (
                    "organisation",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="network.organisation"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organisation", "-at"], name="network_posture_by_body")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("decided", "yes"), ("decided", models.F("found")), _connector="OR"),
                        name="network_posture_never_laxer",
                    )
                ],
            },
        ),
        migrations.RunSQL(
            [
                FOLLOW,
                "alter function posture_follows_review() owner to gate",
                "revoke all on function posture_follows_review() from public, app",
                "grant select on network_membership to gate",
                "grant select, update (part2_posture) on network_organisation to gate",
                "create trigger network_posture_follows after insert on network_posturereview "
                "for each row execute function posture_follows_review()",
                "revoke update, delete on network_posturereview from app",
                "revoke update on network_organisation from app",
                f"grant update ({COLUMNS}) on network_organisation to app",
            ],
            reverse_sql=[
                f"revoke update ({COLUMNS}) on network_organisation from app",
                "grant update on network_organisation to app",
                "drop trigger network_posture_follows on network_posturereview",
                "drop function posture_follows_review()",
            ],
        ),
    ]
