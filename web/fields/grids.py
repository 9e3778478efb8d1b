"""Many small questions at once: needs with how much each matters, and hours of the week."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup

from models.vocabulary import Heading, Importance, Need
from web.fields.answer import Answer, typed
from web.fields.widgets import Grid

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PARTS_OF_DAY: Mapping[str, range] = {
    "morning": range(9, 12),
    "afternoon": range(12, 17),
    "evening": range(17, 20),
}
"""Hours of the day, from and up to; together they are `models.hours.DAYTIME`."""


class NeedsField(Answer):
    """Needs under their headings, each with how much it matters.

    The data is a dict from Need to Importance; a need that is none is not in
    it. `headings` names the headings to show; the needs under others that are
    on file are kept.
    """

    widget = Grid("macros/needs_field.html")

    def __init__(
        self, label: str, *, headings: Iterable[Heading] = tuple(Heading), **kwargs: Any
    ) -> None:
        """Ask for the needs under the headings."""
        super().__init__(label, **kwargs)
        self.headings = tuple(headings)

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        """Read one answer per need; they lie under `name-need`."""
        super().process(None, *args, **kwargs)
        on_file: Mapping[Need, Importance] = self.data or {}
        self.data = dict(on_file)
        if formdata is not None:
            sent = {need: typed(formdata.getlist(self.input_name(need))) for need in self.needs}
            self.data = {need: how for need, how in on_file.items() if need not in sent}
            self.data |= {need: Importance(how) for need, how in sent.items() if how in _KNOWN}
            if any(how and how not in _KNOWN for how in sent.values()):
                self.process_errors = [str(self.wrong("Choose one answer for each need."))]

    @property
    def needs(self) -> list[Need]:
        """Every need that is asked for, in the order on the page."""
        return [need for heading in self.headings for need in self.under(heading)]

    def under(self, heading: Heading) -> list[Need]:
        """Return the needs under one heading."""
        return [need for need in Need if need.heading is heading]

    def input_name(self, need: Need) -> str:
        """Return the name under which the answer for a need is sent."""
        return f"{self.name}-{need.value}"

    def input_id(self, need: Need, answer: int) -> str:
        """Return an input's id; the very first is the field's own, where an error leads."""
        first = need is self.needs[0] and answer == 0
        return self.id if first else f"{self.id}-{need.value}-{answer}"

    def answers(self, need: Need) -> list[tuple[str, str, bool]]:
        """Return each answer's value, its short label, and whether it is the one given."""
        given = self.data.get(need)
        shorts = [(how.value, _short(how), how is given) for how in Importance]
        return [("", "No", given is None), *shorts]


class HoursField(Answer):
    """When someone is free: seven days by morning, afternoon and evening.

    The data is a frozen set of hours of the week, 0 to 167. A part of a day
    of which only some hours are on file stays at those hours while it is
    ticked; hours at night that are on file are kept.
    """

    widget = Grid("macros/hours_field.html")
    nothing = frozenset()
    days = DAYS
    parts = tuple(PARTS_OF_DAY)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the ticked parts."""
        on_file = frozenset(self.object_data or ())
        asked = frozenset().union(*_BLOCKS.values())
        ticked = [typed([value]) for value in valuelist]
        self.data = on_file - asked
        for value in ticked:
            if value not in _BLOCKS:
                raise self.wrong("Tick the boxes on the page.")
            self.data |= (_BLOCKS[value] & on_file) or _BLOCKS[value]

    def process_data(self, value: Any) -> None:
        """Take the hours on file."""
        self.data = frozenset(value or ())

    def input_value(self, day: int, part: str) -> str:
        """Return what is sent for one part of one day, such as "0-morning"."""
        return f"{day}-{part}"

    def input_id(self, day: int, part: str) -> str:
        """Return an input's id; the very first is the field's own, where an error leads."""
        return self.id if (day, part) == (0, self.parts[0]) else f"{self.id}-{day}-{part}"

    def is_ticked(self, day: int, part: str) -> bool:
        """Say whether any hour of the part is among the hours."""
        return bool(_BLOCKS[self.input_value(day, part)] & (self.data or frozenset()))

    def says_from_to(self, part: str) -> Markup:
        """Return the hours of a part as people say them: "9 to 12"."""
        hours = PARTS_OF_DAY[part]
        return Markup("{} to {}").format(hours.start % 12 or 12, hours.stop % 12 or 12)


_KNOWN = {how.value for how in Importance}
_BLOCKS = {
    f"{day}-{part}": frozenset(day * 24 + hour for hour in hours)
    for day in range(7)
    for part, hours in PARTS_OF_DAY.items()
}


def _short(how: Importance) -> str:
    """Return a label without the word that stands above the column: "A little"."""
    return how.label.removeprefix("Matters ").capitalize()
