"""Postcode districts and prisons, and how far each is from the others.

Distances are straight lines between the centres of districts and the gates of
prisons, in kilometres, rounded to 100 metres so that they read alike on every
machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics.pairwise import haversine_distances

EARTH_RADIUS_KM = 6371.0088
"""The mean radius of the Earth (IUGG), in kilometres."""

NOWHERE = -2
"""The district of a prison whose district is not known; no zone holds it."""

Point = tuple[float, float]
"""Latitude and longitude, in degrees."""


@dataclass(frozen=True, eq=False)
class Places:
    """The known districts and prisons, each at its own fixed index."""

    districts: Mapping[str, Point]
    prisons: Mapping[str, Point]
    prison_names: Mapping[str, str] = field(default_factory=dict)
    prison_districts: Mapping[str, str] = field(default_factory=dict)

    def prison_name(self, code: str) -> str:
        """Return what people call the prison, or its code."""
        return self.prison_names.get(code, code)

    @cached_property
    def district_index(self) -> dict[str, int]:
        """Return the index of each district code."""
        return {code: index for index, code in enumerate(self.districts)}

    @cached_property
    def prison_index(self) -> dict[str, int]:
        """Return the index of each prison code."""
        return {code: index for index, code in enumerate(self.prisons)}

    @cached_property
    def prison_district(self) -> NDArray[np.int16]:
        """Return the index of the district each prison lies in, or `NOWHERE`."""
        districts = (self.prison_districts.get(code, "") for code in self.prisons)
        indices = [self.district_index.get(district, NOWHERE) for district in districts]
        return np.array(indices, dtype=np.int16)

    @cached_property
    def rank(self) -> NDArray[np.int64]:
        """Return the place of each district along a line that keeps neighbours together.

        The line is a Z-order curve: the bits of latitude and longitude in turn.
        """
        points = np.array(list(self.districts.values()), dtype=np.float64).reshape(-1, 2)
        span = np.maximum(np.ptp(points, axis=0), 1e-9) if len(points) else 1.0
        cells = ((points - points.min(axis=0, initial=np.inf)) / span * 1023).astype(np.int64)
        bits = np.arange(10)
        spread: NDArray[np.int64] = ((cells[..., None] >> bits & 1) << 2 * bits).sum(axis=-1)
        return spread[:, 0] + 2 * spread[:, 1]

    @cached_property
    def km(self) -> NDArray[np.float32]:
        """Return the distances between districts, districts × districts."""
        points = _radians(self.districts)
        return _rounded_km(haversine_distances(points, points))

    @cached_property
    def prison_km(self) -> NDArray[np.float32]:
        """Return the distances from prisons to districts, prisons × districts."""
        return _rounded_km(haversine_distances(_radians(self.prisons), _radians(self.districts)))


def _radians(points: Mapping[str, Point]) -> NDArray[np.float64]:
    return np.radians(np.array(list(points.values()), dtype=np.float64).reshape(-1, 2))


def _rounded_km(angles: NDArray[np.float64]) -> NDArray[np.float32]:
    rounded: NDArray[np.float32] = np.round(angles * EARTH_RADIUS_KM, 1).astype(np.float32)
    return rounded
