"""The pictures of a region: a table of what there is to see. To add a picture, add a row.

Each is worked out with a fixed number of questions to the database, from rows
that the account finds through `models/access.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from matcher.desks.fairness import fairness
from matcher.desks.matches_ended import REASONS, matches_ended
from matcher.desks.meetings_counted import meetings_counted
from matcher.desks.picture_parts import Picture
from matcher.desks.places_by_area import places_by_area
from matcher.desks.releases_ahead import releases_ahead
from matcher.desks.waiting_times import waiting_times
from models.accounts import Account
from models.states import MeetingKind
from models.vocabulary import Word


@dataclass(frozen=True)
class Subject:
    """What a picture is about: its title, what it answers, and how it is worked out.

    `choices` are the words by which it may be narrowed down.
    """

    title: str
    answers: str
    drawn: Callable[[Session, Account, datetime, Word | None], Picture]
    choices: tuple[Word, ...] = ()


SUBJECTS: Mapping[str, Subject] = {
    "releases": Subject(
        "Releases ahead",
        "Who leaves in the next 12 weeks, and has a mentor for the gate?",
        lambda db, account, now, _: releases_ahead(db, account, now),
    ),
    "places": Subject(
        "Mentor places by area",
        "Where do mentors have places, and how many are taken?",
        lambda db, account, _, __: places_by_area(db, account),
    ),
    "waiting": Subject(
        "Waiting time",
        "How long do people wait until a mentor says yes?",
        lambda db, account, now, _: waiting_times(db, account, now),
    ),
    "meetings": Subject(
        "Meetings held and missed",
        "How many meetings took place, and how many did not?",
        meetings_counted,
        tuple(MeetingKind),
    ),
    "matches": Subject(
        "How matches fared",
        "How many were completed, and why did the others end?",
        matches_ended,
        REASONS,
    ),
    "fairness": Subject(
        "Fairness",
        "Does everyone have the same chance of a mentor?",
        lambda db, account, now, _: fairness(db, account, now),
    ),
}


def picture(
    db: Session, account: Account, now: datetime, name: str, only: Word | None = None
) -> Picture:
    """Return one picture for the account that looks; `only` is one of its choices."""
    return SUBJECTS[name].drawn(db, account, now, only)
