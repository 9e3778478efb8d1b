"""Appointments for a mentor's own calendar, as iCalendar files (RFC 5545, RFC 5546).

An entry says when, and nothing else: whoever sees the calendar learns neither
whom nor where the mentor meets. A moved appointment keeps its UID and takes
the next sequence number, so that sending it twice changes nothing. Times are
UTC; the calendar shows them in its own zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from icalendar import Calendar, Event, vCalAddress
from icalendar.enums import CLASS, STATUS

WORDS = "Gatemate: appointment"
MAKER = "-//Gatemate//Appointments//EN"

_ADDRESS = re.compile(r"[^\s@:;,<>\"]+@[^\s@:;,<>\"]+")


@dataclass(frozen=True)
class Appointment:
    """When one meeting is, under a `uid` of its own.

    `sequence` counts from 0 and rises each time the meeting moves or is
    cancelled. `starts_at` is aware; `minutes` is how long it lasts. Raises
    ValueError for what no calendar could take.
    """

    uid: str
    sequence: int
    starts_at: datetime
    minutes: int
    cancelled: bool = False

    def __post_init__(self) -> None:
        """Check that it has a name, a moment in a zone, and a length."""
        if not re.fullmatch(r"[\x21-\x7e]+", self.uid):
            raise ValueError("A calendar entry needs a UID without spaces.")
        if self.sequence < 0 or self.minutes <= 0:
            raise ValueError("A calendar entry has a sequence from 0 and lasts at least a minute.")
        _check_zone(self.starts_at)


def uid_of(meeting_id: UUID) -> str:
    """Return the UID of a meeting in every calendar: one meeting is one entry, however it came."""
    return f"{meeting_id}@gatemate"


def calendar_entry(
    uid: str,
    sequence: int,
    starts_at: datetime,
    minutes: int,
    *,
    cancelled: bool = False,
    stamped_at: datetime,
    organiser: str,
    attendee: str,
) -> bytes:
    """Return an invitation (or, when cancelled, its cancellation) as the bytes of an .ics file.

    `organiser` and `attendee` are e-mail addresses; `stamped_at` is aware.
    The same arguments give the same bytes. Raises ValueError as above.
    """
    event = _event(Appointment(uid, sequence, starts_at, minutes, cancelled), stamped_at, organiser)
    # Whether to come is answered in Gatemate, where it counts; not to the calendar's mailbox.
    event.attendees = [vCalAddress.new(_checked(attendee), role="REQ-PARTICIPANT", rsvp=False)]
    return _file("CANCEL" if cancelled else "REQUEST", [event])


def diary(appointments: Iterable[Appointment], *, stamped_at: datetime, organiser: str) -> bytes:
    """Return a mentor's appointments as the bytes of one .ics file to download or subscribe to.

    Cancelled ones are in it as cancelled. Without any it is an empty calendar.
    """
    return _file("PUBLISH", [_event(one, stamped_at, organiser) for one in appointments])


def _event(appointment: Appointment, stamped_at: datetime, organiser: str) -> Event:
    _check_zone(stamped_at)
    starts = appointment.starts_at.astimezone(UTC)
    return Event.new(
        uid=appointment.uid,
        sequence=appointment.sequence,
        stamp=stamped_at.astimezone(UTC),
        start=starts,
        end=starts + timedelta(minutes=appointment.minutes),
        summary=WORDS,
        description=WORDS,
        classification=CLASS.PRIVATE,
        status=STATUS.CANCELLED if appointment.cancelled else STATUS.CONFIRMED,
        organizer=vCalAddress.new(_checked(organiser)),
    )


def _file(method: str, events: list[Event]) -> bytes:
    """Not through Calendar.new, which would make up a UID and so new bytes each time."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", MAKER)
    calendar.add("method", method)
    for event in events:
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _check_zone(moment: datetime) -> None:
    if moment.tzinfo is None:
        raise ValueError("A calendar entry needs times that know their zone.")


def _checked(address: str) -> str:
    """Return the address; one that could end its line would let words into the calendar."""
    if not _ADDRESS.fullmatch(address):
        raise ValueError("A calendar entry needs an e-mail address, such as name@example.org.")
    return address
