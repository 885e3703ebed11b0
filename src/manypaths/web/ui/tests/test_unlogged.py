"""Without a log nothing is shown, and a line that names nobody goes to a file outside the database."""

import json

import pytest
from django.db import connection

from manypaths.config import testing
from manypaths.web.my.tests.factories import client_of, somebody

pytestmark = pytest.mark.django_db

FULL = """
create function full_disk() returns trigger language plpgsql as $$
begin raise exception 'no space left' using errcode = 'disk_full'; end $$;
grant execute on function full_disk() to gate;
create trigger full_disk before insert on audit_access for each statement execute function full_disk()
"""
CAUSES = {
    "revoke insert on audit_access from gate": "42501",
    FULL: "53100",
    "insert into audit_stop (number, head, since) values (1, 'x', now())": "55000",
    "alter table audit_access rename to audit_access_gone": "42P01",
}


@pytest.fixture
def emergency(settings, tmp_path):
    settings.EMERGENCY_LOG_FILE = tmp_path / "emergency.log"
    return settings.EMERGENCY_LOG_FILE


def spoil(sql: str) -> None:
    with testing.as_owner(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(("sql", "code"), CAUSES.items(), ids=CAUSES.values())
def test_whatever_the_cause_the_answer_is_a_pause_and_the_line_says_which(emergency, sql, code):
    browser = client_of(somebody("Zqmaria"))
    browser.raise_request_exception = False
    assert b"Zqmaria" in browser.get("/my/").content
    spoil(sql)
    answer = browser.get("/my/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert b"Zqmaria" not in answer.content
    line = json.loads(emergency.read_text())
    assert (line["address"], line["hat"], line["code"]) == ("my:home", "person", code)
    assert set(line) == {"at", "address", "hat", "what", "code"}


def test_what_was_forgotten_in_a_page_is_a_fault_and_no_absence_of_the_log(emergency, monkeypatch):
    from manypaths.web.my import home

    monkeypatch.setattr(home, "own_name", lambda _: home.people.profile(record_id=None, sealer=None))
    browser = client_of(somebody())
    browser.raise_request_exception = False
    assert browser.get("/my/").status_code == 500
    assert not emergency.exists()


def test_a_file_that_cannot_be_written_is_told_to_the_other_log(settings, tmp_path, caplog):
    settings.EMERGENCY_LOG_FILE = tmp_path / "not" / "there"
    browser = client_of(somebody())
    browser.raise_request_exception = False
    spoil("revoke insert on audit_access from gate")
    assert browser.get("/my/").status_code == 503
    assert "nor the emergency log" in caplog.text
