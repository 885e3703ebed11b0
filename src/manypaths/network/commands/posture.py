"""Writes down whether an organisation is a programme under 42 CFR Part 2."""

import uuid
from datetime import datetime

from django.db import transaction

from manypaths.audit import commands as audit
from manypaths.lib.refusals import NotThere, refuse_if
from manypaths.network import queries
from manypaths.network.models import PostureReview
from manypaths.network.rules import Reader
from manypaths.network.rules import posture as rules
from manypaths.network.rules.posture import Posture, Review


@transaction.atomic
def review_posture(*, review: Review, by: Reader, at: datetime) -> Posture:
    """Keep the five answers, who stands for them and why. What was kept before stays as it was.

    Refuses: anyone but a lead or privacy officer who proved it in the last five minutes · a question left open ·
    nobody named · no reason.
    Records: network.posture_reviewed
    Afterwards: records that the organisation makes from now on carry this origin. Those it has keep theirs for ever.
    """
    refuse_if(rules.reasons_not_to_review(review, by, at))
    if by.membership_id is None:
        raise NotThere
    decided = rules.decided(review)
    row = PostureReview(
        id=uuid.uuid4(),
        organisation_id=queries.own_organisation(by),
        version=rules.VERSION,
        answers={question["key"]: str(review.answers[question["key"]]) for question in rules.QUESTIONS},
        found=rules.found(review.answers),
        decided=decided,
        reviewer=review.reviewer.strip(),
        reason=review.reason.strip(),
        membership_id=by.membership_id,
        at=at,
    )
    row.save(force_insert=True)
    audit.record(what="network.posture_reviewed", by=by, subject=row.id, at=at)
    return decided
