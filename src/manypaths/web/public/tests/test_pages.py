"""What this is, and what it keeps."""

import pytest
from django.test import Client
from django.urls import reverse

from manypaths.directory.models import Hours
from manypaths.lib.dates import local_date
from manypaths.web.public.tests.listed import listed
from manypaths.web.ui.clock import now

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["public:about", "public:privacy", "public:right_now"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_is_for_everybody_and_sets_no_cookie(client: Client, name: str, language: str):
    answer = client.get(reverse(name), headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert answer.cookies == {}
    assert f'<html lang="{language}"' in answer.content.decode()


def test_the_privacy_page_says_what_leaving_cannot_do(client: Client):
    page = client.get(reverse("public:privacy"), headers={"Accept-Language": "en"}).content.decode()
    for words in ("browser history", "watches this device", "phone bill", "Who runs this machine"):
        assert words in page


def test_the_privacy_page_says_what_the_law_may_not_cover_and_what_a_court_could_get(client: Client):
    page = client.get(reverse("public:privacy"), headers={"Accept-Language": "en"}).content.decode()
    for words in ("that law may not cover it", "It can order the key to your words too", "Who runs this machine"):
        assert words in page


def test_a_demonstration_warns_against_real_names(client: Client, settings):
    settings.DEMO = True
    page = client.get(reverse("public:privacy"), headers={"Accept-Language": "en"}).content.decode()
    assert "Do not write real names" in page


def test_a_danger_page_gives_one_instruction_after_the_other(client: Client):
    page = client.get(reverse("public:right_now"), headers={"Accept-Language": "en"}).content.decode()
    order = ["Call 911.", "Give naloxone", "Help them breathe", "on their side", "Stay until help"]
    assert [page.index(words) for words in order] == sorted(page.index(words) for words in order)


@pytest.mark.django_db
def test_the_hours_of_a_service_read_as_spanish_does(client: Client):
    one = listed("Lantern House")
    tomorrow = (local_date(now(), one.zone).weekday() + 1) % 7
    Hours.objects.create(service=one, weekday=tomorrow, opens=600, closes=660)
    page = client.get(f"/service/{one.id}", headers={"Accept-Language": "es"}).content.decode()
    day = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")[tomorrow]
    assert f"Abre el {day}, 10 am" in page
    assert f"<dt>{day.capitalize()}</dt>" in page
