"""A review that has no finding has nothing of an answer, and its days are days that a page can show.

The list of the one who answers holds the reviews of many people: one day out of every calendar would close it for all.
"""

from django.db import migrations

DAYS = ("first_at", "last_at", "asked_at", "due_at", "answered_at", "closed_at")
CAN_BE_SHOWN = " and ".join(
    f"({day} is null or {day} between '2000-01-01 00:00+00' and '2200-01-01 00:00+00')" for day in DAYS
)
CHECKS = {
    "consent_review_on_days": CAN_BE_SHOWN,
    "consent_review_unanswered": "finding <> '' or (deed = '' and answered_at is null and answered_by_id is null)",
}


class Migration(migrations.Migration):
    dependencies = [("consent", "0009_a_look_that_was_not_right")]
    operations = [
        migrations.RunSQL(
            f"alter table consent_review add constraint {name} check ({check})",
            reverse_sql=f"alter table consent_review drop constraint {name}",
        )
        for name, check in CHECKS.items()
    ]
