"""What the events of one person amount to: what stands still and why, and what is over for good.

A pure fold. Events are sorted by the day on which they happened, and those of
one day by when they were told, so they may come in any order, twice, or be
replayed: the same events always give the same standing. What someone is told
later about the same thing counts instead of what was told before: the end of
a spell away, the return of someone at large, and that someone came out after
all. The hour of an event tells nothing, since of most only the day is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
OF_DATES = (*TELLS_A_DATE, EventKind.DATE_REMOVED)


@dataclass(frozen=True)
class Happened:
    """One event as the fold reads it: `facts` as they are kept, days in ISO form.

    `at` is when it happened, `told` when it was written down.
    """

    kind: EventKind
    at: datetime
    told: datetime
    key: str
    facts: Mapping[str, Any]

    def day(self, name: str) -> date | None:
        """Return a fact that is a day, or None."""
        said = self.facts.get(name)
        return date.fromisoformat(said) if said else None

    @property
    def order(self) -> tuple[date, datetime, str]:
        """When it counts: of two that happened on one day the one told later counts last."""
        return local_day(self.at), *self.told_order

    @property
    def told_order(self) -> tuple[datetime, str]:
        """When it was told; no two are told at one moment, but where two records became one."""
        return self.told, self.key

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
    still = [event for event in _of(told, *FREEZES) if not _is_over(event, told)]
    lapses = _of(told, EventKind.MENTOR_LAPSED)
    pauses = [one for one in lapses if one.facts["step"] != LapseStep.END]
    if pauses and pauses[-1].facts["step"] == LapseStep.PAUSE:
        still.append(pauses[-1])
    return tuple(dict.fromkeys(event.kind for event in still))


def _counts(event: Happened) -> bool:
    """Say whether it tells a day of release, and not only from when one could be."""
    kind = DateKind(event.facts.get("kind", DateKind.ACTUAL))
    return event.day("given") is not None and kind in BASES


def _is_over(event: Happened, told: Sequence[Happened]) -> bool:
    """Say whether what stops a plan has been settled by something else that was told."""
    has_a_day = _has_another_day if event.kind is EventKind.NOT_RELEASED else _has_a_later_day
    if has_a_day(event, told) or _has_left(event, told):
        return True
    same = [one for one in _of(told, event.kind) if one.on == event.on]
    last_word = max(same, key=lambda one: one.told_order)
    if event.kind is EventKind.NOT_RELEASED:
        return bool(last_word.facts.get("came_out"))
    if event.kind is not EventKind.UNLAWFULLY_AT_LARGE:
        return False
    back = _of(told, *BRINGS_BACK)
    return last_word.day("back_on") is not None or any(one.order > event.order for one in back)


def _has_a_later_day(event: Happened, told: Sequence[Happened]) -> bool:
    """Say whether a day after it was told after it: one that was known before says nothing new."""
    dates = [one for one in _of(told, *TELLS_A_DATE) if _counts(one) and one.order > event.order]
    return any(given > event.on for one in dates if (given := one.day("given")))


def _has_another_day(missed: Happened, told: Sequence[Happened]) -> bool:
    """Say whether another release lies after a missed one, whichever of the two was told first.

    Of the dates told before, the newest counts, if it was told once the day had come.
    What counts is the day of release that it led to: one that left the missed day as it was
    says nothing new.
    """
    words = sorted(_of(told, *OF_DATES), key=lambda one: one.told_order)
    after = [one for one in words if one.told_order > missed.told_order]
    before = [one for one in words if one.told_order < missed.told_order][-1:]
    in_force = [*(one for one in before if local_day(one.at) >= missed.on), *after]
    return any(to > missed.on for one in in_force if (to := one.day("to")))


def _has_left(event: Happened, told: Sequence[Happened]) -> bool:
    """Say whether it was told afterwards that they left on the very day."""
    left = [one for one in _of(told, EventKind.RELEASED_EARLY) if one.day("given") == event.on]
    return any(one.told_order > event.told_order for one in left)


def _away(told: Sequence[Happened]) -> tuple[Spell, ...]:
    """Of each spell the last word counts; one told to be over before it began was a mistake."""
    words = sorted(_of(told, EventKind.AWAY), key=lambda event: event.told_order)
    spells = {event.on: event.day("until") for event in words}
    return tuple(
        Spell(first, last)
        for first, last in sorted(spells.items())
        if last is None or last >= first
    )


def _released_on(told: Sequence[Happened], recalled_on: date | None) -> date | None:
    days = [event.day("given") for event in _of(told, EventKind.RELEASED_EARLY)]
    day = days[-1] if days else None
    return day if day and (recalled_on is None or day > recalled_on) else None
