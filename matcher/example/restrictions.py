"""Where people may not be and whom they may not meet: zones, curfews, gangs."""

from __future__ import annotations

import numpy as np

from matcher.example.background import Background
from matcher.example.country import Country
from matcher.example.figures import share
from matcher.example.lots import Columns, Crowd, Indices, where
from models.hours import read_hours
from models.vocabulary import CountyLines, Region

CURFEW = read_hours("daily 19-7")
"""The usual hours of home detention curfew: seven in the evening to seven in the morning."""

CONURBATIONS = (Region.LONDON, Region.WEST_MIDLANDS, Region.GREATER_MANCHESTER, Region.NORTH_WEST)

TAGS_A_REGION = 4
"""Gang tags come in opposed pairs: 1 with 2, 3 with 4 (made up)."""


def restriction_columns(
    crowd: Crowd, country: Country, home: Indices, background: Background, rarity: float = 1.0
) -> Columns:
    """Return the restrictions of people at home in the districts `home`.

    `rarity` below 1 makes all of them rarer, as they are for mentors.
    """
    curfew = crowd.lots("curfews").hit(share("on curfew") * rarity)
    return (
        {"curfew": [CURFEW if is_bound else frozenset() for is_bound in curfew]}
        | {"exclusion_zone": _zones(crowd, country, home, rarity)}
        | _gangs(crowd, country.regions_of(home), background, rarity)
    )


def _zones(crowd: Crowd, country: Country, home: Indices, rarity: float) -> list[frozenset[str]]:
    """Return one to four neighbouring districts that some may not enter; never their own."""
    lots = crowd.lots("zones")
    barred = lots.hit(share("exclusion zone") * rarity)
    centre = country.neighbours[home, lots.between(3, 25)]
    size = lots.between(1, 4)
    zones: list[frozenset[str]] = [frozenset()] * crowd.count
    for row in np.flatnonzero(barred):
        near = country.neighbours[centre[row], : size[row]]
        zones[row] = frozenset(country.districts[p].code for p in near if p != home[row])
    return zones


def _gangs(crowd: Crowd, region: Indices, background: Background, rarity: float) -> Columns:
    """Return the tags of the gang-affected, the tags opposed, and county-lines parts."""
    lots = crowd.lots("gangs")
    crowded = np.isin(region, [r.rank for r in CONURBATIONS])
    share_tagged = np.where(crowded, 3, 1) * share("gang tag of the gang-affected") * rarity
    tagged = background.traits["gangs"] & lots.hit(share_tagged)
    number = lots.between(0, TAGS_A_REGION - 1)
    gangs: list[frozenset[str]] = [frozenset()] * crowd.count
    opposed: list[frozenset[str]] = [frozenset()] * crowd.count
    letters = [r.value for r in Region]
    for row in np.flatnonzero(tagged).tolist():
        tag = f"TAG-{letters[region[row]]}"
        gangs[row] = frozenset({f"{tag}{number[row] + 1}"})
        opposed[row] = frozenset({f"{tag}{(number[row] ^ 1) + 1}"})
    lines = lots.hit(share("county lines") * rarity)
    exploited = lots.hit(np.where(background.ages < 25, 0.6, 0.2))
    parts = np.where(exploited, CountyLines.VICTIM, CountyLines.PERPETRATOR).tolist()
    return {
        "gangs": gangs,
        "opposed_gangs": opposed,
        "county_lines": where(lines, parts),
    }
