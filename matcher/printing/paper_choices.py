"""The boxes to tick on the paper form: the words of the closed lists, in their order."""

from __future__ import annotations

from collections.abc import Mapping

from models.desk_words import ContactWay, FilledIn
from models.ethnic_groups import EthnicGroup
from models.languages import Language
from models.release_words import SENTENCES_ASKED
from models.vocabulary import (
    Companion,
    Culture,
    Experience,
    Gender,
    Heading,
    Importance,
    Interest,
    Need,
    Sex,
    Word,
)

NO_WAY_SAID = "None of these"
NOT_KNOWN_SAID = "I do not know"
RATHER_NOT_SAID = "I would rather not say"
ON_PAPER: Mapping[FilledIn, str] = {
    FilledIn.PAPER_ALONE: "I did it myself",
    FilledIn.PAPER_HELPED: "Someone helped me",
}
"""Who filled a paper form in, as it is asked on it."""

Rows = tuple[tuple[str, bool], ...]


def _labels(words: type[Word]) -> tuple[str, ...]:
    return tuple(word.label[:1].upper() + word.label[1:] for word in words)


CHOICES: Mapping[str, tuple[str, ...]] = {
    "sex": _labels(Sex),
    "gender": _labels(Gender),
    "ethnic_group": (*_labels(EthnicGroup), RATHER_NOT_SAID),
    "sentence_kind": (*SENTENCES_ASKED.values(), NOT_KNOWN_SAID),
    "needs": tuple(how.label.removeprefix("Matters ").capitalize() for how in Importance),
    "experiences": ("I lived this", "My mentor may know"),
    "interests": _labels(Interest),
    "languages": _labels(Language),
    "wants": _labels(Companion),
    "cultures": _labels(Culture),
    "shares": (*_labels(ContactWay), NO_WAY_SAID),
    "note_shareable": ("Yes", "No"),
    "filled_in": tuple(ON_PAPER.values()),
}
"""What can be ticked at a question, by the name of the field."""

NEED_ROWS: Rows = tuple(
    row
    for heading in Heading
    for row in [
        (heading.label, False),
        *((need.label, True) for need in Need if need.heading is heading),
    ]
)
"""The needs under their headings; a heading has no boxes."""

LIVED: Rows = tuple((label, True) for label in _labels(Experience))
WEEKDAYS: Rows = tuple(
    (day, True)
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
)
PARTS = ("Morning, 9 to 12", "Afternoon, 12 to 5", "Evening, 5 to 8")
