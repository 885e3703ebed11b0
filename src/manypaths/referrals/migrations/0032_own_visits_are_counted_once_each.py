"""A page of the person's own asks for several parts: what is counted is how often a page was asked for, not each part."""

from importlib import import_module

from django.db import migrations

from manypaths.audit.guards import again, changed

OWN = import_module("manypaths.referrals.migrations.0028_a_person_sees_when_their_own_sign_in_opened_it")
VISITS = changed(again(OWN.OWN_LOOKS), ("count(distinct a.seq)", "count(distinct a.nonce)"))


class Migration(migrations.Migration):
    dependencies = [("referrals", "0031_a_letter_that_waits_is_told_to_nobody")]
    operations = [migrations.RunSQL(VISITS, reverse_sql=again(OWN.OWN_LOOKS))]
