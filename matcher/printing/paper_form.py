"""The form of a council on paper: one question after the other, big, with boxes to tick.

It is blank: it names nobody, and one is like the other. When it has been
keyed in, its code is written on it; a form with a code is not keyed twice,
and nobody can be put forward twice. The layout stands in `form.typ`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Literal

import typst

from matcher.asked_of_you import QUESTIONS, TITLES
from matcher.core.words import day_in_words
from matcher.printing.paper_choices import CHOICES, LIVED, NEED_ROWS, PARTS, WEEKDAYS
from matcher.printing.plain_text import set_line
from matcher.printing.sheets import FONTS, HERE
from matcher.read_aloud import READ_ALOUD

LAYOUT = HERE / "form.typ"
TITLE = "Would you like a mentor?"
WHO_TYPES = "Who you give this form to types it in. So they read all of it too."
AVOID_AT_MOST = 2
"""So many people have a place on the paper; for others a second sheet is taken."""

PICTURES: Mapping[str, tuple[str, str]] = {
    "start": ("people", "A drawing of two people side by side."),
    "about": ("person", "A drawing of a person."),
    "release": ("calendar", "A drawing of a calendar. One day has a ring round it."),
    "needs": ("hands", "A drawing of two people who shake hands."),
    "experience": ("path", "A drawing of a road that winds up to the sun."),
    "likes": ("ball", "A drawing of a ball and of notes of music."),
    "languages": ("speech", "A drawing of two speech bubbles."),
    "rather": ("people", "A drawing of two people side by side."),
    "avoid": ("stop", "A drawing of a hand that says stop."),
    "where": ("house", "A drawing of a house and a clock."),
    "reach": ("phone", "A drawing of a phone and a letter."),
    "note": ("pencil", "A drawing of a pencil that writes."),
    "consent": ("yes", "A drawing of a thumb that points up."),
    "no": ("no", "A drawing of a cross in a ring."),
    "hand_in": ("post", "A drawing of a form that is put into a hand."),
}
"""The picture of each part, and what it shows."""


@dataclass(frozen=True)
class Block:
    """One thing on the paper: words, a box, a line to write on, or boxes to tick.

    `choices` are what is ticked, or the names of the columns of a table of
    which `rows` are the lines; a row without a box is a heading. `size` counts
    boxes for letters, or lines.
    """

    kind: Literal["words", "points", "letters", "day", "lines", "ticks", "table", "box"]
    label: str = ""
    hint: str = ""
    lines: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    rows: tuple[tuple[str, bool], ...] = ()
    size: int = 1
    columns: int = 1


@dataclass(frozen=True)
class Part:
    """One part of the form under its heading, with its picture; `apart` begins a new page."""

    heading: str
    picture: str
    alt: str
    blocks: tuple[Block, ...]
    apart: bool = False


def paper_form(service_phone: str, service_post: str, *, printed_on: date) -> bytes:
    """Return a blank form as PDF/UA; the same day and service give the same bytes."""
    form = {
        "title": TITLE,
        "printed": f"Printed on {day_in_words(printed_on)}",
        "parts": [asdict(part) for part in _parts(set_line(service_phone), set_line(service_post))],
    }
    pdf: bytes = typst.compile(
        LAYOUT,
        root=HERE,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"form": json.dumps(form)},
        pdf_standards="ua-1",
        timestamp=datetime.combine(printed_on, time(12), UTC),
    )
    return pdf


def _parts(phone: str, post: str) -> Iterator[Part]:
    yield _part("start", TITLE, _start())
    yield _part("about", TITLES["about"], _about())
    yield _part("release", TITLES["release"], _release())
    yield _part("needs", TITLES["needs"], [_table("needs", "needs", NEED_ROWS)])
    yield _part("experience", TITLES["experience"], [*_lived()], apart=True)
    yield _part("likes", TITLES["likes"], [_ticks("likes", "interests", 2)], apart=True)
    yield _part("languages", TITLES["languages"], _languages(), apart=True)
    yield _part("rather", TITLES["rather"], _rather(), apart=True)
    yield _part("avoid", TITLES["avoid"], [*_avoid()], apart=True)
    yield _part("where", TITLES["where"], _where(), apart=True)
    yield _part("reach", TITLES["reach"], _reach(), apart=True)
    yield _part("note", TITLES["note"], _note())
    yield _part("consent", TITLES["consent"], [*_consent()], apart=True)
    yield _part("no", "How to say no", [_how_to_say_no(phone, post)])
    yield _part("hand_in", "Where to hand it in", [*_hand_in()])


def _part(name: str, heading: str, blocks: Iterable[Block], *, apart: bool = False) -> Part:
    picture, alt = PICTURES[name]
    return Part(heading, f"pictures/form/{picture}.svg", alt, tuple(blocks), apart)


def _start() -> list[Block]:
    return [
        Block(
            "words",
            lines=(
                "A mentor is a person who was inside too.",
                "They can help you when you leave.",
                "Do you want one? Then fill in this form.",
            ),
        ),
        Block(
            "points",
            lines=(
                "Put a tick in a box, or write on the line.",
                "Someone can read it to you, or write for you.",
                "You do not have to answer everything.",
                "You can stop at any time.",
            ),
        ),
    ]


def _about() -> list[Block]:
    return [
        _write("about", "prison_number", "letters", size=7),
        _write("about", "first_name"),
        _write("about", "surname"),
        _write("about", "birth_date", "day"),
        _ticks("about", "sex", 2),
        _ticks("about", "gender", 3),
        _ticks("about", "ethnic_group", 2),
    ]


def _release() -> list[Block]:
    return [_write("release", "release_date", "day"), _ticks("release", "sentence_kind", 2)]


def _lived() -> Iterator[Block]:
    show = QUESTIONS["show"]["may_show"]
    yield _table("experience", "experiences", LIVED, hint=f"{show.label} {show.hint}")


def _languages() -> list[Block]:
    return [
        _ticks("languages", "languages", 3),
        Block("ticks", choices=(QUESTIONS["languages"]["interpreter"].label,)),
    ]


def _rather() -> list[Block]:
    return [
        _ticks("rather", "wants", 2),
        _ticks("rather", "cultures", 2),
        _write("rather", "spoken", hint="Write which one."),
    ]


def _avoid() -> Iterator[Block]:
    asked = QUESTIONS["avoid"]
    yield Block("ticks", asked["another"].label, choices=("Yes", "No"), columns=2)
    yield Block("words", lines=("Once it is typed in, only the regional manager reads this.",))
    for number in range(AVOID_AT_MOST):
        heading = f"{'Second' if number else 'First'} person. {asked['name'].label}"
        yield Block("lines", heading)
        yield Block("day", asked["birth_date"].label, asked["birth_date"].hint)
        yield Block("lines", asked["why"].label, "You can leave this empty.", size=2)
    yield Block("words", lines=("More people? Write them on another sheet of paper.",))


def _where() -> list[Block]:
    hours = QUESTIONS["where"]["hours"]
    return [
        _write("where", "resettling_in"),
        _write("where", "travel_km"),
        Block("table", hours.label, hours.hint, choices=PARTS, rows=WEEKDAYS),
    ]


def _reach() -> list[Block]:
    return [
        _write("reach", "phone"),
        _write("reach", "email"),
        _write("reach", "address", size=2),
        _ticks("reach", "shares", 2),
    ]


def _note() -> list[Block]:
    return [_write("note", "note", size=4), _ticks("note", "note_shareable", 2)]


def _consent() -> Iterator[Block]:
    yield Block("words", lines=("Read this, or ask someone to read it out to you.",))
    yield Block("words", lines=(WHO_TYPES,))
    for part in READ_ALOUD:
        if part.points:
            yield Block("points", part.heading, lines=part.points)
        else:
            yield Block("words", part.heading, lines=(part.sentences,))
    yield Block("ticks", choices=(QUESTIONS["consent"]["agreed"].label,))
    yield Block("lines", "Sign here, or make your mark")
    yield Block("day", "Today is")
    yield _ticks("consent", "filled_in", 1, label="Who filled in this form?")


def _how_to_say_no(phone: str, post: str) -> Block:
    reach = [f"Ring {phone}."] if phone else []
    reach += [f"Write to {post}."] if post else []
    return Block(
        "points",
        lines=(
            "If you do not want a mentor, do not hand this in.",
            "If you change your mind later, tell us. Any day is fine.",
            *reach,
            "Or tell a council peer or the liaison.",
        ),
    )


def _hand_in() -> Iterator[Block]:
    yield Block(
        "points",
        lines=(
            "Give this form to a council peer or to the liaison.",
            "They type it in, so they read all of it.",
            "Should only staff read it? Close it in an envelope for the liaison.",
            "You get a code. You can ask about your form with it.",
        ),
    )
    yield Block(
        "box",
        "For the council",
        "When this is keyed in, write the code here. A form with a code is not keyed in again. "
        "Then put it away as your prison says.",
        lines=("Code", "Keyed in on"),
    )


def _write(page: str, field: str, kind: Any = "lines", hint: str = "", size: int = 1) -> Block:
    asked = QUESTIONS[page][field]
    return Block(kind, asked.label, hint or asked.hint, size=size)


def _ticks(page: str, field: str, columns: int, label: str = "") -> Block:
    asked = QUESTIONS[page].get(field)
    said = (asked.label, asked.hint) if asked else (label, "")
    return Block("ticks", *said, choices=CHOICES[field], columns=columns)


def _table(page: str, field: str, rows: tuple[tuple[str, bool], ...], hint: str = "") -> Block:
    asked = QUESTIONS[page][field]
    return Block(
        "table",
        asked.label,
        f"{asked.hint} {hint}".strip(),
        choices=CHOICES[field],
        rows=rows,
    )
