"""What becomes of a consent once it is given, for whoever keeps it. Pure."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from manypaths.lib.refusals import Reason


def reasons_not_to_rewrite() -> Iterator[Reason]:
    """Why a consent cannot be changed by who received it: not its day, not its words, by nobody. Rows are only added,
    and a stop is the person's."""
    yield Reason(
        "consents_are_kept",
        _("A consent cannot be changed, and no day in it can be moved. Only the person gives one or stops it."),
    )
