"""A live pair when its people turn out to have another record: whoever loses something is told."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from matcher import life_events, pairing
from matcher.life_facts import Lapsed, NotReleased, OnADay, Transferred, Withdrawn
from matcher.refusing import NotAllowed
from models.council_words import PersonToAvoid
from models.desk_words import LapseStep, RingReason, TaskKind
from models.events import Event
from models.outbox import NOT_UNDER_WAY, Letter
from models.states import (
    EventKind,
    LetterKind,
    LetterState,
    MeetingKind,
    MeetingState,
    MentorState,
    PairState,
    ReferralState,
    Role,
)
from models.tasks import Task
from tests.matcher.accepted import RELEASE, an_accepted_pair, at, on
from tests.matcher.lettered import a_reachable_pair
from tests.matcher.merges import merge, preview
from tests.rows import (
    NOW,
    a_leaver_row,
    a_mentor_row,
    a_pair,
    a_referral,
    a_screening,
    an_account,
    places_of,
    vetting_of,
)

A_DAY = timedelta(days=1)
LATER = NOW + timedelta(hours=1)
OPEN = (MeetingState.PLANNED, MeetingState.BOOKED)
LONG_AGO = date(2026, 10, 1)


@pytest.fixture
def there(db):
    there = a_reachable_pair(db)
    there.plan()
    there.book(there.meeting(MeetingKind.INTRODUCTION), on(date(2026, 12, 29)))
    return there


def tell(db, person, kind, facts, when, now=None):
    words = {"happened_at": when, "by": None, "now": now or when}
    return life_events.record(db, person, kind, facts, **words)


def another_mentor(db, **told):
    mentor = a_mentor_row(**told)
    db.add_all([mentor, *places_of(mentor), *vetting_of(mentor)])
    db.flush()
    return mentor


def another_leaver(db, leaver, state=ReferralState.PUT_FORWARD, **told):
    other = a_leaver_row(birth_date=leaver.birth_date, prison=leaver.prison)
    referral = a_referral(other, state=state, **told)
    db.add_all([other, referral, a_screening(other)])
    db.flush()
    return other, referral


def calls(db, pair):
    ring = select(Task).where(Task.pair_id == pair.id, Task.kind == TaskKind.RING)
    still_open = [one.key for one in db.exec(ring) if one.done_at is None]
    return [why for why in RingReason if any(f":{why.value}:" in key for key in still_open)]


LEFT = {
    "withdrew": (EventKind.CONSENT_WITHDRAWN, Withdrawn()),
    "ended": (EventKind.MENTOR_LAPSED, Lapsed(step=LapseStep.END)),
    "paused": (EventKind.MENTOR_LAPSED, Lapsed(step=LapseStep.PAUSE)),
}


@pytest.mark.parametrize("how", sorted(LEFT))
@pytest.mark.parametrize("who_stays", ["with the pair", "who left"])
def test_a_pair_proposed_after_its_mentor_left_on_another_record_ends(there, how, who_stays):
    db, kept = there.db, there.mentor
    other = another_mentor(db)
    tell(db, other, *LEFT[how], NOW - 3 * A_DAY)
    stays, goes = (kept, other) if who_stays == "with the pair" else (other, kept)

    shown = preview(db, stays, goes.code, now=LATER)
    happened = merge(db, stays, goes.code, now=LATER)

    assert happened == shown
    assert "1 pair ends." in happened.sentences()
    assert there.pair.state is PairState.ENDED
    assert there.referral.state is ReferralState.WAITING
    assert not there.meetings(*OPEN)
    assert RingReason.MENTOR_LEFT in calls(db, there.pair)
    told = there.letters(LetterKind.STOOD_DOWN, LetterState.PLANNED)
    assert bool(told) == (how != "withdrew")


def test_no_pair_is_left_with_a_mentor_whose_other_record_had_ended_by_itself(there):
    db = there.db
    other = another_mentor(db, state=MentorState.ENDED, state_since=NOW + timedelta(minutes=1))

    merge(db, there.mentor, other.code, now=LATER)

    assert there.mentor.state is MentorState.ENDED
    assert there.pair.state is PairState.ENDED
    assert calls(db, there.pair)


def test_a_mentor_told_late_to_have_withdrawn_is_left_with_nobody(there):
    tell(there.db, there.mentor, *LEFT["withdrew"], NOW - 3 * A_DAY, LATER)

    assert there.pair.state is PairState.ENDED


def test_an_offer_made_after_consent_was_withdrawn_on_another_record_is_void(db):
    leaver, mentor = a_leaver_row(release_date=RELEASE), another_mentor(db)
    db.add(leaver)
    other, _ = another_leaver(db, leaver, ReferralState.WAITING)
    tell(db, other, *LEFT["withdrew"], NOW)
    then = NOW + A_DAY
    referral = a_referral(leaver)
    pair = a_pair(referral, mentor, proposed_at=then, state_since=then)
    db.add_all([a_screening(leaver), referral, pair])
    db.flush()
    pairing.approve(db, pair, by=None, now=then)

    ripple = merge(db, leaver, other.code, now=then + timedelta(hours=1))

    assert ripple.ends == 1
    assert referral.state is ReferralState.WITHDRAWN
    assert not db.exec(select(Letter).where(Letter.state.in_(NOT_UNDER_WAY))).all()
    with pytest.raises(Exception, match="not possible"):
        pairing.accept(db, pair, by=None, now=then + 2 * timedelta(hours=1))


def test_what_was_put_forward_after_the_withdrawal_goes_on_and_what_was_before_does_not(db):
    leaver = a_leaver_row(release_date=RELEASE)
    anew = a_referral(leaver, state=ReferralState.PUT_FORWARD, put_forward_at=NOW)
    db.add_all([leaver, anew])
    old, before = another_leaver(db, leaver, ReferralState.WAITING)
    tell(db, leaver, *LEFT["withdrew"], NOW - A_DAY, LATER)

    merge(db, old, leaver.code, now=LATER + A_DAY)

    assert anew.state is ReferralState.PUT_FORWARD
    assert before.state is ReferralState.WITHDRAWN


def test_a_withdrawal_of_the_morning_leaves_alone_what_is_put_forward_at_noon(there):
    db = there.db
    there.referral.put_forward_at = NOW + timedelta(hours=2)
    other, _ = another_leaver(db, there.leaver)
    tell(db, other, *LEFT["withdrew"], NOW)

    merge(db, there.leaver, other.code, now=NOW + timedelta(hours=3))

    assert there.pair.state is PairState.ACCEPTED


def test_a_letter_that_stands_a_mentor_down_outlives_a_merge(there):
    db = there.db
    tell(db, there.leaver, *LEFT["withdrew"], LATER)
    other = a_leaver_row(birth_date=there.leaver.birth_date)
    db.add(other)
    db.flush()

    merge(db, there.leaver, other.code, now=LATER + timedelta(minutes=1))

    assert there.letters(LetterKind.STOOD_DOWN, LetterState.PLANNED)


def test_the_prisons_word_stays_beside_the_mentors_told_of_the_other_record(there):
    db, facts = there.db, NotReleased(on=RELEASE)
    mentor = an_account(Role.MENTOR, mentor_id=there.mentor.id)
    liaison = an_account(Role.LIAISON)
    other, _ = another_leaver(db, there.leaver)
    db.add_all([mentor, liaison])
    db.flush()
    noon = at(RELEASE, 12)
    words = {"happened_at": noon, "by": mentor.id, "now": noon}
    life_events.record(db, there.leaver, EventKind.NOT_RELEASED, facts, **words)
    words = {"happened_at": noon, "by": liaison.id, "now": noon + timedelta(minutes=5)}
    life_events.record(db, other, EventKind.NOT_RELEASED, facts, **words)

    merge(db, there.leaver, other.code, now=noon + timedelta(minutes=9))

    kept = db.exec(select(Event.recorded_by).where(Event.kind == EventKind.NOT_RELEASED)).all()
    assert set(kept) == {mentor.id, liaison.id}


@pytest.mark.parametrize("told", ["of the person", "of another record"])
def test_a_recall_of_before_this_referral_touches_nothing_of_its_pair(there, told):
    db, leaver = there.db, there.leaver
    before = [(one.id, one.state) for one in there.meetings()]
    moment = life_events.moment_of(LONG_AGO, NOW)
    if told == "of the person":
        ripple = tell(db, leaver, EventKind.RECALLED, OnADay(on=LONG_AGO), moment, LATER)
    else:
        other, _ = another_leaver(db, leaver)
        tell(db, other, EventKind.RECALLED, OnADay(on=LONG_AGO), moment, NOW)
        ripple = merge(db, leaver, other.code, now=LATER)

    assert there.pair.state is PairState.ACCEPTED
    assert [(one.id, one.state) for one in there.meetings()] == before
    assert not ripple.touches_the_mentor
    assert leaver.recalled_on == LONG_AGO
    assert calls(db, there.pair) == []


def test_whoever_was_recalled_after_their_release_and_has_no_new_date_is_in_prison_still(db):
    there = a_reachable_pair(db, release=LONG_AGO - A_DAY)
    there.referral.put_forward_at = NOW - A_DAY
    moment = life_events.moment_of(LONG_AGO, NOW)

    tell(db, there.leaver, EventKind.RECALLED, OnADay(on=LONG_AGO), moment, LATER)

    assert there.pair.state is PairState.SUSPENDED


def test_the_mentor_of_the_pair_hears_of_a_recall_told_of_the_other_record(there):
    db = there.db
    other, _ = another_leaver(db, there.leaver)
    tell(db, other, EventKind.RECALLED, OnADay(on=NOW.date()), NOW)

    ripple = merge(db, there.leaver, other.code, now=LATER)

    assert there.pair.state is PairState.SUSPENDED
    assert there.letters(LetterKind.DIGEST, LetterState.PLANNED)
    assert calls(db, there.pair) == [RingReason.ON_PAUSE]
    assert ripple.calls == 1


def test_a_mentor_at_the_gate_is_stood_down_by_what_was_told_of_the_other_record(db):
    today = NOW.date()
    there = an_accepted_pair(db, release=today)
    there.plan()
    other, _ = another_leaver(db, there.leaver)
    other.release_date = today
    tell(db, other, EventKind.NOT_RELEASED, NotReleased(on=today), NOW)

    merge(db, there.leaver, other.code, now=LATER)

    [letter, _managers] = there.letters(LetterKind.STOOD_DOWN, LetterState.PLANNED)
    assert letter.urgent
    assert calls(db, there.pair) == [RingReason.NOT_RELEASED]


@pytest.mark.parametrize("who_stays", ["with the pair", "who was moved"])
def test_both_councils_hear_of_a_move_told_of_the_other_record(there, who_stays):
    db, old = there.db, there.leaver.prison
    other, _ = another_leaver(db, there.leaver)
    tell(db, other, EventKind.TRANSFERRED, Transferred(on=NOW.date(), prison="WCI"), NOW)
    two = (there.leaver, other)
    stays, goes = two if who_stays == "with the pair" else two[::-1]

    merge(db, stays, goes.code, now=LATER)

    assert stays.prison == "WCI"
    tasks = db.exec(select(Task).where(Task.kind == TaskKind.MOVED_PRISON)).all()
    assert {one.prison for one in tasks} == {old, "WCI"}
    assert not there.meetings(MeetingState.BOOKED)


def test_someone_named_on_the_other_record_is_asked_about_at_once(there):
    db = there.db
    other, _ = another_leaver(db, there.leaver)
    db.add(PersonToAvoid(leaver_id=other.id, name="Al", recorded_at=NOW))
    db.flush()

    merge(db, there.leaver, other.code, now=LATER)

    assert calls(db, there.pair) == [RingReason.SOMEONE_NAMED]


def not_released_and_then(db, kind, person, facts):
    """Told at the gate that they did not come out; then the pair ends; then they are out."""
    today = NOW.date()
    there = an_accepted_pair(db, release=today)
    there.plan()
    tell(db, there.leaver, EventKind.NOT_RELEASED, NotReleased(on=today), NOW)
    tell(db, getattr(there, person), kind, facts, NOW + timedelta(minutes=5))
    out = NOW + timedelta(minutes=10)
    try:
        told = NotReleased(on=today, came_out=True)
        return there, tell(db, there.leaver, EventKind.NOT_RELEASED, told, out)
    except NotAllowed:
        return there, None


def test_the_manager_hears_at_once_of_someone_outside_whose_pair_has_ended(db):
    there, ripple = not_released_and_then(db, *_of("mentor", "paused"))

    assert RingReason.NOBODY_WAITS in calls(db, there.pair)
    [letter] = there.letters(LetterKind.GATE_CHANGED, LetterState.PLANNED)
    assert letter.urgent
    assert letter.recipient.startswith("manager:")
    assert ripple.calls == 1


def test_nobody_is_rung_about_someone_outside_who_wants_none_of_us_any_more(db):
    there, _ = not_released_and_then(db, *_of("leaver", "withdrew"))

    assert RingReason.NOBODY_WAITS not in calls(db, there.pair)
    assert not there.letters(LetterKind.GATE_CHANGED)


def _of(person, how):
    kind, facts = LEFT[how]
    return kind, person, facts
