"""Who stands by is chosen, let go and called; calling asks every rule and makes an offer."""

from datetime import timedelta

import pytest
from sqlmodel import select

from matcher.calling_standbys import GONE, OVER, call_standby, choose_standby, let_standby_go
from matcher.refusing import NotAllowed
from models.outbox import Letter
from models.people import Mentor
from models.referrals import Referral
from models.standbys import Standby
from models.states import EndReason, LetterKind, PairState
from models.tasks import Task
from tests.matcher.people_waiting import a_manager, accepted, offered, proposed, ready, waiting
from tests.rows import NOW, a_pair

LATER = NOW + timedelta(hours=1)
WHY = "The first mentor is ill."


def with_standby(db, kept, **mentor):
    """Keep a pair, and one other mentor who stands by for it."""
    pair = kept(db)
    other = ready(db, **mentor)
    standby = choose_standby(db, pair, other.id, now=NOW)
    db.commit()
    return pair, other, standby


def called(db, pair, standby, reason=WHY):
    found = call_standby(db, pair, standby.id, reason=reason, by=a_manager(db), now=LATER)
    db.commit()
    return found


def a_proposal(db):
    """Keep a pair of a new leaver and a new mentor."""
    leaver, mentor = waiting(db), ready(db)
    referral = db.exec(select(Referral).where(Referral.leaver_id == leaver.id)).one()
    pair = a_pair(referral, mentor)
    db.add(pair)
    db.commit()
    return pair


@pytest.mark.parametrize(
    ("kept", "ended"),
    [
        (proposed, EndReason.REPLACED),
        (offered, EndReason.WITHDRAWN),
        (accepted, EndReason.STOOD_DOWN),
    ],
)
def test_calling_ends_the_pair_and_offers_the_leaver_to_the_standby(db, kept, ended):
    pair, other, standby = with_standby(db, kept)

    found = called(db, pair, standby)

    assert (found.mentor_id, found.state) == (other.id, PairState.OFFERED)
    assert found.override_reason == WHY
    assert (pair.state, pair.end_reason) == (PairState.ENDED, ended)
    assert (standby.called_at, standby.slot) == (LATER, None)


def test_a_mentor_who_had_said_yes_is_told_at_once_and_rung(db):
    pair, _, standby = with_standby(db, accepted)

    called(db, pair, standby)

    kinds = {one.kind for one in db.exec(select(Letter).where(Letter.pair_id == pair.id))}
    assert LetterKind.STOOD_DOWN in kinds
    assert db.exec(select(Task).where(Task.mentor_id == pair.mentor_id)).all()


def test_the_others_stand_by_for_the_new_pair(db):
    pair, _, standby = with_standby(db, offered)
    second = choose_standby(db, pair, ready(db).id, now=NOW)
    db.commit()

    found = called(db, pair, standby)

    assert (second.pair_id, second.slot, second.turn) == (found.id, 1, 2)


def test_a_rule_in_the_way_now_is_said_and_nothing_changes(db):
    pair, other, standby = with_standby(db, accepted)
    db.get_one(Mentor, other.id).offence_free_since = None
    db.commit()

    with pytest.raises(NotAllowed, match="offence"):
        called(db, pair, standby)
    db.rollback()

    assert pair.state is PairState.ACCEPTED
    assert standby.slot == 1


def test_a_standby_without_a_free_place_is_not_called(db):
    pair, other, standby = with_standby(db, offered, places=1)
    db.get_one(Mentor, other.id).places = 0
    db.commit()

    with pytest.raises(NotAllowed, match="no free place"):
        called(db, pair, standby)


def test_without_a_reason_nobody_is_called(db):
    pair, _, standby = with_standby(db, offered)

    with pytest.raises(NotAllowed, match="Say why"):
        called(db, pair, standby, reason="")


def test_nobody_stands_by_twice_for_a_pair_or_for_their_own(db):
    pair, other, _ = with_standby(db, offered)

    for mentor_id in (pair.mentor_id, other.id):
        with pytest.raises(NotAllowed, match="Choose another mentor"):
            choose_standby(db, pair, mentor_id, now=NOW)


def test_a_mentor_stands_by_for_two_pairs_and_no_more(db):
    other = ready(db)
    pairs = [a_proposal(db) for _ in range(3)]
    for pair in pairs[:2]:
        choose_standby(db, pair, other.id, now=NOW)

    with pytest.raises(NotAllowed, match="that is all"):
        choose_standby(db, pairs[2], other.id, now=NOW)


def test_a_barred_mentor_is_not_chosen(db):
    pair = offered(db)
    barred = ready(db, offence_free_since=None)

    with pytest.raises(NotAllowed, match="offence"):
        choose_standby(db, pair, barred.id, now=NOW)


def test_who_was_let_go_is_called_no_more_and_may_be_chosen_again(db):
    pair, other, standby = with_standby(db, offered)

    let_standby_go(db, pair, standby.id, now=LATER)
    db.commit()

    assert standby.slot is None
    with pytest.raises(NotAllowed, match=GONE):
        called(db, pair, standby)
    db.rollback()
    assert choose_standby(db, pair, other.id, now=LATER).slot == 1


def test_nobody_stands_by_for_a_pair_that_has_ended(db):
    pair, _, standby = with_standby(db, accepted)
    called(db, pair, standby)

    with pytest.raises(NotAllowed, match=OVER):
        choose_standby(db, pair, ready(db).id, now=LATER)
    assert db.exec(select(Standby).where(Standby.pair_id == pair.id)).all() == [standby]
