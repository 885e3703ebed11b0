"""Our own PostgreSQL: private, safe to kill, and plain about what is wrong."""

import os
import shutil
import signal
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from manypaths.config.cluster import Cluster
from manypaths.config.home import SOCKET_PATH_LIMIT, ClusterError, find_account, home, make_home, socket_folder
from manypaths.config.roles import preparation_sql


@pytest.fixture(scope="module")
def own_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A durable server of this test's own."""
    base = home() / "own" if os.geteuid() == 0 else tmp_path_factory.mktemp("folder") / "own"
    make_home(base.parent)
    cluster = Cluster(base)
    cluster.start()
    cluster.prepare_database("kept")
    yield cluster
    cluster.stop()
    shutil.rmtree(base.parent)


def count(cluster: Cluster) -> int:
    return int(cluster.psql("select count(*) from drops", "kept"))


def test_the_server_is_not_on_the_network_and_its_folders_are_private(own_cluster: Cluster) -> None:
    assert own_cluster.psql("show listen_addresses") == ""
    assert stat.S_IMODE(own_cluster.sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE(own_cluster.data.stat().st_mode) == 0o700
    assert stat.S_IMODE((own_cluster.base / "passwords.json").stat().st_mode) == 0o600
    assert "trust" not in [line.split()[-1] for line in _rules(own_cluster)]


def _rules(cluster: Cluster) -> list[str]:
    lines = cluster.psql("select pg_read_file('pg_hba.conf')").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_a_server_prepared_by_hand_is_like_our_own(own_cluster: Cluster) -> None:
    own_cluster.psql(preparation_sql("by_hand"))
    rights = "select datacl::text from pg_database where datname = '{}'"
    assert own_cluster.psql(rights.format("by_hand")) == own_cluster.psql(rights.format("kept"))
    defaults = "select defaclrole::regrole, defaclobjtype, defaclacl::text from pg_default_acl order by 1, 2, 3"
    assert own_cluster.psql(defaults, "by_hand") == own_cluster.psql(defaults, "kept")


def test_a_wrong_password_is_refused(own_cluster: Cluster) -> None:
    wrong = own_cluster.url("app", "kept").replace(own_cluster.passwords()["app"], "guess")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_acknowledged_rows_survive_a_kill_of_the_server(own_cluster: Cluster) -> None:
    own_cluster.psql("create table if not exists drops (n int); truncate drops", "kept")
    with psycopg.connect(own_cluster.url("owner", "kept"), autocommit=True):
        own_cluster.psql("insert into drops select generate_series(1, 1000)", "kept")
        pid = own_cluster.pid()
        assert pid
        os.kill(pid, signal.SIGKILL)
    again = Cluster(own_cluster.base)
    again.start()
    assert count(again) == 1000
    if own_cluster.process:
        own_cluster.process.wait()
    own_cluster.process = again.process


def test_a_server_left_by_an_earlier_start_is_stopped_first_and_said_so(own_cluster: Cluster) -> None:
    said: list[str] = []
    pid = own_cluster.pid()
    left = own_cluster.process
    again = Cluster(own_cluster.base)
    again.start(said.append)
    if left:
        left.wait()
    assert said == [f"Stopping the database of an earlier start that ended badly (process {pid})"]
    assert again.pid() != pid
    own_cluster.process = again.process


def test_a_number_file_whose_number_is_another_program_now_does_no_harm(own_cluster: Cluster) -> None:
    own_cluster.stop()
    pid_file = own_cluster.data / "postmaster.pid"
    pid_file.write_text(f"{os.getppid()}\n{own_cluster.data}\n{int(time.time())}\n5432\n")
    own_cluster.start()
    assert own_cluster.alive()


def test_data_of_another_version_is_left_alone_with_a_sentence(own_cluster: Cluster) -> None:
    own_cluster.stop()
    version = own_cluster.data / "PG_VERSION"
    before = version.read_text()
    version.write_text("15\n")
    with pytest.raises(ClusterError, match=r"written by PostgreSQL 15 and these programs are PostgreSQL \d+"):
        own_cluster.start()
    version.write_text(before)
    own_cluster.start()
    assert own_cluster.alive()


def test_a_first_start_that_was_killed_half_way_is_made_again(own_cluster: Cluster) -> None:
    base = own_cluster.base.parent / "half"
    half = Cluster(base)
    (base / "data.new" / "base").mkdir(parents=True)
    (base / "data.new" / "base" / "torn").write_text("half a page")
    half.start()
    assert half.psql("select 1") == "1"
    half.stop()


def test_named_programs_that_are_not_there_are_said(monkeypatch: pytest.MonkeyPatch, own_cluster: Cluster) -> None:
    monkeypatch.setenv("MANYPATHS_PG_BIN", "/nowhere")
    with pytest.raises(ClusterError, match="MANYPATHS_PG_BIN names /nowhere"):
        own_cluster.start()


def test_the_socket_of_a_deep_folder_stands_in_a_short_one(tmp_path: Path) -> None:
    deep = tmp_path / ("a" * 60) / ("b" * 60)
    deep.mkdir(parents=True)
    folder = socket_folder(deep, find_account())
    assert len(bytes(folder)) < SOCKET_PATH_LIMIT - 20
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert socket_folder(deep, find_account()) == folder
    folder.chmod(0o755)
    with pytest.raises(ClusterError, match="not private"):
        socket_folder(deep, find_account())
    folder.rmdir()
