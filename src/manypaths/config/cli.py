"""`python -m manypaths.config COMMAND`: what the launcher hands over to, inside the environment."""

import argparse
import contextlib
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

from manypaths.config.home import ACCOUNT, ClusterError, readable_by_all
from manypaths.config.installation import Installation
from manypaths.config.mirror import carry_on_from_a_readable_copy
from manypaths.config.roles import preparation_sql
from manypaths.config.runner import Choices, keep_running, run_command
from manypaths.config.steps import fail, say
from manypaths.config.supervise import run_in_child
from manypaths.config.variables import told

LAST_OF_ALL_PORTS = 65_535
LOOPBACK = ("127.0.0.1", "localhost", "::1")
NO_NAMES = (
    "With --host {host} nobody gets a page before MANYPATHS_HOSTS names what people type, and a proxy with https "
    "stands before it. For example: MANYPATHS_HOSTS=example.org ./manypaths serve --host {host}"
)


def main(arguments: list[str]) -> int:
    """Read the command line, do it, give an exit code; what went wrong is one sentence, not a traceback."""
    options, rest = _parser().parse_known_args(arguments)
    if rest and options.command not in {"import", "test", "manage", "check", "keys", "operator"}:
        fail(f"Not understood: {' '.join(rest)}. See: ./manypaths help")
        return 2
    try:
        return int(COMMANDS[options.command](options, rest))
    except (ClusterError, OSError) as error:
        fail(str(error))
        return 1
    except KeyboardInterrupt:
        return 130


class _Parser(argparse.ArgumentParser):
    """A parser that says in one sentence what it did not understand."""

    def error(self, message: str) -> NoReturn:
        """No usage of every command: the help says it better."""
        fail(f"Not understood: {message.removeprefix('argument ')}. See: ./manypaths help")
        sys.exit(2)


def _port(word: str) -> int:
    if not word.isdecimal() or not 1 <= int(word) <= LAST_OF_ALL_PORTS:
        raise argparse.ArgumentTypeError("a number from 1 to 65535, for example --port 8080")
    return int(word)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="manypaths", add_help=False)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--demo", action="store_true")
    parser.add_argument("--host", default=LOOPBACK[0])
    parser.add_argument("--port", type=_port)
    return parser


def _ready_to_run() -> None:
    if not os.environ.get("MANYPATHS_PROJECT"):
        run_in_child(_compile)
    carry_on_from_a_readable_copy()


def _compile() -> int:
    from manypaths.config.messages import compile_all

    with contextlib.suppress(PermissionError):  # a read-only installation brings its own
        compile_all()
    return 0


def _demo(options: argparse.Namespace, _: list[str]) -> int:
    _ready_to_run()
    if options.fresh:
        _throw_demo_away()
    return keep_running(Installation("demo"), Choices(check=options.check, port=options.port))


def _throw_demo_away() -> None:
    demo = Installation("demo")
    demo.claim()
    demo.cluster.stop()
    demo.running.release()
    shutil.rmtree(demo.folder)


def _serve(options: argparse.Namespace, _: list[str]) -> int:
    if options.host not in LOOPBACK and not os.environ.get("MANYPATHS_HOSTS"):
        fail(NO_NAMES.format(host=options.host))
        return 2
    _ready_to_run()
    if options.host in LOOPBACK and not os.environ.get("MANYPATHS_HOSTS"):
        os.environ.setdefault("MANYPATHS_LOOPBACK_HTTP", "1")
        say("  Only this machine can reach it. For others: a proxy with https, and its name in MANYPATHS_HOSTS.")
    choices = Choices(check=options.check, host=options.host, port=options.port)
    return keep_running(Installation("site"), choices)


def _work(_: argparse.Namespace, __: list[str]) -> int:
    _ready_to_run()
    return keep_running(Installation("site"), Choices(web=False))


def _import(options: argparse.Namespace, rest: list[str]) -> int:
    if "samhsa" not in rest[:-1]:
        fail("Say which directory and which file: ./manypaths import samhsa FILE. See: ./manypaths import --help")
        return 2
    _ready_to_run()
    installation = _chosen(options)
    files = [Path(word).absolute() for word in rest if Path(word).is_file()]
    rest = [str(Path(word).absolute()) if Path(word).is_file() else word for word in rest]
    if installation.account and files:
        closed = next((one for one in files if not readable_by_all(one)), None)
        if closed:
            fail(f"The user {ACCOUNT} cannot read {closed}: put it where every user can, for example in /srv.")
            return 1
        if "--report" not in rest and len(files) == 1:
            rest += ["--report", str(installation.files / f"{files[0].stem}-report.csv")]
    return run_command(installation, "import_directory", *rest, "--traceback")


def _check(options: argparse.Namespace, rest: list[str]) -> int:
    from manypaths.config.checks import look_over
    from manypaths.config.sealed_log import check_audit

    if rest == ["audit"]:
        _ready_to_run()
        return check_audit(_chosen(options))
    if rest:
        return _check_from_outside(rest)
    _ready_to_run()
    return look_over(_chosen(options))


def _check_from_outside(rest: list[str]) -> int:
    """Cases and cells that somebody else wrote down: decided by our rules, driven through our pages."""
    if rest[0] == "consent-cases":
        from manypaths.config.consent_cases import OWN_CASES, check_file

        return max(check_file(Path(word)) for word in rest[1:] or [str(OWN_CASES)])
    if rest[0] == "access-matrix":
        from manypaths.config.access_matrix.command import check_files

        _ready_to_run()
        return check_files(rest[1:])
    fail(f"Not understood: {rest[0]}. See: ./manypaths check --help")
    return 2


def _keys(options: argparse.Namespace, rest: list[str]) -> int:
    from manypaths.config.keys import keys

    _ready_to_run()
    return keys(_chosen(options), rest)


def _operator(options: argparse.Namespace, rest: list[str]) -> int:
    from manypaths.config.operators import operators

    _ready_to_run()
    return operators(_chosen(options), rest)


def _manage(options: argparse.Namespace, rest: list[str]) -> int:
    _ready_to_run()
    return run_command(_chosen(options), *(rest or ["help"]))


def _test(_: argparse.Namespace, rest: list[str]) -> int:
    from manypaths.config.testrun import run_tests

    return run_tests(rest)


def _messages(_: argparse.Namespace, __: list[str]) -> int:
    from manypaths.config.messages import compile_all

    say(f"{compile_all()} catalogues compiled")
    return 0


def _settings(_: argparse.Namespace, __: list[str]) -> int:
    say("Variables you can set before ./manypaths:\n\n" + told())
    return 0


def _database_sql(_: argparse.Namespace, __: list[str]) -> int:
    say(preparation_sql("manypaths"))
    return 0


def _api_description(_: argparse.Namespace, __: list[str]) -> int:
    """Print it. It asks no database, and what the settings make on their way is gone afterwards."""
    needed = {"DJANGO_SETTINGS_MODULE": "manypaths.config.settings", "DATABASE_URL": "postgresql:///nowhere"}
    with tempfile.TemporaryDirectory() as nowhere:
        for name, value in {**needed, "MANYPATHS_VAR": nowhere}.items():
            os.environ.setdefault(name, value)
        import django

        django.setup()
        from manypaths.config.api_description import describe_api

        say(json.dumps(describe_api(), indent=1))
    return 0


def _chosen(options: argparse.Namespace) -> Installation:
    return Installation("demo" if options.demo else "site")


COMMANDS = {
    "demo": _demo,
    "serve": _serve,
    "work": _work,
    "import": _import,
    "check": _check,
    "keys": _keys,
    "operator": _operator,
    "manage": _manage,
    "test": _test,
    "messages": _messages,
    "settings": _settings,
    "database-sql": _database_sql,
    "api-description": _api_description,
}


def run() -> None:
    """The way in."""
    sys.exit(main(sys.argv[1:]))
