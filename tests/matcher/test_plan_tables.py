from matcher.core.conditions import Conditions
from matcher.core.planning import PlanSettings, make_plan
from matcher.gazetteer import england_and_wales
from matcher.plan_tables import PAIR_COLUMNS, PART_NAMES, WHY_COLUMNS, ExplainedPlan, in_points
from tests.factories import TODAY, a_leaver, a_mentor


def an_explained_plan():
    people = [a_leaver(), a_leaver(code="L2", prison_number="A0002BC", consented_on=None)]
    able = [
        a_mentor(places=1),
        a_mentor(code="M2", home="LS28", clearances={}),
        a_mentor(code="M3", state="paused"),
    ]
    conditions = Conditions(TODAY, england_and_wales())
    return ExplainedPlan(make_plan(people, able, conditions, PlanSettings()))


def test_a_pair_is_one_row_whose_parts_add_up_to_its_score():
    [pair] = an_explained_plan().pairs
    row = dict(zip(PAIR_COLUMNS, pair.row, strict=True))

    in_parts = sum(int(row[name].replace(".", "")) for name in PART_NAMES)

    assert (row["leaver"], row["mentor"], row["standby"]) == ("L1", "M1", "M2")
    assert row["prison_visits"] == "yes"
    assert in_parts == int(row["score"].replace(".", ""))
    assert row["reason_3"] == "The mentor is assessed above the leaver's risk of serious harm."


def test_the_why_table_has_a_sentence_for_every_pair_and_for_everyone_without_one():
    rows = [dict(zip(WHY_COLUMNS, row, strict=True)) for row in an_explained_plan().why_rows()]

    assert [(row["leaver"], row["mentor"], row["what"]) for row in rows] == [
        ("L1", "M1", "reason"),
        ("L1", "M1", "reason"),
        ("L1", "M1", "reason"),
        ("L1", "M1", "not counted"),
        ("L2", "", "in the way"),
        ("", "M2", "no pair"),
        ("", "M3", "no pair"),
    ]
    assert all(row["sentence"].endswith(".") for row in rows)


def test_the_parts_in_which_the_leaver_said_nothing_are_named_as_not_counted():
    [pair] = an_explained_plan().pairs
    row = dict(zip(PAIR_COLUMNS, pair.row, strict=True))

    assert row["not_counted"] == "time culture"
    assert pair.counted_parts.keys() == {"experience", "reach", "risk_margin", "interests"}
    [said] = pair.left_out
    assert said == (
        "Not counted, since the leaver did not say: "
        "when they are free and which culture or language they would like."
    )


def test_thousandths_are_written_as_points_exactly():
    assert [in_points(n) for n in (0, 7, 98303, 100000)] == ["0.000", "0.007", "98.303", "100.000"]
