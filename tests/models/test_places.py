from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from models.pairs import Pair
from models.people import Mentor
from models.places import MentorPlace, fit_places, free_places
from models.referrals import Referral
from models.rows import Row
from models.standbys import Standby
from models.states import EndReason, Move, PairState
from tests.rows import (
    NOW,
    a_leaver_row,
    a_mentor_row,
    a_pair,
    a_referral,
    a_standby,
    an_account,
    places_of,
)


def a_kept_mentor(db: Session, places: int = 2) -> Mentor:
    mentor = a_mentor_row(places=places)
    db.add_all([mentor, *places_of(mentor)])
    db.commit()
    return mentor


def a_kept_pair(db: Session, mentor: Mentor, place: int | None, **told: object) -> Pair:
    leaver = a_leaver_row()
    referral = a_referral(leaver)
    pair = a_pair(referral, mentor, place_number=place, **told)
    db.add_all([leaver, referral, pair])
    db.commit()
    return pair


def open_places(db: Session, mentor: Mentor) -> list[int]:
    numbers = select(MentorPlace.number).where(MentorPlace.mentor_id == mentor.id)
    return sorted(db.exec(numbers))


def is_refused(db: Session, row: Row) -> bool:
    """Whether the database refuses the row at once; what it takes stays in the session."""
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:
        return True
    return False


def the_referral_of(db: Session, pair: Pair) -> Referral:
    return db.get_one(Referral, pair.referral_id)


def test_a_leaver_has_one_live_pair_whatever_its_state(db):
    mentor, other = a_kept_mentor(db, places=5), a_kept_mentor(db)
    live = [state for state in PairState if state is not PairState.ENDED]

    for place, state in enumerate(live, start=1):
        pair = a_kept_pair(db, mentor, place, state=state)

        assert is_refused(db, a_pair(the_referral_of(db, pair), other)), state


def test_when_a_pair_has_ended_the_leaver_and_the_place_are_free_again(db):
    mentor = a_kept_mentor(db, places=1)
    pair = a_kept_pair(db, mentor, 1)

    pair.move(Move.WITHDRAW, by=None, now=NOW)
    db.add(a_pair(the_referral_of(db, pair), mentor))
    db.commit()

    assert len(db.exec(select(Pair)).all()) == 2


def test_two_live_pairs_cannot_share_a_place(db):
    mentor = a_kept_mentor(db)
    a_kept_pair(db, mentor, 1)

    with pytest.raises(IntegrityError):
        a_kept_pair(db, mentor, 1)


def test_a_place_that_is_not_there_cannot_be_held(db):
    mentor = a_kept_mentor(db, places=2)

    with pytest.raises(IntegrityError):
        a_kept_pair(db, mentor, 3)


def test_a_live_pair_must_hold_a_place(db):
    mentor = a_kept_mentor(db)

    with pytest.raises(IntegrityError):
        a_kept_pair(db, mentor, None)


def test_an_ended_pair_holds_none(db):
    mentor = a_kept_mentor(db)

    with pytest.raises(IntegrityError):
        a_kept_pair(db, mentor, 1, state=PairState.ENDED, end_reason=EndReason.DECLINED)


def test_free_places_are_those_no_live_pair_holds(db):
    mentor, other = a_kept_mentor(db, places=3), a_kept_mentor(db, places=1)
    a_kept_pair(db, mentor, 2)
    a_kept_pair(db, mentor, 3).move(Move.WITHDRAW, by=None, now=NOW)

    free = db.exec(free_places()).all()

    assert set(free) == {(mentor.id, 1), (mentor.id, 3), (other.id, 1)}
    assert free == sorted(free)


def test_places_follow_what_the_mentor_can_carry(db):
    mentor = a_kept_mentor(db, places=2)

    for places in (5, 5, 1, 0, 3):
        mentor.places = places
        fit_places(db, mentor)

        assert open_places(db, mentor) == list(range(1, places + 1))


def test_places_taken_elsewhere_are_closed_here_and_open_again_when_they_are_free(db):
    mentor = a_kept_mentor(db, places=3)

    for elsewhere, here in ((1, 2), (5, 0), (0, 3)):
        mentor.taken_elsewhere = elsewhere
        fit_places(db, mentor)

        assert open_places(db, mentor) == list(range(1, here + 1))


def test_a_place_taken_elsewhere_meanwhile_goes_when_its_pair_lets_it_go(db):
    mentor = a_kept_mentor(db, places=2)
    pair = a_kept_pair(db, mentor, 1)
    mentor.taken_elsewhere = 2
    fit_places(db, mentor)
    still_held = open_places(db, mentor)

    pair.move(Move.WITHDRAW, by=None, now=NOW)
    db.commit()

    assert (still_held, open_places(db, mentor)) == ([1], [])


def test_a_place_in_use_is_never_closed(db):
    mentor = a_kept_mentor(db, places=3)
    a_kept_pair(db, mentor, 1)
    a_kept_pair(db, mentor, 3)

    mentor.places = 1
    fit_places(db, mentor)
    db.commit()

    assert open_places(db, mentor) == [1, 3]
    assert db.exec(free_places()).all() == []


def test_a_place_too_many_goes_when_its_pair_lets_it_go(db):
    mentor = a_kept_mentor(db, places=2)
    pairs = [a_kept_pair(db, mentor, 1), a_kept_pair(db, mentor, 2)]
    mentor.places = 1
    fit_places(db, mentor)

    pairs[0].move(Move.WITHDRAW, by=None, now=NOW)
    after_one = db.exec(free_places()).all()
    pairs[1].move(Move.WITHDRAW, by=None, now=NOW)
    db.commit()

    assert after_one == []
    assert open_places(db, mentor) == [2]


def test_places_close_from_the_last_and_open_from_the_first(db):
    mentor = a_kept_mentor(db, places=3)
    a_kept_pair(db, mentor, 3)

    mentor.places = 2
    fit_places(db, mentor)
    fewer = open_places(db, mentor)
    mentor.places = 4
    fit_places(db, mentor)

    assert fewer == [1, 3]
    assert open_places(db, mentor) == [1, 2, 3, 4]


def test_a_mentor_stands_by_for_two_at_most(db):
    mentor, others = a_kept_mentor(db), [a_kept_mentor(db) for _ in range(3)]
    pairs = [a_kept_pair(db, other, 1) for other in others]
    db.add_all([a_standby(pairs[0], mentor, slot=1), a_standby(pairs[1], mentor, slot=2)])
    db.commit()

    slots = (1, 2, 3, 0)

    assert all(is_refused(db, a_standby(pairs[2], mentor, slot=slot)) for slot in slots)
    assert len(db.exec(select(Standby)).all()) == 2


def test_a_standby_called_or_closed_lets_its_slot_go(db):
    mentor, others = a_kept_mentor(db), [a_kept_mentor(db) for _ in range(4)]
    pairs = [a_kept_pair(db, other, 1) for other in others]
    called, closed = a_standby(pairs[0], mentor, slot=1), a_standby(pairs[1], mentor, slot=2)
    db.add_all([called, closed])
    db.commit()

    called.call(now=NOW)
    closed.close(now=NOW)
    closed.close(now=NOW + timedelta(days=1))
    db.add_all([a_standby(pairs[2], mentor, slot=1), a_standby(pairs[3], mentor, slot=2)])
    db.commit()

    assert (called.called_at, called.closed_at, called.slot) == (NOW, NOW, None)
    assert (closed.called_at, closed.closed_at, closed.slot) == (None, NOW, None)


def test_a_pair_has_one_standby_for_each_turn_and_each_mentor(db):
    first, second = a_kept_mentor(db), a_kept_mentor(db)
    pair = a_kept_pair(db, a_kept_mentor(db), 1)
    db.add(a_standby(pair, first, turn=1))
    db.commit()

    assert is_refused(db, a_standby(pair, second, turn=1, slot=1))
    assert is_refused(db, a_standby(pair, first, turn=2, slot=2))
    assert not is_refused(db, a_standby(pair, second, turn=2, slot=1))


def test_an_override_is_not_replaced_by_a_run(db):
    manager = an_account()
    db.add(manager)
    told = {"overridden_by": manager.id, "override_reason": "They know each other's town."}
    pair = a_kept_pair(db, a_kept_mentor(db), 1, **told)

    with pytest.raises(IntegrityError):
        pair.move(Move.REPLACE, by=None, now=NOW)
