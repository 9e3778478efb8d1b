"""The story of one person: what happened, when, and who told it, the newest first.

A manager reads it whole. A liaison reads what a prison knows anyway: no word
of risk, of a licence or of who someone must not meet, and no reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.core.sending import local_day
from matcher.core.words import day_in_words
from matcher.standings import as_happened
from models.accounts import Account
from models.desk_words import AwayReason, LapseReason, LapseStep, RiskPart
from models.events import Event
from models.people import Leaver, Mentor
from models.reference import prisons
from models.release_words import DateKind
from models.states import EventKind, Role

TITLES: Mapping[EventKind, str] = {
    EventKind.DATE_MOVED: "The release date was given",
    EventKind.DATE_REMOVED: "A release date was taken away",
    EventKind.RELEASED_EARLY: "Left prison",
    EventKind.TRANSFERRED: "Moved to another prison",
    EventKind.AWAY: "Away from prison for a while",
    EventKind.RECALLED: "Recalled to prison",
    EventKind.NEW_SENTENCE: "A new sentence, or held on remand",
    EventKind.NOT_RELEASED: "Not released on the day",
    EventKind.DIED: "Died",
    EventKind.UNLAWFULLY_AT_LARGE: "Unlawfully at large",
    EventKind.RISK_CHANGED: "Something changed that must be screened again",
    EventKind.CONSENT_WITHDRAWN: "Consent was taken back",
    EventKind.MERGED: "Two records became one",
    EventKind.MENTOR_LAPSED: "Paused, ended or came back",
}
STEPS: Mapping[str, str] = {
    LapseStep.PAUSE: "Paused",
    LapseStep.END: "Stopped being a mentor",
    LapseStep.BACK: "Came back",
}
CAME_OUT = "Came out after all: that they were not released was a mistake"
NOT_FOR_LIAISON = frozenset({EventKind.RISK_CHANGED})
ROLES: Mapping[Role, str] = {
    Role.LIAISON: "the liaison",
    Role.MANAGER: "the regional manager",
    Role.MENTOR: "the mentor",
}
THE_SERVICE = "the service"


@dataclass(frozen=True)
class StoryLine:
    """One thing that happened; `text` may be empty. `told_on` is when it was written down."""

    title: str
    day: date
    told_on: date
    text: str
    who: str


def story_of(db: Session, account: Account, person: Leaver | Mentor) -> tuple[StoryLine, ...]:
    """Return what happened to someone whom this liaison or manager has found."""
    whole = account.role is Role.MANAGER
    column = Event.leaver_id if isinstance(person, Leaver) else Event.mentor_id
    rows = db.exec(select(Event).where(column == person.id)).all()
    told = [one for one in rows if whole or one.kind not in NOT_FOR_LIAISON]
    hands = _hands(db, told)
    lines = [_line(one, hands.get(one.recorded_by), whole=whole) for one in told]
    order = {id(line): one.recorded_at for line, one in zip(lines, told, strict=True)}
    return tuple(sorted(lines, key=lambda one: (one.day, order[id(one)]), reverse=True))


def _hands(db: Session, told: Iterable[Event]) -> Mapping[UUID | None, Account]:
    ids = {one.recorded_by for one in told if one.recorded_by}
    return {row.id: row for row in db.exec(select(Account).where(col(Account.id).in_(ids)))}


def _line(event: Event, hand: Account | None, *, whole: bool) -> StoryLine:
    title = STEPS.get(event.facts.get("step", ""), TITLES[event.kind])
    title = CAME_OUT if event.facts.get("came_out") else title
    details = DETAILS if whole else {kind: DETAILS[kind] for kind in OPEN_DETAILS}
    said = details[event.kind](event.facts) if event.kind in details else ()
    return StoryLine(
        title=title,
        day=as_happened(event).on,
        told_on=local_day(event.recorded_at),
        text=" ".join(said),
        who=_who(event, hand, whole=whole),
    )


def _who(event: Event, hand: Account | None, *, whole: bool) -> str:
    """Return who told it: names for the manager, and for a liaison those of their own desk."""
    if hand is None:
        return THE_SERVICE
    role = ROLES.get(hand.role, hand.role.label.lower())
    said_by = event.facts.get("said_by", "")
    if not whole:
        return f"{said_by}, through {role}" if said_by and hand.role is Role.LIAISON else role
    return f"{said_by}, through {hand.name}, {role}" if said_by else f"{hand.name}, {role}"


Facts = Mapping[str, Any]


def _day(facts: Facts, name: str, words: str) -> Iterator[str]:
    if facts.get(name):
        yield words.format(day_in_words(date.fromisoformat(facts[name])))


def _of_date(facts: Facts) -> Iterator[str]:
    yield from _day(facts, "given", f"{DateKind(facts['kind']).label}: {{}}.")


def _of_removal(facts: Facts) -> Iterator[str]:
    yield f"{DateKind(facts['kind']).label}."


def _of_move(facts: Facts) -> Iterator[str]:
    yield f"To {prisons()[facts['prison']].title}."


def _of_away(facts: Facts) -> Iterator[str]:
    yield f"{AwayReason(facts['why']).label}."
    yield from _day(facts, "until", "Until {}.")


def _of_sentence(facts: Facts) -> Iterator[str]:
    yield "On remand." if facts.get("remand") else "A new sentence."


def _of_gate(facts: Facts) -> Iterator[str]:
    if facts.get("arrested"):
        yield "Arrested at the gate."


def _of_return(facts: Facts) -> Iterator[str]:
    yield from _day(facts, "back_on", "Back on {}.")


def _of_risk(facts: Facts) -> Iterator[str]:
    if facts.get("what"):  # what a restriction or a screening changed says so itself
        yield f"{RiskPart(facts['what']).label}."


def _of_lapse(facts: Facts) -> Iterator[str]:
    if facts.get("why"):
        yield f"{LapseReason(facts['why']).label}."


def _of_merge(facts: Facts) -> Iterator[str]:
    yield f"{facts['goes']} is part of this record."


DETAILS = {
    EventKind.DATE_MOVED: _of_date,
    EventKind.DATE_REMOVED: _of_removal,
    EventKind.RELEASED_EARLY: _of_date,
    EventKind.TRANSFERRED: _of_move,
    EventKind.AWAY: _of_away,
    EventKind.NEW_SENTENCE: _of_sentence,
    EventKind.NOT_RELEASED: _of_gate,
    EventKind.UNLAWFULLY_AT_LARGE: _of_return,
    EventKind.RISK_CHANGED: _of_risk,
    EventKind.MENTOR_LAPSED: _of_lapse,
    EventKind.MERGED: _of_merge,
}
"""What else is said of an event; to say more of one, change its row."""

OPEN_DETAILS = (
    EventKind.DATE_MOVED,
    EventKind.DATE_REMOVED,
    EventKind.RELEASED_EARLY,
    EventKind.TRANSFERRED,
    EventKind.UNLAWFULLY_AT_LARGE,
)
"""What a liaison reads more of: days and prisons."""
