"""Whether a line of looks is there is told to its person only: who guesses at somebody else's hears one answer.

The key of a line can be worked out by who knows the record, and the days of a line by trying zones. And the days of a
request are days that a page can show: either side writes some that the other reads.
"""

from importlib import import_module

from django.db import migrations

FIRST = import_module("manypaths.referrals.migrations.0010_a_review_is_about_a_look_that_happened").REVIEW_FITS
BEFORE = FIRST.replace("create", "create or replace", 1)
REVIEW_FITS = BEFORE.replace("    v_look record;", "    v_look record;\n    v_own uuid[] := opened_own('access_log');")
REVIEW_FITS = REVIEW_FITS.replace("where r.id = new.record_id", "where r.id = new.record_id and r.id = any(v_own)")

DAYS = {
    "referrals_referral": (
        "person_answered_at", "started_at", "requested_at", "due_on", "due_at", "reminded_at", "answered_at",
        "first_contact_at", "closed_at",
    ),
    "referrals_move": ("at",),
    "referrals_packet": ("changed_at",),
    "referrals_sharedpart": ("held_back_at",),
}  # fmt: skip


def on_days(table: str, days: tuple[str, ...]) -> migrations.RunSQL:
    check = " and ".join(f"({day} is null or {day} between '2000-01-01' and '2200-01-01')" for day in days)
    return migrations.RunSQL(
        f"alter table {table} add constraint {table}_on_days check ({check})",
        reverse_sql=f"alter table {table} drop constraint {table}_on_days",
    )


class Migration(migrations.Migration):
    dependencies = [("referrals", "0013_a_part_can_be_held_back")]
    operations = [
        migrations.RunSQL(REVIEW_FITS, reverse_sql=BEFORE),
        *(on_days(table, days) for table, days in DAYS.items()),
    ]
