"""Commands that work as the owner of the tables, in a child without root; what stands in the way is one sentence."""

import os
from collections.abc import Callable

from manypaths.config.home import ClusterError
from manypaths.config.installation import Installation
from manypaths.config.runner import give_up_root
from manypaths.config.steps import fail
from manypaths.config.supervise import run_in_child


def as_owner(installation: Installation, act: Callable[[], int], *, no_owner: str) -> int:
    """Do something as the role `owner`, on a database that runs for as long as it takes; its exit code, or 1.

    `no_owner`: what to say where this installation does not know the owner's address.
    """
    try:
        with installation.database_for_one_command():
            environment = installation.environment(as_owner_too=True)
            return run_in_child(lambda: _act(installation, environment, act, no_owner))
    except ClusterError as error:
        fail(str(error))
        return 1


def _act(installation: Installation, environment: dict[str, str], act: Callable[[], int], no_owner: str) -> int:
    os.environ.update(environment)
    owner_url = os.environ.pop("DATABASE_OWNER_URL", "")
    if not owner_url:
        fail(no_owner)
        return 1
    give_up_root(installation.account, installation.files)
    import django

    django.setup()
    from django.db import ProgrammingError

    from manypaths.config.database import connect_django_to
    from manypaths.lib.refusals import Refused

    connect_django_to(owner_url)
    try:
        return act()
    except Refused as refused:
        fail(" ".join(str(one.message) for one in refused.reasons))
    except ProgrammingError:
        fail("The tables are not up to date: start Manypaths once.")
    return 1
