"""The look: nothing from elsewhere, nothing a strict browser refuses, small, and our own."""

import gzip
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import render_template_string

import web
from models.states import LetterState, MeetingState, MentorState, PairState, ReferralState
from tests.web.small_site import small_site

STATIC = Path(web.__path__[0]) / "static"
TEMPLATES = sorted((Path(web.__path__[0]) / "templates").rglob("*.html"))
STYLE = (STATIC / "gatemate.css").read_text(encoding="utf-8")

BARE = "{% extends 'base.html' %}{% block title %}Today{% endblock %}"


def page(template, **given):
    """Return a page of the small site, asked for as somebody who is signed in."""
    site = small_site(demo=given.pop("demo", False), account=given.pop("account", None))
    site.add_url_rule("/page", view_func=lambda: render_template_string(template, **given))
    answer = site.test_client().get("/page")
    assert answer.status_code == 200
    return answer.text


def piece(source, **given):
    """Return what a macro writes."""
    with small_site().test_request_context("/") as context:
        context.app.preprocess_request()
        return render_template_string(source, **given)


def test_style_and_script_are_small_enough_for_a_slow_line():
    compressed = [
        gzip.compress((STATIC / name).read_bytes()) for name in ("gatemate.css", "gatemate.js")
    ]

    assert sum(map(len, compressed)) < 60_000


def test_nothing_is_loaded_from_elsewhere_and_no_font_at_all():
    """ASVS 14.2.3."""
    assert "url(" not in STYLE.replace("url(data:", "")
    assert "@font-face" not in STYLE
    assert "@import" not in STYLE
    assert "GDS Transport" not in STYLE


def test_every_custom_property_has_a_literal_before_it_for_old_browsers():
    rules = re.findall(r"\{([^{}]*var\(--[^{}]*)\}", STYLE)
    bare = [rule for rule in rules if not rule.startswith("--") and _without_literal(rule)]

    assert rules
    assert bare == []


def _without_literal(rule):
    """Say whether a declaration of the rule uses a custom property with no literal before it."""
    literal = set()
    for declaration in rule.split(";"):
        name, _, value = declaration.partition(":")
        if "var(--" not in value:
            literal.add(name)
        elif not any(name == one or name.startswith(f"{one}-") for one in literal):
            return True
    return False


def test_the_licences_of_what_we_use_lie_beside_it():
    licences = (STATIC / "licences.txt").read_text(encoding="utf-8")

    assert "Crown Copyright (Government Digital Service)" in licences
    assert "Ministry of Justice" in licences
    assert licences.count("Permission is hereby granted") == 2


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_a_script_or_a_style_of_its_own(template):
    source = template.read_text(encoding="utf-8")

    assert not re.search(r"<script(?![^>]*\ssrc=)", source)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:", source)


def test_a_page_has_its_title_its_way_past_the_menu_and_one_main_part():
    shown = page(BARE)

    assert "<title>Today – Gatemate</title>" in shown
    assert 'href="#main-content"' in shown
    assert len(re.findall(r"<main[^>]*id=\"main-content\"", shown)) == 1


def test_the_menu_shows_the_desk_and_where_one_is():
    links = [("Today", "/manager", True), ("Mentors", "/manager/mentors", False)]

    shown = page(BARE, desk_links=links, account=SimpleNamespace())

    assert re.search(r'href="/manager" aria-current="true"', shown)
    assert 'href="/manager/mentors">' in shown
    assert "Sign out" in shown


def test_somebody_who_is_signed_out_has_no_menu():
    shown = page(BARE, desk_links=[])

    assert "<nav" not in shown
    assert "Sign out" not in shown


def test_only_a_demo_says_that_it_is_one():
    sentence = "This is a demo. The people are made up."

    assert sentence in page(BARE, demo=True)
    assert sentence not in page(BARE)


def test_the_foot_of_a_page_says_how_to_get_help():
    shown = page(BARE, service=SimpleNamespace(phone="0808 157 0123", post="Box 1, Leeds"))

    assert 'href="tel:08081570123">0808 157 0123</a>, or write to Box 1, Leeds' in shown


@pytest.mark.parametrize(
    "state",
    [
        one
        for states in (ReferralState, PairState, MeetingState, LetterState, MentorState)
        for one in states
    ],
    ids=repr,
)
def test_every_state_has_a_colour_that_there_is(state):
    source = "{% import 'macros/lists.html' as lists %}{{ lists.status_tag(state) }}"

    shown = piece(source, state=state)

    colours = re.findall(r"govuk-tag--([a-z-]+)", shown)
    assert all(f".govuk-tag--{colour}{{" in STYLE for colour in colours)
    assert f">{state.label}<" in shown


def test_every_state_has_been_given_its_colour():
    states = [ReferralState, PairState, MeetingState, LetterState, MentorState]

    with small_site().test_request_context("/") as context:
        lists = context.app.jinja_env.get_template("macros/lists.html").make_module()

    assert {state.value for one in states for state in one} - set(lists.COLOURS) == set()


def test_a_cell_of_a_table_carries_the_name_of_its_column_for_small_screens():
    source = (
        "{% from 'macros/tables.html' import stacked_table %}"
        "{{ stacked_table('Leavers', ['Name', 'Leaves'], [['Siôn <b>', '9 March']]) }}"
    )

    shown = piece(source)

    assert 'data-label="Leaves">9 March' in shown
    assert "Siôn &lt;b&gt;" in shown


def test_the_parts_of_a_score_add_up_on_the_page():
    source = "{% from 'macros/tables.html' import score_parts %}{{ score_parts(parts) }}"

    shown = piece(source, parts=[("Needs", 33333), ("Place", 33333), ("Languages", 33334)])

    *parts, total = (float(one) for one in re.findall(r'--numeric">([\d.]+)<', shown))
    assert round(sum(parts), 1) == total == 100.0


def test_an_answer_not_given_is_said_to_be_so():
    source = "{% from 'macros/lists.html' import summary_list %}{{ summary_list(rows) }}"

    shown = piece(source, rows=[("Phone", ""), ("Miles", 0), ("Name", "Sam", "/name")])

    assert re.findall(r'__value">([^<]*)<', shown) == ["Not given", "0", "Sam"]
    assert 'href="/name">Change<span class="govuk-visually-hidden"> name' in shown


def test_a_button_that_acts_carries_its_token_and_the_version_it_was_shown_with():
    source = (
        "{% from 'macros/forms.html' import post_button %}{{ post_button('/x', 'Approve', 3) }}"
    )

    shown = piece(source)

    assert 'method="post" action="/x"' in shown
    assert re.search(r'name="csrf_token" value="[^"]{20,}"', shown)
    assert 'name="version" value="3"' in shown


def test_pages_are_numbered_with_both_ends_and_the_neighbours():
    source = "{% from 'macros/page.html' import pagination %}{{ pagination(5, 12, '/?page={}') }}"

    shown = piece(source)

    assert re.findall(r'aria-label="Page (\d+)"', shown) == ["1", "4", "5", "6", "12"]
    assert 'href="/?page=4" rel="prev"' in shown
    assert piece(source.replace("(5, 12", "(1, 1")).strip() == ""
