"""Each rule bars with its reason, alone, and lets the neighbouring case through."""

from datetime import date

import pytest

from matcher.core.candidates import broken_rules
from matcher.core.conditions import Conditions, RuleSettings
from matcher.core.eligibility import RULES
from matcher.gazetteer import england_and_wales
from models.vocabulary import Module, Need
from tests.factories import TODAY, a_leaver, a_mentor

VISITS = 3
NEVER_RELAXED = {1, 2, 4, 5, 6, 7, 8, 12}
PLACES = england_and_wales()
MODULES = {
    Need.GP: frozenset({Module.MENTAL_HEALTH}),
    Need.DEBT: frozenset({Module.NEURODIVERSITY}),
}
CONDITIONS = Conditions(TODAY, PLACES, RuleSettings(modules=MODULES))
SOMEONE = {"first_name": "Zoë", "surname": "O’Brien-Łuk", "birth_date": date(1985, 2, 1)}
NAMELESS = {"first_name": "", "birth_date": date(1985, 2, 1)}
APPROVED = {"licence_approved_by": "Jo Manager", "licence_approved_on": TODAY}
A_CHILD = {"birth_date": date(2008, 11, 24)}
FOR_CHILDREN = {"pool": "children", "children_check_until": TODAY}
DIVERTED = {"pathway": "liaison_and_diversion", "release_date": None}
ARRESTED = {"arrested": True, "knows_custody_and_court": True}
LINK = "A link on file keeps L1 and M1 apart."
ONE_PERSON = "L1 and M1 are records of one person."
LICENCE = "A licence forbids the contact and no named, dated approval is on file."
NO_PLACE = "There is no district both can reach outside their exclusion zones."
NO_HOUR = "They have no free hour of the week in common outside their curfews."
OPPOSED = "Their gang tags are opposed."
COUNTY_LINES = "One ran others in county lines and the other was exploited by it."
LIMITS = "M1 has asked not to be paired with a risk that L1 carries."
OTHER_MENTOR = "The leaver asked for a mentor of another sex or gender."
OTHER_LEAVER = "The mentor asked for a leaver of another sex or gender."
POOL = "Under-18s and adults have mentors of their own."
NO_CHECK = "M1 holds no enhanced check for work with people under 18."
NOT_ACTIVE = "M1 is not active."
NOT_ASSESSED = "M1 has no risk assessment in date."
NOT_OFFENCE_FREE = "M1 has not been offence-free for the agreed time."
NOT_SUBSTANCE_FREE = "M1 has not been substance-free for the agreed time."
NOT_TRAINED = "M1 has not done the basic training."
NO_MODULE = "M1 lacks a training module that a need demands."
NO_SUPERVISION = "M1 is out of supervision."
NO_TERM = "The term of M1 does not cover today and the day of release."
NOT_FIT_TO_DIVERT = (
    "Liaison and diversion asks for a mentor who has been arrested, knows custody and court, "
    "and has lived one of the key vulnerabilities."
)
NOT_CONTENT = "Probation has not said it is content with M1 mentoring."
NO_LANGUAGE = "They have no language in common and no interpreter is arranged."
TOO_FAR = "LS6 is farther from HG1 than the 20 km this mentor travels."
SAID_NO = "L1 has ruled M1 out, or M1 has declined."

# Rule, what is told of the leaver, what is told of the mentor, the reason a manager reads.
BARRED = [
    ("no_link_between_them", {"no_contact": {"M1"}}, {}, LINK),
    ("no_link_between_them", {"no_contact": {" m1 "}}, {}, LINK),
    ("no_link_between_them", {}, {"no_contact": {"l1"}}, LINK),
    ("no_link_between_them", {}, {"no_contact": {"a1234bc"}}, LINK),
    ("no_link_between_them", {"crn": "X123456"}, {"no_contact": {"x123456"}}, LINK),
    (
        "no_link_between_them",
        {"no_contact": {"A9999ZZ", "a0001aa"}},
        {"prison_number": "A0001AA"},
        LINK,
    ),
    ("no_link_between_them", {"no_contact": {"obrien LUK  zoe 1985-02-01"}}, SOMEONE, LINK),
    ("no_link_between_them", {"no_contact": {"Zoe O'BRIEN-Luk 1985-02-01"}}, SOMEONE, LINK),
    ("no_link_between_them", SOMEONE, {"no_contact": {"O'BRIEN LUK ZOE 1985-02-01"}}, LINK),
    ("no_link_between_them", {"no_contact": {"SOME BODY 1985-02-01"}}, NAMELESS, LINK),
    ("two_different_people", {}, {"prison_number": "A1234BC"}, ONE_PERSON),
    ("two_different_people", SOMEONE, SOMEONE | {"surname": "OBRIEN LUK"}, ONE_PERSON),
    ("licences_allow_contact", {"licence_bars_contact": True}, {}, LICENCE),
    ("licences_allow_contact", {}, {"licence_bars_contact": True}, LICENCE),
    (
        "licences_allow_contact",
        {"licence_bars_contact": True} | APPROVED | {"licence_approved_by": ""},
        {},
        LICENCE,
    ),
    (
        "licences_allow_contact",
        {},
        {"licence_bars_contact": True} | APPROVED | {"licence_approved_on": date(2026, 11, 24)},
        LICENCE,
    ),
    ("licences_allow_contact", {"licence_bars_contact": True}, APPROVED, LICENCE),
    ("one_to_one_allowed", {"no_one_to_one": True}, {}, "L1 is not to be seen one to one."),
    ("a_place_to_meet", {"travel_km": 0, "exclusion_zone": {"LS6"}}, {}, NO_PLACE),
    ("a_place_to_meet", {"travel_km": 0}, {"exclusion_zone": {"ls6"}}, NO_PLACE),
    ("an_hour_to_meet", {"hours": {8, 17}}, {}, NO_HOUR),
    ("an_hour_to_meet", {"hours": {9}, "curfew": {9}}, {}, NO_HOUR),
    ("an_hour_to_meet", {}, {"curfew": range(9, 17)}, NO_HOUR),
    ("an_hour_to_meet", {"curfew": range(168)}, {"hours": set()}, NO_HOUR),
    ("gangs_not_opposed", {"opposed_gangs": {"red"}}, {"gangs": {"Blue", " RED"}}, OPPOSED),
    ("gangs_not_opposed", {"gangs": {"red", "blue"}}, {"opposed_gangs": {"Red"}}, OPPOSED),
    (
        "county_lines_kept_apart",
        {"county_lines": "perpetrator"},
        {"county_lines": "victim"},
        COUNTY_LINES,
    ),
    (
        "county_lines_kept_apart",
        {"county_lines": "victim"},
        {"county_lines": "perpetrator"},
        COUNTY_LINES,
    ),
    (
        "county_lines_kept_apart",
        {"county_lines": "both"},
        {"county_lines": "victim"},
        COUNTY_LINES,
    ),
    (
        "county_lines_kept_apart",
        {"county_lines": "perpetrator"},
        {"county_lines": "both"},
        COUNTY_LINES,
    ),
    (
        "outside_the_mentors_limits",
        {"risk_to": {"arson", "women"}},
        {"limits": {"arson"}},
        LIMITS,
    ),
    (
        "outside_the_mentors_limits",
        {"risk": "medium", "risk_to_children": "medium"},
        {"limits": {"children"}},
        LIMITS,
    ),
    (
        "outside_the_mentors_limits",
        {
            "domestic_abuse": True,
            "domestic_abuse_approved_by": "Jo Manager",
            "domestic_abuse_approved_on": TODAY,
        },
        {"limits": {"domestic_abuse"}},
        LIMITS,
    ),
    ("mentor_as_asked_for", {"wants": {"female"}}, {}, OTHER_MENTOR),
    ("mentor_as_asked_for", {"wants": {"man"}}, {"gender": None}, OTHER_MENTOR),
    ("mentor_as_asked_for", {"wants": {"male"}}, {"sex": "female", "gender": "man"}, OTHER_MENTOR),
    ("leaver_as_asked_for", {}, {"wants": {"woman", "female"}}, OTHER_LEAVER),
    ("own_pool", A_CHILD, {"children_check_until": date(2030, 1, 1)}, POOL),
    ("own_pool", {}, FOR_CHILDREN, POOL),
    ("checked_for_children", A_CHILD, {"pool": "children"}, NO_CHECK),
    (
        "checked_for_children",
        A_CHILD,
        FOR_CHILDREN | {"children_check_until": date(2026, 11, 22)},
        NO_CHECK,
    ),
    *[("mentor_active", {}, {"state": s}, NOT_ACTIVE) for s in ("paused", "ended", "cleared")],
    ("both_consented", {}, {"consented_on": None}, "One of the two has not consented."),
    (
        "both_consented",
        {},
        {"consented_on": date(2026, 11, 24)},
        "One of the two has not consented.",
    ),
    ("mentor_assessed", {}, {"assessed_on": None}, NOT_ASSESSED),
    ("mentor_assessed", {}, {"assessed_on": date(2026, 5, 22)}, NOT_ASSESSED),
    ("mentor_assessed", {}, {"assessed_on": date(2026, 11, 24)}, NOT_ASSESSED),
    ("mentor_assessed", {}, {"assessor": " "}, NOT_ASSESSED),
    (
        "within_assessed_risk",
        {"risk": "medium"},
        {"risk_limit": "low"},
        "Risk of serious harm is medium; this mentor is assessed for low at most.",
    ),
    ("offence_free", {}, {"offence_free_since": None}, NOT_OFFENCE_FREE),
    ("offence_free", {}, {"offence_free_since": date(2024, 11, 24)}, NOT_OFFENCE_FREE),
    ("substance_free", {}, {"past_addiction": True}, NOT_SUBSTANCE_FREE),
    ("substance_free", {}, {"past_addiction": None}, NOT_SUBSTANCE_FREE),
    (
        "substance_free",
        {},
        {"past_addiction": True, "substance_free_since": date(2024, 11, 24)},
        NOT_SUBSTANCE_FREE,
    ),
    ("substance_free", {}, {"experiences": {"recovery_drugs"}}, NOT_SUBSTANCE_FREE),
    ("substance_free", {}, {"experiences": {"recovery_alcohol"}}, NOT_SUBSTANCE_FREE),
    ("basic_training_done", {}, {"basic_training_on": None}, NOT_TRAINED),
    ("basic_training_done", {}, {"basic_training_on": date(2026, 11, 24)}, NOT_TRAINED),
    ("modules_done", {"needs": {"gp": "low"}}, {}, NO_MODULE),
    ("modules_done", {"needs": {"gp": "low"}}, {"modules": {"neurodiversity"}}, NO_MODULE),
    (
        "modules_done",
        {"needs": {"gp": "low", "debt": "low"}},
        {"modules": {"neurodiversity"}},
        NO_MODULE,
    ),
    ("supervision_in_date", {}, {"supervision_until": None}, NO_SUPERVISION),
    ("supervision_in_date", {}, {"supervision_until": date(2026, 11, 22)}, NO_SUPERVISION),
    ("inside_the_term", {}, {"term_starts_on": None}, NO_TERM),
    ("inside_the_term", {}, {"term_starts_on": date(2026, 11, 24)}, NO_TERM),
    ("inside_the_term", {}, {"term_ends_on": None}, NO_TERM),
    ("inside_the_term", {}, {"term_ends_on": date(2027, 2, 2)}, NO_TERM),
    (
        "inside_the_term",
        {"pathway": "reconnect", "release_date": date(2026, 11, 16)},
        {"term_ends_on": date(2026, 11, 22)},
        NO_TERM,
    ),
    ("a_free_place", {}, {"places": 0}, "M1 has no free place."),
    ("a_free_place", {}, {"places": 2, "taken": 2}, "M1 has no free place."),
    ("a_free_place", {}, {"places": 1, "taken": 3}, "M1 has no free place."),
    ("fit_for_liaison_and_diversion", DIVERTED, ARRESTED, NOT_FIT_TO_DIVERT),
    (
        "fit_for_liaison_and_diversion",
        DIVERTED,
        {"arrested": True, "experiences": {"homeless"}},
        NOT_FIT_TO_DIVERT,
    ),
    (
        "fit_for_liaison_and_diversion",
        DIVERTED,
        {"knows_custody_and_court": True, "experiences": {"homeless"}},
        NOT_FIT_TO_DIVERT,
    ),
    ("mentor_probation_content", {}, {"on_licence": True}, NOT_CONTENT),
    ("mentor_probation_content", {}, {"on_licence": None}, NOT_CONTENT),
    ("mentor_probation_content", {}, {"on_licence": True, "content_on": TODAY}, NOT_CONTENT),
    (
        "mentor_probation_content",
        {},
        {"on_licence": True, "content_by": "Chris", "content_on": date(2026, 11, 24)},
        NOT_CONTENT,
    ),
    ("a_common_language", {"languages": {"pl", "lt"}}, {}, NO_LANGUAGE),
    ("a_common_language", {}, {"languages": set()}, NO_LANGUAGE),
    ("within_travel_limit", {}, {"home": "HG1", "travel_limit_km": 20}, TOO_FAR),
    ("neither_said_no", {"ruled_out": {"m1", "M2"}}, {}, SAID_NO),
    ("neither_said_no", {}, {"declined": {"L2", " l1"}}, SAID_NO),
]

# What is told of the leaver and of the mentor in cases that lie next to the barred ones.
FREE = [
    ("someone else is named", {"no_contact": {"M2", "A0002AA"}}, {"no_contact": {"L2"}}),
    ("the other is nobody's own number", {"no_contact": {"L1"}}, {"no_contact": {"M1"}}),
    ("born a day later", {"no_contact": {"O'Brien Luk Zoe 1985-02-02"}}, SOMEONE),
    ("another first name", {"no_contact": {"O'Brien Luk Ida 1985-02-01"}}, SOMEONE),
    ("nameless, born a day later", {"no_contact": {"SOME BODY 1985-02-02"}}, NAMELESS),
    ("two nameless people born on one day", NAMELESS, NAMELESS),
    ("namesakes born a day apart", SOMEONE, SOMEONE | {"birth_date": date(1985, 2, 2)}),
    ("the same code on both sides", {"code": "7"}, {"code": "7"}),
    ("an approved licence", {"licence_bars_contact": True} | APPROVED, {}),
    ("an approved mentor's licence", {}, {"licence_bars_contact": True} | APPROVED),
    ("a licence that bars prisons only", {}, {"licence_bars_prisons": True}),
    ("elsewhere near will do", {"travel_km": 5}, {"exclusion_zone": {"LS6"}}),
    ("a zone elsewhere", {"travel_km": 0}, {"exclusion_zone": {"LS7", "LS5"}}),
    ("the last shared hour", {"hours": {16, 17}}, {}),
    ("no hours named is any daytime hour", {}, {"hours": {6 * 24 + 19}}),
    ("one hour left by the curfew", {}, {"curfew": range(9, 16)}),
    ("the last hour of the week", {"hours": {167}}, {"hours": {167}}),
    ("one gang", {"gangs": {"red"}, "opposed_gangs": {"blue"}}, {"gangs": {"red"}}),
    ("both opposed to one gang", {"opposed_gangs": {"red"}}, {"opposed_gangs": {"red"}}),
    ("someone of both parts and nothing known", {"county_lines": "both"}, {}),
    ("two victims", {"county_lines": "victim"}, {"county_lines": "victim"}),
    ("two who ran others", {"county_lines": "perpetrator"}, {"county_lines": "perpetrator"}),
    ("a victim and nothing known", {"county_lines": "victim"}, {}),
    ("another risk", {"risk_to": {"arson"}}, {"limits": {"women", "children"}}),
    ("a low risk to children", {"risk_to_children": "low"}, {"limits": {"children"}}),
    ("the sex asked for", {"wants": {"male"}}, {"wants": {"male"}, "gender": "woman"}),
    ("one of those asked for", {"wants": {"woman", "male"}}, {"sex": "female", "gender": "woman"}),
    ("18 today", {"birth_date": date(2008, 11, 23)}, {}),
    ("a child and a mentor checked for children", A_CHILD, FOR_CHILDREN),
    ("consented today", {"consented_on": TODAY}, {"consented_on": TODAY}),
    ("assessed six months ago to the day", {}, {"assessed_on": date(2026, 5, 23)}),
    ("assessed today", {}, {"assessed_on": TODAY}),
    ("risk at the limit", {"risk": "medium"}, {"risk_limit": "medium"}),
    ("24 months to the day", {}, {"offence_free_since": date(2024, 11, 23)}),
    ("clean", {}, {"past_addiction": True, "substance_free_since": date(2024, 11, 23)}),
    (
        "recovered",
        {},
        {"experiences": {"recovery_drugs"}, "substance_free_since": date(2024, 11, 23)},
    ),
    ("recovered from gambling", {}, {"experiences": {"recovery_gambling"}}),
    ("trained today", {}, {"basic_training_on": TODAY}),
    ("the module done", {"needs": {"gp": "low"}}, {"modules": {"mental_health"}}),
    (
        "both modules done",
        {"needs": {"gp": "low", "debt": "low"}},
        {"modules": {"mental_health", "neurodiversity"}},
    ),
    ("supervised to today", {}, {"supervision_until": TODAY}),
    ("the term begins today", {}, {"term_starts_on": TODAY}),
    ("the term ends on the day of release", {}, {"term_ends_on": date(2027, 2, 3)}),
    (
        "released already, the term ends today",
        {"pathway": "reconnect", "release_date": date(2026, 11, 16)},
        {"term_ends_on": TODAY},
    ),
    ("the last place", {}, {"places": 3, "taken": 2}),
    ("fit to divert", DIVERTED, ARRESTED | {"experiences": {"mental_ill_health"}}),
    (
        "content to the day",
        {},
        {"on_licence": True, "content_by": "Chris", "content_on": TODAY},
    ),
    ("an interpreter", {"languages": {"pl"}, "interpreter": True}, {}),
    ("Polish in common", {"languages": {"pl"}}, {"languages": {"en", "pl"}}),
    ("just near enough", {}, {"home": "HG1", "travel_limit_km": 21}),
    ("14 km away and 14 km at most", {}, {"home": "BD19", "travel_limit_km": 14}),
    ("others said no", {"ruled_out": {"M2"}}, {"declined": {"L2"}}),
    ("one code in the other's list", {"ruled_out": {"L1"}}, {"declined": {"M1"}}),
]


@pytest.mark.parametrize(("code", "leaver", "mentor", "reason"), BARRED)
def test_the_rule_bars_alone_and_gives_its_reason(code, leaver, mentor, reason):
    broken = broken_rules(a_leaver(**leaver), a_mentor(**mentor), CONDITIONS)

    assert [(each.code, each.sentence) for each in broken] == [(code, reason)]


@pytest.mark.parametrize(
    ("leaver", "mentor"), [free[1:] for free in FREE], ids=[f[0] for f in FREE]
)
def test_next_to_the_limit_nobody_is_barred_where(leaver, mentor):
    assert broken_rules(a_leaver(**leaver), a_mentor(**mentor), CONDITIONS) == []


def test_ordinary_people_may_be_paired():
    assert broken_rules(a_leaver(), a_mentor(), CONDITIONS) == []


def test_every_rule_is_seen_to_bar():
    assert [rule.code for rule in RULES] == list(dict.fromkeys(code for code, *_ in BARRED))


def test_the_table_holds_all_twelve_rules_in_order_but_for_the_visits():
    numbers = [rule.number for rule in RULES]

    assert numbers == sorted(numbers)
    assert set(numbers) | {VISITS} == set(range(1, 13))


def test_the_rules_that_nobody_may_relax_are_marked_so():
    assert not [rule.code for rule in RULES if rule.number in NEVER_RELAXED and rule.relaxable]


def test_consent_and_probations_content_are_never_relaxed_either():
    fixed = {"both_consented", "mentor_probation_content"}

    kept = [rule for rule in RULES if rule.number not in NEVER_RELAXED and not rule.relaxable]

    assert {rule.code for rule in kept} == fixed


def test_every_rule_says_in_one_sentence_what_it_asks():
    assert [rule.code for rule in RULES if not rule.meaning.endswith(".")] == []


@pytest.mark.parametrize("told", [{"risk": None}, {"risk": None, "risk_to_staff": "high"}])
def test_an_unknown_risk_is_within_nobodys_limit(told):
    broken = broken_rules(a_leaver(**told), a_mentor(risk_limit="very_high"), CONDITIONS)

    assert [each.code for each in broken] == ["screening_complete", "within_assessed_risk"]
    assert broken[1].sentence == ("The risk of the leaver or the limit of the mentor is not known.")


def test_an_unknown_limit_covers_not_even_a_low_risk():
    broken = broken_rules(a_leaver(risk="low"), a_mentor(risk_limit=None), CONDITIONS)

    assert [each.code for each in broken] == ["mentor_assessed", "within_assessed_risk"]


def test_the_agreed_times_are_settings():
    settings = RuleSettings(offence_free_months=12, substance_free_months=36, assessment_months=3)
    mentor = a_mentor(
        offence_free_since=date(2025, 11, 23),
        past_addiction=True,
        substance_free_since=date(2023, 11, 24),
        assessed_on=date(2026, 8, 22),
    )

    broken = broken_rules(
        a_leaver(assessed_on=date(2026, 8, 23)), mentor, Conditions(TODAY, PLACES, settings)
    )

    assert [each.code for each in broken] == ["mentor_assessed", "substance_free"]


def test_without_the_setting_no_need_demands_a_module():
    leaver = a_leaver(needs={"gp": "high", "mental_health": "high"})

    assert broken_rules(leaver, a_mentor(), Conditions(TODAY, PLACES)) == []
