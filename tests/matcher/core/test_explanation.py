from datetime import date

from matcher.core.candidates import eligible_pairs
from matcher.core.conditions import Conditions
from matcher.core.explanation import PairOfProfiles, strongest_parts, to_weigh
from matcher.core.features import LeaverColumns, MentorColumns
from matcher.core.similarity import MentorSimilarity
from matcher.gazetteer import england_and_wales
from tests.factories import TODAY, a_leaver, a_mentor

CONDITIONS = Conditions(TODAY, england_and_wales())


def the_pair(leaver=None, mentor=None):
    return PairOfProfiles.of(leaver or a_leaver(), mentor or a_mentor(), CONDITIONS)


def parts_of(pair):
    leavers = LeaverColumns.of([pair.leaver], CONDITIONS)
    mentors = MentorColumns.of([pair.mentor], CONDITIONS)
    eligible = eligible_pairs(leavers, mentors)
    return MentorSimilarity().fit(mentors).score_pairs(leavers, eligible).of_pair(0, 0).tolist()


def test_the_strongest_three_parts_are_told_in_plain_words_strongest_first():
    pair = the_pair()

    said = strongest_parts(pair, parts_of(pair))

    assert said == [
        (
            "The mentor came through somewhere to live on release and finding work, the first of "
            "which matters most; both have lived this: first time in prison."
        ),
        "The mentor may visit HMP Leeds, 3 km away, and lives 2 km from LS6.",
        "The mentor is assessed above the leaver's risk of serious harm.",
    ]


def test_a_part_worth_nothing_is_not_praised():
    pair = the_pair(
        mentor=a_mentor(needs=set(), experiences=set(), interests=set(), risk_limit="low")
    )

    said = strongest_parts(pair, parts_of(pair))

    assert said == [
        "The mentor may visit HMP Leeds, 3 km away, and lives 2 km from LS6.",
    ]


def test_wishes_interests_and_hours_have_their_sentences():
    pair = the_pair(
        a_leaver(wishes={"pl", "muslim"}, interests={"chess", "art"}, hours=range(9, 12)),
        a_mentor(languages={"en", "pl"}, cultures={"muslim"}, interests={"chess", "art"}),
    )

    said = strongest_parts(pair, [0, 0, 1, 0, 3, 2])

    assert said == [
        (
            "As the leaver asked, the mentor speaks Polish "
            "and shares their faith or background (Muslim)."
        ),
        "Both like art and drawing and chess and board games.",
        "They share 3 free hours a week.",
    ]


def test_nothing_is_left_to_weigh_for_an_ordinary_pair():
    assert to_weigh(the_pair()) == []


def test_what_a_manager_must_weigh_is_told_gravest_first():
    leaver = a_leaver(
        risk="high",
        high_risk_approved_by="Jo Manager",
        high_risk_approved_on=date(2026, 11, 10),
        languages={"pl"},
        interpreter=True,
        needs={"gp": "low"},
        experiences=set(),
    )
    mentor = a_mentor(risk_limit="high", clearances={}, term_ends_on=date(2027, 2, 26))

    said = to_weigh(the_pair(leaver, mentor))

    assert said == [
        "The leaver's risk (high) is the most this mentor is assessed for.",
        "Rests on the approval of Jo Manager (Tuesday 10 November 2026) for high risk.",
        (
            "No prison visits: the mentor is not cleared for HMP Leeds. "
            "The plan is video, gate and after."
        ),
        "They have no common language: every meeting needs the interpreter.",
        "The mentor's term ends on Friday 26 February 2027, before the last follow-up.",
        "They share nothing that the leaver ticked.",
    ]


def test_a_clearance_that_ends_before_the_last_visit_is_told_with_both_days():
    mentor = a_mentor(clearances={"LEI": date(2027, 1, 15)})

    [said] = to_weigh(the_pair(mentor=mentor))

    assert said == (
        "No prison visits: the clearance for HMP Leeds ends on Friday 15 January 2027, "
        "before the last visit on Wednesday 20 January 2027. The plan is video, gate and after."
    )


def test_a_licence_that_bars_prison_meetings_is_named_as_the_reason():
    [said] = to_weigh(the_pair(mentor=a_mentor(licence_bars_prisons=True)))

    assert said.startswith("No prison visits: the mentor's licence bars prison meetings.")


def test_supervision_that_lapses_within_two_weeks_is_weighed_and_later_is_not():
    near, far = date(2026, 12, 6), date(2026, 12, 7)

    said = [to_weigh(the_pair(mentor=a_mentor(supervision_until=day))) for day in (near, far)]

    assert said == [["The mentor's supervision needs renewing by Sunday 6 December 2026."], []]


def test_how_far_a_mentor_travels_is_told_as_near_or_at_the_edge():
    near = the_pair(mentor=a_mentor(home="LS7", clearances={}))
    far = the_pair(mentor=a_mentor(home="HX1", clearances={}, travel_limit_km=30))

    said = [strongest_parts(pair, [0, 1, 0, 0, 0, 0]) for pair in (near, far)]

    assert said == [
        ["The mentor lives 2 km from LS6, within the 30 km they travel."],
        ["The mentor lives 23 km from LS6, at the edge of the 30 km they travel."],
    ]


def test_a_prison_in_the_mentors_zone_leaves_neither_visits_nor_the_gate():
    [said] = to_weigh(the_pair(mentor=a_mentor(exclusion_zone={"LS12"})))

    assert said == (
        "No prison visits and nobody at the gate: HMP Leeds lies in the mentor's exclusion zone. "
        "The plan is video and after."
    )


def test_every_approval_that_a_gate_asked_for_is_named_with_its_day():
    approvals = {
        f"{stem}_approved_{end}": value
        for stem in ("mappa", "sexual_offence", "domestic_abuse", "licence")
        for end, value in (("by", "Jo Manager"), ("on", date(2026, 11, 10)))
    }
    leaver = a_leaver(
        mappa_category=1,
        mappa_level=2,
        domestic_abuse=True,
        licence_bars_contact=True,
        **approvals,
    )

    said = to_weigh(the_pair(leaver))

    whose = "Rests on the approval of Jo Manager (Tuesday 10 November 2026) for"
    assert said == [
        f"{whose} MAPPA level 2.",
        f"{whose} a sexual-offence flag.",
        f"{whose} a domestic-abuse flag.",
        f"{whose} the leaver's licence.",
    ]
