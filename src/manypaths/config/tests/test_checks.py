"""Looking an installation over: each finding in a line, and nothing missed that only https could give."""

import pytest
from django.core.checks import Warning as Warned

from manypaths.config import checks


@pytest.fixture
def warned(monkeypatch, settings):
    """What Django would say before a release."""

    def say(*ids: str, loopback: bool) -> checks.Finding:
        settings.LOOPBACK_HTTP = loopback
        monkeypatch.setattr("django.core.checks.run_checks", lambda **_: [Warned("Not set", id=one) for one in ids])
        return next(checks._settings(lambda _: []))

    return say


def test_what_only_https_gives_is_not_missed_where_only_this_machine_comes_in(warned):
    assert warned("security.W004", "security.W012", loopback=True).well


def test_it_is_missed_where_others_come_in(warned):
    found = warned("security.W012", loopback=False)
    assert not found.well
    assert found.mend == "Not set (security.W012)"


def test_any_other_warning_is_told_on_this_machine_too(warned):
    assert not warned("security.W004", "security.W020", loopback=True).well


def test_an_installation_that_cannot_seal_its_log_is_told_so(settings):
    settings.SEALER_URL = ""
    found = next(checks._sealed(lambda _: []))
    assert not found.well
    assert "DATABASE_SEALER_URL" in found.mend
    settings.SEALER_URL = "postgresql://sealer@/x"
    assert next(checks._sealed(lambda _: [])).well
