"""Style, floors, types, templates and migrations: each tool of the house is one test."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from manypaths.config.home import ROOT

BIN = Path(sys.executable).parent


def run(*command: str | Path) -> None:
    environment = dict(os.environ, PYTHONPATH=str(ROOT / "src"))
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment)
    if ran.returncode:
        pytest.fail(f"{' '.join(map(str, command))}\n{ran.stdout}{ran.stderr}", pytrace=False)


def test_the_code_keeps_the_style_of_the_house() -> None:
    run(BIN / "ruff", "check", "--no-cache", ".", "manypaths")


def test_the_code_is_formatted_alike() -> None:
    run(BIN / "ruff", "format", "--check", "--no-cache", ".", "manypaths")


def test_imports_keep_to_floors_doors_and_furniture() -> None:
    run(BIN / "lint-imports", "--no-cache")


def test_all_but_the_tests_holds_what_its_types_say() -> None:
    run(BIN / "mypy", "--no-error-summary")


def test_templates_are_well_formed() -> None:
    run(BIN / "djlint", "src/manypaths", "--lint", "--quiet", "--profile=django")


def test_every_change_of_a_model_has_its_migration() -> None:
    run(sys.executable, "-W", "ignore", "-m", "django", "makemigrations", "--check", "--dry-run", "-v1")
