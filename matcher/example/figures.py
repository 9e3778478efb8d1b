"""The published figures that example people are drawn from, as a table.

Every figure says where it comes from and how sure it is: `seen` was read at
the source, `computed` was worked out from figures seen, `assumption` is ours
or was recalled without being looked up. The tables of `traits.py` and
`nationalities.py` are made of the same rows; those of `ticks.py`, `likes.py`
and the like are assumptions throughout.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from models.vocabulary import Region, Risk


class Basis(StrEnum):
    """How sure a figure is."""

    SEEN = "seen"
    COMPUTED = "computed"
    ASSUMPTION = "assumption"


@dataclass(frozen=True, slots=True)
class Figure:
    """A percentage of people, with its source and period."""

    percent: float
    source: str
    basis: Basis = Basis.SEEN

    @property
    def share(self) -> float:
        """The figure as a number from 0 to 1."""
        return self.percent / 100


def computed(percent: float, source: str) -> Figure:
    """Return a figure worked out from figures seen; the source says how."""
    return Figure(percent, source, Basis.COMPUTED)


def recalled(percent: float, what: str) -> Figure:
    """Return a figure remembered from a publication and not looked up."""
    return Figure(percent, f"{what}, recalled and not looked up", Basis.ASSUMPTION)


def assumed(percent: float, why: str = "no published figure") -> Figure:
    """Return a figure that is ours, with the reason for it."""
    return Figure(percent, why, Basis.ASSUMPTION)


RELEASES = 58_892
"""Releases from sentence, year to June 2025 (computed: sum of four quarters of OMSQ)."""

RECALLS = 41_518
"""Licence recalls, year to June 2025 (computed: the same). The releases counted
above leave out most releases after a recall; one release a recall is assumed."""

_AFTER_RECALL = f"of {RELEASES + RECALLS:,} releases, one after each of {RECALLS:,} recalls assumed"

RISKS: Mapping[Risk, Figure] = {
    Risk.LOW: assumed(15, "what is left, a quarter of it low"),
    Risk.MEDIUM: assumed(44, "what is left, three quarters of it medium"),
    Risk.HIGH: computed(38.3, f"PQ HL13695, 2024/25: 38,435 {_AFTER_RECALL}"),
    Risk.VERY_HIGH: computed(2.7, f"PQ HL13695, 2024/25: 2,765 {_AFTER_RECALL}"),
}
"""Risk of serious harm of the people released."""

AGES: Mapping[tuple[int, int], Figure] = {
    (18, 20): assumed(3, "what the two bands seen leave, spread by us"),
    (21, 24): assumed(9, "what the two bands seen leave, spread by us"),
    (25, 29): assumed(16, "what the two bands seen leave, spread by us"),
    (30, 39): Figure(33, "HMPPS equalities, March 2023, by russellwebster.com"),
    (40, 49): Figure(20, "HMPPS equalities, March 2023, by russellwebster.com"),
    (50, 59): assumed(12, "what the two bands seen leave, spread by us"),
    (60, 74): assumed(7, "what the two bands seen leave, spread by us"),
}
"""Ages of adults in prison, first and last year of each band. People under 18
come from the prisons that hold them, as many as those release."""

_HOMES = "share of people by home region"

HOMES: Mapping[Region, Figure] = {
    Region.LONDON: recalled(14.5, _HOMES),
    Region.NORTH_WEST: recalled(9.5, _HOMES),
    Region.GREATER_MANCHESTER: recalled(6.5, _HOMES),
    Region.YORKSHIRE: recalled(11.5, _HOMES),
    Region.WEST_MIDLANDS: recalled(11, _HOMES),
    Region.EAST_MIDLANDS: recalled(8, _HOMES),
    Region.EAST_OF_ENGLAND: recalled(9, _HOMES),
    Region.KENT_SURREY_SUSSEX: recalled(6.5, _HOMES),
    Region.SOUTH_CENTRAL: recalled(5, _HOMES),
    Region.SOUTH_WEST: recalled(6.5, _HOMES),
    Region.NORTH_EAST: recalled(6.5, _HOMES),
    Region.WALES: recalled(5.5, _HOMES),
}
"""The region in which people resettle, and in which mentors live."""

_FRIDAYS = "one in three left on a Friday (Nacro) until such releases moved to Thursday"

WEEKDAYS: tuple[Figure, ...] = (
    assumed(17, _FRIDAYS),
    assumed(17, _FRIDAYS),
    assumed(17, _FRIDAYS),
    assumed(44, _FRIDAYS),
    assumed(5, _FRIDAYS),
)
"""Releases from Monday to Friday since December 2023. The few left on a Friday
or the eve of a bank holiday served less than 28 days or were let out by parole."""

FIGURES: Mapping[str, Figure] = {
    "women among leavers": recalled(7, "women among releases"),
    "women among mentors": assumed(20, "more women come forward than the 7% they are of releases"),
    "stay in the region, men": assumed(68, "with women's, two thirds of all: what we plan for"),
    "stay in the region, women": assumed(50, "12 prisons, none in Wales: 66% is the most possible"),
    "foreign nationals": Figure(12, "HMPPS, 30 June 2024 (10,435), by dazzlingdawn.com"),
    "transgender": computed(0.4, "Offender Equalities 2024-25: 339 of 87,465"),
    "on curfew": recalled(17, "home detention curfew, 15 to 20% of releases"),
    "on licence": assumed(97, "all but those who serve to the last day"),
    "paroled": assumed(3),
    "indeterminate": Figure(1, "Prison Reform Trust, sentences by sex"),
    "long sentence, men": computed(16.7, "PRT: 4 years or more, or no end, 16 of the 96% given"),
    "long sentence, women": computed(8.3, "PRT: 4 years or more, or no end, 8 of the 96% given"),
    "short sentence, men": computed(46.9, "PRT: under 12 months, 45 of the 96% given"),
    "short sentence, women": computed(63.5, "PRT: under 12 months, 61 of the 96% given"),
    "on hold": assumed(4, "screenings that are stale, unknown or lack a name"),
    "women who want a woman": assumed(55),
    "men who want a man": assumed(6),
    "women mentors for women only": assumed(30),
    "men mentors for men only": assumed(15),
    "linked to a mentor": assumed(1.5, "non-associations and their kin"),
    "sexual offence": assumed(5, "more in prisons for longer sentences"),
    "sexual offence, longer sentences": assumed(30, "several such prisons hold little else"),
    "domestic abuse, men": assumed(18),
    "domestic abuse, women": assumed(4),
    "licence bars contact": assumed(3),
    "exclusion zone": assumed(4),
    "gang tag of the gang-affected": assumed(25, "three times as many in four conurbations"),
    "county lines": assumed(1.5),
    "no one-to-one": assumed(0.3),
    "children's mentors": assumed(1, "0.2% of releases are of people under 18, spread thin"),
    "mentors lapsed": assumed(4),
    "mentors not active": assumed(4),
    "mentors on licence": assumed(10),
}
"""All single figures, by what they are of."""


def share(what: str) -> float:
    """Return the figure named, as a number from 0 to 1."""
    return FIGURES[what].share
