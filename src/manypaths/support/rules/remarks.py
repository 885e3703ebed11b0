"""What a person may say beside something that a place wrote of them. Pure."""

from collections.abc import Iterator
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from manypaths.lib.refusals import Reason

LONGEST_REMARK = 2000


class Stance(StrEnum):
    """Whether the person adds something, or sees it in another way."""

    COMMENT = "comment"
    DIFFERENTLY = "differently"


def reasons_not_to_say(stance: str, words: str) -> Iterator[Reason]:
    """Why this cannot be said beside something."""
    if stance not in set(Stance):
        yield Reason("no_stance", _("Choose one."), "stance")
    if not words.strip():
        yield Reason("no_words", _("Write what you want to say."), "words")
    elif len(words) > LONGEST_REMARK:
        yield Reason("too_long", _("Write at most 2,000 letters."), "words")
