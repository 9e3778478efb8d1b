"""The hard rules, written once on columns: who may be paired with whom.

Each rule is a function of leavers and mentors that returns where the pair is
allowed, element by element; the same definition serves a block of a million
pairs, a list of pairs and a single pair. The numbers are those of the
service's twelve rules. No rule is ever set aside for a pair;
a relaxable one may be met by changing what it rests on (a place more, a lapse
renewed). To add a rule, add a function.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from matcher.core.columns import Flags, Grid, hours_in_common, in_common
from matcher.core.features import LeaverColumns, MentorColumns
from matcher.core.keys import any_shared
from matcher.core.meeting_places import can_meet_somewhere, covers_home
from matcher.core.readings import UNKNOWN

Holds = Callable[[LeaverColumns, MentorColumns], Grid]


@dataclass(frozen=True)
class Rule:
    """One hard rule: its number, its code, and the reason a manager reads.

    `reason` may name facts of `{leaver}` and `{mentor}`, both profiles.
    `asked_last` is a rule dear to ask: of a whole country it is asked only
    of the pairs that all others allow.
    """

    number: int
    code: str
    reason: str
    relaxable: bool
    asked_last: bool
    holds: Holds

    @property
    def meaning(self) -> str:
        """Return what the rule asks, in one sentence."""
        return (self.holds.__doc__ or "").partition("\n")[0]

    def block(self, leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
        """Return where the rule holds, leavers × mentors or a shape that broadcasts to it."""
        return self.holds(leavers.down(), mentors.across())


RULES: list[Rule] = []
"""Every rule that bars a pair, in the order of their numbers."""


def rule(
    number: int, reason: str, *, relaxable: bool = False, asked_last: bool = False
) -> Callable[[Holds], Holds]:
    """Add the function below to the table of rules, under its own name."""

    def add(holds: Holds) -> Holds:
        RULES.append(Rule(number, holds.__name__, reason, relaxable, asked_last, holds))
        return holds

    return add


@rule(1, "A link on file keeps {leaver.code} and {mentor.code} apart.")
def no_link_between_them(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """No open non-association or its kin, nor a named person, in either direction."""
    return ~(
        any_shared(leavers.no_contact, mentors.keys) | any_shared(mentors.no_contact, leavers.keys)
    )


@rule(1, "{leaver.code} and {mentor.code} are records of one person.")
def two_different_people(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """Nobody mentors themselves, under one prison number or one name with birth date.

    It is asked as if each were linked to themselves, so that a name is found as links find it.
    """
    return ~(
        any_shared(leavers.own_links, mentors.keys) | any_shared(mentors.own_links, leavers.keys)
    )


@rule(2, "A licence forbids the contact and no named, dated approval is on file.")
def licences_allow_contact(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """Neither licence forbids the contact, or an approval with a name and date is on file."""
    today = leavers.today
    leaver_may = ~leavers.licence_bars_contact | (leavers.licence_approved_on <= today)
    mentor_may = ~mentors.licence_bars_contact | (mentors.licence_approved_on <= today)
    return leaver_may & mentor_may


@rule(4, "{leaver.code} is not to be seen one to one.")
def one_to_one_allowed(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """A manager's "no one-to-one" flag bars every mentor."""
    return ~leavers.no_one_to_one


@rule(5, "There is no district both can reach outside their exclusion zones.", asked_last=True)
def a_place_to_meet(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """A district within both people's reach, outside both people's exclusion zones."""
    return can_meet_somewhere(leavers, mentors)


@rule(5, "They have no free hour of the week in common outside their curfews.")
def an_hour_to_meet(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """One shared hour of the week outside both curfews."""
    return hours_in_common(leavers.hours, mentors.hours)


@rule(6, "Their gang tags are opposed.")
def gangs_not_opposed(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """No tag of one is opposed to a tag of the other."""
    return ~(
        any_shared(leavers.opposed_gangs, mentors.gangs)
        | any_shared(mentors.opposed_gangs, leavers.gangs)
    )


@rule(6, "One ran others in county lines and the other was exploited by it.")
def county_lines_kept_apart(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """A county-lines perpetrator never meets a county-lines victim."""
    return ~(
        (leavers.ran_others & mentors.was_exploited) | (leavers.was_exploited & mentors.ran_others)
    )


@rule(7, "{mentor.code} has asked not to be paired with a risk that {leaver.code} carries.")
def outside_the_mentors_limits(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """A risk-to-a-group flag never meets a mentor's own "do not pair me with"."""
    return ~in_common(leavers.risk_to, mentors.limits)


@rule(7, "The leaver asked for a mentor of another sex or gender.")
def mentor_as_asked_for(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """The leaver's stated preference for the mentor's sex or gender is met."""
    open_to_all: Flags = leavers.wants == 0
    return open_to_all | in_common(leavers.wants, mentors.companions)


@rule(7, "The mentor asked for a leaver of another sex or gender.")
def leaver_as_asked_for(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """The mentor's stated preference for the leaver's sex or gender is met."""
    open_to_all: Flags = mentors.wants == 0
    return open_to_all | in_common(leavers.companions, mentors.wants)


@rule(8, "Under-18s and adults have mentors of their own.")
def own_pool(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """People under 18 meet mentors of the children's pool, adults the others."""
    own: Grid = leavers.under_18 == mentors.children_pool
    return own


@rule(8, "{mentor.code} holds no enhanced check for work with people under 18.")
def checked_for_children(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """An under-18 needs a mentor whose enhanced check is in date."""
    checked = mentors.children_check_until >= leavers.today
    return ~leavers.under_18 | checked


@rule(9, "{mentor.code} is not active.", relaxable=True)
def mentor_active(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """The mentor is active."""
    return mentors.active


@rule(9, "One of the two has not consented.")
def both_consented(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """Both have consented, by today."""
    today = leavers.today
    return (leavers.consented_on <= today) & (mentors.consented_on <= today)


@rule(9, "{mentor.code} has no risk assessment in date.", relaxable=True)
def mentor_assessed(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """The mentor's own risk assessment is signed and fresh."""
    return leavers.fresh(mentors.assessed_on)


@rule(
    9,
    "Risk of serious harm is {leaver.risk.label}; "
    "this mentor is assessed for {mentor.risk_limit.label} at most.",
    relaxable=True,
)
def within_assessed_risk(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """The leaver's risk is known and no higher than the mentor's assessed limit."""
    known: Flags = leavers.risk != UNKNOWN
    within: Grid = leavers.risk <= mentors.risk_limit
    return within & known


@rule(9, "{mentor.code} has not been offence-free for the agreed time.", relaxable=True)
def offence_free(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """Offence-free for the agreed period."""
    since = leavers.months_ago(leavers.settings.offence_free_months)
    return mentors.offence_free_since <= since


@rule(9, "{mentor.code} has not been substance-free for the agreed time.", relaxable=True)
def substance_free(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """Substance-free for the agreed period, where a past addiction is recorded or unknown."""
    since = leavers.months_ago(leavers.settings.substance_free_months)
    return ~mentors.past_addiction | (mentors.substance_free_since <= since)


@rule(9, "{mentor.code} has not done the basic training.", relaxable=True)
def basic_training_done(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """Basic training done, by today."""
    return mentors.trained_on <= leavers.today


@rule(9, "{mentor.code} lacks a training module that a need demands.", relaxable=True)
def modules_done(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """Every module that a need of the leaver demands is done."""
    return ~in_common(leavers.demanded_modules, ~mentors.modules)


@rule(9, "{mentor.code} is out of supervision.", relaxable=True)
def supervision_in_date(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """Supervision in date today."""
    return mentors.supervision_until >= leavers.today


@rule(9, "The term of {mentor.code} does not cover today and the day of release.", relaxable=True)
def inside_the_term(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """The mentor's term has begun and lasts to the day of release, or to today if that is later.

    A mentor whose term ends the week before the gate would be a broken promise.
    """
    begun = mentors.term_starts_on <= leavers.today
    return begun & (mentors.term_ends_on >= leavers.release_or_today)


@rule(9, "{mentor.code} has no free place.", relaxable=True)
def a_free_place(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """At least one place of the mentor is free."""
    return mentors.free_places > 0


@rule(
    9,
    "Liaison and diversion asks for a mentor who has been arrested, knows custody and court, "
    "and has lived one of the key vulnerabilities.",
    relaxable=True,
)
def fit_for_liaison_and_diversion(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """Liaison and diversion asks more of a mentor's own past."""
    fit = mentors.arrested & mentors.knows_custody_and_court & mentors.key_vulnerability
    return ~leavers.liaison_and_diversion | fit


@rule(9, "Probation has not said it is content with {mentor.code} mentoring.")
def mentor_probation_content(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """A mentor on licence needs their own probation practitioner's "content"."""
    content = mentors.content_on <= leavers.today
    return ~mentors.on_licence | content


@rule(10, "They have no language in common and no interpreter is arranged.", relaxable=True)
def a_common_language(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """A common language, or an interpreter arranged."""
    return in_common(leavers.languages, mentors.languages) | leavers.interpreter


@rule(
    11,
    "{leaver.resettling_in} is farther from {mentor.home} than the "
    "{mentor.travel_limit_km} km this mentor travels.",
    relaxable=True,
)
def within_travel_limit(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """The mentor's travel limit covers the resettlement district."""
    return covers_home(leavers, mentors)


@rule(12, "{leaver.code} has ruled {mentor.code} out, or {mentor.code} has declined.")
def neither_said_no(leavers: LeaverColumns, mentors: MentorColumns) -> Grid:
    """The leaver has not ruled the mentor out; the mentor has not declined the leaver."""
    return ~(
        any_shared(leavers.ruled_out, mentors.code[..., None])
        | any_shared(mentors.declined, leavers.code[..., None])
    )
