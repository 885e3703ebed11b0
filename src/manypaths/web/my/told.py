"""What was told to the person and is read on a page of its own: their other pages say only that there is news."""

from manypaths.notices import queries as notices
from manypaths.notices.rules import Template
from manypaths.web.my.alerts import ABOUT_LOOKS
from manypaths.web.my.emergency import URGENT
from manypaths.web.ui.asked import Asked

ELSEWHERE = URGENT | {
    Template.PAPER_CAME, Template.REVIEW_ANSWERED, Template.MESSAGE_ARRIVED, Template.PETITION_ANSWERED, *ABOUT_LOOKS,
    Template.BREACH_TOLD, Template.PAPER_CONSENT,
}  # fmt: skip


def has_news(request: Asked) -> bool:
    """True while something waits that is not a message. The record's presence must be open.

    The page that says so names none of it: who looks over a shoulder reads that there is news, and nothing more.
    """
    told = notices.waiting(reader=request.reader)
    return any(one.is_new and one.template is not Template.MESSAGE_ARRIVED for one in told)
