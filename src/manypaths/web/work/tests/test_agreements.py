"""The register of agreements on its pages: written down, answered by the other side, ended, and closed to others."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client

from manypaths.config.testing import as_owner
from manypaths.consent.models import ServiceAgreement
from manypaths.network.models import Community, Organisation
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import day_there, membership, organisation, participation, reader_for
from manypaths.web.work.tests.factories import client_of, stage
from manypaths.web.work.tests.test_pages import text

pytestmark = pytest.mark.usefixtures("committed_db")
LIST = "/work/privacy/agreements"


class Both:
    """A house with a privacy officer, and a neighbour with a lead."""

    def __init__(self) -> None:
        self.made = stage()
        with as_owner():
            there = Community.objects.get(id=self.made.coach.community_id)
            house = Organisation.objects.get(id=self.made.coach.organisation_id)
            self.neighbour = organisation("Harbor Row")
            participation(there, self.neighbour)
            self.officer: Reader = reader_for(membership(house, "privacy_officer"), there)
            self.lead: Reader = reader_for(membership(self.neighbour, "org_admin"), there)
        self.desk, self.other = client_of(self.officer), client_of(self.lead)

    def form(self, **changes: object) -> dict[str, object]:
        return {
            "id": str(uuid4()), "server": str(self.neighbour.id), "service": "reviews",
            "elements": ["bound", "resist", "signed"], "starts_on": day_there().isoformat(),
            "signed_here": "Ana Ruiz, director", "signed_there": "Tom Hale, director",
            "evidence": "Safe, folder 12", **changes,
        }  # fmt: skip

    def write(self, **changes: object) -> UUID:
        answer = self.desk.post(f"{LIST}/new", self.form(**changes))
        assert answer.status_code == 302, answer.content.decode()[-3000:]
        with as_owner():
            found: UUID = ServiceAgreement.objects.latest("at").id
        return found


@pytest.fixture
def both() -> Both:
    return Both()


def test_it_is_written_down_and_the_other_side_is_led_to_it_and_says_yes(both):
    assert "No agreement is written down" in text(both.desk.get(LIST))
    one = both.write()
    page = text(both.desk.get(f"{LIST}/{one}"))
    for words in ("Harbor Row", "Waits for the other side", "Safe, folder 12", "Ana Ruiz, director", "None is named"):
        assert words in page, words
    assert "Do you agree?" not in page
    assert f'href="{LIST}/{one}"' in both.other.get("/work/messages").content.decode()
    assert "It waits for your yes." in text(both.other.get(LIST))
    assert "Do you agree?" in text(both.other.get(f"{LIST}/{one}"))
    assert both.other.post(f"{LIST}/{one}/agree").status_code == 302
    assert "It holds" in text(both.desk.get(f"{LIST}/{one}"))
    assert "It holds" in text(both.desk.get(LIST))


def test_the_desk_says_how_many_wait_for_a_yes_of_its_own(both):
    with as_owner():
        there = Community.objects.get(id=both.lead.community_id)
        officer = reader_for(membership(both.neighbour, "privacy_officer"), there)
    desk = client_of(officer)
    assert "Agreements (" not in text(desk.get("/work/privacy"))
    both.write()
    assert "Agreements (1 waits)" in text(desk.get("/work/privacy"))


def test_either_side_ends_it_with_a_ground(both):
    one = both.write()
    answer = both.other.post(f"{LIST}/{one}/end", {})
    assert answer.status_code == 422
    assert "Choose why it ends." in text(answer)
    assert both.other.post(f"{LIST}/{one}/end", {"ending": "mistaken"}).status_code == 302
    page = text(both.desk.get(f"{LIST}/{one}"))
    assert "It was written down by mistake" in page
    assert "End this agreement" not in page


def test_what_is_missing_stands_beside_its_field_and_nothing_is_lost(both):
    answer = both.desk.post(f"{LIST}/new", both.form(server="", evidence="Safe <12>", signed_there=""))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Safe &lt;12&gt;" in page
    assert "Write who signed for them." in page
    answer = both.desk.post(f"{LIST}/new", both.form(server=""))
    assert answer.status_code == 422
    assert "Choose who it is with, or write their name." in text(answer)
    assert "Only an organization that takes part here can do this." in text(answer)
    with as_owner():
        assert not ServiceAgreement.objects.exists()


def test_one_that_lacks_something_is_held_and_says_what_for(both):
    one = both.write(elements=["signed"])
    for browser in (both.desk, both.other):
        page = text(browser.get(f"{LIST}/{one}"))
        assert "Held: something is missing" in page
        assert "They will resist in court" in page
        assert "Do you agree?" not in page


def test_without_a_proof_nothing_is_kept_and_what_was_written_stays(both):
    late = client_of(both.officer, factor=False)
    answer = late.post(f"{LIST}/new", both.form())
    assert answer.status_code in {302, 422}
    with as_owner():
        assert not ServiceAgreement.objects.exists()


@pytest.mark.parametrize("address", ["", "/agree", "/end"])
def test_who_is_of_neither_side_is_answered_as_for_one_that_is_not_there(both, address):
    one = both.write()
    with as_owner():
        there = Community.objects.get(id=both.lead.community_id)
        far = organisation("Far Mill")
        participation(there, far)
        stranger = client_of(reader_for(membership(far, "privacy_officer"), there))
    coach = client_of(both.made.coach)

    def answers(browser: Client, which: UUID) -> tuple[int, bytes]:
        where = f"{LIST}/{which}{address}"
        found = browser.post(where, {"ending": "broken"}) if address else browser.get(where)
        return found.status_code, found.content.replace(str(which).encode(), b"")

    assert answers(stranger, one)[0] == 404
    assert answers(stranger, one) == answers(stranger, uuid4())
    assert answers(coach, one)[0] in {403, 404}
    assert answers(coach, one)[0] == answers(coach, uuid4())[0]


def test_a_long_register_has_pages(both):
    for number in range(31):
        both.write(server="", server_name=f"Laboratory {number}", service="laboratory",
                   until=(day_there() + timedelta(days=9)).isoformat())  # fmt: skip
    assert "Laboratory 30" in text(both.desk.get(LIST))
    assert "Laboratory 0" in text(both.desk.get(f"{LIST}?page=2"))
