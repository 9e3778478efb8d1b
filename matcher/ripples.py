"""What a release date given changes, in counts and in sentences for whoever gave it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from matcher.core.words import counted, day_in_words


@dataclass(frozen=True)
class Ripple:
    """What a date given changes: the effective date, and how many meetings and letters.

    `was` and `becomes` are effective release dates, `why` says how the new
    one was found without naming it again. Meetings moved have other days; those unbooked must be
    booked again; those dropped fall away. Letters taken back told of a
    meeting that is no longer so. `bookings_lost` names each booking that is
    lost, in a sentence. `is_news` False says that it was on file. `takes_back`
    is what was told of a release that has not been.
    """

    was: date | None
    becomes: date | None
    why: str
    is_news: bool = True
    meetings_moved: int = 0
    meetings_unbooked: int = 0
    meetings_dropped: int = 0
    meetings_added: int = 0
    letters_replaced: int = 0
    letters_taken_back: int = 0
    pauses: bool = False
    resumes: bool = False
    bookings_lost: tuple[str, ...] = ()
    takes_back: str = ""

    @property
    def touches_the_mentor(self) -> bool:
        """Whether anything changes of what the mentor was told."""
        meetings = (self.meetings_moved, self.meetings_unbooked)
        pair = (self.takes_back, self.pauses, self.resumes)
        return any((*meetings, self.meetings_dropped, self.meetings_added, *pair))

    def sentences(self) -> list[str]:
        """Return the ripple in sentences, as it reads before and after it is confirmed."""
        if not self.is_news:
            return ["This date is on file already. Nothing changes."]
        told = [self._date_sentence(), self.why, *self._counts(), *self.bookings_lost]
        if self.takes_back:
            told.append(f"{self.takes_back} That is taken back as a mistake.")
        if self.pauses:
            told.append("The pair is paused until there is a date in the next 12 weeks.")
        if self.resumes:
            told.append("The pair goes on.")
        if self.touches_the_mentor:
            told.append("The mentor is told once.")
        return told

    def _date_sentence(self) -> str:
        if self.was == self.becomes:
            return f"The release date stays {_day(self.becomes)}."
        return f"The release date was {_day(self.was)}. It becomes {_day(self.becomes)}."

    def _counts(self) -> list[str]:
        counts = {
            "{} has new days.|{} have new days.": self.meetings_moved,
            "{} must be booked again.|{} must be booked again.": self.meetings_unbooked,
            "{} falls away.|{} fall away.": self.meetings_dropped,
            "{} is new.|{} are new.": self.meetings_added,
        }
        letters = {
            "{} is replaced.|{} are replaced.": self.letters_replaced,
            "{} is taken back.|{} are taken back.": self.letters_taken_back,
        }
        told = [_counted(words, number, "meeting") for words, number in counts.items()]
        told += [_counted(words, number, "letter") for words, number in letters.items()]
        return [sentence for sentence in told if sentence] or ["No meeting and no letter changes."]


def _day(day: date | None) -> str:
    return day_in_words(day) if day else "not known"


def _counted(words: str, number: int, noun: str) -> str:
    one, _, many = words.partition("|")
    return (one if number == 1 else many).format(counted(number, noun)) if number else ""
