from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from matcher import post
from matcher.endings import live_pair_of
from matcher.former import called, has_number
from matcher.intake import take_report
from matcher.life_events import HAPPENINGS
from matcher.people_checks import leaver_obstacles
from matcher.people_on_file import PeopleOnFile
from matcher.refusing import NotAllowed
from matcher.repointing import POINTS
from matcher.standings import standing_of
from matcher.why import referral_called
from models.accounts import Account
from models.council_words import Note
from models.desk_words import TaskKind
from models.ethnic_groups import EthnicGroup
from models.events import Event
from models.former import FormerNumber
from models.outbox import Letter
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.referrals import Referral, Screening
from models.release_words import DateKind
from models.releases import ReleaseDate
from models.restrictions import Link
from models.states import (
    Channel,
    EndReason,
    EventKind,
    LetterKind,
    LetterState,
    MentorState,
    PairState,
    ReferralState,
    Role,
)
from models.tables import METADATA
from models.tasks import Task
from models.vocabulary import LinkKind
from tests.factories import a_leaver
from tests.matcher.accepted import RELEASE, an_accepted_pair, send
from tests.matcher.merges import everything, merge, preview
from tests.rows import (
    NOW,
    a_leaver_row,
    a_mentor_row,
    a_referral,
    a_screening,
    a_standby,
    an_account,
    an_event,
    places_of,
    vetting_of,
)

A_DAY = timedelta(days=1)
BORN = date(1971, 5, 17)


@pytest.fixture
def there(db):
    there = an_accepted_pair(db)
    there.plan()
    return there


def a_twin(db, leaver, *, state=ReferralState.WAITING, **told):
    """Another record of a leaver, put forward as well."""
    own = {"birth_date": leaver.birth_date, "release_date": leaver.release_date}
    twin = a_leaver_row(**own | told)
    referral = a_referral(twin, state=state)
    db.add_all([twin, referral, a_screening(twin, recorded_at=NOW - A_DAY)])
    db.flush()
    return twin, referral


def a_second_mentor(db, mentor, **told):
    """Another record of a mentor."""
    twin = a_mentor_row(**{"birth_date": mentor.birth_date} | told)
    db.add_all([twin, *places_of(twin), *vetting_of(twin, NOW - A_DAY)])
    db.flush()
    return twin


def rows(db, table, **told):
    return db.exec(select(table).filter_by(**told)).all()


def test_every_reference_to_a_person_is_handled():
    of_people = {
        (table.name, column.name)
        for table in METADATA.tables.values()
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name in {"leaver", "mentor"}
    }

    assert {(point.rows.__tablename__, point.column) for point in POINTS} == of_people


@pytest.mark.parametrize("which", ["the pair stays", "the pair goes"])
def test_what_is_shown_before_is_what_happens_and_told_again_it_changes_nothing(there, which):
    db = there.db
    twin, _ = a_twin(db, there.leaver)
    stays, goes = (there.leaver, twin) if which == "the pair stays" else (twin, there.leaver)
    code, before = goes.code, everything(db)

    shown = preview(db, stays, code)
    after_showing = everything(db)
    happened = merge(db, stays, code)
    once = everything(db)
    again = merge(db, stays, code, now=NOW + A_DAY)

    assert after_showing == before
    assert happened == shown
    assert once != before
    assert everything(db) == once
    assert not again.is_news
    assert f"{code} becomes part of {stays.code}." in happened.sentences()[0]
    assert live_pair_of(db, stays.id).id == there.pair.id


def test_nobody_is_left_behind_and_the_mentor_hears_nothing_of_it(there):
    db, old = there.db, there.leaver.id
    twin, referral = a_twin(db, there.leaver)
    db.add(Note(leaver_id=old, text="Likes fishing.", recorded_at=NOW))
    digests = len(there.letters(LetterKind.DIGEST))

    merge(db, twin, there.leaver.code)
    db.commit()

    assert db.get(Leaver, old) is None
    assert {one.leaver_id for one in db.exec(select(Referral))} == {twin.id}
    assert {one.leaver_id for one in db.exec(select(Pair))} == {twin.id}
    assert {one.leaver_id for one in db.exec(select(Note))} == {twin.id}
    assert referral.state is ReferralState.WITHDRAWN
    assert there.referral.state is ReferralState.MATCHED
    assert there.pair.state is PairState.ACCEPTED
    assert len(there.letters(LetterKind.DIGEST)) == digests
    assert not rows(db, Event, kind=EventKind.CONSENT_WITHDRAWN)


def test_letters_not_yet_sent_are_readdressed_and_what_has_gone_does_not_go_again(there):
    db = there.db
    [gone] = there.letters(LetterKind.INTRODUCTION)
    send(gone, NOW)
    told = {"leaver_id": there.leaver.id}
    kind, channel = LetterKind.PRACTITIONER_QUESTION, Channel.EMAIL
    waits = post.plan_letter(
        db, kind, channel, post.to_practitioner(there.leaver.id), now=NOW, **told
    )
    twin, _ = a_twin(db, there.leaver)
    key, old = gone.key, str(there.leaver.id)

    merge(db, twin, there.leaver.code)
    again = post.plan_letter(
        db, kind, channel, post.to_practitioner(twin.id), now=NOW, leaver_id=twin.id
    )
    printed = post.plan_letter(
        db,
        LetterKind.INTRODUCTION,
        Channel.PRINT,
        post.to_leaver(twin.id),
        now=NOW,
        leaver_id=twin.id,
        pair_id=there.pair.id,
    )

    assert (again, printed) == (None, None)
    assert (gone.key, gone.recipient) == (key, post.to_leaver(twin.id))
    assert waits.recipient == post.to_practitioner(twin.id)
    assert old not in waits.key
    assert str(twin.id) in waits.key
    assert not [one for one in db.exec(select(Letter)) if old in one.recipient]


def test_the_same_letter_planned_for_both_goes_once(there):
    db = there.db
    twin, _ = a_twin(db, there.leaver)
    for one in (there.leaver, twin):
        post.plan_letter(
            db,
            LetterKind.PRACTITIONER_QUESTION,
            Channel.EMAIL,
            post.to_practitioner(one.id),
            now=NOW,
            leaver_id=one.id,
        )

    merge(db, twin, there.leaver.code)

    states = [one.state for one in rows(db, Letter, kind=LetterKind.PRACTITIONER_QUESTION)]
    assert sorted(states) == [LetterState.CANCELLED, LetterState.PLANNED]


def test_of_two_pairs_the_further_stays_and_the_other_mentor_is_stood_down(there):
    db = there.db
    other = an_accepted_pair(db, state=PairState.SUSPENDED)
    other.leaver.birth_date = there.leaver.birth_date
    db.flush()

    ripple = merge(db, other.leaver, there.leaver.code)

    assert live_pair_of(db, other.leaver.id).id == there.pair.id
    assert other.pair.end_reason is EndReason.STOOD_DOWN
    assert other.referral.state is ReferralState.WITHDRAWN
    [letter] = rows(db, Letter, kind=LetterKind.STOOD_DOWN)
    assert letter.urgent
    assert letter.mentor_id == other.mentor.id
    assert rows(db, Task, kind=TaskKind.RING, pair_id=other.pair.id)
    assert ripple.ends == 1
    assert ripple.proposes == 0


def test_every_date_ever_given_is_kept_once(db):
    stays, goes = a_leaver_row(release_date=RELEASE), a_leaver_row(release_date=RELEASE)
    day = RELEASE + A_DAY
    db.add_all([stays, goes])
    for leaver, given, source, at in (
        (stays, RELEASE, "liaison", NOW - 3 * A_DAY),
        (goes, RELEASE, "liaison", NOW - 2 * A_DAY),
        (goes, day, "board", NOW - A_DAY),
    ):
        told = {"leaver_id": leaver.id, "kind": DateKind.CONFIRMED, "day": given}
        db.add(ReleaseDate(source=source, given_by="Robin", recorded_at=at, **told))
    db.flush()

    merge(db, stays, goes.code)

    kept = db.exec(select(ReleaseDate).order_by(col(ReleaseDate.recorded_at))).all()
    assert [(one.day, one.source) for one in kept] == [(RELEASE, "liaison"), (day, "board")]
    assert {one.leaver_id for one in kept} == {stays.id}
    assert stays.release_date == day


def test_the_old_code_and_number_find_the_person_through_merges_of_merges(db):
    first, second, third = (a_leaver_row(birth_date=BORN) for _ in range(3))
    db.add_all([first, second, third])
    db.flush()
    codes, numbers = [first.code, second.code], [first.prison_number, second.prison_number]

    merge(db, second, first.code)
    merge(db, third, codes[1])

    assert [called(db, Leaver, code).id for code in codes] == [third.id, third.id]
    assert sorted(one.prison_number for one in rows(db, FormerNumber)) == sorted(numbers)
    assert set(numbers) <= set(third.former_keys)
    assert not merge(db, third, codes[0]).is_news


def test_an_ethnic_group_that_only_one_record_knows_stays_with_the_person(there):
    twin, _ = a_twin(there.db, there.leaver, ethnic_group=EthnicGroup.ASIAN)

    merge(there.db, there.leaver, twin.code)

    assert there.leaver.ethnic_group is EthnicGroup.ASIAN


def test_links_hold_by_the_old_number_and_the_same_link_is_kept_once(there):
    db = there.db
    twin, _ = a_twin(db, there.leaver)
    there.mentor.prison_number = "Z7777ZZ"
    for leaver in (twin, there.leaver):
        named = {"one_leaver_id": leaver.id, "other_prison_number": "Z0000ZZ"}
        db.add(Link(kind=LinkKind.NON_ASSOCIATION, recorded_at=NOW, **named))
    number = {"one_prison_number": there.leaver.prison_number}
    db.add(Link(kind=LinkKind.CO_ACCUSED, other_mentor_id=there.mentor.id, recorded_at=NOW,
                **number))  # fmt: skip
    db.flush()

    merge(db, twin, there.leaver.code)

    assert len(rows(db, Link)) == 2
    assert there.pair.state is PairState.SUSPENDED


REFUSED = {
    "nobody": "There is no leaver with the code NOBODY.",
    "themselves": "This is the same record.",
    "born": "different dates of birth",
    "sentence": "different sentences at the same time",
    "link": "a link that keeps these two apart",
    "own mentor": "has the other as their mentor",
}


@pytest.mark.parametrize("why", sorted(REFUSED))
def test_what_cannot_be_one_person_is_refused_in_a_sentence(there, why):
    db, leaver = there.db, there.leaver
    twin, _ = a_twin(db, leaver)
    if why == "born":
        twin.birth_date = BORN
    if why == "sentence":
        leaver.sentenced_on, twin.sentenced_on = date(2025, 1, 1), date(2026, 1, 1)
    if why == "link":
        ends = {"one_leaver_id": twin.id, "other_prison_number": leaver.prison_number}
        db.add(Link(kind=LinkKind.NON_ASSOCIATION, recorded_at=NOW, **ends))
    if why == "own mentor":
        there.mentor.prison_number = twin.prison_number
    db.flush()
    before = everything(db)
    code = {"nobody": "NOBODY", "themselves": leaver.code}.get(why, twin.code)

    with pytest.raises(NotAllowed) as refused:
        merge(db, leaver, code)

    [sentence] = refused.value.sentences
    assert REFUSED[why] in sentence
    assert everything(db) == before


def test_another_birth_date_is_no_bar_once_the_manager_says_it_was_a_mistake(db):
    stays, goes = a_leaver_row(), a_leaver_row(birth_date=BORN)
    db.add_all([stays, goes])
    db.flush()

    assert merge(db, stays, goes.code, mistaken=True).is_news


def test_only_a_manager_may_tell_it():
    assert HAPPENINGS[EventKind.MERGED].told_by == {Role.MANAGER}


def test_the_death_of_one_record_ends_the_pair_of_the_other(there):
    db = there.db
    twin, _ = a_twin(db, there.leaver)
    died = {"kind": EventKind.DIED, "facts": {"on": NOW.date().isoformat()}}
    db.add(an_event(twin, key=f"died:{twin.id}:x", **died))
    db.flush()

    merge(db, there.leaver, twin.code)

    assert standing_of(db, there.leaver).dead
    assert there.pair.end_reason is EndReason.DIED


def test_two_screenings_that_differ_leave_nothing_looser_than_either(there):
    db = there.db
    twin, _ = a_twin(db, there.leaver)
    [own] = rows(db, Screening, leaver_id=there.leaver.id)
    own.sexual_offence, own.gangs = True, frozenset({"NORTH"})
    own.sexual_offence_approved_by, own.sexual_offence_approved_on = "Robin", date(2026, 11, 1)
    db.flush()

    ripple = merge(db, twin, there.leaver.code)

    newest = max(rows(db, Screening), key=lambda one: one.recorded_at)
    assert newest.sexual_offence
    assert newest.gangs == {"NORTH"}
    assert newest.sexual_offence_approved_by is None
    assert "screen again" in " ".join(ripple.sentences())
    assert rows(db, Task, kind=TaskKind.SCREEN_AGAIN)


def test_two_records_of_a_mentor_become_one_with_all_their_leavers(there):
    db, old = there.db, there.mentor
    stays = a_second_mentor(db, old)
    second = an_accepted_pair(db, mentor=stays)
    accounts = [an_account(Role.MENTOR, mentor_id=one.id) for one in (old, stays)]
    third = an_accepted_pair(db, mentor=a_second_mentor(db, old))
    db.add_all([*accounts, a_standby(second.pair, old), a_standby(third.pair, stays)])
    db.add(a_standby(third.pair, old, turn=2, slot=2))
    db.flush()
    code = old.code

    merge(db, stays, code)
    db.commit()

    live = [one for one in rows(db, Pair, mentor_id=stays.id) if one.state is PairState.ACCEPTED]
    assert {one.id for one in live} == {there.pair.id, second.pair.id}
    assert len({one.place_number for one in live}) == 2
    assert [one.mentor_id for one in rows(db, Account, role=Role.MENTOR)] == [stays.id, stays.id]
    assert [one.disabled_at for one in accounts] == [NOW, None]
    assert called(db, Mentor, code).id == stays.id
    assert db.get(Mentor, old.id) is None


def test_a_mentor_cannot_have_more_leavers_than_places(there):
    db = there.db
    there.mentor.places = 1
    stays = a_second_mentor(db, there.mentor, places=1)
    an_accepted_pair(db, mentor=stays)

    with pytest.raises(NotAllowed, match="2 leavers and only 1 place"):
        merge(db, stays, there.mentor.code)


def test_a_lapse_of_either_record_counts_for_the_mentor(there):
    db = there.db
    stays = a_second_mentor(db, there.mentor)
    lapse = {"kind": EventKind.MENTOR_LAPSED, "facts": {"step": "end", "why": None}}
    own = {"leaver_id": None, "mentor_id": stays.id}
    db.add(an_event(there.leaver, key=f"mentor_lapsed:{stays.id}:x", **lapse, **own))
    db.flush()

    merge(db, stays, there.mentor.code)

    assert stays.state is MentorState.ENDED
    assert there.pair.state is PairState.ENDED


def test_a_later_report_with_the_old_number_finds_the_merged_person(there):
    db, old = there.db, there.leaver.prison_number
    twin, _ = a_twin(db, there.leaver)
    merge(db, twin, there.leaver.code)
    text = f"Prison Number,First Name,Last Name,Release Date\n{old},Jo,Abara,{RELEASE}\n"

    taken = take_report(db, text.encode(), now=NOW, prison="LEI")

    assert [one.code for one in taken.referred] == [twin.code]
    assert not taken.new


def test_a_file_of_people_with_the_old_code_or_number_is_told_who_that_is(there):
    db, goes = there.db, there.leaver
    twin, _ = a_twin(db, goes)
    code, number = goes.code, goes.prison_number
    merge(db, twin, code)
    on_file = PeopleOnFile(db)

    by_code = list(leaver_obstacles(a_leaver(code=code, prison_number="Q0001QQ"), on_file))
    by_number = list(leaver_obstacles(a_leaver(code="NEW", prison_number=number), on_file))

    assert f"this person is {twin.code} here now" in by_code[0].advice
    assert f"this number belongs to {twin.code} here" in by_number[0].advice
    assert on_file.by_key()[code].id == twin.id


def test_someone_put_forward_by_their_old_number_is_known(there):
    db, number = there.db, there.leaver.prison_number
    twin, _ = a_twin(db, there.leaver)
    merge(db, twin, there.leaver.code)

    assert db.exec(select(Leaver).where(has_number(Leaver, number))).one().id == twin.id
    assert referral_called(db, twin.code).leaver_id == twin.id


def test_what_was_told_of_both_for_the_same_day_has_happened_once(there):
    db = there.db
    twin, _ = a_twin(db, there.leaver)
    for hours, (leaver, who) in enumerate(((there.leaver, "Robin"), (twin, "Lee"))):
        when = NOW + timedelta(hours=hours)
        told = {"happened_at": when, "recorded_at": when, "key": f"transferred:{leaver.id}"}
        facts = {"on": "2026-11-23", "prison": "WCI", "said_by": who}
        db.add(an_event(leaver, kind=EventKind.TRANSFERRED, facts=facts, **told))
    db.flush()

    merge(db, twin, there.leaver.code)

    [event] = rows(db, Event, kind=EventKind.TRANSFERRED)
    assert (event.happened_at, event.leaver_id) == (NOW, twin.id)
    assert twin.prison == "WCI"
