"""Facts to named columns: what rules and scores read of leavers and of mentors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.core.columns import (
    NOT_YET,
    Bits,
    Columns,
    Days,
    Flags,
    bit_type,
    bits,
    day_number,
    district_rows,
    each,
    first_day,
    has_word,
    hour_bits,
    keyed,
    last_day,
    multi_hot,
    whole,
    words,
)
from matcher.core.keys import Keys, key
from matcher.core.readings import (
    KEY_VULNERABILITIES,
    RAN_OTHERS,
    TICKS,
    UNKNOWN,
    WAS_EXPLOITED,
    WISHES,
    Numbers,
    approved_on,
    cleared_until,
    counted_as,
    free_hours,
    groups_at_risk,
    has_past_addiction,
    has_pressing_need,
    importances,
    level,
    screening_is_complete,
    signed_on,
)
from models.languages import Language
from models.person_keys import link_keys, own_keys, person_keys
from models.states import MentorState, Pathway
from models.vocabulary import Companion, Group, Interest, Module, Need, Pool


@dataclass(frozen=True, eq=False)
class LeaverColumns(Columns):
    """Leavers as columns, one row per leaver."""

    code: Keys = each(lambda p: key(p.code), np.uint64, meets=["declined"])
    keys: Keys = keyed(person_keys, meets=["no_contact", "own_links"])
    own_links: Keys = keyed(lambda p: link_keys(own_keys(p)), meets=["keys"])
    no_contact: Keys = keyed(lambda p: link_keys(p.no_contact), meets=["keys"])
    ruled_out: Keys = keyed(lambda p: p.ruled_out, meets=["code"])
    chosen: Keys = keyed(lambda p: p.chosen, meets=["code"])
    gangs: Keys = keyed(lambda p: p.gangs, meets=["opposed_gangs"])
    opposed_gangs: Keys = keyed(lambda p: p.opposed_gangs, meets=["gangs"])
    ran_others: Flags = each(lambda p: p.county_lines in RAN_OTHERS, np.bool_)
    was_exploited: Flags = each(lambda p: p.county_lines in WAS_EXPLOITED, np.bool_)
    born_on: Days = each(lambda p: day_number(p.birth_date), np.int32)
    companions: Bits = words(counted_as, Companion)
    wants: Bits = words(lambda p: p.wants, Companion)
    languages: Bits = words(lambda p: p.languages, Language)
    interpreter: Flags = each(lambda p: p.interpreter, np.bool_)
    district: NDArray[np.int16] = whole(
        lambda people, places: np.array(
            [places.district_index[p.resettling_in] for p in people], dtype=np.int16
        )
    )
    prison: NDArray[np.int16] = whole(
        lambda people, places: np.array(
            [places.prison_index[p.prison] for p in people], dtype=np.int16
        )
    )
    travel_km: Numbers = each(lambda p: p.travel_km, np.float32)
    zoned: Flags = each(lambda p: bool(p.exclusion_zone), np.bool_)
    zone: NDArray[np.int16] = whole(
        lambda people, places: district_rows([p.exclusion_zone for p in people], places)
    )
    hours: Bits = whole(lambda people, _: hour_bits([free_hours(p) for p in people]))
    hours_stated: Flags = each(lambda p: bool(p.hours), np.bool_)
    release_on: Days = each(lambda p: first_day(p.release_date), np.int32)
    liaison_and_diversion: Flags = each(
        lambda p: p.pathway is Pathway.LIAISON_AND_DIVERSION, np.bool_
    )
    pathway: NDArray[np.int8] = each(lambda p: p.pathway.rank, np.int8)
    consented_on: Days = each(lambda p: first_day(p.consented_on), np.int32)
    risk: NDArray[np.int8] = each(lambda p: level(p.risk), np.int8)
    risk_to: Bits = words(groups_at_risk, Group)
    assessed_on: Days = each(lambda p: first_day(p.assessed_on), np.int32)
    screened: Flags = each(screening_is_complete, np.bool_)
    mappa_level: NDArray[np.int8] = each(
        lambda p: UNKNOWN if p.mappa_level is None else p.mappa_level, np.int8
    )
    no_one_to_one: Flags = each(lambda p: p.no_one_to_one, np.bool_)
    high_risk_approved_on: Days = each(lambda p: approved_on(p, "high_risk"), np.int32)
    mappa_approved_on: Days = each(lambda p: approved_on(p, "mappa"), np.int32)
    sexual_offence_approved_on: Days = each(lambda p: approved_on(p, "sexual_offence"), np.int32)
    domestic_abuse_approved_on: Days = each(lambda p: approved_on(p, "domestic_abuse"), np.int32)
    on_licence: Flags = each(lambda p: p.on_licence is not False, np.bool_)
    content_on: Days = each(lambda p: signed_on(p.content_by, p.content_on), np.int32)
    licence_bars_contact: Flags = each(lambda p: p.licence_bars_contact, np.bool_)
    licence_approved_on: Days = each(lambda p: approved_on(p, "licence"), np.int32)
    needs: Bits = words(lambda p: p.needs, Need)
    importance: Numbers = whole(lambda people, _: importances(people))
    interests: Numbers = whole(
        lambda people, _: multi_hot([p.interests for p in people], [*Interest])
    )
    wishes: Numbers = whole(lambda people, _: multi_hot([p.wishes for p in people], WISHES))
    pressing: Flags = each(has_pressing_need, np.bool_)

    @property
    def release_or_today(self) -> Days:
        """Return the day of release, or today where it is past or there is none to count to."""
        ahead = np.maximum(self.release_on, self.today)
        return np.where(self.release_on == NOT_YET, self.today, ahead).astype(np.int32)

    @property
    def sexual_offence(self) -> Flags:
        """Return whose screening says that they are a risk of sexual offences."""
        return has_word(self.risk_to, Group.SEXUAL_OFFENCES)

    @property
    def domestic_abuse(self) -> Flags:
        """Return whose screening says that they are a risk of domestic abuse."""
        return has_word(self.risk_to, Group.DOMESTIC_ABUSE)

    @property
    def under_18(self) -> Flags:
        """Return who is under 18 today."""
        return self.born_on > self.months_ago(18 * 12)

    @property
    def demanded_modules(self) -> Bits:
        """Return the modules that each leaver's needs demand of a mentor."""
        demanded = np.zeros(self.needs.shape, dtype=bit_type(Module))
        for need, modules in self.settings.modules.items():
            demanded[has_word(self.needs, need)] |= demanded.dtype.type(bits(modules))
        return demanded


@dataclass(frozen=True, eq=False)
class MentorColumns(Columns):
    """Mentors as columns, one row per mentor."""

    code: Keys = each(lambda p: key(p.code), np.uint64, meets=["ruled_out", "chosen"])
    keys: Keys = keyed(person_keys, meets=["no_contact", "own_links"])
    own_links: Keys = keyed(lambda p: link_keys(own_keys(p)), meets=["keys"])
    no_contact: Keys = keyed(lambda p: link_keys(p.no_contact), meets=["keys"])
    declined: Keys = keyed(lambda p: p.declined, meets=["code"])
    gangs: Keys = keyed(lambda p: p.gangs, meets=["opposed_gangs"])
    opposed_gangs: Keys = keyed(lambda p: p.opposed_gangs, meets=["gangs"])
    ran_others: Flags = each(lambda p: p.county_lines in RAN_OTHERS, np.bool_)
    was_exploited: Flags = each(lambda p: p.county_lines in WAS_EXPLOITED, np.bool_)
    companions: Bits = words(counted_as, Companion)
    wants: Bits = words(lambda p: p.wants, Companion)
    languages: Bits = words(lambda p: p.languages, Language)
    district: NDArray[np.int16] = whole(
        lambda people, places: np.array([places.district_index[p.home] for p in people], np.int16)
    )
    travel_km: Numbers = each(lambda p: p.travel_limit_km, np.float32)
    zoned: Flags = each(lambda p: bool(p.exclusion_zone), np.bool_)
    zone: NDArray[np.int16] = whole(
        lambda people, places: district_rows([p.exclusion_zone for p in people], places)
    )
    hours: Bits = whole(lambda people, _: hour_bits([free_hours(p) for p in people]))
    active: Flags = each(lambda p: p.state is MentorState.ACTIVE, np.bool_)
    children_pool: Flags = each(lambda p: p.pool is Pool.CHILDREN, np.bool_)
    children_check_until: Days = each(lambda p: last_day(p.children_check_until), np.int32)
    consented_on: Days = each(lambda p: first_day(p.consented_on), np.int32)
    risk_limit: NDArray[np.int8] = each(lambda p: level(p.risk_limit), np.int8)
    assessed_on: Days = each(
        lambda p: signed_on(p.assessor, p.assessed_on if p.risk_limit else None), np.int32
    )
    limits: Bits = words(lambda p: p.limits, Group)
    offence_free_since: Days = each(lambda p: first_day(p.offence_free_since), np.int32)
    past_addiction: Flags = each(has_past_addiction, np.bool_)
    substance_free_since: Days = each(lambda p: first_day(p.substance_free_since), np.int32)
    trained_on: Days = each(lambda p: first_day(p.basic_training_on), np.int32)
    modules: Bits = words(lambda p: p.modules, Module)
    supervision_until: Days = each(lambda p: last_day(p.supervision_until), np.int32)
    term_starts_on: Days = each(lambda p: first_day(p.term_starts_on), np.int32)
    term_ends_on: Days = each(lambda p: last_day(p.term_ends_on), np.int32)
    free_places: NDArray[np.int32] = each(lambda p: max(p.places - p.taken, 0), np.int32)
    taken: NDArray[np.int32] = each(lambda p: p.taken, np.int32)
    arrested: Flags = each(lambda p: p.arrested, np.bool_)
    knows_custody_and_court: Flags = each(lambda p: p.knows_custody_and_court, np.bool_)
    key_vulnerability: Flags = each(lambda p: bool(p.experiences & KEY_VULNERABILITIES), np.bool_)
    on_licence: Flags = each(lambda p: p.on_licence is not False, np.bool_)
    content_on: Days = each(lambda p: signed_on(p.content_by, p.content_on), np.int32)
    licence_bars_contact: Flags = each(lambda p: p.licence_bars_contact, np.bool_)
    licence_bars_prisons: Flags = each(lambda p: p.licence_bars_prisons, np.bool_)
    licence_approved_on: Days = each(lambda p: approved_on(p, "licence"), np.int32)
    cleared_until: Days = whole(lambda people, places: cleared_until(people, places.prison_index))
    ticks: Numbers = whole(
        lambda people, _: multi_hot([p.needs | p.experiences for p in people], TICKS)
    )
    interests: Numbers = whole(
        lambda people, _: multi_hot([p.interests for p in people], [*Interest])
    )
    offers: Numbers = whole(
        lambda people, _: multi_hot([p.languages | p.cultures for p in people], WISHES)
    )
