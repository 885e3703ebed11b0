"""The one file that starts everything: what it says and what it leaves behind when something is missing."""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

from manypaths.config.home import ROOT, home

TINY = "tiny-1-py3-none-any.whl"


def load_launcher() -> ModuleType:
    loader = SourceFileLoader("launcher", str(ROOT / "manypaths"))
    spec = importlib.util.spec_from_loader("launcher", loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project of one small package, in a folder with spaces, that nobody needs a network for."""
    monkeypatch.setenv("MANYPATHS_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    yield _make_project(tmp_path)
    shutil.rmtree(home(), ignore_errors=True)


def _make_project(tmp_path: Path) -> Path:
    folder = tmp_path / "a folder with spaces"
    config = folder / "src" / "manypaths" / "config"
    config.mkdir(parents=True)
    (folder / "locks").mkdir()
    shutil.copy(ROOT / "manypaths", folder / "manypaths")
    shutil.copy(ROOT / "src/manypaths/config/home.py", config)
    (config / "__init__.py").touch()
    (config.parent / "__init__.py").touch()
    (config / "__main__.py").write_text("import sys, tiny\nprint('handed over', *sys.argv[1:], tiny.WORD)\n")
    wheel = tmp_path / TINY
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny.py", "WORD = 'installed'\n")
        archive.writestr("tiny-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1\n")
        archive.writestr("tiny-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("tiny-1.dist-info/RECORD", "")
    lock(folder, hashlib.sha256(wheel.read_bytes()).hexdigest())
    return folder


def lock(folder: Path, digest: str) -> None:
    wheel = (folder.parent / TINY).as_uri()
    (folder / "locks" / "app.txt").write_text(f"tiny @ {wheel} --hash=sha256:{digest}\n")


def start(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder.parent), "PIP_NO_INDEX": "1"}
    environment["MANYPATHS_VAR"] = str(folder.parent / "var")
    return subprocess.run(
        [sys.executable, folder / "manypaths", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=environment | variables,
    )


def environments_of(folder: Path) -> list[Path]:
    """Beside the project, or, as root and in a closed folder like this one, below /var/lib."""
    return [*folder.glob(".venv"), *home().glob("venv")]


def test_help_needs_nothing_to_be_installed(project: Path) -> None:
    answer = start(project, "help")
    assert answer.returncode == 0
    assert "./manypaths demo" in answer.stdout
    assert not (project / ".venv").exists()


def test_an_unknown_command_is_answered_in_one_sentence(project: Path) -> None:
    answer = start(project, "fly")
    assert answer.returncode == 1
    assert answer.stderr.strip() == "There is no command 'fly'. See: ./manypaths help"


COMMANDS = [
    *(
        "demo",
        "serve",
        "work",
        "import",
        "check",
        "keys",
        "operator",
        "settings",
        "database-sql",
        "api-description",
        "manage",
    ),
    "test",
]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("wish", ["--help", "-h"])
def test_help_about_a_command_installs_nothing_and_starts_nothing(project: Path, command: str, wish: str) -> None:
    answer = start(project, command, wish)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.startswith(f"./manypaths {command}")
    assert environments_of(project) == []


def test_every_command_has_its_help() -> None:
    launcher = load_launcher()
    assert list(launcher.HELP_OF) == COMMANDS
    assert set(launcher.COMMANDS) == set(COMMANDS)


def test_the_help_of_the_import_names_every_option_of_it() -> None:
    text = (ROOT / "src/manypaths/exchange/management/commands/import_directory.py").read_text()
    options = set(re.findall(r'add_argument\("(--[a-z-]+)"', text))
    assert options <= set(re.findall(r"--[a-z-]+", load_launcher().HELP_OF["import"]))


@pytest.mark.parametrize("command", ["import", "manage"])
def test_a_command_that_needs_more_says_so_at_once(project: Path, command: str) -> None:
    answer = start(project, command)
    assert answer.returncode == 1
    assert answer.stderr.startswith(f"./manypaths {command}")
    assert environments_of(project) == []


def test_help_about_what_is_managed_or_tested_is_handed_over() -> None:
    launcher = load_launcher()
    assert not launcher.asks_for_help("manage", ["migrate", "--help"])
    assert not launcher.asks_for_help("test", ["-k", "words", "--help"])
    assert launcher.asks_for_help("import", ["samhsa", "--help"])


def test_the_environment_is_made_once_and_used_again(project: Path) -> None:
    first = start(project, "check", "more")
    assert "handed over check more installed" in first.stdout, first.stderr
    second = start(project, "check")
    assert second.stdout == "handed over check installed\n"


def test_an_environment_is_made_from_any_folder(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    launcher = load_launcher()
    folder = str(project / ".venv")
    monkeypatch.setattr(launcher, "ROOT", str(project))
    monkeypatch.setattr(launcher, "environment_folder", lambda: folder)
    monkeypatch.setattr(launcher.shutil, "which", lambda name: None)
    python = launcher.ensure_environment("app")
    said = subprocess.run([python, "-c", "import tiny; print(tiny.WORD)"], capture_output=True, text=True, check=True)
    assert said.stdout == "installed\n"
    before = os.stat(folder).st_mtime_ns
    assert launcher.ensure_environment("app") == python
    assert os.stat(folder).st_mtime_ns == before


def test_a_package_with_a_wrong_hash_leaves_nothing_behind(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    lock(project, "0" * 64)
    launcher = load_launcher()
    monkeypatch.setattr(launcher, "ROOT", str(project))
    monkeypatch.setattr(launcher, "environment_folder", lambda: str(project / ".venv"))
    monkeypatch.setattr(launcher.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match="could not be installed"):
        launcher.ensure_environment("app")
    assert not (project / ".venv").exists()
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in capfd.readouterr().err


def test_an_installation_that_was_killed_half_way_is_made_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    launcher = load_launcher()
    monkeypatch.setattr(launcher, "ROOT", str(project))
    monkeypatch.setattr(launcher, "environment_folder", lambda: str(project / ".venv"))
    monkeypatch.setattr(launcher.shutil, "which", lambda name: None)
    (project / ".venv" / "bin").mkdir(parents=True)
    (project / ".venv" / "bin" / "python").write_text("not a program")
    (project / ".venv" / ".unfinished").touch()
    python = launcher.ensure_environment("app")
    subprocess.run([python, "-c", "import tiny"], check=True)


def test_a_missing_venv_module_ends_in_a_sentence_that_says_what_to_install(project: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "ensurepip.py").write_text("raise ImportError('not here')\n")
    answer = start(project, "demo", PYTHONPATH=str(broken), PATH="/nowhere")
    assert answer.returncode == 1
    assert "sudo apt install python3-venv" in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1
    assert environments_of(project) == []


def test_a_python_that_is_too_old_ends_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    launcher = load_launcher()
    monkeypatch.setattr(launcher.sys, "version_info", (3, 9, 6))
    monkeypatch.setattr(launcher.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match=r"needs Python 3.11 or newer and this is 3.9.6"):
        launcher.use_new_enough_python()


def test_a_newer_python_on_the_machine_takes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    launcher = load_launcher()
    started: list[str] = []
    monkeypatch.setattr(launcher.sys, "version_info", (3, 9, 6))
    monkeypatch.setattr(launcher.shutil, "which", lambda name: f"/opt/{name}" if name == "python3.12" else None)
    monkeypatch.setattr(launcher.os, "execv", lambda path, arguments: started.append(path) or sys.exit(0))
    with pytest.raises(SystemExit):
        launcher.use_new_enough_python()
    assert started == ["/opt/python3.12"]


def test_the_launcher_uses_the_standard_library_only() -> None:
    text = (ROOT / "manypaths").read_text()
    names = {
        line.split()[1].split(".")[0] for line in text.splitlines() if line.strip().startswith(("import ", "from "))
    }
    assert names - set(sys.stdlib_module_names) == {"manypaths"}
