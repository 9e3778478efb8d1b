"""Whether anybody was ever offered whom a rule or a gate kept away: I12."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlmodel import col

from matcher.core.conditions import Conditions, RuleSettings
from matcher.core.eligibility import RULES
from matcher.core.features import LeaverColumns, MentorColumns
from matcher.core.gates import GATES
from matcher.doctor.as_of import Moment, Past
from matcher.doctor.case import AuditedChange, Breach, Case, Found, changes_of
from matcher.gazetteer import england_and_wales
from models.pairs import Pair, PairHistory
from models.people import Leaver, Mentor
from models.referrals import Referral
from models.states import PairState

_WHO = "birth_date code crn first_name prison_number surname"

RESTS_ON: Mapping[str, str] = {
    "leaver_consented": "consented_on",
    "inside_the_window": "pathway release_date",
    "screening_complete": "",
    "screening_fresh": "",
    "high_risk_approved": "",
    "mappa_approved": "",
    "sexual_offence_approved": "",
    "domestic_abuse_approved": "",
    "leaver_probation_content": "",
    "no_link_between_them": _WHO,
    "two_different_people": _WHO,
    "licences_allow_contact": "",
    "one_to_one_allowed": "",
    "a_place_to_meet": "home resettling_in travel_km travel_limit_km",
    "an_hour_to_meet": "hours",
    "gangs_not_opposed": "",
    "county_lines_kept_apart": "",
    "outside_the_mentors_limits": "limits",
    "mentor_as_asked_for": "gender sex wants",
    "leaver_as_asked_for": "gender sex wants",
    "own_pool": "birth_date pool",
    "checked_for_children": "birth_date",
    "mentor_active": "state",
    "both_consented": "consented_on",
    "mentor_assessed": "",
    "within_assessed_risk": "",
    "offence_free": "offence_free_since",
    "substance_free": "past_addiction substance_free_since",
    "basic_training_done": "",
    "modules_done": "needs",
    "supervision_in_date": "",
    "inside_the_term": "release_date",
    "fit_for_liaison_and_diversion": "arrested experiences knows_custody_and_court pathway",
    "mentor_probation_content": "",
    "a_common_language": "interpreter languages",
    "within_travel_limit": "home resettling_in travel_limit_km",
    "neither_said_no": "code ruled_out",
}
"""The undated columns of the leaver, the referral and the mentor that a gate or rule looks at.

Where one of them has changed since an offer, how it stood then is not known,
and the rule is not asked. Places are another invariant's.
"""


class Offer(NamedTuple):
    """One offer that was made: which pair, when, and who."""

    pair_id: UUID
    at: datetime
    leaver: Leaver
    referral: Referral
    mentor: Mentor


@dataclass(frozen=True)
class Changed:
    """When the undated columns of people's rows were changed, by table and id."""

    changes: Mapping[str, Mapping[str, Sequence[AuditedChange]]]

    def since(self, offer: Offer) -> frozenset[str]:
        """Return the columns that have changed since an offer was made, or at that moment."""
        mine = {
            "leaver": str(offer.leaver.id),
            "referral": str(offer.referral.id),
            "mentor": str(offer.mentor.id),
        }
        return frozenset().union(
            *(
                change.fields
                for noun, row_id in mine.items()
                for change in self.changes[noun].get(row_id, [])
                if change.at >= offer.at
            )
        )


def barred_never_offered(case: Case) -> Found:
    """I12: pairs that were offered while a rule or gate stood in the way, as all then stood.

    What was recorded at the very moment of an offer may have come after it:
    an offer is against the rules only if it is with it and without it.
    """
    past = Past(case.db)
    names = sorted(set(" ".join(RESTS_ON.values()).split()))
    nouns = ("leaver", "referral", "mentor")
    changed = Changed({noun: changes_of(case.db, noun, names) for noun in nouns})
    barred = _offers(case)
    for before in (False, True):
        barred = _barred(past, barred, changed, before=before)
    for offer in barred:
        yield Breach("pair", str(offer.pair_id), "a rule or gate barred it when it was offered")


def _offers(case: Case) -> list[Offer]:
    made = select(col(Pair.id), col(PairHistory.moved_at), Leaver, Referral, Mentor).where(
        col(PairHistory.to_state) == PairState.OFFERED,
        col(PairHistory.pair_id) == Pair.id,
        col(Pair.leaver_id) == Leaver.id,
        col(Pair.referral_id) == Referral.id,
        col(Pair.mentor_id) == Mentor.id,
    )
    in_order = made.order_by(col(PairHistory.moved_at), col(PairHistory.number))
    return [Offer(*row) for row in case.db.execute(in_order)]


def _barred(past: Past, offers: list[Offer], changed: Changed, *, before: bool) -> list[Offer]:
    """Return the offers that a gate or rule barred as things stood, asked day by day."""
    by_day: defaultdict[date, list[Offer]] = defaultdict(list)
    for offer in offers:
        by_day[Moment(offer.at).day].append(offer)
    return [
        offer
        for day, some in by_day.items()
        for offer, codes in zip(some, _in_the_way(past, some, day, before=before), strict=True)
        if any(not set(RESTS_ON[code].split()) & changed.since(offer) for code in codes)
    ]


def _in_the_way(past: Past, offers: Sequence[Offer], day: date, *, before: bool) -> list[list[str]]:
    """Return, for each offer of a day, the codes of the gates and rules that were in its way."""
    conditions = Conditions(day, england_and_wales(), RuleSettings())
    moments = [Moment(offer.at, before=before) for offer in offers]
    told = list(zip(offers, moments, strict=True))
    leavers = LeaverColumns.of(
        [past.leaver(offer.leaver, offer.referral, moment) for offer, moment in told], conditions
    )
    mentors = MentorColumns.of(
        [past.mentor(offer.mentor, moment) for offer, moment in told], conditions
    )
    held = {gate.code: gate.passes(leavers) for gate in GATES}
    held |= {rule.code: rule.holds(leavers, mentors) for rule in RULES if rule.code in RESTS_ON}
    broken = {code: ~np.broadcast_to(flags, len(offers)) for code, flags in held.items()}
    return [
        [code for code, flags in broken.items() if flags[number]] for number in range(len(offers))
    ]
