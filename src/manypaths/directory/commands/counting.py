"""Counts searches that led nowhere, so that nobody can make a need look larger by searching again and again."""

from datetime import date
from uuid import UUID

from django.db import connection

from manypaths.accounts import queries as accounts
from manypaths.directory import rules
from manypaths.directory.models import SearchMark

# Two at once from one place wait for each other here, so that none slips past the bound.
IN_LINE = "select pg_advisory_xact_lock(hashtextextended(%s, 11))"
MARK = """
    insert into directory_searchmark (day, visitor, search)
    select %(day)s::date, %(visitor)s::text, %(search)s::text
     where (select count(*) from directory_searchmark m
             where m.day = %(day)s::date and m.visitor = %(visitor)s::text) < %(most)s
    on conflict (day, visitor, search) do nothing returning id
"""
COUNT_GAP = """
    insert into directory_searchgap (community_id, need, area, cause, month, times) values (%s, %s, %s, %s, %s, 1)
    on conflict (community_id, need, area, cause, month)
    do update set times = directory_searchgap.times + 1
"""


def count_gap(*, community_id: UUID, need: str, area: str, cause: str, day: date, place: str) -> None:
    """Count a search that led to no open door: by need, county and month, without words and without anyone.

    The same search from one place on the network counts once a day, and one place adds at most 20 a day.
    """
    if not _is_new_today(f"{community_id}/{need}/{area}", day, place):
        return
    with connection.cursor() as cursor:
        cursor.execute(COUNT_GAP, [community_id, need, area, cause, day.replace(day=1)])


def _is_new_today(search: str, day: date, place: str) -> bool:
    today = day.isoformat()
    visitor = accounts.fingerprint("who searched", today, place)
    mark = accounts.fingerprint("what was searched", today, place, search)
    forget_search_marks(before=day)
    with connection.cursor() as cursor:
        cursor.execute(IN_LINE, [visitor])
        cursor.execute(MARK, {"day": day, "visitor": visitor, "search": mark, "most": rules.GAPS_OF_PLACE})
        return cursor.fetchone() is not None


def forget_search_marks(*, before: date) -> int:
    """Drop what says who counted a search on a day before. Safe to run again."""
    return SearchMark.objects.filter(day__lt=before).delete()[0]
