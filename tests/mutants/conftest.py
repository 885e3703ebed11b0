"""The world in which a turned rule shows, with what no role of today may do."""

import pytest

from manypaths.config.testing import as_owner
from manypaths.consent.rules import gate
from manypaths.network.models import RoleClass
from tests.mutants.world import TRIED_ROLES, World, made_world


@pytest.fixture
def tried_roles(monkeypatch: pytest.MonkeyPatch) -> None:
    table = dict(gate.ROLE_TABLE)
    for role, tie, data_class, named in TRIED_ROLES:
        table[role, tie] = table.get((role, tie), frozenset()) | {data_class + (gate.NAMED if named else "")}
    monkeypatch.setattr(gate, "ROLE_TABLE", table)
    with as_owner():
        for role, tie, data_class, named in TRIED_ROLES:
            RoleClass.objects.create(role=role, tie=tie, data_class=data_class, named_fields=named)


@pytest.fixture
def world(tried_roles: None) -> World:
    return made_world()
