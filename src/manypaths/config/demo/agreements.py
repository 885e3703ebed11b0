"""Two agreements for a service: one waits for the yes of Lantern House, one of theirs lacks an element."""

from datetime import timedelta
from uuid import UUID

from manypaths.config.demo.book import Book, obey
from manypaths.config.demo.houses import House, Worker
from manypaths.config.demo.telling import tell_workers
from manypaths.consent.models import ServiceAgreement
from manypaths.consent.rules import agreements as rules
from manypaths.consent.rules.agreements import Terms
from manypaths.lib.dates import local_date
from manypaths.network.rules import Role
from manypaths.notices.rules import Template

WHOLE = frozenset(rules.ELEMENTS)


def agree(book: Book, lantern: House, neighbour: House) -> None:
    """The neighbour writes down that Lantern House answers privacy questions for it; Lantern House, its laboratory."""
    today = local_date(book.now, book.zone)
    reviews = Terms(
        lantern.id, "", rules.REVIEWS, WHOLE, today - timedelta(days=3), today + timedelta(days=362),
        f"{_admin(neighbour).name}, director", "Marta B., director", "Locked cabinet, folder 7",
    )  # fmt: skip
    laboratory = Terms(
        None, "Snowmelt Laboratory", "laboratory", WHOLE - {"resist"}, today - timedelta(days=90), None,
        "Marta B., director", "Lab manager", "Locked cabinet, folder 3",
    )  # fmt: skip
    waits = _write(book, neighbour, reviews, frozenset({lantern.id}), 2)
    keepers = [one for one in lantern.workers if one.has(Role.ORG_ADMIN, Role.PRIVACY_OFFICER)]
    tell_workers(book, waits, keepers, Template.AGREEMENT_WAITS, waits.at)
    _write(book, lantern, laboratory, frozenset(), 80)


def _admin(house: House) -> Worker:
    return next(one for one in house.workers if one.has(Role.ORG_ADMIN))


def _write(book: Book, house: House, terms: Terms, others: frozenset[UUID], days: int) -> ServiceAgreement:
    by, at = _admin(house), book.now - timedelta(days=days)
    obey(rules.reasons_of_the_terms(terms, own=house.id, taking_part=others))
    assert terms.starts_on is not None, "the rules ask for a first day"
    row = ServiceAgreement(
        id=book.chance.uid(), program_id=house.id, server_id=terms.server_id, server_name=terms.server_name,
        version=rules.VERSION, service=terms.service, elements=sorted(terms.elements, key=list(rules.ELEMENTS).index),
        starts_on=terms.starts_on, until=terms.until, signed_here=terms.signed_here, signed_there=terms.signed_there,
        evidence=terms.evidence, written_by_id=by.membership_id, at=at,
    )  # fmt: skip
    book.act("consent.agreement_written", by.reader, at, row.id)
    book.add(row)
    return row
