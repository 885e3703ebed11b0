"""A consent that was signed on paper is written down, held, and checked against the paper by a second person.

It opens nothing itself. What was found whole becomes a consent like any other, by a door of the database alone; so
what is held can open nothing, whatever is written into its row. The elements are those of 42 CFR 2.31(a).
"""

import json
import uuid
from importlib import import_module
from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

from manypaths.audit.guards import DefinerFunction, GuardTable, ReadHeld, again, changed
from manypaths.vault.models import SealedText

DATA = json.loads((Path(__file__).resolve().parent.parent / "data" / "shares-2026-11.json").read_text(encoding="utf-8"))
OPEN_SHARED = import_module("manypaths.consent.migrations.0012_opened_by_what_was_agreed_to_outside").OPEN_SHARED
OF_ALL = ("name", "discloser", "information", "recipient", "purpose", "revocation", "end", "signature", "date")
OF_CARE = ("redisclosure", "refusal")
NAMES = {
    "organisation": "recipient_organisation_id is not null and recipient_membership_id is null",
    "worker": "recipient_organisation_id is null and recipient_membership_id is not null",
}


def listed(words):
    return "array[" + ", ".join(f"'{one}'" for one in words) + "]::varchar[]"


CARE = next(key for key, row in DATA["kinds"].items() if row["law"] == "tpo_single")
NEEDED = f"{listed(OF_ALL)} || case when {{0}}kind = '{CARE}' then {listed(OF_CARE)} else '{{{{}}}}' end"
KINDS = " or ".join(
    f"(kind = '{key}' and {NAMES[row['recipient']]} and cardinality(classes) > 0 and classes <@ {listed(row['classes'])}"
    f" and purpose = any({listed(row['purposes'])}){'' if key == CARE else ' and until is not null'})"
    for key, row in DATA["kinds"].items()
    if row["recipient"] != "account"
)
KNOWN = listed((*OF_ALL, *OF_CARE))

# No rule of a state is set for who is under age: then both must have signed. What is not known is not there.
IS_WHOLE = f"""
create function paper_consent_is_whole(p consent_paperconsent, p_found text[]) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select coalesce(({NEEDED.format("p.")}) <@ p.read and ({NEEDED.format("p.")}) <@ p_found::varchar[]
                    and (not p.minor or p.signer = 'both')
                    and (p.until is null or p.until > transaction_timestamp()), false)
$$
"""

# Checked once, stopped once while it is held, denied once. Nothing that was written down from the paper ever changes.
MOVES = """
create function consent_paperconsent_moves() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_was jsonb := to_jsonb(old) - array['state', 'found', 'checked_at', 'checked_by_id', 'share_id', 'stopped_at', 'denied_at'];
    v_is jsonb := to_jsonb(new) - array['state', 'found', 'checked_at', 'checked_by_id', 'share_id', 'stopped_at', 'denied_at'];
    v_checked boolean := (new.found, new.checked_at, new.checked_by_id, new.share_id)
        is distinct from (old.found, old.checked_at, old.checked_by_id, old.share_id);
    v_stopped boolean := new.stopped_at is distinct from old.stopped_at;
    v_denied boolean := new.denied_at is distinct from old.denied_at;
begin
    if v_was = v_is and (not v_denied or old.denied_at is null) then
        if v_checked and not v_stopped and not v_denied and old.state = 'held' and new.state in ('complete', 'deficient')
           and old.denied_at is null and (new.state = 'complete') = paper_consent_is_whole(new, new.found::text[])
           and not exists (
               select from network_membership w join network_membership c on c.account_id = w.account_id
                where w.id = new.written_by_id and c.id = new.checked_by_id) then
            return new;
        end if;
        if not v_checked and v_stopped and old.state = 'held' and new.state = 'stopped'
           or not v_checked and not v_stopped and v_denied and new.state = old.state and old.state <> 'held' then
            return new;
        end if;
    end if;
    raise exception 'a consent on paper is checked once, by another, and never changed' using errcode = 'check_violation';
end $$
"""

DAYS = ("written_at", "until", "checked_at", "stopped_at", "denied_at")
WALLS = [
    f"alter table consent_paperconsent add constraint consent_paperconsent_of_its_kind check ({KINDS})",
    f"alter table consent_paperconsent add constraint consent_paperconsent_elements "
    f"check (read <@ {KNOWN} and found <@ {KNOWN})",
    f"alter table consent_paperconsent add constraint consent_paperconsent_whole check (state <> 'complete' or "
    f"(({NEEDED.format('')}) <@ read and ({NEEDED.format('')}) <@ found and (not minor or signer = 'both')))",
    "alter table consent_paperconsent add constraint consent_paperconsent_signed check ("
    "signer in ('person', 'representative', 'both') and (capacity in ('parent', 'guardian', 'attorney')) = (signer <> 'person') "
    "and (signer <> 'person' or capacity = '') and language in ('en', 'es'))",
    "alter table consent_paperconsent add constraint consent_paperconsent_stopped_at_once check "
    "((state = 'stopped') = (stopped_at is not null))",
    "alter table consent_paperconsent add constraint consent_paperconsent_on_days check ("
    + " and ".join(f"({day} is null or {day} between '2000-01-01 00:00+00' and '2200-01-01 00:00+00')" for day in DAYS)
    + " and signed_on between '1900-01-01' and '2200-01-01')",
    "alter table consent_paperconsent add constraint consent_paperconsent_share "
    "foreign key (share_id) references consent_share (id) deferrable initially deferred",
    "revoke insert, update, delete on consent_paperconsent from app",
    "grant select, insert on consent_paperconsent to gate",
    "grant update (state, found, checked_at, checked_by_id, share_id, stopped_at, denied_at) on consent_paperconsent to gate",
    "create trigger consent_paperconsent_moves before update on consent_paperconsent "
    "for each row execute function consent_paperconsent_moves()",
    "grant insert on consent_share to gate",
    # Only the door that checked a paper can say that a consent came on one.
    "create policy consent_share_not_on_paper on consent_share as restrictive for insert to app with check (not on_paper)",
]
NO_WALLS = [
    "drop policy consent_share_not_on_paper on consent_share",
    "revoke insert on consent_share from gate",
    "drop trigger consent_paperconsent_moves on consent_paperconsent",
    "alter table consent_paperconsent drop constraint consent_paperconsent_share",
]
SIGNED = "encode(t.name, 'hex'), t.signed_at"


def towards(table, **more):
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=table, **more)


def several(length, **more):
    return django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=length), size=None, **more)


LATER = {"blank": True, "null": True}


class Migration(migrations.Migration):
    dependencies = [("consent", "0032_letters_go_out_by_mail")]
    operations = [
        migrations.CreateModel(
            name="PaperConsent",
            fields=[
                ("id", models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, serialize=False)),
                ("held_record_id", models.UUIDField()),
                ("organisation", towards("network.organisation")),
                ("kind", models.CharField(max_length=20)),
                ("recipient_organisation", towards("network.organisation", **LATER)),
                ("recipient_membership", towards("network.membership", **LATER)),
                ("classes", several(32)),
                ("purpose", models.CharField(max_length=24)),
                ("until", models.DateTimeField(**LATER)),
                ("signed_on", models.DateField()),
                ("minor", models.BooleanField(default=False)),
                ("signer", models.CharField(max_length=16)),
                ("capacity", models.CharField(blank=True, default="", max_length=12)),
                ("language", models.CharField(max_length=8)),
                ("read", several(16)),
                *(
                    (one, SealedText(label=f"consent.paperconsent.{one}"))
                    for one in ("name", "signer_name", "witness", "place")
                ),
                ("written_at", models.DateTimeField()),
                ("written_by", towards("network.membership")),
                ("state", models.CharField(default="held", max_length=10)),
                ("found", several(16, default=list)),
                ("checked_at", models.DateTimeField(**LATER)),
                ("checked_by", towards("network.membership", **LATER)),
                ("share_id", models.UUIDField(unique=True, **LATER)),
                ("stopped_at", models.DateTimeField(**LATER)),
                ("denied_at", models.DateTimeField(**LATER)),
            ],
            options={
                "indexes": [
                    models.Index(name="consent_paperconsent_by_held", fields=["held_record_id", "written_at"]),
                    models.Index(name="consent_paperconsent_by_place", fields=["organisation", "state", "written_at"]),
                ],
                "constraints": [
                    models.CheckConstraint(
                        name="consent_paperconsent_in_a_state",
                        condition=(
                            Q(state__in=["held", "stopped"], checked_at__isnull=True, checked_by__isnull=True)
                            & Q(share_id__isnull=True, found=[])
                            | Q(state="deficient", checked_at__isnull=False, checked_by__isnull=False, share_id__isnull=True)
                            | Q(state="complete", checked_at__isnull=False, checked_by__isnull=False, share_id__isnull=False)
                        ),
                    ),
                    models.CheckConstraint(
                        name="consent_paperconsent_checked_by_another",
                        condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("written_by")),
                    ),
                ],
            },
        ),
        migrations.AddField("share", "on_paper", models.BooleanField(default=False, db_default=False)),
        GuardTable("consent_paperconsent", "consent_record", ("held_record_id",)),
        ReadHeld("consent_paperconsent", "consent_record", "held_record_id"),
        DefinerFunction(IS_WHOLE, "paper_consent_is_whole(consent_paperconsent, text[])", roles=()),
        DefinerFunction(MOVES, "consent_paperconsent_moves()", roles=("owner",)),
        migrations.RunSQL(WALLS, reverse_sql=NO_WALLS),
        migrations.RunSQL(
            changed(again(OPEN_SHARED), (SIGNED, f"{SIGNED}, t.on_paper")), reverse_sql=again(OPEN_SHARED)
        ),
    ]
