"""The second wall alone: real sign-ins to the database, with every filter of the application taken away."""

import contextlib
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction

from manypaths.config.testing import as_owner, role_url
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass, Purpose
from manypaths.consent.tests.factories import grant
from manypaths.network.tests.factories import membership, organisation, reader_for
from manypaths.people import commands as people
from manypaths.people.tests.factories import person, record_held_by
from manypaths.vault.queries import sealer_for

# Columns that name a record without belonging to a person's data: the log itself, which the application cannot read.
LOGS = {"audit_access", "audit_act"}


def guarded_tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select relname from pg_class where relrowsecurity and relforcerowsecurity and relkind = 'r'")
        return sorted(row[0] for row in cursor.fetchall())


def tables_with_records() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct table_name from information_schema.columns c join pg_class k on k.relname = c.table_name "
            "where c.table_schema = 'public' and k.relkind = 'r' and column_name in ('record_id', 'org_record_id')"
        )
        return sorted(row[0] for row in cursor.fetchall())


@pytest.mark.django_db
def test_every_table_that_names_a_record_stands_behind_the_wall():
    assert set(tables_with_records()) - LOGS - set(guarded_tables()) == set()


@pytest.mark.django_db
def test_every_guarded_table_has_exactly_the_three_policies_of_the_wall():
    with connection.cursor() as cursor:
        cursor.execute(
            "select tablename, array_agg(roles::text order by roles::text) from pg_policies "
            "where schemaname = 'public' and permissive = 'PERMISSIVE' and policyname <> tablename || '_held' "
            "group by tablename"
        )
        found = dict(cursor.fetchall())
    for table in guarded_tables():
        assert found.get(table) == ["{app}", "{gate}", "{owner}"], table


@pytest.mark.django_db
def test_what_a_place_keeps_of_a_person_is_shown_to_reading_and_to_nothing_else():
    with connection.cursor() as cursor:
        cursor.execute(
            "select tablename, cmd, roles::text, qual from pg_policies "
            "where policyname = tablename || '_held' or qual like '%opened_held%' and permissive = 'PERMISSIVE'"
        )
        rows = cursor.fetchall()
    assert {"support_contact", "support_treatment", "plans_goal"} <= {row[0] for row in rows}
    for table, way, roles, test in rows:
        assert (way, roles) == ("SELECT", "{app}"), table
        assert "opened_held" in test, table


@pytest.mark.django_db
def test_the_wall_of_the_application_always_asks_what_was_opened():
    with connection.cursor() as cursor:
        cursor.execute(
            "select tablename, qual, with_check from pg_policies where 'app' = any(roles) "
            "and permissive = 'PERMISSIVE' and policyname <> tablename || '_held'"
        )
        for table, using, check in cursor.fetchall():
            assert "opened" in using, table
            assert "opened" in check, table


@pytest.mark.django_db
def test_the_application_owns_nothing_and_bypasses_nothing():
    with connection.cursor() as cursor:
        cursor.execute(
            "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, "
            "(select count(*) from pg_class k where k.relowner = r.oid), "
            "has_schema_privilege('app', 'public', 'create'), "
            "has_database_privilege('app', current_database(), 'temp') from pg_roles r where rolname = 'app'"
        )
        assert cursor.fetchone() == (False, False, False, False, 0, False, False)


@pytest.mark.django_db
def test_the_application_can_add_acts_and_do_nothing_else_to_the_logs():
    with connection.cursor() as cursor:
        for table, allowed in (("audit_access", set()), ("audit_act", {"insert"})):
            for privilege in ("select", "insert", "update"):
                cursor.execute("select has_any_column_privilege('app', %s, %s)", [table, privilege])
                assert cursor.fetchone()[0] == (privilege in allowed), (table, privilege)
            for privilege in ("delete", "truncate"):
                cursor.execute("select has_table_privilege('app', %s, %s)", [table, privilege])
                assert not cursor.fetchone()[0], (table, privilege)


@pytest.mark.django_db
def test_every_definer_function_has_its_own_search_path_and_belongs_to_the_gate():
    with connection.cursor() as cursor:
        cursor.execute(
            "select p.proname, r.rolname, p.proconfig::text from pg_proc p join pg_roles r on r.oid = p.proowner "
            "join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'public' and p.prosecdef"
        )
        rows = cursor.fetchall()
    assert rows
    for name, owner, config in rows:
        assert owner == "gate", name
        assert config is not None and "search_path=public, pg_temp" in config, name


@pytest.mark.django_db
def test_nobody_but_the_named_roles_may_call_a_definer_function():
    """The one who seals asks one question only: whom people keep away, so that a copy put back does not forget it."""
    may: dict[str, set[str]] = {"measures": set(), "backup": set(), "sealer": set()}
    with connection.cursor() as cursor:
        cursor.execute(
            "select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace "
            "where n.nspname = 'public' and p.prosecdef"
        )
        for (signature,) in cursor.fetchall():
            for role, callable_by_it in may.items():
                cursor.execute("select has_function_privilege(%s, %s, 'execute')", [role, signature])
                if cursor.fetchone()[0]:
                    callable_by_it.add(signature)
    assert may == {"measures": set(), "backup": set(), "sealer": {"kept_outside(timestamp with time zone)"}}


@pytest.fixture
def world(committed_db):
    """Two persons with names, and a worker with one record, all committed by the application itself."""
    with transaction.atomic():
        mine, other = named_person("Maria"), named_person("Tom")
    with transaction.atomic():
        worker = membership(organisation(), "peer")
        record = record_held_by(worker)
    return {"mine": mine, "other": other, "worker": worker, "record": record}


def named_person(name: str):
    from manypaths.network.tests.factories import NOW

    reader = person()
    consent.open_own(reader=reader, classes={DataClass.DEMOGRAPHICS, DataClass.SAFE_CONTACT})
    mine = {"record_id": reader.record_id, "sealer": sealer_for([reader.record_id]), "by": reader, "at": NOW}
    people.write_profile(name=name, pronouns="", language="en", **mine)
    people.write_safe_contact(way="call", address="802-555-0142", hours="", may_leave_message=False, **mine)
    return reader


def test_with_no_filter_and_nothing_opened_no_guarded_table_gives_a_row(world):
    with psycopg.connect(role_url("owner"), autocommit=True) as owner:
        filled = {table for table in guarded_tables() if owner.execute(f"select 1 from {table} limit 1").fetchone()}
    assert {"people_person", "people_record", "people_profile", "people_assignment", "vault_recordkey"} <= filled
    with psycopg.connect(role_url("app"), autocommit=True) as raw:
        for table in filled:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                raw.execute(f"select * from {table}").fetchall()


def test_with_no_filter_only_the_opened_record_gives_rows(world):
    """`select *` with no condition, after the person opened their own record: one profile, their own."""
    with psycopg.connect(role_url("app")) as raw, raw.transaction():
        open_as(raw, world["mine"], [world["mine"].record_id, world["other"].record_id], "demographics", "own")
        rows = raw.execute("select record_id from people_profile").fetchall()
    assert rows == [(world["mine"].record_id,)]


def test_keys_of_records_that_were_not_opened_stay_closed(world):
    with psycopg.connect(role_url("app")) as raw, raw.transaction():
        open_as(raw, world["mine"], [world["mine"].record_id], "demographics", "own")
        rows = raw.execute("select record_id from vault_recordkey").fetchall()
    assert rows == [(world["mine"].record_id,)]


def test_another_class_of_the_opened_record_stays_closed(world):
    with psycopg.connect(role_url("app")) as raw:
        with raw.transaction():
            open_as(raw, world["mine"], [world["mine"].record_id], "demographics", "own")
            with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
                raw.execute("select * from people_safecontact").fetchall()


def test_an_opening_of_an_earlier_transaction_opens_nothing(world):
    with psycopg.connect(role_url("app")) as raw:
        with raw.transaction():
            open_as(raw, world["mine"], [world["mine"].record_id], "demographics", "own")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
            raw.execute("select * from people_profile").fetchall()


def test_an_opening_of_another_request_in_the_same_transaction_opens_nothing(world):
    with psycopg.connect(role_url("app")) as raw, raw.transaction():
        open_as(raw, world["mine"], [world["mine"].record_id], "demographics", "own")
        raw.execute("select set_config('app.nonce', gen_random_uuid()::text, true)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
            raw.execute("select * from people_profile").fetchall()


def test_a_row_cannot_be_written_into_a_record_that_was_not_opened(world):
    with psycopg.connect(role_url("app")) as raw, raw.transaction():
        open_as(raw, world["mine"], [world["mine"].record_id], "demographics", "own")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
            raw.execute("update people_profile set record_id = %s", [world["other"].record_id])


def test_the_application_cannot_forge_an_access_row(world):
    with psycopg.connect(role_url("app"), autocommit=True) as raw, pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw.execute(
            "insert into audit_access (at, xid, nonce, hat, opened, bases, denied, classes, purpose) "
            "values (now(), 1, gen_random_uuid(), 'person', '{}', '{}', '{}', '{}', 'own')"
        )


def test_a_table_of_the_strangers_own_does_not_stand_in_for_the_log(world):
    """A temporary `audit_access` would come first on an unguarded path; the application may not even make one."""
    with psycopg.connect(role_url("app"), autocommit=True) as raw, pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw.execute("create temp table audit_access (seq int)")


def test_even_the_owner_cannot_bend_a_row_of_the_log(world):
    with psycopg.connect(role_url("owner"), autocommit=True) as raw:
        for statement in ("update audit_access set purpose = 'x'", "delete from audit_act", "truncate audit_access"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                raw.execute(statement)


def test_injected_sql_leaves_a_row_under_the_reader_it_claims_to_be(world):
    with psycopg.connect(role_url("app")) as raw, raw.transaction():
        open_as(raw, world["mine"], [world["mine"].record_id], "demographics", "own")
        raw.execute("select * from people_profile").fetchall()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("select account_id, opened from audit_access order by seq desc limit 1")
        assert cursor.fetchone() == (world["mine"].account_id, [world["mine"].record_id])


def test_a_false_purpose_or_hat_opens_nothing(world):
    tries = [("person", "care"), ("member", "own"), ("member", "care"), ("system", "own"), ("", "")]
    for hat, purpose in tries:
        with psycopg.connect(role_url("app")) as raw, raw.transaction():
            open_as(raw, world["mine"], [world["mine"].record_id], "demographics", purpose, hat=hat)
            assert raw.execute("select record_id from people_profile").fetchall() == [], (hat, purpose)


def consent_of(world) -> None:
    """Maria agrees to share a request, and stops it."""
    house = organisation()
    given = grant(world["mine"].record_id, house)
    with psycopg.connect(role_url("app")) as raw, raw.transaction():
        open_as(raw, world["mine"], [world["mine"].record_id], "consent_record", "own")
        raw.execute("update consent_grant set ended_at = now(), ending = 'stopped' where id = %s", [given.id])


@pytest.mark.parametrize(
    "statement",
    [
        "update consent_grant set ended_at = null, ending = ''",
        "update consent_grant set ended_at = now() + interval '1 year'",
        "update consent_grant set until = until + interval '1 day'",
    ],
)
def test_a_consent_that_was_stopped_is_never_revived(world, statement):
    consent_of(world)
    with psycopg.connect(role_url("app")) as raw, raw.transaction():
        open_as(raw, world["mine"], [world["mine"].record_id], "consent_record", "own")
        with contextlib.suppress(psycopg.errors.InsufficientPrivilege), raw.transaction():
            assert raw.execute(statement).rowcount == 0
    with psycopg.connect(role_url("owner"), autocommit=True) as raw:
        ((ended, ending),) = raw.execute("select ended_at <= now(), ending from consent_grant").fetchall()
    assert (ended, ending) == (True, "stopped")


@pytest.mark.parametrize(
    "change", [{"until": timedelta(days=91)}, {"text_version": "nobody's"}, {"language": "xx"}], ids=str
)
def test_a_consent_that_no_rule_allows_cannot_be_written(world, change):
    given = grant(world["mine"].record_id, organisation())
    values = {"until": timedelta(days=9), "text_version": given.text_version, "language": "en", **change}
    with psycopg.connect(role_url("app")) as raw, raw.transaction():
        open_as(raw, world["mine"], [world["mine"].record_id], "consent_record", "own")
        with pytest.raises(psycopg.errors.IntegrityError), raw.transaction():
            raw.execute(
                "insert into consent_grant (id, record_id, kind, recipient_organisation_id, classes, purpose, "
                "subject_id, starts_at, until, given_at, text_key, text_version, language, ending) "
                "values (gen_random_uuid(), %s, 'request', %s, '{referral_task}', 'referral', gen_random_uuid(), "
                "now(), now() + %s, now(), 'request', %s, %s, '')",
                [world["mine"].record_id, given.recipient_organisation_id, *values.values()],
            )


@pytest.mark.parametrize(
    "statement",
    [
        "update people_record set erased_at = now()",
        "update people_person set made_at = now()",
        "delete from people_assignment",
        "update people_assignment set record_id = gen_random_uuid()",
    ],
)
def test_records_and_assignments_are_not_rewritten_by_the_application(world, statement):
    with psycopg.connect(role_url("app")) as raw, raw.transaction():
        reader = reader_for(world["worker"])
        open_as(raw, reader, [world["record"]], "presence", "care", hat="member")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
            raw.execute(statement)


def test_who_shares_with_whom_is_not_told_without_an_access_row(world):
    """The facts of a decision and the account behind a record: the application may not ask for them."""
    mine = world["mine"]
    asks = [
        ("select access_facts(%s, 'person', null, %s)", [mine.account_id, [mine.record_id]]),
        ("select * from visitor(%s)", [mine.account_id]),
    ]
    with psycopg.connect(role_url("app"), autocommit=True) as raw:
        for sql, values in asks:
            with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedFunction)):
                raw.execute(sql, values)


def test_names_do_not_stand_in_the_tables(world):
    with psycopg.connect(role_url("owner"), autocommit=True) as raw:
        for table in guarded_tables():
            text = repr(raw.execute(f"select t::text from {table} t").fetchall())
            assert "Maria" not in text and b"Maria".hex() not in text, table


def test_with_the_database_wall_removed_the_code_alone_holds(world):
    """Every policy switched off: what a worker may not open, the rules still do not open."""
    with psycopg.connect(role_url("owner"), autocommit=True) as raw:
        for table in guarded_tables():
            raw.execute(f"alter table {table} no force row level security")
            raw.execute(f"alter table {table} disable row level security")
    stranger = reader_for(membership(organisation("Harbor Row"), "peer"))
    for data_class in DataClass:
        for purpose in Purpose:
            with transaction.atomic():
                opened = consent.open_records(
                    reader=stranger,
                    records=[world["mine"].record_id, world["record"]],
                    classes=[data_class],
                    purpose=purpose,
                )
            assert opened.ids == frozenset()


def open_as(raw, reader, records, data_class, purpose, hat="person"):
    raw.execute(
        "select open_records(%s, %s, %s, %s, %s, %s)",
        [reader.account_id, hat, reader.membership_id, records, [data_class], purpose],
    )
