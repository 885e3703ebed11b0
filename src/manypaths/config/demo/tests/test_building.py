"""The made-up community in the database: sealed, behind the walls, counted, and there once."""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client

from manypaths.config.demo import build, signs
from manypaths.config.demo.build import Story
from manypaths.config.testing import as_owner, role_url
from manypaths.consent import agreements, reviews
from manypaths.consent.rules.agreements import State
from manypaths.indicators.models import Figure, Release
from manypaths.network import queries as network
from manypaths.network.models import Community
from manypaths.network.rules import Hat, Reader, Role
from manypaths.network.tests import factories
from manypaths.people import queries as people
from manypaths.plans import queries as plans
from manypaths.referrals import queries as referrals
from manypaths.referrals.rules import Status

PEOPLE = build.PEOPLE if os.environ.get("CI") else 110  # the whole of it where every change is tried


@pytest.fixture(scope="class")
def demo(committed_class_db: str, request: pytest.FixtureRequest) -> Iterator[Story]:
    """The demonstration, smaller, in a database of its own."""
    from django.test import override_settings

    with override_settings(DEMO=True, MEASURES_URL=role_url("measures")):
        at = datetime.now(UTC) - timedelta(seconds=5)
        with as_owner():
            story = build.compose(build.what_is_loaded(), at, people=PEOPLE)
            build.write_story(story, lambda _done, _total: None)
        for step in ("take_facts_out", "publish_figures"):
            call_command("run_nights", step=step, stdout=StringIO())
        network.forget_communities()
        yield story
    network.forget_communities()


def reader(story: Story, key: str) -> Reader:
    """The reader that a shown sign-in is."""
    account = story.accounts_of[key]
    someone = next((one for one in story.crowd.people if one.reader.account_id == account), None)
    if someone is not None:
        return someone.reader
    return next(one.reader for house in story.houses for one in house.workers if one.account_id == account)


class TestBuilt:
    def test_an_agreement_waits_for_the_first_house_and_one_of_its_own_is_held(self, demo: Story):
        officer = next(one.reader for one in demo.houses[0].workers if one.has(Role.PRIVACY_OFFICER))
        found, _total = agreements.agreements_here(reader=officer, today=demo.book.now.date())
        assert {(one.ours, one.state) for one in found} == {(False, State.WAITING), (True, State.HELD)}

    def test_it_says_everywhere_that_it_is_made_up(self, demo: Story):
        assert [one.is_demo for one in network.communities()] == [True]

    def test_maria_reads_her_plan(self, demo: Story):
        with transaction.atomic():
            plan = plans.plan_of(reader=reader(demo, "person"))
        assert plan.own_words is not None
        assert "picks them up from school" in plan.own_words.text
        assert {"I show up", "My sister Ana"} <= {line.statement for line in plan.strengths}
        assert len(plan.goals) == 4

    def test_maria_sees_what_she_asked_for_and_where_it_stands(self, demo: Story):
        with transaction.atomic():
            lines = referrals.own_requests(reader=reader(demo, "person"))
        assert {Status.REQUESTED, Status.IN_PROGRESS, Status.COMPLETED, Status.REJECTED} <= {
            one.status for one in lines
        }

    def test_maria_sees_who_looked(self, demo: Story):
        with transaction.atomic():
            looks = referrals.who_looked(reader=reader(demo, "person"), zone="UTC").lines
        assert len(looks) >= 4

    def test_the_privacy_officer_has_looks_to_answer_for(self, demo: Story):
        hugo = reader(demo, "privacy_officer")
        with transaction.atomic():
            waiting = reviews.reviews_to_answer(reader=hugo, waiting=True)
            answered = reviews.reviews_to_answer(reader=hugo, waiting=False)
        assert waiting.total >= 3
        assert {one.finding for one in answered.lines} == {"was_work", "should_not"}
        for line in (*waiting.lines, *answered.lines):
            with transaction.atomic():
                opened = reviews.open_review(reader=hugo, review_id=line.id)
            assert len(opened.looks) == opened.review.times

    def test_maria_reads_the_answer_beside_the_look_she_asked_about(self, demo: Story):
        maria = reader(demo, "person")
        with transaction.atomic():
            said = reviews.own_reviews(reader=maria)
        with transaction.atomic():
            line = referrals.own_look(reader=maria, zone=build.ZONE, look=said[0].look)
        assert [one.finding for one in said] == ["was_work"]
        assert (line.membership_id, line.times) == (said[0].membership_id, said[0].times)

    def test_dee_has_people_beside_her_and_requests_that_wait(self, demo: Story):
        with transaction.atomic():
            dee = reader(demo, "peer")
            page = people.caseload(reader=dee)
            assert page.total >= (3 if PEOPLE == build.PEOPLE else 1)
            assert referrals.inbox(reader=dee).total >= 1

    def test_the_new_person_has_nothing_yet(self, demo: Story):
        with as_owner(), connection.cursor() as cursor:
            account = demo.accounts_of["person_new"]
            cursor.execute("select id, record_id from people_person where account_id = %s", [account])
            person_id, record_id = cursor.fetchone()
        with transaction.atomic():
            robin = Reader(
                account_id=demo.accounts_of["person_new"], hat=Hat.PERSON, person_id=person_id, record_id=record_id
            )
            plan = plans.plan_of(reader=robin)
        assert (plan.own_words, list(plan.strengths), list(plan.goals)) == (None, [], [])

    def test_every_request_that_waits_is_with_someone_who_answers(self, demo: Story):
        waiting = {one.house.id for one in demo.crowd.requests if one.status is Status.REQUESTED}
        assert waiting == network.takes_requests(organisation_ids=waiting, community_id=demo.community.id)

    def test_the_gate_is_not_open_without_a_look(self, demo: Story):
        from django.db.utils import ProgrammingError

        from manypaths.plans.models import OwnWords

        with pytest.raises(ProgrammingError, match="nobody opened"), transaction.atomic():
            list(OwnWords.objects.all())

    def test_closed_months_have_figures(self, demo: Story):
        assert Release.objects.count() >= 2
        assert Figure.objects.filter(value__gt=0).exists()

    def test_anyone_sees_the_figures_of_the_community(self, demo: Story):
        page = Client(HTTP_HOST="localhost").get("/community/")
        assert page.status_code == 200
        assert "CSV" in page.content.decode()
        assert re.search(r"made \d+ requests", page.content.decode())

    def test_every_sign_in_is_shown_with_a_passphrase_that_works(self, demo: Story):
        from manypaths.accounts import queries as accounts
        from manypaths.accounts.models import User

        shown = accounts.demo_sign_ins()
        assert len(shown) == len(signs.SIGN_INS)
        assert all(one.code for one in shown if "@" in one.sign_in_name)
        account = User.objects.get(username="coral-piano-4821")
        assert account.check_password("maple river lantern bread")

    def test_the_launcher_can_tell_them(self, demo: Story):
        said = StringIO()
        call_command("demo_sign_ins", stdout=said)
        assert all(one.passphrase in said.getvalue() for one in signs.SIGN_INS)
        assert "Marta B., Lead of an organization:" in said.getvalue()

    def test_it_is_built_only_once(self, demo: Story):
        assert build.is_built()


@pytest.mark.django_db
def test_it_refuses_where_another_community_lives():
    with as_owner():
        factories.community()
        with pytest.raises(build.NotEmpty):
            build.is_built()


@pytest.mark.django_db
def test_nothing_made_up_is_written_outside_a_demonstration():
    with pytest.raises(CommandError, match="not a demonstration"):
        call_command("build_demo")
    assert not Community.objects.exists()


@pytest.mark.django_db
def test_it_is_written_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch):
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(signs, "show_sign_ins", stopped)
    with as_owner():
        story = build.compose(build.what_is_loaded(), datetime.now(UTC), people=4)
        with pytest.raises(KeyboardInterrupt):
            build.write_story(story, lambda _done, _total: None)
        assert not Community.objects.exists()
