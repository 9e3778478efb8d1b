"""When an offer is reminded of, when it lapses, and by when a proposal is to be approved."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from matcher.core.pathway_rows import OfferTerms
from matcher.core.working_days import WorkingDays


class OfferDays(NamedTuple):
    """When an offer's reminder goes, if any, and the last day for the answer."""

    remind_on: date | None
    answer_by: date


def offer_days(terms: OfferTerms, offered_on: date, calendar: WorkingDays) -> OfferDays:
    """Return when to remind a mentor of an offer and when it lapses unanswered."""
    remind_on = None if terms.remind_after is None else calendar.add(offered_on, terms.remind_after)
    return OfferDays(remind_on, calendar.add(offered_on, terms.answer_in))


def approve_by(terms: OfferTerms, proposed_on: date, calendar: WorkingDays) -> date:
    """Return the day at whose end a proposal not yet approved is overdue."""
    return calendar.on_or_after(calendar.add(proposed_on, terms.approve_in))
