"""Django's `{% url %}` with one change: an address without parts of its own is looked up once and then kept.

A page has a dozen of them, and looking them up again took a tenth of the time of a short page. Settings make this tag a
builtin, so it stands in the place of Django's in every template.
"""

from typing import Any

from django import template
from django.conf import settings
from django.template.base import Parser, Token, Variable
from django.template.defaulttags import URLNode, url
from django.urls import get_script_prefix, get_urlconf

register = template.Library()


class KeptAddress(URLNode):
    """A fixed address, for each place the site is served at and each table of addresses."""

    def __init__(self, node: URLNode) -> None:
        super().__init__(node.view_name, [], {}, None)
        self.kept: dict[tuple[str, object, bool], str] = {}

    def render(self, context: Any) -> str:
        key = (get_script_prefix(), get_urlconf() or settings.ROOT_URLCONF, context.autoescape)
        found = self.kept.get(key)
        if found is None:
            found = self.kept[key] = super().render(context)
        return found


@register.tag("url")
def address(parser: Parser, token: Token) -> URLNode:
    """`{% url 'door:page' %}`; with parts, a name from the page or into a variable it is Django's as before."""
    node = url(parser, token)
    fixed = not isinstance(node.view_name.var, Variable) and not node.view_name.filters
    return KeptAddress(node) if fixed and not (node.args or node.kwargs or node.asvar) else node
