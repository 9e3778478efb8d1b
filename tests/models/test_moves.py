"""Every noun, every state, every move: it leads where the table here says, or is refused."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from models.meetings import MEETING_STEPS
from models.moves import IllegalMove
from models.outbox import LETTER_STEPS
from models.pairs import END_REASONS, LIVE, STEPS, Pair, PairHistory
from models.people import MENTOR_STEPS
from models.referrals import REFERRAL_STEPS
from models.states import (
    LetterMove,
    LetterState,
    MeetingMove,
    MeetingState,
    MentorMove,
    MentorState,
    Move,
    PairState,
    ReferralMove,
    ReferralState,
)
from models.vocabulary import Word
from tests.rows import (
    BOOKED,
    NOW,
    a_leaver_row,
    a_letter,
    a_meeting,
    a_mentor_row,
    a_pair,
    a_referral,
    an_account,
    places_of,
)

LATER = NOW + timedelta(hours=1)

# By state, the moves that may be made and where they lead: the other way about than in the models.
MENTORS = {
    "recruited": {"train": "trained", "end": "ended"},
    "trained": {"assess": "assessed", "end": "ended"},
    "assessed": {"clear": "cleared", "end": "ended"},
    "cleared": {"activate": "active", "end": "ended"},
    "active": {"pause": "paused", "renew": "active", "end": "ended"},
    "paused": {"resume": "active", "end": "ended"},
    "ended": {},
}
OUT = {"withdraw": "withdrawn", "release_unmatched": "released_unmatched"}
REFERRALS = {
    "draft": {"put_forward": "put_forward", "withdraw": "withdrawn"},
    "put_forward": {"endorse": "endorsed", **OUT},
    "endorsed": {"screen": "screened", **OUT},
    "screened": {"wait": "waiting", **OUT},
    "waiting": {"match": "matched", "hold": "screened", **OUT},
    "matched": {"unmatch": "waiting", "withdraw": "withdrawn"},
    "withdrawn": {},
    "released_unmatched": {},
}
STOPPED = {"withdraw": "ended", "record_death": "ended", "bar": "ended"}
PAIRS = {
    "proposed": {"approve": "approved", "replace": "ended", **STOPPED},
    "approved": {"offer": "offered", **STOPPED},
    "offered": {"accept": "accepted", "decline": "ended", "expire": "ended", **STOPPED},
    "accepted": {"suspend": "suspended", "complete": "ended", "stand_down": "ended", **STOPPED},
    "suspended": {"resume": "accepted", "stand_down": "ended", **STOPPED},
    "ended": {},
}
MEETINGS = {
    "planned": {"book": "booked", "cancel": "cancelled"},
    "booked": {
        "rebook": "booked",
        "unbook": "planned",
        "hold": "held",
        "miss": "missed",
        "cancel": "cancelled",
    },
    "held": {"reopen": "booked", "set_aside": "cancelled"},
    "missed": {},
    "cancelled": {},
}
DROPPED = {"cancel": "cancelled", "skip": "skipped"}
LETTERS = {
    "planned": {"fall_due": "due", **DROPPED},
    "due": {"claim": "claimed", "give_up": "dead", **DROPPED},
    "claimed": {"release": "due", "start": "sending", **DROPPED},
    "sending": {"succeed": "sent", "fail": "retry", "lose_sight": "unknown", "give_up": "dead"},
    "sent": {},
    "retry": {"fall_due": "due", "give_up": "dead", **DROPPED},
    "unknown": {"fall_due": "due", "succeed": "sent", "give_up": "dead", **DROPPED},
    "dead": {},
    "cancelled": {},
    "skipped": {},
}


def every_case(
    table: dict[str, dict[str, str]], states: type[Word], moves: type[Word]
) -> list[tuple[Word, Word, str | None]]:
    assert list(table) == [state.value for state in states]
    return [(state, move, table[state].get(move)) for state in states for move in moves]


def check_move(row: Any, move: Any, leads_to: str | None, **told: Any) -> None:
    """Make the move; it leads there, or is refused in a sentence and changes nothing."""
    before = row.state
    if leads_to is None:
        with pytest.raises(IllegalMove) as refused:
            row.move(move, now=LATER, **told)
        assert before.label in str(refused.value)
        assert move.label in str(refused.value)
        assert (row.state, row.state_since) == (before, NOW)
    else:
        row.move(move, now=LATER, **told)
        assert (row.state, row.state_since) == (leads_to, LATER)


@pytest.mark.parametrize(("state", "move", "to"), every_case(MENTORS, MentorState, MentorMove))
def test_a_mentor_moves_only_as_the_table_says(state, move, to):
    check_move(a_mentor_row(state=state), move, to)


@pytest.mark.parametrize(
    ("state", "move", "to"), every_case(REFERRALS, ReferralState, ReferralMove)
)
def test_a_referral_moves_only_as_the_table_says(state, move, to):
    check_move(a_referral(a_leaver_row(), state=state), move, to, by=None)


@pytest.mark.parametrize(("state", "move", "to"), every_case(MEETINGS, MeetingState, MeetingMove))
def test_a_meeting_moves_only_as_the_table_says(state, move, to):
    pair = a_pair(a_referral(a_leaver_row()), a_mentor_row())

    check_move(a_meeting(pair, state=state, **BOOKED), move, to)


@pytest.mark.parametrize(("state", "move", "to"), every_case(LETTERS, LetterState, LetterMove))
def test_a_letter_moves_only_as_the_table_says(state, move, to):
    check_move(a_letter(state=state), move, to)


def a_pair_in(db: Session, state: PairState) -> Pair:
    """A pair whose earlier moves brought it to the state, as far as the database can see."""
    leaver, mentor = a_leaver_row(), a_mentor_row()
    referral = a_referral(leaver)
    pair = a_pair(referral, mentor, state=state)
    if state is PairState.ENDED:
        pair.place_number, pair.end_reason = None, END_REASONS[Move.WITHDRAW]
    db.add_all([leaver, mentor, *places_of(mentor), referral, pair])
    db.flush()
    return pair


def test_a_pair_moves_only_as_the_table_says_and_leaves_a_line(db):
    for state, move, to in every_case(PAIRS, PairState, Move):
        pair = a_pair_in(db, state)

        check_move(pair, move, to, by=None, reason="because")

        lines = db.exec(select(PairHistory).where(PairHistory.pair_id == pair.id)).all()
        told = [(line.from_state, line.move, line.to_state, line.reason) for line in lines]
        assert told == ([(state, move, to, "because")] if to else [])
        assert (pair.place_number is None) is (pair.state is PairState.ENDED)
        assert (pair.end_reason is None) is (pair.state is not PairState.ENDED)
        if to == "ended":
            assert pair.end_reason is END_REASONS[move]


def test_a_pairs_history_says_who_moved_it_and_when(db):
    pair, manager = a_pair_in(db, PairState.PROPOSED), an_account()
    db.add(manager)

    for hours, move in enumerate((Move.APPROVE, Move.OFFER, Move.ACCEPT)):
        pair.move(move, by=manager.id, now=NOW + timedelta(hours=hours))
    db.commit()

    lines = db.exec(select(PairHistory).order_by(PairHistory.number)).all()
    assert [line.move for line in lines] == [Move.APPROVE, Move.OFFER, Move.ACCEPT]
    assert [line.moved_at - NOW for line in lines] == [timedelta(hours=h) for h in range(3)]
    assert {line.moved_by for line in lines} == {manager.id}
    assert pair.accepted_at == NOW + timedelta(hours=2)


def test_a_pair_in_no_session_is_not_moved():
    pair = a_pair(a_referral(a_leaver_row()), a_mentor_row())

    with pytest.raises(ValueError, match="add it to one first"):
        pair.move(Move.APPROVE, by=None, now=NOW)

    assert pair.state is PairState.PROPOSED


def test_a_referral_keeps_who_put_it_forward_and_who_endorsed_it():
    peer, liaison = an_account(), an_account()
    referral = a_referral(a_leaver_row(), state=ReferralState.DRAFT)

    referral.move(ReferralMove.PUT_FORWARD, by=peer.id, now=NOW)
    referral.move(ReferralMove.ENDORSE, by=liaison.id, now=LATER)

    assert (referral.put_forward_by, referral.put_forward_at) == (peer.id, NOW)
    assert (referral.endorsed_by, referral.endorsed_at) == (liaison.id, LATER)


def test_the_refusal_names_the_noun_the_state_and_the_move():
    mentor = a_mentor_row(state=MentorState.ENDED)

    with pytest.raises(IllegalMove) as refused:
        mentor.move(MentorMove.RESUME, now=NOW)

    assert str(refused.value) == 'This mentor is in state "Term ended": "Resume" is not possible'


@pytest.mark.parametrize(
    ("steps", "moves", "states"),
    [
        (MENTOR_STEPS, MentorMove, MentorState),
        (REFERRAL_STEPS, ReferralMove, ReferralState),
        (STEPS, Move, PairState),
        (MEETING_STEPS, MeetingMove, MeetingState),
        (LETTER_STEPS, LetterMove, LetterState),
    ],
)
def test_every_move_has_a_step_and_every_state_can_be_reached(steps, moves, states):
    reached = {next(iter(states))}
    for _ in states:
        reached |= {step.to for step in steps.values() if step.starts & reached}

    assert set(steps) == set(moves)
    assert reached == set(states)


def test_a_pair_that_ends_has_one_reason_for_each_move_that_ends_it():
    ending = {move for move, step in STEPS.items() if step.to is PairState.ENDED}

    assert set(END_REASONS) == ending
    assert len(set(END_REASONS.values())) == len(ending)
    assert {PairState.ENDED} == set(PairState) - LIVE
