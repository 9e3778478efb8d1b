"""Distances that can be looked up or worked out by hand."""

import numpy as np
import pytest

from matcher.core.places import Places
from matcher.gazetteer import england_and_wales

HUNDRED_METRES = 0.1 / 111.19508
"""In degrees along the equator."""


def km(one, other):
    places = england_and_wales()
    return float(places.km[places.district_index[one], places.district_index[other]])


@pytest.mark.parametrize(
    ("one", "other", "known"),
    [
        ("LS1", "M1", 57.5),  # Leeds to Manchester
        ("LS1", "NE1", 131),  # Leeds to Newcastle
        ("CF10", "SA1", 56),  # Cardiff to Swansea
        ("TR1", "NE1", 573),  # Truro to Newcastle, nearly as far as England goes
    ],
)
def test_cities_are_as_far_apart_as_on_a_map(one, other, known):
    assert km(one, other) == pytest.approx(known, rel=0.02)


def test_a_degree_along_the_equator_is_111_kilometres_and_a_fifth():
    places = Places({"LS1": (0.0, 0.0), "LS2": (0.0, 1.0)}, {"LEI": (1.0, 0.0)})

    assert places.km[0, 1] == np.float32(111.2)
    assert places.prison_km[0].tolist() == [np.float32(111.2), np.float32(157.2)]


def test_distances_are_rounded_to_the_nearest_hundred_metres():
    line = [0, 14, 16, 24, 26]
    districts = {f"LS{i}": (0.0, place * HUNDRED_METRES / 10) for i, place in enumerate(line)}

    assert Places(districts, {}).km[0].tolist() == [
        np.float32(near) for near in (0, 0.1, 0.2, 0.2, 0.3)
    ]


def test_a_whole_number_of_kilometres_is_exactly_that_number():
    districts = {f"LS{km}": (0.0, km * 10 * HUNDRED_METRES) for km in range(50)}

    assert Places(districts, {}).km[0].tolist() == list(range(50))


def test_every_district_is_nowhere_from_itself_and_as_far_there_as_back():
    distances = england_and_wales().km

    assert not distances.diagonal().any()
    assert (distances == distances.T).all()
    assert not np.isnan(distances).any()


def test_a_prison_is_near_the_district_it_lies_in():
    places = england_and_wales()

    nearest = places.prison_km[places.prison_index["LEI"], places.district_index["LS12"]]

    assert nearest < 2


def test_each_place_has_its_own_index_in_the_order_given():
    places = Places(
        {"LS2": (0, 0), "LS1": (0, 1)}, {"NHI": (0, 0), "LEI": (0, 1)}, {"LEI": "Leeds"}
    )

    assert places.district_index == {"LS2": 0, "LS1": 1}
    assert places.prison_index == {"NHI": 0, "LEI": 1}
    assert (places.prison_name("LEI"), places.prison_name("NHI")) == ("Leeds", "NHI")
