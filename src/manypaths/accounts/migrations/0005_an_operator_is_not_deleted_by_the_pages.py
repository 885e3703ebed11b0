"""The role of the pages may delete rows of accounts, so it could have ended who looks after the machine: not any more."""

from django.db import migrations

DELETED = """
create function accounts_operator_stays() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    raise exception 'an operator is ended on the machine' using errcode = 'insufficient_privilege';
end $$
"""
TRIGGER = (
    "create trigger accounts_user_operator_stays before delete on accounts_user "
    "for each row when (old.kind = 'operator' and current_user <> 'owner') execute function accounts_operator_stays()"
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_an_operator_of_the_machine")]
    operations = [
        migrations.RunSQL(
            [DELETED, "revoke all on function accounts_operator_stays() from public", TRIGGER],
            reverse_sql=[
                "drop trigger accounts_user_operator_stays on accounts_user",
                "drop function accounts_operator_stays()",
            ],
        ),
    ]
