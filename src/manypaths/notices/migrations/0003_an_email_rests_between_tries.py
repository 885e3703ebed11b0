"""An e-mail that could not be sent rests before it is tried again. Rows from before are tried at the next sweep."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0002_persons_notices_behind_the_wall")]
    operations = [migrations.AddField("staffnotice", "next_try_at", models.DateTimeField(null=True, blank=True))]
