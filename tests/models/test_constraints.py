"""What the database refuses, whoever writes to it."""

from typing import Any

import pytest
from sqlalchemy import Engine, Row, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session, select

from models.audit import AuditEntry
from models.columns import WordColumn
from models.people import Leaver
from models.states import Role
from models.tables import METADATA
from models.vocabulary import LinkKind
from tests.rows import (
    NOW,
    a_leaver_row,
    a_letter,
    a_mentor_row,
    an_account,
    an_audit_entry,
    an_event,
    an_expected_leaver,
    one_of_each,
)

WORDS = [
    (table.name, column.name)
    for table in METADATA.tables.values()
    for column in table.columns
    if isinstance(column.type, WordColumn)
]

# A change that makes an ordinary row contradict itself, and the check that refuses it.
CONTRADICTIONS = [
    ("mentor", "places = 21", "places_range"),
    ("mentor", "taken_elsewhere = 21", "taken_elsewhere_range"),
    ("mentor", "travel_limit_km = -1", "travel_limit_km_range"),
    ("account", "region = NULL", "region_desk"),
    ("contact", "mentor_id = (SELECT id FROM mentor)", "one_person"),
    ("former_number", "mentor_id = (SELECT id FROM mentor)", "one_person"),
    ("demo_clock", "number = 2", "one_clock"),
    ("person_to_avoid", "settled_by = NULL", "settled_by_someone"),
    (
        "person_to_avoid",
        "link_id = (SELECT id FROM link), settled_at = NULL, settled_by = NULL",
        "linked_is_settled",
    ),
    ("task", "prison = 'LEI'", "one_desk"),
    ("account", "prison = 'LEI'", "prison_desk"),
    ("account", "role = 'mentor', region = NULL", "own_mentor"),
    ("release_date", "leaver_id = NULL, expected_leaver_id = NULL", "one_person"),
    ("referral", "travel_km = 501", "travel_km_range"),
    ("screening", "mappa_category = 5", "mappa_category_range"),
    ("screening", "mappa_level = 4", "mappa_level_range"),
    ("clearance", "cleared_until = '2020-01-01'", "in_order"),
    ("children_check", "children_check_until = '2020-01-01'", "in_order"),
    ("term", "term_ends_on = '2020-01-01'", "in_order"),
    ("link", "one_prison_number = 'A1234BC'", "one_end_named_once"),
    ("link", "other_prison_number = NULL", "other_end_named_once"),
    ("link", "one_first_name = 'Sam'", "one_name_whole"),
    ("link", "other_birth_date = '1990-01-01'", "other_name_whole"),
    ("exclusion_zone", "leaver_id = NULL", "one_person"),
    ("exclusion_zone", "starts_on = '2027-01-02', ends_on = '2027-01-01'", "in_order"),
    ("curfew", "mentor_id = NULL", "one_person"),
    ("curfew", "starts_on = '2027-01-02', ends_on = '2027-01-01'", "in_order"),
    ("opposed_gangs", "other = one", "two_tags"),
    ("plan_run", "covered = -1", "not_negative"),
    ("plan_run", "worst_off = 100001", "worst_off_range"),
    ("plan_request", "slot = 2", "one_at_a_time"),
    ("plan_request", "slot = NULL", "open_or_over"),
    ("plan_request", "stage = 'failed'", "over_is_said"),
    ("plan_request", "plan_run_id = (SELECT id FROM plan_run)", "done_has_run"),
    ("mentor_place", "number = 0", "number_range"),
    ("pair", "end_reason = 'declined'", "ended_has_reason"),
    ("pair", "state = 'ended', place_number = NULL", "ended_has_reason"),
    ("pair", "state = 'ended', end_reason = 'declined'", "live_has_place"),
    ("pair", "place_number = NULL", "live_has_place"),
    ("pair", "override_reason = 'because'", "override_has_reason"),
    ("pair", "score = 100001", "score_range"),
    ("pair_history", "move = 'approve'", "proposal_or_move"),
    ("standby", "slot = 3", "slot_range"),
    ("standby", "slot = NULL", "open_has_slot"),
    ("standby", "called_at = chosen_at", "called_is_closed"),
    ("standby", "turn = 0", "turn_range"),
    ("standby", "score = -1", "score_range"),
    ("meeting", "window_first = '2028-01-01'", "window_in_order"),
    ("meeting", "number = 0", "counts_range"),
    ("meeting", "minutes = 0", "minutes_range"),
    ("meeting", "zone = 'Europe/London'", "time_whole"),
    ("meeting", "state = 'booked'", "booked_is_whole"),
    ("meeting", "missed_by = 'mentor'", "missed_by_someone"),
    ("days_asked", "suits = NULL", "answer_whole"),
    ("worry", "also_region = region", "two_regions"),
    ("worry", "leaver_id = NULL", "whose_pair"),
    ("worry", "read_by = NULL", "read_by_someone"),
    ("manager_away", "ends_on = '2020-01-01'", "in_order"),
    ("manager_away", "deputy_id = account_id", "two_people"),
    ("manager_away", "deputy_id = NULL, agreed_at = asked_at", "agreed_by_someone"),
    ("own_say", "number = 0", "number_range"),
    ("own_say", "wish = NULL", "said_whole"),
    ("expense", "pence = 0", "pence_range"),
    ("expense", "miles = 0", "miles_range"),
    ("expense", "decided_at = NULL", "decided_has_time"),
    ("expense", "paid_at = NULL", "paid_has_time"),
    ("letter", "attempt = -1", "counts_range"),
    ("letter", "not_after = '2020-01-01'", "in_order"),
    ("letter", "state = 'claimed'", "held_on_lease"),
    ("letter", "state = 'unknown'", "tried_has_message_id"),
    ("letter", "sent_at = due_at", "sent_has_time"),
    (
        "letter",
        "state = 'sent', sent_at = due_at, message_id = 'm', attempt = 1",
        "sent_was_accepted",
    ),
    ("event", "leaver_id = NULL", "one_person"),
    ("channel_state", "failures = -1", "failures_range"),
    ("channel_state", "opened_at = NULL, open_until = '2027-01-01'", "open_has_time"),
    ("post_hold", "number = 2", "only_one"),
    ("letter_attempt", "attempt = 0", "attempt_range"),
    ("consent", "leaver_id = NULL", "one_person"),
    ("consent", "purpose = 'texts'", "purpose_of_person"),
    ("legal_hold", "leaver_id = NULL", "one_person"),
    ("legal_hold", "lifted_by = recorded_by", "lifted_has_time"),
    ("change_reason", "leaver_id = NULL", "one_person"),
    ("retention_period", "days = -1", "days_range"),
    ("pair_count", "held = -1", "counts_range"),
    ("letter_attempt", "outcome = 'taken'", "end_has_outcome"),
    ("invitation", "used_at = invited_at", "used_has_account"),
    ("invitation", "agreed_by = invited_by", "two_people"),
    ("second_factor", "secret = NULL", "app_has_secret"),
    ("second_factor", "codes_made_at = '2027-01-01'", "sheet_has_day"),
    ("second_factor", "next_for = NULL", "next_is_whole"),
    ("one_time_code", "number = 0", "number_range"),
    ("break_glass", "leaver_id = NULL", "one_person"),
    ("break_glass", "answered_by = asked_by, answered_at = asked_at", "two_people"),
    ("break_glass", "answered_at = asked_at", "answer_has_hand"),
    ("break_glass", "ends_at = asked_at", "open_was_agreed"),
]


@pytest.fixture
def full(db: Session) -> Session:
    """A session on a database with a row in every table."""
    db.add_all(one_of_each())
    db.commit()
    return db


def refusal(db: Session, statement: str) -> str:
    """Return what the database says when it refuses the statement; nothing is changed by it."""
    with pytest.raises(DBAPIError) as refused:
        db.execute(text(statement))
    db.rollback()
    return str(refused.value.orig)


def test_a_row_that_contradicts_itself_is_refused(full):
    for table, change, check in CONTRADICTIONS:
        said = refusal(full, f"UPDATE {table} SET {change}")

        assert f"ck_{table}_{check}" in said, (table, change)


def test_each_check_of_the_models_is_tried_above():
    checks = {
        f"{constraint.name}"
        for table in METADATA.tables.values()
        for constraint in table.constraints
        if str(constraint.name).startswith("ck_") and not str(constraint.name).endswith("_word")
    }

    tried = {f"ck_{table}_{check}" for table, _change, check in CONTRADICTIONS}

    elsewhere = {
        "ck_pair_override_not_replaced",
        "ck_audit_entry_number_range",
        "ck_audit_entry_chain_length",
        "ck_audit_cut_number_range",
        "ck_audit_cut_seal_length",
    }
    assert checks == tried | elsewhere


def test_a_word_that_is_not_in_its_list_is_refused_by_the_database(full):
    for table, column in WORDS:
        said = refusal(full, f"UPDATE {table} SET {column} = 'unheard_of'")

        assert f"ck_{table}_" in said, column


@pytest.mark.parametrize(
    "told", [{"needs": {"wealth"}}, {"hours": {168}}, {"created_at": NOW.replace(tzinfo=None)}]
)
def test_a_value_that_no_column_can_keep_is_refused_before_the_database(told, db):
    db.add(a_mentor_row(**told))

    with pytest.raises(StatementError):
        db.flush()


@pytest.mark.parametrize(
    "change",
    [
        "leaver SET prison = 'XXX'",
        "mentor SET home = 'ZZ99'",
        "referral SET resettling_in = 'ZZ99'",
        "exclusion_zone SET district = 'ZZ99'",
        "clearance SET prison = 'XXX'",
        "expected_leaver SET prison = 'XXX'",
        "opposed_gangs SET other = 'EAST'",
    ],
)
def test_a_code_that_stands_for_nothing_is_refused_when_it_is_committed(change, full):
    full.execute(text(f"UPDATE {change}"))

    with pytest.raises(IntegrityError):
        full.commit()


@pytest.mark.parametrize("role", list(Role))
def test_an_account_has_the_scope_of_its_role(role, db):
    mentor = a_mentor_row()
    account = an_account(role, **({"mentor_id": mentor.id} if role is Role.MENTOR else {}))
    db.add_all([mentor, account])

    db.commit()

    scope = (account.prison, account.region, account.mentor_id)
    assert sum(part is not None for part in scope) == (role is not Role.ADMINISTRATOR)


def twins() -> list[tuple[str, Any, Any]]:
    leaver, mentor = a_leaver_row(), a_mentor_row()
    same = {"prison_number": leaver.prison_number}
    return [
        ("leaver code", leaver, a_leaver_row(code=leaver.code)),
        ("mentor code", mentor, a_mentor_row(code=mentor.code)),
        ("expected", an_expected_leaver(**same), an_expected_leaver(**same)),
        ("e-mail", an_account(email="a@example.org"), an_account(email="a@example.org")),
        ("letter", a_letter(key="one"), a_letter(key="one")),
        ("event", an_event(leaver, key="one"), an_event(leaver, key="one")),
    ]


def test_what_is_one_of_a_kind_is_kept_once(db):
    for what, first, second in twins():
        db.add_all([first, second])

        with pytest.raises(IntegrityError, match=r"(?i)unique"):
            db.flush()
        db.rollback()

        assert db.exec(select(Leaver)).all() == [], what


def test_a_link_may_name_an_end_by_name_and_birth_date(full):
    named = "other_prison_number = NULL, other_surname = 'Doe', other_first_name = 'Jo'"

    half = refusal(full, f"UPDATE link SET {named}")
    full.execute(text(f"UPDATE link SET {named}, other_birth_date = '1990-01-01'"))
    full.commit()

    assert "other_name_whole" in half
    assert the_only(full, "SELECT kind FROM link") == (LinkKind.NON_ASSOCIATION,)


def the_only(db: Session, query: str) -> Row[Any]:
    [row] = db.connection().execute(text(query)).all()
    return row


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_entry SET action = 'nothing'",
        "DELETE FROM audit_entry",
        "DELETE FROM audit_entry WHERE number = 1",
    ],
)
def test_the_audit_is_only_added_to(change, full):
    before = the_only(full, "SELECT * FROM audit_entry")

    said = refusal(full, change)

    assert "the audit is only added to" in said
    assert the_only(full, "SELECT * FROM audit_entry") == before


def test_the_audit_is_not_replaced_or_emptied_by_what_its_database_has_for_that(full, engine):
    columns = "number, at, action, noun, row_id, fields, origin, chain_before, chain"
    again = columns.replace("action", "'nothing'")
    trick = {
        "sqlite": f"INSERT OR REPLACE INTO audit_entry ({columns}) SELECT {again} FROM audit_entry",
        "postgresql": "TRUNCATE audit_entry",
    }

    said = refusal(full, trick[engine.dialect.name])

    assert "the audit is only added to" in said
    assert full.exec(select(AuditEntry.action)).all() == ["put forward"]


@pytest.mark.parametrize(
    "told", [{"number": 1}, {"chain_before": "0" * 64}, {"chain": "a" * 63}, {"number": 0}]
)
def test_the_audit_is_one_chain(told, db):
    db.add_all([an_audit_entry(1), an_audit_entry(2)])
    db.commit()
    db.expunge_all()

    db.add(an_audit_entry(**{"number": 3} | told | {"row_id": "other"}))

    with pytest.raises(IntegrityError):
        db.commit()


def test_a_stale_change_overwrites_nothing(engine: Engine):
    mine, theirs = (Session(engine, expire_on_commit=False) for _ in range(2))
    with mine, theirs:
        mine.add(a_leaver_row(first_name="Ours"))
        mine.commit()
        leaver = mine.exec(select(Leaver)).one()
        mine.commit()

        theirs.exec(select(Leaver)).one().first_name = "Theirs"
        theirs.commit()
        leaver.first_name = "Mine"
        with pytest.raises(StaleDataError):
            mine.commit()
        mine.rollback()

        kept = mine.exec(select(Leaver)).one()
        assert (kept.first_name, kept.version) == ("Theirs", 2)


def test_a_name_that_is_no_column_is_refused():
    with pytest.raises(TypeError, match="Leaver has no column surename"):
        a_leaver_row(surename="Ordinary")
