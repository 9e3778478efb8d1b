"""A release date moves: what follows, shown first, then done in one go.

Every date told is kept with its source; `core.release_dates` says which one
counts. The plan of an accepted pair follows, and its mentor hears of it once:
at once if the gate was settled or is near, else by one ordinary letter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session

from matcher import gate_day, journey, moved_days
from matcher.core.sending import local_day
from matcher.core.words import counted, day_in_words, time_in_words
from matcher.core.working_days import DAY, YEARS
from matcher.endings import live_pair_of
from matcher.meeting_days import title
from matcher.plan_changes import Changes
from matcher.refusing import InTheWay, NotAllowed
from matcher.release_on_file import release_of, standing_dates
from models.events import Event
from models.meetings import Meeting
from models.pairs import Pair
from models.people import Leaver
from models.releases import ReleaseDate
from models.states import DateKind, EventKind, MeetingKind, MeetingState, PairState

GATE_IS_NEAR = timedelta(days=7)
"""From so long before the release on, when the gate plan is settled, a change is told at once."""

ON = (PairState.ACCEPTED, PairState.SUSPENDED)


@dataclass(frozen=True)
class Ripple:
    """What a date given changes: the effective date, and how many meetings and letters.

    `was` and `becomes` are effective release dates, `why` says how the new
    one was found without naming it again. Meetings moved have other days; those unbooked must be
    booked again; those dropped fall away. Letters taken back told of a
    meeting that is no longer so. `bookings_lost` names each booking that is
    lost, in a sentence. `is_news` False says that it was on file.
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

    @property
    def touches_the_mentor(self) -> bool:
        """Whether anything changes of what the mentor was told."""
        meetings = (self.meetings_moved, self.meetings_unbooked)
        return any(
            (*meetings, self.meetings_dropped, self.meetings_added, self.pauses, self.resumes)
        )

    def sentences(self) -> list[str]:
        """Return the ripple in sentences, as it reads before and after it is confirmed."""
        if not self.is_news:
            return ["This date is on file already. Nothing changes."]
        told = [self._date_sentence(), self.why, *self._counts(), *self.bookings_lost]
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


def preview(
    db: Session,
    leaver: Leaver,
    *,
    kind: DateKind,
    day: date | None,
    now: datetime,
    **_as_told: object,
) -> Ripple:
    """Return what `move_date` would do with the same words; nothing is changed."""
    return _follow(db, leaver, kind, day, now=now).ripple


def move_date(
    db: Session,
    leaver: Leaver,
    *,
    kind: DateKind,
    day: date | None,
    source: str,
    given_by: str,
    by: UUID | None,
    now: datetime,
) -> Ripple:
    """Keep a date given (None: taken away) and let plan, letters and mentor follow.

    What is on file already changes nothing. NotAllowed for a day beyond the
    years whose bank holidays are known.
    """
    told = _follow(db, leaver, kind, day, now=now)
    if not told.ripple.is_news:
        return told.ripple
    given = ReleaseDate(
        leaver_id=leaver.id,
        kind=kind,
        day=day,
        source=source,
        given_by=given_by,
        recorded_at=_after_the_last(db, leaver, kind, now),
        recorded_by=by,
    )
    db.add_all([given, _event(given, told.ripple, now=now)])
    leaver.release_date = told.ripple.becomes
    db.add(leaver)
    db.flush()
    if told.pair:
        journey.follow_date(db, told.pair, by=by, now=now)
        _tell_mentor(db, told, now=now)
    return told.ripple


class _Told(NamedTuple):
    """What follows from a date told; `gate` is how the gate meeting stood if it changes."""

    ripple: Ripple
    pair: Pair | None = None
    gate: MeetingState | None = None


def _follow(
    db: Session, leaver: Leaver, kind: DateKind, day: date | None, *, now: datetime
) -> _Told:
    """Find out what follows, and change nothing."""
    if day and day.year not in YEARS[:-1]:
        raise NotAllowed(InTheWay(f"Give a day from {YEARS[0]} to {YEARS[-2]}.", "day"))
    stands = standing_dates(db, leaver)
    on_file = {kind: row.day for kind, row in stands.items()}
    if not stands:
        on_file[DateKind.RELEASE_AS_REPORTED] = leaver.release_date
    release = release_of(db, leaver, {**on_file, kind: day})
    was, becomes = leaver.release_date, release.day
    if on_file.get(kind) == day:
        return _Told(Ripple(was, becomes, release.why, is_news=False))
    pair = _pair_on(db, leaver)
    if pair is None:
        return _Told(Ripple(was, becomes, release.why))
    followed = journey.followed(db, pair, becomes, now=now)
    found = journey.changes(db, pair, followed.anchor, now=now)
    ripple = Ripple(
        was,
        becomes,
        release.why,
        meetings_moved=len(found.moved),
        meetings_unbooked=len(found.unbooked),
        meetings_dropped=len(found.dropped),
        meetings_added=len(found.meetings_added),
        letters_replaced=found.letters_replaced,
        letters_taken_back=found.letters_taken_back,
        pauses=followed.state is PairState.SUSPENDED is not pair.state,
        resumes=followed.state is PairState.ACCEPTED is not pair.state,
        bookings_lost=_bookings_lost(found, now),
    )
    changed = [*(meeting for meeting, _ in (*found.moved, *found.unbooked)), *found.dropped]
    gate = next((meeting.state for meeting in changed if meeting.kind is MeetingKind.GATE), None)
    return _Told(ripple, pair, gate)


def _bookings_lost(found: Changes, now: datetime) -> tuple[str, ...]:
    """Name each booking that is lost, the next first, and whom to ring of one that is near."""
    again = [(meeting, "must be booked again") for meeting, _ in found.unbooked]
    gone = [(one, "falls away") for one in found.dropped if one.state is MeetingState.BOOKED]
    told = [
        (meeting.starts_local, _lost(meeting, meeting.starts_local, what, local_day(now)))
        for meeting, what in [*again, *gone]
        if meeting.starts_local
    ]
    return tuple(sentence for _, sentence in sorted(told))


def _lost(meeting: Meeting, starts: datetime, what: str, today: date) -> str:
    when = f"{day_in_words(starts.date())}, {time_in_words(starts.time())}"
    lost = f"{title(meeting)}, {when}, {what}."
    near = {today: "today", today + DAY: "tomorrow"}.get(starts.date())
    return f"{lost} That is {near}: please ring the mentor now." if near else lost


def _pair_on(db: Session, leaver: Leaver) -> Pair | None:
    """Return the pair of a leaver whose mentor has said yes, if there is one."""
    pair = live_pair_of(db, leaver.id)
    return pair if pair and pair.state in ON else None


def _after_the_last(db: Session, leaver: Leaver, kind: DateKind, now: datetime) -> datetime:
    """Return when the date is recorded: later than the one that stood, even in the same moment."""
    last = standing_dates(db, leaver).get(kind)
    return max(now, last.recorded_at + timedelta(microseconds=1)) if last else now


def _event(given: ReleaseDate, ripple: Ripple, *, now: datetime) -> Event:
    days = {"given": given.day, "from": ripple.was, "to": ripple.becomes}
    return Event(
        key=f"date_told:{given.id}",
        kind=EventKind.DATE_MOVED if given.day else EventKind.DATE_REMOVED,
        leaver_id=given.leaver_id,
        facts={name: day.isoformat() if day else None for name, day in days.items()}
        | {"kind": given.kind.value},
        happened_at=now,
        applied_at=now,
        recorded_at=now,
        recorded_by=given.recorded_by,
    )


def _tell_mentor(db: Session, told: _Told, *, now: datetime) -> None:
    """One letter, whatever has changed; a change of a gate that is settled or near goes at once."""
    ripple, pair = told.ripple, told.pair
    if pair is None or not ripple.touches_the_mentor:
        return
    if told.gate:
        gate_day.forget_marks(db, pair)
    ahead = [abs(day - local_day(now)) for day in (ripple.was, ripple.becomes) if day]
    if told.gate is MeetingState.BOOKED or (told.gate and min(ahead) <= GATE_IS_NEAR):
        moved_days.ask(db, pair, now=now)
        gate_day.tell_gate_changed(db, pair, now=now)
    else:
        journey.tell_of_change(db, pair, now=now)
    db.flush()


def _day(day: date | None) -> str:
    return day_in_words(day) if day else "not known"


def _counted(words: str, number: int, noun: str) -> str:
    one, _, many = words.partition("|")
    return (one if number == 1 else many).format(counted(number, noun)) if number else ""
