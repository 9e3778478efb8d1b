"""An offer tells a mentor enough to decide by, and nothing that says who it is."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.desks.offer_cards import (
    AT_THE_GATE,
    COARSE,
    FEWEST,
    HELP,
    HOW,
    IN_GOOD_TIME,
    SOON,
    Told,
    Traits,
    most_that_fits,
    offer_card,
    why_you,
)
from models.states import PairForm, PairState, ReferralState
from models.vocabulary import Experience, Heading, Region
from tests.rows import NOW, a_leaver_row, a_mentor_row, a_pair, a_referral, places_of

FEBRUARY = date(2027, 2, 1)
MARCH = date(2027, 3, 1)
EVERYTHING = Traits(frozenset(Heading), frozenset(COARSE.values()), "Leeds", FEBRUARY)
WANTED = Told(FEBRUARY, frozenset({Heading.HEALTH}), frozenset({"recovery"}), "Leeds")
ONLY_THE_MONTH = Told(FEBRUARY)

traits = st.builds(
    Traits,
    headings=st.frozensets(st.sampled_from(list(Heading)), max_size=3),
    lived=st.frozensets(st.sampled_from(sorted(set(COARSE.values()))), max_size=2),
    area=st.sampled_from(["Leeds", "Bradford"]),
    month=st.sampled_from([FEBRUARY, MARCH, None]),
)


def test_what_fits_five_people_is_told_whole():
    assert most_that_fits(WANTED, [EVERYTHING] * 5) == WANTED


def test_what_fits_four_people_only_is_not_told():
    assert most_that_fits(WANTED, [EVERYTHING] * 4) == ONLY_THE_MONTH


def test_an_area_in_which_too_few_live_is_left_out():
    elsewhere = Traits(frozenset(Heading), frozenset(COARSE.values()), "Bradford", FEBRUARY)

    told = most_that_fits(WANTED, [EVERYTHING] * 4 + [elsewhere])

    assert told == Told(FEBRUARY, frozenset({Heading.HEALTH}), frozenset({"recovery"}))


def test_an_experience_that_too_few_share_is_left_out():
    without = Traits(frozenset(Heading), frozenset(), "Leeds", FEBRUARY)

    told = most_that_fits(WANTED, [EVERYTHING] * 4 + [without])

    assert told == Told(FEBRUARY, frozenset({Heading.HEALTH}))


def test_those_who_leave_in_another_month_do_not_count():
    later = Traits(frozenset(Heading), frozenset(COARSE.values()), "Leeds", MARCH)

    assert most_that_fits(WANTED, [EVERYTHING] * 4 + [later] * 20) == ONLY_THE_MONTH


@given(wanted=traits, people=st.lists(traits, max_size=12))
def test_a_card_fits_five_people_or_tells_the_month_alone(wanted, people):
    told = most_that_fits(Told(wanted.month, wanted.headings, wanted.lived, wanted.area), people)

    assert told.month == wanted.month
    assert told == Told(wanted.month) or sum(map(told.fits, people)) >= FEWEST


def test_no_experience_and_no_heading_is_without_its_wider_words():
    assert set(COARSE) == set(Experience)
    assert set(HELP) == set(Heading)


def test_no_wider_word_names_an_experience():
    labels = {one.label.lower() for one in Experience}

    assert labels.isdisjoint(COARSE.values())


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
        "You have come through some of what they want help with: a home; work and skills.",
        "You can get to where they will live: around Leeds.",
    )


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
