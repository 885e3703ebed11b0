"""A person can hold back a part that went along: from then on the place cannot open it, and the person still can.

It stays, because it went along once. It is held back once and for all; to show it again is to ask again.
"""

from django.db import migrations, models

OPEN_PARTS = """
create policy referrals_sharedpart_selects on referrals_sharedpart as restrictive for select to app
using (held_back_at is null or record_id = any((select opened_own('referral_task'))::uuid[]))
"""
HELD_ONCE = """
create policy referrals_sharedpart_updates on referrals_sharedpart as restrictive for update to app
using (held_back_at is null and record_id = any((select opened_own('referral_task'))::uuid[]))
with check (held_back_at is not null)
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0012_a_look_can_be_proved")]
    operations = [
        migrations.AddField(
            model_name="sharedpart",
            name="held_back_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunSQL(OPEN_PARTS, reverse_sql="drop policy referrals_sharedpart_selects on referrals_sharedpart"),
        migrations.RunSQL(HELD_ONCE, reverse_sql="drop policy referrals_sharedpart_updates on referrals_sharedpart"),
        migrations.RunSQL(
            "grant update (held_back_at) on referrals_sharedpart to app",
            reverse_sql="revoke update (held_back_at) on referrals_sharedpart from app",
        ),
    ]
