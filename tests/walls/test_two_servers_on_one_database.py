"""Two servers, one database: what one of them let a person take back, the other does not serve any more.

A short walk; `python -m benchmarks.two_processes` walks 5,000 steps.
"""

import pytest
from benchmarks.two_processes import REMEMBERS, walking

from manypaths.config import testing

pytestmark = pytest.mark.xdist_group("access-matrix")
STEPS = 90


def walked(seed: int, steps: int, fault: str = ""):
    owner, app = testing.role_url("owner"), testing.role_url("app")
    with walking(owner, seed, fault=fault, DATABASE_URL=app) as walk:
        walk.run(steps)
    return walk


def test_nothing_is_served_after_it_was_taken_back_and_who_has_no_consent_sees_no_change(committed_db):
    walk = walked(seed=11, steps=STEPS)
    assert walk.found == []
    assert walk.served > 5
    assert walk.closed > 5
    assert walk.raced > 0


def test_a_server_that_remembers_what_it_served_is_found(committed_db):
    walk = walked(seed=11, steps=STEPS, fault=REMEMBERS)
    assert any("closed, answered 200, shown: True" in one for one in walk.found)
