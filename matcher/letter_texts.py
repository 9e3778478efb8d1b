"""What e-mails and text messages say: as little as will do, since anyone may read them.

No name of a leaver or mentor, no place, nothing about prison or release:
"sign in, there is something new for you". Beside that a letter may say the
time of the reader's own appointment, until when to answer, and one number to
ring: the manager's of the region, else the service's. A practitioner has no
account and is asked to ring the manager and quote a reference. To add a text,
add a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session

from matcher.calling_off import calls_off
from matcher.core.sending import LONDON
from matcher.core.words import day_in_words, time_in_words
from matcher.recipients import Behind, Party, manager_of
from matcher.settings import Settings
from models.accounts import Account
from models.states import Channel, LetterKind

NEW_FOR_YOU = "Sign in: something new for you"


@dataclass(frozen=True)
class LetterText:
    """Subject and body of one kind of letter; `{words}` in braces are filled in when sending.

    `short` is said instead of the body where the letter is a text message.
    """

    subject: str
    body: str
    short: str = ""


class Words(NamedTuple):
    """A letter in words, ready to leave."""

    subject: str
    body: str


_RING_THE_MANAGER = (
    "We do not put names in e-mails. Please ring {manager}{on_phone}, "
    "and quote the reference {reference}."
)

TEXTS: Mapping[tuple[LetterKind, Party], LetterText] = {
    (LetterKind.OFFER, Party.MENTOR): LetterText(
        NEW_FOR_YOU,
        "We have something to ask you. Please sign in, read it, and tell us yes or no"
        "{answer_by}.\n\nSign in: {address}",
        "Gatemate has something to ask you. Please sign in and answer{answer_by}: {address}",
    ),
    (LetterKind.OFFER_REMINDER, Party.MENTOR): LetterText(
        "Sign in: we are waiting for your answer",
        "We asked you something and have not heard from you yet. Please sign in and tell us "
        "yes or no{answer_by}. It is fine to say no.\n\nSign in: {address}",
        "Gatemate is waiting for your answer. Please sign in{answer_by}: {address}",
    ),
    (LetterKind.CALENDAR_ENTRY, Party.MENTOR): LetterText(
        "Gatemate: appointment",
        "Here is an appointment for your calendar: {when}.\n\n"
        "Sign in to read where it is and what it is for: {address}",
    ),
    (LetterKind.MEETING_REMINDER, Party.MENTOR): LetterText(
        "Gatemate: your appointment",
        "You have an appointment: {when}.\n\nSign in to read where it is: {address}",
        "Gatemate: you have an appointment, {when}. Sign in to read where: {address}",
    ),
    (LetterKind.GATE_PLAN, Party.MENTOR): LetterText(
        NEW_FOR_YOU,
        "The plan for an important day is ready. Please sign in, read it, and keep it at hand: "
        "where, when, and who to ring.\n\nSign in: {address}",
        "Gatemate: the plan for an important day is ready. Please sign in: {address}",
    ),
    (LetterKind.DIGEST, Party.MENTOR): LetterText(
        NEW_FOR_YOU,
        "Something has changed. Please sign in and read it. If you have new days, tell us with "
        "one tap if they suit you.\n\nSign in: {address}",
        "Gatemate: something has changed. Please sign in and look at your days: {address}",
    ),
    (LetterKind.PRACTITIONER_QUESTION, Party.PRACTITIONER): LetterText(
        "Gatemate: a question for you. Please ring us",
        "We have a question about someone you work with.\n\n" + _RING_THE_MANAGER,
    ),
    (LetterKind.PRACTITIONER_NEWS, Party.PRACTITIONER): LetterText(
        "Gatemate: news for you. Please ring us",
        "We have news about someone you work with.\n\n" + _RING_THE_MANAGER,
    ),
    (LetterKind.STOOD_DOWN, Party.MENTOR): LetterText(
        "Gatemate: please do not set out",
        "Your appointments have been called off. Please do not set out. We will ring you. "
        "You can also ring us{on_phone}.\n\nSign in to read more: {address}",
        "Gatemate: your appointments are called off. Please do not set out. "
        "We will ring you, or ring us{on_phone}.",
    ),
    (LetterKind.STOOD_DOWN, Party.MANAGER): LetterText(
        "Gatemate: please ring a mentor",
        "A mentor has been told not to set out. Please ring them now. "
        "Your desk says who.\n\nSign in: {address}",
    ),
    (LetterKind.GATE_CHANGED, Party.MENTOR): LetterText(
        "Gatemate: your plan has changed",
        "The plan for an important day has changed. Please sign in and read it before you set "
        "out, or ring us{on_phone}.\n\nSign in: {address}",
        "Gatemate: the plan for an important day has changed. Before you set out, sign in "
        "({address}) or ring us{on_phone}.",
    ),
    (LetterKind.GATE_CHANGED, Party.MANAGER): LetterText(
        "Gatemate: please ring a mentor",
        "The plan for an important day has changed. Please ring the mentor now. "
        "Your desk says who.\n\nSign in: {address}",
    ),
    (LetterKind.RING_US, Party.MENTOR): LetterText(
        "Gatemate: please ring us",
        "Please ring us{on_phone} as soon as you can.",
        "Gatemate: please ring us{on_phone} as soon as you can.",
    ),
    (LetterKind.RING_US, Party.MANAGER): LetterText(
        "Gatemate: someone needs your call now",
        "Someone needs your call now. Your desk says who and why.\n\nSign in: {address}",
        "Gatemate: someone needs your call now. Sign in: {address}",
    ),
    (LetterKind.FIRST_MEETING_WARNING, Party.MENTOR): LetterText(
        "Sign in: did you meet?",
        "We have not heard yet if you met. Please sign in and tell us.\n\nSign in: {address}",
        "Gatemate: did you meet? Please sign in and tell us: {address}",
    ),
    (LetterKind.FIRST_MEETING_WARNING, Party.MANAGER): LetterText(
        "Gatemate: a first meeting is not recorded yet",
        "A first meeting still has to be recorded, and its time is running out. "
        "Your desk says which.\n\nSign in: {address}",
    ),
    (LetterKind.WORRY, Party.MANAGER): LetterText(
        NEW_FOR_YOU,
        "There is something for you that cannot wait. Please sign in now: it stands at the top "
        "of Today.\n\nSign in: {address}",
        "Gatemate: there is something for you that cannot wait. Sign in now: {address}",
    ),
    (LetterKind.SIGN_IN_CHANGED, Party.ACCOUNT): LetterText(
        "Gatemate: your way of signing in was changed",
        "Your way of signing in was changed{changed}. If this was you, there is nothing to "
        "do. If this was not you, ring your manager{on_phone} now.",
    ),
}
"""A row for each kind of letter and whom it is for; printed letters are in `printing/`."""

CALLED_OFF = LetterText(
    "Gatemate: appointment called off",
    "Your appointment on {when} is called off. This takes it out of your calendar.\n\n"
    "Sign in to read more: {address}",
)
"""What goes with the calendar entry of a booking that is lost."""


def words_for(db: Session, rows: Behind, settings: Settings) -> Words:
    """Return what a letter says as things stand now; ValueError if there is no text for it."""
    letter = rows.letter
    text = CALLED_OFF if calls_off(letter) else TEXTS.get((letter.kind, rows.party))
    if text is None:
        raise ValueError(f"There is no text of {letter.kind.value} for the {rows.party.value}.")
    told = _told(db, rows, settings)
    if letter.channel is Channel.TEXT:
        return Words(text.subject, (text.short or text.body).format(**told))
    body = text.body.format(**told)
    return Words(text.subject, f"{body}\n\n{_sign_off(rows, body, told['phone'], settings)}")


def _told(db: Session, rows: Behind, settings: Settings) -> dict[str, str]:
    """Return what stands in for the words in braces."""
    manager = _asker(db, rows) or manager_of(db, rows.region)
    if rows.account and manager and manager.id == rows.account.id:
        manager = None
    phone = (manager.phone if manager else None) or settings.service_phone
    return {
        "address": settings.address,
        "answer_by": _answer_by(rows),
        "manager": (manager.name if manager else "") or "the manager",
        "phone": phone,
        "on_phone": f" on {phone}" if phone else "",
        "reference": rows.leaver.code if rows.leaver else "",
        "when": _when(rows),
        "changed": _changed(rows),
    }


def _asker(db: Session, rows: Behind) -> Account | None:
    """Return the manager who had the letter written, if it says so."""
    asked_by = rows.letter.facts.get("asked_by")
    return db.get(Account, UUID(asked_by)) if asked_by else None


def _answer_by(rows: Behind) -> str:
    if rows.pair is None or rows.pair.answer_by is None:
        return ""
    last = rows.pair.answer_by.astimezone(LONDON)
    return f" by {time_in_words(last.time())} on {day_in_words(last.date())}"


def _when(rows: Behind) -> str:
    starts = rows.meeting.starts_local if rows.meeting else None
    return f"{day_in_words(starts.date())}, {time_in_words(starts.time())}" if starts else ""


def _changed(rows: Behind) -> str:
    """Return on which day a way of signing in was changed, as the letter's facts say it."""
    said = rows.letter.facts.get("changed_at")
    if not said:
        return ""
    at = datetime.fromisoformat(said).astimezone(LONDON)
    return f" on {day_in_words(at.date())}, {time_in_words(at.time())}"


def _sign_off(rows: Behind, body: str, phone: str, settings: Settings) -> str:
    """Return the last lines: whom to ring with questions, unless the letter has said so.

    A manager is not told to ring themselves.
    """
    ring = settings.service_phone if rows.party is Party.MANAGER else phone
    return f"Gatemate\nQuestions? Ring {ring}." if ring and ring not in body else "Gatemate"
