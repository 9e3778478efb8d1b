"""How pages say days, times, words and numbers."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.states import PairState
from models.vocabulary import Interest, Risk
from tests.web.small_site import small_site
from web import words


@pytest.fixture
def site():
    """A request in the small site, half past eleven at night on 8 March 2027."""
    with (app := small_site()).test_request_context("/"):
        app.preprocess_request()
        yield app


def test_a_moment_is_said_as_people_say_it():
    assert words.moment(datetime(2027, 3, 9, 10, tzinfo=UTC)) == "Tuesday 9 March 2027, 10am"


def test_a_moment_in_summer_is_said_in_london_time():
    assert words.moment(datetime(2027, 7, 1, 9, 30, tzinfo=UTC)) == "Thursday 1 July 2027, 10:30am"


def test_a_moment_late_at_night_in_summer_belongs_to_the_next_day():
    assert words.day(datetime(2027, 7, 1, 23, 30, tzinfo=UTC)) == "Friday 2 July 2027"


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (time(0), "midnight"),
        (time(0, 5), "12:05am"),
        (time(9), "9am"),
        (time(12), "noon"),
        (time(12, 30), "12:30pm"),
        (time(23, 59), "11:59pm"),
    ],
)
def test_times_of_day_have_their_own_words(at, said):
    assert words.clock_time(at) == said


def test_a_birth_date_is_said_without_the_day_of_the_week():
    assert words.birth_day(date(1990, 3, 9)) == "9 March 1990"
    assert words.birth_day(None) == "Not given"


def test_a_short_day_has_no_leading_nought():
    assert words.short_day(date(2027, 3, 9)) == "9 Mar 2027"


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2027, 3, 8), "today"),
        (date(2027, 3, 9), "tomorrow"),
        (date(2027, 3, 7), "yesterday"),
        (date(2027, 3, 20), "in 12 days"),
        (date(2027, 3, 5), "3 days ago"),
        (None, "Not given"),
    ],
)
def test_days_to_go_are_counted_from_the_day_in_london(site, day, said):
    assert words.days_to_go(day) == said


def test_a_word_alone_begins_with_a_capital():
    assert words.word(Risk.VERY_HIGH) == "Very high"
    assert words.word(PairState.OFFERED) == "Offered"
    assert words.word(None) == "Not given"


def test_several_words_stand_in_the_order_of_their_list():
    assert words.words({Interest.ART, Interest.FOOTBALL, Interest.MUSIC}) == (
        "Football, Music and Art and drawing"
    )


def test_points_have_one_decimal():
    assert [words.points(one) for one in (0, 71428, 99950, 100000, 4059500)] == [
        "0.0",
        "71.4",
        "100.0",
        "100.0",
        "4,059.5",
    ]


@given(st.lists(st.integers(0, 20_000), max_size=8))
def test_the_parts_of_a_score_add_up_as_they_are_shown(parts):
    shown = [round(float(part) * 10) for part in words.adding_up(parts)]

    assert sum(shown) == round(float(words.points(sum(parts))) * 10)
    assert all(abs(tenths * 100 - part) < 100 for tenths, part in zip(shown, parts, strict=True))


def test_a_static_file_has_an_address_that_changes_with_it(site, tmp_path):
    site.static_folder = str(tmp_path)
    (tmp_path / "a.css").write_text("one")
    first = words.static_url("a.css")

    (tmp_path / "a.css").write_text("another")
    words._fingerprint.cache_clear()

    assert first.startswith("/static/a.css?v=")
    assert words.static_url("a.css") != first


def test_a_site_without_settings_is_no_demo(site):
    del site.extensions["gatemate"]

    assert words.is_demo() is False
