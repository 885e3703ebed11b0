"""What a running installation leaves behind: a dump, WAL, logs, temporary files, jobs, letters, sessions, the cache."""

import base64
import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.sifting import Found, Spellings, sift, sift_files
from benchmarks.stage import Stage
from manypaths.config.cluster import SUPERUSER

QUIET_FIRST = """
alter system set shared_preload_libraries = 'pg_stat_statements';
alter system set wal_keep_size = '2GB';
alter system set track_activity_query_size = '32kB';
"""
LOUD = """
alter database bench set log_statement = 'all';
alter database bench set log_parameter_max_length = -1;
alter database bench set log_parameter_max_length_on_error = -1;
alter database bench set log_min_error_statement = 'error';
alter database bench set log_error_verbosity = 'verbose';
alter database bench set log_temp_files = 0;
alter database bench set work_mem = '64kB';
"""
MAIL = {"EMAIL_HOST": "mail.example.org", "EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend"}
WAITING = "select id from notices_staffnotice where way = 'email' and state = 'waiting'"
OFTEN = 0.01


class Watch:
    """Asks a hundred times a second what the database runs, and reads the files that come and go."""

    def __init__(self, url: str, folders: list[Path]) -> None:
        self.url, self.folders = url, folders
        self.statements: set[str] = set()
        self.files: dict[str, bytes] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        with psycopg.connect(self.url, autocommit=True) as link:
            while not self._over.wait(OFTEN):
                rows = link.execute("select query from pg_stat_activity where pid <> pg_backend_pid()").fetchall()
                self.statements.update(row[0] for row in rows if row[0])
                for folder in self.folders:
                    self._read(folder)

    def _read(self, folder: Path) -> None:
        for path in folder.rglob("*"):
            with contextlib.suppress(OSError):
                data = path.read_bytes() if path.is_file() else b""
                if len(data) > len(self.files.get(str(path), b"")):
                    self.files[str(path)] = data


def count_statements(stage: Stage) -> None:
    """Let the database keep its WAL, show long statements whole, and count them."""
    for statement in QUIET_FIRST.strip().split("\n"):
        stage.cluster.psql(statement)
    stage.cluster.stop()
    stage.cluster.start()
    stage.cluster.psql("create extension pg_stat_statements", "bench")


def make_loud(stage: Stage) -> None:
    """From the next sign-in on the database writes every statement with its parameters, which ours never does."""
    stage.cluster.psql(LOUD, "bench")


def superuser(stage: Stage) -> "psycopg.Connection[Any]":
    """A sign-in that no wall stands before."""
    return psycopg.connect(stage.cluster.url(SUPERUSER, "bench"), autocommit=True)


def letters(link: "psycopg.Connection") -> list[bytes]:
    """Queue every e-mail that waits and send it. Gives the letters, as they would leave and with decoded parts."""
    from django.core import mail
    from django.test import override_settings

    from manypaths.nightly import tasks

    tasks.sweep_outbox(timestamp=0)
    mail.outbox = []
    with override_settings(**MAIL):
        for (notice,) in link.execute(WAITING).fetchall():
            tasks.send_email(str(notice))
    sent = [one.message() for one in mail.outbox]
    return [part for one in sent for part in (one.as_bytes(), str(one["subject"]).encode(), *_parts(one))]


def _parts(letter: Any) -> Iterator[bytes]:
    for part in letter.walk():
        yield part.get_payload(decode=True) or b""


def night(stage: Stage) -> list[bytes]:
    """A whole night, and the facts that it wrote into packed files, read back."""
    import duckdb

    environment = {**stage.environment(), "DATABASE_SEALER_URL": stage.url("sealer")}
    command = [sys.executable, "-W", "ignore", "-m", "django", "run_nights", "--once"]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    packed = sorted(stage.files.rglob("*.parquet"))
    return [repr(duckdb.read_parquet(str(path)).fetchall()).encode() for path in packed]


def dumped(stage: Stage, database: str) -> bytes:
    """A dump, by who may read everything."""
    command = [stage.cluster.binaries / "pg_dump", "-h", stage.cluster.sockets, "-U", SUPERUSER, database]
    environment = {"PGPASSWORD": stage.cluster.passwords()[SUPERUSER], "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, capture_output=True, check=True, env=environment).stdout


def in_tables(stage: Stage) -> dict[str, list[bytes]]:
    """What stands in tables in another form: sessions and the cache are packed, statements are in memory."""
    from manypaths.people.sessions import SessionStore

    with superuser(stage) as link:
        sessions = link.execute("select session_data from accounts_session").fetchall()
        cached = link.execute("select value from accounts_cache").fetchall()
        counted = link.execute("select query from pg_stat_statements").fetchall()
        jobs = link.execute("select args::text from procrastinate_jobs").fetchall()
    return {
        "sessions": [repr(SessionStore().decode(row[0])).encode() for row in sessions],
        "cache": [base64.b64decode(row[0]) for row in cached],
        "statements counted": [row[0].encode() for row in counted],
        "jobs": [row[0].encode() for row in jobs],
    }


def in_folders(folders: list[Path], ways: Spellings) -> tuple[list[Found], int]:
    """What stands in files, and how many bytes were read."""
    found = list(sift_files(folders, ways))
    return [one for one in found if isinstance(one, Found)], sum(one for one in found if isinstance(one, int))


def control(stage: Stage, word: str, ways: Spellings) -> dict[str, list[Found]]:
    """A canary put on purpose into a table of a scratch database: where it is found."""
    stage.cluster.psql("create database scratch")
    stage.cluster.psql("create table kept (plain text, packed bytea)", "scratch")
    stage.cluster.psql(f"insert into kept values ('{word}', '{word}'::bytea); checkpoint", "scratch")
    stage.cluster.psql(f"do $$ begin raise warning '{word}'; end $$", "scratch")
    number = stage.cluster.psql("select oid from pg_database where datname = 'scratch'")
    dump, data = dumped(stage, "scratch"), stage.cluster.data
    found = {
        "a dump": list(sift("", dump, {"plain": ways["plain"]})),
        "a dump, packed": list(sift("", dump, {"hex": ways["hex"]})),
        "the data folder": in_folders([data / "base" / number], ways)[0],
        "WAL": in_folders([data / "pg_wal"], ways)[0],
        "the database's log": list(sift("", stage.cluster.log.read_bytes(), ways)),
    }
    stage.cluster.psql("drop database scratch")
    return found
