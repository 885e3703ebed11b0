"""Who runs the machine may have an account: one of a kind of its own, which belongs to no organisation.

Only the owner of the tables makes one, ends one, or changes whose it is. The role of the pages may change its
passphrase and its language, and nothing else of it: somebody with that role makes nobody an operator.
"""

from django.db import migrations, models
from django.db.models import Q

KEPT = """
create function accounts_operator_is_kept() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if tg_op = 'INSERT' then
        if new.kind = 'operator' then
            raise exception 'an operator is made on the machine' using errcode = 'insufficient_privilege';
        end if;
    elsif (old.kind = 'operator' or new.kind = 'operator')
      and (old.id, old.kind, old.username, old.email, old.is_active, old.ended_at)
          is distinct from (new.id, new.kind, new.username, new.email, new.is_active, new.ended_at) then
        raise exception 'an operator is changed on the machine' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$
"""
TRIGGER = (
    "create trigger accounts_user_operator before insert or update on accounts_user "
    "for each row when (current_user <> 'owner') execute function accounts_operator_is_kept()"
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_handles_may_move_between_keys")]
    operations = [
        migrations.AlterField(
            model_name="user",
            name="kind",
            field=models.CharField(
                choices=[
                    ("person", "a person's own account"),
                    ("staff", "an invited worker's account"),
                    ("operator", "the account of who runs the machine"),
                ],
                max_length=8,
            ),
        ),
        migrations.RemoveConstraint(model_name="user", name="accounts_person_has_no_email"),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                name="accounts_person_has_no_email", condition=~Q(kind="person") | Q(email="")
            ),
        ),
        migrations.RunSQL(
            [KEPT, "revoke all on function accounts_operator_is_kept() from public", TRIGGER],
            reverse_sql=[
                "drop trigger accounts_user_operator on accounts_user",
                "drop function accounts_operator_is_kept()",
            ],
        ),
    ]
