from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.core.release_dates import (
    BASES,
    POSSIBLE,
    DateMove,
    EffectiveRelease,
    Sentence,
    effective_release,
)
from matcher.core.words import day_in_words
from matcher.core.working_days import official_calendar
from models.release_words import DateKind, SentenceKind

CALENDAR = official_calendar()
LONG = Sentence(sentenced_on=date(2020, 1, 1))
UNMOVED = Sentence(sentenced_on=date(2020, 1, 1), scheme_reversed=True)
EVERY_DAY = [date(2024, 1, 1) + timedelta(days=step) for step in range(4018)]
DAYS = st.dates(date(2024, 1, 1), date(2034, 12, 31))
SENTENCES = st.builds(
    Sentence,
    kind=st.sampled_from(SentenceKind),
    sentenced_on=st.none() | st.dates(date(2018, 1, 1), date(2034, 12, 31)),
    recalled_on=st.none() | DAYS,
    scheme_reversed=st.booleans(),
)
GIVEN = st.dictionaries(st.sampled_from(DateKind), DAYS)


def release(sentence=LONG, **given: date) -> EffectiveRelease:
    return effective_release(
        {DateKind(kind): day for kind, day in given.items()}, sentence, CALENDAR
    )


def is_friday_or_eve(day: date) -> bool:
    return day.weekday() == 4 or day + timedelta(days=1) in CALENDAR.bank_holidays


def test_the_ten_years_are_whole():
    assert EVERY_DAY[-1] == date(2034, 12, 31)


@pytest.mark.parametrize(
    ("given_day", "expected"),
    [
        (date(2027, 2, 3), date(2027, 2, 3)),  # a Wednesday stays
        (date(2027, 2, 5), date(2027, 2, 4)),  # Friday to Thursday
        (date(2027, 2, 6), date(2027, 2, 4)),  # Saturday to Friday to Thursday
        (date(2027, 2, 7), date(2027, 2, 4)),  # and so does Sunday
        (date(2027, 2, 8), date(2027, 2, 8)),  # Monday stays
        (date(2027, 3, 25), date(2027, 3, 24)),  # the eve of Good Friday
        (date(2027, 3, 26), date(2027, 3, 24)),  # Good Friday: to the eve, and on
        (date(2027, 3, 27), date(2027, 3, 24)),  # Easter Saturday
        (date(2027, 3, 28), date(2027, 3, 24)),  # Easter Sunday
        (date(2027, 3, 29), date(2027, 3, 24)),  # Easter Monday
        (date(2027, 3, 30), date(2027, 3, 30)),  # the Tuesday after stays
        (date(2026, 12, 24), date(2026, 12, 23)),  # Christmas Eve, a Thursday
        (date(2026, 12, 25), date(2026, 12, 23)),  # Christmas Day, a Friday
        (date(2026, 12, 28), date(2026, 12, 23)),  # the substitute for Boxing Day
        (date(2026, 12, 29), date(2026, 12, 29)),  # a Tuesday between
        (date(2026, 12, 31), date(2026, 12, 30)),  # New Year's Eve
        (date(2027, 1, 1), date(2026, 12, 30)),  # New Year's Day, into the year before
        (date(2027, 12, 27), date(2027, 12, 23)),  # substitutes on Monday and Tuesday
        (date(2027, 12, 28), date(2027, 12, 23)),
        (date(2028, 1, 3), date(2027, 12, 30)),  # New Year's substitute, a Monday
        (date(2027, 5, 3), date(2027, 4, 29)),  # early May bank holiday
        (date(2028, 2, 29), date(2028, 2, 29)),  # a leap day, a Tuesday
        (date(2032, 2, 29), date(2032, 2, 26)),  # a leap day on a Sunday
    ],
)
def test_a_conditional_date_moves_as_a_person_would_work_out(given_day, expected):
    assert release(conditional=given_day).day == expected


def test_good_friday_moves_twice_and_says_so():
    answer = release(conditional=date(2027, 3, 26))

    assert answer.base is DateKind.CONDITIONAL
    assert answer.given == date(2027, 3, 26)
    assert answer.moves == (DateMove.TO_WORKING_DAY, DateMove.FRIDAY_SCHEME)
    assert answer.why == (
        "Conditional release date: Friday 26 March 2027. That is a bank holiday, so they "
        "leave on the working day before. That day is just before a bank holiday, so we count "
        "one working day earlier: the Friday scheme. The prison may undo this."
    )


def test_a_date_that_stays_says_which_it_is_and_not_its_day_again():
    settled = release(confirmed=date(2027, 2, 10))

    assert settled.why == "It is the confirmed release date. The prison has settled it."
    assert release(automatic=date(2027, 2, 10)).why == "It is the automatic release date."


def test_how_a_date_came_about_never_names_the_day_it_stands_beside():
    for day in EVERY_DAY:
        for kind in (DateKind.CONFIRMED, DateKind.CURFEW_APPROVED, DateKind.CONDITIONAL):
            answer = release(**{kind.value: day})

            assert day_in_words(answer.day) not in answer.why


def test_the_date_that_counts_is_the_first_present_in_order():
    tuesdays = {kind: date(2027, 2, 2) + timedelta(weeks=len(BASES)) for kind in BASES}

    for kind in BASES:
        assert effective_release(tuesdays, LONG, CALENDAR).base is kind
        del tuesdays[kind]

    assert effective_release(tuesdays, LONG, CALENDAR).base is None


def test_a_named_date_counts_before_the_one_a_report_does_not_name():
    answer = release(release_as_reported=date(2027, 2, 2), post_recall=date(2027, 2, 16))

    assert answer.day == date(2027, 2, 16)


def test_a_date_the_report_does_not_name_is_taken_as_not_yet_moved():
    answer = release(release_as_reported=date(2027, 2, 5))

    assert answer.day == date(2027, 2, 4)
    assert answer.moves == (DateMove.FRIDAY_SCHEME,)


@pytest.mark.parametrize("kind", [DateKind.CONDITIONAL, DateKind.CONDITIONAL_OVERRIDE])
def test_a_confirmed_date_later_than_the_conditional_date_does_not_count(kind):
    answer = effective_release(
        {DateKind.CONFIRMED: date(2027, 2, 10), kind: date(2027, 2, 9)}, LONG, CALENDAR
    )

    assert answer.base is kind
    assert answer.day == date(2027, 2, 9)
    assert "Wednesday 10 February 2027, is later than the conditional date" in answer.why


def test_a_confirmed_date_is_held_against_the_override_not_what_it_overrides():
    answer = release(
        confirmed=date(2027, 2, 10),
        conditional=date(2027, 2, 9),
        conditional_override=date(2027, 2, 16),
    )

    assert answer.base is DateKind.CONFIRMED


@pytest.mark.parametrize("day", [date(2027, 2, 5), date(2027, 2, 6), date(2027, 3, 26)])
def test_a_confirmed_date_never_moves_wherever_it_falls(day):
    answer = release(confirmed=day, conditional=date(2027, 4, 6))

    assert answer.day == day
    assert answer.moves == ()


def test_a_confirmed_date_on_a_day_off_says_to_ask():
    assert "nobody works that day" in release(confirmed=date(2027, 2, 6)).why
    assert "nobody works that day" not in release(confirmed=date(2027, 2, 5)).why


def test_a_curfew_release_leaves_on_the_friday_but_not_on_the_saturday():
    assert release(curfew_approved=date(2027, 2, 5)).day == date(2027, 2, 5)
    assert release(curfew_approved=date(2027, 2, 6)).day == date(2027, 2, 5)
    assert "not for curfew releases" in release(curfew_approved=date(2027, 2, 5)).why


@pytest.mark.parametrize("kind", [SentenceKind.PAROLE, SentenceKind.INDETERMINATE])
def test_parole_and_indeterminate_releases_stay_on_the_friday(kind):
    answer = release(Sentence(kind, sentenced_on=date(2020, 1, 1)), automatic=date(2027, 2, 6))

    assert answer.day == date(2027, 2, 5)
    assert answer.moves == (DateMove.TO_WORKING_DAY,)


@pytest.mark.parametrize(
    ("sentenced_on", "expected"),
    [
        (date(2027, 1, 9), date(2027, 2, 4)),  # 28 days, the first and the last counted
        (date(2027, 1, 10), date(2027, 2, 5)),  # 27 days
        (None, date(2027, 2, 4)),  # not known: presumed
    ],
)
def test_the_friday_scheme_is_for_28_days_or_more(sentenced_on, expected):
    answer = release(Sentence(sentenced_on=sentenced_on), conditional=date(2027, 2, 5))

    assert answer.day == expected
    assert ("We take it that they have served 28 days" in answer.why) == (sentenced_on is None)


def test_the_prison_may_reverse_the_friday_scheme():
    answer = release(UNMOVED, conditional=date(2027, 2, 5))

    assert answer.day == date(2027, 2, 5)
    assert "The prison has undone the Friday scheme here." in answer.why


def test_after_a_recall_the_dates_before_it_no_longer_count():
    recalled = Sentence(sentenced_on=date(2025, 1, 6), recalled_on=date(2026, 10, 6))

    answer = release(recalled, conditional=date(2026, 7, 7), post_recall=date(2027, 2, 9))

    assert answer.base is DateKind.POST_RECALL
    assert answer.day == date(2027, 2, 9)


def test_eligibility_and_review_dates_only_say_could_be_from():
    answer = release(
        curfew_eligibility=date(2027, 1, 9),
        parole_eligibility=date(2027, 2, 1),
        parole_review=date(2027, 3, 1),
    )

    assert (answer.day, answer.base, answer.given, answer.moves) == (None, None, None, ())
    assert answer.could_be_from == date(2027, 1, 9)
    assert answer.why == "No release date yet. It could be from Saturday 9 January 2027."


def test_a_possible_date_is_told_only_if_it_is_before_the_release():
    early = release(conditional=date(2027, 2, 9), curfew_eligibility=date(2026, 12, 1))
    late = release(conditional=date(2027, 2, 9), curfew_eligibility=date(2027, 2, 9))

    assert early.could_be_from == date(2026, 12, 1)
    assert late.could_be_from is None


def test_without_any_date_there_is_no_release_date_yet():
    assert release() == EffectiveRelease(None, None, None, (), None, "No release date yet.")


def test_a_date_beyond_the_known_bank_holidays_is_refused():
    with pytest.raises(ValueError, match="9999"):
        release(conditional=date(9999, 12, 31))


def test_on_every_day_of_ten_years_the_release_is_on_a_working_day_and_not_too_far_off():
    for day in EVERY_DAY:
        for sentence in (LONG, UNMOVED):
            found = release(sentence, conditional=day).day

            assert found.weekday() < 5
            assert found not in CALENDAR.bank_holidays
            assert timedelta(0) <= day - found <= timedelta(days=6)


def test_on_every_day_of_ten_years_the_friday_scheme_is_one_working_day_or_nothing():
    for day in EVERY_DAY:
        without, answer = release(UNMOVED, conditional=day), release(LONG, conditional=day)

        moves = is_friday_or_eve(without.day)

        assert answer.day == (CALENDAR.before(without.day) if moves else without.day)
        assert (DateMove.FRIDAY_SCHEME in answer.moves) == moves
        assert (DateMove.TO_WORKING_DAY in answer.moves) == (without.day != day)


def test_on_every_day_of_ten_years_a_moved_date_stays_when_the_prison_confirms_it():
    for day in EVERY_DAY:
        found = release(conditional=day).day

        assert release(confirmed=found, conditional=day).day == found


def test_a_moved_date_stays_when_given_back_unnamed_unless_the_answer_says_to_ask():
    asked = []
    for day in EVERY_DAY:
        first = release(conditional=day)
        again = release(release_as_reported=first.day)
        to_ask = first.why.endswith("again a Friday or just before a bank holiday: ask the prison.")

        assert (again.day != first.day) == to_ask
        asked += [day] * to_ask

    assert asked == [
        *(date(2024, 12, 27), date(2024, 12, 28), date(2024, 12, 29)),
        *(date(2026, 1, 2), date(2026, 1, 3), date(2026, 1, 4)),
        *(date(2029, 12, 24), date(2029, 12, 25), date(2029, 12, 26)),
        *(date(2029, 12, 31), date(2030, 1, 1)),
        *(date(2030, 12, 27), date(2030, 12, 28), date(2030, 12, 29)),
        *(date(2032, 1, 2), date(2032, 1, 3), date(2032, 1, 4)),
    ]


@given(GIVEN, SENTENCES)
def test_whatever_is_given_the_rules_hold(given_dates, sentence):
    answer = effective_release(given_dates, sentence, CALENDAR)
    ahead = {
        kind: day
        for kind, day in given_dates.items()
        if sentence.recalled_on is None or day > sentence.recalled_on
    }

    if answer.base is None:
        assert answer.day is None
        assert not set(ahead) & set(BASES)
    else:
        assert answer.given == ahead[answer.base]
        assert answer.day <= answer.given
        assert (answer.day == answer.given) == (answer.moves == ())
        assert answer.base not in POSSIBLE
        passed_over = set(BASES[: BASES.index(answer.base)]) & set(ahead)
        assert passed_over <= {DateKind.CONFIRMED}
    if answer.base is DateKind.CONFIRMED:
        assert answer.moves == ()
    if answer.base is DateKind.CURFEW_APPROVED or sentence.kind is not SentenceKind.DETERMINATE:
        assert DateMove.FRIDAY_SCHEME not in answer.moves


@given(GIVEN, SENTENCES)
def test_the_dates_that_do_not_count_change_nothing_but_what_is_said(given_dates, sentence):
    answer = effective_release(given_dates, sentence, CALENDAR)

    if answer.base:
        alone = effective_release({answer.base: answer.given}, sentence, CALENDAR)
        assert (alone.day, alone.moves) == (answer.day, answer.moves)


@given(GIVEN, DAYS, SENTENCES)
def test_the_day_someone_really_left_counts_before_all_others_and_never_moves(given, day, sentence):
    found = effective_release({**given, DateKind.ACTUAL: day}, sentence, CALENDAR)

    if sentence.recalled_on is None or day > sentence.recalled_on:
        assert (found.day, found.base, found.moves) == (day, DateKind.ACTUAL, ())
    else:
        assert found.base is not DateKind.ACTUAL
