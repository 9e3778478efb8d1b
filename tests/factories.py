"""Ordinary people for tests: someone ready to be paired, unless told otherwise."""

from datetime import date
from typing import Any

from models.profiles import LeaverProfile, MentorProfile

TODAY = date(2026, 11, 23)
"""A Monday. Every test that needs a day starts from this one."""


def a_leaver(**told: Any) -> LeaverProfile:
    """A leaver with nothing in the way: low risk, screened, consented, out in ten weeks."""
    ordinary: dict[str, Any] = {
        "code": "L1",
        "prison_number": "A1234BC",
        "first_name": "Sam",
        "surname": "Ordinary",
        "birth_date": date(1990, 5, 17),
        "sex": "male",
        "prison": "LEI",
        "release_date": date(2027, 2, 3),
        "needs": {"home_on_release": "high", "work": "medium"},
        "experiences": {"first_time"},
        "interests": {"football"},
        "resettling_in": "LS6",
        "consented_on": date(2026, 11, 2),
        "risk": "low",
        "assessed_on": date(2026, 10, 5),
        "assessor": "Pat Assessor",
        "mappa_level": 0,
        "sexual_offence": False,
        "domestic_abuse": False,
        "on_licence": True,
        "content_by": "Chris Practitioner",
        "content_on": date(2026, 11, 9),
    }
    return LeaverProfile(**(ordinary | told))


def a_mentor(**told: Any) -> MentorProfile:
    """A mentor with everything in date: near Leeds, cleared for HMP Leeds, two free places."""
    ordinary: dict[str, Any] = {
        "code": "M1",
        "first_name": "Alex",
        "surname": "Plain",
        "birth_date": date(1980, 3, 2),
        "sex": "male",
        "state": "active",
        "home": "LS7",
        "travel_limit_km": 30,
        "places": 2,
        "hours": range(9, 17),
        "needs": {"home_on_release", "work"},
        "experiences": {"first_time"},
        "interests": {"football"},
        "consented_on": date(2026, 1, 12),
        "past_addiction": False,
        "offence_free_since": date(2021, 6, 1),
        "risk_limit": "medium",
        "assessed_on": date(2026, 9, 1),
        "assessor": "Pat Assessor",
        "basic_training_on": date(2026, 1, 20),
        "supervision_until": date(2027, 2, 26),
        "term_starts_on": date(2026, 2, 1),
        "term_ends_on": date(2028, 1, 31),
        "on_licence": False,
        "clearances": {"LEI": date(2027, 12, 31)},
    }
    return MentorProfile(**(ordinary | told))
