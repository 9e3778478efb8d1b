"""The effective release date: which date counts, and how far it moves.

Base date, the first that is present: the day they really left, confirmed (if not later than the
conditional date), curfew approved, conditional (an override first),
automatic, post-recall, and last the date that a report gives without saying
which it is. That one stands last because every named date says which rules
it falls under; it is taken as not yet moved, since coming to the gate a day
too soon can be mended and coming a day too late cannot. Eligibility and
parole-review dates only say "could be from".

Then it moves. First, for everyone, a weekend or bank holiday moves to the
working day before. Second, the Friday scheme: a Friday or the eve of a bank
holiday moves one working day earlier, presumed and reversible. Both may
apply: a date on Good Friday moves to the Thursday, which is itself the eve
of a bank holiday, and so on to the Wednesday; a Sunday moves to the Friday
and so to the Thursday. The scheme is applied once, one working day and no
more; round Christmas and New Year that day may itself be a Friday or an eve
(Friday 2 January 2026 moves to New Year's Eve), and the answer then says to
ask the prison. A confirmed date never moves, wherever it falls, and neither
does the day on which someone really left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from matcher.core.words import day_in_words, lower_first
from matcher.core.working_days import DAY, WorkingDays
from models.release_words import DateKind, SentenceKind
from models.vocabulary import Word

BASES = (
    DateKind.ACTUAL,
    DateKind.CONFIRMED,
    DateKind.CURFEW_APPROVED,
    DateKind.CONDITIONAL_OVERRIDE,
    DateKind.CONDITIONAL,
    DateKind.AUTOMATIC,
    DateKind.POST_RECALL,
    DateKind.RELEASE_AS_REPORTED,
)
"""Which date counts, best first."""

POSSIBLE = (DateKind.CURFEW_ELIGIBILITY, DateKind.PAROLE_ELIGIBILITY, DateKind.PAROLE_REVIEW)
"""Dates that only say when a release could be from."""

SCHEME_DAYS = 28
"""Days served from which the Friday scheme applies."""


class DateMove(Word):
    """Why a release date is earlier than the date that was given."""

    TO_WORKING_DAY = "to_working_day", "Weekend or bank holiday"
    FRIDAY_SCHEME = "friday_scheme", "Friday scheme"


@dataclass(frozen=True)
class Sentence:
    """What about a sentence decides whether the Friday scheme applies.

    `sentenced_on` is counted as the first day served; unknown is presumed to
    be long enough ago. `recalled_on` sets aside the dates up to that day:
    they led to the earlier release. `scheme_reversed` is the prison's word
    that this person leaves on the Friday or the eve after all.
    """

    kind: SentenceKind = SentenceKind.DETERMINATE
    sentenced_on: date | None = None
    recalled_on: date | None = None
    scheme_reversed: bool = False


@dataclass(frozen=True)
class EffectiveRelease:
    """When someone leaves prison as far as the dates given can say.

    `day` is None while no date counts. `base` is the kind of date that
    counts and `given` the day it names before any of the `moves`.
    `could_be_from` is the earliest possible date, if it is before `day`.
    `why` is for people to read beside the day, which it does not say again.
    """

    day: date | None
    base: DateKind | None
    given: date | None
    moves: tuple[DateMove, ...]
    could_be_from: date | None
    why: str


def effective_release(
    given: Mapping[DateKind, date], sentence: Sentence, calendar: WorkingDays
) -> EffectiveRelease:
    """Return the effective release date of someone, with the reason in plain English.

    `given` holds the latest date of each kind. Raises ValueError for a year
    whose bank holidays are not known.
    """
    ahead = {
        kind: day
        for kind, day in given.items()
        if sentence.recalled_on is None or day > sentence.recalled_on
    }
    base = _base(ahead)
    if base is None:
        return _no_date(ahead)
    day, moves, reasons = _moved(base, ahead[base], sentence, calendar)
    why = " ".join([*_set_aside(ahead, base), _start(base, ahead[base], moves), *reasons])
    possible = _could_be_from(ahead, before=day)
    return EffectiveRelease(day, base, ahead[base], moves, possible, why)


def _base(given: Mapping[DateKind, date]) -> DateKind | None:
    return next((kind for kind in BASES if kind in given and not _too_late(kind, given)), None)


def _too_late(kind: DateKind, given: Mapping[DateKind, date]) -> bool:
    conditional = given.get(DateKind.CONDITIONAL_OVERRIDE, given.get(DateKind.CONDITIONAL))
    return kind is DateKind.CONFIRMED and conditional is not None and given[kind] > conditional


def _set_aside(given: Mapping[DateKind, date], base: DateKind) -> list[str]:
    if DateKind.CONFIRMED not in given or base in (DateKind.CONFIRMED, DateKind.ACTUAL):
        return []
    confirmed = day_in_words(given[DateKind.CONFIRMED])
    return [f"The confirmed date, {confirmed}, is later than the conditional date: ask the prison."]


def _start(base: DateKind, given: date, moves: tuple[DateMove, ...]) -> str:
    """Return which date counts, and its day where that is not the day of release itself."""
    if moves:
        return f"{base.label}: {day_in_words(given)}."
    return f"It is the {lower_first(base.label)}."


def _could_be_from(given: Mapping[DateKind, date], before: date = date.max) -> date | None:
    possible = [given[kind] for kind in POSSIBLE if kind in given and given[kind] < before]
    return min(possible, default=None)


def _no_date(given: Mapping[DateKind, date]) -> EffectiveRelease:
    possible = _could_be_from(given)
    why = f"No release date yet. It could be from {day_in_words(possible)}." if possible else ""
    return EffectiveRelease(None, None, None, (), possible, why or "No release date yet.")


def _moved(
    base: DateKind, day: date, sentence: Sentence, calendar: WorkingDays
) -> tuple[date, tuple[DateMove, ...], list[str]]:
    if base is DateKind.ACTUAL:
        return day, (), []
    if base is DateKind.CONFIRMED:
        return day, (), [_confirmed_reason(day, calendar)]
    moves: list[DateMove] = []
    reasons: list[str] = []
    if not calendar.includes(day):
        what = "at a weekend" if day.weekday() >= 5 else "a bank holiday"
        day = calendar.before(day)
        moves.append(DateMove.TO_WORKING_DAY)
        reasons.append(f"That is {what}, so they leave on the working day before.")
    if _is_eve(day, calendar):
        barred = _outside_scheme(base, day, sentence)
        reasons.append(barred or _scheme_reason(day, sentence, calendar))
        if not barred:
            day = calendar.before(day)
            moves.append(DateMove.FRIDAY_SCHEME)
    return day, tuple(moves), reasons


def _is_eve(day: date, calendar: WorkingDays) -> bool:
    """A Friday, or the eve of a bank holiday: a day with no working day after it."""
    return not calendar.includes(day + DAY)


def _outside_scheme(base: DateKind, day: date, sentence: Sentence) -> str | None:
    """Return why the Friday scheme leaves this day alone, or None if it does not."""
    reasons = {
        "The Friday scheme is not for curfew releases.": base is DateKind.CURFEW_APPROVED,
        "The Friday scheme is not for parole releases.": sentence.kind is SentenceKind.PAROLE,
        "The Friday scheme is not for life or IPP sentences.": (
            sentence.kind is SentenceKind.INDETERMINATE
        ),
        "The Friday scheme is for people who have served 28 days or more.": (
            sentence.sentenced_on is not None
            and (day - sentence.sentenced_on).days + 1 < SCHEME_DAYS
        ),
        "The prison has undone the Friday scheme here.": sentence.scheme_reversed,
    }
    return next((reason for reason, applies in reasons.items() if applies), None)


def _scheme_reason(day: date, sentence: Sentence, calendar: WorkingDays) -> str:
    earlier = calendar.before(day)
    what = "a Friday" if day.weekday() == 4 else "just before a bank holiday"
    reason = (
        f"That day is {what}, so we count one working day earlier: the Friday scheme. "
        "The prison may undo this."
    )
    if sentence.sentenced_on is None:
        reason += " We take it that they have served 28 days or more."
    if _is_eve(earlier, calendar):
        reason += " That day is again a Friday or just before a bank holiday: ask the prison."
    return reason


def _confirmed_reason(day: date, calendar: WorkingDays) -> str:
    if calendar.includes(day):
        return "The prison has settled it."
    return "The prison has settled it, but nobody works that day: ask the prison."
