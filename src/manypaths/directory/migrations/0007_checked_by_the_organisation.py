"""Whose check it was stands in public: the organisation's name, where it was a worker's own before."""

from django.db import migrations

CHECKS = """
update directory_verification v
   set by_name = o.name
  from directory_service s
  join network_organisation o on o.id = s.organisation_id
 where v.service_id = s.id and v.membership_id is not null;
update directory_service s
   set verified_by = o.name
  from network_organisation o
 where o.id = s.organisation_id
   and exists (select from directory_verification v
                where v.service_id = s.id and v.membership_id is not null and v.at = s.verified_at);
"""


class Migration(migrations.Migration):
    dependencies = [("directory", "0006_searches_counted_once_a_day")]
    operations = [migrations.RunSQL(CHECKS, reverse_sql=migrations.RunSQL.noop)]
