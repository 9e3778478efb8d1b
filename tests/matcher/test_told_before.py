"""What is told again: on file already only while what was told before still stands."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from matcher import coming_out, life_events, pairing, referrals
from matcher.life_events import moment_of
from matcher.life_facts import Lapsed, NotReleased, OnADay, RiskChanged, Transferred, Withdrawn
from matcher.referrals import Completed, PutForward
from matcher.refusing import NotAllowed
from matcher.release_changes import move_date
from matcher.standings import standing_of
from matcher.tasks import settle
from models.desk_words import LapseStep, RiskPart, TaskKind
from models.events import Event
from models.outbox import NOT_UNDER_WAY, Letter
from models.people import Leaver
from models.release_words import DateKind
from models.releases import ReleaseDate
from models.states import (
    EventKind,
    LetterKind,
    LetterState,
    MeetingKind,
    MentorState,
    PairState,
    ReferralState,
    Role,
)
from models.vocabulary import Importance, Need
from tests.matcher.accepted import RELEASE, an_accepted_pair, at, send
from tests.matcher.people_waiting import ready
from tests.rows import NOW, a_leaver_row, a_pair, a_referral, a_screening, an_account

A_DAY, AN_HOUR = timedelta(days=1), timedelta(hours=1)
NOT_OUT = NotReleased(on=RELEASE)
STOPS = [
    (EventKind.RECALLED, OnADay(on=RELEASE)),
    (EventKind.NOT_RELEASED, NOT_OUT),
]


@pytest.fixture
def there(db):
    there = an_accepted_pair(db)
    there.plan()
    return there


@pytest.fixture
def mentors(there):
    account = an_account(Role.MENTOR, mentor_id=there.mentor.id)
    there.db.add(account)
    there.db.flush()
    return account


def happens(there, kind, facts, now=NOW, by=None, person=None, happened_at=None):
    told = {"happened_at": happened_at or now, "by": by or there.liaison.id, "now": now}
    return life_events.record(there.db, person or there.leaver, kind, facts, **told)


def dated(there, day, now, kind=DateKind.CONFIRMED):
    words = {"source": "the board", "given_by": "Robin", "by": there.liaison.id}
    return move_date(there.db, there.leaver, kind=kind, day=day, now=now, **words)


def put_forward(db, leaver, now, release=date(2027, 2, 3)):
    told = PutForward(**words_of(leaver), release_date=release)
    return referrals.put_forward(db, told, prison="LEI", by=None, now=now)


def words_of(leaver):
    return {
        "prison_number": leaver.prison_number,
        "first_name": leaver.first_name,
        "surname": leaver.surname,
        "birth_date": leaver.birth_date,
        "sex": leaver.sex,
        "needs": {Need.WORK: Importance.HIGH},
        "resettling_in": "LS6",
        "consented_on": NOW.date(),
    }


def events(there, kind):
    return there.db.exec(select(Event).where(Event.kind == kind)).all()


def test_whoever_is_put_forward_anew_may_withdraw_again_on_the_same_day(there):
    db, mentor = there.db, ready(there.db)
    happens(there, EventKind.CONSENT_WITHDRAWN, Withdrawn(), NOW + AN_HOUR)
    anew = put_forward(db, there.leaver, NOW + 3 * AN_HOUR)
    anew.state = ReferralState.WAITING
    pair = a_pair(anew, mentor, proposed_at=NOW + 3 * AN_HOUR, state_since=NOW + 3 * AN_HOUR)
    db.add(pair)
    db.flush()
    pairing.approve(db, pair, by=None, now=NOW + 4 * AN_HOUR)

    again = happens(there, EventKind.CONSENT_WITHDRAWN, Withdrawn(), NOW + 5 * AN_HOUR)

    assert again.is_news
    assert (pair.state, anew.state) == (PairState.ENDED, ReferralState.WITHDRAWN)
    letters = db.exec(select(Letter).where(Letter.pair_id == pair.id)).all()
    assert {one.state for one in letters} == {LetterState.CANCELLED}
    assert not happens(there, EventKind.CONSENT_WITHDRAWN, Withdrawn(), NOW + 6 * AN_HOUR).is_news


def test_a_mentor_who_is_back_may_withdraw_again_on_the_same_day(there):
    mentor, withdrawn = there.mentor, EventKind.CONSENT_WITHDRAWN
    happens(there, withdrawn, Withdrawn(), person=mentor)
    mentor.state, mentor.consented_on = MentorState.ACTIVE, NOW.date()

    again = happens(there, withdrawn, Withdrawn(), NOW + AN_HOUR, person=mentor)

    assert again.is_news
    assert (mentor.state, mentor.consented_on) == (MentorState.ENDED, None)


def test_a_change_of_risk_told_after_the_screening_asks_for_another(there):
    told = RiskChanged(on=NOW.date(), what=RiskPart.RISK, said_by="Officer One")
    happens(there, EventKind.RISK_CHANGED, told)
    unscreened = happens(there, EventKind.RISK_CHANGED, told, NOW + AN_HOUR)
    asked, about = {TaskKind.SCREEN_AGAIN}, {"leaver_id": there.leaver.id}
    settle(there.db, asked, outcome="Screened.", by=None, now=NOW + 2 * AN_HOUR, **about)

    again = told.model_copy(update={"said_by": "Officer Two"})
    ripple = happens(there, EventKind.RISK_CHANGED, again, NOW + 5 * AN_HOUR)

    assert (unscreened.is_news, ripple.is_news) == (False, True)
    done = [one.done_at for one in there.tasks(TaskKind.SCREEN_AGAIN)]
    assert sorted(done, key=bool) == [None, NOW + 2 * AN_HOUR]


@pytest.mark.parametrize("kind_first", [True, False], ids=["not released first", "date first"])
def test_a_missed_release_and_the_next_date_come_to_the_same_in_either_order(there, kind_first):
    first, second = at(RELEASE, 9), at(RELEASE, 10)
    missed, moved = (first, second) if kind_first else (second, first)
    tellings = [
        (missed, lambda: happens(there, EventKind.NOT_RELEASED, NOT_OUT, missed)),
        (moved, lambda: dated(there, RELEASE + 7 * A_DAY, moved)),
    ]

    for _, tells in sorted(tellings, key=lambda one: one[0]):
        tells()

    assert (there.pair.state, standing_of(there.db, there.leaver).frozen) == (
        PairState.ACCEPTED,
        (),
    )
    assert there.meeting(MeetingKind.GATE).window_last == RELEASE + 7 * A_DAY


@pytest.mark.parametrize("hour", [9, 14], ids=["before noon", "after noon"])
def test_a_missed_release_told_the_next_morning_stops_no_date_told_on_the_day(there, hour):
    dated(there, RELEASE + 7 * A_DAY, at(RELEASE, hour))
    morning = at(RELEASE + A_DAY, 9)

    noon = moment_of(RELEASE, morning)
    happens(there, EventKind.NOT_RELEASED, NOT_OUT, morning, happened_at=noon)

    assert there.pair.state is PairState.ACCEPTED


def test_a_second_date_that_leaves_the_day_as_it_is_keeps_nobody_from_being_stood_down(there):
    dated(there, RELEASE, at(RELEASE - 7 * A_DAY))
    dated(there, RELEASE + 30 * A_DAY, at(RELEASE, 7), DateKind.AUTOMATIC)

    happens(there, EventKind.NOT_RELEASED, NOT_OUT, at(RELEASE, 9))

    assert there.pair.state is PairState.SUSPENDED
    assert there.letters(LetterKind.STOOD_DOWN, LetterState.PLANNED)


@pytest.mark.parametrize(("kind", "facts"), STOPS, ids=[kind.value for kind, _ in STOPS])
def test_the_date_that_is_on_file_told_again_lets_a_stopped_plan_go_on(there, kind, facts):
    another, now = RELEASE + 14 * A_DAY, at(RELEASE, 9)
    dated(there, another, now - A_DAY)
    happens(there, kind, facts, now)
    paused = there.pair.state

    again = dated(there, another, now + AN_HOUR)

    assert (paused, there.pair.state) == (PairState.SUSPENDED, PairState.ACCEPTED)
    assert again.is_news
    assert not dated(there, another, now + 2 * AN_HOUR).is_news


def of_an_earlier_stay(db, kind, facts):
    """Someone whose earlier referral is over, and who was stopped long ago."""
    leaver = a_leaver_row(release_date=date(2026, 6, 1), created_at=NOW - 200 * A_DAY)
    over = {"created_at": NOW - 190 * A_DAY, "state_since": NOW - 100 * A_DAY}
    old = a_referral(leaver, state=ReferralState.WITHDRAWN, **over)
    db.add_all([leaver, old, a_screening(leaver), an_account(Role.MANAGER)])
    db.flush()
    on = (NOW - 120 * A_DAY).date()
    then = {"happened_at": at(on), "by": None, "now": at(on)}
    life_events.record(db, leaver, kind, facts(on=on), **then)
    assert standing_of(db, leaver).frozen == (kind,)
    return leaver


OF_BEFORE = [(EventKind.RECALLED, OnADay), (EventKind.NOT_RELEASED, NotReleased)]


@pytest.mark.parametrize(("kind", "facts"), OF_BEFORE, ids=[kind.value for kind, _ in OF_BEFORE])
def test_a_date_given_when_put_forward_ends_what_stopped_an_earlier_plan(db, kind, facts):
    leaver, mentor = of_an_earlier_stay(db, kind, facts), ready(db)

    anew = put_forward(db, leaver, NOW)
    anew.state = ReferralState.WAITING
    pair = a_pair(anew, mentor)
    db.add(pair)
    db.flush()
    pairing.approve(db, pair, by=None, now=NOW)
    pairing.accept(db, pair, by=None, now=NOW + 2 * AN_HOUR)

    assert standing_of(db, leaver).frozen == ()
    assert pair.state is PairState.ACCEPTED


def test_a_date_added_to_a_referral_lets_it_wait_and_one_that_was_known_does_not(db):
    leaver = of_an_earlier_stay(db, EventKind.RECALLED, OnADay)
    anew = put_forward(db, leaver, NOW, release=None)
    words = {"by": None, "now": NOW + AN_HOUR}
    told = Completed(**words_of(leaver))

    referrals.complete(db, anew, told, **words)
    before = standing_of(db, leaver).frozen
    dated_too = told.model_copy(update={"release_date": date(2027, 2, 3)})
    referrals.complete(db, anew, dated_too, **words)

    assert (before, standing_of(db, leaver).frozen) == ((EventKind.RECALLED,), ())
    recalled = {"happened_at": NOW + A_DAY, "by": None, "now": NOW + A_DAY}
    recall = OnADay(on=(NOW + A_DAY).date())
    life_events.record(db, leaver, EventKind.RECALLED, recall, **recalled)
    known = dated_too.model_copy(update={"release_date": leaver.release_date})
    referrals.complete(db, anew, known, by=None, now=NOW + 2 * A_DAY)
    assert standing_of(db, leaver).frozen == (EventKind.RECALLED,)


def test_who_is_put_forward_first_is_told_of_no_event(db):
    put_forward(db, a_leaver_row(), NOW)

    assert db.exec(select(Event)).first() is None
    assert db.exec(select(ReleaseDate)).one().day == date(2027, 2, 3)
    assert db.exec(select(Leaver)).one().release_date == date(2027, 2, 3)


def test_the_prisons_word_after_the_mentors_stays_when_the_mentor_takes_theirs_back(there, mentors):
    tap = at(RELEASE, 9)
    happens(there, EventKind.NOT_RELEASED, NOT_OUT, tap, by=mentors.id)
    by_prison = NotReleased(on=RELEASE, said_by="Officer Lee")

    ripple = happens(there, EventKind.NOT_RELEASED, by_prison, tap + AN_HOUR)
    after = happens(there, EventKind.NOT_RELEASED, NOT_OUT, tap + 2 * AN_HOUR, by=mentors.id)

    assert (ripple.is_news, after.is_news) == (True, False)
    assert len(events(there, EventKind.NOT_RELEASED)) == 2
    assert len(there.letters(LetterKind.STOOD_DOWN)) == 2
    assert not coming_out.may_take_back(there.db, mentors, there.leaver, tap + 2 * AN_HOUR)
    came_out = NotReleased(on=RELEASE, came_out=True)
    with pytest.raises(NotAllowed, match="You cannot take this back yourself"):
        happens(there, EventKind.NOT_RELEASED, came_out, tap + 3 * AN_HOUR, by=mentors.id)
    assert happens(there, EventKind.NOT_RELEASED, came_out, tap + 3 * AN_HOUR).resumes


def test_other_words_of_the_mentor_after_the_prisons_take_nothing_back_either(there, mentors):
    tap = at(RELEASE, 9)
    arrested = NotReleased(on=RELEASE, arrested=True)
    happens(there, EventKind.NOT_RELEASED, arrested, tap)

    happens(there, EventKind.NOT_RELEASED, NOT_OUT, tap + AN_HOUR, by=mentors.id)

    assert not coming_out.may_take_back(there.db, mentors, there.leaver, tap + AN_HOUR)


def test_a_mentor_who_was_stood_down_is_not_stood_down_again_by_other_words(there):
    tap, kind = at(RELEASE, 9), EventKind.NOT_RELEASED
    happens(there, kind, NOT_OUT, tap)
    [letter] = [
        one for one in there.letters(LetterKind.STOOD_DOWN) if one.recipient.startswith("mentor")
    ]
    send(letter, tap)
    before = {one.id: one.state for one in there.letters(LetterKind.STOOD_DOWN)}

    for hours, facts in enumerate([NotReleased(on=RELEASE, arrested=True), NOT_OUT], start=1):
        happens(there, kind, facts, tap + hours * AN_HOUR)

    assert {one.id: one.state for one in there.letters(LetterKind.STOOD_DOWN)} == before
    assert len(there.tasks(TaskKind.RING)) == 1


def test_a_mentor_is_stood_down_anew_at_the_next_missed_release(there):
    happens(there, EventKind.NOT_RELEASED, NOT_OUT, at(RELEASE, 9))
    dated(there, RELEASE + 7 * A_DAY, at(RELEASE, 12))
    next_one = NotReleased(on=RELEASE + 7 * A_DAY)

    happens(there, EventKind.NOT_RELEASED, next_one, at(RELEASE + 7 * A_DAY, 9))

    due = [one for one in there.letters(LetterKind.STOOD_DOWN) if one.state in NOT_UNDER_WAY]
    assert {one.due_at for one in due} == {at(RELEASE + 7 * A_DAY, 9)}


def test_a_corrected_transfer_of_a_past_day_counts_and_so_does_going_back(there):
    day = NOW.date() - 3 * A_DAY
    came_to = []

    for hours, prison in enumerate(["WCI", "MDI", "WCI", "MDI", "WCI"]):
        now = NOW + hours * AN_HOUR
        facts, noon = Transferred(on=day, prison=prison), moment_of(day, now)
        assert happens(there, EventKind.TRANSFERRED, facts, now, happened_at=noon).is_news
        assert not happens(there, EventKind.TRANSFERRED, facts, now, happened_at=noon).is_news
        came_to.append(there.leaver.prison)

    assert came_to == ["WCI", "MDI", "WCI", "MDI", "WCI"]


def test_of_all_that_is_told_at_one_moment_the_last_word_counts(there):
    for step in (LapseStep.PAUSE, LapseStep.BACK, LapseStep.PAUSE, LapseStep.BACK):
        happens(there, EventKind.MENTOR_LAPSED, Lapsed(step=step), person=there.mentor)

    told = [one.recorded_at for one in events(there, EventKind.MENTOR_LAPSED)]
    assert len(set(told)) == 4
    assert there.mentor.state is MentorState.ACTIVE
