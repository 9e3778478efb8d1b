from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from matcher import life_events, pairing
from matcher.bookings import AWAY as NOT_THAT_DAY
from matcher.desks.mentor_pairs import pair_cards
from matcher.gate_taps import mark
from matcher.keeping_up import keep_up
from matcher.life_facts import (
    AtLarge,
    Away,
    LeftPrison,
    NewSentence,
    NotReleased,
    OnADay,
    RiskChanged,
    Transferred,
    checked,
)
from matcher.outcomes import held
from matcher.refusing import NotAllowed
from matcher.release_changes import move_date
from matcher.screening import holds
from matcher.standings import STOPPED, standing_of
from matcher.tasks import raise_due
from models.access import pairs_seen_by, referrals_seen_by
from models.desk_words import AwayReason, GateStep, RingReason, RiskPart, TaskKind
from models.events import Event
from models.outbox import NOT_UNDER_WAY, Letter
from models.people import Leaver
from models.referrals import Referral
from models.release_words import DateKind
from models.releases import ReleaseDate
from models.states import (
    EventKind,
    LetterKind,
    LetterState,
    MeetingKind,
    MeetingState,
    PairForm,
    PairState,
    ReferralState,
    Role,
)
from tests.matcher.accepted import RELEASE, an_accepted_pair, at, contents, on
from tests.matcher.people_waiting import offered, waiting
from tests.rows import NOW, an_account

A_DAY = timedelta(days=1)
VISIT_1 = (MeetingKind.PRISON_VISIT, 1)
VISIT_DAY = date(2027, 1, 12)
OPEN = (MeetingState.PLANNED, MeetingState.BOOKED)


@pytest.fixture
def there(db):
    there = an_accepted_pair(db)
    there.plan()
    return there


def happens(there, kind, facts, now=NOW, happened_at=None):
    return life_events.record(
        there.db,
        there.leaver,
        kind,
        facts,
        happened_at=happened_at or now,
        by=there.liaison.id,
        now=now,
    )


def dated(there, day, kind=DateKind.CONFIRMED, now=NOW):
    words = {"source": "the board", "given_by": "Robin", "by": there.liaison.id}
    return move_date(there.db, there.leaver, kind=kind, day=day, now=now, **words)


def calls(there):
    """The reasons of the calls that are still to be made."""
    still_open = [one for one in there.tasks(TaskKind.RING) if one.done_at is None]
    return [why for why in RingReason if any(f":{why.value}:" in one.key for one in still_open)]


def goes_home(there):
    """The two meet at the gate on the day of release."""
    for step in (GateStep.ARRIVED, GateStep.MET, GateStep.HOME_SAFE):
        mark(there.db, there.pair, step, by=None, now=at(RELEASE, 11))


FACTS = [
    (EventKind.RELEASED_EARLY, LeftPrison(on=NOW.date())),
    (EventKind.TRANSFERRED, Transferred(on=NOW.date(), prison="WCI")),
    (EventKind.AWAY, Away(on=VISIT_DAY, until=VISIT_DAY + A_DAY, why=AwayReason.COURT)),
    (EventKind.RECALLED, OnADay(on=NOW.date())),
    (EventKind.NEW_SENTENCE, NewSentence(on=NOW.date())),
    (EventKind.NOT_RELEASED, NotReleased(on=NOW.date())),
    (EventKind.DIED, OnADay(on=NOW.date())),
    (EventKind.UNLAWFULLY_AT_LARGE, AtLarge(on=NOW.date())),
    (EventKind.RISK_CHANGED, RiskChanged(on=NOW.date(), what=RiskPart.LICENCE)),
]


@pytest.mark.parametrize(("kind", "facts"), FACTS)
def test_what_is_shown_before_is_what_happens_and_showing_changes_nothing(there, kind, facts):
    there.book(there.meeting(*VISIT_1), on(VISIT_DAY))
    words = {"happened_at": NOW, "by": there.liaison.id, "now": NOW}
    before = contents(there.db)

    shown = life_events.preview(there.db, there.leaver, kind, facts, **words)

    assert contents(there.db) == before
    assert happens(there, kind, facts) == shown
    assert contents(there.db) != before


@pytest.mark.parametrize(("kind", "facts"), FACTS)
def test_the_same_told_again_changes_nothing(there, kind, facts):
    happens(there, kind, facts)
    before = contents(there.db)

    ripple = happens(there, kind, facts, now=NOW + timedelta(hours=1))

    assert contents(there.db) == before
    assert not ripple.is_news
    assert "is on file already. Nothing changes." in ripple.sentences()[0]


def test_what_was_told_before_a_later_event_of_its_kind_is_no_news_either(there):
    first = Transferred(on=NOW.date(), prison="WCI")
    later = Transferred(on=NOW.date() + A_DAY, prison="MDI")
    happens(there, EventKind.TRANSFERRED, first)
    happens(there, EventKind.TRANSFERRED, later, NOW + A_DAY)
    before = contents(there.db)

    ripple = happens(there, EventKind.TRANSFERRED, first, NOW + A_DAY, happened_at=NOW)

    assert not ripple.is_news
    assert contents(there.db) == before


@pytest.mark.parametrize(("kind", "facts"), FACTS)
def test_each_event_is_kept_with_who_told_it_and_when(there, kind, facts):
    happens(there, kind, facts)

    [event] = there.db.exec(select(Event).where(Event.kind == kind))
    assert (event.recorded_by, event.happened_at) == (there.liaison.id, NOW)
    assert event.applied_at == NOW


def test_of_a_day_that_has_not_come_nothing_is_told_but_a_spell_away(there):
    with pytest.raises(NotAllowed, match="That day has not come yet"):
        happens(there, EventKind.RECALLED, OnADay(on=NOW.date() + A_DAY))
    with pytest.raises(NotAllowed, match="That day has not come yet"):
        happens(there, EventKind.RELEASED_EARLY, LeftPrison(on=NOW.date() + A_DAY))

    assert there.db.exec(select(Event)).first() is None


def test_every_wrong_answer_is_said_in_one_sentence_with_its_question():
    wrong = [
        (Transferred, {"on": NOW.date(), "prison": "XXX"}, "prison", "Choose a prison"),
        (Transferred, {"prison": "LEI"}, "on", "Give a day"),
        (Away, {"on": NOW.date(), "why": "court"}, "why", "Choose where they are."),
        (OnADay, {"on": NOW.date(), "more": 1}, "more", "This question is not asked here."),
    ]

    for kind, told, about, sentence in wrong:
        with pytest.raises(NotAllowed) as refused:
            checked(kind, told)
        [reason] = refused.value.reasons
        assert reason.about == about
        assert reason.sentence.startswith(sentence)


def test_whoever_really_left_leaves_undone_prison_meetings_behind_and_the_clock_starts(there):
    today = NOW.date()

    ripple = happens(there, EventKind.RELEASED_EARLY, LeftPrison(on=today))

    assert there.leaver.release_date == today
    assert ripple.becomes == today
    kinds = {one.kind for one in there.meetings(*OPEN)}
    assert not kinds & {MeetingKind.INTRODUCTION, MeetingKind.PRISON_VISIT}
    assert there.meeting(MeetingKind.FIRST_CONTACT).window_last == today + A_DAY
    [given] = there.db.exec(select(ReleaseDate).where(ReleaseDate.kind == DateKind.ACTUAL))
    assert (given.day, given.recorded_by) == (today, there.liaison.id)


def test_the_day_someone_left_counts_before_every_other_date_and_never_moves(there):
    saturday = date(2027, 1, 30)
    happens(there, EventKind.RELEASED_EARLY, LeftPrison(on=saturday), now=at(saturday))

    dated(there, RELEASE + A_DAY, DateKind.CURFEW_APPROVED, now=at(saturday, 10))

    assert there.leaver.release_date == saturday


def test_a_transfer_keeps_the_pair_and_what_was_booked_inside_must_be_booked_again(there):
    there.book(there.meeting(*VISIT_1), on(VISIT_DAY))

    ripple = happens(there, EventKind.TRANSFERRED, Transferred(on=NOW.date(), prison="WCI"))

    assert (there.leaver.prison, there.pair.state) == ("WCI", PairState.ACCEPTED)
    assert there.pair.form is PairForm.VIDEO
    assert not there.meetings(MeetingState.BOOKED)
    kinds = {one.kind for one in there.meetings(MeetingState.PLANNED)}
    assert MeetingKind.VIDEO in kinds
    assert MeetingKind.PRISON_VISIT not in kinds
    assert len(ripple.bookings_lost) == 1
    assert len(there.letters(LetterKind.DIGEST)) == 1


def test_after_a_transfer_the_new_council_sees_the_person_and_the_old_one_does_not(there):
    new = an_account(Role.LIAISON, prison="WCI")
    peer = an_account(Role.PEER)
    there.db.add_all([new, peer])
    there.db.flush()
    there.referral.put_forward_by = peer.id

    happens(there, EventKind.TRANSFERRED, Transferred(on=NOW.date(), prison="WCI"))

    sees = {
        account.id: bool(there.db.exec(pairs_seen_by(account, NOW)).first())
        for account in (new, there.liaison)
    }
    assert sees == {new.id: True, there.liaison.id: False}
    assert there.db.exec(referrals_seen_by(peer)).first() is None
    told = there.tasks(TaskKind.MOVED_PRISON)
    assert {one.prison for one in told} == {"LEI", "WCI"}


def test_a_spell_away_holds_the_meetings_inside_it_and_lets_none_be_booked(there):
    day = date(2027, 1, 7)
    there.book(there.meeting(*VISIT_1), on(day))
    away = Away(on=day, until=day, why=AwayReason.HOSPITAL)

    ripple = happens(there, EventKind.AWAY, away)

    visit = there.meeting(*VISIT_1)
    assert (visit.state, there.pair.state) == (MeetingState.PLANNED, PairState.ACCEPTED)
    lost = "Prison visit 1, Thursday 7 January 2027, 10am, must be booked again."
    assert ripple.bookings_lost == (lost,)
    assert visit.window_first < day < visit.window_last
    with pytest.raises(NotAllowed) as refused:
        there.book(visit, on(day))
    assert NOT_THAT_DAY in refused.value.sentences
    assert there.leaver.release_date == RELEASE


def test_while_nobody_knows_the_return_nothing_inside_is_planned_and_then_it_goes_on(there):
    before = {(one.kind, one.number): one.window_last for one in there.meetings(*OPEN)}
    gone = Away(on=NOW.date(), until=None, why=AwayReason.HOSPITAL)

    happens(there, EventKind.AWAY, gone)
    waiting = {one.kind for one in there.meetings(*OPEN)}
    later = NOW + timedelta(days=1)
    back = Away(on=NOW.date(), until=later.date(), why=AwayReason.HOSPITAL)
    happens(there, EventKind.AWAY, back, now=later)

    assert MeetingKind.PRISON_VISIT not in waiting
    assert MeetingKind.GATE in waiting
    after = {(one.kind, one.number): one.window_last for one in there.meetings(*OPEN)}
    assert after == before


def test_someone_away_when_the_gate_is_near_has_the_manager_ring_the_mentor(there):
    near = at(RELEASE - 2 * A_DAY)

    happens(there, EventKind.AWAY, Away(on=near.date(), why=AwayReason.COURT), now=near)

    assert RingReason.AWAY in calls(there)


def test_a_recall_pauses_and_the_plan_begins_again_on_the_date_after_it(there):
    held(there.db, there.meeting(*VISIT_1), on=VISIT_DAY, by=None, now=at(VISIT_DAY, 15))
    goes_home(there)
    back, told, out = RELEASE + 10 * A_DAY, RELEASE + 20 * A_DAY, RELEASE + 60 * A_DAY

    happens(there, EventKind.RECALLED, OnADay(on=back), now=at(back))
    paused = there.pair.state, there.leaver.release_date, bool(there.meetings(*OPEN))
    dated(there, out, DateKind.POST_RECALL, now=at(told))

    assert paused == (PairState.SUSPENDED, None, False)
    assert there.leaver.recalled_on == back
    assert there.pair.state is PairState.ACCEPTED
    again = there.meetings(*OPEN)
    assert {one.release_number for one in again} == {2}
    assert {(one.kind, one.number) for one in again} >= {VISIT_1, (MeetingKind.GATE, 1)}
    first = [one for one in there.meetings(MeetingState.HELD) if one.release_number == 1]
    assert {one.kind for one in first} == {MeetingKind.PRISON_VISIT, MeetingKind.GATE}
    assert there.letters(LetterKind.INTRODUCTION, LetterState.PLANNED)


def test_a_recalled_pair_is_never_ended_by_itself(there):
    goes_home(there)
    back = RELEASE + 10 * A_DAY
    happens(there, EventKind.RECALLED, OnADay(on=back), now=at(back))

    keep_up(there.db, now=at(back + timedelta(days=300)))

    assert there.pair.state is PairState.SUSPENDED


def test_no_date_known_before_the_recall_lets_a_pair_go_on(there):
    dated(there, RELEASE + 40 * A_DAY, DateKind.AUTOMATIC)
    goes_home(there)
    back = RELEASE + 10 * A_DAY

    happens(there, EventKind.RECALLED, OnADay(on=back), now=at(back))

    assert there.pair.state is PairState.SUSPENDED
    with pytest.raises(NotAllowed, match="It goes on when a new release date is told"):
        pairing.resume(there.db, there.pair, by=there.manager.id, now=at(back))


def test_a_new_sentence_pauses_and_puts_the_choice_on_the_managers_desk(there):
    happens(there, EventKind.NEW_SENTENCE, NewSentence(on=NOW.date(), remand=True))

    assert there.pair.state is PairState.SUSPENDED
    [task] = there.tasks(TaskKind.DECIDE)
    assert (task.region, task.pair_id) == (there.referral.region, there.pair.id)
    assert RingReason.ON_PAUSE in calls(there)


def test_who_is_not_released_leaves_no_mentor_at_the_gate(there):
    night = at(RELEASE, 7, 10)
    there.book(there.meeting(MeetingKind.FIRST_CONTACT), on(RELEASE + A_DAY), now=NOW)

    happens(there, EventKind.NOT_RELEASED, NotReleased(on=RELEASE, arrested=True), now=night)

    assert there.pair.state is PairState.SUSPENDED
    assert not there.meetings(*OPEN)
    letters = there.letters(LetterKind.STOOD_DOWN, LetterState.PLANNED)
    assert {one.recipient.partition(":")[0] for one in letters} == {"mentor", "manager"}
    assert all(one.urgent and one.due_at == night for one in letters)
    assert calls(there) == [RingReason.NOT_RELEASED]


def test_who_was_not_released_goes_on_with_a_new_date(there):
    happens(there, EventKind.NOT_RELEASED, NotReleased(on=RELEASE), now=at(RELEASE))

    dated(there, RELEASE + 7 * A_DAY, now=at(RELEASE, 12))

    assert there.pair.state is PairState.ACCEPTED
    assert there.meeting(MeetingKind.GATE).window_last == RELEASE + 7 * A_DAY


def test_of_someone_at_large_no_letter_leaves_and_nobody_is_told_a_place(there):
    mentors = an_account(Role.MENTOR, mentor_id=there.mentor.id)
    there.db.add(mentors)
    there.book(there.meeting(*VISIT_1), on(VISIT_DAY))
    unsent = [one for kind in LetterKind for one in there.letters(kind, LetterState.PLANNED)]

    happens(there, EventKind.UNLAWFULLY_AT_LARGE, AtLarge(on=NOW.date()))

    assert unsent
    assert {one.state for one in unsent} == {LetterState.CANCELLED}
    [card] = pair_cards(there.db, mentors, NOW)
    assert not card.goes_on
    assert not [one for one in card.meetings if one.place or one.prison]
    assert card.release_date is None


def test_someone_at_large_who_is_back_goes_on(there):
    happens(there, EventKind.UNLAWFULLY_AT_LARGE, AtLarge(on=NOW.date()))

    back = NOW + A_DAY
    told = AtLarge(on=NOW.date(), back_on=back.date())
    ripple = happens(there, EventKind.UNLAWFULLY_AT_LARGE, told, now=back)

    assert ripple.resumes
    assert there.pair.state is PairState.ACCEPTED
    assert there.meeting(MeetingKind.GATE).window_last == RELEASE


def test_a_changed_risk_is_rechecked_and_screened_again(there):
    happens(there, EventKind.RISK_CHANGED, RiskChanged(on=NOW.date(), what=RiskPart.RISK))

    [task] = there.tasks(TaskKind.SCREEN_AGAIN)
    assert task.region is there.referral.region
    assert not standing_of(there.db, there.leaver).frozen


def test_many_events_of_one_day_leave_one_letter_unsent(there):
    for days in (7, 14, 21):
        dated(there, RELEASE + timedelta(days=days), now=NOW + timedelta(minutes=days))
    happens(there, EventKind.AWAY, Away(on=VISIT_DAY, until=VISIT_DAY, why=AwayReason.COURT))
    happens(there, EventKind.TRANSFERRED, Transferred(on=NOW.date(), prison="WCI"))

    assert len(there.letters(LetterKind.DIGEST, LetterState.PLANNED)) == 1


def test_who_waits_for_a_mentor_is_held_while_an_event_stops_the_plan(db):
    leaver = waiting(db)
    [referral] = db.exec(select(Referral).where(Referral.leaver_id == leaver.id))
    missed = AtLarge(on=NOW.date())
    words = {"by": None, "now": NOW, "happened_at": NOW}

    life_events.record(db, leaver, EventKind.UNLAWFULLY_AT_LARGE, missed, **words)
    held_back = referral.state, holds(db, referral, NOW)
    back = AtLarge(on=NOW.date(), back_on=NOW.date())
    life_events.record(db, leaver, EventKind.UNLAWFULLY_AT_LARGE, back, **words)

    assert held_back == (ReferralState.SCREENED, [STOPPED])
    assert (referral.state, holds(db, referral, NOW)) == (ReferralState.WAITING, [])


def test_an_offer_is_taken_back_when_an_event_stops_the_plan(db):
    pair = offered(db)
    leaver = db.get_one(Leaver, pair.leaver_id)
    words = {"by": None, "now": NOW, "happened_at": NOW}

    life_events.record(db, leaver, EventKind.RECALLED, OnADay(on=NOW.date()), **words)

    assert pair.state is PairState.ENDED
    assert not db.exec(select(Letter).where(col(Letter.state).in_(NOT_UNDER_WAY))).all()


def test_of_the_first_meeting_after_a_second_release_a_proof_of_the_first_is_none(there):
    goes_home(there)
    first = there.meeting(MeetingKind.FIRST_CONTACT)
    held(there.db, first, on=first.window_last, by=None, now=at(first.window_last, 15))
    back, out = RELEASE + 10 * A_DAY, RELEASE + 40 * A_DAY
    happens(there, EventKind.RECALLED, OnADay(on=back), now=at(back))
    dated(there, out, DateKind.POST_RECALL, now=at(back + A_DAY))

    raise_due(there.db, now=at(out + 15 * A_DAY))

    assert there.tasks(TaskKind.FIRST_MEETING)
