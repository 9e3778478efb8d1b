"""What may be told of a leaver or a mentor on the pages: a table, in the order of the page.

To let something be told, add a row. Who may tell it stands in
`life_events.HAPPENINGS`, the questions in the titles of its facts.
"""

from __future__ import annotations

from collections.abc import Mapping

from models.desk_words import LapseStep
from models.people import Leaver, Mentor
from models.states import EventKind, Role
from web.happening_forms import Person, Telling

TO_BE_SURE = "Please be sure: all that is planned ends at once, and this cannot be undone."
ONLY_TODAY = "came-out"
"""The name of what can be told only while there is something of today to take back."""

OF_LEAVERS = (
    Telling("date", EventKind.DATE_MOVED, "The release date moved, or was taken away"),
    Telling("left", EventKind.RELEASED_EARLY, "They have left prison"),
    Telling(
        "moved",
        EventKind.TRANSFERRED,
        "They moved to another prison",
        "They keep their mentor if the rules still allow it. Both prisons are told.",
    ),
    Telling("away", EventKind.AWAY, "They are at court, in hospital or on temporary leave"),
    Telling("recalled", EventKind.RECALLED, "They were recalled to prison"),
    Telling("sentenced", EventKind.NEW_SENTENCE, "They have a new sentence, or are held on remand"),
    Telling(
        "not-released",
        EventKind.NOT_RELEASED,
        "They were not released, or were arrested at the gate",
        "The mentor is told at once not to wait. The manager is asked to ring them.",
        {"came_out": False},
    ),
    Telling(
        "came-out",
        EventKind.NOT_RELEASED,
        "They did come out after all",
        "What was told today is taken back as a mistake. The plan goes on as it was.",
        {"came_out": True},
        unasked=("on", "arrested"),
    ),
    Telling(
        "at-large",
        EventKind.UNLAWFULLY_AT_LARGE,
        "They are unlawfully at large, or are back",
        "If they are back, give the day they were missed and the day they came back.",
    ),
    Telling(
        "risk",
        EventKind.RISK_CHANGED,
        "Their risk, their licence or who they must not meet has changed",
        "Only say which of these has changed. The regional manager writes down the rest.",
    ),
    Telling(
        "consent",
        EventKind.CONSENT_WITHDRAWN,
        "They want to stop",
        "They do not have to say why. From now on no letter goes out about them, and nobody looks "
        "for a mentor any more. A mentor who has said yes is told at once not to come.",
        unasked=("on",),
        warning="This cannot be undone. They can be put forward again later.",
        button="Stop now",
        done="Stopped. No letter goes out any more.",
    ),
    Telling(
        "died",
        EventKind.DIED,
        "They have died",
        "Nothing is sent to the family. The manager rings the mentor: we write to the mentor only "
        "“please ring us”.",
        warning=TO_BE_SURE,
    ),
    Telling(
        "same-person",
        EventKind.MERGED,
        "Another record is the same person",
        "The record that you came from stays. The other one becomes part of it.",
        unasked=("on",),
    ),
)
"""What may be told of a leaver, in the order of the page."""

OF_MENTORS = (
    Telling(
        "pause",
        EventKind.MENTOR_LAPSED,
        "They pause",
        "Someone else steps in for the people they walk with.",
        {"step": LapseStep.PAUSE},
    ),
    Telling(
        "back",
        EventKind.MENTOR_LAPSED,
        "They are back",
        "They can be asked again, once all that vets them is in date.",
        {"step": LapseStep.BACK},
        unasked=("why", "on"),
    ),
    Telling(
        "end",
        EventKind.MENTOR_LAPSED,
        "They stop being a mentor",
        "Someone else steps in for the people they walk with.",
        {"step": LapseStep.END},
    ),
    Telling(
        "consent",
        EventKind.CONSENT_WITHDRAWN,
        "They take back their consent",
        "They do not have to say why, and cannot sign in any more.",
        unasked=("on",),
        warning=TO_BE_SURE,
    ),
    Telling(
        "same-person",
        EventKind.MERGED,
        "Another record is the same person",
        "The record that you came from stays. The other one becomes part of it.",
        unasked=("on",),
    ),
)
"""What may be told of a mentor, in the order of the page."""

TELLINGS: Mapping[type[Person], tuple[Telling, ...]] = {Leaver: OF_LEAVERS, Mentor: OF_MENTORS}


def told_by(role: Role, about: type[Person]) -> list[Telling]:
    """Return what people of a role may tell of a leaver or of a mentor."""
    return [one for one in TELLINGS[about] if one.is_told_by(role)]
