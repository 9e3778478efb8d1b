"""Printed letters: the paper is made on demand, from the facts of the day it is opened.

What stands in it is kept with the letter's row when it is handed over, and
stays as it was from then on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from matcher.consents_said import is_refused
from matcher.core.sending import LONDON, local_day
from matcher.core.words import day_in_words, time_in_words
from matcher.letter_checks import PAIR_STATES
from matcher.meeting_days import over_on
from matcher.printing.letter_facts import AnyLetter, GateCard, IntroductionLetter, MeetingLine
from matcher.printing.letters import gate_card, introduction_letter, letters_in_one
from matcher.recipients import Behind, behind
from matcher.refusing import NotAllowed
from matcher.settings import Settings
from models.gate import GatePlan
from models.meetings import Meeting
from models.outbox import HandOver, Letter
from models.people import Mentor
from models.privacy_words import Purpose
from models.states import LetterKind, MeetingKind, MeetingState

BEFORE_THE_GATE = (
    MeetingKind.INTRODUCTION,
    MeetingKind.PRISON_VISIT,
    MeetingKind.VIDEO,
    MeetingKind.CALL,
)
AHEAD = (MeetingState.PLANNED, MeetingState.BOOKED)

OF_THE_MENTOR = frozenset({"mentor_first_name", "mentor_words"})
"""What a letter says of a mentor; empty once they said no to it."""

GONE = "This letter is no longer true. Please do not hand it over."
"""What is said of a letter whose facts have gone; never why."""


def facts_to_print(
    db: Session, rows: Behind, settings: Settings, *, now: datetime
) -> Mapping[str, Any]:
    """Return what stands in a printed letter as things are now, in a form that JSON can hold.

    It is set at once, so that what lies in the tray can be printed. Raises
    ValueError with a sentence where something is missing or has no room.
    """
    if rows.letter.kind is LetterKind.INTRODUCTION:
        told: AnyLetter = _introduction(db, rows, settings, now)
    elif rows.letter.kind is LetterKind.GATE_PLAN:
        told = _gate_card(db, rows, settings, now)
    else:
        raise ValueError(f"There is no printed letter of the kind {rows.letter.kind.value}.")
    _set(told)
    days = {name: value.isoformat() for name, value in vars(told).items() if _is_day(value)}
    return asdict(told) | days


def printed_letter(letter: Letter) -> AnyLetter:
    """Return the printed letter as it was last kept: when it fell due, or was handed over."""
    return _letter_of(letter.kind, letter.facts)


def keep_facts(db: Session, letter: Letter, settings: Settings, *, now: datetime) -> None:
    """Keep what stands in a letter as it is handed over; from then on it stays as it was.

    One that could not be made any more stays as it was last kept.
    """
    with suppress(NotAllowed):
        letter.facts = _facts_of_today(db, letter, settings, now)
        db.add(letter)
        db.flush()


def as_pdf(db: Session, letter: Letter, settings: Settings, *, now: datetime) -> bytes:
    """Return the sheet of a letter in the print tray; the same facts give the same bytes.

    It says how things are now, until it is handed over. Raises NotAllowed with
    a sentence if it is no longer true.
    """
    return _set(_letter_of(letter.kind, _facts_of_today(db, letter, settings, now)))


def as_one_pdf(
    db: Session, letters: Sequence[Letter], settings: Settings, *, now: datetime
) -> tuple[bytes | None, list[Letter]]:
    """Return the sheets of several letters as one PDF, and which letters are on it.

    One that is no longer true is left out; where all are, there is no PDF.
    """
    true: list[tuple[Letter, AnyLetter]] = []
    for letter in letters:
        with suppress(NotAllowed):
            true.append(
                (letter, _letter_of(letter.kind, _facts_of_today(db, letter, settings, now)))
            )
    pdf = letters_in_one([told for _, told in true], local_day(now)) if true else None
    return pdf, [letter for letter, _ in true]


def _facts_of_today(
    db: Session, letter: Letter, settings: Settings, now: datetime
) -> Mapping[str, Any]:
    if db.get(HandOver, letter.id):
        return letter.facts
    rows = behind(db, letter)
    if rows.pair and rows.pair.state not in PAIR_STATES[letter.kind]:
        raise NotAllowed(GONE)
    try:
        return facts_to_print(db, rows, settings, now=now)
    except ValueError as wrong:
        raise NotAllowed(GONE) from wrong


def _letter_of(kind: LetterKind, facts: Mapping[str, Any]) -> AnyLetter:
    told = {name: _day(name, value) for name, value in facts.items()}
    if not told:  # whoever it told of was erased
        raise NotAllowed(GONE)
    if kind is LetterKind.GATE_PLAN:
        return GateCard(**told)
    told["meetings"] = tuple(MeetingLine(**line) for line in told["meetings"])
    return IntroductionLetter(**told)


def _set(told: AnyLetter) -> bytes:
    return gate_card(told) if isinstance(told, GateCard) else introduction_letter(told)


def _introduction(
    db: Session, rows: Behind, settings: Settings, now: datetime
) -> IntroductionLetter:
    leaver, mentor, pair = rows.leaver, rows.mentor, rows.pair
    if leaver is None or mentor is None or pair is None or leaver.release_date is None:
        raise ValueError("This letter needs a pair and a release date.")
    named = _name_of(db, mentor)
    ahead = select(Meeting).where(
        Meeting.pair_id == pair.id,
        col(Meeting.kind).in_(BEFORE_THE_GATE),
        col(Meeting.state).in_(AHEAD),
    )
    in_order = ahead.order_by(col(Meeting.window_first), col(Meeting.starts_at), col(Meeting.id))
    return IntroductionLetter(
        leaver_first_name=leaver.first_name,
        mentor_first_name=named,
        mentor_words=mentor.own_words if named else "",
        meetings=tuple(
            _line(meeting) for meeting in db.exec(in_order) if over_on(meeting) >= local_day(now)
        ),
        gate_day=leaver.release_date,
        **_on_every_letter(rows, settings, now),
    )


def _name_of(db: Session, mentor: Mentor) -> str:
    """Return the first name, or nothing where the mentor said no to being named."""
    return "" if is_refused(db, mentor.id, Purpose.OWN_WORDS) else mentor.first_name


def _line(meeting: Meeting) -> MeetingLine:
    starts = meeting.starts_local
    if meeting.state is MeetingState.BOOKED and starts:
        when = f"{day_in_words(starts.date())}, {time_in_words(starts.time())}"
    elif meeting.window_first == meeting.window_last:
        when = day_in_words(meeting.window_first)
    else:
        when = f"{_short(meeting.window_first)} to {_short(meeting.window_last)}"
    return MeetingLine(meeting.kind.label, when)


def _short(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"


def _gate_card(db: Session, rows: Behind, settings: Settings, now: datetime) -> GateCard:
    leaver, mentor, pair = rows.leaver, rows.mentor, rows.pair
    if leaver is None or mentor is None or pair is None:
        raise ValueError("This letter needs a pair.")
    plan = db.exec(select(GatePlan).where(GatePlan.pair_id == pair.id)).first()
    booked = select(Meeting).where(
        Meeting.pair_id == pair.id,
        Meeting.kind == MeetingKind.GATE,
        Meeting.state == MeetingState.BOOKED,
    )
    meeting = db.exec(booked).first()
    if plan is None or meeting is None or meeting.starts_local is None:
        raise ValueError("This letter needs the plan for the gate.")
    return GateCard(
        leaver_first_name=leaver.first_name,
        mentor_first_name=_name_of(db, mentor),
        day=meeting.starts_local.date(),
        at=time_in_words(meeting.starts_local.time()),
        where=meeting.place or "",
        bring=tuple(filter(None, (thing.strip() for thing in plan.bring.split(",")))),
        ring_name=plan.ring_name,
        ring_phone=plan.ring_phone,
        home_by=time_in_words(plan.home_by.astimezone(LONDON).time()),
        **_on_every_letter(rows, settings, now),
    )


def _on_every_letter(rows: Behind, settings: Settings, now: datetime) -> dict[str, Any]:
    return {
        "service_phone": settings.service_phone,
        "service_post": settings.service_post,
        "code": rows.leaver.code if rows.leaver else "",
        "printed_on": local_day(now),
    }


def _is_day(value: object) -> bool:
    return isinstance(value, date)


def _day(name: str, value: Any) -> Any:
    """Return a fact as it was before it became text."""
    return date.fromisoformat(value) if name in {"gate_day", "day", "printed_on"} else value
