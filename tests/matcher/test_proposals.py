from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlmodel import Session, col, select

from matcher.core.conditions import RuleSettings
from matcher.core.planning import PlanSettings
from matcher.proposals import propose
from models.database import make_engine
from models.pairs import LIVE, Pair, PairHistory
from models.people import Leaver, Mentor
from models.runs import PlanRun
from models.standbys import Standby
from models.states import EndReason, MentorState, Move, PairForm, PairState, ReferralState
from tests.factories import TODAY
from tests.matcher.people_waiting import ready, run, waiting
from tests.rows import NOW, a_leaver_row, a_referral, a_screening, an_account


def live_pairs(db):
    rows = select(Leaver.code, Mentor.code).where(
        Pair.leaver_id == Leaver.id, Pair.mentor_id == Mentor.id, col(Pair.state).in_(LIVE)
    )
    return set(db.exec(rows))


def test_rows_become_proposed_pairs_with_their_reasons_and_versions(db):
    leaver, mentor = waiting(db), ready(db)

    done = run(db)

    [pair] = db.exec(select(Pair))
    [line] = db.exec(select(PairHistory))
    assert (pair.leaver_id, pair.mentor_id, pair.state) == (
        leaver.id,
        mentor.id,
        PairState.PROPOSED,
    )
    assert pair.place_number == 1
    assert pair.form is PairForm.IN_PRISON
    assert pair.score == sum(pair.parts.values()) > 0
    assert "may visit HMP Leeds" in pair.explanation
    assert pair.plan_run_id == done.id
    assert (line.pair_id, line.move, line.to_state) == (pair.id, None, PairState.PROPOSED)
    assert all([pair.weights_version, pair.rules_version, pair.model_version, pair.facts_version])


def test_the_run_keeps_its_proof(db):
    waiting(db)
    mentor = ready(db, places=1)

    run(db)

    [kept] = db.exec(select(PlanRun))
    assert kept.covered == 1
    assert kept.total == kept.bound > 0
    assert kept.day == TODAY
    assert kept.counts["eligible_pairs"] == 1
    assert kept.prices == {mentor.code: (0, 0)}


def test_running_again_at_once_changes_no_pair_and_no_standby(db):
    for _ in range(5):
        waiting(db)
    for _ in range(4):
        ready(db)
    run(db)
    before = {pair.id: (pair.mentor_id, pair.state) for pair in db.exec(select(Pair))}
    standbys = {row.id: (row.mentor_id, row.slot) for row in db.exec(select(Standby))}

    run(db, NOW + timedelta(minutes=1))

    assert {pair.id: (pair.mentor_id, pair.state) for pair in db.exec(select(Pair))} == before
    assert {row.id: (row.mentor_id, row.slot) for row in db.exec(select(Standby))} == standbys
    assert len(db.exec(select(PairHistory)).all()) == len(before)


def approve(db, pair):
    manager = an_account()
    db.add(manager)
    db.flush()
    pair.move(Move.APPROVE, by=manager.id, now=NOW)


def override(db, pair):
    manager = an_account()
    db.add(manager)
    db.flush()
    pair.overridden_by, pair.override_reason = manager.id, "They know each other's work."


@pytest.mark.parametrize("fix", [approve, override])
def test_what_is_fixed_stays_though_a_better_mentor_comes(db, fix):
    leaver, mentor = waiting(db), ready(db, home="LS28", needs=frozenset())
    run(db)
    fix(db, db.exec(select(Pair)).one())
    db.commit()
    ready(db, home="LS6")

    run(db)

    assert live_pairs(db) == {(leaver.code, mentor.code)}


def test_a_proposal_nobody_approved_gives_way_to_a_clearly_better_mentor(db):
    leaver, first = waiting(db), ready(db, home="LS28", needs=frozenset(), cleared=False)
    run(db)
    better = ready(db, home="LS6")

    run(db, NOW + timedelta(days=1))

    ended = db.exec(select(Pair).where(Pair.mentor_id == first.id)).one()
    assert live_pairs(db) == {(leaver.code, better.code)}
    assert ended.end_reason is EndReason.REPLACED
    assert ended.place_number is None


def test_a_proposal_is_replaced_when_its_mentor_lapses(db):
    leaver, lapsing = waiting(db), ready(db, home="LS6")
    other = ready(db, home="LS28")
    run(db)
    assert live_pairs(db) == {(leaver.code, lapsing.code)}
    lapsing.state = MentorState.PAUSED
    db.commit()

    run(db)

    assert live_pairs(db) == {(leaver.code, other.code)}


def test_a_mentor_never_holds_more_live_pairs_than_places_fixed_ones_counted(db):
    mentor = ready(db, places=2)
    for _ in range(2):
        waiting(db)
    run(db)
    for pair in db.exec(select(Pair)).all():
        approve(db, pair)
    db.commit()
    waiting(db)

    run(db)

    pairs = db.exec(select(Pair)).all()
    assert len(pairs) == 2
    assert {pair.place_number for pair in pairs} == {1, 2}
    assert {pair.mentor_id for pair in pairs} == {mentor.id}


@pytest.mark.parametrize(
    "state", [state for state in ReferralState if state is not ReferralState.WAITING]
)
def test_only_leavers_who_wait_are_paired(db, state):
    waiting(db, referral={"state": state})
    ready(db)

    run(db)

    assert live_pairs(db) == set()


def test_a_leaver_on_hold_is_paired_with_nobody_until_screened_again(db):
    leaver = waiting(db, screening={"content_by": None})
    mentor = ready(db)
    run(db)
    assert live_pairs(db) == set()
    db.add(a_screening(leaver, recorded_at=NOW + timedelta(hours=1)))
    db.commit()

    run(db, NOW + timedelta(hours=2))

    assert live_pairs(db) == {(leaver.code, mentor.code)}


@pytest.mark.parametrize(
    ("days", "pairs"), [(85, 0), (84, 1), (0, 1), (-1, 0)], ids=["early", "opens", "today", "gone"]
)
def test_the_plan_is_for_those_who_leave_in_the_next_twelve_weeks(db, days, pairs):
    waiting(db, leaver={"release_date": TODAY + timedelta(days=days)})
    ready(db)

    done = run(db)

    assert (done.covered, done.counts["on_hold"]) == (pairs, 1 - pairs)


def test_a_leaver_without_a_release_date_waits_until_there_is_one(db):
    leaver, mentor = waiting(db, leaver={"release_date": None}), ready(db)
    run(db)
    assert live_pairs(db) == set()
    leaver.release_date = TODAY + timedelta(weeks=6)
    db.commit()

    run(db, NOW + timedelta(days=1))

    assert live_pairs(db) == {(leaver.code, mentor.code)}


def test_an_unscreened_leaver_is_on_hold(db):
    leaver = a_leaver_row()
    db.add_all([leaver, a_referral(leaver)])
    db.commit()
    ready(db)

    assert run(db).covered == 0


def test_who_declined_or_never_answered_is_not_proposed_again_to_the_same_leaver(db):
    leaver = waiting(db)
    near, far = ready(db, home="LS6"), ready(db, home="LS28")
    run(db)
    pair = db.exec(select(Pair)).one()
    assert pair.mentor_id == near.id
    for move in (Move.APPROVE, Move.OFFER, Move.EXPIRE):
        pair.move(move, by=None, now=NOW)
    db.commit()

    run(db)

    assert live_pairs(db) == {(leaver.code, far.code)}


def test_standbys_stand_beside_proposals_and_close_when_the_pair_is_replaced(db):
    waiting(db)
    first, second = ready(db, home="LS6"), ready(db, home="LS28")
    run(db)
    standby = db.exec(select(Standby)).one()
    assert (standby.mentor_id, standby.slot, standby.closed_at) == (second.id, 1, None)
    first.state = MentorState.PAUSED
    db.commit()

    run(db, NOW + timedelta(days=1))

    db.refresh(standby)
    assert standby.slot is None
    assert standby.closed_at is not None


def test_standbys_of_fixed_pairs_stay_and_count_against_the_two(db):
    for _ in range(2):
        waiting(db)
    busy, spare = ready(db, home="LS6"), ready(db, home="LS28", cleared=False, needs=frozenset())
    run(db)
    for pair in db.exec(select(Pair)).all():
        approve(db, pair)
    db.commit()
    fixed = {row.id for row in db.exec(select(Standby))}
    waiting(db)
    waiting(db)

    run(db, NOW + timedelta(days=1))

    slots = [
        row.mentor_id for row in db.exec(select(Standby)) if row.slot and row.closed_at is None
    ]
    assert fixed <= {row.id for row in db.exec(select(Standby)) if row.closed_at is None}
    assert max(slots.count(mentor.id) for mentor in (busy, spare)) <= 2


def test_the_day_of_a_run_is_the_day_in_england_and_wales(db):
    late = NOW.replace(month=7, day=1, hour=23, minute=30)

    assert run(db, late).day == date(2026, 7, 2)


def test_a_run_that_fails_halfway_leaves_nothing_behind(database_url):
    engine = make_engine(database_url)
    with Session(engine) as db:
        waiting(db)
        ready(db)
        propose(db, now=NOW, rules=RuleSettings(), settings=PlanSettings())
        db.rollback()

        assert db.exec(select(Pair)).all() == []
        assert db.exec(select(PlanRun)).all() == []
    engine.dispose()


def test_runs_at_the_same_time_wait_for_one_another_and_change_nothing_twice(database_url):
    engine = make_engine(database_url)
    with Session(engine) as db:
        for _ in range(6):
            waiting(db)
        for _ in range(5):
            ready(db)

    def run_alone(minute):
        with Session(engine) as db:
            return run(db, NOW + timedelta(minutes=minute)).covered

    with ThreadPoolExecutor(4) as pool:
        covered = list(pool.map(run_alone, range(4)))

    with Session(engine) as db:
        assert covered == [6, 6, 6, 6]
        assert len(live_pairs(db)) == 6
        assert len(db.exec(select(Pair)).all()) == 6
        assert len(db.exec(select(PairHistory)).all()) == 6
    engine.dispose()
