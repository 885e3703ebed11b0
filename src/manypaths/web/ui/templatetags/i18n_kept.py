"""Django's own translation tags, with one change: a fixed text is looked up once for each language and then kept.

A page has sixty such texts. Looking each of them up again took a tenth of the time of a page. The catalogues do not
change while a process lives. Settings name this library `i18n`, so templates load it as they load Django's.
"""

from typing import Any

from django import template
from django.template.base import Parser, Token
from django.templatetags import i18n
from django.templatetags.i18n import TranslateNode
from django.utils.translation import get_language

register = template.Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class KeptText(TranslateNode):
    """A fixed text in the languages it was shown in so far. Whether it was escaped is part of the key."""

    def __init__(self, node: TranslateNode) -> None:
        super().__init__(node.filter_expression, node.noop)
        self.kept: dict[tuple[str | None, bool], str] = {}

    def render(self, context: Any) -> str:
        key = (get_language(), context.autoescape)
        found = self.kept.get(key)
        if found is None:
            found = self.kept[key] = super().render(context)
        return found


@register.tag("translate")
def translate(parser: Parser, token: Token) -> TranslateNode:
    """`{% translate %}`; what is not a fixed text, or is put into a variable, is Django's as before."""
    node = i18n.do_translate(parser, token)
    if not isinstance(node, TranslateNode) or node.asvar or node.message_context or node.filter_expression.filters:
        return node
    return node if node.filter_expression.var.literal is None else KeptText(node)
