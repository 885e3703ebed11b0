"""What a person and a worker who walks with them write to each other. Behind the wall with the next migration."""

import uuid

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

import manypaths.vault.models


class Migration(migrations.Migration):
    dependencies = [
        ("support", "0007_a_consent_shows_what_is_kept"),
        ("network", "0009_roles_for_what_is_shared_and_for_emergencies"),
    ]
    operations = [
        migrations.CreateModel(
            name="Thread",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("record_id", models.UUIDField()),
                ("org_record_id", models.UUIDField()),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="network.membership"
                    ),
                ),
                ("begun_at", models.DateTimeField()),
                (
                    "earlier",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="support.thread",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["record_id"], name="support_thread_of_person")],
                "constraints": [
                    models.UniqueConstraint(fields=("org_record_id", "membership"), name="support_thread_once"),
                    models.CheckConstraint(condition=~Q(earlier=F("id")), name="support_thread_not_its_own_past"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("record_id", models.UUIDField()),
                (
                    "thread",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="messages", to="support.thread"
                    ),
                ),
                ("party", models.CharField(max_length=8)),
                ("words", manypaths.vault.models.SealedText(label="support.message.words", null=True)),
                ("written_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                ("taken_back_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["thread", "written_at"], name="support_message_by_thread")],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(party__in=["person", "worker"]), name="support_message_by_a_party"
                    ),
                    models.CheckConstraint(
                        condition=Q(taken_back_at__isnull=True, words__isnull=False)
                        | Q(taken_back_at__isnull=False, words__isnull=True, read_at__isnull=True, party="person"),
                        name="support_message_read_or_taken_back",
                    ),
                ],
            },
        ),
    ]
