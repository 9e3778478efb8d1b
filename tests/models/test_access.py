"""Who finds which row: own referrals, own prison, own pairs, own region, and nothing else."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from models.access import (
    AFTER_CLOSING,
    accounts_seen_by,
    drafts_seen_by,
    expected_leavers_seen_by,
    leavers_seen_by,
    letters_seen_by,
    meetings_seen_by,
    mentors_seen_by,
    pairs_seen_by,
    referrals_seen_by,
    tasks_seen_by,
    unsent_seen_by,
)
from models.accounts import Account, Unsent
from models.council_words import Draft
from models.desk_words import TaskKind
from models.outbox import Letter
from models.pairs import Pair
from models.states import Channel, EndReason, PairState, Role
from models.vocabulary import Region
from tests.rows import (
    NOW,
    a_leaver_row,
    a_letter,
    a_meeting,
    a_mentor_row,
    a_pair,
    a_referral,
    a_task,
    an_account,
    an_expected_leaver,
    places_of,
)


class Stage:
    """Two of everything: one in Leeds and Yorkshire, one in Manchester and the North West."""

    def __init__(self, db: Session) -> None:
        self.accounts = {
            role: an_account(role)
            for role in (Role.PEER, Role.LIAISON, Role.MANAGER, Role.ADMINISTRATOR)
        }
        self.here = self._set(db, "LEI", Region.YORKSHIRE)
        self.there = self._set(db, "MRS", Region.NORTH_WEST)
        self.accounts[Role.MENTOR] = an_account(Role.MENTOR, mentor_id=self.here["mentor"].id)
        db.add_all(self.accounts.values())
        db.flush()

    def _set(self, db, prison, region):
        peer = self.accounts[Role.PEER] if prison == "LEI" else an_account(Role.PEER, prison="MRS")
        leaver = a_leaver_row(prison=prison)
        mentor = a_mentor_row(region=region)
        referral = a_referral(leaver, region=region, put_forward_by=peer.id)
        pair = a_pair(referral, mentor, state=PairState.ACCEPTED, accepted_at=NOW)
        desk = {"prison": prison, "region": None}
        rows = {
            "account": peer,
            "leaver": leaver,
            "mentor": mentor,
            "referral": referral,
            "pair": pair,
            "meeting": a_meeting(pair),
            "letter": a_letter(
                channel=Channel.PRINT, pair_id=pair.id, leaver_id=leaver.id, mentor_id=mentor.id
            ),
            "task": a_task(region=region),
            "prison task": a_task(kind=TaskKind.NOT_BOOKED, **desk),
            "expected": an_expected_leaver(prison=prison),
            "draft": Draft(account_id=peer.id, created_at=NOW, changed_at=NOW),
            "unsent": Unsent(account_id=peer.id, sent_to="/a", page="/a", written_at=NOW),
        }
        db.add_all([*rows.values(), *places_of(mentor)])
        db.flush()
        return rows


@pytest.fixture
def stage(db):
    return Stage(db)


def seen(db: Session, account: Account, now=NOW) -> set:
    return {
        row.id
        for find in (
            referrals_seen_by(account),
            leavers_seen_by(account, now),
            expected_leavers_seen_by(account),
            pairs_seen_by(account, now),
            meetings_seen_by(account, now),
            mentors_seen_by(account),
            letters_seen_by(account, now),
            tasks_seen_by(account),
            drafts_seen_by(account),
            unsent_seen_by(account),
        )
        for row in db.exec(find)
    }


@pytest.mark.parametrize(
    ("role", "finds"),
    [
        (Role.PEER, ["referral", "draft", "unsent"]),
        (
            Role.LIAISON,
            ["referral", "leaver", "expected", "pair", "meeting", "letter", "prison task"],
        ),
        (Role.MENTOR, ["leaver", "pair", "meeting", "mentor"]),
        (Role.MANAGER, ["referral", "leaver", "pair", "meeting", "mentor", "letter", "task"]),
        (Role.ADMINISTRATOR, []),
    ],
)
def test_each_role_finds_its_own_rows_and_no_other(role, finds, stage, db):
    """ASVS 8.2.2."""
    found = seen(db, stage.accounts[role])

    assert found == {stage.here[name].id for name in finds}


def test_someone_whose_account_is_disabled_finds_nothing_but_what_they_typed(stage, db):
    for role in Role:
        stage.accounts[role].disabled_at = NOW

    found = set().union(*(seen(db, account) for account in stage.accounts.values()))

    assert found == {stage.here["draft"].id, stage.here["unsent"].id}


@pytest.mark.parametrize("state", [PairState.PROPOSED, PairState.APPROVED])
def test_before_an_offer_neither_mentor_nor_liaison_finds_the_pair(state, stage, db):
    stage.here["pair"].state, stage.here["pair"].accepted_at = state, None
    db.flush()

    for role in (Role.MENTOR, Role.LIAISON):
        assert db.exec(pairs_seen_by(stage.accounts[role], NOW)).all() == []
        assert db.exec(meetings_seen_by(stage.accounts[role], NOW)).all() == []


def test_an_offer_shows_the_mentor_the_pair_and_not_the_leaver(stage, db):
    stage.here["pair"].state, stage.here["pair"].accepted_at = PairState.OFFERED, None
    db.flush()
    mentor = stage.accounts[Role.MENTOR]

    assert db.exec(pairs_seen_by(mentor, NOW)).all() == [stage.here["pair"]]
    assert db.exec(leavers_seen_by(mentor, NOW)).all() == []


def end(db: Session, pair: Pair, reason: EndReason) -> None:
    pair.state, pair.end_reason, pair.place_number = PairState.ENDED, reason, None
    pair.state_since = NOW
    db.flush()


def test_an_ended_pair_is_still_found_by_its_mentor_for_14_days(stage, db):
    end(db, stage.here["pair"], EndReason.COMPLETED)
    mentor = stage.accounts[Role.MENTOR]

    last, after = NOW + AFTER_CLOSING, NOW + AFTER_CLOSING + timedelta(seconds=1)

    assert db.exec(leavers_seen_by(mentor, last)).all() == [stage.here["leaver"]]
    assert db.exec(leavers_seen_by(mentor, after)).all() == []
    assert db.exec(pairs_seen_by(mentor, after)).all() == []


def test_a_mentor_who_said_no_finds_nothing_of_the_pair(stage, db):
    stage.here["pair"].accepted_at = None
    end(db, stage.here["pair"], EndReason.DECLINED)

    assert db.exec(pairs_seen_by(stage.accounts[Role.MENTOR], NOW)).all() == []


def test_the_manager_of_the_mentors_home_sees_a_pair_that_crosses_the_border(stage, db):
    leaver = a_leaver_row(prison="MRS")
    referral = a_referral(leaver, region=Region.NORTH_WEST)
    mentor = a_mentor_row(region=Region.YORKSHIRE)
    pair = a_pair(referral, mentor)
    db.add_all([leaver, referral, mentor, *places_of(mentor), pair])
    db.flush()
    manager = stage.accounts[Role.MANAGER]

    assert pair in db.exec(pairs_seen_by(manager, NOW)).all()
    assert leaver in db.exec(leavers_seen_by(manager, NOW)).all()
    assert referral not in db.exec(referrals_seen_by(manager)).all()


def test_a_liaison_finds_printed_letters_and_no_mail(stage, db):
    db.exec(select(Letter)).all()
    for row in (stage.here["letter"], stage.there["letter"]):
        row.channel = Channel.EMAIL
    db.flush()

    assert db.exec(letters_seen_by(stage.accounts[Role.LIAISON], NOW)).all() == []


@pytest.mark.parametrize("state", [PairState.SUSPENDED, PairState.OFFERED])
def test_a_liaison_finds_no_printed_letter_of_a_pair_that_does_not_go_on(state, stage, db):
    stage.here["pair"].state = state
    db.flush()

    assert db.exec(letters_seen_by(stage.accounts[Role.LIAISON], NOW)).all() == []


def test_an_administrator_finds_every_account_and_others_their_own(stage, db):
    everyone = {row.id for row in db.exec(select(Account))}

    for role, account in stage.accounts.items():
        found = {row.id for row in db.exec(accounts_seen_by(account))}
        assert found == (everyone if role is Role.ADMINISTRATOR else {account.id})
