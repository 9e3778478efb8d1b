"""Under which conditions rules and scores are read: the day, the places, the settings."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from matcher.core.places import Places
from models.vocabulary import Module, Need

RULES_VERSION = "2026-11-1"
"""Changes with every change of a rule's meaning; stored with each pair."""


@dataclass(frozen=True)
class RuleSettings:
    """What the controller may set about the rules; months are calendar months.

    `modules` says which training a need demands of a mentor; empty by default.
    """

    offence_free_months: int = 24
    substance_free_months: int = 24
    assessment_months: int = 6
    modules: Mapping[Need, frozenset[Module]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Conditions:
    """Everything a rule may depend on besides the two people."""

    today: date
    places: Places
    settings: RuleSettings = field(default_factory=RuleSettings)


def months_before(day: date, months: int) -> date:
    """Return the day `months` calendar months before `day`, the month's last day at most."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
