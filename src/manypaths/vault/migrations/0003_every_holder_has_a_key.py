"""Keys of holders by name, in use or replaced: the secrets lie outside. A record's key says which one wraps it."""

from django.db import migrations, models

from manypaths.audit.guards import DefinerFunction

# Whose key it is stands in its name: the house (no holder), or the organisation.
NAMED_AFTER_HOLDER = """
alter table vault_holderkey add constraint vault_holderkey_named_after_its_holder check (
    name ~ ('^' || case when holder_id = '00000000-0000-0000-0000-000000000000' then 'house'
                        else replace(holder_id::text, '-', '') end || '[.]' || use || '[1-9][0-9]{0,5}$'))
"""

# The key that a holder uses now. It is held until the transaction ends: who replaces it waits for what is being written.
HOLDER_KEY_NOW = """
create function holder_key_now(p_holder uuid, p_use text) returns table(name text, is_new boolean)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    v_new boolean;
    v_name text;
begin
    insert into vault_holderkey (name, holder_id, use, made_at)
    select case when p_holder = '00000000-0000-0000-0000-000000000000' then 'house'
                else replace(p_holder::text, '-', '') end || '.' || p_use || '1',
           p_holder, p_use, transaction_timestamp()
     where not exists (select from vault_holderkey k where k.holder_id = p_holder and k.use = p_use)
        on conflict do nothing;
    v_new := found;
    -- Whoever waited here for a rotation sees its new key only when asking once more.
    while v_name is null loop
        select k.name into v_name from vault_holderkey k
         where k.holder_id = p_holder and k.use = p_use and k.replaced_at is null for share;
    end loop;
    return query select v_name, v_new;
end $$
"""


class Migration(migrations.Migration):
    dependencies = [("vault", "0002_keys_behind_the_wall")]
    operations = [
        migrations.CreateModel(
            name="HolderKey",
            fields=[
                ("name", models.CharField(max_length=48, primary_key=True, serialize=False)),
                ("holder_id", models.UUIDField()),
                ("use", models.CharField(choices=[("s", "wraps keys of records"), ("i", "finds by words")], max_length=1)),
                ("made_at", models.DateTimeField()),
                ("replaced_at", models.DateTimeField(blank=True, null=True)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("replaced_at__isnull", True)),
                        fields=("holder_id", "use"),
                        name="vault_holderkey_one_in_use",
                    )
                ],
            },
        ),
        migrations.AlterField("recordkey", "ring_key", models.CharField(max_length=48)),
        migrations.AddIndex("recordkey", models.Index(fields=["ring_key"], name="vault_recordkey_by_its_key")),
        migrations.RunSQL(
            [
                NAMED_AFTER_HOLDER,
                "revoke insert, update, delete on vault_holderkey from app",
                "grant select, insert, update on vault_holderkey to gate",
            ],
            reverse_sql=migrations.RunSQL.noop,
        ),
        DefinerFunction(HOLDER_KEY_NOW, "holder_key_now(uuid, text)"),
    ]
