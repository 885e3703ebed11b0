"""What is told to whom when a request moves, as the outbox keeps it."""

from datetime import datetime

from manypaths.config.demo.book import Book
from manypaths.config.demo.houses import Worker
from manypaths.consent.models import Review, ServiceAgreement
from manypaths.notices import rules as notices
from manypaths.notices.models import PersonNotice, StaffNotice
from manypaths.notices.rules import Template
from manypaths.referrals.models import Referral


def tell_person(book: Book, row: Referral, template: Template, at: datetime) -> None:
    cause = f"{row.id}/{row.status}/{at.isoformat()}"
    read = at + book.chance.days(0.05, 5)
    book.add(
        PersonNotice(
            id=notices.notice_id(template, row.record_id, cause),
            record_id=row.record_id,
            template=template.value,
            subject_id=row.id,
            written_at=at,
            read_at=read if read < book.now else None,
        )
    )


def tell_workers(
    book: Book, row: Referral | Review | ServiceAgreement, workers: list[Worker], template: Template, at: datetime
) -> None:
    cause = f"{row.id}/{template}"
    for worker in workers:
        common = {"account_id": worker.account_id, "template": template.value, "subject_id": row.id, "written_at": at}
        read = at + book.chance.days(0.05, 3)
        book.add(
            StaffNotice(
                id=notices.notice_id(template, worker.account_id, cause),
                way="here",
                state="delivered",
                delivered_at=at,
                read_at=read if read < book.now else None,
                **common,
            )
        )
        book.add(
            StaffNotice(
                id=notices.notice_id(template, worker.account_id, f"{cause}/email"),
                way="email",
                state="kept",
                address=worker.email,
                attempts=1,
                **common,
            )
        )
