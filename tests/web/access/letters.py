"""Every kind of letter about every story, as it leaves: what of the world stands in it.

Mail and calendar entries are read as a mailbox would, text messages as their gateway is handed
them, and printed letters by the text of their PDF.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from sqlmodel import Session

from matcher import post
from matcher.delivery import _begun
from matcher.letter_texts import TEXTS
from matcher.mail_sender import as_mail
from matcher.messages import Message
from matcher.printed_letters import as_pdf
from matcher.recipients import Party, behind, place_for
from models.contacts import Contact
from models.desk_words import ContactWay
from models.meetings import Meeting
from models.states import Channel, LetterKind, LetterState, MeetingState
from tests.rows import NOW, a_letter
from tests.web import desks
from tests.web.access.canaries import Canary
from tests.web.access.stories import World
from tests.web.access.walking import canaries_in

SETTINGS = replace(
    desks.SETTINGS, mail="folder:post", texts="folder:texts", mail_from="gatemate@example.org"
)
STORIES = ("offered", "accepted", "paused", "foreign")
WAYS = {ContactWay.EMAIL: Channel.EMAIL, ContactWay.PHONE: Channel.TEXT}

ADDRESSED: dict[Party, set[str]] = {
    Party.MENTOR: {"contact.email", "contact.phone", "account.phone"},
    Party.PRACTITIONER: {"practitioner.email", "account.name", "account.phone", "leaver.code"},
    Party.MANAGER: {"account.email", "account.phone"},
    Party.ACCOUNT: {"account.email", "account.phone"},
}
"""What may stand in a letter that leaves: whom it is to, and whom to ring with which reference."""

PRINTED = {
    "leaver.first_name",
    "leaver.release_date",
    "leaver.code",
    "mentor.first_name",
    "mentor.own_words",
    "meeting.place",
    "gate_plan.bring",
    "gate_plan.ring_name",
    "gate_plan.ring_phone",
}
"""What may stand in a letter that a leaver is handed."""

HANDLES = {"letter.id", "meeting.id", "letter.message_id"}
"""What a mailbox and a calendar know a message and an appointment by."""


@dataclass(frozen=True)
class Read:
    """A letter as it leaves: of which story and kind, to whom, and which canaries are in it."""

    story: str
    kind: LetterKind
    party: Party
    channel: Channel
    canaries: tuple[Canary, ...]

    @property
    def fields(self) -> set[str]:
        """Return which fields stand in it."""
        return {f"{one.table}.{one.column}" for one in self.canaries}

    @property
    def allowed(self) -> set[str]:
        """Return which fields may."""
        return PRINTED if self.party is Party.LEAVER else ADDRESSED[self.party] | HANDLES


def letters_read(db: Session, world: World, canaries: dict[str, Canary]) -> Iterator[Read]:
    """Yield every letter about the stories of a world, each read as it leaves."""
    for story in STORIES:
        rows: dict[str, Any] = world.stories[story]
        yield from _printed(db, story, rows, canaries)
        for kind, party in TEXTS:
            for way in WAYS:
                message = _message(db, world, story, kind, party, way)
                if message:
                    found = canaries_in(_text(message), canaries)
                    yield Read(story, kind, party, message.channel, tuple(found))


def _printed(
    db: Session, story: str, rows: dict[str, Any], canaries: dict[str, Canary]
) -> Iterator[Read]:
    if story not in ("accepted", "foreign"):
        return
    for kind in (LetterKind.INTRODUCTION, LetterKind.GATE_PLAN):
        ids = {"pair_id": rows["pair"].id, "leaver_id": rows["leaver"].id}
        told = {"kind": kind, "recipient": f"leaver:{rows['leaver'].id}", **ids}
        sheet = as_pdf(db, a_letter(channel=Channel.PRINT, **told), SETTINGS, now=NOW)
        text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(sheet)).pages)
        yield Read(story, kind, Party.LEAVER, Channel.PRINT, tuple(canaries_in(text, canaries)))


def _message(
    db: Session, world: World, story: str, kind: LetterKind, party: Party, way: ContactWay
) -> Message | None:
    """Return a letter as it is handed to its sender; None where it may not go this way."""
    here = "there" if story == "foreign" else "here"
    contact: Any = world.stories[here]["contact"]
    db.get_one(Contact, contact.id).shares = way
    letter = a_letter(
        kind=kind,
        recipient=_recipient(world, here, story, party),
        channel=Channel.CALENDAR if kind is LetterKind.CALENDAR_ENTRY else WAYS[way],
        state=LetterState.CLAIMED,
        claimed_by="1-a",
        lease_until=NOW + timedelta(minutes=2),
        **({} if party is Party.ACCOUNT else _ids(db, world.stories[story])),
    )
    db.add(letter)
    db.flush()
    behind_it = behind(db, letter)
    to = place_for(db, behind_it, by_text=True)
    if to is None:
        return None
    return _begun(db, behind_it, to, SETTINGS, now=NOW, lease=timedelta(minutes=2))


def _recipient(world: World, here: str, story: str, party: Party) -> str:
    place, leaver = world.places[here], world.id_of(story, "leaver")
    return {
        Party.MENTOR: post.to_mentor(place.mentor.id),
        Party.PRACTITIONER: post.to_practitioner(leaver),
        Party.MANAGER: post.to_manager(place.region),
        Party.ACCOUNT: post.to_account(place.liaison.id),
    }[party]


def _ids(db: Session, rows: dict[str, Any]) -> dict[str, Any]:
    """Return what a letter about a story names by id."""
    pair, meeting = rows["pair"], db.get_one(Meeting, rows["meeting"].id)
    assert meeting.state is MeetingState.BOOKED
    told = {"leaver_id": pair.leaver_id, "mentor_id": pair.mentor_id}
    return told | {"pair_id": pair.id, "meeting_id": meeting.id}


def _text(message: Message) -> str:
    """Return all that leaves, with every part of a mail opened."""
    if message.channel is Channel.TEXT:
        return f"{message.to}\n{message.message_id}\n{message.body}"
    mail = as_mail(message, SETTINGS.mail_from)
    parts = [part for part in mail.walk() if not part.is_multipart()]
    unfolded = [part.get_content().replace("\r\n ", "") for part in parts]
    return "\n".join([*(f"{name}: {value}" for name, value in mail.items()), *unfolded])
