"""The reference tables: whole, within England and Wales, and true where we know the truth."""

import math
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from zipfile import ZipFile

import pytest
from pydantic import TypeAdapter

from models.facts import District as DistrictCode
from models.reference import PrisonFunction, districts, police_areas, prisons
from models.vocabulary import Region, Sex

EARTH_RADIUS_KM = 6371


def kilometres(a, b):
    """Distance over the ground between two places, in kilometres."""
    north, south = math.radians(a.latitude), math.radians(b.latitude)
    east = math.radians(a.longitude - b.longitude)
    cosine = math.sin(north) * math.sin(south)
    cosine += math.cos(north) * math.cos(south) * math.cos(east)
    return EARTH_RADIUS_KM * math.acos(min(1.0, cosine))


def test_all_prisons_districts_and_regions_are_there():
    assert len(prisons()) == 127
    assert len(districts()) == 2313
    assert len(police_areas()) == 12


def test_a_table_is_keyed_by_code_and_in_the_order_of_the_codes():
    for table in (prisons(), districts()):
        assert list(table) == sorted(row.code for row in table.values())
        assert all(code == row.code for code, row in table.items())


def test_the_tables_are_read_once_and_cannot_be_changed():
    assert prisons() is prisons()
    with pytest.raises(TypeError):
        prisons()["LEI"] = prisons()["HLI"]
    with pytest.raises(AttributeError):
        prisons()["LEI"].town = "York"


def test_the_regions_of_the_table_are_the_regions_of_the_vocabulary():
    text = (files("models.reference") / "regions.csv").read_text(encoding="utf-8")
    named = [line.replace('"', "") for line in text.splitlines()[1:]]

    assert set(police_areas()) == set(Region)
    assert all(
        any(line.startswith(f"{region.value},{region.label},") for line in named)
        for region in Region
    )


def test_every_region_has_prisons_and_districts():
    assert {prison.region for prison in prisons().values()} == set(Region)
    assert {district.region for district in districts().values()} == set(Region)


def test_every_local_authority_lies_in_one_region():
    regions = {}
    for district in districts().values():
        regions.setdefault(district.local_authority, set()).add(district.region)

    assert {name: found for name, found in regions.items() if len(found) > 1} == {}


@pytest.mark.parametrize("table", [prisons, districts])
def test_every_coordinate_lies_in_england_or_wales(table):
    for row in table().values():
        assert 49.85 < row.latitude < 55.82, row
        assert -6.4 < row.longitude < 1.78, row


def test_every_prison_lies_near_the_centre_of_its_postcode_district():
    for prison in prisons().values():
        district = districts()[prison.postcode.split()[0]]

        assert kilometres(prison, district) < 13, prison


def test_no_district_lies_far_from_every_other_of_its_postcode_area():
    for district in districts().values():
        area = re.match("[A-Z]+", district.code)[0]
        others = (
            kilometres(district, other)
            for other in districts().values()
            if other.code != district.code and re.match("[A-Z]+", other.code)[0] == area
        )
        assert min(others) < 25, district


def test_codes_and_postcodes_are_well_formed_but_for_the_two_we_know_of():
    whole_postcode = re.compile(r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}")
    code = TypeAdapter(DistrictCode)

    assert all(code.validate_python(district) == district for district in districts())
    assert [p for p in prisons() if not re.fullmatch("[A-Z]{3}", p)] == ["STC3"]
    odd = [p.code for p in prisons().values() if not whole_postcode.fullmatch(p.postcode)]
    assert odd == ["FEI"]


def test_twelve_prisons_hold_women_and_none_of_them_is_in_wales():
    womens = [prison for prison in prisons().values() if prison.sex is Sex.FEMALE]

    assert len(womens) == 12
    assert Region.WALES not in {prison.region for prison in womens}


def test_open_conditions_and_open_prisons_are_the_same_thing():
    assert all(
        prison.is_open == (prison.function is PrisonFunction.OPEN) for prison in prisons().values()
    )


def test_a_district_without_a_town_is_called_by_its_local_authority():
    assert (districts()["LS6"].town, districts()["LS6"].place) == ("", "Leeds")
    assert districts()["TR1"].place == "Truro"
    assert all(district.place.strip() for district in districts().values())


@pytest.mark.parametrize(
    ("code", "title", "region", "sex"),
    [
        ("LEI", "HMP Leeds", Region.YORKSHIRE, Sex.MALE),
        ("NHI", "HMP & YOI New Hall", Region.YORKSHIRE, Sex.FEMALE),
        ("BWI", "HMP & YOI Berwyn", Region.WALES, Sex.MALE),
        ("BXI", "HMP Brixton", Region.LONDON, Sex.MALE),
        ("STI", "HMP & YOI Styal", Region.NORTH_WEST, Sex.FEMALE),
        ("MRI", "HMP & YOI Manchester", Region.GREATER_MANCHESTER, Sex.MALE),
        ("IWI", "HMP & YOI Isle of Wight", Region.SOUTH_CENTRAL, Sex.MALE),
    ],
)
def test_a_prison_we_know_is_as_we_know_it(code, title, region, sex):
    prison = prisons()[code]

    assert (prison.title, prison.region, prison.sex) == (title, region, sex)


def test_reports_call_a_prison_by_its_register_name():
    assert prisons()["LEI"].register_name == "Leeds (HMP)"


@pytest.mark.parametrize(
    ("code", "authority", "region"),
    [
        ("LS6", "Leeds", Region.YORKSHIRE),
        ("NE1", "Newcastle upon Tyne", Region.NORTH_EAST),
        ("CF10", "Cardiff", Region.WALES),
        ("M1", "Manchester", Region.GREATER_MANCHESTER),
        ("SW2", "Lambeth", Region.LONDON),
        ("TR1", "Cornwall", Region.SOUTH_WEST),
    ],
)
def test_a_district_we_know_is_as_we_know_it(code, authority, region):
    district = districts()[code]

    assert (district.local_authority, district.region) == (authority, region)


def test_leeds_and_york_are_about_thirty_five_kilometres_apart():
    apart = kilometres(districts()["LS1"], districts()["YO1"])

    assert 30 < apart < 40


def test_the_tables_are_read_from_inside_a_zip_as_well(tmp_path):
    archive = tmp_path / "gatemate.zip"
    models = Path(str(files("models")))
    with ZipFile(archive, "w") as zipped:
        for path in models.rglob("*"):
            if path.is_file():
                zipped.write(path, Path("models") / path.relative_to(models))
    said = (
        "from models import reference as r;print(len(r.prisons()), len(r.districts()), r.__file__)"
    )

    told = subprocess.run(
        [sys.executable, "-c", said],
        cwd=tmp_path,
        env={"PYTHONPATH": str(archive)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    assert told[:2] == ["127", "2313"]
    assert told[2].startswith(str(archive))
