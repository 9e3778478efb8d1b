"""What people like doing and when they are free: the plain things of a form."""

import numpy as np

from matcher.example.lots import Crowd, Indices
from models.hours import read_hours
from models.vocabulary import Interest

POPULARITY: dict[Interest, float] = {
    Interest.FOOTBALL: 45,
    Interest.BOXING: 14,
    Interest.GYM: 40,
    Interest.RUNNING: 10,
    Interest.CYCLING: 10,
    Interest.WALKING: 18,
    Interest.FISHING: 12,
    Interest.GARDENING: 10,
    Interest.COOKING: 28,
    Interest.MUSIC: 38,
    Interest.ART: 14,
    Interest.READING: 20,
    Interest.WRITING: 7,
    Interest.FILM: 28,
    Interest.GAMES: 25,
    Interest.CHESS: 8,
    Interest.CARS: 14,
    Interest.BUILDING: 10,
    Interest.ANIMALS: 14,
    Interest.DANCE: 5,
}
"""How many people of a hundred tick an interest (assumption)."""

LEAVERS_HOURS: dict[str, float] = {
    "": 70,
    "mon-fri 9-17": 9,
    "mon-fri 10-15": 8,
    "mon-fri 17-20; sat-sun 9-18": 8,
    "mon-fri 13-20": 3,
    "sat-sun 9-19": 2,
}
"""When leavers are free; most name no hours, which means any daytime hour (assumption)."""

MENTORS_HOURS: dict[str, float] = {
    "": 10,
    "mon-fri 9-17": 24,
    "mon-fri 10-15": 16,
    "mon-fri 17-20; sat-sun 10-16": 14,
    "mon-fri 17-20": 6,
    "mon 9-17; wed 9-17": 9,
    "tue 9-17; thu 9-17": 9,
    "thu-fri 9-18": 6,
    "sat-sun 9-18": 6,
}
"""When mentors are free (assumption)."""


def draw_interests(crowd: Crowd) -> list[frozenset[Interest]]:
    """Return what each person likes doing, about four things."""
    shares = np.array(list(POPULARITY.values())) / 100
    return crowd.lots("interests").sets(list(POPULARITY), shares)


def draw_hours(crowd: Crowd, table: dict[str, float]) -> list[frozenset[int]]:
    """Return the free hours of each person, drawn from a table of hours and percentages."""
    options = [read_hours(text) for text in table]
    chosen: Indices = crowd.lots("hours").pick(list(table.values()))
    return [options[index] for index in chosen]
