"""What leaves the house tells nothing."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from manypaths.notices import rules
from manypaths.notices.rules import SendingFacts, Template

TELLING = re.compile(
    r"recover|treat|substance|drug|alcohol|sober|detox|clinic|counsel|therap|program|coach|peer|plan|support|request"
    r"|help|health|recuper|tratam|droga|clínica|consej|terap|ayuda|apoyo|salud|solicitud|manypaths",
    re.I,
)
HEALTH = re.compile(r"recover|treat|substance|drug|alcohol|sober|detox|clinic|therap|recuper|tratam|droga|terap", re.I)


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_leaves_the_house_says_only_that_a_message_waits(language):
    with translation.override(language):
        for text in (str(rules.OUTSIDE_SUBJECT), str(rules.OUTSIDE_BODY)):
            assert not TELLING.search(text), text


@pytest.mark.parametrize("said", ["Recovery House <mail@example.org>", "mail@example.org", "Salud <mail@example.org>"])
def test_the_sender_is_a_bare_address(said):
    assert rules.sender(said) == "mail@example.org"


def test_what_is_about_nothing_open_does_not_leave_and_what_nobody_knows_closes():
    known = SendingFacts(works_there=True, still_open=True, blocked=False)
    assert rules.may_leave(known)
    for name, value in vars(known).items():
        assert not rules.may_leave(replace(known, **{name: not value}))
        assert not rules.may_leave(replace(known, **{name: None}))


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("template", list(Template))
def test_each_line_inside_names_no_health_fact_and_holds_no_place_for_a_name(language, template):
    with translation.override(language):
        text = str(rules.INSIDE[template])
    assert not HEALTH.search(text), text
    assert "%" not in text
    assert "{" not in text


def test_every_template_has_its_sentence():
    assert set(rules.INSIDE) == set(Template)


def test_the_same_cause_gives_the_same_id():
    one, two = [rules.notice_id(Template.REQUEST_NEWS, rules.NAMESPACE_URL, "accepted") for _ in range(2)]
    assert one == two
    assert one != rules.notice_id(Template.REQUEST_NEWS, rules.NAMESPACE_URL, "completed")


def test_an_email_that_fails_rests_longer_each_time_and_is_given_up_after_three_days():
    written = at = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
    rests = []
    while (then := rules.next_try(attempts=len(rests) + 1, written_at=written, at=at)) is not None:
        rests.append((then - at) // timedelta(minutes=1))
        at = then
    assert rests[:7] == [1, 2, 4, 8, 15, 15, 15]
    assert timedelta(days=3) - timedelta(minutes=15) < at - written <= timedelta(days=3)
