"""Two proposals exchange their mentors, or nothing changes."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from matcher import pairing
from matcher.refusing import NotAllowed
from matcher.swapping import FIXED, swap
from models.pairs import Pair
from models.people import Mentor
from models.standbys import Standby
from models.states import EndReason, PairState
from tests.matcher.people_waiting import a_manager, ready, run, waiting
from tests.rows import NOW, a_standby

LATER = NOW + timedelta(hours=1)
WHY = "They ask for each other."


def two_proposals(db, **mentor):
    """Keep two proposals; the second leaver's mentor is told of."""
    here, there = {"resettling_in": "LS6"}, {"resettling_in": "LS28"}
    first, second = waiting(db, referral=here), waiting(db, referral=there)
    near = ready(db, home="LS6", places=1, travel_limit_km=40)
    far = ready(db, **{"home": "LS28", "places": 1, "travel_limit_km": 40} | mentor)
    run(db)
    pairs = db.exec(select(Pair).where(col(Pair.leaver_id).in_([first.id, second.id]))).all()
    one, other = sorted(pairs, key=lambda pair: pair.leaver_id != first.id)
    return one, other, near, far


def swapped(db, one, other, reason=WHY):
    found = swap(db, one, other, reason=reason, by=a_manager(db), now=LATER)
    db.commit()
    return found


def test_both_pairs_are_proposed_anew_with_the_others_mentor_and_no_run_replaces_them(db):
    one, other, _, _ = two_proposals(db)

    first, second = swapped(db, one, other)
    run(db, LATER + timedelta(days=1))

    assert (first.mentor_id, second.mentor_id) == (other.mentor_id, one.mentor_id)
    assert (first.leaver_id, second.leaver_id) == (one.leaver_id, other.leaver_id)
    assert {one.end_reason, other.end_reason} == {EndReason.REPLACED}
    assert {first.state, second.state} == {PairState.PROPOSED}
    assert first.override_reason == second.override_reason == WHY


def test_who_stood_by_stays_but_for_the_mentor_who_came(db):
    one, other, _, _ = two_proposals(db)
    for row in db.exec(select(Standby)):
        row.close(now=NOW)
    third = ready(db)
    stays = a_standby(one, third, slot=1, turn=1)
    comes = a_standby(one, db.get_one(Mentor, other.mentor_id), slot=1, turn=2)
    db.add_all([stays, comes])
    db.commit()

    first, _ = swapped(db, one, other)

    assert (stays.pair_id, stays.slot) == (first.id, 1)
    assert comes.slot is None


def test_a_rule_in_the_way_of_either_new_pair_leaves_both_as_they_were(db):
    one, other, _, _ = two_proposals(db)
    mentor = db.get_one(Mentor, one.mentor_id)
    mentor.offence_free_since = None
    db.commit()

    with pytest.raises(NotAllowed) as refused:
        swapped(db, one, other)
    db.rollback()

    assert "offence" in refused.value.sentences[0]
    assert {one.state, other.state} == {PairState.PROPOSED}


def test_a_pair_that_is_approved_or_chosen_by_hand_is_not_swapped(db):
    one, other, _, _ = two_proposals(db)
    first, second = swapped(db, one, other)

    with pytest.raises(NotAllowed, match=FIXED):
        swapped(db, first, second)
    db.rollback()
    with pytest.raises(NotAllowed, match="Choose a pair with another mentor"):
        swapped(db, first, first)


def test_without_a_reason_nothing_is_swapped(db):
    one, other, _, _ = two_proposals(db)

    with pytest.raises(NotAllowed, match="Say why"):
        swapped(db, one, other, reason=" ")


def test_one_that_was_approved_meanwhile_is_not_swapped(db):
    one, other, _, _ = two_proposals(db)
    pairing.approve(db, other, by=a_manager(db), now=NOW)
    db.commit()

    with pytest.raises(NotAllowed, match=FIXED):
        swapped(db, one, other)
