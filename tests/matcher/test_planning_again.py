"""Between two nights only those are planned again whom a change touches."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from matcher import pairing, screening
from matcher.clock import Context, run_jobs
from matcher.planning_again import JOB, OVERLAP
from matcher.touched import last_look, touched_since
from models.audit import AuditedSession, Hand
from models.database import sessions
from models.desk_words import DeclineReason
from models.pairs import LIVE, Pair
from models.people import Leaver, Mentor
from models.referrals import Referral
from models.restrictions import Link
from models.runs import JobRun
from models.standbys import Standby
from models.states import MentorState, Move, ReferralState
from models.vocabulary import LinkKind
from tests.matcher.lettered import SETTINGS, a_journal
from tests.matcher.people_waiting import (
    a_manager,
    planned_again,
    ready,
    run,
    the_pair,
    waiting,
)
from tests.rows import NOW, a_screening

LATER = NOW + timedelta(hours=1)


def live_pairs(db):
    rows = select(Leaver.code, Mentor.code).where(
        Pair.leaver_id == Leaver.id, Pair.mentor_id == Mentor.id, col(Pair.state).in_(LIVE)
    )
    return set(db.exec(rows))


def referral_of(db, leaver):
    return db.exec(select(Referral).where(Referral.leaver_id == leaver.id)).one()


def speaks_polish(db):
    return ready(db, languages={"en", "pl"}, places=1)


def say_no(db, pair, now=LATER):
    pairing.approve(db, pair, by=a_manager(db), now=now)
    pairing.decline(db, pair, why=DeclineReason.OTHER, by=None, now=now)
    db.commit()


def test_the_next_best_is_the_best_there_is_now_and_not_whoever_stood_by(db):
    leaver = waiting(db)
    first, standby = ready(db, home="LS6"), ready(db, home="LS28", needs=frozenset())
    run(db)
    better = ready(db, home="LS6")
    say_no(db, the_pair(db, leaver, first))

    [following] = planned_again(db, LATER)

    assert following.mentor_id == better.id
    assert [row.mentor_id for row in db.exec(select(Standby)) if row.slot] == [standby.id]


def test_another_proposal_gives_way_where_that_covers_both(db):
    tied, first = waiting(db, referral={"languages": {"pl"}}), speaks_polish(db)
    run(db)
    pairing.approve(db, the_pair(db, tied, first), by=a_manager(db), now=NOW)
    bendable, second = waiting(db), speaks_polish(db)
    run(db, LATER)
    other = ready(db, home="LS28", needs=frozenset(), cleared=False)
    pairing.decline(db, the_pair(db, tied, first), why=DeclineReason.OTHER, by=None, now=LATER)
    first.state = MentorState.PAUSED
    db.commit()

    planned_again(db, LATER)

    assert live_pairs(db) == {(tied.code, second.code), (bendable.code, other.code)}


def test_nothing_elsewhere_is_looked_at(db):
    here, elsewhere = waiting(db), waiting(db, referral={"resettling_in": "TR1"})
    mine, _spare = ready(db, home="LS6"), ready(db, home="LS28")
    theirs = ready(db, home="TR1", needs=frozenset(), cleared=False)
    run(db)
    better = ready(db, home="TR1")
    say_no(db, the_pair(db, here, mine))

    planned_again(db, LATER)
    by_day = live_pairs(db)
    run(db, LATER + timedelta(days=1))

    assert (elsewhere.code, theirs.code) in by_day
    assert (elsewhere.code, better.code) in live_pairs(db)


def test_what_is_fixed_is_never_moved(db):
    offered, chosen, walking = waiting(db), waiting(db), waiting(db)
    for _ in range(3):
        ready(db, places=1)
    run(db)
    manager = a_manager(db)
    for leaver in (offered, walking):
        pair = db.exec(select(Pair).where(Pair.leaver_id == leaver.id)).one()
        pairing.approve(db, pair, by=manager, now=NOW)
    pairing.accept(db, pair, by=None, now=NOW)
    own = db.exec(select(Pair).where(Pair.leaver_id == chosen.id)).one()
    own.overridden_by, own.override_reason = manager, "They ask for each other."
    db.commit()
    before = {pair.id: (pair.state, pair.mentor_id) for pair in db.exec(select(Pair))}
    waiting(db)
    best = ready(db, home="LS6", places=1)
    best.state_since = LATER
    db.commit()

    planned_again(db, LATER)
    again = {pair.id: (pair.state, pair.mentor_id) for pair in db.exec(select(Pair))}

    assert {pair_id: again[pair_id] for pair_id in before} == before


def test_who_said_no_is_never_proposed_to_the_same_leaver_again(db):
    leaver, mentor = waiting(db), ready(db)
    run(db)
    say_no(db, the_pair(db, leaver, mentor))

    assert planned_again(db, LATER) == []


def test_before_the_first_whole_run_there_is_nothing_to_keep_up(db):
    waiting(db)
    ready(db)

    assert planned_again(db) == []
    assert last_look(db, JOB) is None


def test_each_look_goes_back_to_the_one_before_that_ended_well(db):
    run(db)
    for minutes, finished in ((1, True), (2, True), (3, False)):
        moment = NOW + timedelta(minutes=minutes)
        told = {"period": str(minutes), "started_at": moment, "outcome": ""}
        db.add(JobRun(job=JOB, finished_at=moment if finished else None, **told))
    db.commit()

    assert last_look(db, JOB) == NOW + timedelta(minutes=2)


@pytest.mark.parametrize("late", [True, False])
def test_a_change_that_is_committed_late_is_not_missed(db, late):
    leaver, mentor = waiting(db), ready(db, home="LS6")
    other = ready(db, home="LS28")
    run(db, LATER)
    say_no(db, the_pair(db, leaver, mentor), now=LATER - OVERLAP * (1 if late else 2))

    planned_again(db, LATER)

    assert live_pairs(db) == ({(leaver.code, other.code)} if late else set())


def test_a_proposal_that_a_plan_replaced_touches_nobody_and_one_that_a_manager_took_does(db):
    leaver, other = waiting(db), waiting(db)
    ready(db, places=2)
    run(db)
    manager = a_manager(db)
    for one, by in ((leaver, None), (other, manager)):
        pair = db.exec(select(Pair).where(Pair.leaver_id == one.id)).one()
        pair.move(Move.REPLACE, by=by, now=LATER)
    db.commit()

    assert touched_since(db, LATER).leavers == {other.id}


AFTER = LATER + OVERLAP


def screened_again(db, leaver, mentor):
    db.add(a_screening(leaver, recorded_at=AFTER))


def moved(db, leaver, mentor):
    mentor.home = "LS1"


def leaves_sooner(db, leaver, mentor):
    leaver.release_date -= timedelta(days=7)


def told_of_interests(db, leaver, mentor):
    referral_of(db, leaver).interests = frozenset()


def linked(db, leaver, mentor):
    ends = {"one_leaver_id": leaver.id, "other_mentor_id": mentor.id}
    db.add(Link(kind=LinkKind.NON_ASSOCIATION, recorded_at=AFTER, **ends))


def kept_out(db, leaver, mentor):
    screening.add_zone(db, leaver, "LS9", by=None, now=AFTER)


@pytest.mark.parametrize(
    ("change", "who"),
    [
        (screened_again, ["leaver"]),
        (moved, ["mentor"]),
        (leaves_sooner, ["leaver"]),
        (told_of_interests, ["leaver"]),
        (linked, ["leaver", "mentor"]),
        (kept_out, ["leaver"]),
    ],
)
def test_whoever_a_changed_fact_is_about_is_touched(engine, change, who):
    with AuditedSession(engine, audit_key=b"k" * 32) as db:
        db.write_as(Hand(None, at=LATER))
        leaver, mentor = waiting(db), ready(db)
        db.write_as(Hand(None, at=AFTER))
        change(db, leaver, mentor)
        db.commit()

        touched = touched_since(db, AFTER)

        assert touched.leavers == ({leaver.id} if "leaver" in who else set())
        assert touched.mentors == ({mentor.id} if "mentor" in who else set())


def test_a_leaver_who_does_not_wait_is_not_touched(engine):
    with AuditedSession(engine, audit_key=b"k" * 32) as db:
        db.write_as(Hand(None, at=LATER))
        waiting(db, referral={"state": ReferralState.ENDORSED})
        db.commit()

        assert not touched_since(db, LATER)


def test_the_clock_proposes_the_next_best_within_the_minute_and_then_nothing_new(engine):
    def minutes_later(count):
        clock = Context(
            sessions(engine, b"k" * 32),
            SETTINGS,
            senders={},
            journal=a_journal(),
            worker="one",
            now=lambda: LATER + timedelta(minutes=count),
        )
        return [done.sentence for done in run_jobs(clock) if done.job == JOB]

    with AuditedSession(engine, audit_key=b"k" * 32) as db:
        db.write_as(Hand(None, at=LATER))
        leaver, first = waiting(db), ready(db, home="LS6")
        ready(db, home="LS28")
        minutes_later(0)
        say_no(db, the_pair(db, leaver, first))

    said = [minutes_later(count) for count in (1, 2, 3)]

    assert said == [["1 new pair proposed"], [], []]
