"""The pages of a worker: what each role finds, what moves, what is refused, and what absence looks like."""

import uuid
from dataclasses import replace

import pytest
from django.test import Client

from manypaths.accounts import factors
from manypaths.accounts.commands import proving
from manypaths.audit.models import Access, Act
from manypaths.config.testing import as_owner
from manypaths.network.tests.factories import membership, organisation, participation, reader_for
from manypaths.notices.models import StaffNotice
from manypaths.people.models import Assignment
from manypaths.referrals import commands
from manypaths.referrals.models import Referral
from manypaths.web.my.tests.factories import client_of as person_client
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import ask, client_of, stage

pytestmark = pytest.mark.usefixtures("committed_db")


def text(answer) -> str:
    return answer.content.decode()


def press(client, referral, to, seen="requested", **more):
    return client.post(f"/work/requests/{referral}/move", {"to": to, "seen": seen, **more})


def refused_to(reader) -> set[uuid.UUID]:
    """What the log says was refused to a worker."""
    with as_owner():
        rows = Act.objects.filter(what="web.refused", account_id=reader.account_id)
        return set(rows.values_list("subject_id", flat=True))


def looks_of(reader) -> int:
    """How many looks of a worker the log holds."""
    with as_owner():
        return Access.objects.filter(account_id=reader.account_id).count()


def accepted(made, client, referral):
    answer = press(client, referral, "accepted")
    assert answer.status_code == 302
    return answer["Location"]


def test_a_coach_sees_who_asked_reads_what_was_sent_and_says_yes():
    made = stage()
    referral = ask(made)
    coach = client_of(made.coach)
    home = text(coach.get("/work/"))
    assert "1 request waits for an answer" in home
    assert "Mari" in home
    page = text(coach.get(f"/work/requests/{referral}"))
    assert "802-555-0142" in page
    assert "After 5 pm" in page
    there = accepted(made, coach, referral)
    record_page = text(coach.get(there))
    assert "You said yes" in record_page
    assert "Mari" in record_page
    assert "Mari" in text(coach.get("/work/people"))
    assert coach.get("/work/api/people").json()["people"][0]["name"] == "Mari"


def test_the_loop_is_walked_to_its_end_with_buttons():
    made = stage()
    referral = ask(made)
    coach = client_of(made.coach)
    there = accepted(made, coach, referral)
    assert press(coach, referral, "in_progress", "accepted").status_code == 302
    assert press(coach, referral, "on_hold", "in_progress", reason="waits_for_papers").status_code == 302
    assert press(coach, referral, "in_progress", "on_hold").status_code == 302
    assert press(coach, referral, "completed", "in_progress", outcome="began")["Location"] == "/work/requests"
    page = text(coach.get(f"/work/requests/{referral}"))
    assert "What they sent along is closed" in page
    assert "802-555-0142" not in page
    assert "Done" in text(coach.get(there))


def test_not_now_without_a_reason_says_so_beside_the_field_and_changes_nothing():
    made = stage()
    referral = ask(made)
    answer = press(client_of(made.desk), referral, "rejected")
    assert answer.status_code == 422
    assert "Choose a reason" in text(answer)
    with as_owner():
        assert Referral.objects.get().status == "requested"


def test_a_second_tab_is_told_that_it_moved_meanwhile():
    made = stage()
    referral = ask(made)
    first, second = client_of(made.coach), client_of(made.colleague)
    accepted(made, first, referral)
    answer = press(second, referral, "rejected", reason="cost")
    assert answer.status_code == 409
    assert "Someone else has moved this" in text(answer)
    assert "Said yes" in text(answer)


def test_the_front_desk_has_no_button_to_say_yes_and_cannot_press_it():
    made = stage()
    referral = ask(made)
    desk = client_of(made.desk)
    page = text(desk.get(f"/work/requests/{referral}"))
    assert "Say yes" not in page
    assert "Not now" in page
    assert press(desk, referral, "accepted").status_code == 422


@pytest.mark.parametrize("who", ["other organisation", "does not answer", "coordinator", "person"])
def test_what_is_not_ones_own_looks_exactly_like_what_does_not_exist(who):
    made = stage()
    referral = ask(made)
    record = accepted(made, client_of(made.coach), referral).rsplit("/", 1)[1]
    with as_owner():
        other = organisation("Other house")
        participation(made.place, other)
        outsider = membership(other, "peer", answers_requests=True)
        silent = membership(made.body, "peer")
        coordinator = membership(made.body, "coordinator", answers_requests=True)
    clients = {
        "other organisation": lambda: client_of(reader_for(outsider)),
        "does not answer": lambda: client_of(reader_for(silent)),
        "coordinator": lambda: client_of(reader_for(coordinator)),
        "person": lambda: person_client(made.person),
    }
    client = clients[who]()
    for real, unreal in (
        (f"/work/requests/{referral}", f"/work/requests/{uuid.uuid4()}"),
        (f"/work/people/{record}", f"/work/people/{uuid.uuid4()}"),
        (f"/work/api/people/{record}", f"/work/api/people/{uuid.uuid4()}"),
        (f"/work/api/people/{record}/history", f"/work/api/people/{uuid.uuid4()}/history"),
    ):
        one, two = client.get(real), client.get(unreal)
        assert (one.status_code, two.status_code) == (404, 404), real
        assert one.content.replace(real.encode(), b"") == two.content.replace(unreal.encode(), b"")
        assert dict(one.headers) == dict(two.headers)


def test_after_the_person_stops_sharing_the_next_request_finds_nothing():
    made = stage()
    referral = ask(made)
    desk = client_of(made.desk)
    assert desk.get(f"/work/requests/{referral}").status_code == 200
    commands.stop_sharing(referral_id=referral, by=made.person, at=now())
    assert desk.get(f"/work/requests/{referral}").status_code == 404
    assert "No open request" in text(desk.get("/work/requests"))
    assert press(desk, referral, "rejected", reason="cost")["Location"] == "/work/requests"
    assert "This is no longer open to you. Nothing was saved." in text(desk.get("/work/requests"))


def test_a_contact_is_written_in_three_fields():
    made = stage()
    coach = client_of(made.coach)
    there = accepted(made, coach, ask(made))
    answer = coach.post(there, {"way": "call", "when": "now", "deed": "talked", "note": "Wants a ride."})
    assert answer.status_code == 302
    page = text(coach.get(there))
    assert "The contact is written down" in page
    assert "Talked and listened" in page
    assert "Wants a ride." in page
    twin = f"/work/api{there.removeprefix('/work')}"
    assert coach.get(f"{twin}/history").json()["contacts"][0]["deed"] == "talked"
    assert set(coach.get(twin).json()) == {"id", "name", "pronouns", "language", "safe_contact", "opened_for"}


def test_a_contact_without_its_kind_is_refused_and_the_note_is_kept():
    made = stage()
    coach = client_of(made.coach)
    there = accepted(made, coach, ask(made))
    answer = coach.post(there, {"when": "now", "note": "Wants a ride."})
    assert answer.status_code == 422
    assert "Choose what you did." in text(answer)
    assert "Wants a ride." in text(answer)


def test_a_page_of_a_record_closes_with_its_assignment():
    made = stage()
    coach = client_of(made.coach)
    there = accepted(made, coach, ask(made))
    assert coach.get(there).status_code == 200
    with as_owner():
        Assignment.objects.update(until=now())
    assert coach.get(there).status_code == 404


def test_messages_say_nothing_and_lead_to_the_request():
    made = stage()
    referral = ask(made)
    coach = client_of(made.coach)
    page = text(coach.get("/work/messages"))
    assert "Someone asked you for something." in page
    assert "Mari" not in page
    assert f"/work/requests/{referral}" in page
    assert coach.post("/work/messages/read").status_code == 302
    with as_owner():
        assert StaffNotice.objects.filter(account_id=made.coach.account_id, read_at=None, way="here").count() == 0


def test_a_coordinator_is_told_that_something_waits_too_long_and_is_led_nowhere():
    made = stage()
    referral = ask(made)
    with as_owner():
        lead = membership(made.body, "coordinator")
        Referral.objects.update(due_at=now())
    assert commands.remind_overdue(at=now()) == 1
    client = client_of(reader_for(lead))
    page = text(client.get("/work/messages"))
    assert "A request has waited longer than agreed." in page
    assert str(referral) not in page
    assert client.get(f"/work/requests/{referral}").status_code == 404


@pytest.mark.parametrize(
    ("role", "shown", "hidden"),
    [
        ("peer", ["/work/requests", "/work/people", "/work/services"], []),
        ("frontdesk", ["/work/requests", "/work/services"], ["/work/people"]),
        ("volunteer", ["/work/people"], ["/work/requests", "/work/services"]),
        ("fiscal", [], ["/work/requests", "/work/people", "/work/services"]),
    ],
)
def test_nobody_is_led_to_a_page_that_is_not_theirs(role, shown, hidden):
    made = stage()
    with as_owner():
        worker = membership(made.body, role, answers_requests=True)
    client = client_of(reader_for(worker))
    page = text(client.get("/work/"))
    for address in shown:
        assert f'href="{address}"' in page
        assert client.get(address).status_code == 200
    for address in hidden:
        assert f'href="{address}"' not in page
        assert client.get(address).status_code == 404


@pytest.mark.parametrize(("role", "leads"), [("org_admin", True), ("peer", False)])
def test_only_a_lead_is_shown_what_a_lead_keeps_in_order(role, leads):
    made = stage()
    with as_owner():
        worker = membership(made.body, role)
    page = text(client_of(reader_for(worker)).get("/work/"))
    assert ("/workers" in page, "/taking-part" in page) == (leads, leads)


def test_without_a_second_factor_no_page_opens():
    made = stage()
    client = client_of(made.coach, factor=False)
    for address in ("/work/", "/work/people", "/work/requests"):
        assert client.get(address)["Location"] == "/second"


def test_signed_out_leads_to_sign_in():
    stage()
    assert Client().get("/work/people")["Location"] == "/enter?to=/work/people"


def test_a_program_is_told_by_a_status_and_led_nowhere():
    made = stage()
    unproved = client_of(made.coach, factor=False)
    address = f"/work/api/people/{uuid.uuid4()}"
    assert Client().get(address).status_code == 401
    assert unproved.get(address).status_code == 403
    proving.add_app(
        account_id=made.coach.account_id,
        secret=(secret := factors.new_secret()),
        code=factors.code_at(secret, factors.step_now()),
        by=made.coach,
        at=now(),
    )
    assert unproved.get(address).status_code == 401


def test_an_attempt_at_something_closed_is_written_down_be_the_id_real_or_made_up():
    made = stage()
    referral = ask(made)
    record = uuid.UUID(accepted(made, client_of(made.coach), referral).rpartition("/")[2])
    with as_owner():
        coordinator = reader_for(membership(made.body, "coordinator"))
    nobody = uuid.uuid4()
    for one in (record, nobody):
        assert client_of(coordinator).get(f"/work/people/{one}").status_code == 404
    assert refused_to(coordinator) == {record, nobody}


def test_an_act_of_a_worker_that_is_not_done_is_written_down_and_a_page_that_opens_is_not():
    made = stage()
    referral = ask(made)
    coach = client_of(made.coach)
    coach.get(f"/work/requests/{referral}")
    assert refused_to(made.coach) == set()
    assert press(coach, referral, "completed", outcome="given").status_code == 422
    assert refused_to(made.coach) == {referral}


def test_a_form_with_a_value_that_only_the_server_sets_writes_nothing_and_opens_nothing():
    made = stage()
    coach = client_of(made.coach)
    there = accepted(made, coach, ask(made))
    form = {"way": "call", "when": "now", "deed": "talked", "note": "Again", "id": str(uuid.uuid4())}
    before = looks_of(made.coach)
    assert coach.post(there, form).status_code == 422
    assert looks_of(made.coach) == before
    assert "Again" not in text(coach.get(there))


def test_a_move_that_no_page_offers_is_refused_before_anything_is_opened():
    made = stage()
    referral = ask(made)
    assert press(client_of(made.coach), referral, "completed", outcome="given").status_code == 422
    assert looks_of(made.coach) == 0


def test_nothing_of_these_pages_is_stored():
    made = stage()
    coach = client_of(made.coach)
    for address in ("/work/", "/work/people", "/work/requests", "/work/api/people"):
        assert coach.get(address)["Cache-Control"] == "no-store, private"


def test_a_list_of_50_people_takes_few_statements_and_one_access_row(django_assert_max_num_queries):
    made = stage()
    coach = client_of(made.coach)
    for number in range(3):
        made.asked = replace(made.asked, service_id=uuid.uuid4())
        accepted(made, coach, ask(made, name=f"Person {number}"))
    coach.get("/work/people")
    with django_assert_max_num_queries(14):
        page = text(coach.get("/work/people"))
    assert all(f"Person {number}" in page for number in range(3))


@pytest.mark.parametrize(
    ("way", "there", "not_there"),
    [("call", 'href="tel:+18025550142"', "sms:"), ("text", 'href="sms:+18025550142"', "tel:+18025550142")],
)
def test_the_number_of_a_person_does_what_they_asked_for_and_nothing_else(way, there, not_there):
    made = stage()
    referral = ask(made, way=way)
    coach = client_of(made.coach)
    for page in (text(coach.get(f"/work/requests/{referral}")), text(coach.get(accepted(made, coach, referral)))):
        assert there in page
        assert not_there not in page


def test_what_was_paused_goes_on_and_the_path_tells_what_was():
    made = stage()
    referral = ask(made)
    coach = client_of(made.coach)
    assert "Waits for an answer" in text(coach.get(f"/work/requests/{referral}"))
    accepted(made, coach, referral)
    press(coach, referral, "on_hold", "accepted", reason="waits_for_papers")
    page = text(coach.get(f"/work/requests/{referral}"))
    assert "They see that it goes on." in page
    assert "They see that it has begun." not in page
    assert "Waits for an answer" not in page
    assert "Asked" in page
