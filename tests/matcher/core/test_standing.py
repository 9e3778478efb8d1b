from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.core.away import Spell, days_beside, is_away
from matcher.core.release_dates import BASES
from matcher.core.standing import FREEZES, Happened, Standing, standing_after
from matcher.core.working_days import official_calendar
from models.release_words import DateKind
from models.states import EventKind

START = datetime(2027, 1, 4, 12, tzinfo=UTC)
DAYS = st.integers(0, 60)
STEPS = st.sampled_from(["pause", "end", "back"])


def on(days):
    return (START + timedelta(days=days)).date()


def event(kind, days=0, told_after=0, /, **facts):
    at = START + timedelta(days=days + told_after)
    said = {"on": on(days).isoformat()} | facts
    return Happened(kind, at, at, f"{kind}:{at}:{sorted(said.items(), key=str)}", said)


def told_later(event, hours):
    """The same, but written down so many hours after it happened."""
    told = event.at + timedelta(hours=hours)
    return replace(event, told=told, key=f"{event.key}:{told}")


def dated(days, given, kind=DateKind.CONFIRMED, leads_to=None):
    """A date given, and the day of release that it leads to: the same, if the kind counts."""
    leads_to = leads_to or (given if kind in BASES else None)
    days_told = {"given": given and given.isoformat(), "to": leads_to and leads_to.isoformat()}
    return event(EventKind.DATE_MOVED, days, kind=kind.value, **days_told)


def left(days):
    day = on(days).isoformat()
    return event(EventKind.RELEASED_EARLY, days, kind="actual", given=day, to=day)


A_DAY_TOLD = st.one_of(st.none(), DAYS.map(on))
AT_ONCE = st.one_of(
    st.builds(event, st.sampled_from([*FREEZES, EventKind.DIED]), DAYS),
    st.builds(dated, DAYS, A_DAY_TOLD),
    st.builds(left, DAYS),
    st.builds(
        lambda days, back: event(
            EventKind.UNLAWFULLY_AT_LARGE, days, back, back_on=on(days + back).isoformat()
        ),
        DAYS,
        DAYS,
    ),
    st.builds(
        lambda days, told, until: event(
            EventKind.AWAY, days, told, until=until and until.isoformat()
        ),
        DAYS,
        DAYS,
        A_DAY_TOLD,
    ),
    st.builds(
        lambda days, prison: event(EventKind.TRANSFERRED, days, prison=prison),
        DAYS,
        st.sampled_from(["LEI", "MDI"]),
    ),
    st.builds(lambda days, step: event(EventKind.MENTOR_LAPSED, days, step=step), DAYS, STEPS),
    st.builds(lambda days: event(EventKind.CONSENT_WITHDRAWN, days), DAYS),
)
ANY = st.one_of(AT_ONCE, st.builds(told_later, AT_ONCE, st.integers(1, 72)))


@given(st.lists(ANY, max_size=12), st.data())
def test_events_in_any_order_and_told_again_amount_to_the_same(events, data):
    shuffled = data.draw(st.permutations(events))
    repeated = data.draw(st.lists(st.sampled_from(events), max_size=5)) if events else []

    assert standing_after([*shuffled, *repeated]) == standing_after(events)


@given(st.lists(ANY, max_size=12), ANY)
def test_a_death_is_for_good_whatever_is_told_besides(events, later):
    died = event(EventKind.DIED, 3)

    assert standing_after([*events, died, later]).dead


def test_of_someone_of_whom_nothing_is_told_nothing_stands_still():
    assert standing_after([]) == Standing()
    assert Standing().release_number == 1


@pytest.mark.parametrize("kind", FREEZES)
def test_a_plan_that_stands_still_goes_on_with_a_later_date_told_afterwards(kind):
    stops = event(kind, 10)

    assert standing_after([stops]).frozen == (kind,)
    assert standing_after([stops, dated(12, on(40))]).frozen == ()
    assert standing_after([stops, left(10 + 5)]).frozen == ()


@pytest.mark.parametrize("kind", FREEZES)
def test_a_date_told_before_or_taken_away_or_only_possible_lets_nothing_go_on(kind):
    stops = event(kind, 10)
    possible = dated(12, on(40), DateKind.PAROLE_ELIGIBILITY)

    for told in (dated(9, on(40)), dated(12, None), dated(12, on(10)), possible):
        assert standing_after([stops, told]).frozen == (kind,)


MISSED = event(EventKind.NOT_RELEASED, 10)


@pytest.mark.parametrize("hours", [-3, 3, 20], ids=["before", "after", "the next morning"])
def test_a_missed_release_is_over_with_a_date_after_it_whichever_was_told_first(hours):
    another = told_later(dated(10, on(17)), 1)

    assert standing_after([told_later(MISSED, hours), another]).frozen == ()


@pytest.mark.parametrize("hours", [-3, 3], ids=["before", "after"])
def test_a_date_that_leaves_the_missed_day_as_it_was_lets_nothing_go_on(hours):
    later_but_second = dated(10, on(17), DateKind.AUTOMATIC, leads_to=on(10))

    standing = standing_after([told_later(MISSED, hours), later_but_second])

    assert standing.frozen == (EventKind.NOT_RELEASED,)


def test_of_leaving_and_not_leaving_on_the_same_day_what_was_told_later_counts():
    first = left(10)

    assert standing_after([first, told_later(MISSED, 2)]).frozen == (EventKind.NOT_RELEASED,)
    assert standing_after([told_later(first, 3), told_later(MISSED, 2)]).frozen == ()


@pytest.mark.parametrize("kind", [kind for kind in FREEZES if kind is not EventKind.NOT_RELEASED])
def test_of_a_stop_and_a_date_told_on_one_day_what_was_told_later_counts(kind):
    stops, another = event(kind, 10), dated(10, on(40))

    assert standing_after([stops, told_later(another, 1)]).frozen == ()
    assert standing_after([told_later(stops, 20), another]).frozen == (kind,)


def test_a_correction_of_one_day_counts_as_it_was_told_and_not_as_it_is_spelt():
    first, second = (event(EventKind.TRANSFERRED, 3, prison=prison) for prison in ("MDI", "LEI"))

    for one, other in ((first, second), (second, first)):
        standing = standing_after([told_later(other, 30), told_later(one, 20)])
        assert standing.prison == other.facts["prison"]


def test_someone_at_large_is_back_when_that_is_told_or_when_they_are_in_prison_again():
    missed = event(EventKind.UNLAWFULLY_AT_LARGE, 1)
    back = event(EventKind.UNLAWFULLY_AT_LARGE, 1, 4, back_on=on(5).isoformat())

    assert standing_after([missed, back]).frozen == ()
    assert standing_after([missed, event(EventKind.TRANSFERRED, 3, prison="MDI")]).frozen == ()
    assert standing_after([missed, event(EventKind.RECALLED, 3)]).frozen == (EventKind.RECALLED,)


def test_of_a_spell_away_the_last_word_counts():
    gone = event(EventKind.AWAY, 2, until=None)
    back = event(EventKind.AWAY, 2, 5, until=on(6).isoformat())
    mistaken = event(EventKind.AWAY, 2, 6, until=on(1).isoformat())

    assert standing_after([gone]).away == (Spell(on(2), None),)
    assert standing_after([back, gone]).away == (Spell(on(2), on(6)),)
    assert standing_after([mistaken, back, gone]).away == ()


def test_each_day_of_recall_begins_another_release_and_who_left_is_back():
    recalled = [event(EventKind.RECALLED, days) for days in (5, 5, 30)]

    standing = standing_after([*recalled, left(20)])

    assert (standing.recalled_on, standing.release_number) == (on(30), 3)
    assert standing.released_on is None
    assert standing_after([left(20), recalled[0]]).released_on == on(20)


def test_a_mentor_who_pauses_and_comes_back_goes_on_and_one_whose_term_ended_does_not():
    pause, back, ends = (
        event(EventKind.MENTOR_LAPSED, days, step=step)
        for days, step in enumerate(["pause", "back", "end"])
    )

    assert standing_after([pause]).frozen == (EventKind.MENTOR_LAPSED,)
    assert standing_after([back, pause]) == Standing()
    assert standing_after([ends, back, pause]).ended


def test_consent_withdrawn_for_one_referral_is_not_withdrawn_for_everything():
    one = event(EventKind.CONSENT_WITHDRAWN, 1, referral="an id")

    assert standing_after([one]).withdrawn_at is None
    assert standing_after([one, event(EventKind.CONSENT_WITHDRAWN, 2)]).withdrawn_at is not None


ANCHOR = date(2027, 2, 3)
SPELLS = st.lists(
    st.builds(
        lambda first, days: Spell(first, None if days is None else first + timedelta(days=days)),
        st.dates(date(2026, 12, 1), date(2027, 5, 1)),
        st.one_of(st.none(), st.integers(0, 40)),
    ),
    max_size=3,
)


@given(SPELLS, st.dates(date(2026, 12, 1), date(2027, 5, 1)), st.integers(0, 20))
def test_days_for_a_meeting_begin_and_end_on_days_on_which_someone_is_there(spells, first, days):
    last = first + timedelta(days=days)

    found = days_beside(spells, first, last, ANCHOR, official_calendar())

    assert found is None or not any(is_away(spells, day, ANCHOR) for day in found)
    if not any(is_away(spells, first + timedelta(days=n), ANCHOR) for n in range(days + 1)):
        assert found == (first, last)


def test_a_spell_without_an_end_ends_with_the_release_and_one_after_it_with_the_return():
    before, after = [Spell(date(2027, 1, 10), None)], [Spell(date(2027, 2, 10), None)]
    week = (date(2027, 2, 10), date(2027, 2, 17))

    assert is_away(before, date(2027, 2, 2), ANCHOR)
    assert not is_away(before, ANCHOR, ANCHOR)
    assert days_beside(before, *week, ANCHOR, official_calendar()) == week
    assert days_beside(after, *week, ANCHOR, official_calendar()) is None


def test_a_follow_up_inside_a_spell_is_on_the_first_working_day_back():
    spells = [Spell(date(2027, 2, 8), date(2027, 2, 19))]

    found = days_beside(spells, date(2027, 2, 8), date(2027, 2, 10), ANCHOR, official_calendar())

    assert found == (date(2027, 2, 22), date(2027, 2, 22))
