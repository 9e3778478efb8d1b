"""What a mentor reads of an offer: enough to decide by, and nothing that says who it is.

Everything a card tells must be true of at least five people put forward in
that region in the last twelve months who leave in the same month. Where it is
not, the card tells less, down to the region and the month alone; where it is,
it tells the most that still fits five, above all how far off it is. Of lived
experience it tells only what the leaver lets the mentor see and the mentor
has lived too, in words wider than those of the form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from math import asin, ceil, cos, radians, sin, sqrt
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.core.explanation import AFTERCARE
from matcher.core.pathway_rows import Notice
from matcher.core.places import EARTH_RADIUS_KM
from matcher.core.schedule import form_for
from matcher.core.sending import local_day
from matcher.core.working_days import official_calendar
from matcher.desks.wide_words import COARSE, HELP
from matcher.pair_days import TABLE, referred_on
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.reference import districts
from models.referrals import Referral
from models.states import PairForm, ReferralState
from models.vocabulary import Experience, Need, Region

FEWEST = 5
"""So many different people must a card fit."""

LOOKING_BACK = timedelta(days=365)

NOT_COUNTED = (ReferralState.DRAFT, ReferralState.WITHDRAWN)

IN_GOOD_TIME = "About six weeks before they leave, or as soon as it can be set"
SOON = "They leave soon, so the first meeting is within days"
HOW: Mapping[PairForm, str] = {
    PairForm.IN_PRISON: "You meet in the prison first",
    PairForm.VIDEO: "You meet by video before the day they leave",
}
AT_THE_GATE = "You meet for the first time on the day they leave"
"""How two meet where there is no time for anything before the release."""


MID_MONTH = 15
"""The last day of the first half of a month."""

BANDS = (50, 25, 10)
"""How far off, in kilometres from the mentor's home, a card may say: the widest first."""

KM_IN_A_MILE = 1.609344


@dataclass(frozen=True)
class Traits:
    """What of one leaver a card could tell: wide words, where, and when they leave.

    `km` is how far from the mentor's home they will live. `month` is the first
    day of the month of release, None where there is no date; `half` is 1 up
    to the 15th day of it, then 2, and 0 where there is no date.
    """

    help_with: frozenset[str]
    lived: frozenset[str]
    area: str
    km: float
    month: date | None
    half: int


@dataclass(frozen=True)
class Told:
    """What a card does tell. Empty sets and None tell nothing."""

    month: date | None
    within_km: int | None = None
    area: str | None = None
    half: int | None = None
    help_with: frozenset[str] = frozenset()
    lived: frozenset[str] = frozenset()

    def and_also(self, more: Told) -> Told:
        """Return both; of two places or halves the one of `more`."""
        return Told(
            month=self.month,
            within_km=more.within_km or self.within_km,
            area=more.area or self.area,
            half=more.half or self.half,
            help_with=self.help_with | more.help_with,
            lived=self.lived | more.lived,
        )

    def fits(self, one: Traits) -> bool:
        """Say whether all that is told is true of someone."""
        return (
            self.month == one.month
            and self.help_with <= one.help_with
            and self.lived <= one.lived
            and self.area in (None, one.area)
            and self.half in (None, one.half)
            and (self.within_km is None or one.km <= self.within_km)
        )


@dataclass(frozen=True)
class OfferCard:
    """One offer as the mentor reads it.

    `why` is three sentences. `area` None says no more than the region, and
    `within_km` is how far from the mentor's home that is at most, if it can be
    said. `month` is the first day of the month of release, None if not known
    yet; `half` is 1 or 2 where the half of it is told. `asked_at` tells one
    offer from another.
    `how` and `first_meeting` are fixed sentences: neither a prison nor a day.
    """

    pair_id: UUID
    how: str
    first_meeting: str
    why: tuple[str, str, str]
    region: str
    area: str | None
    within_km: int | None
    month: date | None
    half: int | None
    asked_at: datetime
    weeks_after: int
    answer_by: datetime | None

    @property
    def within_miles(self) -> int | None:
        """How far that is at most in miles, which people at home think in; never less far."""
        return ceil(self.within_km / KM_IN_A_MILE) if self.within_km else None


def most_that_fits(wanted: Told, people: Iterable[Traits]) -> Told:
    """Return as much of `wanted` as fits five people or more: to the month, one thing at a time.

    `people` are those put forward in the region in the last twelve months,
    each once. Where they will live comes first: a mentor has to get there.
    """
    known, told = list(people), Told(month=wanted.month)
    for more in _one_at_a_time(wanted):
        fuller = told.and_also(more)
        if sum(map(fuller.fits, known)) >= FEWEST:
            told = fuller
    return told


def _one_at_a_time(wanted: Told) -> Iterator[Told]:
    """Yield each thing that a card may tell, the most useful first; a circle may grow narrower."""
    for band in BANDS:
        if wanted.within_km and band >= wanted.within_km:
            yield Told(wanted.month, within_km=band)
    yield Told(wanted.month, area=wanted.area)
    yield from (Told(wanted.month, help_with=frozenset({one})) for one in sorted(wanted.help_with))
    yield from (Told(wanted.month, lived=frozenset({one})) for one in sorted(wanted.lived))
    yield Told(wanted.month, half=wanted.half)


def offer_card(db: Session, pair: Pair, *, now: datetime) -> OfferCard:
    """Return the card of a pair that is offered to its mentor."""
    referral = db.get_one(Referral, pair.referral_id)
    release = db.get_one(Leaver, pair.leaver_id).release_date
    mentor = db.get_one(Mentor, pair.mentor_id)
    others = _put_forward(db, referral.region, mentor.home, now)
    told = most_that_fits(in_common(referral, release, mentor), others)
    return OfferCard(
        pair_id=pair.id,
        how=_how(pair.form, release, referred_on(referral)),
        first_meeting=_first_meeting(release, local_day(pair.state_since)),
        why=why_you(told, referral.region),
        region=referral.region.label,
        area=told.area,
        within_km=told.within_km,
        month=told.month,
        half=told.half,
        asked_at=pair.state_since,
        weeks_after=AFTERCARE.days // 7,
        answer_by=pair.answer_by,
    )


def _how(form: PairForm, release: date | None, referred: date) -> str:
    """Return how the two meet, by the plan that the day of the referral leaves time for."""
    is_gate_only = _notice(release, referred) is Notice.GATE_ONLY
    return AT_THE_GATE if is_gate_only else HOW[form]


def _first_meeting(release: date | None, offered: date) -> str:
    """Return when they first meet, as it is on the day of the offer: it does not turn later."""
    return IN_GOOD_TIME if _notice(release, offered) is Notice.ORDINARY else SOON


def _notice(release: date | None, since: date) -> Notice:
    if release is None:
        return Notice.ORDINARY
    return form_for(TABLE, release, since, official_calendar()).notice


def in_common(referral: Referral, release: date | None, mentor: Mentor) -> Told:
    """Return all that a card could tell: what both have lived and know, where and when.

    A need counts only where the leaver has ticked it and so has the mentor.
    """
    needs, lived = referral.needs.keys() & mentor.needs, referral.may_show & mentor.experiences
    both = _traits(mentor.home, needs, lived, referral.resettling_in, release)
    return Told(
        month=both.month,
        within_km=min((band for band in BANDS if both.km <= band), default=None),
        area=both.area,
        half=both.half or None,
        help_with=both.help_with,
        lived=both.lived,
    )


def why_you(told: Told, region: Region) -> tuple[str, str, str]:
    """Return why this mentor, in three sentences that tell no more than `told`."""
    lived, help_with = sorted(told.lived), sorted(told.help_with)
    return (
        f"You have some of this in common: {listed_apart(lived)}."
        if lived
        else "You know what it is like to leave prison.",
        f"You have come through some of what they want help with: {listed_apart(help_with)}."
        if help_with
        else "You have time for one more person.",
        f"You can get to where they will live: around {told.area}."
        if told.area
        else f"You can get to where they will live, in {region.label}.",
    )


def listed_apart(items: Iterable[str]) -> str:
    """Return items that may hold an "and" of their own, parted by semicolons."""
    return "; ".join(items)


def _put_forward(db: Session, region: Region, home: str, now: datetime) -> list[Traits]:
    """Return everyone put forward in a region in the last twelve months, each person once.

    They are counted and nothing of them is shown, so that nobody stands out on a card.
    """
    theirs = select(Leaver).where(
        Leaver.id == Referral.leaver_id,
        Referral.region == region,
        col(Referral.created_at) >= now - LOOKING_BACK,
        col(Referral.state).not_in(NOT_COUNTED),
    )
    columns = theirs.with_only_columns(
        col(Leaver.id),
        col(Referral.needs),
        col(Referral.may_show),
        col(Referral.resettling_in),
        col(Leaver.release_date),
    )
    newest_last = db.execute(columns.order_by(col(Referral.created_at)))
    return list({leaver_id: _traits(home, *told) for leaver_id, *told in newest_last}.values())


def _traits(
    home: str,
    needs: Iterable[Need],
    may_show: Iterable[Experience],
    district: str,
    release: date | None,
) -> Traits:
    return Traits(
        help_with=frozenset(HELP[one] for one in needs),
        lived=frozenset(COARSE[one] for one in may_show),
        area=districts()[district].local_authority,
        km=_km(district, home),
        month=release.replace(day=1) if release else None,
        half=0 if release is None else 1 if release.day <= MID_MONTH else 2,
    )


@cache
def _km(one: str, other: str) -> float:
    """Return how far two postcode districts are apart, centre to centre in a straight line."""
    here, there = (districts()[code] for code in (one, other))
    up, across = radians(there.latitude - here.latitude), radians(there.longitude - here.longitude)
    level = cos(radians(here.latitude)) * cos(radians(there.latitude))
    half_chord = sqrt(sin(up / 2) ** 2 + level * sin(across / 2) ** 2)
    return 2 * EARTH_RADIUS_KM * asin(half_chord)
