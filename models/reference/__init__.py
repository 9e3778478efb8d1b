"""Where people are held and where they go: prisons, postcode districts, regions.

The tables lie beside this module as CSV files (sources and attribution in
`ATTRIBUTION.md`), so that they travel inside a wheel or a zip. They are read
once and never change while the program runs.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from models.vocabulary import Region, Sex, Word


class PrisonFunction(Word):
    """What a prison is mainly for."""

    LOCAL = "local", "Local"
    RESETTLEMENT = "resettlement", "Training and resettlement"
    TRAINING = "training", "Training, longer sentences"
    HIGH_SECURITY = "high_security", "High security"
    OPEN = "open", "Open"
    FOREIGN_NATIONALS = "foreign_nationals", "Foreign nationals"
    CHILDREN = "children", "People under 18"


@dataclass(frozen=True, slots=True)
class Prison:
    """A prison of England and Wales.

    `code` is the prison service's own: three letters, but for one secure
    training centre. `sex` is whom it holds. `is_open` says open conditions,
    not whether it is in use. The position is in degrees (WGS 84), to three
    decimals: about 100 metres. One `postcode` is known by district only.
    """

    code: str
    name: str
    kind: str
    sex: Sex
    function: PrisonFunction
    is_open: bool
    town: str
    postcode: str
    latitude: float
    longitude: float
    region: Region

    @property
    def title(self) -> str:
        """The name as people say it: "HMP Leeds"."""
        return f"{self.kind} {self.name}"

    @property
    def register_name(self) -> str:
        """The name as registers and reports write it: "Leeds (HMP)"."""
        return f"{self.name} ({self.kind})"


@dataclass(frozen=True, slots=True)
class District:
    """A postcode district: its centre in degrees (WGS 84) and where it mostly lies.

    `town` is empty where the source names none (large cities). `region` is a
    suggestion: districts on a border straddle regions.
    """

    code: str
    town: str
    local_authority: str
    latitude: float
    longitude: float
    region: Region

    @property
    def place(self) -> str:
        """The name of the place as a person reads it: the town, else the authority."""
        return self.town or self.local_authority


@cache
def prisons() -> Mapping[str, Prison]:
    """Return every prison by its code, in the order of the codes."""
    found = (_prison(row) for row in _rows("prisons.csv"))
    return MappingProxyType({prison.code: prison for prison in found})


@cache
def districts() -> Mapping[str, District]:
    """Return every postcode district by its code, in the order of the codes."""
    found = (_district(row) for row in _rows("districts.csv"))
    return MappingProxyType({district.code: district for district in found})


@cache
def police_areas() -> Mapping[Region, tuple[str, ...]]:
    """Return the police areas that make up each probation region."""
    rows = _rows("regions.csv")
    areas = {Region(row["code"]): tuple(row["police_areas"].split("; ")) for row in rows}
    return MappingProxyType(areas)


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = files(__name__).joinpath(name).read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines())


def _prison(row: dict[str, str]) -> Prison:
    return Prison(
        code=row["code"],
        name=row["name"],
        kind=row["kind"],
        sex=Sex(row["sex"]),
        function=PrisonFunction(row["function"]),
        is_open=row["is_open"] == "yes",
        town=row["town"],
        postcode=row["postcode"],
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        region=Region(row["region"]),
    )


def _district(row: dict[str, str]) -> District:
    return District(
        code=row["code"],
        town=row["town"],
        local_authority=row["local_authority"],
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        region=Region(row["region"]),
    )
