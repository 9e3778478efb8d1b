"""The days of a pair that set its plan, and the table that the plan is made from."""

from __future__ import annotations

from datetime import date

from matcher.core.away import Spell
from matcher.core.rolling import DecisionDays, decision_days
from matcher.core.schedule import PairDays
from matcher.core.sending import local_day
from matcher.core.working_days import official_calendar
from matcher.plans.through_the_gate import THROUGH_THE_GATE
from models.pairs import Pair
from models.referrals import Referral
from models.states import PairForm

TABLE = THROUGH_THE_GATE
"""The one pathway with a plan of its own so far; the others go by it."""


def referred_on(referral: Referral) -> date:
    """Return the local day on which someone was put forward."""
    return local_day(referral.put_forward_at or referral.created_at)


def days_of(pair: Pair, referral: Referral, anchor: date, away: tuple[Spell, ...] = ()) -> PairDays:
    """Return what sets the plan of an accepted pair whose leaver leaves on `anchor`.

    `away` are spells away from prison that are no release.
    """
    return PairDays(
        anchor=anchor,
        referred_on=referred_on(referral),
        accepted_on=local_day(pair.accepted_at or pair.state_since),
        in_prison=pair.form is PairForm.IN_PRISON,
        away=away,
    )


def days_to_decide(pair: Pair, referral: Referral, release: date | None) -> DecisionDays:
    """Return when a proposal is ready to approve, when it presses, and when the offer is due.

    What a manager chose is ready at once, and so is what has no release date.
    """
    proposed_on = local_day(pair.proposed_at)
    if release is None:
        return DecisionDays(proposed_on, proposed_on, proposed_on)
    days = decision_days(TABLE, release, referred_on(referral), proposed_on, official_calendar())
    return days._replace(ready_on=proposed_on) if pair.overridden_by else days


def is_near(release: date | None, today: date) -> bool:
    """Say whether there is a release date and its twelve weeks have begun."""
    return release is not None and TABLE.opens.day(release, official_calendar()) <= today
