"""Fixed texts are kept for each language, fixed addresses for each place of the site, and nothing else is."""

import pytest
from django.template import engines
from django.urls import NoReverseMatch, set_script_prefix
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


def test_a_fixed_address_is_the_one_of_where_the_site_is_served():
    page = engines["django"].from_string("{% url 'public:about' %}")
    try:
        for prefix, expected in (("/", "/about"), ("/paths/", "/paths/about"), ("/", "/about")):
            set_script_prefix(prefix)
            assert page.render({}) == expected
    finally:
        set_script_prefix("/")


def test_an_address_with_parts_or_a_name_from_the_page_is_looked_up_each_time():
    page = engines["django"].from_string(
        "{% url 'public:results' token %} {% url name %} {% url name as kept %}{{ kept }}"
    )
    assert page.render({"token": "a", "name": "public:about"}) == "/f/a /about /about"
    assert page.render({"token": "b", "name": "public:privacy"}) == "/f/b /privacy /privacy"


def test_a_wrong_name_is_wrong_every_time():
    page = engines["django"].from_string("{% url 'public:nowhere' %}")
    for _twice in range(2):
        with pytest.raises(NoReverseMatch):
            page.render({})
