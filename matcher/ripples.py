"""What an event changes, in counts and in sentences: the difference of what stood before and after.

Nobody counts by hand what an event will do. It is done, what stands is looked
at before and after, and where it was only to be shown, all is taken back.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from matcher.core.sending import local_day
from matcher.core.words import counted, day_in_words, time_in_words
from matcher.core.working_days import DAY
from matcher.stood import MeetingStood, Stood
from models.states import MeetingKind, MeetingState, PairState

NOTHING_NEW = "This is on file already. Nothing changes."
OPEN = (MeetingState.PLANNED, MeetingState.BOOKED)


@dataclass(frozen=True)
class Ripple:
    """What an event changes: the effective release date, meetings, letters, pairs and calls.

    `was` and `becomes` are effective release dates, `why` says how the new
    one was found without naming it again. Meetings moved have other days; those unbooked must be
    booked again; those dropped fall away; those back are booked as they once were. Letters
    taken back are not sent and do not come again. `bookings_lost` names each booking that is
    lost, in a sentence. `asks` says that a mentor is asked about new days, `calls` counts
    whom the manager is to ring. `is_news` False says that it was on file.
    `before_yes` counts what no council knows of, and is part of the counts: pairs that end, letters
    replaced and letters taken back, all of pairs to which no mentor has said yes.
    `takes_back` is what was told of a release that has not been. `joins` says
    what becomes of two records that are one person.
    """

    was: date | None = None
    becomes: date | None = None
    why: str = ""
    is_news: bool = True
    of_a_date: bool = False
    meetings_moved: int = 0
    meetings_unbooked: int = 0
    meetings_dropped: int = 0
    meetings_added: int = 0
    meetings_back: int = 0
    letters_replaced: int = 0
    letters_taken_back: int = 0
    pauses: bool = False
    resumes: bool = False
    ends: int = 0
    before_yes: tuple[int, int, int] = (0, 0, 0)
    proposes: int = 0
    asks: bool = False
    calls: int = 0
    bookings_lost: tuple[str, ...] = ()
    takes_back: str = ""
    joins: tuple[str, ...] = ()

    @property
    def touches_the_mentor(self) -> bool:
        """Whether anything changes of what the mentor was told."""
        meetings = (self.meetings_moved, self.meetings_unbooked)
        pair = (self.takes_back, self.pauses, self.resumes, self.ends)
        new = (self.meetings_added, self.meetings_back)
        return any((*meetings, self.meetings_dropped, *new, *pair))

    def for_council(self) -> Ripple:
        """Return the ripple without what a council is not told: proposals and offers."""
        ends, replaced, taken_back = self.before_yes
        return replace(
            self,
            ends=self.ends - ends,
            letters_replaced=self.letters_replaced - replaced,
            letters_taken_back=self.letters_taken_back - taken_back,
            proposes=0,
        )

    def sentences(self) -> list[str]:
        """Return the ripple in sentences, as it reads before and after it is confirmed."""
        if not self.is_news:
            return [NOTHING_NEW.replace("This", "This date") if self.of_a_date else NOTHING_NEW]
        changes = [*self._counts(), *self.bookings_lost, *self._of_the_pair()]
        return [*self.joins, *self._of_the_date(), *changes]

    def _of_the_date(self) -> Iterator[str]:
        if self.was != self.becomes:
            becomes = f"It becomes {_day(self.becomes)}" if self.becomes else "Now there is none"
            yield f"The release date was {_day(self.was)}. {becomes}."
        elif self.of_a_date:
            yield f"The release date stays {_day(self.becomes)}."
        if self.of_a_date and self.why:
            yield self.why

    def _of_the_pair(self) -> Iterator[str]:
        if self.takes_back:
            yield f"{self.takes_back} That is taken back as a mistake."
        if self.pauses:
            dated = self.of_a_date
            yield f"The pair is paused until {_UNTIL_A_DATE if dated else 'this is over'}."
        if self.resumes:
            yield "The pair goes on."
        if self.ends:
            yield f"{counted(self.ends, 'pair')} {'ends' if self.ends == 1 else 'end'}."
        if self.proposes:
            yield "A standby is proposed to the manager."
        if self.touches_the_mentor and not self.ends:
            yield "The mentor is told once."
        if self.asks:
            yield "The mentor is asked to confirm the new days."
        if self.calls:
            yield f"The manager is asked to make {counted(self.calls, 'call')}."

    def _counts(self) -> list[str]:
        counts = {
            "{} has new days.|{} have new days.": self.meetings_moved,
            "{} must be booked again.|{} must be booked again.": self.meetings_unbooked,
            "{} falls away.|{} fall away.": self.meetings_dropped,
            "{} is new.|{} are new.": self.meetings_added,
            "{} is booked as before.|{} are booked as before.": self.meetings_back,
        }
        letters = {
            "{} is replaced.|{} are replaced.": self.letters_replaced,
            "{} is taken back.|{} are taken back.": self.letters_taken_back,
        }
        told = [_counted(words, number, "meeting") for words, number in counts.items()]
        told += [_counted(words, number, "letter") for words, number in letters.items()]
        return [sentence for sentence in told if sentence] or ["No meeting and no letter changes."]


_UNTIL_A_DATE = "there is a date in the next 12 weeks"


def ripple_between(before: Stood, after: Stood, *, now: datetime) -> Ripple:
    """Return what has changed from one standing of things to the next."""
    kept = [(one, after.meetings[row]) for row, one in before.meetings.items()]
    unbooked = [was for was, one in kept if _lost(was, one, MeetingState.PLANNED)]
    dropped = [was for was, one in kept if was.state in OPEN and _is_cancelled(one)]
    new = [one for row, one in after.meetings.items() if row not in before.meetings]
    back = sum(one.state is MeetingState.BOOKED for one in new)
    replaced, taken_back = _letters(before, after, before.unsent.keys())
    ends, unknown = _ended(before, after), before.before_yes
    again = _bookings(unbooked, "must be booked again", now)
    gone = _bookings(dropped, "falls away", now, managers=bool(ends))
    return Ripple(
        was=before.release,
        becomes=after.release,
        meetings_moved=sum(was.state is one.state and _moved(was, one) for was, one in kept),
        meetings_unbooked=len(unbooked),
        meetings_dropped=len(dropped),
        meetings_added=len(new) - back,
        meetings_back=back,
        letters_replaced=replaced,
        letters_taken_back=taken_back,
        pauses=_now(before, after, PairState.ACCEPTED, PairState.SUSPENDED) > 0,
        resumes=_now(before, after, PairState.SUSPENDED, PairState.ACCEPTED) > 0,
        ends=len(ends),
        before_yes=(len(ends & unknown), *_letters(before, after, unknown)),
        proposes=len(after.pairs.keys() - before.pairs.keys()),
        asks=bool(after.asked - before.asked),
        calls=len(after.calls - before.calls),
        bookings_lost=tuple(sentence for _, sentence in sorted([*again, *gone])),
    )


def gate_before(before: Stood, after: Stood) -> MeetingState | None:
    """Return how the gate meeting stood if it has changed; a new one is only planned."""
    gates = {row: one for row, one in before.meetings.items() if one.kind is MeetingKind.GATE}
    for row, was in gates.items():
        if was.state in OPEN and after.meetings[row] != was:
            return was.state
    new = (one for row, one in after.meetings.items() if row not in before.meetings)
    return MeetingState.PLANNED if any(one.kind is MeetingKind.GATE for one in new) else None


def of_the_date(ripple: Ripple, why: str, takes_back: str = "") -> Ripple:
    """Return the ripple of a date that was told, which says first what became of the date."""
    return replace(ripple, why=why, of_a_date=True, takes_back=takes_back)


def _moved(was: MeetingStood, one: MeetingStood) -> bool:
    return one.state in OPEN and was.days != one.days


def _lost(was: MeetingStood, one: MeetingStood, state: MeetingState) -> bool:
    return was.state is MeetingState.BOOKED and one.state is state


def _is_cancelled(one: MeetingStood) -> bool:
    return one.state is MeetingState.CANCELLED


def _now(before: Stood, after: Stood, was: PairState, now: PairState) -> int:
    return sum(state is was and after.pairs[row] is now for row, state in before.pairs.items())


def _ended(before: Stood, after: Stood) -> set[UUID]:
    """Return the pairs that have ended meanwhile."""
    was_on = (row for row, state in before.pairs.items() if state is not PairState.ENDED)
    return {row for row in was_on if after.pairs[row] is PairState.ENDED}


def _letters(before: Stood, after: Stood, among: Container[UUID]) -> tuple[int, int]:
    """Return how many unsent letters of some come again, and how many do not."""
    new = {said for row, said in after.unsent.items() if row not in before.unsent}
    gone = [said for row, said in before.unsent.items() if row in after.cancelled and row in among]
    replaced = sum(said in new for said in gone)
    return replaced, len(gone) - replaced


def _bookings(
    lost: list[MeetingStood], what: str, now: datetime, *, managers: bool = False
) -> list[tuple[datetime, str]]:
    """Name each booking that is lost, and whom to ring of one that is near.

    Where a pair ends it is `managers` to ring the mentor, and nobody else's.
    """
    return [
        (one.starts, _in_words(one, one.starts, what, local_day(now), managers=managers))
        for one in lost
        if one.starts and one.state is MeetingState.BOOKED
    ]


def _in_words(
    one: MeetingStood, starts: datetime, what: str, today: date, *, managers: bool
) -> str:
    when = f"{day_in_words(starts.date())}, {time_in_words(starts.time())}"
    lost = f"{one.title}, {when}, {what}."
    near = {today: "today", today + DAY: "tomorrow"}.get(starts.date())
    if not near:
        return lost
    ring = "the manager rings the mentor" if managers else "please ring the mentor now"
    return f"{lost} That is {near}: {ring}."


def _day(day: date | None) -> str:
    return day_in_words(day) if day else "not known"


def _counted(words: str, number: int, noun: str) -> str:
    one, _, many = words.partition("|")
    return (one if number == 1 else many).format(counted(number, noun)) if number else ""
