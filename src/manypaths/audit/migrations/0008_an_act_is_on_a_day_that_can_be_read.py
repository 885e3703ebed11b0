"""An act has a day that can be read: one out of every calendar stopped whoever checks the log, for as long as it waited
for its seal.
"""

from django.db import migrations

DAY = """
alter table audit_act add constraint audit_act_on_a_day
check (at between '2000-01-01 00:00+00' and '2200-01-01 00:00+00')
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0007_a_request_does_not_last")]
    operations = [
        migrations.RunSQL(DAY, reverse_sql="alter table audit_act drop constraint audit_act_on_a_day"),
    ]
