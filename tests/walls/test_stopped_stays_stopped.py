"""What persons stopped stays stopped in a database that was put back from a copy of before: a list outside tells it."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from manypaths.config import prepare
from manypaths.config.database import connect_django_to
from manypaths.config.testing import as_owner, role_url
from manypaths.consent import sharing, stopped
from manypaths.consent.models import Grant, Share
from manypaths.consent.tests.test_shares import Stage, closed, opened
from manypaths.network.tests.factories import NOW
from manypaths.nightly import tasks
from manypaths.nightly.schedule import STEPS
from manypaths.people import erasures
from manypaths.people.tests.factories import new_request
from manypaths.referrals import commands
from manypaths.referrals.commands import night
from manypaths.referrals.queries import received_request
from manypaths.referrals.tests.factories import accepted, scene, sent
from manypaths.referrals.tests.test_shown import checked_in, count, show
from manypaths.support import showing
from manypaths.support.models import ShownCheckIn

EVER = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_list(tmp_path, settings):
    settings.ERASURES_FILE = tmp_path / "erasures.log"
    settings.STOPPED_FILE = tmp_path / "stopped.log"
    return settings.STOPPED_FILE


def put_back(model, **before):
    """The state of before, as a copy of the database would bring it back."""
    with as_owner():
        assert model.objects.update(**before) == 1


def stopped_again() -> int:
    with as_owner():
        return night.stop_again()


@pytest.mark.django_db
def test_a_consent_to_show_something_outside_is_stopped_once_more():
    stage = Stage()
    share = stage.give()
    opened(stage.reader, share)
    new_request()
    sharing.stop_share(share_id=share, by=stage.person, at=stage.at)
    assert night.keep_stopped(since=EVER) == 1
    with as_owner():
        ended = Share.objects.get().ended_at
    put_back(Share, ended_at=None, ending="")
    assert not closed(stage.reader, share)
    assert (stopped_again(), stopped_again()) == (1, 0)
    assert closed(stage.reader, share)
    with as_owner():
        assert Share.objects.get().ended_at == ended


@pytest.mark.django_db
def test_what_was_sent_with_a_request_is_closed_once_more():
    stage = scene()
    request = sent(stage)
    new_request()
    packet = received_request(reader=stage.coach, referral_id=request).packet
    assert packet is not None
    new_request()
    commands.stop_sharing(referral_id=request, by=stage.person, at=datetime.now(UTC))
    with as_owner():
        before = Grant.objects.count()
    assert (before, night.keep_stopped(since=EVER)) == (1, 1)
    put_back(Grant, ended_at=None, ending="")
    assert (stopped_again(), stopped_again()) == (1, 0)
    with as_owner():
        assert Grant.objects.get().ending == "stopped"


@pytest.mark.django_db
def test_a_check_in_that_is_shown_no_more_is_hidden_once_more_and_its_words_go():
    stage, _request, record = accepted()
    one = show(stage, checked_in(stage))
    with as_owner():
        words = ShownCheckIn.objects.get().words
    new_request()
    showing.stop_showing(shown_id=one, by=stage.person, at=NOW)
    night.keep_stopped(since=EVER)
    put_back(ShownCheckIn, until=None, words=words)
    assert count(stage.coach, record) == 1
    assert (stopped_again(), stopped_again()) == (1, 0)
    assert count(stage.coach, record) == 0
    with as_owner():
        assert ShownCheckIn.objects.get().words is None


@pytest.mark.django_db
def test_what_was_given_and_stands_is_not_touched(own_list):
    stage = Stage()
    stays, goes = stage.give(), stage.give(classes=["sud_treatment_record"])
    new_request()
    sharing.stop_share(share_id=goes, by=stage.person, at=stage.at)
    night.keep_stopped(since=EVER)
    assert list(stopped.listed()) == [goes]
    assert stopped_again() == 0
    assert (closed(stage.reader, stays), closed(stage.reader, goes)) == (False, True)


@pytest.mark.django_db
def test_each_minute_writes_what_was_stopped_lately_and_the_night_what_is_missing(own_list):
    stage = Stage()
    share = stage.give()
    new_request()
    sharing.stop_share(share_id=share, by=stage.person, at=stage.at)
    tasks.keep_stopped(timestamp=0)
    assert list(stopped.listed()) == [share]
    assert own_list.read_text().count("\n") == 1
    with as_owner():
        Share.objects.update(ended_at=datetime.now(UTC) - timedelta(hours=2))
    own_list.unlink()
    tasks.keep_stopped(timestamp=0)
    assert not own_list.exists()
    (step,) = [one for one in STEPS if one.name == "keep_stopped"]
    assert (step.run(None), step.run(None)) == (1, 0)
    assert list(stopped.listed()) == [share]


def test_a_start_puts_the_list_to_work_and_says_so(committed_db, capsys):
    stage = Stage()
    share = stage.give()
    new_request()
    sharing.stop_share(share_id=share, by=stage.person, at=stage.at)
    night.keep_stopped(since=EVER)
    put_back(Share, ended_at=None, ending="")
    prepare.erase_again(role_url("owner"))
    connect_django_to(role_url("app"))
    assert "1 things that people stopped are stopped once more" in capsys.readouterr().out
    assert closed(stage.reader, share)


def test_the_list_holds_ids_and_times_and_nothing_else(own_list):
    one = uuid4()
    assert erasures.keep(own_list, [(one, NOW)]) == 1
    assert own_list.read_text() == f"{NOW.isoformat()} {one}\n"
    assert own_list.stat().st_mode & 0o777 == 0o600
