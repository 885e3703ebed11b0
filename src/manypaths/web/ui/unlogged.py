"""When the log cannot be written nothing is shown, and a line goes to a file outside the database.

The line says when, at which kind of address, in which capacity somebody asked, and what was wrong: never about whom.
"""

import json
import logging
import os
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest

from manypaths.web.ui.clock import now

LOGS = ("audit_access", "audit_act")
FULL = "53100"  # disk full, as the database says it
log = logging.getLogger(__name__)


def fault_of_the_log(fault: BaseException | None) -> str:
    """The code of the database for why a log could not be written; empty where the fault is another one."""
    if not isinstance(fault, DatabaseError):
        return ""
    said = fault.__cause__ or fault
    code, diag = getattr(said, "sqlstate", None) or "", getattr(said, "diag", None)
    where = f"{said} {getattr(diag, 'context', '')} {getattr(diag, 'internal_query', '')}"
    if code == FULL or any(f"insert into {name}" in where or f"table {name}" in where for name in LOGS):
        return code or "none"
    return ""


def note(request: HttpRequest, code: str) -> None:
    """Write one line for this request, through to the disk. A file that cannot be written is told to the other log."""
    if getattr(request, "noted_in_emergency", False):
        return
    request.noted_in_emergency = True  # type: ignore[attr-defined]  # a request may carry a note
    match, reader = request.resolver_match, getattr(request, "reader", None)
    line = {
        "at": now().isoformat(),
        "address": match.view_name if match else "",
        "hat": str(reader.hat) if reader else "",
        "what": "the log cannot be written",
        "code": code,
    }
    try:
        _add(Path(settings.EMERGENCY_LOG_FILE), json.dumps(line))
    except OSError as fault:
        log.error("the log cannot be written (%s), nor the emergency log (%s)", code, type(fault).__name__)


def _add(path: Path, line: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, line.encode() + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
