"""Makes the world and opens its logs: what every cell is driven on."""

import contextlib
from collections.abc import Iterator

import psycopg

from manypaths.config.access_matrix.bodies import open_bodies
from manypaths.config.access_matrix.ground import Ground
from manypaths.config.access_matrix.log import Log
from manypaths.config.access_matrix.world import World


@contextlib.contextmanager
def staged(site: str, owner: str, sealer: str = "") -> Iterator[Ground]:
    """Make the world on the database that the site serves. `owner` is the address at which the logs can be read,
    `sealer` the one at which they are sealed.
    """
    with psycopg.connect(owner, autocommit=True) as link:
        world = World(site, open_bodies())
        world.list_a_service()
        yield Ground(world, Log(link), sealer)
