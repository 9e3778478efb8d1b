"""Each kind of record goes when its time is over and not a day before, and never under a hold."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from matcher import erasing, legal_holds, retention
from matcher.accounts import open_account
from matcher.audit_chain import broken_links, changes_past_it
from matcher.refusing import NotAllowed
from matcher.second_factor import begin_sheet
from models.accounts import Account, Credential, SignIn
from models.audit import AuditEntry, Hand
from models.audit_cuts import AuditCut
from models.council_words import Draft, Note
from models.database import sessions
from models.desk_words import TaskKind
from models.outbox import HandOver, Letter
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.privacy import PairCount, RetentionPeriod, Tombstone
from models.privacy_words import ErasedBecause
from models.referrals import Screening
from models.releases import ExpectedLeaver
from models.restrictions import Link
from models.sign_ins import (
    BreakGlass,
    Invitation,
    OneTimeCode,
    RememberedDevice,
    SecondFactor,
)
from models.states import (
    Channel,
    EndReason,
    LetterKind,
    MentorState,
    PairState,
    ReferralState,
    Role,
)
from models.tasks import Task
from models.vocabulary import LinkKind
from tests.factories import TODAY
from tests.rows import (
    NOW,
    a_leaver_row,
    a_letter,
    a_mentor_row,
    a_pair,
    a_referral,
    a_screening,
    a_task,
    an_account,
    an_expected_leaver,
    places_of,
)

KEY = b"a key for tests"
DAY = timedelta(days=1)
OF_GLASS = (TaskKind.GLASS_ASKED, TaskKind.GLASS_BROKEN)
ENDED = {"state": PairState.ENDED, "end_reason": EndReason.COMPLETED, "place_number": None}


@pytest.fixture
def db(engine):
    with sessions(engine, KEY)(expire_on_commit=False) as session:
        session.write_as(Hand(None, at=NOW, origin="test"))
        yield session


def keep(db, now=NOW):
    done = retention.keep_to_the_table(db, now=now)
    db.commit()
    db.expire_all()
    return {one.rule.code: one.count for one in done if one.count}


def would(db, now=NOW):
    return {one.rule.code: one.count for one in retention.due_now(db, now=now) if one.count}


def closed(db, days):
    """A leaver whose pair ended so many days ago, with what is known of them."""
    leaver, mentor = a_leaver_row(release_date=TODAY - timedelta(days=days + 90)), a_mentor_row()
    referral = a_referral(leaver, state=ReferralState.MATCHED)
    referral.state = ReferralState.WITHDRAWN
    told = {"accepted_at": NOW - (days + 80) * DAY, "state_since": NOW - days * DAY}
    pair = a_pair(referral, mentor, **ENDED | told)
    link = Link(kind=LinkKind.NON_ASSOCIATION, one_leaver_id=leaver.id,
                other_prison_number="A7777AA", recorded_at=NOW, closed_at=NOW)  # fmt: skip
    note = Note(leaver_id=leaver.id, text="Likes fishing", recorded_at=NOW)
    db.add_all(
        [leaver, mentor, *places_of(mentor), referral, pair, a_screening(leaver), link, note]
    )
    db.commit()
    return leaver


def test_an_account_is_nobody_s_two_years_after_it_was_closed_and_what_it_did_stays(db):
    told = {"password": "four green ferries at sea", "now": NOW, "phone": "0808 157 0111"}
    opened = {
        name: open_account(
            db,
            Role.LIAISON,
            sign_in_name=name,
            name=name.title(),
            email=f"{name}@example.org",
            prison="LEI",
            **told,
        )
        for name in ("old", "young", "working")
    }
    begin_sheet(db, opened["old"], now=NOW)
    opened["old"].disabled_at = NOW - 732 * DAY
    opened["young"].disabled_at = NOW - 730 * DAY
    db.commit()

    assert would(db) == {"accounts": 1}
    assert keep(db) == {"accounts": 1}
    assert keep(db) == {}

    old, young = (db.get_one(Account, opened[name].id) for name in ("old", "young"))
    assert (old.name, old.email, old.email_index, old.phone) == ("", None, None, None)
    assert (young.name, young.email) == ("Young", "young@example.org")
    assert {one.account_id for one in db.exec(select(Credential))} == {
        opened["young"].id,
        opened["working"].id,
    }
    assert db.exec(select(OneTimeCode)).all() == db.exec(select(SecondFactor)).all() == []
    told = select(AuditEntry.action).where(AuditEntry.row_id == str(old.id))
    whole = told.where(AuditEntry.noun == "account").order_by(AuditEntry.number)
    assert db.exec(whole).all() == ["add", "change", "change"]


def test_people_in_reports_go_a_day_after_their_release_and_their_keys_can_go(db):
    gone, stays = (an_expected_leaver(release_date=TODAY - timedelta(days=n)) for n in (2, 1))
    db.add_all([gone, stays])
    db.commit()

    assert would(db) == {"reports": 1}
    assert keep(db) == {"reports": 1}

    assert db.exec(select(ExpectedLeaver.id)).all() == [stays.id]
    assert [(one.id, one.kind.value) for one in db.exec(select(Tombstone))] == [
        (gone.id, "expected_leaver")
    ]


def test_a_letter_says_nothing_a_week_after_it_went_but_that_it_went(db):
    told = {"body": "Meet Sam", "facts": {"place": "Hall"}, "state": "cancelled"}
    old = a_letter(**told, state_since=NOW - 8 * DAY)
    young = a_letter(**told, state_since=NOW - 6 * DAY)
    handed = a_letter(**told, state_since=NOW - 20 * DAY, channel=Channel.PRINT)
    off = a_letter(body="x", facts={"calls_off": True, "place": "Hall"}, state="cancelled",
                   kind=LetterKind.CALENDAR_ENTRY, state_since=NOW - 8 * DAY)  # fmt: skip
    db.add_all([old, young, handed, off, HandOver(letter_id=handed.id, handed_at=NOW - DAY)])
    db.commit()

    assert keep(db) == {"letters": 2}
    assert keep(db) == {}

    kept = {one.id: (one.body, dict(one.facts)) for one in db.exec(select(Letter))}
    assert kept[old.id] == (None, {})
    assert kept[off.id] == (None, {"calls_off": True})
    assert kept[young.id] == kept[handed.id] == ("Meet Sam", {"place": "Hall"})


def test_whoever_had_no_mentor_is_erased_ninety_days_after_their_release(db):
    long_ago = {"created_at": NOW - 200 * DAY}
    gone = a_leaver_row(release_date=TODAY - timedelta(days=91), **long_ago)
    stays = a_leaver_row(release_date=TODAY - timedelta(days=89), **long_ago)
    waits = a_leaver_row(release_date=None, **long_ago)
    old = {"state_since": NOW - 100 * DAY}
    db.add_all(
        [gone, stays, waits, a_referral(gone, state=ReferralState.RELEASED_UNMATCHED, **old)]
    )
    db.add_all([a_referral(stays, **old), a_referral(waits, **old)])
    db.commit()

    assert keep(db) == {"unmatched": 1}

    assert set(db.exec(select(Leaver.id))) == {stays.id, waits.id}
    assert [one.because.value for one in db.exec(select(Tombstone))] == ["no_longer_needed"]


def test_what_is_most_sensitive_goes_half_a_year_after_the_end_and_the_rest_after_a_year(db):
    young, old, oldest = closed(db, 182), closed(db, 184), closed(db, 366)

    assert keep(db) == {"sensitive": 6, "pairs": 1}

    assert set(db.exec(select(Leaver.id))) == {young.id, old.id}
    for kind in (Note, Screening):
        assert set(db.exec(select(kind.leaver_id))) == {young.id}
    assert set(db.exec(select(Link.one_leaver_id))) == {young.id}
    assert [one.pairs for one in db.exec(select(PairCount))] == [1]
    assert oldest.id not in set(db.exec(select(Pair.leaver_id)))


def test_a_mentor_is_erased_a_year_after_they_left(db):
    gone, stays = (
        a_mentor_row(state=MentorState.ENDED, state_since=NOW - days * DAY) for days in (366, 364)
    )
    db.add_all([gone, stays, a_mentor_row(state_since=NOW - 900 * DAY)])
    db.commit()

    assert keep(db) == {"mentors": 1}

    assert db.get(Mentor, gone.id) is None
    assert db.get(Mentor, stays.id) is not None


def test_whoever_is_under_a_hold_is_passed_over_and_that_is_said(db):
    held = closed(db, 400)
    legal_holds.place(db, held, "A claim is open", by=None, now=NOW)
    db.commit()

    done = {one.rule.code: (one.count, one.kept) for one in retention.due_now(db, now=NOW)}

    assert (done["sensitive"], done["pairs"]) == ((0, 3), (0, 1))
    assert keep(db) == {}
    legal_holds.lift(db, held, by=None, now=NOW)
    assert keep(db) == {"sensitive": 3, "pairs": 1}


def test_the_audit_is_cut_after_two_years_and_the_dry_run_says_how_much(db):
    db.add_all([an_account(), an_account()])
    db.commit()
    later = NOW + 732 * DAY

    db.write_as(Hand(None, at=later, origin="test"))
    assert would(db, later) == {"audit": 1}
    assert keep(db, later) == {"audit": 1}

    assert sorted(db.exec(select(AuditEntry.number))) == [2, 3]
    assert sorted(db.exec(select(AuditEntry.noun))) == ["account", "audit_cut"]


def test_the_access_log_gets_shorter_night_by_night_and_stays_one_chain_nobody_can_change(
    db, engine
):
    for day in range(4):
        db.write_as(Hand(None, at=NOW + day * DAY, origin="test"))
        db.add(a_leaver_row(code=f"L{day}", release_date=None))
        db.commit()
    left = []
    for night in (1, 2, 3):
        later = NOW + (731 + night) * DAY
        db.write_as(Hand(None, at=later, origin="test"))
        assert would(db, later)["audit"] == 1
        assert keep(db, later)["audit"] == 1
        assert [*broken_links(db, KEY), *changes_past_it(db, KEY)] == []
        left.append(min(db.exec(select(AuditEntry.number))))
        db.rollback()

        for statement in (
            "UPDATE audit_entry SET origin = 'elsewhere'",
            f"DELETE FROM audit_entry WHERE number = {left[-1]}",
            "DELETE FROM audit_entry",
            "UPDATE audit_cut SET number = number + 1",
            "DELETE FROM audit_cut",
        ):
            with pytest.raises(DBAPIError, match="only added to"), engine.begin() as connection:
                connection.execute(text(statement))

    assert left == [2, 3, 4]
    assert set(db.exec(select(AuditCut.number))) == {1, 2, 3}


def test_a_dry_run_changes_nothing(db, engine):
    closed(db, 400)
    db.add(Draft(account_id=_account(db), answers={}, created_at=NOW, changed_at=NOW - 91 * DAY))
    db.commit()

    assert would(db) == {"drafts": 1, "sensitive": 3, "pairs": 1}
    db.commit()

    with Session(engine) as plain:
        assert len(plain.exec(select(Leaver)).all()) == len(plain.exec(select(Draft)).all()) == 1


def test_the_controller_may_change_a_period_and_nothing_else(db):
    retention.keep_for(db, "letters", 14, by=None, now=NOW)
    retention.keep_for(db, "letters", 20, by=None, now=NOW)

    assert retention.periods(db)["letters"] == 20
    assert db.exec(select(RetentionPeriod.days)).all() == [20]
    for code, days in (("nothing", 3), ("letters", -1), ("letters", 40_000)):
        with pytest.raises(NotAllowed):
            retention.keep_for(db, code, days, by=None, now=NOW)


def test_the_table_is_that_of_our_promises():
    days = {rule.code: rule.days for rule in retention.RULES}

    promised = {"reports": 1, "letters": 7, "unmatched": 90, "sensitive": 183, "pairs": 365}
    assert promised.items() <= days.items()
    assert {"mentors": 365, "safeguarding": 2192, "audit": 731}.items() <= days.items()


def _account(db):
    account = an_account()
    db.add(account)
    db.flush()
    return account.id


def test_a_code_goes_thirty_days_after_it_was_used_taken_back_or_too_old(db):
    account = an_account(Role.LIAISON, prison="LEI")
    db.add(account)
    long_ago = {"invited_at": NOW - 90 * DAY, "ends_at": NOW - 80 * DAY}

    def a_code(name, **told):
        told = {"role": Role.LIAISON, "prison": "LEI", "selector": name, "code_hash": "x"} | told
        return Invitation(name=name, **long_ago | told)

    gone = [
        a_code("used", used_at=NOW - 31 * DAY, account_id=account.id),
        a_code("back", revoked_at=NOW - 31 * DAY),
        a_code("old", ends_at=NOW - 31 * DAY),
    ]
    stay = [
        a_code("just used", used_at=NOW - 29 * DAY, account_id=account.id),
        a_code("just back", revoked_at=NOW - 29 * DAY),
        a_code("open", ends_at=NOW + DAY),
    ]
    db.add_all([*gone, *stay])
    db.commit()

    assert would(db) == {"invitations": 3}
    assert keep(db) == {"invitations": 3}
    assert {one.name for one in db.exec(select(Invitation))} == {one.name for one in stay}
    assert set(db.exec(select(Tombstone.id))) == {one.id for one in gone}


def test_a_device_goes_after_its_last_stay_and_an_asked_for_record_after_24_months(db):
    account, mentor = an_account(Role.MANAGER), a_mentor_row()
    db.add_all([account, mentor])
    db.flush()
    own = {"account_id": account.id, "name": "Firefox", "remembered_at": NOW - 99 * DAY}
    own |= {"used_at": NOW - 99 * DAY}
    gone, held, fresh = (
        RememberedDevice(token_hash=name, ends_at=NOW - days * DAY, **own)
        for name, days in (("gone", 31), ("held", 31), ("fresh", 29))
    )
    db.add_all([gone, held, fresh])
    db.flush()
    times = dict.fromkeys(("started_at", "seen_at", "ends_at"), NOW - 60 * DAY)
    db.add(SignIn(account_id=account.id, token_hash="s", device_id=held.id, **times))
    asked = {"mentor_id": mentor.id, "region": mentor.region, "reason": "x"}
    asked |= {"asked_by": account.id}
    old, new = (BreakGlass(asked_at=NOW - days * DAY, **asked) for days in (732, 730))
    db.add_all([old, new])
    db.flush()
    tasks = [a_task(key=f"{kind}:{one.id}", kind=kind) for one in (old, new) for kind in OF_GLASS]
    db.add_all(tasks)
    db.commit()

    assert would(db) == {"devices": 1, "opened": 3}
    assert keep(db) == {"devices": 1, "opened": 3}
    assert {one.token_hash for one in db.exec(select(RememberedDevice))} == {"held", "fresh"}
    assert [one.id for one in db.exec(select(BreakGlass))] == [new.id]
    assert {one.key for one in db.exec(select(Task))} == {f"{kind}:{new.id}" for kind in OF_GLASS}


def paired_with_held(db, days):
    """A pair long over with a mentor whose record must be kept, and a letter of it."""
    leaver, mentor = a_leaver_row(release_date=date(2025, 1, 1)), a_mentor_row()
    referral = a_referral(leaver, state=ReferralState.WITHDRAWN)
    at = NOW - days * DAY
    pair = a_pair(referral, mentor, state_since=at, accepted_at=at, **ENDED)
    letter = a_letter(pair_id=pair.id, leaver_id=leaver.id, body="You meet.", state="cancelled",
                      state_since=at)  # fmt: skip
    db.add_all([leaver, mentor, *places_of(mentor), referral, pair, letter])
    db.commit()
    return mentor


def test_a_hold_keeps_what_the_held_share_with_others(db):
    mentor = paired_with_held(db, 400)
    legal_holds.place(db, mentor, "A claim is open", by=None, now=NOW)
    db.commit()

    [leaver] = db.exec(select(Leaver))
    assert would(db) == {}
    assert keep(db) == {}
    with pytest.raises(NotAllowed, match=f"Lift the legal hold on {mentor.code} first"):
        erasing.erase(db, leaver, because=ErasedBecause.ASKED, by=None, now=NOW)

    db.rollback()
    legal_holds.lift(db, db.get_one(Mentor, mentor.id), by=None, now=NOW)
    assert keep(db) == {"letters": 1, "pairs": 1}


def test_a_hold_keeps_forms_begun_lines_of_reports_and_stays_of_the_held(db):
    leaver, mentor, manager = a_leaver_row(), a_mentor_row(), an_account()
    theirs = an_account(Role.MENTOR, mentor_id=mentor.id)
    answers = {"about": {"prison_number": [f" {leaver.prison_number.lower()} "]}}
    old = NOW - 900 * DAY
    stay = SignIn(account_id=theirs.id, token_hash="1" * 64, started_at=old, seen_at=old,
                  ends_at=old)  # fmt: skip
    draft = Draft(account_id=manager.id, answers=answers, created_at=old, changed_at=old)
    gone = (NOW - 9 * DAY).date()
    line = an_expected_leaver(prison_number=leaver.prison_number, release_date=gone)
    leaver.release_date = (NOW + 90 * DAY).date()
    db.add_all([leaver, mentor, manager, theirs, stay, draft, line])
    db.flush()
    for one in (leaver, mentor):
        legal_holds.place(db, one, "A claim is open", by=None, now=NOW)
    db.commit()

    assert keep(db) == {}

    for one in (leaver, mentor):
        legal_holds.lift(db, one, by=None, now=NOW)
    assert keep(db) == {"reports": 1, "drafts": 1, "stays": 1}
