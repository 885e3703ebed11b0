"""The page of who looked says whether its lines are sealed, and a copy brings the proof of each."""

import json

import pytest
from django.db import transaction
from django.urls import reverse

from manypaths.audit.rules.proof import holds
from manypaths.audit.tests.sealed_world import SealedWorld
from manypaths.network import queries as network
from manypaths.people.tests.factories import new_request
from manypaths.referrals.queries import received_request
from manypaths.referrals.tests.factories import scene, sent
from manypaths.web.my.tests.factories import client_of

SEALED, WAITING = "All lines are sealed, up to November 22, 2026, 7:01 am.", "The newest lines are not sealed yet."


@pytest.fixture
def world(committed_db, tmp_path):
    made = SealedWorld(tmp_path)
    yield made
    made.close()


@pytest.fixture
def here(world):
    network.forget_communities()
    stage = scene()
    with transaction.atomic():
        stage.request = sent(stage)
    yield stage
    network.forget_communities()


def look_at(here):
    with transaction.atomic():
        new_request()
        received_request(reader=here.coach, referral_id=here.request)


def page(here, language: str = "en") -> str:
    browser = client_of(here.person)
    browser.cookies["lang"] = language
    return browser.get(reverse("my:looked")).content.decode()


def test_a_list_without_a_line_says_nothing_of_a_seal(here):
    words = page(here)
    assert SEALED not in words
    assert WAITING not in words


def test_lines_that_wait_for_their_seal_are_told_honestly(here):
    look_at(here)
    assert WAITING in page(here)


def test_the_page_says_up_to_when_its_lines_are_sealed(here, world):
    look_at(here)
    world.seal()
    assert SEALED in page(here)
    assert "Todas las líneas están selladas hasta el 22 de noviembre de 2026" in page(here, "es")
    look_at(here)
    assert WAITING in page(here)


def test_a_copy_for_another_program_brings_the_proof_of_each_look(here, world):
    look_at(here)
    look_at(here)
    world.seal()
    copy = json.loads(client_of(here.person).post(reverse("my:copy_data")).content)
    assert len(copy["proofs_of_looks"]) == 2
    assert all(holds(one) for one in copy["proofs_of_looks"])
