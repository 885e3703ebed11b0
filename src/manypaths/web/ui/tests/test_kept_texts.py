"""Fixed texts are kept for each language, and nothing else is."""

import pytest
from django.template import engines
from django.utils.translation import override


def shown(text: str, **context: object) -> str:
    return engines["django"].from_string("{% load i18n %}" + text).render(context)


def test_a_fixed_text_is_in_the_language_of_each_page():
    page = engines["django"].from_string('{% load i18n %}{% translate "Search" %}')
    for _twice in range(2):
        with override("en"):
            assert page.render({}) == "Search"
        with override("es"):
            assert page.render({}) == "Buscar"


@pytest.mark.parametrize("word", ["Search", "Filters"])
def test_a_text_that_comes_from_the_page_is_never_kept(word):
    assert shown("{% translate word %}", word=word) == word


def test_a_text_put_into_a_variable_or_changed_by_a_filter_is_as_before():
    with override("es"):
        assert shown('{% translate "Search" as word %}[{{ word }}]') == "[Buscar]"
        assert shown('{% translate "Search"|upper %}') == "BUSCAR"
