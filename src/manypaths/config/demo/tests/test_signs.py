"""The sign-ins that are shown promise only what has a page."""

import pytest

from manypaths.config.demo.signs import SIGN_INS, SignIn
from manypaths.web.entry.roles import WORDS


@pytest.mark.parametrize("one", SIGN_INS, ids=lambda one: one.key)
def test_a_role_without_pages_says_so_and_no_other_does(one: SignIn) -> None:
    has_pages = one.role == "person" or one.role in WORDS
    assert ("No page" in one.look_at) is not has_pages
