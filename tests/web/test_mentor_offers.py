"""An offer on a phone: read it, say yes, or say no, and nobody else's is ever found."""

from datetime import timedelta

import pytest
from sqlmodel import select

from models.meetings import Meeting
from models.pairs import Pair, PairHistory
from models.referrals import Referral
from models.states import EndReason, Move, PairState, ReferralState
from tests.rows import NOW
from tests.web.walks import a_walk, a_walk_that_ended, an_offer, body

VERSION = {"version": "1"}


def test_a_mentor_without_anyone_reads_what_happens_next(desks):
    walk = a_walk_that_ended(desks, EndReason.COMPLETED, since=NOW - timedelta(days=15))

    page = walk.browser().get("/mentor/")

    assert page.status_code == 200
    assert "we write to you and ask" in page.text


def test_an_offer_stands_first_in_the_diary_with_the_day_to_answer_by(desks):
    walk = an_offer(desks)

    page = walk.browser().get("/mentor/").text

    assert "To answer now" in page
    assert "Thursday 26 November 2026, 5pm" in page
    assert f"/mentor/offers/{walk.pair.id}" in page


def test_an_offer_says_why_what_is_asked_and_until_when(desks):
    walk = an_offer(desks)

    page = walk.browser().get(f"/mentor/offers/{walk.pair.id}").text

    for words in (
        "Why you",
        "What we ask",
        "February 2027",
        "Yorkshire and the Humber",
        "for 12 weeks",
        "You meet in the prison first",
        "Please answer by Thursday 26 November 2026, 5pm",
    ):
        assert words in page


def test_saying_yes_plans_the_meetings_and_shows_who_it_is(desks):
    walk = an_offer(desks)

    answer = walk.browser().post(
        f"/mentor/offers/{walk.pair.id}/acceptance", data=VERSION, follow_redirects=True
    )

    assert answer.status_code == 200
    assert answer.request.path == f"/mentor/pairs/{walk.pair.id}"
    assert "Thank you. Your meetings are in your diary." in answer.text
    assert "Sam" in answer.text
    assert walk.read(Pair, walk.pair.id).state is PairState.ACCEPTED
    assert walk.read(Referral, walk.referral.id).state is ReferralState.MATCHED
    with desks.session() as db:
        assert db.exec(select(Meeting)).first() is not None


def test_saying_yes_twice_leads_to_the_same_page_and_changes_nothing_more(desks):
    walk = an_offer(desks)
    browser = walk.browser()
    first, second = (
        browser.post(f"/mentor/offers/{walk.pair.id}/acceptance", data=VERSION) for _ in range(2)
    )

    assert first.location == second.location == f"/mentor/pairs/{walk.pair.id}"
    with desks.session() as db:
        moves = db.exec(select(PairHistory.move).where(PairHistory.pair_id == walk.pair.id))
        assert moves.all() == [Move.ACCEPT]


def test_an_offer_that_may_no_longer_be_says_so_and_never_why(desks):
    walk = an_offer(desks)
    desks.now = NOW + timedelta(days=5)

    answer = walk.browser().post(
        f"/mentor/offers/{walk.pair.id}/acceptance", data=VERSION, follow_redirects=True
    )

    assert "This is no longer available." in answer.text
    assert walk.read(Pair, walk.pair.id).state is PairState.OFFERED


def test_a_page_made_before_the_offer_changed_does_nothing(desks):
    walk = an_offer(desks)
    browser = walk.browser()
    with desks.session() as db:
        db.get_one(Pair, walk.pair.id).explanation = "Another reason."
        db.commit()

    answer = browser.post(f"/mentor/offers/{walk.pair.id}/acceptance", data=VERSION)

    assert answer.status_code == 409
    assert "Someone changed this" in answer.text
    assert walk.read(Pair, walk.pair.id).state is PairState.OFFERED


def test_saying_no_takes_one_tap_and_frees_the_place(desks):
    walk = an_offer(desks)

    answer = walk.browser().post(
        f"/mentor/offers/{walk.pair.id}/refusal",
        data=VERSION | {"why": "too_far", "words": "Two buses."},
        follow_redirects=True,
    )

    assert "It is fine to say no." in answer.text
    pair = walk.read(Pair, walk.pair.id)
    assert (pair.end_reason, pair.place_number) == (EndReason.DECLINED, None)
    with desks.session() as db:
        line = db.exec(select(PairHistory).where(PairHistory.move == Move.DECLINE)).one()
    assert line.reason == "It is too far: Two buses."
    assert line.moved_by == walk.account.id


def test_saying_no_without_a_reason_asks_for_one_and_keeps_the_words(desks):
    walk = an_offer(desks)

    answer = walk.browser().post(
        f"/mentor/offers/{walk.pair.id}/refusal", data=VERSION | {"words": "Two buses."}
    )

    assert answer.status_code == 422
    assert '<a href="#why">' in answer.text
    assert "Tap a reason. Any of them is fine." in answer.text
    assert "Two buses." in answer.text
    assert walk.read(Pair, walk.pair.id).state is PairState.OFFERED


@pytest.mark.parametrize("part", ["", "/refusal"])
def test_another_mentor_s_offer_reads_like_one_that_is_not_there(desks, part):
    theirs, own = an_offer(desks), an_offer(desks)
    browser = own.browser()

    foreign = browser.get(f"/mentor/offers/{theirs.pair.id}{part}")
    absent = browser.get(f"/mentor/offers/{theirs.leaver.id}{part}")

    assert foreign.status_code == absent.status_code == 404
    assert body(foreign) == body(absent)


def test_nobody_says_yes_for_another_mentor(desks):
    theirs, own = an_offer(desks), an_offer(desks)

    answer = own.browser().post(f"/mentor/offers/{theirs.pair.id}/acceptance", data=VERSION)

    assert answer.status_code == 404
    assert theirs.read(Pair, theirs.pair.id).state is PairState.OFFERED


def test_an_offer_said_yes_to_cannot_be_said_no_to(desks):
    walk = a_walk(desks)

    browser, address = walk.browser(), f"/mentor/offers/{walk.pair.id}/refusal"

    answers = [browser.get(address), browser.post(address, data=VERSION | {"why": "too_far"})]

    assert {one.location for one in answers} == {f"/mentor/pairs/{walk.pair.id}"}
    assert "If that has changed, please ring us." in browser.get("/mentor/").text
    assert walk.read(Pair, walk.pair.id).state is PairState.ACCEPTED


LAPSED = Move.EXPIRE, None
STOPPED = Move.WITHDRAW, "Canaryword."
BARRED = Move.BAR, "Canaryword."


def ended(desks, walk, move, reason):
    with desks.session() as db:
        pair = db.get_one(Pair, walk.pair.id)
        pair.move(move, by=None, now=NOW, reason=reason)
        db.commit()


@pytest.mark.parametrize(("move", "reason"), [LAPSED, STOPPED, BARRED])
@pytest.mark.parametrize(
    ("verb", "part"),
    [("get", ""), ("get", "/refusal"), ("post", "/refusal"), ("post", "/acceptance")],
)
def test_an_offer_that_has_ended_says_so_to_its_mentor_and_never_why(
    desks, move, reason, verb, part
):
    walk = an_offer(desks, first_name="Canaryname")
    ended(desks, walk, move, reason)
    browser = walk.browser()

    answer = getattr(browser, verb)(f"/mentor/offers/{walk.pair.id}{part}")
    diary = browser.get("/mentor/")

    assert answer.status_code == 410
    assert "This offer has ended" in answer.text
    assert "could answer by Thursday 26 November 2026, 5pm has ended" in diary.text
    for hidden in ("Canary", "February 2027", "Yorkshire"):
        assert hidden not in answer.text + diary.text, hidden


def test_an_offer_whose_time_is_over_is_not_asked_about_even_before_the_clock_comes_by(desks):
    walk = an_offer(desks)
    desks.now = walk.pair.answer_by
    browser = walk.browser()

    offer, diary = browser.get(f"/mentor/offers/{walk.pair.id}"), browser.get("/mentor/").text

    assert (offer.status_code, "This offer has ended" in offer.text) == (410, True)
    assert "Read and answer" not in diary


def test_of_an_ended_offer_everyone_else_finds_nothing(desks):
    theirs, own = an_offer(desks), an_offer(desks)
    ended(desks, theirs, *LAPSED)
    browser = own.browser()

    foreign = browser.get(f"/mentor/offers/{theirs.pair.id}")
    absent = browser.get(f"/mentor/offers/{theirs.leaver.id}")

    assert foreign.status_code == absent.status_code == 404
    assert body(foreign) == body(absent)
    assert "has ended" not in browser.get("/mentor/").text


def test_a_pair_that_was_never_offered_is_not_found_once_it_has_ended(desks):
    walk = an_offer(desks)
    with desks.session() as db:
        db.get_one(Pair, walk.pair.id).answer_by = None
        db.commit()
    ended(desks, walk, *BARRED)

    assert walk.browser().get(f"/mentor/offers/{walk.pair.id}").status_code == 404
    assert "has ended" not in walk.browser().get("/mentor/").text


def test_the_diary_says_nothing_of_an_offer_said_no_to_or_ended_long_ago(desks):
    declined, old = an_offer(desks), an_offer(desks)
    ended(desks, declined, Move.DECLINE, None)
    ended(desks, old, *LAPSED)
    desks.now = NOW + timedelta(days=15)

    diaries = [walk.browser().get("/mentor/").text for walk in (declined, old)]

    assert not any("has ended" in diary for diary in diaries)
