"""The gates of the screening as conditions of a SELECT: who is on hold, found among thousands.

The gates themselves are in `matcher/core/gates.py` and give the reasons; here
is the same said of the columns of a screening. A test asks both about the
same people: to add a gate there, add its row here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, exists, func, or_, type_coerce
from sqlmodel import col

from matcher.core.conditions import Conditions, months_before
from matcher.core.readings import REGISTERED
from models.referrals import Referral, Screening
from models.rows import newest
from models.vocabulary import Group, Risk

ANSWERS = (
    Screening.risk,
    Screening.mappa_level,
    Screening.sexual_offence,
    Screening.domestic_abuse,
    Screening.on_licence,
    Screening.assessed_on,
)
"""What a complete screening says, beside the name of the assessor."""


def is_held_by_the_screening(conditions: Conditions) -> ColumnElement[bool]:
    """Return the condition on a Referral that its leaver's newest screening does not pass.

    Whoever was never screened is held. Consent and dates are not asked here.
    """
    passing = newest(Screening, "leaver_id").where(
        Screening.leaver_id == Referral.leaver_id, *passes(conditions).values()
    )
    return ~exists(passing.with_only_columns(col(Screening.id)))


def passes(conditions: Conditions) -> Mapping[str, ColumnElement[bool]]:
    """Return when a screening passes, by the code of the gate; not known is not passed."""
    return {
        "screening_complete": and_(
            *(col(answer).is_not(None) for answer in ANSWERS), _is_named(Screening.assessor)
        ),
        "screening_fresh": _is_fresh(conditions),
        "high_risk_approved": or_(
            col(Screening.risk).in_((Risk.LOW, Risk.MEDIUM)), _approved("high_risk", conditions)
        ),
        "mappa_approved": or_(col(Screening.mappa_level) < 2, _approved("mappa", conditions)),
        "sexual_offence_approved": or_(
            ~or_(
                col(Screening.sexual_offence).is_(True),
                func.coalesce(Screening.mappa_category, 0) == REGISTERED,
                _is_risk_to(Group.SEXUAL_OFFENCES),
            ),
            _approved("sexual_offence", conditions),
        ),
        "domestic_abuse_approved": or_(
            ~or_(col(Screening.domestic_abuse).is_(True), _is_risk_to(Group.DOMESTIC_ABUSE)),
            _approved("domestic_abuse", conditions),
        ),
        "leaver_probation_content": or_(
            col(Screening.on_licence).is_(False),
            _signed(Screening.content_by, Screening.content_on, conditions),
        ),
    }


def _is_fresh(conditions: Conditions) -> ColumnElement[bool]:
    yesterday = conditions.today - timedelta(days=1)
    too_old = months_before(yesterday, conditions.settings.assessment_months)
    assessed_on = col(Screening.assessed_on)
    return and_(assessed_on > too_old, assessed_on <= conditions.today)


def _approved(what: str, conditions: Conditions) -> ColumnElement[bool]:
    names = (f"{what}_approved_by", f"{what}_approved_on")
    by, on = (getattr(Screening, name) for name in names)
    return _signed(by, on, conditions)


def _signed(by: Any, on: Any, conditions: Conditions) -> ColumnElement[bool]:
    return and_(_is_named(by), col(on) <= conditions.today)


def _is_named(name: Any) -> ColumnElement[bool]:
    return func.trim(name) != ""


def _is_risk_to(group: Group) -> ColumnElement[bool]:
    """Sets of words are kept with a blank around each."""
    return type_coerce(Screening.risk_to, Text).contains(f" {group.value} ")
