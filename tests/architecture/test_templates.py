"""No template reaches around our own rules."""

import re
from pathlib import Path

import pytest
from django.urls import URLResolver, get_resolver

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "src" / "manypaths").rglob("templates/**/*.html"))


def test_every_link_of_a_navigation_leads_somewhere():
    """`{% nav_link %}` leaves out what is not there, so a name that was mistyped would vanish without a word."""
    wanted = {
        name
        for template in TEMPLATES
        for first, also in re.findall(r'nav_link "([^"]+)" \w+(?: "([^"]*)")?', template.read_text())
        for name in [first, *also.split()]
    }
    names = {f"{space}:{name}" for space, (_, part) in get_resolver().namespace_dict.items() for name in _names(part)}
    assert sorted(wanted - names) == []


def _names(resolver: URLResolver) -> set[str]:
    return {name for name in resolver.reverse_dict if isinstance(name, str)}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: str(t.relative_to(ROOT / "src" / "manypaths")))
def test_a_template_trusts_no_text_and_calls_nobody(template: Path):
    text = template.read_text()
    assert not re.search(r"\|\s*safe\b|autoescape\s+off|mark_safe", text), "text is shown as it is, unescaped"
    assert not re.search(r"\sstyle=|<style\b|\son(click|load|change|submit)=", text), "inline style or script"
    assert not re.search(r"<(script|img|iframe|link)[^>]+\"(https?:)?//", text), "something is loaded from elsewhere"
    for link in re.findall(r"<a\b[^>]*target=[^>]*>", text):
        assert "noreferrer" in link


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: str(t.relative_to(ROOT / "src" / "manypaths")))
def test_a_form_that_writes_acts_once(template: Path):
    """A posted form carries `{% guard %}` or `{% once %}`. ADR 0005 names those that need none, and why."""
    need_no_key = ("ui:language", "ui:display", "entry:open_again", "sign_out")
    need_no_key += ("public:search", "public:fewer", "public:make_link")
    text = template.read_text()
    bare = [
        head
        for head, body in re.findall(r"(<form\b[^>]*>)(.*?)</form>", text, re.S)
        if "post" in head.lower()
        and not re.search(r"\{%\s*(guard|once)\b", body)
        and not any(name in head for name in need_no_key)
    ]
    assert bare == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: str(t.relative_to(ROOT / "src" / "manypaths")))
def test_a_link_names_its_page_and_writes_no_address_by_hand(template: Path):
    """A page's address stands in its `urls.py`. By hand are only the front page, the way out, which must be there when
    nothing else works, and the rows of the one list that is long and read all day."""
    by_hand = {"/leave", "/work/people/"}
    assert set(re.findall(r'(?:href|action)="(/[^"{]+)', template.read_text())) <= by_hand
