"""Leavers who wait, mentors who are ready, and the plan run for them, kept in the database."""

from sqlmodel import select

from matcher import pairing
from matcher.core.conditions import RuleSettings
from matcher.core.planning import PlanSettings
from matcher.planning_again import plan_again
from matcher.proposals import propose
from models.contacts import Practitioner
from models.pairs import Pair
from models.states import MentorState
from models.vetting import Clearance
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


def waiting(db, **told):
    """Keep an ordinary waiting leaver; facts of the referral or the screening may be told."""
    leaver = a_leaver_row(**told.pop("leaver", {}))
    referral = a_referral(leaver, **told.pop("referral", {}))
    db.add_all([leaver, referral, a_screening(leaver, **told.pop("screening", {}))])
    assert not told
    db.commit()
    return leaver


def ready(db, *, cleared=True, **told):
    """Keep an ordinary active mentor with everything in date."""
    mentor = a_mentor_row(**{"state": MentorState.ACTIVE} | told)
    vetting = [row for row in vetting_of(mentor) if cleared or not isinstance(row, Clearance)]
    db.add_all([mentor, *places_of(mentor), *vetting])
    db.commit()
    return mentor


def run(db, now=NOW):
    done = propose(db, now=now, rules=RuleSettings(), settings=PlanSettings())
    db.commit()
    return done


def planned_again(db, now=NOW):
    """Look once, as the clock does each minute; return the new proposals."""
    found = plan_again(db, now=now, rules=RuleSettings(), settings=PlanSettings())
    db.commit()
    return found


def a_manager(db):
    manager = an_account()
    db.add(manager)
    db.commit()
    return manager.id


def proposed(db, **mentor):
    """Keep a leaver and a mentor whom the plan has made a pair."""
    leaver, found = waiting(db), ready(db, **mentor)
    run(db)
    return the_pair(db, leaver, found)


def offered(db, **mentor):
    """Keep a pair that a manager has approved."""
    pair = proposed(db, **mentor)
    pairing.approve(db, pair, by=a_manager(db), now=NOW)
    db.commit()
    return pair


def accepted(db, **mentor):
    """Keep a pair that the mentor has said yes to."""
    pair = offered(db, **mentor)
    pairing.accept(db, pair, by=None, now=NOW)
    db.commit()
    return pair


def the_pair(db, leaver, mentor):
    both = (Pair.leaver_id == leaver.id, Pair.mentor_id == mentor.id)
    return db.exec(select(Pair).where(*both)).one()


def a_practitioner(leaver_id, **told):
    own = {"name": "Robin", "email": "robin@probation.example", "recorded_at": NOW}
    return Practitioner(leaver_id=leaver_id, **own | told)
