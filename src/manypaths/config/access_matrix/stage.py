"""Makes the world and opens its logs: what every cell is driven on."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import psycopg

from manypaths.config.access_matrix.bodies import OPERATOR, let_operate, open_bodies
from manypaths.config.access_matrix.ground import Ground
from manypaths.config.access_matrix.log import Log
from manypaths.config.access_matrix.restoring import as_owner
from manypaths.config.access_matrix.world import World


@contextlib.contextmanager
def staged(site: str, owner: str, sealer: str = "", written: Path | None = None) -> Iterator[Ground]:
    """Make the world on the database that the site serves. `owner` is the address at which the logs can be read,
    `sealer` the one at which they are sealed, `written` the file to which the web server writes what went wrong.
    """
    with psycopg.connect(owner, autocommit=True) as link:
        world = World(site, open_bodies())
        with as_owner(owner):
            world.bodies.workers[OPERATOR] = let_operate()
        world.list_a_service()
        yield Ground(world, Log(link), owner, sealer, written)
