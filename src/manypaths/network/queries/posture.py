"""How an organisation stands to 42 CFR Part 2, and who looked at it when."""

from manypaths.network.models import Organisation, PostureReview
from manypaths.network.queries.organisations import own_organisation
from manypaths.network.rules import Reader
from manypaths.network.rules.posture import Posture


def own_posture(*, reader: Reader) -> Posture:
    """How the reader's organisation stands now.

    Refuses: NotThere for anyone who works nowhere.
    """
    found = Organisation.objects.values_list("part2_posture", flat=True).get(id=own_organisation(reader))
    return Posture(found)


def posture_reviews(*, reader: Reader) -> list[PostureReview]:
    """Each time somebody looked at it, the newest first.

    Refuses: NotThere for anyone who works nowhere.
    """
    rows = PostureReview.objects.filter(organisation_id=own_organisation(reader)).select_related("membership")
    return list(rows.order_by("-at")[:50])
