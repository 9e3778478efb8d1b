"""What the events of one person amount to: what stands still and why, and what is over for good.

A pure fold. Events are sorted by when they happened, so they may come in any
order, twice, or be replayed: the same events always give the same standing.
What someone is told later about the same thing counts instead of what was
told before: the end of a spell away, the return of someone at large, and that
someone came out after all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from matcher.core.away import Spell
from matcher.core.release_dates import BASES
from matcher.core.sending import local_day
from models.desk_words import LapseStep
from models.release_words import DateKind
from models.states import EventKind

FREEZES = (
    EventKind.RECALLED,
    EventKind.NEW_SENTENCE,
    EventKind.NOT_RELEASED,
    EventKind.UNLAWFULLY_AT_LARGE,
)
"""What stops a leaver's plan until a date is told later, for a day that lies after it."""

BRINGS_BACK = (EventKind.RECALLED, EventKind.NEW_SENTENCE, EventKind.TRANSFERRED)
"""Whoever is told of like this is in prison again, and so no longer at large."""

TELLS_A_DATE = (EventKind.DATE_MOVED, EventKind.RELEASED_EARLY)


@dataclass(frozen=True)
class Happened:
    """One event as the fold reads it: `facts` as they are kept, days in ISO form."""

    kind: EventKind
    at: datetime
    key: str
    facts: Mapping[str, Any]

    def day(self, name: str) -> date | None:
        """Return a fact that is a day, or None."""
        said = self.facts.get(name)
        return date.fromisoformat(said) if said else None

    @property
    def order(self) -> tuple[datetime, int, str]:
        """When it counts; of two told of one moment the one that says more counts last."""
        said = sum(bool(told) for name, told in self.facts.items() if name != "said_by")
        return self.at, said, self.key

    @property
    def on(self) -> date:
        """The day on which it happened."""
        return self.day("on") or local_day(self.at)


@dataclass(frozen=True)
class Standing:
    """What has become of one person.

    `frozen` says why the plan stands still, the newest reason last; a mentor's
    is a lapse. `away` are spells away from prison that are no release.
    `recalls` counts the days of recall, `released_on` is the day they really
    left if they have not been recalled since, `prison` where they were moved
    last and `moved_at` when. `withdrawn_at` is when consent was withdrawn for
    everything. `dead` and a mentor's `ended` are for good.
    """

    frozen: tuple[EventKind, ...] = ()
    away: tuple[Spell, ...] = ()
    recalled_on: date | None = None
    recalls: int = 0
    released_on: date | None = None
    prison: str | None = None
    moved_at: datetime | None = None
    dead: bool = False
    ended: bool = False
    withdrawn_at: datetime | None = None

    @property
    def release_number(self) -> int:
        """Which release lies ahead, or was the last: one more with each recall."""
        return self.recalls + 1


def standing_after(events: Iterable[Happened]) -> Standing:
    """Return what these events of one person amount to."""
    once = {event.key: event for event in events}
    told = sorted(once.values(), key=lambda event: event.order)
    recalls = sorted({event.on for event in _of(told, EventKind.RECALLED)})
    moves = _of(told, EventKind.TRANSFERRED)
    withdrawn = [one for one in _of(told, EventKind.CONSENT_WITHDRAWN) if _of_everything(one)]
    steps = [event.facts["step"] for event in _of(told, EventKind.MENTOR_LAPSED)]
    return Standing(
        frozen=_frozen(told),
        away=_away(told),
        recalled_on=max(recalls, default=None),
        recalls=len(recalls),
        released_on=_released_on(told, max(recalls, default=None)),
        prison=moves[-1].facts["prison"] if moves else None,
        moved_at=moves[-1].at if moves else None,
        dead=bool(_of(told, EventKind.DIED)),
        ended=LapseStep.END in steps,
        withdrawn_at=max((event.at for event in withdrawn), default=None),
    )


def _of(told: Sequence[Happened], *kinds: EventKind) -> list[Happened]:
    return [event for event in told if event.kind in kinds]


def _of_everything(withdrawn: Happened) -> bool:
    """One that names a referral is about that referral alone."""
    return not withdrawn.facts.get("referral")


def _frozen(told: Sequence[Happened]) -> tuple[EventKind, ...]:
    dates = [event for event in _of(told, *TELLS_A_DATE) if _counts(event)]
    back = _of(told, *BRINGS_BACK)
    still = [event for event in _of(told, *FREEZES) if not _is_over(event, told, dates, back)]
    lapses = _of(told, EventKind.MENTOR_LAPSED)
    pauses = [one for one in lapses if one.facts["step"] != LapseStep.END]
    if pauses and pauses[-1].facts["step"] == LapseStep.PAUSE:
        still.append(pauses[-1])
    return tuple(dict.fromkeys(event.kind for event in still))


def _counts(event: Happened) -> bool:
    """Say whether it tells a day of release, and not only from when one could be."""
    kind = DateKind(event.facts.get("kind", DateKind.ACTUAL))
    return event.day("given") is not None and kind in BASES


def _is_over(
    event: Happened,
    told: Sequence[Happened],
    dates: Collection[Happened],
    back: Collection[Happened],
) -> bool:
    """Say whether what stops a plan has been settled by what was told after it."""
    if any(one.at > event.at and _lies_after(one, event) for one in dates):
        return True
    last_word = [one for one in _of(told, event.kind) if one.on == event.on][-1]
    if event.kind is EventKind.NOT_RELEASED:
        return bool(last_word.facts.get("came_out"))
    if event.kind is not EventKind.UNLAWFULLY_AT_LARGE:
        return False
    return last_word.day("back_on") is not None or any(one.at > event.at for one in back)


def _lies_after(dated: Happened, event: Happened) -> bool:
    """A day that was known before says nothing new; who really left has left, the same day too."""
    given = dated.day("given")
    if given is None:
        return False
    left = dated.kind is EventKind.RELEASED_EARLY
    return given > event.on or (left and given == event.on)


def _away(told: Sequence[Happened]) -> tuple[Spell, ...]:
    """Of each spell the last word counts; one told to be over before it began was a mistake."""
    spells = {event.on: event.day("until") for event in _of(told, EventKind.AWAY)}
    return tuple(
        Spell(first, last)
        for first, last in sorted(spells.items())
        if last is None or last >= first
    )


def _released_on(told: Sequence[Happened], recalled_on: date | None) -> date | None:
    days = [event.day("given") for event in _of(told, EventKind.RELEASED_EARLY)]
    day = days[-1] if days else None
    return day if day and (recalled_on is None or day > recalled_on) else None
