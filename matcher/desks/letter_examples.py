"""Every letter there is, with made-up people: what a manager reads before any of them goes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from matcher.desks.letter_preview import TO
from matcher.letter_texts import CALLED_OFF, TEXTS, LetterText
from matcher.printing.letter_facts import GateCard, IntroductionLetter, MeetingLine
from matcher.printing.letters import gate_card, introduction_letter
from matcher.recipients import Party
from matcher.settings import Settings
from models.states import LetterKind

MENTOR_WORDS = (
    "Hi, I am Siân. I was inside too, some years ago.\n"
    "The first week was the hardest. You do not have to do it alone."
)
SERVICE_PHONE = "01632 960199"
"""Said where no number is set: one of Ofcom's numbers for drama."""

SERVICE_POST = "Gatemate, PO Box 199, Exampleton EX1 9ZZ"


@dataclass(frozen=True)
class LetterExample:
    """One letter in words; `short` is the text message, empty where none goes by text."""

    kind: LetterKind
    to: str
    subject: str
    body: str
    short: str
    is_called_off: bool = False


def letter_examples(settings: Settings) -> list[LetterExample]:
    """Return each e-mail and text message there is, with made-up days and people."""
    return list(_examples(_told(settings)))


def example_sheet(name: str, settings: Settings, today: date) -> bytes:
    """Return a printed letter with made-up people, as PDF/UA; KeyError for a name not in SHEETS."""
    return SHEETS[name](settings, today)


def _examples(told: Mapping[str, str]) -> Iterator[LetterExample]:
    for (kind, party), text in TEXTS.items():
        yield _example(kind, party, text, told)
    off = _example(LetterKind.CALENDAR_ENTRY, Party.MENTOR, CALLED_OFF, told)
    yield LetterExample(off.kind, off.to, off.subject, off.body, off.short, is_called_off=True)


def _example(
    kind: LetterKind, party: Party, text: LetterText, told: Mapping[str, str]
) -> LetterExample:
    return LetterExample(
        kind, TO[party], text.subject, text.body.format(**told), text.short.format(**told)
    )


def _told(settings: Settings) -> dict[str, str]:
    """Return what stands in for the words in braces, all of it made up but the address."""
    phone = settings.service_phone or SERVICE_PHONE
    return {
        "address": settings.address,
        "answer_by": " by 5pm on Friday 12 March 2027",
        "manager": "Alex Example",
        "phone": phone,
        "on_phone": f" on {phone}",
        "reference": "ABCD-2345",
        "when": "Tuesday 9 March 2027, 10am",
        "changed": " on Tuesday 9 March 2027, 10am",
    }


def _introduction(settings: Settings, today: date) -> bytes:
    return introduction_letter(
        IntroductionLetter(
            leaver_first_name="Llŷr",
            mentor_first_name="Siân",
            mentor_words=MENTOR_WORDS,
            meetings=(
                MeetingLine("First visit", "Tuesday 9 March, 10am"),
                MeetingLine("Video call", "Monday 15 March to Friday 19 March"),
            ),
            gate_day=today + timedelta(weeks=6),
            **_closing(settings, today),
        )
    )


def _gate_card(settings: Settings, today: date) -> bytes:
    return gate_card(
        GateCard(
            leaver_first_name="Llŷr",
            mentor_first_name="Siân",
            day=today + timedelta(weeks=6),
            at="9am",
            where="By the bench outside the visitors' centre",
            bring=("Your release papers", "Your phone, if you have one"),
            ring_name="Alex Example",
            ring_phone=settings.service_phone or SERVICE_PHONE,
            home_by="6pm",
            **_closing(settings, today),
        )
    )


def _closing(settings: Settings, today: date) -> dict[str, Any]:
    return {
        "service_phone": settings.service_phone or SERVICE_PHONE,
        "service_post": settings.service_post or SERVICE_POST,
        "code": "ABCD-2345",
        "printed_on": today,
    }


SHEETS: Mapping[str, Callable[[Settings, date], bytes]] = {
    "introduction": _introduction,
    "gate-card": _gate_card,
}
"""The letters that are printed, by the name that stands in the address."""
