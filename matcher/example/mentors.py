"""Mentors: who they are, where they live, what they offer and how many they can carry."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matcher.core.readings import RECOVERIES
from matcher.example.background import CULTURES, Background, draw_background
from matcher.example.country import Country
from matcher.example.figures import FIGURES, share
from matcher.example.likes import MENTORS_HOURS, draw_hours, draw_interests
from matcher.example.lots import Columns, Crowd, Indices, Mask, sets_of, where
from matcher.example.names import birth_dates, codes, genders, named
from matcher.example.places import draw_places
from matcher.example.restrictions import restriction_columns
from matcher.example.ticks import EAGERNESS_OF_MENTORS, EXPERIENCE_TICKS, NEED_TICKS
from matcher.example.vetting import past_columns, vetting_columns
from models.languages import Language
from models.states import MentorState, PeerRole
from models.vocabulary import Companion, Experience, Group, Need, Pool, Region

NEEDS = tuple(Need)
EXPERIENCES = tuple(Experience)

PEER_ROLES = {
    PeerRole.PEER_MENTOR: 80,
    PeerRole.VETERAN_MENTOR: 3,
    PeerRole.RECOVERY_COACH: 8,
    PeerRole.PEER_SPECIALIST: 4,
    PeerRole.SUPPORT_WORKER: 5,
}
"""What part mentors play, in percent; veteran mentors are veterans (assumption)."""

NOT_ACTIVE = {
    MentorState.PAUSED: 50,
    MentorState.CLEARED: 20,
    MentorState.TRAINED: 20,
    MentorState.ENDED: 10,
}
"""How far the mentors who are not active have come, in percent (assumption)."""

LIMITS: dict[Group, tuple[float, float]] = {
    Group.SEXUAL_OFFENCES: (14, 25),
    Group.DOMESTIC_ABUSE: (4, 20),
    Group.CHILDREN: (4, 6),
    Group.ARSON: (2, 2),
    Group.EXTREMISM: (4, 5),
    Group.WOMEN: (0, 15),
    Group.ETHNIC_GROUPS: (2, 2),
    Group.FAITH_GROUPS: (1, 1),
    Group.LGBT: (1, 1),
}
"""How many men and women of a hundred ask not to meet a risk (assumption)."""


def mentor_columns(
    crowd: Crowd, country: Country, prison_numbers: list[str], leavers: int
) -> Columns:
    """Return every fact of the mentors of a crowd, as columns, for so many `leavers`."""
    women = crowd.lots("sex").hit(share("women among mentors"))
    home = country.draw_homes(crowd.lots("homes"))
    in_wales = country.regions_of(home) == Region.WALES.rank
    background = draw_background(crowd, women, _ages(crowd), in_wales)
    for_children = crowd.lots("pool").hit(share("children's mentors"))
    active = ~crowd.lots("not active").hit(share("mentors not active"))
    free, taken = draw_places(crowd, leavers, active)
    offers = _offers(crowd, background)
    recovering = np.array([bool(lived & RECOVERIES) for lived in offers["experiences"]], bool)
    return (
        _identity(crowd, background, prison_numbers)
        | _standing(crowd, background.traits["veteran"], active)
        | _reach(crowd, country, home, leavers, for_children)
        | {"places": (free + taken).tolist(), "taken": taken.tolist()}
        | offers
        | vetting_columns(crowd, country, home, background.women, for_children)
        | past_columns(crowd, recovering)
        | restriction_columns(crowd, country, home, background, rarity=0.25)
    )


def _ages(crowd: Crowd) -> NDArray[np.int64]:
    """Return each mentor's age: from 22 to 72, about 42 (assumption)."""
    drawn = crowd.lots("ages").stream.normal(42, 10, size=crowd.count)
    return np.clip(np.rint(drawn), 22, 72).astype(np.int64)


def _identity(crowd: Crowd, background: Background, prison_numbers: list[str]) -> Columns:
    """Return who the mentors are; seven in ten have their prison number on file."""
    on_file = crowd.lots("prison number on file").hit(0.7)
    return named(crowd, background.women) | {
        "code": codes("M", crowd.count),
        "prison_number": where(on_file, prison_numbers),
        "birth_date": birth_dates(crowd, background.ages),
        "gender": genders(crowd, background.women, FIGURES["transgender"].share),
    }


def _standing(crowd: Crowd, veterans: Mask, active: Mask) -> Columns:
    """Return the state, part and pay of each mentor; only veterans are veteran mentors."""
    states = crowd.lots("states").choose(list(NOT_ACTIVE), list(NOT_ACTIVE.values()))
    roles = crowd.lots("roles").choose(list(PEER_ROLES), list(PEER_ROLES.values()))
    fit = np.array([role is not PeerRole.VETERAN_MENTOR for role in roles], bool) | veterans
    return {
        "state": where(active, [MentorState.ACTIVE] * crowd.count, states),
        "peer_role": where(fit, roles, [PeerRole.PEER_MENTOR] * crowd.count),
        "paid": crowd.lots("paid").hit(0.12).tolist(),
    }


def _reach(
    crowd: Crowd, country: Country, home: Indices, leavers: int, for_children: Mask
) -> Columns:
    """Return where mentors live, how far they go and whom for; the few for children go far."""
    limits = country.draw_travel_limits(crowd.lots("travel limits"), home, leavers)
    limits = np.where(for_children, 60, limits)
    return {
        "home": [country.districts[index].code for index in home],
        "travel_limit_km": limits.tolist(),
        "pool": [Pool.CHILDREN if is_for else Pool.ADULTS for is_for in for_children],
        "hours": draw_hours(crowd, MENTORS_HOURS),
    }


def _offers(crowd: Crowd, background: Background) -> Columns:
    """Return what mentors have come through, like, speak and ask for."""
    needs = background.ticked(crowd, NEED_TICKS, NEEDS, EAGERNESS_OF_MENTORS)
    lived = background.ticked(crowd, EXPERIENCE_TICKS, EXPERIENCES, EAGERNESS_OF_MENTORS)
    told = crowd.lots("cultures told").stream.random(background.cultures.shape) < 0.6
    english = frozenset({Language.ENGLISH})
    return {
        "needs": sets_of(NEEDS, needs),
        "experiences": sets_of(EXPERIENCES, lived),
        "interests": draw_interests(crowd),
        "languages": [spoken | english for spoken in background.languages],
        "cultures": sets_of(CULTURES, background.cultures & told),
        "wants": _wants(crowd, background.women),
        "limits": _limits(crowd, background.women),
        "arrested": crowd.lots("arrested").hit(0.97).tolist(),
        "knows_custody_and_court": crowd.lots("custody and court").hit(0.95).tolist(),
    }


def _wants(crowd: Crowd, women: Mask) -> list[frozenset[Companion]]:
    """Return whose company the mentors ask for, by sex."""
    asks = crowd.lots("wants").hit(
        np.where(women, share("women mentors for women only"), share("men mentors for men only"))
    )
    own = [frozenset({Companion.FEMALE if woman else Companion.MALE}) for woman in women]
    return where(asks, own, [frozenset()] * crowd.count)


def _limits(crowd: Crowd, women: Mask) -> list[frozenset[Group]]:
    """Return the risks the mentors ask not to meet."""
    shares = np.array([LIMITS[group] for group in LIMITS]) / 100
    return crowd.lots("limits").sets(tuple(LIMITS), shares.T[women.astype(int)])
