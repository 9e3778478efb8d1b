"""An offer tells a mentor enough to decide by, and nothing that says who it is."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.desks.offer_cards import (
    AT_THE_GATE,
    BANDS,
    FEWEST,
    HOW,
    IN_GOOD_TIME,
    SOON,
    Told,
    Traits,
    most_that_fits,
    offer_card,
    why_you,
)
from matcher.desks.wide_words import COARSE, HELP
from models.states import PairForm, PairState, ReferralState
from models.vocabulary import Experience, Importance, Need, Region
from tests.rows import NOW, a_leaver_row, a_mentor_row, a_pair, a_referral, places_of

FEBRUARY = date(2027, 2, 1)
MARCH = date(2027, 3, 1)
EVERYTHING = Traits(
    help_with=frozenset(HELP.values()),
    lived=frozenset(COARSE.values()),
    area="Leeds",
    km=4.0,
    month=FEBRUARY,
    half=2,
)
WANTED = Told(
    FEBRUARY,
    within_km=10,
    area="Leeds",
    half=2,
    help_with=frozenset({"a home"}),
    lived=frozenset({"recovery"}),
)
ONLY_THE_MONTH = Told(FEBRUARY)

traits = st.builds(
    Traits,
    help_with=st.frozensets(st.sampled_from(sorted(set(HELP.values()))), max_size=3),
    lived=st.frozensets(st.sampled_from(sorted(set(COARSE.values()))), max_size=2),
    area=st.sampled_from(["Leeds", "Bradford"]),
    km=st.sampled_from([0.0, 10.0, 10.1, 30.0, 60.0]),
    half=st.sampled_from([1, 2]),
    month=st.sampled_from([FEBRUARY, MARCH, None]),
)


def test_what_fits_five_people_is_told_whole():
    assert most_that_fits(WANTED, [EVERYTHING] * 5) == WANTED


def test_what_fits_four_people_only_is_not_told():
    assert most_that_fits(WANTED, [EVERYTHING] * 4) == ONLY_THE_MONTH


def test_an_area_in_which_too_few_live_is_left_out():
    elsewhere = replace(EVERYTHING, area="Bradford")

    told = most_that_fits(WANTED, [EVERYTHING] * 4 + [elsewhere])

    assert told == replace(WANTED, area=None)


@pytest.mark.parametrize(("km", "band"), [(10.0, 10), (10.1, 25), (49.0, 50), (50.1, None)])
def test_the_circle_around_the_mentors_home_is_the_narrowest_that_holds_five(km, band):
    farther = replace(EVERYTHING, km=km)

    told = most_that_fits(WANTED, [EVERYTHING] * 4 + [farther])

    assert told.within_km == band
    assert told.area == "Leeds"


def test_a_half_of_the_month_in_which_too_few_leave_is_left_out():
    earlier = replace(EVERYTHING, half=1)

    assert most_that_fits(WANTED, [EVERYTHING] * 4 + [earlier]) == replace(WANTED, half=None)


def test_an_experience_that_too_few_share_is_left_out():
    without = replace(EVERYTHING, lived=frozenset())

    told = most_that_fits(WANTED, [EVERYTHING] * 4 + [without])

    assert told == replace(WANTED, lived=frozenset())


def test_those_who_leave_in_another_month_do_not_count():
    later = replace(EVERYTHING, month=MARCH)

    assert most_that_fits(WANTED, [EVERYTHING] * 4 + [later] * 20) == ONLY_THE_MONTH


@given(wanted=traits, people=st.lists(traits, max_size=12))
def test_a_card_fits_five_people_or_tells_the_month_alone(wanted, people):
    whole = all_of(wanted)

    told = most_that_fits(whole, people)

    assert told.month == wanted.month
    assert told == Told(wanted.month) or sum(map(told.fits, people)) >= FEWEST


@given(wanted=traits, people=st.lists(traits, min_size=5, max_size=12))
def test_nothing_more_could_be_told_that_still_fits_five_people(wanted, people):
    whole = all_of(wanted)

    told = most_that_fits(whole, people)

    more = [replace(told, area=whole.area), replace(told, half=whole.half)]
    more += [replace(told, help_with=told.help_with | {word}) for word in whole.help_with]
    more += [replace(told, lived=told.lived | {word}) for word in whole.lived]
    assert all(one == told or sum(map(one.fits, people)) < FEWEST for one in more)


def all_of(one):
    """All that a card could tell of someone."""
    band = min((band for band in BANDS if one.km <= band), default=None)
    return Told(one.month, band, one.area, one.half, one.help_with, one.lived)


def test_no_experience_and_no_need_is_without_its_wider_words():
    assert set(COARSE) == set(Experience)
    assert set(HELP) == set(Need)


def test_no_wider_word_names_an_experience_or_a_need_or_stands_for_one_need_alone():
    labels = {one.label.lower() for words in (Experience, Need) for one in words}

    assert labels.isdisjoint({*COARSE.values(), *HELP.values()})
    assert min(Counter(HELP.values()).values()) >= 2


@pytest.mark.parametrize(
    "told", [WANTED, ONLY_THE_MONTH, Told(None)], ids=["all", "month", "nothing"]
)
def test_the_reasons_are_three_sentences_and_not_a_score(told):
    reasons = why_you(told, Region.YORKSHIRE)

    assert len(reasons) == 3
    assert all(reason.startswith("You ") and reason.endswith(".") for reason in reasons)
    assert not any(sign.isdigit() for reason in reasons for sign in reason)


def people_like(referral_facts, count, **of_leaver):
    """Others put forward in the same region: each a leaver and a referral."""
    for _ in range(count):
        leaver = a_leaver_row(**of_leaver)
        yield leaver, a_referral(leaver, **referral_facts)


def the_card(db, others, **told):
    """The card of an offer in Yorkshire, made among others put forward there."""
    leaver, mentor = a_leaver_row(), a_mentor_row()
    referral = a_referral(leaver, may_show=frozenset({Experience.FIRST_TIME}), **told)
    pair = a_pair(referral, mentor, state=PairState.OFFERED)
    for other, theirs in others:
        db.add_all([other, theirs])
    db.add_all([leaver, mentor, *places_of(mentor)])
    db.flush()
    db.add(referral)
    db.flush()
    db.add(pair)
    db.flush()
    return offer_card(db, pair, now=NOW)


SHOWS = {"may_show": frozenset({Experience.FIRST_TIME})}


def test_a_card_among_five_tells_the_area_the_needs_and_what_both_have_lived(db):
    card = the_card(db, people_like(SHOWS, 4))

    assert card.area == "Leeds"
    assert card.why == (
        "You have some of this in common: time inside.",
        "You have come through some of what they want help with: a home; work and courses.",
        "You can get to where they will live: around Leeds.",
    )


def test_a_card_names_only_what_the_leaver_ticked_and_the_mentor_came_through(db):
    ticked = {"needs": {Need.FIRST_APPOINTMENTS: Importance.HIGH, Need.WORK: Importance.LOW}}

    card = the_card(db, people_like(SHOWS | ticked, 4), **ticked)

    assert card.why[1] == (
        "You have come through some of what they want help with: work and courses."
    )


def test_a_card_among_five_says_how_far_from_the_mentors_home_and_which_half_of_the_month(db):
    card = the_card(db, people_like(SHOWS, 4))

    assert (card.within_km, card.within_miles, card.half, card.asked_at) == (10, 7, 1, NOW)


def test_a_card_among_four_tells_the_region_and_the_month_alone(db):
    card = the_card(db, people_like(SHOWS, 3))

    assert (card.area, card.month, card.region) == (None, FEBRUARY, "Yorkshire and the Humber")
    assert "time inside" not in " ".join(card.why)
    assert "a home" not in " ".join(card.why)


@pytest.mark.parametrize(
    "others",
    [
        {"region": Region.NORTH_EAST},
        {"state": ReferralState.DRAFT},
        {"state": ReferralState.WITHDRAWN},
        {"created_at": NOW - timedelta(days=366)},
    ],
    ids=["another region", "draft", "withdrawn", "over a year ago"],
)
def test_people_who_do_not_count_do_not_hide_anyone(db, others):
    card = the_card(db, people_like(SHOWS | others, 4))

    assert card.area is None


def test_one_person_put_forward_five_times_is_one_person(db):
    leaver = a_leaver_row()
    again = [(leaver, a_referral(leaver, **SHOWS)) for _ in range(5)]

    assert the_card(db, again).area is None


def an_offer_of(db, release, **of_pair):
    leaver, mentor = a_leaver_row(release_date=release), a_mentor_row()
    referral = a_referral(leaver, put_forward_at=NOW)
    db.add_all([leaver, mentor, *places_of(mentor)])
    db.flush()
    db.add(referral)
    db.flush()
    pair = a_pair(referral, mentor, state=PairState.OFFERED, **of_pair)
    db.add(pair)
    db.flush()
    return offer_card(db, pair, now=NOW)


@pytest.mark.parametrize(
    ("days", "form", "how", "first_meeting"),
    [
        (72, PairForm.IN_PRISON, HOW[PairForm.IN_PRISON], IN_GOOD_TIME),
        (72, PairForm.VIDEO, HOW[PairForm.VIDEO], IN_GOOD_TIME),
        (30, PairForm.VIDEO, HOW[PairForm.VIDEO], SOON),
        (3, PairForm.IN_PRISON, AT_THE_GATE, SOON),
    ],
)
def test_a_card_says_how_they_meet_and_whether_it_is_soon(db, days, form, how, first_meeting):
    card = an_offer_of(db, NOW.date() + timedelta(days=days), form=form)

    assert (card.how, card.first_meeting) == (how, first_meeting)


def test_a_card_without_a_day_of_release_promises_nothing_soon(db):
    assert an_offer_of(db, None).first_meeting == IN_GOOD_TIME


def test_an_experience_that_the_leaver_keeps_back_is_not_told(db):
    others = [*people_like(SHOWS, 6)]
    hidden = {"experiences": frozenset({Experience.FIRST_TIME, Experience.CARE})}

    card = the_card(db, others, **hidden)

    assert "growing up" not in " ".join(card.why)
