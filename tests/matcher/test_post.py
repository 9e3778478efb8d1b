"""Letters are planned once, in their window, and taken back while they are unsent."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from matcher import post
from matcher.core.sending import SendingWindow
from models.outbox import NOT_UNDER_WAY, Letter
from models.states import Channel, LetterKind, LetterState
from models.vocabulary import Region
from tests.rows import NOW, a_leaver_row, a_mentor_row, a_pair, a_referral, places_of

DAY = timedelta(days=1)


def two_people(db):
    leaver, mentor = a_leaver_row(), a_mentor_row()
    referral = a_referral(leaver)
    pair = a_pair(referral, mentor)
    db.add_all([leaver, mentor, *places_of(mentor), referral, pair])
    db.flush()
    return pair


def offer(db, pair, **told):
    to = post.to_mentor(pair.mentor_id)
    about = {"pair_id": pair.id, "mentor_id": pair.mentor_id, "leaver_id": pair.leaver_id}
    return post.plan_letter(db, LetterKind.OFFER, Channel.EMAIL, to, **{"now": NOW} | about | told)


def test_a_letter_is_planned_into_the_window_of_its_kind(db):
    pair = two_people(db)

    letter = offer(db, pair, facts={"asked_by": "x"})

    db.flush()
    assert letter.state is LetterState.PLANNED
    assert letter.due_at == NOW
    assert letter.not_after == datetime(2026, 11, 25, 17, tzinfo=UTC)
    assert (letter.attempt, letter.urgent, letter.facts["asked_by"]) == (0, False, "x")


def test_a_letter_wanted_in_the_evening_waits_for_the_morning(db):
    pair = two_people(db)

    letter = offer(db, pair, wanted=NOW.replace(hour=20))

    assert letter.due_at == datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_an_urgent_letter_is_due_at_once_at_any_hour(db):
    pair = two_people(db)
    night = datetime(2026, 11, 29, 3, tzinfo=UTC)

    letter = post.plan_letter(
        db,
        LetterKind.STOOD_DOWN,
        Channel.TEXT,
        post.to_mentor(pair.mentor_id),
        now=night,
        pair_id=pair.id,
    )

    assert letter.urgent
    assert letter.due_at == night


def test_a_window_that_is_given_stands(db):
    pair = two_people(db)

    letter = offer(db, pair, window=SendingWindow(NOW + DAY, NOW + 2 * DAY, urgent=True))

    assert (letter.due_at, letter.not_after, letter.urgent) == (NOW + DAY, NOW + 2 * DAY, True)


def test_the_same_letter_is_planned_once_and_a_new_generation_again(db):
    pair = two_people(db)

    first, again, newer = offer(db, pair), offer(db, pair), offer(db, pair, generation=2)

    db.flush()
    assert again is None
    assert set(db.exec(select(Letter.id))) == {first.id, newer.id}


def test_each_recipient_is_named_by_what_it_is(db):
    pair = two_people(db)

    assert post.to_mentor(pair.mentor_id) == f"mentor:{pair.mentor_id}"
    assert post.to_leaver(pair.leaver_id) == f"leaver:{pair.leaver_id}"
    assert post.to_practitioner(pair.leaver_id) == f"practitioner:{pair.leaver_id}"
    assert post.to_manager(Region.YORKSHIRE) == f"manager:{Region.YORKSHIRE.value}"


@given(st.data())
def test_letters_that_differ_in_anything_have_different_keys(data):
    ids = st.uuids()
    said = st.tuples(
        st.sampled_from(LetterKind),
        st.sampled_from(Channel),
        ids.map(post.to_mentor),
        st.fixed_dictionaries(
            {"pair_id": ids, "number": st.integers(1, 12), "generation": st.integers(1, 12)}
        ),
    )

    one, other = data.draw(said), data.draw(said)

    assert (post.letter_key(*one) == post.letter_key(*other)) == (one == other)


def test_unsent_letters_are_cancelled_and_others_left(db):
    pair, other = two_people(db), two_people(db)
    letters = {state: in_state(db, pair, state, number) for number, state in numbered_states()}
    of_another_pair = offer(db, other)
    db.flush()

    count = post.cancel_letters(db, now=NOW, pair_id=pair.id)

    assert count == len(NOT_UNDER_WAY)
    for state, letter in letters.items():
        expected = LetterState.CANCELLED if state in NOT_UNDER_WAY else state
        assert letter.state is expected
    assert of_another_pair.state is LetterState.PLANNED


def test_only_the_kinds_named_are_cancelled(db):
    pair = two_people(db)
    letter = offer(db, pair)

    count = post.cancel_letters(db, now=NOW, pair_id=pair.id, kinds={LetterKind.DIGEST})

    assert count == 0
    assert letter.state is LetterState.PLANNED


def test_all_that_is_named_has_to_fit(db):
    pair = two_people(db)
    offer(db, pair)

    by_leaver = {"leaver_id": pair.leaver_id, "mentor_id": a_mentor_row().id}
    count = post.cancel_letters(db, now=NOW, **by_leaver)

    assert count == 0


def test_cancelling_without_a_name_is_refused(db):
    with pytest.raises(ValueError, match="whose letters"):
        post.cancel_letters(db, now=NOW)


def numbered_states():
    return enumerate(LetterState, start=1)


def in_state(db, pair, state, number):
    """Plan a letter and put it into a state, whole enough for the database's checks."""
    letter = offer(db, pair, number=number)
    letter.state = state
    letter.attempt, letter.message_id = 1, "<1@example.org>"
    letter.lease_until = NOW + DAY
    letter.answer = "250 taken"
    letter.sent_at = NOW if state is LetterState.SENT else None
    return letter
