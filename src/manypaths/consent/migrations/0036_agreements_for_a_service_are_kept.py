"""A place keeps a register of its agreements with bodies that do a service for it (42 CFR 2.11).

What was written down is never changed: the other side says yes once, and either side ends it once. The database asks
who they are, and that nobody says yes to what they wrote down themself.
"""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from manypaths.audit.guards import DefinerFunction

KEEPS = """
create function keeps_agreements(p_membership uuid, p_org uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select from network_membership m join accounts_user u on u.id = m.account_id and u.is_active
                    where m.id = p_membership and m.organisation_id = p_org and m.ended_at is null
                      and m.roles && array['org_admin', 'privacy_officer']::varchar[])
$$
"""
ONE_ACCOUNT = """
create function is_one_account(p_one uuid, p_other uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select from network_membership a join network_membership b on b.account_id = a.account_id
                    where a.id = p_one and b.id = p_other)
$$
"""
KEPT = """
create function agreement_is_kept() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
    if tg_op = 'INSERT' then
        if not keeps_agreements(new.written_by_id, new.program_id) then
            raise exception 'nobody who keeps the register wrote it' using errcode = 'insufficient_privilege';
        end if;
        if new.confirmed_at is not null or new.ended_at is not null then
            raise exception 'an agreement begins unanswered' using errcode = 'check_violation';
        end if;
        return new;
    end if;
    if old.ended_at is not null then
        raise exception 'an agreement that ended is not changed' using errcode = 'check_violation';
    end if;
    if (new.confirmed_by_id, new.confirmed_at) is distinct from (old.confirmed_by_id, old.confirmed_at) then
        if old.confirmed_at is not null or not old.elements @> array['bound', 'resist', 'signed']::varchar[] then
            raise exception 'it cannot be agreed to' using errcode = 'check_violation';
        end if;
        if not keeps_agreements(new.confirmed_by_id, old.server_id)
           or is_one_account(new.confirmed_by_id, old.written_by_id) then
            raise exception 'nobody of the other side agreed' using errcode = 'insufficient_privilege';
        end if;
    end if;
    if new.ended_at is not null and not keeps_agreements(new.ended_by_id, old.program_id)
       and not (old.server_id is not null and keeps_agreements(new.ended_by_id, old.server_id)) then
        raise exception 'nobody of the two sides ended it' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$
"""
CHANGED = "confirmed_by_id, confirmed_at, ended_by_id, ended_at, ending"


class Migration(migrations.Migration):

    dependencies = [
        ('consent', '0035_what_ended_is_listed_outside'),
        ('network', '0010_roles_for_who_stands_at_the_desk'),
    ]

    operations = [
        migrations.CreateModel(
            name='ServiceAgreement',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('server_name', models.CharField(blank=True, default='', max_length=120)),
                ('version', models.CharField(max_length=20)),
                ('service', models.CharField(max_length=24)),
                ('elements', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), default=list, size=None)),
                ('starts_on', models.DateField()),
                ('until', models.DateField(blank=True, null=True)),
                ('signed_here', models.CharField(max_length=120)),
                ('signed_there', models.CharField(max_length=120)),
                ('evidence', models.CharField(max_length=200)),
                ('at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ending', models.CharField(blank=True, default='', max_length=16)),
                ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.membership')),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.membership')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.organisation')),
                ('server', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.organisation')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.membership')),
            ],
            options={
                'indexes': [models.Index(fields=['program', '-at'], name='consent_agreement_of_program'), models.Index(fields=['server', '-at'], name='consent_agreement_of_server')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('server__isnull', True), models.Q(('server_name', ''), _negated=True)), models.Q(('server__isnull', False), ('server_name', ''), models.Q(('server', models.F('program')), _negated=True)), _connector='OR'), name='consent_agreement_with_one'), models.CheckConstraint(condition=models.Q(('starts_on__gte', '2000-01-01'), ('starts_on__lt', '2200-01-01'), models.Q(('until__isnull', True), models.Q(('until__gte', models.F('starts_on')), ('until__lt', '2200-01-01')), _connector='OR')), name='consent_agreement_days'), models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at__isnull', True), ('confirmed_by__isnull', True)), models.Q(('confirmed_at__isnull', False), ('confirmed_by__isnull', False), ('server__isnull', False)), _connector='OR'), name='consent_agreement_confirmed_whole'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by__isnull', True), ('ending', '')), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False), models.Q(('ending', ''), _negated=True)), _connector='OR'), name='consent_agreement_ended_whole')],
            },
        ),
        DefinerFunction(KEEPS, "keeps_agreements(uuid, uuid)", roles=()),
        DefinerFunction(ONE_ACCOUNT, "is_one_account(uuid, uuid)", roles=()),
        migrations.RunSQL(
            [
                KEPT,
                "alter function agreement_is_kept() owner to gate",
                "revoke all on function agreement_is_kept() from public, app",
                "grant select on network_membership, accounts_user to gate",
                "create trigger consent_agreement_kept before insert or update on consent_serviceagreement "
                "for each row execute function agreement_is_kept()",
                "revoke update, delete on consent_serviceagreement from app",
                f"grant update ({CHANGED}) on consent_serviceagreement to app",
            ],
            reverse_sql=[
                "drop trigger consent_agreement_kept on consent_serviceagreement",
                "drop function agreement_is_kept()",
            ],
        ),
    ]
