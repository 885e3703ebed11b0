"""Notes of counselling are shown by a consent of their own: to reading, and only where such a consent opened them.

The other kinds of entry are shown by what opens them to the person; notes are not opened to the person here, so only a
consent that names them shows them.
"""

from django.db import migrations

from manypaths.audit.guards import ReadHeld


class Migration(migrations.Migration):
    dependencies = [
        ("support", "0006_the_person_reads_what_is_kept"),
        ("audit", "0010_what_is_shared_is_only_read"),
    ]
    operations = [ReadHeld("support_counsellingnote", "sud_counseling_notes")]
