"""Who walks with a person, and that a record is theirs, is told only in a request that opened their messages.

Before, whoever could speak to the database as the program could ask it for any account, and no row of the log said so.
The person has opened their own messages; the worker has opened the thread of this record, which is not begun yet.
"""

from importlib import import_module

from django.db import migrations

FIRST = import_module("manypaths.referrals.migrations.0018_who_walks_with_somebody_can_be_written_to")
HEARS = "support_hears(a.membership_id, a.record_id, p.record_id)"
WHO_WALKS = FIRST.WHO_WALKS.replace("language sql stable", "language sql volatile").replace(
    f"and {HEARS}", f"and p.record_id = any((select opened_own('messages'))::uuid[]) and {HEARS}"
)
ASKS = "if v_own is null or not support_hears"
BEGIN_THREAD = FIRST.BEGIN_THREAD.replace(
    ASKS,
    "if v_own is null or not coalesce(case p_hat when 'person' then v_own = any(opened_own('messages'))\n"
    "            else support_opened_by(p_org_record, p_membership) end, false)\n"
    "       or not support_hears",
)
assert WHO_WALKS.count("opened_own") == 1
assert BEGIN_THREAD.count("opened_own") == 1


def again(sql: str) -> str:
    return sql.replace("create function", "create or replace function", 1)


class Migration(migrations.Migration):
    dependencies = [("referrals", "0020_an_email_is_decided_again_when_it_runs")]
    operations = [
        migrations.RunSQL(again(WHO_WALKS), reverse_sql=again(FIRST.WHO_WALKS)),
        migrations.RunSQL(again(BEGIN_THREAD), reverse_sql=again(FIRST.BEGIN_THREAD)),
    ]
