"""Who wrote down a consent on paper, or checked it, does not answer when its person says: I did not sign this.

The complaint names the paper. Both of them may answer only where nobody else there can; and somebody who is in it
themselves is no such other, so that two of them do not wait for each other for ever.
"""

from importlib import import_module

from django.db import migrations

from manypaths.audit.guards import DefinerFunction, again, changed

ASKS = import_module("manypaths.support.migrations.0014_a_person_asks_the_privacy_desk")
WROTE = """
create function wrote_kept(p_record uuid, p_item uuid, p_account uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select coalesce(author_of_kept(p_record, p_item) = p_account, false) or exists (
        select from consent_paperconsent q
          join network_membership m on m.id in (q.written_by_id, q.checked_by_id)
         where q.id = p_item and q.held_record_id = p_record and m.account_id = p_account)
$$
"""
ABOUT_A_PAPER = """(new.item_id is null or exists (
            select from consent_paperconsent q
             where q.id = new.item_id and q.held_record_id = new.record_id and q.denied_at is not null)))"""
CHANGES = (
    (ASKS.FITS, ("new.data_class = 'access_log' and new.item_id is null)", f"new.data_class = 'access_log' and {ABOUT_A_PAPER}")),
    (ASKS.OTHERS, ("m.account_id <> p_account", "m.account_id <> p_account and not wrote_kept(v.record_id, v.item_id, m.account_id)")),
    (
        ASKS.OPEN_PETITION,
        ("coalesce(author_of_kept(v_found.record_id, v_found.item_id) = p_account, false)",
         "wrote_kept(v_found.record_id, v_found.item_id, p_account)"),
    ),
    (
        ASKS.PETITIONS_FOR,
        ("author_of_kept(v.record_id, v.item_id) is distinct from p_account", "not wrote_kept(v.record_id, v.item_id, p_account)"),
    ),
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("support", "0015_the_days_of_a_petition_are_the_databases"),
        ("consent", "0033_a_consent_comes_on_paper"),
    ]
    operations = [
        DefinerFunction(WROTE, "wrote_kept(uuid, uuid, uuid)", roles=()),
        *(migrations.RunSQL(changed(again(was), pair), reverse_sql=again(was)) for was, pair in CHANGES),
    ]
