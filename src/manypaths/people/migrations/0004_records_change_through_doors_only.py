"""Records and persons are made and erased by functions that check; an assignment ends and is never unwritten."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("people", "0003_a_visit_is_known_by_its_session")]
    operations = [
        migrations.RunSQL(
            [
                "revoke update on people_record, people_person from app",
                "revoke delete, update on people_assignment from app",
                "grant update (until) on people_assignment to app",
            ],
            reverse_sql=[
                "grant update on people_record, people_person to app",
                "grant delete, update on people_assignment to app",
            ],
        )
    ]
