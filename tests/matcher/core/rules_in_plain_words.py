"""Every rule and gate said a second time, for one leaver and one mentor, in plain Python.

Nothing here comes from `matcher.core`: no column, no bit, no key. Each function answers "is this in
the way?" and bears the code of the rule or gate it repeats.
"""

import math
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from models.profiles import LeaverProfile, MentorProfile

HIGH = ("high", "very_high")
LEVELS = ("low", "medium", "high", "very_high")
VULNERABILITIES = {
    *("mental_ill_health", "learning_disability_own", "neurodivergent"),
    *("recovery_drugs", "recovery_alcohol", "homeless"),
}


def passed_on(since: date, months: int) -> date:
    """The day on which so many months have passed; the first of the next if it has no such day."""
    year, month = divmod(since.year * 12 + since.month - 1 + months, 12)
    try:
        return date(year, month + 1, since.day)
    except ValueError:
        return date(year, month + 2, 1)


def km_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The straight line over the ground, to the nearest 100 metres."""
    lat, lon, other_lat, other_lon = map(math.radians, (*one, *other))
    across = math.sin((other_lat - lat) / 2) ** 2
    across += math.cos(lat) * math.cos(other_lat) * math.sin((other_lon - lon) / 2) ** 2
    return round(2 * 6371.0088 * math.asin(math.sqrt(across)), 1)


def letters(text: str) -> str:
    """Small letters only, so that accents, apostrophes and case make no difference."""
    plain = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in plain if letter.isascii() and letter.isalpha())


def is_signed(by: str | None, on: date | None, today: date) -> bool:
    return bool(by) and on is not None and on <= today


def is_named_by(link: str, person: Any) -> bool:
    """Does the text of a link name this person, or perhaps name them?"""
    link = link.strip()
    if link.upper() in {person.code, person.prison_number, getattr(person, "crn", None)}:
        return True
    *names, born = link.split(" ")
    if not names or born != person.birth_date.isoformat():
        return False
    if not person.first_name or not person.surname:
        return True
    own = f"{person.surname} {person.first_name}".split()
    return sorted(letters(name) for name in own) == sorted(letters(n) for n in names if n)


def is_risk_to(leaver: LeaverProfile) -> set[str]:
    """Every group or offence that any field of the screening warns of."""
    warned = {str(group) for group in leaver.risk_to}
    for group in ("children", "public", "known_adult", "staff", "prisoners"):
        if getattr(leaver, f"risk_to_{group}") not in (None, "low"):
            warned.add(group)
    if leaver.sexual_offence is True or leaver.mappa_category == 1:
        warned.add("sexual_offences")
    if leaver.domestic_abuse is True:
        warned.add("domestic_abuse")
    return warned


def free_hours(person: Any) -> set[int]:
    named = set(person.hours) or {d * 24 + h for d in range(7) for h in range(9, 20)}
    return named - set(person.curfew)


def asks_for_someone_else(one: Any, other: Any) -> bool:
    return bool(one.wants) and not {str(other.sex), str(other.gender)} & set(map(str, one.wants))


class Pair:
    """One leaver and one mentor on one day."""

    def __init__(
        self, leaver: LeaverProfile, mentor: MentorProfile, today: date, places: Any, modules: Any
    ):
        self.leaver, self.mentor, self.today = leaver, mentor, today
        self.districts: Mapping[str, tuple[float, float]] = places.districts
        self.modules = modules

    def km(self, one: str, other: str) -> float:
        return km_between(self.districts[one], self.districts[other])

    def is_child(self) -> bool:
        return passed_on(self.leaver.birth_date, 18 * 12) > self.today

    def is_over(self, day: date | None) -> bool:
        """Is the last day of something unknown or past?"""
        return day is None or day < self.today

    def has_not_begun(self, day: date | None) -> bool:
        return day is None or day > self.today

    def is_too_recent(self, since: date | None, months: int = 24) -> bool:
        return since is None or passed_on(since, months) > self.today

    def is_stale(self, person: Any) -> bool:
        """Has the assessment no day, one to come, or one six months gone by yesterday?"""
        day = person.assessed_on
        yesterday = self.today - timedelta(days=1)
        return self.has_not_begun(day) or passed_on(day, 6) <= yesterday

    def lacks_licence(self, person: Any) -> bool:
        by, on = person.licence_approved_by, person.licence_approved_on
        return person.licence_bars_contact and not is_signed(by, on, self.today)

    def lacks_content(self, person: Any) -> bool:
        signed = is_signed(person.content_by, person.content_on, self.today)
        return person.on_licence is not False and not signed

    def lacks_approval(self, what: str) -> bool:
        by = getattr(self.leaver, f"{what}_approved_by")
        return not is_signed(by, getattr(self.leaver, f"{what}_approved_on"), self.today)

    # 1
    def no_link_between_them(self) -> bool:
        return any(is_named_by(link, self.mentor) for link in self.leaver.no_contact) or any(
            is_named_by(link, self.leaver) for link in self.mentor.no_contact
        )

    def two_different_people(self) -> bool:
        one, other = self.leaver, self.mentor
        named = one.first_name and one.surname and other.first_name and other.surname
        name, other_name = (f"{p.surname} {p.first_name} {p.birth_date}" for p in (one, other))
        alike = letters(name) == letters(other_name) and one.birth_date == other.birth_date
        return one.prison_number == other.prison_number or bool(named and alike)

    # 2
    def licences_allow_contact(self) -> bool:
        return self.lacks_licence(self.leaver) or self.lacks_licence(self.mentor)

    # 4
    def one_to_one_allowed(self) -> bool:
        return self.leaver.no_one_to_one

    # 5
    def a_place_to_meet(self) -> bool:
        barred = self.leaver.exclusion_zone | self.mentor.exclusion_zone
        return not any(
            self.km(self.leaver.resettling_in, district) <= self.leaver.travel_km
            and self.km(self.mentor.home, district) <= self.mentor.travel_limit_km
            for district in self.districts
            if district not in barred
        )

    def an_hour_to_meet(self) -> bool:
        return not free_hours(self.leaver) & free_hours(self.mentor)

    # 6
    def gangs_not_opposed(self) -> bool:
        return bool(
            self.leaver.opposed_gangs & self.mentor.gangs
            or self.mentor.opposed_gangs & self.leaver.gangs
        )

    def county_lines_kept_apart(self) -> bool:
        parts = {str(self.leaver.county_lines), str(self.mentor.county_lines)}
        return "None" not in parts and parts not in ({"perpetrator"}, {"victim"})

    # 7
    def outside_the_mentors_limits(self) -> bool:
        return bool(is_risk_to(self.leaver) & set(map(str, self.mentor.limits)))

    def mentor_as_asked_for(self) -> bool:
        return asks_for_someone_else(self.leaver, self.mentor)

    def leaver_as_asked_for(self) -> bool:
        return asks_for_someone_else(self.mentor, self.leaver)

    # 8
    def own_pool(self) -> bool:
        return self.mentor.pool != ("children" if self.is_child() else "adults")

    def checked_for_children(self) -> bool:
        return self.is_child() and self.is_over(self.mentor.children_check_until)

    # 9
    def mentor_active(self) -> bool:
        return self.mentor.state != "active"

    def both_consented(self) -> bool:
        return any(self.has_not_begun(p.consented_on) for p in (self.leaver, self.mentor))

    def mentor_assessed(self) -> bool:
        unsigned = not self.mentor.assessor or not self.mentor.risk_limit
        return unsigned or self.is_stale(self.mentor)

    def within_assessed_risk(self) -> bool:
        risk, limit = self.leaver.risk, self.mentor.risk_limit
        return risk is None or limit is None or LEVELS.index(risk) > LEVELS.index(limit)

    def offence_free(self) -> bool:
        return self.is_too_recent(self.mentor.offence_free_since)

    def substance_free(self) -> bool:
        recovered = {"recovery_drugs", "recovery_alcohol"} & set(map(str, self.mentor.experiences))
        clean = self.mentor.past_addiction is False and not recovered
        return not clean and self.is_too_recent(self.mentor.substance_free_since)

    def basic_training_done(self) -> bool:
        return self.has_not_begun(self.mentor.basic_training_on)

    def modules_done(self) -> bool:
        demanded = {m for need in self.leaver.needs for m in self.modules.get(need, ())}
        return not demanded <= self.mentor.modules

    def supervision_in_date(self) -> bool:
        return self.is_over(self.mentor.supervision_until)

    def inside_the_term(self) -> bool:
        ends, release = self.mentor.term_ends_on, self.leaver.release_date
        before_release = ends is not None and release is not None and ends < release
        return (
            self.has_not_begun(self.mentor.term_starts_on) or self.is_over(ends) or before_release
        )

    def a_free_place(self) -> bool:
        return self.mentor.taken >= self.mentor.places

    def fit_for_liaison_and_diversion(self) -> bool:
        knows = self.mentor.arrested and self.mentor.knows_custody_and_court
        lived = bool(VULNERABILITIES & set(map(str, self.mentor.experiences)))
        return self.leaver.pathway == "liaison_and_diversion" and not (knows and lived)

    def mentor_probation_content(self) -> bool:
        return self.lacks_content(self.mentor)

    # 10
    def a_common_language(self) -> bool:
        return not self.leaver.interpreter and not (self.leaver.languages & self.mentor.languages)

    # 11
    def within_travel_limit(self) -> bool:
        return self.km(self.leaver.resettling_in, self.mentor.home) > self.mentor.travel_limit_km

    # 12
    def neither_said_no(self) -> bool:
        ruled_out = self.mentor.code in self.leaver.ruled_out
        return ruled_out or self.leaver.code in self.mentor.declined

    # The gates
    def leaver_consented(self) -> bool:
        return self.has_not_begun(self.leaver.consented_on)

    def inside_the_window(self) -> bool:
        last = {"through_the_gate": 0, "veterans": 0, "reconnect": -183}
        if self.leaver.pathway not in last:
            return False
        if self.leaver.release_date is None:
            return True
        return not last[self.leaver.pathway] <= (self.leaver.release_date - self.today).days <= 84

    def screening_complete(self) -> bool:
        names = ("risk", "assessed_on", "assessor")
        answers = ("mappa_level", "sexual_offence", "domestic_abuse", "on_licence")
        return not all(getattr(self.leaver, name) for name in names) or any(
            getattr(self.leaver, answer) is None for answer in answers
        )

    def screening_fresh(self) -> bool:
        return self.is_stale(self.leaver)

    def high_risk_approved(self) -> bool:
        return self.leaver.risk in HIGH and self.lacks_approval("high_risk")

    def mappa_approved(self) -> bool:
        return self.leaver.mappa_level in (2, 3) and self.lacks_approval("mappa")

    def sexual_offence_approved(self) -> bool:
        warned = "sexual_offences" in is_risk_to(self.leaver)
        return warned and self.lacks_approval("sexual_offence")

    def domestic_abuse_approved(self) -> bool:
        warned = "domestic_abuse" in is_risk_to(self.leaver)
        return warned and self.lacks_approval("domestic_abuse")

    def leaver_probation_content(self) -> bool:
        return self.lacks_content(self.leaver)
