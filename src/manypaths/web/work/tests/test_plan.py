"""The pages of a plan that a place keeps with somebody: written together, read by who may, absent for everyone else."""

import pytest

from manypaths.config.testing import as_owner
from manypaths.network.models import Membership
from manypaths.network.tests.factories import membership, organisation, participation, reader_for
from manypaths.people.models import Assignment
from manypaths.plans.models import Goal, SafetyPlan
from manypaths.referrals import commands as referrals
from manypaths.referrals.rules import Status
from manypaths.web.my.tests.factories import client_of as person_client
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import ask, client_of, stage

pytestmark = pytest.mark.usefixtures("committed_db")
BAD_DAY = {"signs": "I stop sleeping.", "helps": "A walk to the river.", "people": "Ana"}


class House:
    """A record that a coach took up and a clinician is assigned to, and everyone else who might knock."""

    def __init__(self) -> None:
        self.made = stage()
        self.record = referrals.accept_request(
            referral_id=ask(self.made), seen=Status.REQUESTED, by=self.made.coach, at=now()
        )
        body = self.made.body
        with as_owner():
            Assignment.objects.create(record_id=self.record, membership=self.made.colleague_member, since=now())
            lead, other = membership(body, "supervisor"), organisation("Other house")
            Membership.objects.filter(id=self.made.coach_member.id).update(supervisor=lead)
            participation(self.made.place, other)
            workers = {
                "lead": lead,
                "privacy": membership(body, "privacy_officer"),
                "admin": membership(body, "org_admin"),
                "unassigned": membership(body, "clinician"),
                "stranger": membership(other, "clinician"),
            }
        readers = {name: reader_for(worker, self.made.place) for name, worker in workers.items()}
        readers |= {"coach": self.made.coach, "clinician": self.made.colleague, "desk": self.made.desk}
        self.browsers = {name: client_of(reader) for name, reader in readers.items()}
        self.browsers["person"] = person_client(self.made.person)
        self.there = f"/work/people/{self.record}"

    def post(self, who: str, where: str, said: dict[str, str]):
        return self.browsers[who].post(f"{self.there}/{where}", said, follow=True)

    def status(self, who: str, page: str) -> int:
        api = self.there.replace("/work/", "/work/api/")
        codes = {self.browsers[who].get(f"{one}/{page}").status_code for one in (self.there, api)}
        assert len(codes) == 1, (who, page, codes)
        return codes.pop()


@pytest.fixture
def house() -> House:
    return House()


def test_a_coach_writes_words_strengths_goals_and_steps(house):
    assert "No plan yet" in house.browsers["coach"].get(f"{house.there}/plan").content.decode()
    house.post("coach", "plan/words", {"text": "A quiet home."})
    house.post("coach", "plan/strengths", {"statement": "I show up"})
    house.post("coach", "plan/goals", {"title": "Sleep", "area": "health"})
    with as_owner():
        goal = Goal.objects.get(record_id=house.record).id
    page = house.post("coach", f"plan/goals/{goal}/steps", {"text": "No coffee"}).content.decode()
    for words in ("A quiet home.", "I show up", "Sleep", "No coffee"):
        assert words in page
    step = page.split("/plan/steps/")[1].split("/")[0]
    assert "Not done yet" in house.post("clinician", f"plan/steps/{step}/mark", {"state": "done"}).content.decode()
    assert "Reached" in house.post("clinician", f"plan/goals/{goal}/state", {"state": "reached"}).content.decode()
    told = house.browsers["coach"].get(f"/work/api/people/{house.record}/plan").json()
    assert (told["own_words"], told["strengths"]) == ("A quiet home.", ["I show up"])
    assert [(one["title"], one["state"], one["steps"]) for one in told["goals"]] == [
        ("Sleep", "reached", [{"text": "No coffee", "state": "done"}])
    ]


@pytest.mark.parametrize(
    ("who", "plan", "safety"),
    [
        ("coach", 200, 403), ("clinician", 200, 200), ("lead", 200, 403), ("desk", 403, 403), ("privacy", 403, 403),
        ("admin", 404, 404), ("unassigned", 404, 404), ("stranger", 404, 404), ("person", 404, 404),
    ],
)  # fmt: skip
def test_who_finds_which_plan(house, who, plan, safety):
    assert (house.status(who, "plan"), house.status(who, "safety")) == (plan, safety)


def test_a_lead_reads_and_is_offered_nothing_to_write(house):
    house.post("coach", "plan/goals", {"title": "Sleep", "area": "health"})
    page = house.browsers["lead"].get(f"{house.there}/plan").content.decode()
    assert "Sleep" in page
    assert "Add this goal" not in page
    assert house.post("lead", "plan/goals", {"title": "Forged", "area": "health"}).status_code in (403, 404)
    assert house.post("desk", "plan/goals", {"title": "Forged", "area": "health"}).status_code == 403
    with as_owner():
        assert Goal.objects.filter(record_id=house.record).count() == 1


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("plan/words", {"text": ""}), ("plan/strengths", {"statement": "x" * 121}),
        ("plan/goals", {"title": "Sleep", "area": "moon"}), ("plan/goals", {"title": "x" * 161, "area": "health"}),
        ("safety", {"signs": "", "helps": "", "people": ""}), ("safety", {**BAD_DAY, "signs": "x" * 601}),
        ("plan/goals", {"title": "Sleep", "area": "health", "record_id": "x"}),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_said_in_words(house, where, said):
    assert house.post("clinician", where, said).status_code == 422
    with as_owner():
        assert not Goal.objects.filter(record_id=house.record).exists()
        assert not SafetyPlan.objects.exists()


def test_a_clinician_and_the_person_keep_a_plan_for_a_bad_day(house):
    page = house.post("clinician", "safety", BAD_DAY).content.decode()
    for words in (*BAD_DAY.values(), "988"):
        assert words in page
    told = house.browsers["clinician"].get(f"/work/api/people/{house.record}/safety").json()["plan"]["words"]
    assert told == BAD_DAY
    assert house.post("coach", "safety", BAD_DAY).status_code == 403


def test_every_look_at_a_plan_is_on_the_persons_list(house):
    house.status("clinician", "safety")
    house.status("lead", "plan")
    page = house.browsers["person"].get("/my/sharing/looked").content.decode()
    assert "hat helps you on a hard day" in page
    assert "our plan" in page


def test_the_page_of_a_person_leads_to_the_plans_that_are_the_readers_work(house):
    coach = house.browsers["coach"].get(house.there).content.decode()
    clinician = house.browsers["clinician"].get(house.there).content.decode()
    assert f"{house.there}/plan" in coach
    assert f"{house.there}/safety" not in coach
    assert f"{house.there}/safety" in clinician
    assert f"{house.there}/plan" in house.browsers["lead"].get(f"/work/team/{house.record}").content.decode()
