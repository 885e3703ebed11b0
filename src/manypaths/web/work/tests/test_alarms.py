"""A worker who opened far more than usual gets no page of a person any more; a lead reads of it and lets them go on."""

from uuid import UUID, uuid4

import pytest

from manypaths.audit.models import Access, Act
from manypaths.config.testing import as_owner
from manypaths.consent import reviewing
from manypaths.consent.rules import reading
from manypaths.network.models import Membership
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import membership, reader_for
from manypaths.referrals import commands
from manypaths.referrals.rules import Status
from manypaths.referrals.tests.factories import Scene
from manypaths.web.my.tests.factories import client_of as person_client
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import ask, client_of, stage
from manypaths.web.work.tests.test_pages import text

pytestmark = pytest.mark.usefixtures("committed_db")
STOPPED = 429


def lead_of(made: Scene) -> Reader:
    with as_owner():
        return reader_for(membership(made.body, "org_admin", display_name="Rosa T."), made.place)


def read_very_much(made: Scene, times: int, who: Reader | None = None) -> None:
    """The coach, or somebody else there, opened so many people one by one a moment ago."""
    who = who or made.coach
    rows = [
        Access(
            at=now(), xid=1, nonce=uuid4(), account_id=who.account_id, hat="member", membership_id=who.membership_id,
            organisation_id=made.body.id, opened=[uuid4()], bases=["assigned"], subjects=[None], denied=[],
            classes=["demographics"], purpose="care",
        )
        for _number in range(times)
    ]  # fmt: skip
    with as_owner():
        Access.objects.bulk_create(rows)
    assert reviewing.raise_read_alarms(spans=(reading.TEN,), at=now()) == 1


def kept(made: Scene) -> UUID:
    record = commands.accept_request(referral_id=ask(made), seen=Status.REQUESTED, by=made.coach, at=now())
    assert isinstance(record, UUID)
    return record


def test_from_the_stop_to_going_on():
    made = stage()
    record, lead = kept(made), lead_of(made)
    coach, leader = client_of(made.coach), client_of(lead)
    read_very_much(made, reading.bounds("peer", reading.TEN).stop_persons)
    for address in (f"/work/people/{record}", "/work/people", f"/work/api/people/{record}"):
        answer = coach.get(address)
        assert answer.status_code == STOPPED
        assert "You opened very many pages" in text(answer)
        assert "Mari" not in text(answer)
        assert "/work/emergency" not in text(answer)
    with as_owner():
        assert Act.objects.filter(what="web.reading_stopped", account_id=made.coach.account_id).count() == 3
    assert coach.get("/work/messages").status_code == 200
    assert client_of(made.desk).get("/work/desk").status_code == 200
    assert person_client(made.person).get("/my/sharing").status_code == 200
    assert "/work/privacy/pages" in text(leader.get("/work/messages"))
    page = text(leader.get("/work/privacy/pages"))
    for shown in ("Dee R.", "They cannot open pages of people now", "people one by one", "in ten minutes"):
        assert shown in page
    (address,) = {one for one in page.split('"') if one.startswith("/work/privacy/pages/")}
    assert coach.post(address).status_code == 404
    assert leader.post(address).status_code == 302
    assert coach.get(f"/work/people/{record}").status_code == 200
    assert "Closed by Rosa T." in text(leader.get("/work/privacy/pages"))


@pytest.mark.parametrize("name", ["Mari", "Nobody of that name"])
def test_who_is_stopped_is_not_told_whether_somebody_is_kept_there(name):
    """That nobody of a name is found is an answer too, and it opens nothing that the log could refuse."""
    made = stage()
    kept(made)
    find, words = client_of(made.desk), {"words": name}
    assert find.post("/work/desk/find", words).status_code == 200
    read_very_much(made, reading.bounds("frontdesk", reading.TEN).stop_persons, made.desk)
    answer = find.post("/work/desk/find", words)
    assert answer.status_code == STOPPED
    assert "You opened very many pages" in text(answer)


def test_who_treats_emergencies_is_led_on_to_one():
    made = stage()
    record = kept(made)
    with as_owner():
        Membership.objects.filter(id=made.coach.membership_id).update(roles=["peer", "medic"])
    read_very_much(made, max(reading.bounds(role, reading.TEN).stop_pages for role in ("peer", "medic")))
    coach = client_of(made.coach)
    answer = coach.get(f"/work/people/{record}")
    assert answer.status_code == STOPPED
    assert 'href="/work/emergency"' in text(answer)
    assert coach.get("/work/emergency").status_code == 200


def test_an_alarm_alone_stops_nothing():
    made = stage()
    record, lead = kept(made), lead_of(made)
    read_very_much(made, reading.bounds("peer", reading.TEN).persons)
    assert client_of(made.coach).get(f"/work/people/{record}").status_code == 200
    page = text(client_of(lead).get("/work/privacy/pages"))
    assert "Dee R." in page
    assert "They cannot open pages of people now" not in page


def test_nobody_else_reads_of_alarms():
    made = stage()
    for reader in (made.coach, made.desk):
        assert client_of(reader).get("/work/privacy/pages").status_code == 404
