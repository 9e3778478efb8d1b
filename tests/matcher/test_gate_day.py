from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError
from sqlmodel import select

from matcher.gate_day import GatePlanFacts, confirm, gate_plan, watch
from matcher.gate_taps import mark, unmark
from matcher.outcomes import held, missed
from matcher.refusing import NotAllowed
from matcher.tasks import finish, raise_due
from models.desk_words import GateStep, TaskKind
from models.gate import GateMark
from models.states import (
    Absentee,
    Channel,
    LetterKind,
    LetterState,
    MeetingKind,
    MeetingState,
    Move,
)
from tests.matcher.accepted import RELEASE, an_accepted_pair, at, contents, contents_of, on, send

A_DAY = timedelta(days=1)
A_WEEK_BEFORE = at(RELEASE - timedelta(days=7))
EVENING = at(RELEASE, 18)
AGREED = {
    "starts_local": on(RELEASE, 9),
    "place": "Outside the visitors' centre",
    "home_by_local": on(RELEASE, 17),
    "bring": "ID, coat",
    "ring_name": "Robin",
    "ring_phone": "0808 157 0192",
}


@pytest.fixture
def there(db):
    there = an_accepted_pair(db)
    there.plan()
    return there


def agree(there, now=A_WEEK_BEFORE, **told):
    facts = GatePlanFacts(**AGREED | told)
    return confirm(there.db, there.pair, facts, by=there.liaison.id, now=now)


def tap(there, step, now):
    return mark(there.db, there.pair, step, by=None, now=now)


def refused(there, what, *told):
    before = contents(there.db)
    with pytest.raises(NotAllowed) as no:
        what(there, *told)
    assert contents(there.db) == before
    [sentence] = no.value.sentences
    return sentence


def test_what_is_agreed_books_the_gate_and_is_kept_beside_it(there):
    plan = agree(there)

    gate = there.meeting(MeetingKind.GATE)
    assert gate.state is MeetingState.BOOKED
    assert (gate.starts_local, gate.place) == (on(RELEASE, 9), "Outside the visitors' centre")
    assert (plan.bring, plan.ring_name, plan.ring_phone) == ("ID, coat", "Robin", "0808 157 0192")
    assert plan.home_by == datetime(2027, 2, 3, 17, tzinfo=UTC)
    assert (plan.recorded_at, plan.recorded_by) == (A_WEEK_BEFORE, there.liaison.id)


def test_the_mentor_is_told_by_e_mail_and_the_leaver_by_a_card(there):
    agree(there)

    told = {one.channel: one for one in there.letters(LetterKind.GATE_PLAN)}
    assert set(told) == {Channel.EMAIL, Channel.PRINT}
    assert told[Channel.EMAIL].recipient == f"mentor:{there.mentor.id}"
    assert told[Channel.EMAIL].due_at == A_WEEK_BEFORE
    assert told[Channel.PRINT].recipient == f"leaver:{there.leaver.id}"
    assert told[Channel.PRINT].due_at == at(date(2027, 1, 27), 9, 0)
    assert told[Channel.PRINT].not_after == at(RELEASE, 17, 0)


def test_the_plan_is_pointless_once_the_gate_has_opened(there):
    agree(there, now=at(RELEASE - A_DAY, 10))

    told = {one.channel: one for one in there.letters(LetterKind.GATE_PLAN)}
    assert told[Channel.EMAIL].not_after == at(RELEASE, 9, 0)


def test_what_is_agreed_early_goes_to_the_mentor_at_once_and_is_printed_a_week_before(there):
    early = at(date(2027, 1, 11))

    agree(there, now=early)

    due = {one.channel: one.due_at for one in there.letters(LetterKind.GATE_PLAN)}
    assert due == {Channel.EMAIL: early, Channel.PRINT: at(date(2027, 1, 27), 9, 0)}


def test_the_same_words_again_change_nothing(there):
    agree(there)
    before = contents(there.db)

    agree(there, now=A_WEEK_BEFORE + A_DAY)

    assert contents(there.db) == before


def test_a_change_to_what_was_agreed_is_told_at_once_and_printed_anew(there):
    agree(there)
    for letter in there.letters(LetterKind.GATE_PLAN):
        send(letter, A_WEEK_BEFORE)
    eve = at(RELEASE - A_DAY, 19)

    plan = agree(there, now=eve, bring="Coat", place="The chapel gate")

    assert gate_plan(there.db, there.pair) is plan
    assert plan.bring == "Coat"
    changed = there.letters(LetterKind.GATE_CHANGED)
    assert {one.recipient for one in changed} == {
        f"mentor:{there.mentor.id}",
        f"manager:{there.referral.region}",
    }
    assert {(one.urgent, one.due_at) for one in changed} == {(True, eve)}
    assert len(there.tasks(TaskKind.RING)) == 1
    [card] = there.letters(LetterKind.GATE_PLAN, LetterState.PLANNED)
    assert (card.channel, card.generation) == (Channel.PRINT, 2)


def test_what_else_is_agreed_may_change_without_the_booking(there):
    agree(there)

    agree(there, now=A_WEEK_BEFORE + A_DAY, ring_phone="0808 157 0193")

    assert there.meeting(MeetingKind.GATE).generation == 1
    assert len(there.letters(LetterKind.GATE_CHANGED)) == 2
    states = {one.state for one in there.letters(LetterKind.CALENDAR_ENTRY)}
    assert LetterState.PLANNED in states


def test_a_gate_agreed_too_late_for_a_letter_goes_to_the_mentor_at_once(there):
    late = at(RELEASE - A_DAY, 20)

    agree(there, now=late, starts_local=on(RELEASE, 8))

    assert {one.due_at for one in there.letters(LetterKind.GATE_CHANGED)} == {late}
    assert len(there.tasks(TaskKind.RING)) == 1


@pytest.mark.parametrize("home_by", [on(RELEASE, 9), on(RELEASE, 8), on(RELEASE + A_DAY, 9)])
def test_home_by_is_later_on_the_same_day(there, home_by):
    said = refused(there, lambda there: agree(there, home_by_local=home_by))

    assert said == '"Home by" must be later on the same day than the time at the gate.'


def test_the_gate_is_agreed_for_the_day_of_release_only(there):
    other = {"starts_local": on(RELEASE - A_DAY, 9), "home_by_local": on(RELEASE - A_DAY, 17)}

    said = refused(there, lambda there: agree(there, **other))

    assert said == "This meeting must be on Wednesday 3 February 2027."


def test_there_is_no_gate_to_agree_on_for_a_pair_that_has_ended(there):
    there.pair.move(Move.STAND_DOWN, by=None, now=A_WEEK_BEFORE)
    there.plan(A_WEEK_BEFORE)

    assert refused(there, agree) == "There is no day at the gate ahead for this pair."


@pytest.mark.parametrize(
    "told",
    [
        {"ring_name": " "},
        {"ring_phone": ""},
        {"place": "x" * 121},
        {"bring": "one, two, three, four, five, six, seven"},
        {"bring": "x" * 61},
        {"home_by_local": "soon"},
    ],
)
def test_what_has_no_room_on_the_card_is_refused_while_it_is_typed(told):
    with pytest.raises(ValidationError):
        GatePlanFacts(**AGREED | told)


def test_a_tap_is_kept_once_with_its_first_time(there):
    first = tap(there, GateStep.ARRIVED, at(RELEASE, 8, 50))

    again = tap(there, GateStep.ARRIVED, at(RELEASE, 8, 55))

    assert again is first
    assert first.marked_at == at(RELEASE, 8, 50)
    assert len(there.db.exec(select(GateMark)).all()) == 1


def test_there_are_no_taps_before_the_day(there):
    agree(there)

    said = refused(there, tap, GateStep.ARRIVED, at(RELEASE - A_DAY))

    assert said == "You can say this on the day, Wednesday 3 February 2027."


def test_there_are_no_taps_for_a_pair_that_is_not_on(there):
    there.pair.move(Move.STAND_DOWN, by=None, now=A_WEEK_BEFORE)

    said = refused(there, tap, GateStep.MET, at(RELEASE))

    assert said == "There is no day at the gate now. Please ring us."


def test_met_records_the_gate_as_held_also_before_its_time(there):
    agree(there)
    gate = there.meeting(MeetingKind.GATE)

    tap(there, GateStep.MET, at(RELEASE, 8, 45))

    assert gate.state is MeetingState.HELD
    assert gate.starts_local == on(RELEASE, 9)


def test_met_counts_though_nobody_agreed_on_anything(there):
    gate = there.meeting(MeetingKind.GATE)

    tap(there, GateStep.MET, at(RELEASE, 8, 45))

    assert gate.state is MeetingState.HELD
    assert gate.starts_local == on(RELEASE, 8) + timedelta(minutes=45)


def test_met_after_missed_counts_as_met(there):
    agree(there)
    gate = there.meeting(MeetingKind.GATE)
    missed(there.db, gate, who=Absentee.LEAVER, by=None, now=at(RELEASE, 10, 30))

    tap(there, GateStep.MET, at(RELEASE, 11))

    assert gate.state is MeetingState.MISSED
    assert there.meeting(MeetingKind.GATE).state is MeetingState.HELD


def test_arrived_alone_is_no_meeting(there):
    agree(there)

    tap(there, GateStep.ARRIVED, at(RELEASE, 8, 45))

    assert there.meeting(MeetingKind.GATE).state is MeetingState.BOOKED


def test_without_home_safe_by_the_agreed_time_the_manager_is_rung_once(there):
    agree(there)
    tap(there, GateStep.MET, at(RELEASE, 9))

    assert watch(there.db, now=at(RELEASE, 16, 59)) == []
    [task] = watch(there.db, now=at(RELEASE, 17, 0))
    assert watch(there.db, now=at(RELEASE, 17, 1)) == []

    assert (task.kind, task.region) == (TaskKind.NO_HOME_SAFE, there.referral.region)
    [ring] = there.letters(LetterKind.RING_US)
    assert ring.recipient == f"manager:{there.referral.region}"
    assert (ring.urgent, ring.due_at) == (True, at(RELEASE, 17, 0))


def test_the_manager_is_rung_though_the_clock_stood_still_for_three_days(there):
    agree(there)

    assert len(watch(there.db, now=EVENING + timedelta(days=3))) == 1


def test_home_safe_in_time_rings_nobody(there):
    agree(there)
    tap(there, GateStep.MET, at(RELEASE, 9))
    tap(there, GateStep.HOME_SAFE, at(RELEASE, 16))

    assert watch(there.db, now=EVENING) == []


def test_home_safe_too_late_settles_the_worry(there):
    agree(there)
    tap(there, GateStep.MET, at(RELEASE, 9))
    [task] = watch(there.db, now=EVENING)

    tap(there, GateStep.HOME_SAFE, at(RELEASE, 19))

    assert (task.done_at, task.outcome) == (at(RELEASE, 19), "Home safe")


def test_nobody_waits_for_someone_who_never_came_to_the_gate(there):
    agree(there)
    gate = there.meeting(MeetingKind.GATE)
    missed(there.db, gate, who=Absentee.LEAVER, by=None, now=at(RELEASE, 10, 30))

    assert watch(there.db, now=EVENING + A_DAY) == []


def test_nobody_waits_on_a_day_that_is_no_longer_the_day(there):
    agree(there)
    there.leaver.release_date = RELEASE + timedelta(days=7)
    there.plan(at(RELEASE - A_DAY))

    assert watch(there.db, now=EVENING) == []


def take_back(there, step, now):
    unmark(there.db, there.pair, step, now=now)


def test_home_safe_before_met_is_refused(there):
    agree(there)
    tap(there, GateStep.ARRIVED, at(RELEASE, 8, 50))

    said = refused(there, tap, GateStep.HOME_SAFE, at(RELEASE, 9))

    assert said == 'Tell us first that you met. "Home safe" comes after that.'


def test_met_told_in_the_diary_counts_for_home_safe(there):
    agree(there)
    held(there.db, there.meeting(MeetingKind.GATE), by=None, now=at(RELEASE + A_DAY))

    tap(there, GateStep.HOME_SAFE, at(RELEASE + A_DAY))

    assert watch(there.db, now=EVENING + A_DAY) == []


@pytest.mark.parametrize("step", [GateStep.ARRIVED, GateStep.MET])
def test_the_day_after_the_diary_asks_and_no_tap_answers(there, step):
    agree(there)

    said = refused(there, tap, step, at(RELEASE + A_DAY))

    assert said == "That day is over. Say in your diary whether you met, or ring us."


def test_home_safe_taken_back_lets_the_watch_go_on(there):
    agree(there)
    tap(there, GateStep.MET, at(RELEASE, 9))
    tap(there, GateStep.HOME_SAFE, at(RELEASE, 10))

    take_back(there, GateStep.HOME_SAFE, at(RELEASE, 10, 5))
    take_back(there, GateStep.HOME_SAFE, at(RELEASE, 10, 6))

    assert len(watch(there.db, now=at(RELEASE, 17))) == 1


def test_home_safe_taken_back_after_the_worry_opens_it_again_and_rings_once_more(there):
    agree(there)
    tap(there, GateStep.MET, at(RELEASE, 9))
    [task] = watch(there.db, now=EVENING)
    tap(there, GateStep.HOME_SAFE, at(RELEASE, 19))

    take_back(there, GateStep.HOME_SAFE, at(RELEASE, 19, 5))

    assert (task.done_at, task.done_by, task.outcome) == (None, None, "")
    assert len(there.letters(LetterKind.RING_US)) == 2
    tap(there, GateStep.HOME_SAFE, at(RELEASE, 20))
    assert task.done_at == at(RELEASE, 20)


def test_what_the_manager_has_settled_stays_settled_when_a_tap_is_taken_back(there):
    agree(there)
    tap(there, GateStep.MET, at(RELEASE, 9))
    [task] = watch(there.db, now=EVENING)
    finish(there.db, task, outcome="Rang: home.", by=None, now=at(RELEASE, 18, 30))
    tap(there, GateStep.HOME_SAFE, at(RELEASE, 19))

    take_back(there, GateStep.HOME_SAFE, at(RELEASE, 19, 5))

    assert (task.done_at, task.outcome) == (at(RELEASE, 18, 30), "Rang: home.")


def test_met_taken_back_opens_the_gate_again_as_it_was_booked(there):
    agree(there)
    booked = contents_of(there.meeting(MeetingKind.GATE))
    tap(there, GateStep.MET, at(RELEASE, 8, 45))

    take_back(there, GateStep.MET, at(RELEASE, 8, 46))

    gate = there.meeting(MeetingKind.GATE)
    kept = ("id", "state", "starts_local", "place", "minutes", "outcome_by", "generation")
    assert {name: contents_of(gate)[name] for name in kept} == {name: booked[name] for name in kept}
    assert there.db.exec(select(GateMark)).all() == []
    tap(there, GateStep.MET, at(RELEASE, 9))
    assert there.meeting(MeetingKind.GATE).state is MeetingState.HELD


def test_met_taken_back_where_nothing_was_agreed_leaves_nothing_booked(there):
    [task] = [one for one in raise_due(there.db, now=at(RELEASE, 8)) if is_about_gate(there, one)]
    tap(there, GateStep.MET, at(RELEASE, 8, 45))
    was_done = task.done_at

    take_back(there, GateStep.MET, at(RELEASE, 8, 46))

    assert there.meeting(MeetingKind.GATE).state is MeetingState.PLANNED
    assert (was_done, task.done_at) == (at(RELEASE, 8, 45), None)


def is_about_gate(there, task):
    return task.meeting_id == there.meeting(MeetingKind.GATE).id and task.prison


def test_met_is_taken_back_only_after_home_safe(there):
    agree(there)
    tap(there, GateStep.MET, at(RELEASE, 9))
    tap(there, GateStep.HOME_SAFE, at(RELEASE, 10))

    said = refused(there, take_back, GateStep.MET, at(RELEASE, 10, 1))

    assert said == 'Take back "home safe" first, then "met".'
    take_back(there, GateStep.HOME_SAFE, at(RELEASE, 10, 2))
    take_back(there, GateStep.MET, at(RELEASE, 10, 3))
    assert there.meeting(MeetingKind.GATE).state is MeetingState.BOOKED


def test_a_tap_is_not_taken_back_on_another_day(there):
    agree(there)
    tap(there, GateStep.ARRIVED, at(RELEASE, 9))

    said = refused(there, take_back, GateStep.ARRIVED, at(RELEASE + A_DAY))

    assert said == "This can be taken back on the same day only. Please ring us."
