"""Reading far above the usual: an alarm, a stop, who lifts it, and who is never counted nor stopped."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manypaths.audit.models import Access, Act
from manypaths.config.testing import as_owner
from manypaths.consent import queries, reviewing, reviews
from manypaths.consent.models import ReadAlarm
from manypaths.consent.rules import DataClass, Purpose, reading
from manypaths.consent.rules.reading import DAY, TEN
from manypaths.lib.refusals import NotThere
from manypaths.network.models import Membership
from manypaths.network.rules import Reader, Role
from manypaths.network.tests.factories import membership, organisation, reader_for
from manypaths.notices.models import StaffNotice
from manypaths.people.tests.factories import new_request, person, record_held_by

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
ROLES = sorted(reading.FIGURES["usual"])


class Undo(Exception):
    """Takes a made-up world away again."""


def now() -> datetime:
    return datetime.now(UTC)


def worker(house, *roles: str) -> Reader:
    with as_owner():
        return reader_for(membership(house, *roles))


SAME = [uuid4() for _line in range(50)]


def read(who: Reader, persons: int, pages: int = 0, *, ago=MINUTE, purpose: str = "care", hat: str = "member") -> None:
    """So many people one by one, and one list again and again until there are so many pages."""
    write(
        who, [[uuid4()] for _number in range(persons)] + [SAME] * (pages - persons), ago=ago, purpose=purpose, hat=hat
    )


def copy(who: Reader, people: int, *, times: int = 1) -> None:
    """The whole list of so many people, fifty on each page, so many times."""
    everybody = [uuid4() for _line in range(people)]
    write(who, [everybody[first : first + 50] for first in range(0, people, 50)] * times)


def write(who: Reader, pages: list[list[UUID]], *, ago=MINUTE, purpose: str = "care", hat: str = "member") -> None:
    rows = [
        Access(
            at=now() - ago, xid=1, nonce=uuid4(), account_id=who.account_id, hat=hat, membership_id=who.membership_id,
            organisation_id=who.organisation_id, opened=opened, bases=["assigned"] * len(opened),
            subjects=[None] * len(opened), denied=[], classes=["demographics"], purpose=purpose,
        )
        for opened in pages
    ]  # fmt: skip
    with as_owner():
        Access.objects.bulk_create(rows)


def raised(*spans: str) -> list[tuple[str, bool]]:
    reviewing.raise_read_alarms(spans=spans or reading.SPANS, at=now())
    with as_owner():
        return [(one.span, one.stops) for one in ReadAlarm.objects.filter(closed_at__isnull=True).order_by("-span")]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    roles=st.lists(st.sampled_from([role.value for role in Role]), min_size=1, max_size=2, unique=True),
    edge=st.sampled_from(["persons", "pages", "shown", "stop_persons", "stop_pages", "stop_shown"]),
    by=st.sampled_from([-1, 0]),
)  # fmt: skip
def test_code_and_database_see_the_same_bounds(roles, edge, by):
    with pytest.raises(Undo), transaction.atomic():
        who, bound = worker(organisation_(), *roles), reading.highest(roles, TEN)
        asked = (getattr(bound, edge) if bound else 100) + by
        persons, pages, shown = counted(edge.removeprefix("stop_"), asked)
        copy(who, asked) if "shown" in edge else read(who, persons, pages)
        alarm, stop = reading.is_far_above(bound, persons, pages, shown) if bound else (False, False)
        assert raised(TEN) == ([(TEN, stop)] if alarm else [])
        raise Undo


def counted(edge: str, asked: int) -> tuple[int, int, int]:
    """People one by one, pages and people in all, where one of them is what is asked."""
    if edge == "persons":
        return asked, asked, asked
    return (0, asked, len(SAME)) if edge == "pages" else (int(asked % 50 == 1), -(-asked // 50), asked)


def organisation_():
    with as_owner():
        return organisation()


def test_people_in_lists_are_no_looks_out_of_interest():
    who = worker(organisation_(), "supervisor")
    read(who, 3, 23)
    copy(who, 300)
    assert raised() == []


@pytest.mark.parametrize("role", ROLES)
def test_a_caseload_of_sixty_read_thirty_times_is_no_alarm(role):
    who = worker(organisation_(), role)
    copy(who, 60, times=30)
    assert raised() == []


def test_who_copies_the_whole_list_of_a_house_page_by_page_is_noticed_and_stopped():
    house = organisation_()
    who, lead = worker(house, "peer"), worker(house, "org_admin")
    bound = reading.bounds("peer", TEN)
    copy(who, bound.shown)
    assert raised(TEN) == [(TEN, False)]
    (line,) = reviews.read_alarms(reader=lead, waiting=True)
    assert (line.persons, line.pages, line.shown) == (0, bound.shown // 50, bound.shown)
    copy(who, bound.stop_shown)
    assert raised(TEN) == [(TEN, True)]


def test_who_opens_many_one_by_one_is_noticed_told_of_and_not_stopped_yet():
    house = organisation_()
    who, lead, officer = (
        worker(house, "peer", "org_admin"),
        worker(house, "org_admin"),
        worker(house, "privacy_officer"),
    )
    elsewhere = worker(organisation_(), "org_admin")
    read(who, reading.bounds("peer", TEN).persons)
    assert raised() == raised() == [(TEN, False)]
    with as_owner():
        told = set(StaffNotice.objects.filter(template="much_was_opened").values_list("account_id", flat=True))
    assert told == {lead.account_id, officer.account_id}
    for judge in (lead, officer):
        (line,) = reviews.read_alarms(reader=judge, waiting=True)
        assert (line.membership_id, line.persons, line.stops) == (who.membership_id, 20, False)
    for other in (who, elsewhere, worker(house, "peer"), person()):
        assert reviews.read_alarms(reader=other, waiting=True) == []
        with pytest.raises(NotThere):
            reviewing.close_read_alarm(alarm_id=line.id, by=other, at=now())


@pytest.mark.parametrize("why", ["an emergency", "long ago", "the person", "a day ago"])
def test_these_are_not_counted(why):
    who = worker(organisation_(), "medic", "peer")
    more = {
        "an emergency": {"purpose": "emergency"}, "long ago": {"ago": 11 * MINUTE}, "the person": {"hat": "person"},
        "a day ago": {"ago": timedelta(hours=25)},
    }  # fmt: skip
    read(who, reading.bounds("peer", TEN).stop_persons, **more[why])
    assert raised(TEN) == []


def test_a_day_is_counted_by_itself():
    who = worker(organisation_(), "peer")
    read(who, reading.bounds("peer", DAY).persons, ago=timedelta(hours=20))
    assert raised() == [(DAY, False)]


def stopped() -> tuple[Reader, Reader, UUID]:
    house = organisation_()
    who, lead = worker(house, "peer"), worker(house, "org_admin")
    record = record_held_by(membership_of(who))
    read(who, reading.bounds("peer", TEN).stop_persons)
    assert raised(TEN) == [(TEN, True)]
    return who, lead, record


def membership_of(who: Reader):
    with as_owner():
        return Membership.objects.get(id=who.membership_id)


def opens(who: Reader, record: UUID) -> bool:
    new_request()
    kinds = {DataClass.DEMOGRAPHICS}
    return bool(queries.open_records(reader=who, records=[record], classes=kinds, purpose=Purpose.CARE).ids)


def test_far_more_stops_all_reading_of_that_worker_in_the_database_until_a_lead_lifts_it():
    who, lead, record = stopped()
    for _time in range(2):
        with pytest.raises(DatabaseError, match="reading is stopped"), transaction.atomic():
            opens(who, record)
    (line,) = reviews.read_alarms(reader=lead, waiting=True)
    with pytest.raises(NotThere):
        reviewing.close_read_alarm(alarm_id=line.id, by=who, at=now())
    reviewing.close_read_alarm(alarm_id=line.id, by=lead, at=now())
    assert opens(who, record)
    assert raised(TEN) == []
    (closed,) = reviews.read_alarms(reader=lead, waiting=False)
    assert closed.closed_by == lead.membership_id
    reviewing.close_read_alarm(alarm_id=line.id, by=lead, at=now())  # on a page that still stands in another tab
    with as_owner():
        assert Act.objects.filter(what="consent.read_alarm_closed").count() == 1
    for one, by in ((line.id, who), (uuid4(), lead)):
        with pytest.raises(NotThere):
            reviewing.close_read_alarm(alarm_id=one, by=by, at=now())


def test_a_stop_holds_nobody_else_and_no_person():
    who, _lead, record = stopped()
    colleague = worker(membership_of(who).organisation, "peer")
    other = record_held_by(membership_of(colleague))
    assert opens(colleague, other)
    mine = person()
    new_request()
    assert queries.open_own(reader=mine, classes={DataClass.DEMOGRAPHICS})
    assert not opens(colleague, record)


def test_where_nobody_else_could_lift_it_a_stop_ends_after_a_day():
    house = organisation_()
    alone = worker(house, "peer", "org_admin", "privacy_officer")
    record = record_held_by(membership_of(alone))
    read(alone, reading.highest(["peer", "org_admin", "privacy_officer"], TEN).stop_persons)
    assert raised(TEN) == [(TEN, True)]
    with pytest.raises(DatabaseError), transaction.atomic():
        opens(alone, record)
    with as_owner():
        ReadAlarm.objects.update(raised_at=now() - timedelta(hours=25))
    assert opens(alone, record)
    worker(house, "org_admin")
    with pytest.raises(DatabaseError), transaction.atomic():
        opens(alone, record)


def test_an_alarm_that_nobody_can_close_keeps_no_later_stop_from_holding():
    alone = worker(organisation_(), "peer", "org_admin", "privacy_officer")
    record = record_held_by(membership_of(alone))
    bound = reading.highest(["peer", "org_admin", "privacy_officer"], TEN)
    with as_owner():
        ReadAlarm.objects.create(
            organisation_id=alone.organisation_id, membership_id=alone.membership_id, account_id=alone.account_id,
            span=TEN, raised_at=now() - timedelta(hours=25), persons=bound.persons, pages=1, stops=False,
        )  # fmt: skip
    assert raised(TEN) == []
    read(alone, bound.stop_persons, ago=timedelta(seconds=0))
    assert raised(TEN) == [(TEN, True)]
    with pytest.raises(DatabaseError, match="reading is stopped"), transaction.atomic():
        opens(alone, record)


def test_an_alarm_that_becomes_a_stop_is_told_again():
    house = organisation_()
    who, lead = worker(house, "peer"), worker(house, "org_admin")
    bound = reading.bounds("peer", TEN)
    read(who, bound.persons)
    raised(TEN)
    read(who, bound.stop_persons)
    assert raised(TEN) == raised(TEN) == [(TEN, True)]
    with as_owner():
        told = StaffNotice.objects.filter(template="much_was_opened", account_id=lead.account_id)
        assert told.count() == 2


def test_the_application_reads_and_writes_no_alarm_by_itself():
    stopped()
    for sql in ("select * from consent_readalarm", "update consent_readalarm set stops = false",
                "delete from consent_readalarm"):  # fmt: skip
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(sql)


@pytest.mark.parametrize("role", ROLES)
def test_no_bound_is_below_its_floor_and_a_stop_is_far_above_an_alarm(role):
    for span in reading.SPANS:
        bound, floor = reading.bounds(role, span), reading.FIGURES["floors"][span]
        assert bound.persons >= floor["persons"]
        assert bound.pages >= floor["pages"]
        assert bound.shown >= floor["shown"]
        assert bound.stop_persons >= 3 * bound.persons
        assert bound.stop_pages >= 3 * bound.pages
        assert bound.stop_shown >= 3 * bound.shown
