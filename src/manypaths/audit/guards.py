"""The second wall: migration operations that put a table behind row-level security.

The key to a guarded row is an access row of this very transaction and request. `opened('class')` returns the records
that were opened for a class, and raises when nobody opened that class: what was forgotten is a loud fault, never an
empty page. It raises when the database weighs a row; where no row can match, it may answer "none" without asking.
"""

from django.db.migrations.operations.special import RunSQL

ANY_CLASS = "*"


class GuardTable(RunSQL):
    """Put one table behind the wall for one class of data. `keys` are the columns that hold a record's id."""

    def __init__(self, table: str, data_class: str, keys: tuple[str, ...] = ("record_id",)) -> None:
        self.table, self.data_class, self.keys = table, data_class, keys
        super().__init__(sql=_guard(table, data_class, keys), reverse_sql=_unguard(table))

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        return (self.__class__.__qualname__, [self.table, self.data_class, self.keys], {})


class GuardSubjects(RunSQL):
    """Narrow the wall of a table whose rows hang on one request each: a consent for a request opens its rows.

    `keys` are the columns with a record's id that open the row when the record is open by more than a consent, the
    person's own record first; `subject` is the column with the request's id. By a consent both must have been opened:
    the request, and the record it belongs to. The log names records, so no row is read of one that it does not name.
    """

    def __init__(self, table: str, data_class: str, keys: tuple[str, ...], subject: str) -> None:
        self.table, self.data_class, self.keys, self.subject = table, data_class, keys, subject
        super().__init__(
            sql=[f"drop policy {table}_app on {table}", _subject_policy(table, data_class, keys, subject)],
            reverse_sql=[f"drop policy {table}_app on {table}", _guard(table, data_class, keys)[2]],
        )

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        return (self.__class__.__qualname__, [self.table, self.data_class, self.keys, self.subject], {})


class ReadHeld(RunSQL):
    """Show the rows of one table to the person whom a place keeps them of. To reading only: it lets nothing be written.

    `key` is the column that holds the record's id.
    """

    def __init__(self, table: str, data_class: str, key: str = "record_id") -> None:
        self.table, self.data_class, self.key = table, data_class, key
        super().__init__(
            sql=f"create policy {table}_held on {table} for select to app "
            f"using ({key} = any((select opened_held('{data_class}'))::uuid[]))",
            reverse_sql=f"drop policy {table}_held on {table}",
        )

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        return (self.__class__.__qualname__, [self.table, self.data_class, self.key], {})


class DefinerFunction(RunSQL):
    """A function that runs as `gate`. `signature` is name and argument types; only `roles` may call it."""

    def __init__(self, sql: str, signature: str, roles: tuple[str, ...] = ("app",)) -> None:
        self.sql_text, self.signature, self.roles = sql, signature, roles
        super().__init__(
            sql=[sql, *_owned_by_gate("function", signature, "execute", roles)],
            reverse_sql=f"drop function {signature}",
        )

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        return (self.__class__.__qualname__, [self.sql_text, self.signature, self.roles], {})


class FactView(RunSQL):
    """A view of facts without identity, owned by `gate` and read by the night as `measures`."""

    def __init__(self, name: str, query: str, reads: tuple[str, ...]) -> None:
        self.view, self.query, self.reads = name, query, reads
        grants = [f"grant select on {table} to gate" for table in reads]
        view = f"create view {name} with (security_barrier) as {query}"
        super().__init__(
            sql=[*grants, view, *_owned_by_gate("view", name, "select", ("measures",))], reverse_sql=f"drop view {name}"
        )

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        return (self.__class__.__qualname__, [self.view, self.query, self.reads], {})


def _guard(table: str, data_class: str, keys: tuple[str, ...]) -> tuple[str, ...]:
    key = "opened_any()" if data_class == ANY_CLASS else f"opened('{data_class}')"
    test = " or ".join(f"{column} = any((select {key})::uuid[])" for column in keys)
    return (
        f"alter table {table} enable row level security",
        f"alter table {table} force row level security",
        f"create policy {table}_app on {table} to app using ({test}) with check ({test})",
        f"create policy {table}_owner on {table} to owner using (true) with check (true)",
        f"create policy {table}_gate on {table} to gate using (true) with check (true)",
    )


def _subject_policy(table: str, data_class: str, keys: tuple[str, ...], subject: str) -> str:
    whole = [f"{column} = any((select opened_whole('{data_class}'))::uuid[])" for column in keys]
    named = f"{subject} = any((select opened_subjects('{data_class}'))::uuid[])"
    theirs = f"{keys[0]} = any((select opened('{data_class}'))::uuid[])"
    test = " or ".join([*whole, f"({named} and {theirs})"])
    return f"create policy {table}_app on {table} to app using ({test}) with check ({test})"


def _unguard(table: str) -> tuple[str, ...]:
    drops = [f"drop policy {table}_{role} on {table}" for role in ("app", "owner", "gate")]
    return (
        *drops,
        f"alter table {table} no force row level security",
        f"alter table {table} disable row level security",
    )


def _owned_by_gate(kind: str, name: str, privilege: str, roles: tuple[str, ...]) -> list[str]:
    target = f"{kind} {name}" if kind == "function" else name
    return [
        f"alter {kind} {name} owner to gate",
        f"revoke all on {target} from public, app",
        *[f"grant {privilege} on {target} to {role}" for role in roles],
    ]


def again(sql: str) -> str:
    """The same function once more, in the place of the one that is there: who owns and may call it stays."""
    return sql.replace("create function", "create or replace function", 1)


def changed(sql: str, *pairs: tuple[str, str]) -> str:
    """A function that is there, with some of its words in the place of others. Each must stand there once."""
    for before, after in pairs:
        if sql.count(before) != 1:
            raise ValueError(f"not once in the function: {before}")
        sql = sql.replace(before, after)
    return sql
