"""A person opens less by a consent they gave: what follows it is less in every part, and it ends in the same breath.

The database reads both and refuses what would widen. Whom it names stays who it names: an account that typed a code is
carried over here, since nobody else may write one. What waits unsigned can only be made smaller.
"""

from importlib import import_module

from django.db import migrations, models

from manypaths.audit.guards import DefinerFunction

BEFORE = import_module("manypaths.consent.migrations.0023_what_waits_is_agreed_to_alone").NOW
BEGIN = "begin\n    if old.state = 'draft'"
ENDED = "       and (new.signed_at, new.name) is not distinct from (old.signed_at, old.name) then\n"
# What is signed keeps its parts and its day. What waits can lose some of them.
SMALLER = """begin
    if (new.classes, new.until, new.firm_until) is distinct from (old.classes, old.until, old.firm_until) then
        if old.state = 'draft' and new.state = 'draft' and new.classes <@ old.classes and new.until <= old.until
           and (new.firm_until is null or new.firm_until <= old.firm_until)
           and (new.signed_at, new.name, new.ended_at) is not distinct from (old.signed_at, old.name, old.ended_at) then
            return new;
        end if;
        raise exception 'what was written is only made less before it is signed' using errcode = 'check_violation';
    end if;
    if old.state = 'draft'"""
NOW = BEFORE.replace(BEGIN, SMALLER, 1).replace(ENDED, ENDED.replace(" then", "\n       and new.ending = 'stopped' then"), 1)
assert NOW.count("raise exception") == 5, "both places must be found"
assert "new.ending = 'stopped'" in NOW, "both places must be found"

# The hour of a place that asked beside somebody keeps every yes to it waiting; less of a yes that was given is no new one.
CLOCK = import_module("manypaths.consent.migrations.0025_the_database_says_when_and_counts_lists").CLOCK.replace(
    "create function", "create or replace function", 1
)
BESIDE = "            if is_asked_beside("
STARTS = "        new.kept_at := "
CLOCK_NOW = CLOCK.replace(BESIDE, "            if new.replaces_id is null and is_asked_beside(", 1).replace(
    STARTS, f"        if new.replaces_id is not null then\n            new.starts_at := v_now;\n        end if;\n{STARTS}", 1
)
assert CLOCK_NOW.count("new.replaces_id") == 2, "both places must be found"

NARROWS = """
create function consent_share_narrows() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_now timestamptz := transaction_timestamp();
    v_old consent_share;
begin
    select * into v_old from consent_share s where s.id = new.replaces_id and s.record_id = new.record_id for update;
    if not found or new.state <> 'given' or v_old.state <> 'given' or v_old.ended_at is not null
       or v_now >= v_old.until or v_now < v_old.firm_until or new.firm_until is not null
       or v_old.code_hash is not null and v_old.recipient_account_id is null
       or (new.held_record_id, new.discloser_id, new.kind, new.purpose, new.text_key,
           new.recipient_organisation_id, new.recipient_membership_id)
          is distinct from (v_old.held_record_id, v_old.discloser_id, v_old.kind, v_old.purpose, v_old.text_key,
                            v_old.recipient_organisation_id, v_old.recipient_membership_id)
       or not new.classes <@ v_old.classes or new.until > v_old.until
       or v_old.classes <@ new.classes and new.until = v_old.until then
        raise exception 'what follows a consent is less than it' using errcode = 'check_violation';
    end if;
    update consent_share set ended_at = v_now, ending = 'replaced' where id = v_old.id;
    if v_old.recipient_account_id is not null then
        update consent_share set recipient_account_id = v_old.recipient_account_id, code_hash = 'taken:' || id::text
         where id = new.id;
    end if;
    return null;
end $$
"""
TRIGGERS = [
    "create trigger consent_share_narrows after insert on consent_share for each row "
    "when (new.replaces_id is not null) execute function consent_share_narrows()",
    "grant update (classes, until, firm_until) on consent_share to app",
    "grant update (ended_at, ending) on consent_share to gate",
]
NO_TRIGGERS = [
    "revoke update (ended_at, ending) on consent_share from gate",
    "revoke update (classes, until, firm_until) on consent_share from app",
    "drop trigger consent_share_narrows on consent_share",
]


class Migration(migrations.Migration):
    dependencies = [("consent", "0027_a_second_officer_agrees_to_a_letter")]
    operations = [
        migrations.AddConstraint(
            model_name="share",
            constraint=models.UniqueConstraint(name="consent_share_followed_once", fields=["replaces"]),
        ),
        migrations.RunSQL(NOW, BEFORE),
        migrations.RunSQL(CLOCK_NOW, reverse_sql=CLOCK),
        DefinerFunction(NARROWS, "consent_share_narrows()", roles=("owner",)),
        migrations.RunSQL(TRIGGERS, reverse_sql=NO_TRIGGERS),
    ]
