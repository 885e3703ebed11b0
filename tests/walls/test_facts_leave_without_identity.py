"""The whole way of a number: people ask, a night passes, and the community sees a count that leads back to nobody."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from django.db import transaction
from django.test import Client

from manypaths.config.testing import as_owner, role_url
from manypaths.indicators import queries as indicators
from manypaths.network import queries as network
from manypaths.nightly.schedule import STEPS, Night, run_night
from manypaths.people.tests.factories import person
from manypaths.referrals import commands
from manypaths.referrals.models import Referral
from manypaths.referrals.rules import Status
from manypaths.referrals.tests.factories import ASKED_AT, Scene, scene, sent

ASKED, TURNED_AWAY = 26, 13
LATER = ASKED_AT + timedelta(days=1)
NEXT_YEAR = ASKED_AT + timedelta(days=430)


def many_ask() -> tuple[Scene, list[str]]:
    """26 people ask one place, which says "not now" to 13 of them. Gives back all ids that must never be seen."""
    stage = scene()
    with as_owner():
        stage.place.founded_at = ASKED_AT - timedelta(days=2)
        stage.place.save()
    network.forget_communities()
    secret = []
    for number in range(ASKED):
        with transaction.atomic():
            one = replace(stage, person=person(), asked=replace(stage.asked))
            referral = sent(one)
        if number < TURNED_AWAY:
            with transaction.atomic():
                commands.reject_request(
                    referral_id=referral, seen=Status.REQUESTED, reason="no_open_place", by=stage.coach, at=LATER
                )
        secret += [str(referral), str(one.person.record_id), str(one.person.person_id), str(one.person.account_id)]
    with as_owner():  # the database calls nothing late before its own clock says so
        Referral.objects.filter(status=Status.REQUESTED).update(due_at=ASKED_AT)
    return stage, [*secret, "Mari", "802-555-0142", str(stage.body.id), str(stage.coach_member.id)]


def test_requests_become_counts_and_nothing_that_leaves_leads_back(
    committed_db: str, tmp_path: Path, settings: Any
) -> None:
    settings.MEASURES_URL, settings.FACTS_DIR = role_url("measures"), tmp_path
    stage, secret = many_ask()
    ended = list(run_night(Night(stage.place, NEXT_YEAR.date(), NEXT_YEAR)))
    assert [one.fault for one in ended] == [""] * len(STEPS)

    rows = [row for path in tmp_path.rglob("*.parquet") for row in pq.read_table(path).to_pylist()]
    assert len([row for row in rows if "status" in row]) == ASKED
    told = str(rows)
    assert not [word for word in secret if word in told or word.replace("-", "") in told]

    found = indicators.latest(community_id=stage.place.id, topic="requests")
    assert found is not None
    assert found.value("results", "*", "*") == ASKED
    assert found.value("results", "*", "gap") == ASKED
    assert found.value("results", "peer_support", "reason:no_open_place") == TURNED_AWAY
    assert found.value("results", "*", "silence") == ASKED - TURNED_AWAY
    page = Client().get("/community/").content.decode()
    assert "People here made 26 requests for support" in page
    assert not [word for word in secret if word in page]
    network.forget_communities()
