"""The blind index: keyed hashes of the words of names and of ways to reach people, for each organisation its own."""

from django.db import migrations, models

from manypaths.audit.guards import DefinerFunction, GuardTable

GOES_WITH_ITS_KEY = """
alter table people_lookup add constraint people_lookup_goes_with_its_key
    foreign key (record_id) references vault_recordkey (record_id) on delete cascade
"""

# What a record is found by is replaced as a whole: by who has its name open, in a record of the house whose key it is.
INDEX_WORDS = """
create function index_words(p_record uuid, p_key text, p_field text, p_values bytea[]) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if not p_record = any(opened('demographics')) or not exists (
        select from people_record r join vault_holderkey k on k.holder_id = r.organisation_id
         where r.id = p_record and k.name = p_key and k.use = 'i')
    then
        raise exception 'not a record of the house with this key' using errcode = 'insufficient_privilege';
    end if;
    delete from people_lookup where record_id = p_record and field = p_field;
    insert into people_lookup (record_id, key, field, value)
    select distinct p_record, p_key, p_field, v from unnest(p_values) v;
end $$
"""

# Finding is not opening. The same people as without words, in the same order, narrowed to those whom every word fits.
FIND_IN_HOUSE = """
create function find_in_house(p_account uuid, p_membership uuid, p_key text, p_field text, p_values bytea[],
                              p_limit int, p_offset int)
returns table(record_id uuid, since timestamptz, total bigint)
language sql stable security definer set search_path = public, pg_temp as $$
    select r.id, r.opened_at, count(*) over ()
      from network_membership m
      join accounts_user u on u.id = m.account_id and u.is_active
      join vault_holderkey k on k.name = p_key and k.holder_id = m.organisation_id and k.use = 'i'
      join (select l.record_id from people_lookup l
             where l.key = p_key and l.field = p_field and l.value = any(p_values)
             group by l.record_id having count(distinct l.value) = cardinality(p_values)) f on true
      join people_record r on r.id = f.record_id and r.organisation_id = m.organisation_id and r.erased_at is null
     where m.id = p_membership and m.account_id = p_account and m.ended_at is null
       and exists (
           select from network_roleclass rc
            where rc.role = any(m.roles) and rc.tie = 'organisation' and rc.data_class = 'presence')
       and exists (
           select from network_roleclass rc
            where rc.role = any(m.roles) and rc.tie = 'organisation'
              and rc.data_class = case p_field when 'contact' then 'safe_contact' else 'demographics' end)
       and not exists (
           select from people_block b
            where b.record_id = r.id and b.since <= transaction_timestamp()
              and (b.until is null or b.until > transaction_timestamp())
              and (b.account_id = p_account or b.organisation_id = m.organisation_id))
     order by r.opened_at desc, r.id
     limit p_limit offset p_offset
$$
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0010_same_family_names_are_found"), ("vault", "0003_every_holder_has_a_key")]
    operations = [
        migrations.CreateModel(
            name="Lookup",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("record_id", models.UUIDField()),
                ("key", models.CharField(max_length=48)),
                ("field", models.CharField(choices=[("name", "a word of the name"), ("contact", "a way to reach")], max_length=8)),
                ("value", models.BinaryField(max_length=16)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["key", "field", "value"], name="people_lookup_by_value"),
                    models.Index(fields=["record_id"], name="people_lookup_by_record"),
                ],
            },
        ),
        GuardTable("people_lookup", "demographics"),
        migrations.RunSQL(
            [
                GOES_WITH_ITS_KEY,
                "revoke all on people_lookup from app",
                "revoke all on sequence people_lookup_id_seq from app",
                "grant select, insert, delete on people_lookup to gate",
                "grant usage on sequence people_lookup_id_seq to gate",
            ],
            reverse_sql=migrations.RunSQL.noop,
        ),
        DefinerFunction(INDEX_WORDS, "index_words(uuid, text, text, bytea[])"),
        DefinerFunction(FIND_IN_HOUSE, "find_in_house(uuid, uuid, text, text, bytea[], int, int)"),
    ]
