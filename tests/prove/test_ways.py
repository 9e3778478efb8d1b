"""Forms filled in as they should be, sent with a file, and a database that is put back."""

import pytest

from models.database import make_engine
from tests.prove.forms_found import Page, posts
from tests.prove.places import KINDS, place_of
from tests.prove.right_words import A_BIRTHDAY, A_DAY_OVER, SENTENCE, filled
from tests.prove.ways import kind_of, sent

FORM = """<form method="post" action="/people/7/changes">
<input name="first_name" value="Zq0001q"><input name="note"><input name="code" value="K7">
<input name="birth_date" inputmode="numeric"><input name="birth_date" inputmode="numeric">
<input name="birth_date" inputmode="numeric" id="year"><input name="ring_phone" type="tel">
<input name="told_on"><input name="told_on"><input name="told_on">
<input type="checkbox" name="removed" value="y"><input type="file" name="report"></form>"""
BOTH = """<form method="post"><input type="radio" name="kind" value="apart">
<input name="prison_number"><input name="surname"></form>"""


def the_form(html: str = FORM):
    return next(posts([Page("/people", html)]))


def test_a_form_is_filled_in_with_words_that_fit_its_fields():
    pairs = filled(the_form())

    assert dict(pairs)["first_name"] == "Robin"
    assert dict(pairs)["note"] == SENTENCE
    assert dict(pairs)["code"] == "K7"
    assert dict(pairs)["ring_phone"] == "07700 900123"
    assert tuple(value for name, value in pairs if name == "birth_date") == A_BIRTHDAY
    assert tuple(value for name, value in pairs if name == "told_on") == A_DAY_OVER
    assert "removed" not in dict(pairs)


def test_what_the_caller_knows_goes_before_what_stands_there():
    assert dict(filled(the_form(), {"code": "K8"}))["code"] == "K8"


def test_somebody_is_named_by_number_or_by_name_but_not_by_both():
    assert dict(filled(the_form(BOTH))) == {
        "kind": "apart",
        "prison_number": "",
        "surname": "Example",
    }


def test_a_form_with_a_file_is_sent_with_one():
    data = sent([("a", "1"), ("a", "2")], the_form(), "told", "told.csv")

    assert data["a"] == ["1", "2"]
    assert (data["report"][0].read(), data["report"][1]) == (b"told", "told.csv")


def test_forms_about_other_things_are_of_one_kind():
    assert kind_of("/people/7/changes?page=2") == kind_of("/people/8/changes")


@pytest.mark.parametrize("kind", KINDS)
def test_a_database_is_put_back_as_it_was_as_often_as_one_asks(kind):
    with place_of(kind) as place:
        engine = make_engine(place.new())
        say(engine, "CREATE TABLE kept (word text)")
        engine.dispose()
        place.remember()
        for _ in range(2):
            say(engine, "INSERT INTO kept VALUES ('new')")
            assert how_many(engine) == 1
            engine.dispose()
            place.again()
        assert how_many(engine) == 0
        engine.dispose()


def say(engine, statement: str) -> None:
    with engine.begin() as line:
        line.exec_driver_sql(statement)


def how_many(engine) -> int:
    with engine.connect() as line:
        return len(line.exec_driver_sql("SELECT * FROM kept").all())
