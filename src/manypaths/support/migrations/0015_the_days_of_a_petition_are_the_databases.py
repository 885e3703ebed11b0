"""When a petition was asked, put off, answered, taken back or disagreed with is the clock of the database.

How long an answer may take is checked beside it, from that day on: nobody puts a day back by writing another one.
"""

from django.db import migrations

MOMENTS = ("extended_at", "answered_at", "withdrawn_at", "disagreed_at")
CHANGED = "".join(
    f"""
    if new.{one} is distinct from old.{one} then
        new.{one} := case when new.{one} is not null then transaction_timestamp() end;
    end if;"""
    for one in MOMENTS
)
CLOCK = f"""
create function support_petition_clock() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if tg_op = 'INSERT' then
        new.due_at := transaction_timestamp() + (new.due_at - new.asked_at);
        new.asked_at := transaction_timestamp();
        return new;
    end if;{CHANGED}
    return new;
end $$
"""
TRIGGER = (
    "create trigger support_petition_clock before insert or update on support_petition "
    "for each row when (current_user = 'app') execute function support_petition_clock()"
)


class Migration(migrations.Migration):
    dependencies = [("support", "0014_a_person_asks_the_privacy_desk")]
    operations = [
        migrations.RunSQL(
            [CLOCK, TRIGGER],
            reverse_sql=["drop trigger support_petition_clock on support_petition", "drop function support_petition_clock()"],
        ),
    ]
