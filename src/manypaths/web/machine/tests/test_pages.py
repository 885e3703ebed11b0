"""Who runs the machine sees how it does, and nothing about anyone; everything else is not there for them."""

import re
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from manypaths.accounts.commands.operating import NewOperator, add_operator, end_operator
from manypaths.accounts.models import User
from manypaths.audit.models import Act
from manypaths.config.testing import as_owner
from manypaths.indicators.models import NightStep
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network.commands.inviting import accept_as_member
from manypaths.network.models import Membership
from manypaths.network.rules import SYSTEM, Hat, Reader
from manypaths.network.tests import factories as make
from manypaths.notices.models import StaffNotice
from manypaths.notices.rules import State, Way, told_roughly
from manypaths.web.entry.tests.people import invitation, set_up_app, sign_in
from manypaths.web.machine import looking_over
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import ask, stage

pytestmark = pytest.mark.django_db
EMAIL = "op@example.org"


def operator() -> NewOperator:
    """The account as the command on the machine makes it: as the owner of the tables."""
    with as_owner():
        return add_operator(email=EMAIL, language="en", by=SYSTEM, at=now())


def signed_in() -> Client:
    client, _answer = sign_in(EMAIL, operator().passphrase)
    set_up_app(client)
    return client


def test_an_operator_needs_a_second_factor_before_any_page():
    client, answer = sign_in(EMAIL, operator().passphrase)
    assert answer["Location"] == "/here"
    assert client.get("/here")["Location"] == "/machine/"
    assert client.get("/machine/")["Location"] == "/second"
    assert client.get("/machine/settings")["Location"] == "/second"
    set_up_app(client)
    assert client.get("/machine/").status_code == 200


def test_the_pages_say_how_the_machine_does():
    with as_owner():
        make.participation(place := make.community(), make.organisation())
    page = signed_in().get("/machine/").content.decode()
    for words in ("Seal of the log", "Anchor outside the database", "E-mails that wait", "Room on the disk"):
        assert words in page
    assert place.name in page
    assert "1 organization takes part" in page
    assert re.search(r"PostgreSQL <strong>\d+", page)


def test_a_night_that_failed_is_named_with_its_step_and_the_kind_of_its_fault_alone():
    with as_owner():
        place, at = make.community(), now()
        NightStep.objects.create(
            community=place, night=at.date(), step="publish_figures", begun_at=at, ended_at=at, fault="KeyError"
        )
    page = signed_in().get("/machine/").content.decode()
    assert "publish_figures: KeyError" in page
    assert "Not all of it ended well." in page


def bare(page: bytes, path: str) -> str:
    """A page without the address that was asked for and without the one-time values of its forms."""
    return re.sub(r'(name="(?:csrfmiddlewaretoken|once|next)" value=")[^"]*', r"\1", page.decode()).replace(path, "")


def waiting(number: int) -> None:
    at = now() - timedelta(hours=3)
    for _one in range(number):
        StaffNotice.objects.create(
            account_id=uuid4(), way=Way.EMAIL, template="asked", subject_id=uuid4(), state=State.WAITING, written_at=at
        )


@pytest.mark.parametrize(("number", "told"), [(0, "None."), (1, "1 to 10."), (10, "1 to 10."), (27, "About 20.")])
def test_few_e_mails_are_not_counted_out(number: int, told: str):
    waiting(number)
    assert looking_over.findings(now())[2].words == told
    assert told_roughly(number) in (0, None, 20)


@pytest.mark.parametrize("number", [1, 10, 11])
@pytest.mark.parametrize("host", ["", "mail.example.org"])
def test_of_few_e_mails_no_minute_is_told_either(number: int, host: str, settings):
    settings.EMAIL_HOST = host
    waiting(number)
    assert (looking_over.findings(now())[2].since is not None) is (number > 10)


def test_e_mails_that_no_server_takes_are_called_out(settings):
    waiting(1)
    settings.EMAIL_HOST = "mail.example.org"
    assert looking_over.findings(now())[2].tone == looking_over.MEND
    settings.EMAIL_HOST = ""
    assert looking_over.findings(now())[2].tone == looking_over.LOOK


def test_lines_that_wait_too_long_for_their_seal_are_called_out():
    assert looking_over.findings(now())[0].tone != looking_over.MEND
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "insert into audit_act (id, at, what, hat) values (%s, %s, 'made.up', 'system')",
            [uuid4(), now() - timedelta(minutes=3)],
        )
    found = looking_over.findings(now())[0]
    assert (found.tone, found.words) == (looking_over.MEND, "Lines wait for their seal.")


@pytest.mark.parametrize(("text", "words"), [(None, "There is no such file yet."), ("nonsense", "no such file")])
def test_an_anchor_that_is_not_there_is_said(settings, tmp_path: Path, text: str | None, words: str):
    settings.AUDIT_ANCHOR_FILE = tmp_path / "anchor"
    if text:
        settings.AUDIT_ANCHOR_FILE.write_text(text)
    assert words in looking_over.findings(now())[1].words


def test_an_anchor_of_another_log_does_not_fit(settings, tmp_path: Path):
    from manypaths.audit.rules.chain import NOTHING, Line
    from manypaths.audit.sealing.anchor import add_line

    settings.AUDIT_ANCHOR_FILE = tmp_path / "anchor"
    add_line(settings.AUDIT_ANCHOR_FILE, b"k" * 32, Line(now(), 7, 1, 1, b"h" * 32, NOTHING))
    found = looking_over.findings(now())[1]
    assert (found.tone, found.words) == (looking_over.MEND, "It does not fit the log.")


def test_what_is_about_a_person_answers_as_what_does_not_exist_and_is_written_down():
    made = stage()
    request = ask(made, "Mari")
    client, account = signed_in(), User.objects.get(username=EMAIL)
    for way in ("/work/requests/{}", "/work/people/{}", "/work/api/people/{}", "/my/requests/{}", "/workers/{}/roles"):
        other = uuid4()
        real, made_up = client.get(way.format(request)), client.get(way.format(other))
        assert (real.status_code, made_up.status_code) == (404, 404)
        assert bare(real.content, way.format(request)) == bare(made_up.content, way.format(other))
        assert b"Mari" not in real.content
    with as_owner():
        written = Act.objects.filter(what="web.refused", account_id=account.id, subject_id=request)
        assert list(written.values_list("hat", flat=True)) == ["operator"] * 5


@pytest.mark.parametrize("path", ["/work/", "/my/", "/workers", "/organizations", "/vouch", "/taking-part", "/law"])
def test_no_page_of_a_worker_or_a_person_is_theirs(path: str):
    assert signed_in().get(path).status_code == 404


def refusals() -> int:
    with as_owner():
        return Act.objects.filter(what="web.refused").count()


@pytest.mark.parametrize("line", ["1", "999999999", "6f0c1b52-9d1e-4a52-8f43-0d6c2f1f9a77"])
def test_nobody_takes_a_line_out_of_the_log(line: str):
    client, lines = signed_in(), refusals()
    assert client.get(f"/machine/log/{line}").status_code == 404
    refused = client.post(f"/machine/log/{line}"), client.delete(f"/machine/log/{line}")
    assert [one.status_code for one in refused] == [403, 403]
    assert bare(refused[0].content, f"/machine/log/{line}") == bare(
        client.post("/machine/log/2").content, "/machine/log/2"
    )
    assert refusals() >= lines + 2


@pytest.mark.parametrize("path", ["/machine/", "/machine/settings", "/machine/log/1"])
def test_the_door_is_not_there_for_anybody_else(path: str):
    stage()
    assert Client().get(path)["Location"].startswith("/enter")
    client = Client()
    client.post(
        f"/invited/{invitation('org_admin', email='lead@example.org')}",
        {"display_name": "Dee", "passphrase": "paper boats cross the harbor"},
    )
    set_up_app(client)
    assert client.get(path).status_code == 404


def test_who_is_ended_is_signed_out_at_once():
    client = signed_in()
    with as_owner():
        end_operator(email=EMAIL, by=SYSTEM, at=now())
    assert client.get("/machine/")["Location"].startswith("/enter")
    with as_owner(), pytest.raises(NotThere):
        end_operator(email=EMAIL, by=SYSTEM, at=now())


def test_an_operator_never_becomes_a_worker():
    account = operator().account_id
    code = invitation("peer", email=EMAIL)
    with pytest.raises(NotThere):
        accept_as_member(code=code, by=Reader(account_id=account, hat=Hat.OPERATOR), at=now())
    assert not Membership.objects.filter(account_id=account).exists()


@pytest.mark.parametrize("email", ["nobody", "two words@example.org", EMAIL])
def test_an_address_must_be_one_and_be_free(email: str):
    operator()
    with as_owner(), pytest.raises(Refused):
        add_operator(email=email, language="en", by=SYSTEM, at=now())


@pytest.mark.parametrize(
    "sql",
    [
        "insert into accounts_user select (jsonb_populate_record(u, jsonb_build_object('id', gen_random_uuid(), "
        "'username', 'x@example.org'))).* from accounts_user u where kind = 'operator'",
        "update accounts_user set kind = 'operator' where kind = 'staff'",
        "update accounts_user set kind = 'staff' where kind = 'operator'",
        "update accounts_user set is_active = false where kind = 'operator'",
        "update accounts_user set username = 'x@example.org' where kind = 'operator'",
        "delete from accounts_user where kind = 'operator'",
    ],
)
def test_the_role_of_the_pages_makes_and_changes_no_operator(sql: str):
    stage()
    operator()
    with pytest.raises(DatabaseError, match="on the machine"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
