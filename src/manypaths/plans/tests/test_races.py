"""Two tabs of one person write at the same moment: one after the other, and nothing is lost or doubled."""

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import NOW, organisation
from manypaths.people import commands as people
from manypaths.people import queries as read
from manypaths.people.tests.factories import person
from manypaths.plans import commands, queries


def second_tab(act: Callable[[], object], found: list[object]) -> threading.Thread:
    """Start an act in a connection of its own; what it gave, or the fault it ended with, is put into `found`."""

    def run() -> None:
        try:
            with transaction.atomic():
                found.append(act())
        except Exception as fault:  # a fault in a thread would otherwise be lost
            found.append(fault)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def wait_until_somebody_waits() -> None:
    """Until another connection stands still before a lock that this one holds."""
    with connection.cursor() as cursor:
        for _try in range(200):
            cursor.execute("select count(*) from pg_locks where not granted")
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    pytest.fail("the second tab did not wait for the first")


def in_two_tabs(first: Callable[[], object], second: Callable[[], object]) -> list[object]:
    """Do the first, and before it is committed begin the second."""
    found: list[object] = []
    with transaction.atomic():
        found.append(first())
        other = second_tab(second, found)
        wait_until_somebody_waits()
    other.join()
    return found


def a_person() -> Reader:
    with transaction.atomic():
        return person()


def test_the_first_words_written_in_two_tabs_are_both_kept(committed_db):
    maria = a_person()
    texts = ("A quiet home", "Work that I like")
    found = in_two_tabs(*(lambda text=text: commands.write_own_words(text=text, by=maria, at=NOW) for text in texts))
    assert not [one for one in found if isinstance(one, Exception)]
    with transaction.atomic():
        plan = queries.plan_of(reader=maria)
        earlier = queries.earlier_words(reader=maria)
    assert {plan.own_words.text, *(one.text for one in earlier)} == set(texts)


def test_a_place_that_is_blocked_in_two_tabs_is_blocked_once(committed_db):
    maria = a_person()
    with transaction.atomic():
        house = organisation()

    def block() -> object:
        consent.open_own(reader=maria, classes={DataClass.SAFE_CONTACT})
        return people.block(organisation_id=house.id, by=maria, at=NOW)

    first, second = in_two_tabs(block, block)
    assert first == second
    with transaction.atomic():
        consent.open_own(reader=maria, classes={DataClass.SAFE_CONTACT})
        assert len(read.own_blocks(reader=maria)) == 1
