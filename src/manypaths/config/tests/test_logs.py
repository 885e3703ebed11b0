"""Logs say where and what kind, never what a person wrote."""

import json
import logging
import sys

from manypaths.config.logs import Lines


def line(name: str, message: str, *args: object, error: BaseException | None = None) -> dict:
    info = (type(error), error, error.__traceback__) if error else None
    return json.loads(Lines().format(logging.LogRecord(name, logging.ERROR, "f", 1, message, args, info)))


def test_a_fault_is_logged_without_its_words():
    try:
        raise ValueError("Maria lives at 12 Elm Street")
    except ValueError:
        told = line("django.request", "Internal Server Error: %s", "/f/secret", error=sys.exc_info()[1])
    assert told["fault"]["kind"] == "ValueError"
    assert "Maria" not in json.dumps(told)
    assert "secret" not in json.dumps(told)


def test_a_librarys_message_is_logged_without_its_values():
    assert line("django.request", "Not Found: %s", "/my/plan/")["message"] == "Not Found: %s"


def test_no_text_can_forge_a_line():
    text = Lines().format(logging.LogRecord("manypaths", logging.INFO, "f", 1, "a\nb\x1b[2J", (), None))
    assert "\n" not in text
    assert "\x1b" not in text
