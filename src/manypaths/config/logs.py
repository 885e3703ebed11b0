"""Logs that hold no person: one JSON line each, no bodies, no values, and of a fault only where and what kind."""

import json
import logging
import traceback
from typing import Any

QUIET = {"level": "WARNING", "handlers": ["lines"], "propagate": False}


class Lines(logging.Formatter):
    """One JSON object a line. JSON escapes control characters, so that no text can forge a line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S"),
            "level": record.levelname,
            "logger": record.name,
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["fault"] = _fault(record.exc_info[1])
        else:
            line["message"] = record.getMessage() if record.name.startswith("manypaths") else _bare(record)
        return json.dumps(line)


def _fault(error: BaseException) -> dict[str, Any]:
    """The kind of a fault and its place in the code. Its message may quote what a person wrote, so it is left out."""
    frames = traceback.extract_tb(error.__traceback__)
    return {"kind": type(error).__name__, "place": [f"{frame.name}:{frame.lineno}" for frame in frames[-6:]]}


def _bare(record: logging.LogRecord) -> str:
    """A library's message without its values: addresses and inputs stand in the arguments."""
    return str(record.msg)


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "manypaths.config.logs.Lines"}},
    "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "loggers": {"django": QUIET, "manypaths": {**QUIET, "level": "INFO"}, "procrastinate": QUIET, "allauth": QUIET},
    "root": {"level": "WARNING", "handlers": ["lines"]},
}
