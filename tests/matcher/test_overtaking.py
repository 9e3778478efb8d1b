"""Two acts on one leaver at once, each in a session of its own: the later one sees the earlier."""

from collections.abc import Callable
from datetime import date, timedelta
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from matcher import life_events, pairing, proposals
from matcher.core.conditions import RuleSettings
from matcher.core.planning import PlanSettings
from matcher.keeping_up import keep_up
from matcher.life_facts import OnADay, Withdrawn
from matcher.refusing import NotAllowed
from matcher.release_changes import move_date
from models.audit import Hand
from models.database import sessions
from models.meetings import Meeting
from models.outbox import Letter
from models.pairs import LIVE, Pair
from models.people import Leaver, Mentor
from models.referrals import Referral
from models.release_words import DateKind
from models.states import (
    EventKind,
    LetterKind,
    MeetingKind,
    MeetingState,
    PairState,
    ReferralState,
    Role,
)
from models.tasks import Task
from tests.matcher.accepted import at
from tests.matcher.lettered import a_reachable_pair
from tests.rows import (
    NOW,
    a_leaver_row,
    a_mentor_row,
    a_referral,
    a_screening,
    an_account,
    places_of,
    vetting_of,
)

LATER = NOW + timedelta(hours=1)
SOON = date(2026, 11, 27)
Act = Callable[[Session], Any]
A_WHILE = 0.5
"""Seconds in which whoever waits for nobody would be done."""


def in_one(engine: Engine, act: Act, *, told: Event | None = None, wait: Event | None = None):
    """Do something in a session of its own as a page would; return what was refused, if it was."""
    with sessions(engine, b"k" * 32)() as db:
        db.write_as(Hand(None, at=LATER, origin="test"))
        try:
            act(db)
            db.flush()
        except NotAllowed as refused:
            return refused
        finally:
            if told:
                told.set()
        if wait:
            wait.wait(A_WHILE)
        db.commit()
    return None


def one_after_the_other(engine: Engine, first: Act, second: Act) -> list[Any]:
    """Let the second begin once the first has acted, and before it has committed."""
    acted, done, came = Event(), Event(), [None, None]

    def run_first():
        came[0] = in_one(engine, first, told=acted, wait=done)

    def run_second():
        assert acted.wait(30)
        came[1] = in_one(engine, second)
        done.set()

    threads = [Thread(target=run) for run in (run_first, run_second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return came


@pytest.fixture
def waits(db):
    """A leaver who waits, a mentor who fits, and a manager: their ids."""
    leaver, mentor, manager = a_leaver_row(), a_mentor_row(), an_account(Role.MANAGER)
    referral = a_referral(leaver)
    people = [leaver, referral, mentor, a_screening(leaver), manager]
    db.add_all([*people, *places_of(mentor), *vetting_of(mentor)])
    db.commit()
    ids = {"leaver": leaver.id, "referral": referral.id, "mentor": mentor.id, "by": manager.id}
    db.commit()
    return ids


@pytest.fixture
def offered(db):
    """The ids of a pair that is on offer, and of its leaver."""
    accepted = a_reachable_pair(db, state=PairState.PROPOSED, accepted_at=None)
    accepted.referral.state = ReferralState.WAITING
    db.flush()
    pairing.approve(db, accepted.pair, by=None, now=NOW)
    db.commit()
    ids = {"pair": accepted.pair.id, "leaver": accepted.leaver.id}
    db.commit()
    return ids


def withdraws(ids) -> Act:
    return lambda db: life_events.record(
        db,
        db.get_one(Leaver, ids["leaver"]),
        EventKind.CONSENT_WITHDRAWN,
        Withdrawn(),
        happened_at=LATER,
        by=None,
        now=LATER,
    )


def dies(ids) -> Act:
    return lambda db: life_events.record(
        db,
        db.get_one(Leaver, ids["leaver"]),
        EventKind.DIED,
        OnADay(on=LATER.date()),
        happened_at=LATER,
        by=None,
        now=LATER,
    )


def moves(ids, day=SOON) -> Act:
    return lambda db: move_date(
        db,
        db.get_one(Leaver, ids["leaver"]),
        kind=DateKind.CONFIRMED,
        day=day,
        source="the prison",
        given_by="",
        now=LATER,
    )


def says_yes(ids) -> Act:
    return lambda db: pairing.accept(db, db.get_one(Pair, ids["pair"]), by=None, now=LATER)


def chooses(ids) -> Act:
    return lambda db: pairing.override(
        db,
        db.get_one(Referral, ids["referral"]),
        db.get_one(Mentor, ids["mentor"]),
        reason="They ask for each other.",
        by=ids["by"],
        now=LATER,
    )


def plans(db):
    proposals.propose(db, now=LATER, rules=RuleSettings(), settings=PlanSettings())


def live_pairs(db):
    db.expire_all()
    return db.exec(select(Pair).where(col(Pair.state).in_(LIVE))).all()


def test_a_manager_does_not_choose_for_someone_who_withdraws_meanwhile(engine, db, waits):
    came = one_after_the_other(engine, withdraws(waits), chooses(waits))

    assert "not waiting for a mentor" in str(came[1])
    assert not live_pairs(db)


def test_a_withdrawal_sees_the_pair_that_a_manager_is_choosing(engine, db, waits):
    came = one_after_the_other(engine, chooses(waits), withdraws(waits))

    assert came == [None, None]
    assert not live_pairs(db)


@pytest.mark.parametrize("ends", [withdraws, dies])
def test_the_plan_proposes_nobody_who_left_it_while_it_was_made(
    engine, db, waits, monkeypatch, ends
):
    solved, told = Event(), Event()
    keep = proposals.ProposalRows.keep

    def keep_late(self, *words):
        solved.set()
        told.wait(A_WHILE)
        return keep(self, *words)

    monkeypatch.setattr(proposals.ProposalRows, "keep", keep_late)

    def tell():
        assert solved.wait(30)
        in_one(engine, ends(waits))
        told.set()

    telling = Thread(target=tell)
    telling.start()
    in_one(engine, plans)
    telling.join(60)

    assert db.get_one(Referral, waits["referral"]).state is ReferralState.WITHDRAWN
    assert not live_pairs(db)


def test_a_manager_does_not_offer_a_pair_whose_leaver_withdraws_meanwhile(engine, db, waits):
    in_one(engine, plans)
    [pair] = live_pairs(db)
    pair_id = pair.id
    db.commit()

    def approve(other):
        pairing.approve(other, other.get_one(Pair, pair_id), by=None, now=LATER)

    def withdraw_by_hand(other):
        other.get_one(Referral, waits["referral"]).state = ReferralState.WITHDRAWN

    in_one(engine, withdraw_by_hand)

    assert "not waiting for a mentor" in str(in_one(engine, approve))
    assert db.exec(select(Letter)).first() is None


def test_a_date_that_moves_while_the_mentor_says_yes_is_told_to_the_mentor(engine, db, offered):
    came = one_after_the_other(engine, says_yes(offered), moves(offered))

    kinds = {letter.kind for letter in db.exec(select(Letter))}
    assert came == [None, None]
    assert gate(db, offered).window_last == SOON
    assert LetterKind.GATE_CHANGED in kinds


def test_a_yes_while_the_date_moves_plans_by_the_new_date(engine, db, offered):
    one_after_the_other(engine, moves(offered, date(2027, 1, 13)), says_yes(offered))

    assert gate(db, offered).window_last == date(2027, 1, 13)


def test_a_gate_that_only_the_night_moves_is_told_like_a_date_that_was_given(engine, db, offered):
    in_one(engine, says_yes(offered))
    db.get_one(Leaver, offered["leaver"]).release_date = SOON
    db.commit()

    keep_up(db, now=at(date(2026, 11, 24)))
    db.commit()

    kinds = {letter.kind for letter in db.exec(select(Letter))}
    assert gate(db, offered).window_last == SOON
    assert LetterKind.GATE_CHANGED in kinds
    assert db.exec(select(Task).where(Task.pair_id == offered["pair"])).first()


def gate(db, ids):
    db.expire_all()
    assert db.get_one(Pair, ids["pair"]).state is PairState.ACCEPTED
    return db.exec(
        select(Meeting).where(
            Meeting.pair_id == ids["pair"],
            Meeting.kind == MeetingKind.GATE,
            Meeting.state == MeetingState.PLANNED,
        )
    ).one()
