"""What is given to sqlmap, and how it is read: a hole, none, or nothing that was tried."""

import pytest

from tests.prove import sqlmap
from tests.prove.forms_found import Page, posts
from tests.prove.injections import ADDRESSES, inject_one_by_one, marked, marked_form
from tests.prove.places import place_of
from tests.prove.sqlmap import NotTriedError, Question, findings, words_for
from tests.prove.tally import Tally
from tests.prove.ways import searched

HOLE = """sqlmap identified the following injection point(s) with a total of 40 HTTP(s) requests:
---
Parameter: #1* (URI)
    Type: boolean-based blind
    Title: AND boolean-based blind - WHERE or HAVING clause
    Payload: http://127.0.0.1:1/x?a=1' AND 1=1
---
"""
SOUND = "[CRITICAL] all tested parameters do not appear to be injectable. Try to increase values"
FORM = """<form method="post" action="/people/7">
<input type="hidden" name="csrf_token" value="a*b"><input name="first name">
<input name="year" inputmode="numeric" id="year">
<button type="submit" name="act" value="go">Go</button></form>
<form method="get" action="/search?old=1"><input name="name" type="search"></form>"""


def test_a_mark_stands_behind_each_id_and_each_value_of_an_address():
    assert marked("/pairs/7/letter/8.pdf", "/pairs/<uuid:pair>/letter/<uuid:letter>.pdf") == (
        "/pairs/7*/letter/8*.pdf"
    )
    assert marked("/people?name=a%2Ab&page=", "/people") == "/people?name=a%2Ab*&page=1*"


def test_a_form_is_filled_in_and_marked_but_for_its_token():
    form = next(posts([Page("/people", FORM)]))

    assert (
        marked_form(form, [*form.given, ("first name", "words"), ("year", "2027")])
        == "first+name=words*&year=2027*&csrf_token=a%2Ab&act=go*"
    )


def test_a_form_that_searches_is_an_address_with_a_word_in_it():
    assert searched(Page("/people", FORM).forms[1]) == "/search?name=words"


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_every_page_of_the_url_map_is_an_address_by_each_of_its_methods(desks):
    rules = desks.app.url_map.iter_rules()
    asked = {
        (rule.endpoint, method)
        for rule in rules
        for method in (rule.methods or set()) & {"GET", "POST"}
        if rule.endpoint != "static"
    }

    assert len(asked) == ADDRESSES


def test_a_hole_is_read_and_so_is_that_there_is_none():
    assert findings(HOLE) == [
        "Parameter: #1* (URI)",
        "Title: AND boolean-based blind - WHERE or HAVING clause",
    ]
    assert findings(SOUND) == []


@pytest.mark.parametrize("told", ["", "[12:00:00] [CRITICAL] page not found (404)"])
def test_what_was_not_tried_is_never_read_as_sound(told):
    with pytest.raises(NotTriedError, match=r"not found|said nothing"):
        findings(told)


def test_sqlmap_is_told_the_database_the_cookie_and_what_is_sent(tmp_path):
    question = Question("http://127.0.0.1:1/a*", "b=1*", "gatemate=c")

    words = words_for(question, "postgresql", tmp_path)

    assert {"--dbms=PostgreSQL", "--data=b=1*", "--cookie=gatemate=c", "--batch"} <= set(words)


def test_without_sqlmap_nothing_is_counted_as_tried(monkeypatch, capsys):
    monkeypatch.setattr(sqlmap, "installed", lambda: None)
    tally = Tally("injections-sqlite", "sqlite", 60, seed=1)

    with place_of("sqlite") as place:
        inject_one_by_one(tally, place)

    assert (tally.done, tally.is_good) == (0, False)
    assert "sqlmap is not installed" in capsys.readouterr().err
