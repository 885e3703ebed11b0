"""The one way to search the directory."""

from manypaths.directory.search import plain
from manypaths.directory.search.asking import Ask
from manypaths.directory.search.finder import Found, Hit, finder, take_turns
from manypaths.directory.search.places import Point, find, nearest

__all__ = ["Ask", "Found", "Hit", "Point", "find_place", "find_services", "nearest", "take_turns"]

find_place = find


def find_services(ask: Ask, *, limit: int = 120) -> Found:
    """Search by the index, or by a plain query while there is none; the result says which."""
    reader = finder()
    return reader.find(ask, limit=limit) if reader is not None else plain.find(ask, limit=limit)
