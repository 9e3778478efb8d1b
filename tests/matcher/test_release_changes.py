from datetime import date, timedelta

import pytest
from sqlmodel import select

from matcher.gate_day import GatePlanFacts, confirm
from matcher.gate_taps import mark
from matcher.keeping_up import keep_up
from matcher.meeting_days import unanswered
from matcher.outcomes import held, missed
from matcher.refusing import NotAllowed
from matcher.release_changes import Ripple, move_date, preview
from matcher.restrictions import OtherPerson, add_link, close_link
from models.desk_words import GateStep, TaskKind
from models.events import Event
from models.gate import GateMark
from models.release_words import DateKind
from models.releases import ReleaseDate
from models.states import (
    Absentee,
    EventKind,
    LetterKind,
    LetterState,
    MeetingKind,
    MeetingState,
    Move,
    PairState,
)
from models.vocabulary import LinkKind
from tests.matcher.accepted import RELEASE, an_accepted_pair, at, contents, on, send
from tests.rows import NOW

A_WEEK = timedelta(days=7)
LATER = RELEASE + A_WEEK
FAR = NOW.date() + timedelta(days=85)


@pytest.fixture
def there(db):
    there = an_accepted_pair(db)
    there.plan()
    return there


def told(there, day, kind=DateKind.CONFIRMED, now=NOW):
    words = {"source": "the discharge board", "given_by": "Robin"}
    return {"kind": kind, "day": day, "by": there.liaison.id, "now": now} | words


def move(there, day, kind=DateKind.CONFIRMED, now=NOW):
    return move_date(there.db, there.leaver, **told(there, day, kind, now))


def agree(there, day=RELEASE, now=NOW):
    facts = GatePlanFacts(
        starts_local=on(day, 9),
        place="The gate",
        home_by_local=on(day, 17),
        ring_name="Robin",
        ring_phone="0808 157 0192",
    )
    return confirm(there.db, there.pair, facts, by=None, now=now)


def test_a_date_told_is_kept_with_its_source_and_the_event_is_recorded(there):
    ripple = move(there, LATER)

    assert (ripple.was, ripple.becomes) == (RELEASE, LATER)
    assert there.leaver.release_date == LATER
    [old, new] = there.db.exec(select(ReleaseDate).order_by(ReleaseDate.recorded_at))
    assert (old.day, new.day) == (RELEASE, LATER)
    assert (new.source, new.given_by) == ("the discharge board", "Robin")
    assert new.recorded_by == there.liaison.id
    [event] = there.db.exec(select(Event))
    assert (event.kind, event.applied_at) == (EventKind.DATE_MOVED, NOW)
    assert event.leaver_id == there.leaver.id
    assert dict(event.facts) == {
        "kind": "confirmed",
        "given": "2027-02-10",
        "from": "2027-02-03",
        "to": "2027-02-10",
    }


def test_what_is_shown_before_is_what_happens_and_showing_changes_nothing(there):
    there.book(there.meeting(MeetingKind.INTRODUCTION), on(date(2026, 12, 23)))
    before = contents(there.db)

    shown = preview(there.db, there.leaver, **told(there, LATER))

    assert contents(there.db) == before
    assert move(there, LATER) == shown


def test_the_ripple_counts_what_moves_and_says_so_in_sentences(there):
    there.book(there.meeting(MeetingKind.PRISON_VISIT, 2), on(date(2027, 1, 20), 11))

    ripple = move(there, date(2027, 1, 20))

    assert ripple.sentences() == [
        "The release date was Wednesday 3 February 2027. It becomes Wednesday 20 January 2027.",
        "It is the confirmed release date. The prison has settled it.",
        "12 meetings have new days.",
        "1 meeting must be booked again.",
        "3 letters are replaced.",
        "2 letters are taken back.",
        "Prison visit 2, Wednesday 20 January 2027, 11am, must be booked again.",
        "The mentor is told once.",
        "The mentor is asked to confirm the new days.",
    ]


@pytest.mark.parametrize(("days", "when"), [(0, "today"), (1, "tomorrow"), (2, None)])
def test_a_lost_booking_of_today_or_tomorrow_says_to_ring_the_mentor(there, days, when):
    there.book(there.meeting(MeetingKind.PRISON_VISIT, 2), on(date(2027, 1, 20), 11))

    ripple = move(there, None, now=at(date(2027, 1, 20) - timedelta(days=days)))

    lost = "Prison visit 2, Wednesday 20 January 2027, 11am, falls away."
    rings = f" That is {when}: please ring the mentor now." if when else ""
    assert ripple.bookings_lost == (lost + rings,)


def test_the_mentor_hears_once_however_much_moves(there):
    for kind, day in [
        (MeetingKind.FIRST_CONTACT, RELEASE + timedelta(days=1)),
        (MeetingKind.REVIEW, date(2027, 4, 29)),
    ]:
        there.book(there.meeting(kind), on(day))

    move(there, LATER)

    [digest] = there.letters(LetterKind.DIGEST)
    assert digest.recipient == f"mentor:{there.mentor.id}"
    assert not digest.urgent
    assert not there.letters(LetterKind.GATE_CHANGED)
    assert not there.letters(LetterKind.CALENDAR_ENTRY, LetterState.PLANNED)


def test_a_second_move_before_the_letter_went_is_still_one_letter(there):
    move(there, LATER)

    move(there, RELEASE, now=NOW + timedelta(minutes=5))

    states = [one.state for one in there.letters(LetterKind.DIGEST)]
    assert states == [LetterState.CANCELLED, LetterState.PLANNED]


def test_each_move_is_told_again_once_the_letter_before_has_gone(there):
    move(there, LATER)
    send(there.letters(LetterKind.DIGEST)[0], NOW)

    move(there, RELEASE, now=NOW + timedelta(days=1))

    states = [one.state for one in there.letters(LetterKind.DIGEST)]
    assert states == [LetterState.SENT, LetterState.PLANNED]


def test_the_same_date_told_again_is_no_news(there):
    move(there, LATER)
    before = contents(there.db)

    ripple = move(there, LATER, now=NOW + timedelta(days=1))

    assert contents(there.db) == before
    assert ripple.sentences() == ["This date is on file already. Nothing changes."]


def test_a_date_that_does_not_count_is_kept_and_moves_nothing(there):
    ripple = move(there, date(2027, 1, 4), DateKind.CURFEW_ELIGIBILITY)

    assert (ripple.was, ripple.becomes) == (RELEASE, RELEASE)
    assert not ripple.touches_the_mentor
    assert ripple.sentences()[0] == "The release date stays Wednesday 3 February 2027."
    assert ripple.sentences()[-1] == "No meeting and no letter changes."
    assert len(there.db.exec(select(ReleaseDate)).all()) == 2
    assert not there.letters(LetterKind.DIGEST)


def test_an_approved_curfew_brings_the_release_forward(there):
    there.db.exec(select(ReleaseDate)).one().kind = DateKind.CONDITIONAL

    ripple = move(there, date(2027, 1, 13), DateKind.CURFEW_APPROVED)

    assert ripple.becomes == date(2027, 1, 13)
    assert there.meeting(MeetingKind.GATE).window_last == date(2027, 1, 13)


def test_a_date_taken_away_pauses_the_pair_and_clears_its_days(there):
    ripple = move(there, None)

    assert (ripple.becomes, ripple.pauses) == (None, True)
    assert there.pair.state is PairState.SUSPENDED
    assert {one.state for one in there.meetings()} == {MeetingState.CANCELLED}
    [event] = there.db.exec(select(Event))
    assert event.kind is EventKind.DATE_REMOVED
    assert len(there.letters(LetterKind.DIGEST)) == 1
    assert "The pair is paused until there is a date in the next 12 weeks." in ripple.sentences()


def test_a_pair_goes_on_when_the_date_comes_back(there):
    move(there, None)

    ripple = move(there, LATER, now=NOW + timedelta(days=2))

    assert ripple.resumes
    assert there.pair.state is PairState.ACCEPTED
    assert there.meeting(MeetingKind.GATE).window_last == LATER
    assert ripple.meetings_added == 13
    [again] = there.letters(LetterKind.INTRODUCTION, LetterState.PLANNED)
    assert again.generation == 2


def test_with_the_same_date_back_the_same_letters_are_planned_anew(there):
    before = {(one.kind, one.number) for one in unsent(there)}
    move(there, None)
    assert unsent(there) == []

    move(there, RELEASE, now=NOW + timedelta(minutes=1))

    assert {(one.kind, one.number) for one in unsent(there)} == before
    assert {one.generation for one in unsent(there)} == {2}


def unsent(there):
    kinds = (LetterKind.INTRODUCTION, LetterKind.FIRST_MEETING_WARNING)
    return [one for kind in kinds for one in there.letters(kind, LetterState.PLANNED)]


@pytest.mark.parametrize(("days", "state"), [(84, PairState.ACCEPTED), (85, PairState.SUSPENDED)])
def test_more_than_twelve_weeks_off_pauses_the_pair(there, days, state):
    move(there, NOW.date() + timedelta(days=days))

    assert there.pair.state is state


def test_a_pair_paused_for_another_reason_does_not_go_on_with_a_date(there):
    there.pair.move(Move.SUSPEND, by=None, now=NOW, reason="The risk has changed.")
    there.plan()

    ripple = move(there, LATER)

    assert there.pair.state is PairState.SUSPENDED
    assert not ripple.resumes
    assert not there.letters(LetterKind.DIGEST)


def test_a_pair_that_was_barred_while_it_was_paused_does_not_go_on_by_itself(there):
    move(there, None)
    other = OtherPerson(mentor_id=there.mentor.id)
    kind, by = LinkKind.NON_ASSOCIATION, there.liaison.id
    link = add_link(there.db, there.leaver, kind, other, by=by, now=NOW)
    later = NOW + timedelta(days=2)

    shown = preview(there.db, there.leaver, **told(there, LATER, now=later))
    move(there, LATER, now=later)
    keep_up(there.db, now=later + timedelta(days=1))
    barred = there.pair.state
    close_link(there.db, link, by=by, now=later)
    keep_up(there.db, now=later + timedelta(days=2))

    assert not shown.resumes
    assert barred is PairState.SUSPENDED
    assert there.pair.state is PairState.ACCEPTED


def test_a_leaver_without_an_accepted_pair_has_a_new_date_and_nothing_else(there):
    there.pair.move(Move.STAND_DOWN, by=None, now=NOW)

    ripple = move(there, LATER)

    assert there.leaver.release_date == LATER
    assert not ripple.touches_the_mentor


def test_held_meetings_stay_and_are_not_counted(there):
    introduction = there.meeting(MeetingKind.INTRODUCTION)
    there.book(introduction, on(date(2026, 12, 29)))
    held(there.db, introduction, by=None, now=at(date(2026, 12, 29), 15))

    ripple = move(there, LATER, now=at(date(2026, 12, 30)))

    assert introduction.state is MeetingState.HELD
    assert ripple.meetings_moved == 12


def test_a_settled_gate_that_moves_is_told_at_once_with_a_task_to_ring(there):
    agree(there)

    move(there, LATER)

    changed = there.letters(LetterKind.GATE_CHANGED)
    assert len(changed) == 2
    assert all(one.urgent for one in changed)
    assert not there.letters(LetterKind.DIGEST)
    assert len(there.tasks(TaskKind.RING)) == 1
    assert not there.letters(LetterKind.GATE_PLAN, LetterState.PLANNED)
    assert there.meeting(MeetingKind.GATE).state is MeetingState.PLANNED


@pytest.mark.parametrize(
    ("was", "becomes", "kind"),
    [
        (RELEASE, RELEASE + timedelta(days=1), LetterKind.GATE_CHANGED),
        (RELEASE + timedelta(days=30), RELEASE, LetterKind.GATE_CHANGED),
        (RELEASE + timedelta(days=1), RELEASE + timedelta(days=30), LetterKind.DIGEST),
    ],
)
def test_a_move_within_a_week_of_the_release_goes_at_once(db, was, becomes, kind):
    there = an_accepted_pair(db, release=was)
    now = at(RELEASE - A_WEEK)
    there.plan(now)

    move(there, becomes, now=now)

    assert there.letters(kind)
    kinds = {LetterKind.GATE_CHANGED, LetterKind.DIGEST} - {kind}
    assert not [one for other in kinds for one in there.letters(other)]


def test_nobody_was_met_at_a_gate_that_is_now_said_to_open_later(there):
    agree(there)
    gate, contact = there.meeting(MeetingKind.GATE), there.meeting(MeetingKind.FIRST_CONTACT)
    there.book(contact, on(RELEASE + timedelta(days=1), 9))

    move(there, LATER, now=at(RELEASE + timedelta(days=1), 12))

    for meeting in (gate, contact):
        assert (meeting.state, meeting.generation) == (MeetingState.PLANNED, 2)
    assert gate.window_first == LATER


def test_taps_of_a_day_that_was_not_the_day_are_forgotten(there):
    agree(there)
    mark(there.db, there.pair, GateStep.ARRIVED, by=None, now=at(RELEASE, 8))

    move(there, LATER, now=at(RELEASE, 11))

    assert not there.db.exec(select(GateMark)).all()


def test_two_dates_told_in_the_same_moment_are_both_kept_and_the_second_stands(there):
    move(there, LATER)

    move(there, LATER + A_WEEK)

    assert there.leaver.release_date == LATER + A_WEEK
    assert len(there.db.exec(select(ReleaseDate)).all()) == 3


def test_a_date_imported_without_its_history_stands_until_a_better_one(there):
    there.db.delete(there.db.exec(select(ReleaseDate)).one())
    there.db.flush()

    ripple = move(there, date(2027, 1, 4), DateKind.CURFEW_ELIGIBILITY)

    assert ripple.becomes == RELEASE
    assert there.leaver.release_date == RELEASE


@pytest.mark.parametrize("day", [date(1999, 12, 31), date(2099, 1, 1)])
def test_a_year_without_known_bank_holidays_is_refused_and_changes_nothing(there, day):
    before = contents(there.db)

    with pytest.raises(NotAllowed, match="Give a day from 2000 to 2098"):
        move(there, day)

    assert contents(there.db) == before


def test_one_of_each_reads_as_one():
    ripple = Ripple(None, RELEASE, "", meetings_dropped=1, meetings_added=2, letters_replaced=1)

    assert ripple.sentences() == [
        "The release date was not known. It becomes Wednesday 3 February 2027.",
        "1 meeting falls away.",
        "2 meetings are new.",
        "1 letter is replaced.",
        "The mentor is told once.",
    ]


THE_DAY_AFTER = RELEASE + timedelta(days=1)
TAPS = (GateStep.ARRIVED, GateStep.MET, GateStep.HOME_SAFE)


@pytest.fixture
def home(there):
    """Someone whom the mentor met at the gate and saw home."""
    agree(there)
    for hour, step in enumerate(TAPS, start=9):
        mark(there.db, there.pair, step, by=None, now=at(RELEASE, hour))
    return there


def say(there, day, has_left, verb=move_date, now=None):
    words = told(there, day, now=now or at(THE_DAY_AFTER)) | {"has_left": has_left}
    return verb(there.db, there.leaver, **words)


@pytest.mark.parametrize("day", [LATER, THE_DAY_AFTER, FAR, None])
@pytest.mark.parametrize("has_left", [None, True])
def test_a_release_still_ahead_of_someone_met_outside_is_asked_about(home, day, has_left):
    before = contents(home.db)

    with pytest.raises(NotAllowed) as no:
        say(home, day, has_left)

    assert contents(home.db) == before
    [reason] = no.value.reasons
    assert reason.about == "has_left"
    assert "“At the gate” was held on Wednesday 3 February 2027 and “home safe”" in reason.sentence
    asks = "Have they left prison?" if has_left is None else "the release date cannot move"
    assert asks in reason.sentence


def test_what_was_told_by_mistake_is_taken_back_and_there_is_a_gate_to_stand_at(home):
    shown = say(home, LATER, has_left=False, verb=preview)
    done = say(home, LATER, has_left=False)

    gate = home.meeting(MeetingKind.GATE)
    assert (gate.state, gate.window_first) == (MeetingState.PLANNED, LATER)
    assert home.db.exec(select(GateMark)).all() == []
    assert done == shown
    assert "taken back as a mistake" in " ".join(done.sentences())
    assert len(home.letters(LetterKind.GATE_CHANGED)) == 2


def test_meetings_after_a_release_that_has_not_been_are_taken_back_too(home):
    contact = home.meeting(MeetingKind.FIRST_CONTACT)
    held(home.db, contact, by=None, now=at(THE_DAY_AFTER, 18), on=THE_DAY_AFTER)

    say(home, LATER, has_left=False, now=at(THE_DAY_AFTER, 19))

    assert contact.state is MeetingState.CANCELLED
    assert home.meeting(MeetingKind.FIRST_CONTACT).window_first == LATER + timedelta(days=1)


def test_a_date_taken_away_by_then_leaves_no_question_about_the_gate(home):
    say(home, None, has_left=False)

    assert home.pair.state is PairState.SUSPENDED
    assert unanswered(home.db, at(THE_DAY_AFTER), home.mentor.id) == []


def test_a_date_that_was_earlier_than_told_is_no_question(home):
    ripple = say(home, RELEASE - timedelta(days=1), has_left=None)

    assert ripple.becomes == RELEASE - timedelta(days=1)
    assert home.meeting(MeetingKind.GATE).state is MeetingState.HELD


def test_a_mentor_who_was_at_a_gate_that_did_not_open_has_no_taps_on_the_new_day(there):
    agree(there)
    gate = there.meeting(MeetingKind.GATE)
    mark(there.db, there.pair, GateStep.ARRIVED, by=None, now=at(RELEASE, 9))
    missed(there.db, gate, who=Absentee.LEAVER, by=None, now=at(RELEASE, 12))
    keep_up(there.db, now=at(THE_DAY_AFTER))

    move(there, LATER, now=at(THE_DAY_AFTER))

    assert there.db.exec(select(GateMark)).all() == []
    assert there.meeting(MeetingKind.GATE).window_first == LATER
    assert len(there.letters(LetterKind.GATE_CHANGED)) == 2


def test_a_call_booked_before_the_gate_has_no_days_after_it(db):
    week, eve = RELEASE - A_WEEK, RELEASE - timedelta(days=1)
    put_forward = at(RELEASE - timedelta(days=12))
    there = an_accepted_pair(db, accepted_at=put_forward)
    there.referral.put_forward_at = put_forward
    there.plan(put_forward)
    call = there.meeting(MeetingKind.CALL)
    there.book(call, on(week - timedelta(days=2), 10), now=put_forward)
    was = call.window_last

    move(there, week, now=put_forward)

    assert was == eve
    assert call.state is MeetingState.BOOKED
    assert call.window_last == week - timedelta(days=1)
