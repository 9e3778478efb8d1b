"""From the manager's yes to the mentor's answer."""

from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from matcher import pairing
from matcher.core.sending import closing_of, local_day, opening_of
from matcher.pairing import GONE
from matcher.refusing import NotAllowed
from models.desk_words import DeclineReason, TaskKind
from models.meetings import Meeting
from models.moves import IllegalMove
from models.outbox import Letter
from models.pairs import Pair, PairHistory
from models.people import Leaver, Mentor
from models.referrals import Referral
from models.restrictions import Link
from models.standbys import Standby
from models.states import (
    EndReason,
    LetterKind,
    LetterState,
    MeetingState,
    MentorState,
    Move,
    PairForm,
    PairState,
    ReferralState,
)
from models.tasks import Task
from models.vetting import Clearance
from models.vocabulary import LinkKind
from tests.matcher.accepted import at
from tests.matcher.people_waiting import (
    a_manager,
    a_practitioner,
    accepted,
    offered,
    planned_again,
    proposed,
    ready,
    run,
    the_pair,
    waiting,
)
from tests.rows import NOW, a_screening

LATER = NOW + timedelta(hours=1)


def letters(db, *kinds):
    rows = db.exec(select(Letter).order_by(col(Letter.due_at)))
    return [row for row in rows if not kinds or row.kind in kinds]


def keep_apart(db, pair):
    ends = {"one_leaver_id": pair.leaver_id, "other_mentor_id": pair.mentor_id}
    db.add(Link(kind=LinkKind.NON_ASSOCIATION, recorded_at=NOW, **ends))
    db.commit()


def referral_of(db, pair):
    return db.get_one(Referral, pair.referral_id)


def test_an_approved_pair_is_offered_at_once_with_three_working_days_to_answer(db):
    pair, manager = proposed(db), a_manager(db)

    pairing.approve(db, pair, by=manager, now=NOW)
    db.commit()

    offer, reminder = letters(db)
    history = db.exec(select(PairHistory).order_by(col(PairHistory.number))).all()
    assert pair.state is PairState.OFFERED
    assert pair.answer_by == closing_of(date(2026, 11, 26))
    assert [line.move for line in history] == [None, Move.APPROVE, Move.OFFER]
    assert history[1].moved_by == manager
    assert (offer.kind, offer.due_at) == (LetterKind.OFFER, NOW)
    assert (reminder.kind, reminder.due_at) == (
        LetterKind.OFFER_REMINDER,
        opening_of(date(2026, 11, 24)),
    )
    assert offer.recipient == f"mentor:{pair.mentor_id}"


def test_an_offer_made_on_friday_evening_counts_its_days_from_monday(db):
    pair = proposed(db)
    friday_evening = closing_of(date(2026, 11, 27)) + timedelta(hours=2)

    pairing.approve(db, pair, by=a_manager(db), now=friday_evening)

    assert pair.answer_by == closing_of(date(2026, 12, 3))


def test_at_the_shortest_notice_an_answer_is_due_in_one_working_day_without_a_reminder(db):
    leaver = waiting(
        db,
        leaver={"release_date": date(2026, 11, 27)},
        referral={"put_forward_at": NOW},
    )
    mentor = ready(db)
    run(db)
    pair = the_pair(db, leaver, mentor)

    pairing.approve(db, pair, by=a_manager(db), now=NOW)

    assert pair.answer_by == closing_of(date(2026, 11, 24))
    assert [letter.kind for letter in letters(db)] == [LetterKind.OFFER]


def offered_for(db, release, now):
    """A proposed pair whose leaver is then said to leave on that day, offered at a moment."""
    pair = proposed(db)
    db.get_one(Leaver, pair.leaver_id).release_date = release
    db.flush()
    pairing.approve(db, pair, by=a_manager(db), now=now)
    return pair


MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


@pytest.mark.parametrize(
    ("release", "now", "answer_by"),
    [
        # A Tuesday: the Monday before, though one working day would be the Tuesday.
        (TUESDAY, opening_of(MONDAY), closing_of(MONDAY)),
        (date(2026, 11, 25), opening_of(MONDAY), closing_of(TUESDAY)),
        # A Monday, offered on the Sunday: the Friday before is over.
        (MONDAY, opening_of(date(2026, 11, 22)), closing_of(date(2026, 11, 22))),
        # The evening before: until the day of release begins.
        (TUESDAY, closing_of(MONDAY) + timedelta(hours=1), at(TUESDAY, 0, 0)),
        (MONDAY, opening_of(MONDAY), closing_of(MONDAY)),
    ],
)
def test_an_answer_is_due_before_the_day_of_release(db, release, now, answer_by):
    pair = offered_for(db, release, now)

    assert pair.answer_by == answer_by


def lapse(db, pair):
    db.get_one(Mentor, pair.mentor_id).state = MentorState.PAUSED
    db.commit()


def go_on_hold(db, pair):
    leaver = db.get_one(Pair, pair.id)
    db.add(
        a_screening(
            type("Row", (), {"id": leaver.leaver_id}),
            recorded_at=NOW + timedelta(minutes=1),
            content_by=None,
        )
    )
    db.commit()


REASONS = [
    (keep_apart, "A link on file keeps"),
    (lapse, "is not active"),
    (go_on_hold, "Probation has not said"),
]


@pytest.mark.parametrize(("change", "reason"), REASONS)
def test_approving_asks_every_rule_and_gate_again(db, change, reason):
    """ASVS 2.2.3."""
    pair = proposed(db)
    change(db, pair)

    with pytest.raises(NotAllowed, match=reason):
        pairing.approve(db, pair, by=a_manager(db), now=LATER)

    assert pair.state is PairState.PROPOSED
    assert letters(db) == []


def test_the_places_of_other_leavers_count_when_approving_and_its_own_does_not(db):
    pair = proposed(db, places=1)
    mentor = db.get_one(Mentor, pair.mentor_id)
    mentor.places = 0
    db.commit()

    with pytest.raises(NotAllowed, match="no free place"):
        pairing.approve(db, pair, by=a_manager(db), now=NOW)

    mentor.places = 1
    pairing.approve(db, pair, by=a_manager(db), now=NOW)
    assert pair.state is PairState.OFFERED


def test_a_pair_is_approved_once(db):
    pair = offered(db)

    with pytest.raises(IllegalMove):
        pairing.approve(db, pair, by=a_manager(db), now=LATER)


def test_a_mentor_who_says_yes_has_a_plan_and_is_reminded_of_the_offer_no_more(db):
    pair = offered(db)

    pairing.accept(db, pair, by=None, now=LATER)
    db.commit()

    [reminder] = letters(db, LetterKind.OFFER_REMINDER)
    meetings = db.exec(select(Meeting).where(Meeting.pair_id == pair.id)).all()
    assert (pair.state, pair.accepted_at) == (PairState.ACCEPTED, LATER)
    assert referral_of(db, pair).state is ReferralState.MATCHED
    assert reminder.state is LetterState.CANCELLED
    assert {meeting.state for meeting in meetings} == {MeetingState.PLANNED}
    assert len(meetings) == 13
    assert len(letters(db, LetterKind.INTRODUCTION)) == 1


@pytest.mark.parametrize(
    ("screening", "practitioner", "told"),
    [
        ({}, {}, 1),
        ({}, {"email": ""}, 0),
        ({}, None, 0),
        ({"on_licence": False}, {}, 0),
    ],
)
def test_the_practitioner_of_a_leaver_on_licence_is_told_of_the_pair(
    db, screening, practitioner, told
):
    leaver, mentor = waiting(db, screening=screening), ready(db)
    if practitioner is not None:
        db.add(a_practitioner(leaver.id, **practitioner))
    run(db)
    pair = the_pair(db, leaver, mentor)
    pairing.approve(db, pair, by=a_manager(db), now=NOW)

    pairing.accept(db, pair, by=None, now=LATER)

    news = letters(db, LetterKind.PRACTITIONER_NEWS)
    assert len(news) == told
    assert all(letter.recipient == f"practitioner:{leaver.id}" for letter in news)


@pytest.mark.parametrize(("change", "reason"), REASONS)
def test_a_mentor_whose_offer_is_barred_meanwhile_reads_no_reason(db, change, reason):
    pair = offered(db)
    change(db, pair)

    with pytest.raises(NotAllowed) as refused:
        pairing.accept(db, pair, by=None, now=LATER)

    assert refused.value.sentences == (GONE,)
    assert pair.state is PairState.OFFERED
    assert referral_of(db, pair).state is ReferralState.WAITING


def test_an_offer_cannot_be_accepted_once_its_time_is_over(db):
    pair = offered(db)

    with pytest.raises(NotAllowed, match=GONE):
        pairing.accept(db, pair, by=None, now=pair.answer_by)


def test_a_mentor_without_clearance_meets_by_video_though_it_was_there_when_proposed(db):
    pair = offered(db)
    ended = db.exec(select(Clearance)).one()
    ended.cleared_until = local_day(NOW)
    db.commit()

    pairing.accept(db, pair, by=None, now=LATER)

    assert pair.form is PairForm.VIDEO


def test_a_no_keeps_its_reason_and_bars_that_mentor_from_that_leaver(db):
    pair = offered(db)

    pairing.decline(db, pair, why=DeclineReason.TOO_FAR, words=" Two buses. ", by=None, now=LATER)
    db.commit()
    run(db, LATER)

    last = db.exec(select(PairHistory).order_by(col(PairHistory.number).desc())).first()
    assert pair.end_reason is EndReason.DECLINED
    assert last.reason == "It is too far: Two buses."
    assert len(db.exec(select(Pair)).all()) == 1
    assert {letter.state for letter in letters(db)} == {LetterState.CANCELLED}


def with_standby(db):
    """Keep an offer, with a second mentor standing by."""
    leaver = waiting(db)
    first, second = ready(db, home="LS6"), ready(db, home="LS28")
    run(db)
    pair = the_pair(db, leaver, first)
    pairing.approve(db, pair, by=a_manager(db), now=NOW)
    db.commit()
    return pair, second


def test_after_a_no_the_standby_is_proposed_to_the_manager_scored_like_any(db):
    pair, second = with_standby(db)
    standby = db.exec(select(Standby)).one()
    pairing.decline(db, pair, why=DeclineReason.DATES, by=None, now=LATER)

    [following] = planned_again(db, LATER)

    assert (following.state, following.mentor_id) == (PairState.PROPOSED, second.id)
    assert following.score == standby.score == sum(following.parts.values())
    assert following.explanation
    assert standby.called_at == LATER
    assert letters(db, LetterKind.OFFER)[-1].mentor_id == pair.mentor_id


def test_the_next_best_is_scored_as_the_whole_plan_would_score_it(db):
    pair, _ = with_standby(db)
    pairing.decline(db, pair, why=DeclineReason.DATES, by=None, now=LATER)
    [following] = planned_again(db, LATER)
    alone = (following.score, dict(following.parts), following.explanation, following.form)

    run(db, LATER)

    assert following.state is PairState.PROPOSED
    assert (following.score, dict(following.parts), following.explanation, following.form) == alone


def test_a_standby_who_is_barred_now_is_not_called(db):
    pair, second = with_standby(db)
    second.state = MentorState.PAUSED
    pairing.decline(db, pair, why=DeclineReason.OTHER, by=None, now=LATER)

    assert planned_again(db, LATER) == []
    standby = db.exec(select(Standby)).one()
    assert (standby.called_at, standby.slot) == (None, None)


def test_a_standby_without_a_free_place_is_not_called(db):
    pair, second = with_standby(db)
    second.places = 1
    other = waiting(db)
    chosen = pairing.override(
        db,
        db.exec(select(Referral).where(Referral.leaver_id == other.id)).one(),
        second,
        reason="They ask for each other.",
        by=a_manager(db),
        now=NOW,
    )
    db.commit()

    assert chosen.mentor_id == second.id
    pairing.decline(db, pair, why=DeclineReason.OTHER, by=None, now=LATER)
    assert planned_again(db, LATER) == []


def test_an_offer_nobody_answers_lapses_on_its_day_and_the_next_best_is_proposed(db):
    pair, second = with_standby(db)

    early = pairing.expire_offers(db, now=pair.answer_by - timedelta(seconds=1))
    lapsed = pairing.expire_offers(db, now=pair.answer_by)
    again = pairing.expire_offers(db, now=pair.answer_by + timedelta(days=1))
    planned_again(db, pair.answer_by)

    assert (early, lapsed, again) == ([], [pair], [])
    assert pair.end_reason is EndReason.EXPIRED
    [following] = db.exec(select(Pair).where(Pair.state == PairState.PROPOSED))
    assert following.mentor_id == second.id


def test_the_next_best_is_proposed_once(db):
    pair, _ = with_standby(db)
    pairing.decline(db, pair, why=DeclineReason.OTHER, by=None, now=LATER)
    planned_again(db, LATER)

    assert planned_again(db, LATER) == []


def test_a_manager_stops_an_offer_and_its_letters_with_it(db):
    pair = offered(db)

    pairing.stop(db, pair, reason="The mentor is ill.", by=a_manager(db), now=LATER)
    db.commit()

    assert pair.end_reason is EndReason.WITHDRAWN
    assert referral_of(db, pair).state is ReferralState.WAITING
    assert {letter.state for letter in letters(db)} == {LetterState.CANCELLED}
    assert db.exec(select(Task)).all() == []


def test_a_mentor_who_had_said_yes_is_stood_down_at_once_and_rung(db):
    pair = accepted(db)

    pairing.stop(db, pair, reason="They know each other.", by=a_manager(db), now=LATER)
    db.commit()

    [urgent] = [letter for letter in letters(db) if letter.state is not LetterState.CANCELLED]
    [task] = db.exec(select(Task))
    assert pair.end_reason is EndReason.STOOD_DOWN
    assert referral_of(db, pair).state is ReferralState.WAITING
    assert (urgent.kind, urgent.urgent, urgent.due_at) == (LetterKind.STOOD_DOWN, True, LATER)
    assert (task.kind, task.region) == (TaskKind.RING, referral_of(db, pair).region)
    assert {row.state for row in db.exec(select(Meeting))} == {MeetingState.CANCELLED}


def test_when_a_manager_stops_a_pair_the_standby_is_proposed(db):
    pair, second = with_standby(db)
    pairing.accept(db, pair, by=None, now=LATER)
    db.commit()

    pairing.stop(db, pair, reason="Ill.", by=a_manager(db), now=LATER)
    [following] = planned_again(db, LATER)

    assert (following.state, following.mentor_id) == (PairState.PROPOSED, second.id)
    assert referral_of(db, pair).state is ReferralState.WAITING


@pytest.mark.parametrize("make", [proposed, offered, accepted])
def test_the_next_run_does_not_bring_back_what_a_manager_stopped(db, make):
    pair = make(db)
    pairing.stop(db, pair, reason="Not these two.", by=a_manager(db), now=LATER)
    db.commit()

    run(db, LATER + timedelta(days=1))

    assert db.exec(select(Pair).where(Pair.state != PairState.ENDED)).all() == []


def test_a_pair_is_stopped_with_a_reason_or_not_at_all(db):
    pair = accepted(db)

    with pytest.raises(NotAllowed, match="Say why"):
        pairing.stop(db, pair, reason="  ", by=a_manager(db), now=LATER)

    assert pair.state is PairState.ACCEPTED


@pytest.mark.parametrize("move", [pairing.decline, pairing.accept])
def test_nobody_answers_an_offer_that_has_ended(db, move):
    pair = offered(db)
    pairing.expire_offers(db, now=pair.answer_by)
    db.commit()
    told = {"why": DeclineReason.OTHER} if move is pairing.decline else {}

    with pytest.raises((IllegalMove, NotAllowed)):
        move(db, pair, **told, by=None, now=LATER)

    assert pair.end_reason is EndReason.EXPIRED
