"""Where nobody else of the place may answer for a look, it does not wait for ever: it rests after a day.

It is kept, with no answer. Once somebody else there answers privacy questions, the night lets it wait again.
"""

from django.db import migrations, models
from django.db.models import Q

from manypaths.audit.guards import DefinerFunction

REST = """
create function rest_lookflags() returns int
language sql volatile security definer set search_path = public, pg_temp as $$
    with stands as (
        select f.id, case when exists (
                   select from network_membership l
                     join network_membership m on m.organisation_id = f.organisation_id and m.ended_at is null
                      and m.account_id <> l.account_id and 'privacy_officer' = any(m.roles)
                     join accounts_user u on u.id = m.account_id and u.is_active
                    where l.id = f.membership_id) then 'waits' else 'alone' end as state
          from consent_lookflag f
         where f.state in ('waits', 'alone') and f.raised_at <= transaction_timestamp() - interval '1 day'
    ), moved as (
        update consent_lookflag f set state = s.state from stands s where s.id = f.id and s.state <> f.state
        returning f.id
    )
    select count(*)::int from moved
$$
"""


class Migration(migrations.Migration):
    dependencies = [("consent", "0023_what_waits_is_agreed_to_alone")]
    operations = [
        migrations.RemoveConstraint(model_name="lookflag", name="consent_lookflag_answered_whole"),
        migrations.AddConstraint(
            model_name="lookflag",
            constraint=models.CheckConstraint(
                name="consent_lookflag_answered_whole",
                condition=Q(state__in=["waits", "alone"], reason__isnull=True, answered_by_id__isnull=True)
                | Q(state__in=["work", "review", "right", "wrong"], reason__isnull=False, answered_at__isnull=False)
                & Q(answered_by_id__isnull=False),
            ),
        ),
        migrations.RunSQL(
            "grant update (state) on consent_lookflag to gate",
            reverse_sql=[
                "update consent_lookflag set state = 'waits' where state = 'alone'",
                "revoke update (state) on consent_lookflag from gate",
            ],
        ),
        DefinerFunction(REST, "rest_lookflags()"),
    ]
