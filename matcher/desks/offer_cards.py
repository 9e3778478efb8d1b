"""What a mentor reads of an offer: enough to decide by, and nothing that says who it is.

Everything a card tells must be true of at least five people put forward in
that region in the last twelve months who leave in the same month. Where it is
not, the card tells less, down to the region and the month alone. Of lived
experience it tells only what the leaver lets the mentor see and the mentor
has lived too, in words wider than those of the form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.core.explanation import AFTERCARE
from matcher.core.pathway_rows import Notice
from matcher.core.schedule import form_for
from matcher.core.sending import local_day
from matcher.core.working_days import official_calendar
from matcher.pair_days import TABLE, referred_on
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.reference import districts
from models.referrals import Referral
from models.states import PairForm, ReferralState
from models.vocabulary import Experience, Heading, Need, Region

FEWEST = 5
"""So many different people must a card fit."""

LOOKING_BACK = timedelta(days=365)

NOT_COUNTED = (ReferralState.DRAFT, ReferralState.WITHDRAWN)

COARSE: Mapping[Experience, str] = {
    Experience.CARE: "growing up",
    Experience.YOUNG_ADULT: "growing up",
    Experience.PARENT: "growing up",
    Experience.DRUG_RECOVERY: "recovery",
    Experience.ALCOHOL_RECOVERY: "recovery",
    Experience.GAMBLING_RECOVERY: "recovery",
    Experience.MENTAL_ILL_HEALTH: "health and learning",
    Experience.NEURODIVERGENT: "health and learning",
    Experience.LEARNING_DISABILITY: "health and learning",
    Experience.HOMELESS: "hard times",
    Experience.BEREAVEMENT: "hard times",
    Experience.DOMESTIC_ABUSE: "hard times",
    Experience.GANG_AFFECTED: "hard times",
    Experience.SEX_WORK: "hard times",
    Experience.FIRST_TIME: "time inside",
    Experience.LONG_SENTENCE: "time inside",
    Experience.SHORT_SENTENCES: "time inside",
    Experience.RECALL: "time inside",
    Experience.WOMENS_ESTATE: "time inside",
    Experience.ARMED_FORCES: "background and way of life",
    Experience.TRAVELLER: "background and way of life",
    Experience.FOREIGN_NATIONAL: "background and way of life",
    Experience.FAITH: "background and way of life",
    Experience.LGBT: "background and way of life",
    Experience.CARER: "background and way of life",
}
"""The wider word for each experience: no card names one itself."""

HELP: Mapping[Heading, str] = {
    Heading.ACCOMMODATION: "a home",
    Heading.ATTITUDES: "feelings and choices",
    Heading.FAMILIES: "family and friends",
    Heading.DRUGS: "drugs and drink",
    Heading.EDUCATION: "work and skills",
    Heading.FINANCE: "money and ID",
    Heading.HEALTH: "health",
}
"""Each heading in words that fit into a sentence."""


IN_GOOD_TIME = "About six weeks before they leave, or as soon as it can be set"
SOON = "They leave soon, so the first meeting is within days"
HOW: Mapping[PairForm, str] = {
    PairForm.IN_PRISON: "You meet in the prison first",
    PairForm.VIDEO: "You meet by video before the day they leave",
}
AT_THE_GATE = "You meet for the first time on the day they leave"
"""How two meet where there is no time for anything before the release."""


@dataclass(frozen=True)
class Traits:
    """What of one leaver a card could tell: wide words, an area, the month of release.

    `month` is the first day of it, None where there is no date.
    """

    headings: frozenset[Heading]
    lived: frozenset[str]
    area: str
    month: date | None


@dataclass(frozen=True)
class Told:
    """What a card does tell. Empty sets and None tell nothing."""

    month: date | None
    headings: frozenset[Heading] = frozenset()
    lived: frozenset[str] = frozenset()
    area: str | None = None

    def fits(self, one: Traits) -> bool:
        """Say whether all that is told is true of someone."""
        return (
            self.month == one.month
            and self.headings <= one.headings
            and self.lived <= one.lived
            and self.area in (None, one.area)
        )


@dataclass(frozen=True)
class OfferCard:
    """One offer as the mentor reads it.

    `why` is three sentences; `area` None says no more than the region.
    `month` is the first day of the month of release, None if not known yet.
    `how` and `first_meeting` are fixed sentences: neither a prison nor a day.
    """

    pair_id: UUID
    how: str
    first_meeting: str
    why: tuple[str, str, str]
    region: str
    area: str | None
    month: date | None
    weeks_after: int
    answer_by: datetime | None


def most_that_fits(wanted: Told, people: Iterable[Traits]) -> Told:
    """Return as much of `wanted` as fits five people or more: less and less, then the month.

    `people` are those put forward in the region in the last twelve months,
    each once.
    """
    known = list(people)
    steps = (
        wanted,
        replace(wanted, area=None),
        replace(wanted, area=None, lived=frozenset()),
    )
    fitting = (told for told in steps if sum(map(told.fits, known)) >= FEWEST)
    return next(fitting, Told(month=wanted.month))


def offer_card(db: Session, pair: Pair, *, now: datetime) -> OfferCard:
    """Return the card of a pair that is offered to its mentor."""
    referral = db.get_one(Referral, pair.referral_id)
    release = db.get_one(Leaver, pair.leaver_id).release_date
    wanted = in_common(referral, release, db.get_one(Mentor, pair.mentor_id))
    told = most_that_fits(wanted, _put_forward(db, referral.region, now))
    return OfferCard(
        pair_id=pair.id,
        how=_how(pair.form, release, referred_on(referral)),
        first_meeting=_first_meeting(release, local_day(pair.state_since)),
        why=why_you(told, referral.region),
        region=referral.region.label,
        area=told.area,
        month=told.month,
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
    """Return all that a card could tell: what both have lived and know, where and when."""
    leaver = _traits(referral.needs, referral.may_show, referral.resettling_in, release)
    return Told(
        month=leaver.month,
        headings=leaver.headings & _headings(mentor.needs),
        lived=_lived(referral.may_show & mentor.experiences),
        area=leaver.area,
    )


def why_you(told: Told, region: Region) -> tuple[str, str, str]:
    """Return why this mentor, in three sentences that tell no more than `told`."""
    lived, help_with = sorted(told.lived), [HELP[one] for one in Heading if one in told.headings]
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


def _put_forward(db: Session, region: Region, now: datetime) -> list[Traits]:
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
    return list({leaver_id: _traits(*told) for leaver_id, *told in newest_last}.values())


def _traits(
    needs: Iterable[Need], may_show: Iterable[Experience], district: str, release: date | None
) -> Traits:
    return Traits(
        headings=_headings(needs),
        lived=_lived(may_show),
        area=districts()[district].local_authority,
        month=release.replace(day=1) if release else None,
    )


def _headings(needs: Iterable[Need]) -> frozenset[Heading]:
    return frozenset(need.heading for need in needs)


def _lived(experiences: Iterable[Experience]) -> frozenset[str]:
    return frozenset(COARSE[one] for one in experiences)
