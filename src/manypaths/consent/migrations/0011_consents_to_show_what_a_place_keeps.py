"""A person lets somebody outside see a part of what a place keeps of them: the consent, a restriction, a relationship.

The database keeps what such a consent is: written by the person for their own record, of a kind that the data knows,
answered once, ended once, and in words that exist. A refusal is kept too. Nobody but the person changes it.
"""

import json
import uuid
from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import manypaths.vault.models
from manypaths.audit.guards import DefinerFunction, GuardTable

DATA = json.loads((Path(__file__).resolve().parent.parent / "data" / "shares-2026-11.json").read_text(encoding="utf-8"))
OWN = "record_id = any((select opened_own('consent_record'))::uuid[])"
NAMES = {
    "organisation": "recipient_organisation_id is not null and recipient_membership_id is null and code_hash is null",
    "worker": "recipient_organisation_id is null and recipient_membership_id is not null and code_hash is null",
    "account": "recipient_organisation_id is null and recipient_membership_id is null and code_hash is not null",
}


def listed(words):
    return "array[" + ", ".join(f"'{one}'" for one in words) + "]::varchar[]"


def of_its_kind(key, row):
    return (
        f"(kind = '{key}' and {NAMES[row['recipient']]} and cardinality(classes) > 0 and classes <@ {listed(row['classes'])}"
        f" and purpose = any({listed(row['purposes'])}) and until - starts_at <= interval '{row['longest_days']} days')"
    )


# Days as time that passes: an interval of days of the calendar is an hour more or less where the clocks change.
KINDS = " or ".join(of_its_kind(key, row) for key, row in DATA["kinds"].items())
MOVES = """
create function consent_share_moves() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
    v_now timestamptz := transaction_timestamp();
begin
    if old.state = 'draft' and new.state in ('given', 'refused') and new.ended_at is null then
        return new;
    end if;
    if old.state = 'given' and new.state = 'given' and old.ended_at is null and new.ended_at is not null
       and (new.signed_at, new.name) is not distinct from (old.signed_at, old.name) then
        if old.firm_until is not null and v_now < old.firm_until then
            raise exception 'this consent holds until its day' using errcode = 'check_violation';
        end if;
        new.ended_at := greatest(least(new.ended_at, v_now), new.starts_at);
        return new;
    end if;
    raise exception 'a consent is answered once and ended once' using errcode = 'check_violation';
end $$
"""
WALLS = [
    f"alter table consent_share add constraint consent_share_of_its_kind check ({KINDS})",
    "alter table consent_share add constraint consent_share_words "
    "foreign key (text_key, text_version, language) references consent_text (key, version, language)",
    "alter table consent_share add constraint consent_share_firm_for_a_case "
    "check (firm_until is null or (kind = 'cj_referral' and firm_until <= until))",
    "revoke update, delete on consent_share from app",
    "grant update (state, signed_at, name, ended_at, ending) on consent_share to app",
    f"create policy consent_share_own on consent_share as restrictive for insert to app "
    f"with check ({OWN} and ended_at is null and recipient_account_id is null)",
    f"create policy consent_share_own_moves on consent_share as restrictive for update to app using ({OWN})",
    "create trigger consent_share_moves before update on consent_share "
    "for each row when (current_user = 'app') execute function consent_share_moves()",
    "revoke update, delete on consent_restriction from app",
    "grant update (until) on consent_restriction to app",
    f"create policy consent_restriction_own on consent_restriction as restrictive for insert to app with check ({OWN})",
    f"create policy consent_restriction_own_ends on consent_restriction as restrictive for update to app "
    f"using ({OWN} and until is null) with check (until is not null)",
    "revoke insert, update, delete on consent_relationship from app",
    "grant select on consent_share, consent_restriction, consent_relationship to gate",
    "grant insert on consent_relationship to gate",
    "grant update (recipient_account_id, code_hash) on consent_share to gate",
]
NO_WALLS = [
    "drop trigger consent_share_moves on consent_share",
    *(f"drop policy {one} on consent_share" for one in ("consent_share_own", "consent_share_own_moves")),
    *(f"drop policy {one} on consent_restriction" for one in ("consent_restriction_own", "consent_restriction_own_ends")),
]

# Whoever types the code of a consent for somebody close is the one whom it names, once. Not the person themself, and
# nobody whom the person must be safe from: to them it is a code that does not exist.
TAKE_UP = """
create function take_up_share(p_account uuid, p_code text) returns uuid
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_share uuid;
begin
    update consent_share s set recipient_account_id = p_account, code_hash = 'taken:' || s.id::text
      from people_person me join accounts_user u on u.id = me.account_id and u.is_active
     where s.code_hash = p_code and s.recipient_account_id is null and s.kind = 'ally' and s.state = 'given'
       and s.ended_at is null and transaction_timestamp() < least(s.until, s.signed_at + interval '7 days')
       and me.account_id = p_account and me.record_id <> s.record_id
       and not exists (
           select from people_block k
            where k.record_id in (s.record_id, s.held_record_id) and k.since <= transaction_timestamp()
              and (k.until is null or k.until > transaction_timestamp()) and k.account_id = p_account)
    returning s.id into v_share;
    return v_share;
end $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0010_a_review_begins_unanswered"),
        ("network", "0009_roles_for_what_is_shared_and_for_emergencies"),
        ("people", "0006_who_is_supervised_is_found"),
        ("audit", "0008_an_act_is_on_a_day_that_can_be_read"),
    ]
    operations = [
        migrations.CreateModel(
            name='Relationship',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record_id', models.UUIDField()),
                ('since', models.DateTimeField()),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='network.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('record_id', 'organisation'), name='consent_relationship_once')],
            },
        ),
        migrations.CreateModel(
            name='Restriction',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('record_id', models.UUIDField()),
                ('held_record_id', models.UUIDField()),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='network.organisation')),
            ],
            options={
                'indexes': [models.Index(fields=['held_record_id'], name='consent_restriction_by_held')],
            },
        ),
        migrations.CreateModel(
            name='Share',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('record_id', models.UUIDField()),
                ('held_record_id', models.UUIDField()),
                ('kind', models.CharField(max_length=20)),
                ('recipient_account_id', models.UUIDField(blank=True, null=True)),
                ('code_hash', models.CharField(blank=True, max_length=64, null=True, unique=True)),
                ('classes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), size=None)),
                ('purpose', models.CharField(max_length=24)),
                ('state', models.CharField(choices=[('draft', 'not answered yet'), ('given', 'the person said yes'), ('refused', 'the person said no')], max_length=8)),
                ('written_at', models.DateTimeField()),
                ('starts_at', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('firm_until', models.DateTimeField(blank=True, null=True)),
                ('name', manypaths.vault.models.SealedText(label='consent.share.name', null=True)),
                ('signed_at', models.DateTimeField(blank=True, null=True)),
                ('text_key', models.CharField(max_length=40)),
                ('text_version', models.CharField(max_length=20)),
                ('language', models.CharField(max_length=8)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ending', models.CharField(blank=True, choices=[('stopped', 'the person stopped it'), ('replaced', 'the person agreed anew')], default='', max_length=16)),
                ('discloser', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.organisation')),
                ('recipient_membership', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.membership')),
                ('recipient_organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.organisation')),
                ('replaces', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='consent.share')),
            ],
            options={
                'indexes': [models.Index(fields=['record_id'], name='consent_share_by_record'), models.Index(fields=['held_record_id'], name='consent_share_by_held'), models.Index(fields=['recipient_organisation', 'until'], name='consent_share_by_recipient'), models.Index(fields=['recipient_account_id'], name='consent_share_by_account')],
                'constraints': [models.CheckConstraint(condition=models.Q(('until__gt', models.F('starts_at'))), name='consent_share_ends_after_start'), models.CheckConstraint(condition=models.Q(models.Q(('name__isnull', False), ('signed_at__isnull', False), ('state', 'given')), models.Q(models.Q(('state', 'given'), _negated=True), ('ended_at__isnull', True), ('signed_at__isnull', True)), _connector='OR'), name='consent_share_signed_when_given'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ending', '')), models.Q(('ended_at__isnull', False), models.Q(('ending', ''), _negated=True)), _connector='OR'), name='consent_share_ended_with_cause')],
            },
        ),
        GuardTable("consent_share", "consent_record"),
        GuardTable("consent_restriction", "consent_record"),
        GuardTable("consent_relationship", "consent_record"),
        DefinerFunction(MOVES, "consent_share_moves()", roles=("owner",)),
        migrations.RunSQL(WALLS, reverse_sql=NO_WALLS),
        DefinerFunction(TAKE_UP, "take_up_share(uuid, text)"),
    ]
