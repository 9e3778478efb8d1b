"""What a mentor says of themselves: words for the introduction letter, e-mail and phone."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints
from sqlmodel import Session

from matcher.consents_said import is_refused
from matcher.printing.letter_facts import WORDS_AT_MOST
from matcher.recipients import mentor_email
from matcher.refusing import InTheWay, NotAllowed
from models.contacts import Contact, Line
from models.facts import Facts
from models.people import Mentor
from models.privacy_words import Purpose
from models.rows import newest

SAID_NO = (
    "You said no to your own words in letters. Leave this empty, or say yes first under “What I "
    "say yes to”."
)

OwnWords = Annotated[str, StringConstraints(strip_whitespace=True, max_length=WORDS_AT_MOST)]


class Said(Facts):
    """A mentor's own words, and how we reach them."""

    own_words: OwnWords = ""
    email: Line = ""
    phone: Line = ""


def said_by(db: Session, mentor: Mentor) -> Said:
    """Return what is on file of this mentor; first of all the e-mail of their account."""
    contact = _contact(db, mentor)
    return Said(
        own_words=mentor.own_words,
        email=mentor_email(db, mentor) or "",
        phone=contact.phone if contact else "",
    )


def say(db: Session, mentor: Mentor, said: Said, *, by: UUID | None, now: datetime) -> None:
    """Keep what a mentor says; what is said again changes nothing.

    NotAllowed for words for the letter where the mentor said no to them.
    """
    if said.own_words and is_refused(db, mentor.id, Purpose.OWN_WORDS):
        raise NotAllowed(InTheWay(SAID_NO, "own_words"))
    mentor.own_words = said.own_words
    db.add(mentor)
    contact = _contact(db, mentor)
    if contact is None or (contact.email, contact.phone) != (said.email, said.phone):
        reached = Contact(
            mentor_id=mentor.id,
            email=said.email,
            phone=said.phone,
            address=contact.address if contact else "",
            recorded_at=now,
            recorded_by=by,
        )
        db.add(reached)
    db.flush()


def _contact(db: Session, mentor: Mentor) -> Contact | None:
    """Return how the mentor is reached as it stands."""
    theirs = newest(Contact, "mentor_id").where(Contact.mentor_id == mentor.id)
    return db.exec(theirs).first()
