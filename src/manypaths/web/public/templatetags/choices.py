"""Lists of choices of the search form: a find page has ninety of them. Their lines are put together once for each
language and kept; what somebody picked is marked in them each time and never kept."""

from collections.abc import Collection
from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()
Words = tuple[tuple[str, str], ...]
Pieces = tuple[tuple[str, str, str], ...]  # a code, and its lines before and after the place of the mark


@register.simple_tag
def boxes(name: str, words: Words, picked: Collection[str]) -> SafeString:
    """A box to check for each of the words; those that were picked are checked."""
    return _marked(_boxes(name, words), picked, " checked")


@register.simple_tag
def options(words: Words, picked: Collection[str]) -> SafeString:
    """An option of a list for each of the words; what was picked is selected."""
    return _marked(_options(words), picked, " selected")


def _marked(pieces: Pieces, picked: Collection[str], mark: str) -> SafeString:
    return SafeString("".join(f"{head}{mark if code in picked else ''}{tail}" for code, head, tail in pieces))


@lru_cache(maxsize=64)
def _boxes(name: str, words: Words) -> Pieces:
    before, after = '<label class="option"><input type="checkbox" name="{}" value="{}"', "><span>{}</span></label>"
    return tuple((code, format_html(before, name, code), format_html(after, label)) for code, label in words)


@lru_cache(maxsize=64)
def _options(words: Words) -> Pieces:
    before, after = '<option value="{}"', ">{}</option>"
    return tuple((code, format_html(before, code), format_html(after, label)) for code, label in words)
