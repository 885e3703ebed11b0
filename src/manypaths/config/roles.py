"""The roles of the database and what each may do, for our own server and for one of the operator's."""

LOGIN_ROLES = ("owner", "app", "measures", "sealer", "backup")
EXTENSIONS = ("pg_trgm", "unaccent", "btree_gist", "btree_gin")

ROLES_SQL = """
select format('create role %I', r) from unnest(array['owner', 'app', 'measures', 'sealer', 'backup', 'gate']) r
 where not exists (select 1 from pg_roles where rolname = r) \\gexec
alter role owner    login nosuperuser nocreaterole nocreatedb nobypassrls noreplication;
alter role app      login nosuperuser nocreaterole nocreatedb nobypassrls noreplication;
alter role measures login nosuperuser nocreaterole nocreatedb nobypassrls noreplication;
alter role sealer   login nosuperuser nocreaterole nocreatedb nobypassrls noreplication;
alter role backup   login nosuperuser nocreaterole nocreatedb nobypassrls replication;
alter role gate   nologin nosuperuser nocreaterole nocreatedb nobypassrls noreplication;
grant gate to owner;
-- A role may change its own defaults: what somebody left there with one statement does not outlive a start.
select format('alter role %I%s reset all', r.rolname, ' in database ' || quote_ident(d.datname))
  from pg_db_role_setting s join pg_roles r on r.oid = s.setrole left join pg_database d on d.oid = s.setdatabase
 where r.rolname in ('owner', 'app', 'measures', 'sealer') \\gexec
alter role app set statement_timeout = '30s';
alter role app set lock_timeout = '5s';
alter role app set idle_in_transaction_session_timeout = '60s';
alter role measures set statement_timeout = '10min';
alter role measures set default_transaction_read_only = on;
"""

DATABASE_SQL = """
revoke all on database {name} from public;
revoke temporary on database {name} from owner;
grant connect on database {name} to app, measures, sealer, owner;
revoke all on schema public from public;
grant usage, create on schema public to owner, gate;
grant usage on schema public to app, measures, sealer;
{extensions}
alter default privileges for role owner in schema public grant select, insert, update, delete on tables to app;
alter default privileges for role owner in schema public grant usage, select on sequences to app;
alter default privileges for role owner revoke execute on functions from public;
alter default privileges for role gate revoke execute on functions from public;
"""


def database_sql(name: str) -> str:
    """What gives each role exactly what it needs in one database."""
    extensions = "\n".join(f"create extension if not exists {extension};" for extension in EXTENSIONS)
    return DATABASE_SQL.format(name=name, extensions=extensions)


def preparation_sql(name: str) -> str:
    """For psql on a server of the operator's own: the roles, the database, and what each role may do."""
    first = (
        "-- psql -d postgres -f this-file, as a superuser; then set a password for each login role: \\password app\n"
    )
    return f"{first}{ROLES_SQL}create database {name} owner owner;\n\\connect {name}\n{database_sql(name)}"
