"""The steps of the database can be taken back and taken again: the functions of the gate are what they were before."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg

from manypaths.config.testing import role_url

SOURCE = Path(__file__).resolve().parents[2] / "src"
STATE = """
select p.oid::regprocedure::text, md5(pg_get_functiondef(p.oid)), p.proacl::text
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'public' and p.prosecdef
 union all
select tablename || '/' || policyname, md5(coalesce(qual, '') || coalesce(with_check, '')), cmd from pg_policies
 union all
select tgrelid::regclass || '/' || tgname, md5(pg_get_triggerdef(oid)), '' from pg_trigger where not tgisinternal
 union all
select role || '/' || tie || '/' || data_class, version, named_fields::text from network_roleclass
"""
STEPS_BACK = [("referrals", "0003"), ("consent", "0003"), ("network", "0004"), ("people", "0002"), ("audit", "0004")]


def migrate(*target: str) -> None:
    as_owner = {"MANYPATHS_ROLE": "owner", "DATABASE_OWNER_URL": role_url("owner"), "PYTHONPATH": str(SOURCE)}
    command = [sys.executable, "-m", "django", "migrate", "-v0", *target]
    ran = subprocess.run(command, env={**os.environ, **as_owner}, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, (target, ran.stderr[-600:])


def state() -> set[tuple[str, str, str]]:
    with psycopg.connect(role_url("owner"), autocommit=True) as raw:
        return set(raw.execute(STATE).fetchall())


def test_steps_taken_back_leave_the_gate_as_it_was_and_can_be_taken_again(committed_db):
    newest = state()
    for target in STEPS_BACK:
        migrate(*target)
    functions = {name.split("(")[0] for name, _definition, _rights in state()}
    assert {"end_grants_of_request", "referral_keys", "tell_requester", "visitor", "open_records"} <= functions
    migrate()
    assert state() == newest
