"""A page is opened to a desk only by the person whom it is about: only here stands whose record that is."""

from django.db import migrations

TRIGGER = (
    "create trigger consent_deskopening_is_theirs before insert on consent_deskopening "
    "for each row when (current_user = 'app') execute function referrals_share_is_theirs()"
)


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0022_papers_are_about_one_person"),
        ("consent", "0018_at_the_desk"),
    ]
    operations = [
        migrations.RunSQL(TRIGGER, reverse_sql="drop trigger consent_deskopening_is_theirs on consent_deskopening")
    ]
