"""What councils and mentors put right, take back, answer and add, after it was said once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from sqlmodel import Session, col, select

from matcher import (
    bookings,
    gate_taps,
    handing_over,
    life_events,
    moved_days,
    outcomes,
    referrals,
    release_changes,
)
from matcher.core.sending import local_day
from matcher.desks import mentor_words
from matcher.life_facts import NotReleased
from matcher.meeting_days import unanswered
from matcher.told_by_council import Avoid, Completed
from models.contacts import PractitionerFacts
from models.desk_words import GateStep
from models.meetings import Meeting
from models.outbox import HandOver, Letter
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.referrals import BEFORE_MATCH, Referral
from models.release_words import DateKind
from models.states import (
    Channel,
    EventKind,
    LetterState,
    MeetingKind,
    MeetingState,
    PairState,
    ReferralState,
)
from tests.simulation.deeds import RARELY_POSSIBLE, Act, Barring, Chosen, Deed, there
from tests.simulation.people import told_of

DAY = timedelta(days=1)
OPEN = (*BEFORE_MATCH, ReferralState.MATCHED)


def _open(one: Chosen) -> bool:
    return one.seen.referral in OPEN


def _accepted(one: Chosen) -> bool:
    return one.seen.pair is PairState.ACCEPTED


def _completed(one: Chosen, what: str, *bars: Barring, **told: Any) -> Act:
    """The liaison puts something right; what the mentor was chosen by stays as it is."""
    today, by = local_day(one.now), one.liaison
    said = told_of(one.life, one.seen.release or today, today, one.chance)

    def do(db: Session, now: datetime) -> None:
        referral = db.get_one(Referral, one.seen.referral_id)
        leaver = db.get_one(Leaver, one.seen.leaver_id)
        own = {"resettling_in": referral.resettling_in, "prison_number": leaver.prison_number}
        words = dict(said) | own | {"release_date": None, **told}
        referrals.complete(db, referral, Completed(**words), by=by, now=now)

    return Act(one.life, what, by, do, bars)


def _another_practitioner(one: Chosen) -> Act:
    name = one.chance.choice(("Kim", "Jo", "Max"))
    facts = PractitionerFacts(name=f"{name} Practitioner", email=f"{name.lower()}@example.com")
    return _completed(one, "another practitioner", practitioner=facts)


def _name_someone(one: Chosen) -> Act:
    avoid = (Avoid(name="Someone Else", why="We do not get on."),)
    return _completed(one, "name someone to avoid", Barring("named"), avoid=avoid)


def _withdraw(one: Chosen) -> Act:
    by = one.liaison

    def do(db: Session, now: datetime) -> None:
        referrals.withdraw(db, db.get_one(Referral, one.seen.referral_id), by=by, now=now)

    return Act(one.life, "withdraw the referral", by, do, silences=True)


def _hand_over(one: Chosen) -> Act:
    """What lies in the tray for a leaver is put into their hand."""
    by = one.liaison

    def do(db: Session, now: datetime) -> None:
        printed = select(Letter).where(
            Letter.channel == Channel.PRINT,
            Letter.state == LetterState.SENT,
            Letter.pair_id == one.seen.pair_id,
            col(Letter.id).not_in(select(HandOver.letter_id)),
        )
        letter = db.exec(printed.order_by(col(Letter.key))).first()
        handing_over.hand_over(db, there(letter), by=by, now=now)

    return Act(one.life, "hand a letter over", by, do)


def _booked(one: Chosen) -> list[Any]:
    return [
        meeting
        for meeting in one.seen.meetings
        if meeting.state is MeetingState.BOOKED
        and meeting.kind is not MeetingKind.GATE
        and meeting.starts_at > one.now
        and meeting.window_last > local_day(one.now)
    ]


def _book_again(one: Chosen) -> Act:
    """To another time, and now and then on another day."""
    meeting = one.chance.choice(_booked(one))
    first = max(meeting.window_first, local_day(one.now) + DAY)
    day = first + one.chance.randint(0, max((meeting.window_last - first).days, 0)) * DAY
    starts = datetime.combine(day, time(one.chance.choice((10, 12, 14, 16)), 20))
    told = bookings.Booking(starts_local=starts, minutes=40, place="Another hall")
    by = one.liaison

    def do(db: Session, now: datetime) -> None:
        bookings.book(db, db.get_one(Meeting, meeting.id), told, by=by, now=now)

    return Act(one.life, "book again", by, do)


def _date_told_wrong(one: Chosen) -> Act:
    """They have not left at all: what was met outside cannot have been."""
    day, by = local_day(one.now) + one.chance.randint(6, 15) * DAY, one.liaison

    def do(db: Session, now: datetime) -> None:
        leaver = db.get_one(Leaver, one.seen.leaver_id)
        words: Any = {"kind": DateKind.CONFIRMED, "day": day, "source": "the prison", "by": by}
        release_changes.move_date(db, leaver, now=now, given_by="", has_left=False, **words)

    return Act(one.life, "they have not left", by, do)


def _take_taps_back(one: Chosen) -> Act:
    by = one.mentor

    def do(db: Session, now: datetime) -> None:
        pair = db.get_one(Pair, one.seen.pair_id)
        for step in (GateStep.HOME_SAFE, GateStep.MET):
            gate_taps.unmark(db, pair, step, now=now)

    return Act(one.life, "take the taps back", by, do)


def _came_out(one: Chosen) -> Act:
    """The prison says by mistake that nobody came out, and takes it back at once."""
    by, on = one.liaison, local_day(one.now)

    def do(db: Session, now: datetime) -> None:
        leaver = db.get_one(Leaver, one.seen.leaver_id)
        for seconds, came_out in enumerate((False, True)):
            facts, at = NotReleased(on=on, came_out=came_out), now + timedelta(seconds=seconds)
            life_events.record(
                db, leaver, EventKind.NOT_RELEASED, facts, happened_at=at, by=by, now=at
            )

    return Act(one.life, "they came out after all", by, do)


def _answer_days(one: Chosen, what: str, *, suits: bool) -> Act:
    by = one.mentor

    def do(db: Session, now: datetime) -> None:
        pair = db.get_one(Pair, one.seen.pair_id)
        asked = moved_days.asked_of(db, [pair.id]).get(pair.id)
        there(asked and not asked.answered_at)
        moved_days.answer(db, pair, asked, suits=suits, by=by, now=now)

    return Act(one.life, what, by, do)


def _days_suit(one: Chosen) -> Act:
    return _answer_days(one, "the days suit", suits=True)


def _days_do_not_suit(one: Chosen) -> Act:
    return _answer_days(one, "the days do not suit", suits=False)


def _own_words(one: Chosen) -> Act:
    """Another address: letters that wait go there."""
    by, mentor_id, number = one.mentor, one.seen.mentor_id, one.chance.randint(0, 999)
    phone = f"07700 900{number:03}" if number % 3 else ""
    said = mentor_words.Said(
        own_words="I was there myself.", email=f"alex-{number}@example.com", phone=phone
    )

    def do(db: Session, now: datetime) -> None:
        mentor_words.say(db, db.get_one(Mentor, mentor_id), said, by=by, now=now)

    return Act(one.life, "own words and address", by, do)


def _held_another_day(one: Chosen) -> Act:
    """A meeting that is over was held, on another day than it was booked for."""
    by, mentor_id = one.mentor, one.seen.mentor_id

    def do(db: Session, now: datetime) -> None:
        over = [row for row in unanswered(db, now, mentor_id) if row.pair_id == one.seen.pair_id]
        meeting = there(over)[0]
        outcomes.held(db, meeting, by=by, now=now, on=min(meeting.window_first, local_day(now)))

    return Act(one.life, "held another day", by, do)


def _met_today(one: Chosen) -> bool:
    is_met = _accepted(one) and GateStep.MET in one.seen.marks
    return is_met and one.seen.release == local_day(one.now)


def _awaited_today(one: Chosen) -> bool:
    is_awaited = _accepted(one) and GateStep.MET not in one.seen.marks
    return is_awaited and one.seen.release == local_day(one.now)


def _met_before(one: Chosen) -> bool:
    return _accepted(one) and GateStep.MET in one.seen.marks and not _met_today(one)


def _is_over(one: Chosen) -> bool:
    today = local_day(one.now)
    return _accepted(one) and any(row.window_last < today for row in one.seen.meetings)


SECOND_THOUGHTS: Mapping[str, Deed] = {
    "another practitioner": Deed(_open, _another_practitioner),
    "name someone to avoid": Deed(_open, _name_someone),
    "withdraw the referral": Deed(_open, _withdraw),
    "hand a letter over": Deed(_accepted, _hand_over),
    "book again": Deed(lambda one: _accepted(one) and bool(_booked(one)), _book_again, anew=0.3),
    "take the taps back": Deed(_met_today, _take_taps_back, anew=RARELY_POSSIBLE),
    "they came out after all": Deed(_awaited_today, _came_out, anew=RARELY_POSSIBLE),
    "they have not left": Deed(_met_before, _date_told_wrong, anew=RARELY_POSSIBLE),
    "the days suit": Deed(_accepted, _days_suit),
    "the days do not suit": Deed(_accepted, _days_do_not_suit),
    "own words and address": Deed(_accepted, _own_words),
    "held another day": Deed(_is_over, _held_another_day, anew=RARELY_POSSIBLE),
}
