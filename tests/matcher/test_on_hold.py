"""Who is on hold is found in the database as the gates would say it of each one."""

from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from matcher.core.features import LeaverColumns
from matcher.core.gates import GATES, hold_reasons
from matcher.desks.referrals_to_screen import NOT_OF_THE_SCREENING
from matcher.mentors_for import conditions_at
from matcher.on_hold import is_held_by_the_screening, passes
from matcher.writing import facts_in
from models.referrals import Referral, ScreeningFacts
from models.vetting import GangFacts, LicenceFacts
from tests.rows import NOW, a_leaver_row, a_referral, a_screening
from tests.strategies import leavers

CONDITIONS = conditions_at(NOW)
LISTS = (ScreeningFacts, LicenceFacts, GangFacts)


def test_every_gate_that_a_screening_opens_is_asked_of_the_database_too():
    gates = {gate.code for gate in GATES} - NOT_OF_THE_SCREENING

    assert passes(CONDITIONS).keys() == gates


@given(st.lists(leavers(), min_size=20, max_size=40))
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_holds_whom_the_gates_hold(db, people):
    referrals = [keep(db, screening_of(profile)) for profile in people]

    held = set(db.exec(select(Referral.id).where(is_held_by_the_screening(CONDITIONS))))

    said = hold_reasons(LeaverColumns.of(people, CONDITIONS))
    by_gates = {
        referral.id
        for referral, gates in zip(referrals, said, strict=True)
        if any(gate.code not in NOT_OF_THE_SCREENING for gate in gates)
    }
    assert held & {referral.id for referral in referrals} == by_gates


def test_of_two_screenings_the_newer_one_decides(db):
    complete, lacking = {}, {"risk": None}
    now_fine, now_held = keep(db, lacking, complete), keep(db, complete, lacking)

    held = set(db.exec(select(Referral.id).where(is_held_by_the_screening(CONDITIONS))))

    assert now_held.id in held
    assert now_fine.id not in held


def test_whoever_was_never_screened_is_held(db):
    never = keep(db)

    held = set(db.exec(select(Referral.id).where(is_held_by_the_screening(CONDITIONS))))

    assert held == {never.id}


def screening_of(profile):
    return facts_in(profile, *LISTS)


def keep(db, *screenings):
    """A referral of a new leaver with these screenings, the later one the newer."""
    leaver = a_leaver_row()
    referral = a_referral(leaver)
    db.add_all([leaver, referral])
    db.flush()
    minutes = count()
    for told in screenings:
        db.add(a_screening(leaver, **told, recorded_at=NOW.replace(minute=next(minutes))))
    db.flush()
    return referral
