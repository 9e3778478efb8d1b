"""Where example people are held, where they go and where mentors live.

Two thirds of leavers resettle in the region of the prison. How the last
third moves between regions is a model: prison releases and home shares are
kept exactly, and near regions exchange more people than far ones.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from matcher.core.places import Places
from matcher.example.figures import HOMES, share
from matcher.example.lots import Indices, Lots, Mask
from matcher.gazetteer import england_and_wales
from models.reference import District, Prison, PrisonFunction, districts, prisons
from models.vocabulary import Region, Sex

Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]

REGIONAL_REACH_KM = 120.0
"""How far apart two regions exchange a third (1/e) of the people neighbours do (assumption)."""

TOWN_KM = 8.0
"""Districts are drawn by how many others lie this near (assumption: 0.7th power),
since postcode districts are small where many people live."""

SLICE_WEIGHT = 0.1
"""Districts such as EC1A and W1B are slices of central London where few people live."""

PEOPLE_IN_REACH = 142
"""A mentor is ready to go as far as it takes to find about this many of the
leavers, within `LEAST_KM` and `MOST_KM` (assumption): the fewer people, the farther."""

LEAST_KM, MOST_KM = 3, 60


@dataclass(frozen=True, eq=False)
class Country:
    """The prisons and districts that example people are drawn from."""

    prisons: tuple[Prison, ...]
    districts: tuple[District, ...]
    releases: Numbers

    @property
    def places(self) -> Places:
        """The same prisons and districts, in the same order, as the matching knows them."""
        return england_and_wales()

    @cached_property
    def prison_regions(self) -> Indices:
        """The rank of the region of each prison."""
        return _regions(self.prisons)

    @cached_property
    def district_regions(self) -> Indices:
        """The rank of the region of each district."""
        return _regions(self.districts)

    @cached_property
    def in_use(self) -> Mask:
        """Which prisons release anybody, and so need a mentor cleared for them."""
        used: Mask = self.releases > 0
        return used

    @cached_property
    def home_weights(self) -> Numbers:
        """Return the chance of each district to be somebody's home; they add up to 1."""
        near = (self.places.km <= TOWN_KM).sum(axis=1)
        is_slice = np.array([d.code[-1].isalpha() for d in self.districts])
        weights = near**0.7 * np.where(is_slice, SLICE_WEIGHT, 1.0)
        regions = self.district_regions
        totals = np.bincount(regions, weights, minlength=len(Region))
        shares: Numbers = weights / totals[regions] * _homes()[regions]
        return shares

    def held_as(self, function: PrisonFunction, prison: Indices) -> Mask:
        """Return who is in a prison for that; `prison` is an index for each person."""
        held: Mask = np.array([p.function is function for p in self.prisons])[prison]
        return held

    def regions_of(self, district: Indices) -> Indices:
        """Return the rank of the region in which each person's district lies."""
        return self.district_regions[district]

    def draw_homes(self, lots: Lots) -> Indices:
        """Return the index of each person's home district."""
        return lots.pick(self.home_weights)

    def draw_journeys(self, lots: Lots, women: Mask) -> tuple[Indices, Indices]:
        """Return the prison each person leaves and the district they resettle in."""
        prison = np.zeros(lots.count, dtype=np.intp)
        district = np.zeros(lots.count, dtype=np.intp)
        for sex, who in ((Sex.MALE, ~women), (Sex.FEMALE, women)):
            releases = self.releases * np.array([p.sex is sex for p in self.prisons])
            cells = lots.pick(self.flows[sex].ravel())
            left, home = (np.where(who, half, -1) for half in np.divmod(cells, len(Region)))
            _draw_within(lots, prison, left, self.prison_regions, releases)
            _draw_within(lots, district, home, self.district_regions, self.home_weights)
        return prison, district

    def draw_travel_limits(self, lots: Lots, home: Indices, leavers: int) -> Counts:
        """Return how far each mentor travels, in whole kilometres; less where many leavers live."""
        order, found = self._found_by_distance
        enough = np.minimum((found * leavers < PEOPLE_IN_REACH).sum(axis=1), len(order) - 1)
        rows = np.arange(len(order))
        radius = self.places.km[rows, order[rows, enough]]
        varied = np.rint(radius[home] * lots.stream.lognormal(0.0, 0.35, size=lots.count))
        limits: Counts = np.clip(varied, LEAST_KM, MOST_KM).astype(np.int64)
        return limits

    @cached_property
    def neighbours(self) -> Indices:
        """Return the 40 districts nearest to each, itself first: districts × 40."""
        nearest = np.argpartition(self.places.km, 40, axis=1)[:, :40]
        order = np.argsort(np.take_along_axis(self.places.km, nearest, axis=1), kind="stable")
        sorted_by_km: Indices = np.take_along_axis(nearest, order, axis=1)
        return sorted_by_km

    @cached_property
    def _found_by_distance(self) -> tuple[Indices, Numbers]:
        """Return, from each district, the others by distance and the share of homes up to each."""
        order = np.argsort(self.places.km, axis=1, kind="stable")
        return order, np.cumsum(self.home_weights[order], axis=1)

    @cached_property
    def flows(self) -> dict[Sex, Numbers]:
        """The share of releases from each region to each home region, for men and for women."""
        return {sex: self._flows(sex) for sex in Sex}

    def _flows(self, sex: Sex) -> Numbers:
        """Return the share of releases from each region to each home region."""
        held = self.releases * np.array([p.sex is sex for p in self.prisons])
        released = np.bincount(self.prison_regions, held, minlength=len(Region)).astype(float)
        stay = share(
            "stay in the region, women" if sex is Sex.FEMALE else "stay in the region, men"
        )
        near = np.exp(-_region_places(self.districts).km / REGIONAL_REACH_KM)

        def fitted(boost: float) -> Numbers:
            return _fit(near * np.exp(boost * np.eye(len(Region))), released, _homes())

        boost = brentq(lambda boost: float(np.trace(fitted(boost))) - stay, -5, 15)
        return fitted(float(boost))


@cache
def whole_country() -> Country:
    """Return England and Wales, with the releases a year of each prison.

    The releases are a model, not published: all releases of a year divided
    by what each prison is for and how many it holds. Nobody is drawn from a
    prison whose code is not three letters: no form would take it.
    """
    text = files(__package__).joinpath("releases.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    releases = {row["prison"]: float(row["releases_a_year"]) for row in rows}
    return Country(
        prisons=tuple(prisons().values()),
        districts=tuple(districts().values()),
        releases=np.array([releases[code] * (len(code) == 3) for code in prisons()]),
    )


def _regions(places: tuple[Prison, ...] | tuple[District, ...]) -> Indices:
    return np.array([place.region.rank for place in places], dtype=np.intp)


def _homes() -> Numbers:
    return np.array([HOMES[region].share for region in Region])


def _region_places(places: tuple[District, ...]) -> Places:
    """Return the regions as places, each at the middle of its districts."""
    regions = _regions(places)
    points = np.array([(d.latitude, d.longitude) for d in places])
    middles = {region.value: points[regions == region.rank].mean(axis=0) for region in Region}
    return Places(districts={code: (m[0], m[1]) for code, m in middles.items()}, prisons={})


def _fit(seed: Numbers, rows: Numbers, columns: Numbers) -> Numbers:
    """Scale `seed` until its rows and columns add up as given (in shares of 1)."""
    table, rows, columns = seed, rows / rows.sum(), columns / columns.sum()
    for _ in range(200):
        table = table * (rows / np.maximum(table.sum(axis=1), 1e-12))[:, None]
        table = table * (columns / table.sum(axis=0))[None, :]
    return table


def _draw_within(
    lots: Lots, drawn: Indices, region: Indices, regions: Indices, weights: Numbers
) -> None:
    """Write into `drawn`, for everybody with a region, one place of that region by weight."""
    for wanted in range(len(Region)):
        who = np.flatnonzero(region == wanted)
        inside = np.where(regions == wanted, weights, 0.0)
        if len(who) and inside.any():
            drawn[who] = lots.pick(inside)[who]
