"""Questions answered with a day or a time of day."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date, time
from typing import Any

from wtforms.validators import ValidationError

from matcher.core.words import day_in_words, listed
from web.fields.answer import Answer, typed
from web.fields.text import TextField
from web.fields.widgets import PARTS, DayInput

DayLimit = date | Callable[[], date] | None

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_TIME = re.compile(r"(\d{1,2})(?:[:.]?(\d{2}))?\s*([ap])?\.?m?\.?")
_NAMED = {"noon": time(12), "midday": time(12), "12 noon": time(12), "midnight": time(0)}


class DateField(Answer):
    """A day, typed as three parts; a month may be typed by name.

    `earliest` and `latest` are days, or functions that give one, both counted.
    """

    widget = DayInput()
    width = None

    def __init__(
        self,
        label: str,
        *,
        earliest: DayLimit = None,
        latest: DayLimit = None,
        birthday: bool = False,
        **kwargs: Any,
    ) -> None:
        """Take a day between the two limits."""
        super().__init__(label, **kwargs)
        self.earliest, self.latest, self.birthday = earliest, latest, birthday
        self._wrong: tuple[str, ...] = ()

    @property
    def wrong_parts(self) -> tuple[str, ...]:
        """The parts to be marked: those that are wrong, else all of a day that is refused."""
        return (self._wrong or PARTS) if self.errors else ()

    @property
    def first_input(self) -> str:
        """The id of the first part that is wrong."""
        return f"{self.name}-{self.wrong_parts[0] if self.wrong_parts else PARTS[0]}"

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the three parts; what cannot be read is kept for showing it again."""
        parts = [typed([value]) for value in [*valuelist, "", "", ""][:3]]
        self.raw_data, self.data = parts, None
        if any(parts):
            self.data = self._read(dict(zip(PARTS, parts, strict=True)))

    def pre_validate(self, form: Any) -> None:
        """Refuse a day that is too early or too late."""
        super().pre_validate(form)
        earliest, latest = _limit(self.earliest), _limit(self.latest)
        if earliest and self.data < earliest:
            raise self.wrong(f"Give {self._said(earliest)} or a later day.")
        if latest and self.data > latest:
            raise self.wrong(f"Give {self._said(latest)} or an earlier day.")

    def _said(self, day: date) -> str:
        """Return a limit in words; nobody knows a birthday by its day of the week."""
        return day_in_words(day).partition(" ")[2] if self._is_of_birth else day_in_words(day)

    def _read(self, parts: dict[str, str]) -> date:
        if empty := [part for part in PARTS if not parts[part]]:
            raise self._marked(empty, f"Add the {listed(empty)}.")
        day, month, year = parts["day"], parts["month"].lower(), parts["year"]
        number = _MONTHS.get(month) or (int(month) if re.fullmatch(r"[0-9]{1,2}", month) else 0)
        if not re.fullmatch(r"[0-9]{1,2}", day) or not 1 <= int(day) <= 31:
            raise self._marked(["day"], "The day must be a number from 1 to 31.")
        if not 1 <= number <= 12:
            raise self._marked(["month"], "The month must be a number from 1 to 12.")
        if not re.fullmatch(r"[0-9]{4}", year):
            raise self._marked(["year"], f"Write the year with 4 numbers, such as {self._a_year}.")
        if not 1900 <= int(year) <= 2100:
            raise self._marked(["year"], f"The year {year} cannot be right. Check the year.")
        if int(day) > calendar.monthrange(int(year), number)[1]:
            said = f"{int(day)} {calendar.month_name[number]} {year}"
            raise self._marked(["day"], f"There is no {said}. Check the day.")
        return date(int(year), number, int(day))

    @property
    def _is_of_birth(self) -> bool:
        """Whether the day may lie so far back that it is asked for as one of birth."""
        earliest = _limit(self.earliest)
        return earliest is not None and earliest.year < 1950

    @property
    def _a_year(self) -> int:
        """An example of a year that fits."""
        return 1988 if self._is_of_birth else 2027

    def _marked(self, parts: list[str], sentence: str) -> ValidationError:
        self._wrong = tuple(parts)
        return self.wrong(sentence)

    def _value(self) -> str:
        return ""


class TimeField(TextField):
    """A time of day: "10am", "10:30", "14:00". What could be morning or afternoon is asked."""

    nothing = None
    at_most = 20
    width = 5

    def read(self, text: str) -> time:
        """Return the time, or say how to write one."""
        plain = text.lower()
        if plain in _NAMED:
            return _NAMED[plain]
        found = _TIME.fullmatch(plain)
        if found is None:
            raise self.wrong("Write a time such as 10am or 2:30pm.")
        hour, minute, half = found[1], int(found[2] or 0), found[3]
        if int(hour) > (12 if half else 23) or minute > 59 or (half and int(hour) == 0):
            raise self.wrong("Write a time such as 10am or 2:30pm.")
        if half:
            return time(int(hour) % 12 + (12 if half == "p" else 0), minute)
        if _either_half(hour, minutes_given=found[2] is not None):
            raise self.wrong(f"Add am or pm, such as {text}am or {text}pm.")
        return time(int(hour), minute)

    def write(self, value: time) -> str:
        """Return the time as 14:30."""
        return f"{value:%H:%M}"


def _either_half(hour: str, *, minutes_given: bool) -> bool:
    """Say whether a time without am or pm may mean both: "2:30" and "9", but not "10:30"."""
    if hour.startswith("0") or int(hour) > 12:
        return False
    return not minutes_given or int(hour) < 8


def _limit(limit: DayLimit) -> date | None:
    return limit() if callable(limit) else limit
