"""Coming back: the card at once, help from others after a day that the person can stop."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from manypaths.accounts.models import Guess, User, WayBack
from manypaths.audit.models import Act
from manypaths.config.testing import as_owner
from manypaths.network.models import Community, Membership
from manypaths.network.queries import forget_communities
from manypaths.network.tests import factories as make
from manypaths.web.entry.tests.people import person, set_up_app, sign_in, worker
from manypaths.web.ui.clock import now

pytestmark = pytest.mark.django_db
NEW = "seven lanterns over the bridge"
CODE = r'class="code">([a-z0-9]{5}-[a-z0-9]{5})<'


def card(client: Client) -> list[str]:
    return re.findall(CODE, client.post("/card").content.decode())


def use(name: str, code: str, path: str = "/enter/lost/card", passphrase: str = NEW) -> tuple[Client, object]:
    client = Client()
    answer = client.post(path, {"name": name, "code": code, "passphrase": passphrase, "device": "shared"})
    return client, answer


def a_day_passes() -> None:
    for row in WayBack.objects.exclude(ready_at=None):
        WayBack.objects.filter(id=row.id).update(ready_at=now() - timedelta(minutes=1))


def test_a_code_of_the_card_opens_the_page_with_a_new_passphrase_and_ends_every_session():
    lost, name = person()
    code = card(lost)[3]
    client, answer = use(name, f" {code.upper().replace('-', ' ')} ")
    assert answer["Location"] == "/devices"
    assert "You are in again. Your new passphrase counts" in client.get("/devices").content.decode()
    assert lost.get("/devices")["Location"] == "/enter?to=/devices"
    assert sign_in(name)[1].status_code == 200
    assert sign_in(name, NEW)[1].status_code == 303


def test_a_code_works_once_and_the_others_still_work():
    lost, name = person()
    first, second, *_rest = card(lost)
    use(name, first)
    again = use(name, first)[1]
    assert again.status_code == 200
    assert "do not fit together" in again.content.decode()
    assert use(name, second)[1].status_code == 303


def test_a_weak_passphrase_does_not_use_the_code_up():
    lost, name = person()
    code = card(lost)[0]
    assert "15 letters" in use(name, code, passphrase="short")[1].content.decode()
    assert use(name, code)[1].status_code == 303


def test_the_code_of_one_person_does_not_open_the_page_of_another():
    one, _name = person()
    _two, other = person(alias="Luz")
    assert use(other, card(one)[0])[1].status_code == 200


def fail_with_codes(name: str, times: int) -> None:
    """Fail with a code from here: once for real, then as if."""
    use(name, "aaaaa-aaaaa")
    one = Guess.objects.get(kind="code")
    Guess.objects.bulk_create(
        Guess(at=one.at, kind=one.kind, name_hash=one.name_hash, place_hash=one.place_hash) for _ in range(times - 1)
    )


def test_codes_cannot_be_guessed_by_a_machine():
    _lost, name = person()
    fail_with_codes(name, 600)
    assert "Very many codes were tried" in use(name, "aaaaa-aaaaa")[1].content.decode()


def test_someone_at_home_cannot_make_the_card_useless():
    lost, name = person()
    code = card(lost)[0]
    fail_with_codes(name, 100)
    Client().post("/enter/lost/desk", {"name": name})
    assert use(name, code)[1].status_code == 303


def test_asking_at_a_desk_again_and_again_leaves_the_card_alone():
    lost, name = person()
    code = card(lost)[0]
    for _ask in range(8):
        Client().post("/enter/lost/desk", {"name": name})
    assert "tried many times" in Client().post("/enter/lost/desk", {"name": name}).content.decode()
    assert use(name, code)[1].status_code == 303


def trusted_code(client: Client) -> str:
    return re.findall(CODE, client.post("/devices/help/code").content.decode())[0]


def to_return(answer: object) -> str:
    return re.findall(CODE, answer.content.decode())[-1]


def test_a_trusted_persons_code_opens_nothing_for_a_day():
    lost, name = person()
    code = trusted_code(lost)
    back = to_return(Client().post("/enter/lost/trusted", {"name": name, "code": code}))
    early = use(name, back, "/enter/lost/finish")[1].content.decode()
    assert "not time yet" in early
    a_day_passes()
    assert use(name, back, "/enter/lost/finish")[1]["Location"] == "/devices"
    assert lost.get("/devices")["Location"] == "/enter?to=/devices"


def test_the_person_sees_that_someone_asks_and_stops_it():
    lost, name = person()
    back = to_return(Client().post("/enter/lost/trusted", {"name": name, "code": trusted_code(lost)}))
    page = lost.get("/devices").content.decode()
    assert "Someone asked to get into your page" in page
    lost.post(f"/devices/stop/{WayBack.objects.get().id}")
    assert "It is stopped. Nobody gets in that way." in lost.get("/devices").content.decode()
    a_day_passes()
    assert use(name, back, "/enter/lost/finish")[1].status_code == 200
    assert "Someone asked" not in lost.get("/devices").content.decode()


def test_nobody_stops_the_way_back_of_another_person():
    lost, name = person()
    other, _other = person(alias="Luz")
    Client().post("/enter/lost/trusted", {"name": name, "code": trusted_code(lost)})
    assert other.post(f"/devices/stop/{WayBack.objects.get().id}").status_code == 404


def test_a_way_back_that_is_too_old_is_over():
    lost, name = person()
    back = to_return(Client().post("/enter/lost/trusted", {"name": name, "code": trusted_code(lost)}))
    WayBack.objects.update(ready_at=now() - timedelta(days=8))
    assert use(name, back, "/enter/lost/finish")[1].status_code == 200


@pytest.fixture
def desk():
    """A desk that takes part, and a worker there with a second factor."""
    community, body = make.community(), make.organisation("Lantern House")
    make.participation(community, body)
    forget_communities()
    client = worker("frontdesk", body=body)
    set_up_app(client)
    yield client, body
    forget_communities()


def ask(name: str) -> tuple[str, str]:
    page = Client().post("/enter/lost/desk", {"name": name}).content.decode()
    return re.findall(r'class="code">([0-9]{6})<', page)[0], re.findall(CODE, page)[0]


def test_the_named_desk_vouches_and_after_a_day_the_person_is_back(desk):
    at_desk, body = desk
    lost, name = person()
    lost.post("/devices/help", {"desk": str(body.id)})
    spoken, back = ask(name)
    page = at_desk.post("/vouch", {"code": spoken, "sure": "on"}).content.decode()
    assert 'href="/work/"' in page
    assert "after 24 hours" in page
    assert "not time yet" in use(name, back, "/enter/lost/finish")[1].content.decode()
    a_day_passes()
    assert use(name, back, "/enter/lost/finish")[1].status_code == 303


def test_only_a_place_with_someone_who_vouches_can_be_named_as_a_desk(desk):
    _at_desk, body = desk
    with as_owner():
        empty = make.organisation("Quiet Barn")
        make.participation(Community.objects.get(), empty)
    client, _name = person()
    page = client.get("/devices/help").content.decode()
    assert f'value="{body.id}"' in page
    assert f'value="{empty.id}"' not in page


def test_the_desk_learns_neither_name_nor_account(desk):
    at_desk, body = desk
    lost, name = person(alias="Rosalinda")
    lost.post("/devices/help", {"desk": str(body.id)})
    page = at_desk.post("/vouch", {"code": ask(name)[0], "sure": "on"}).content.decode()
    account = User.objects.get(username=name)
    for word in (name, "Rosalinda", str(account.id)):
        assert word not in page
    with as_owner():
        acts = list(Act.objects.filter(what="accounts.way_back_vouched").values())
    assert str(account.id) not in str(acts)


def test_a_desk_that_was_not_named_cannot_vouch(desk):
    at_desk, _body = desk
    _lost, name = person()
    answer = at_desk.post("/vouch", {"code": ask(name)[0], "sure": "on"})
    assert "does not work here" in answer.content.decode()
    assert WayBack.objects.get().ready_at is None


def test_the_numbers_read_out_at_a_desk_cannot_be_guessed_quickly(desk):
    at_desk, body = desk
    lost, name = person()
    lost.post("/devices/help", {"desk": str(body.id)})
    spoken, _back = ask(name)
    wrong = "000000" if spoken != "000000" else "111111"
    for _try in range(8):
        assert "does not work here" in at_desk.post("/vouch", {"code": wrong, "sure": "on"}).content.decode()
    assert Guess.objects.filter(kind="vouch").count() == 8
    assert "tried many times" in at_desk.post("/vouch", {"code": spoken, "sure": "on"}).content.decode()
    assert WayBack.objects.get().ready_at is None


def test_which_desk_was_named_cannot_be_read_from_the_table(desk):
    _at_desk, body = desk
    lost, _name = person()
    lost.post("/devices/help", {"desk": str(body.id)})
    from manypaths.accounts.models import NamedDesk

    assert str(body.id) not in str(NamedDesk.objects.values().get())


def test_asking_at_a_desk_answers_the_same_for_a_name_that_does_not_exist():
    _lost, name = person()
    pages = [Client().post("/enter/lost/desk", {"name": typed}).content.decode() for typed in (name, "no-name-1000")]
    known, unknown = (re.sub(r"[0-9]{6}|[a-z0-9]{5}-[a-z0-9]{5}", "", page) for page in pages)
    assert known == unknown


def test_old_numbers_do_not_work_at_the_desk(desk):
    at_desk, body = desk
    lost, name = person()
    lost.post("/devices/help", {"desk": str(body.id)})
    spoken, _back = ask(name)
    WayBack.objects.update(asked_at=now() - timedelta(minutes=31))
    assert "does not work here" in at_desk.post("/vouch", {"code": spoken, "sure": "on"}).content.decode()


def test_a_worker_vouches_only_for_someone_they_see(desk):
    at_desk, body = desk
    lost, name = person()
    lost.post("/devices/help", {"desk": str(body.id)})
    answer = at_desk.post("/vouch", {"code": ask(name)[0]})
    assert "Vouch only for someone you know and can see." in answer.content.decode()
    assert WayBack.objects.get().ready_at is None


def test_a_worker_who_left_vouches_for_nobody(desk):
    at_desk, _body = desk
    Membership.objects.update(ended_at=now())
    assert at_desk.get("/vouch").status_code == 404
