"""Who may find which row: the only way from a page to one.

Each function returns the SELECT of what one account may see; a page narrows
it down and never widens it. Peers have what they put forward while the person
is in their prison, liaison their prison, mentors their own pairs, managers
their region, administrators nobody's story. A mentor still finds a pair for 14
days after it has ended.

What of a row may be shown is said in `promises.md`'s table: pages for peers
and mentors are handed cards that hold no more than that.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from models.accounts import Account, SignIn, Unsent
from models.council_words import Draft
from models.desk_words import FilledIn
from models.expenses import Expense
from models.meetings import Meeting
from models.needs import ForumDate
from models.outbox import Letter
from models.pairs import LIVE, Pair
from models.people import Leaver, Mentor
from models.privacy import PairCount
from models.referrals import Referral
from models.releases import ExpectedLeaver
from models.states import Channel, MentorState, PairState, Role
from models.tasks import Task
from models.worries import Worry

AFTER_CLOSING = timedelta(days=14)
"""How long a mentor still finds a pair that has ended."""

SEEN_BY_MENTOR = (PairState.OFFERED, PairState.ACCEPTED, PairState.SUSPENDED)
SEEN_BY_LIAISON = (PairState.ACCEPTED, PairState.SUSPENDED)

_NOBODY: ColumnElement[bool] = false()


def referrals_seen_by(account: Account) -> SelectOfScalar[Referral]:
    """Return the referrals that this account may find."""
    scopes = {
        Role.PEER: and_(
            col(Referral.put_forward_by) == account.id,
            col(Referral.leaver_id).in_(_leavers_in(account)),
        ),
        Role.LIAISON: col(Referral.leaver_id).in_(_leavers_in(account)),
        Role.MANAGER: col(Referral.region).in_(account.regions),
    }
    return select(Referral).where(_scope(scopes, account))


def leavers_seen_by(account: Account, now: datetime) -> SelectOfScalar[Leaver]:
    """Return the leavers that this account may find; a mentor's once they have accepted."""
    theirs = select(Pair.leaver_id).where(_accepted_by(account, now))
    in_region = select(Referral.leaver_id).where(col(Referral.region).in_(account.regions))
    of_mentors = select(Pair.leaver_id).where(_live(), _of_mentors_in(account))
    scopes = {
        Role.LIAISON: col(Leaver.prison) == account.prison,
        Role.MENTOR: col(Leaver.id).in_(theirs),
        Role.MANAGER: or_(col(Leaver.id).in_(in_region), col(Leaver.id).in_(of_mentors)),
    }
    return select(Leaver).where(_scope(scopes, account))


def expected_leavers_seen_by(account: Account) -> SelectOfScalar[ExpectedLeaver]:
    """Return the expected leavers that this account may find: those of a liaison's prison."""
    scopes = {Role.LIAISON: col(ExpectedLeaver.prison) == account.prison}
    return select(ExpectedLeaver).where(_scope(scopes, account))


def pairs_seen_by(account: Account, now: datetime) -> SelectOfScalar[Pair]:
    """Return the pairs that this account may find.

    A manager sees those of leavers who resettle in the region and of mentors
    who live there; a mentor those offered to them, and not those they said no to.
    """
    in_region = select(Referral.id).where(col(Referral.region).in_(account.regions))
    offered = and_(col(Pair.mentor_id) == account.mentor_id, col(Pair.state).in_(SEEN_BY_MENTOR))
    scopes = {
        Role.LIAISON: and_(
            col(Pair.leaver_id).in_(_leavers_in(account)), col(Pair.state).in_(SEEN_BY_LIAISON)
        ),
        Role.MENTOR: or_(offered, _accepted_by(account, now)),
        Role.MANAGER: or_(col(Pair.referral_id).in_(in_region), _of_mentors_in(account)),
    }
    return select(Pair).where(_scope(scopes, account))


def offers_ended_for(account: Account) -> SelectOfScalar[Pair]:
    """Return the pairs once offered to this account's mentor that ended before a yes.

    A mentor is told that one has ended, and nothing else of it.
    """
    scopes = {
        Role.MENTOR: and_(
            col(Pair.mentor_id) == account.mentor_id,
            col(Pair.state) == PairState.ENDED,
            col(Pair.accepted_at).is_(None),
            col(Pair.answer_by).is_not(None),
        )
    }
    return select(Pair).where(_scope(scopes, account))


def meetings_seen_by(account: Account, now: datetime) -> SelectOfScalar[Meeting]:
    """Return the meetings of the pairs that this account may find."""
    pairs = pairs_seen_by(account, now).with_only_columns(col(Pair.id))
    return select(Meeting).where(col(Meeting.pair_id).in_(pairs))


def mentors_seen_by(account: Account) -> SelectOfScalar[Mentor]:
    """Return the mentors that this account may find.

    A manager's live in the region, or walk with someone who resettles there.
    """
    here = select(Pair.mentor_id).where(
        _live(),
        col(Pair.referral_id).in_(
            select(Referral.id).where(col(Referral.region).in_(account.regions))
        ),
    )
    scopes = {
        Role.MENTOR: col(Mentor.id) == account.mentor_id,
        Role.MANAGER: or_(col(Mentor.region).in_(account.regions), col(Mentor.id).in_(here)),
    }
    return select(Mentor).where(_scope(scopes, account))


def mentors_kept_by(account: Account) -> SelectOfScalar[Mentor]:
    """Return the mentors whose vetting, coach and claims this account keeps: the home region's."""
    scopes = {Role.MANAGER: col(Mentor.region).in_(account.regions)}
    return select(Mentor).where(_scope(scopes, account))


def expenses_seen_by(account: Account) -> SelectOfScalar[Expense]:
    """Return the claims that this account may find: a mentor's own, a manager's home mentors'."""
    home = select(Mentor.id).where(col(Mentor.region).in_(account.regions))
    scopes = {
        Role.MENTOR: col(Expense.mentor_id) == account.mentor_id,
        Role.MANAGER: col(Expense.mentor_id).in_(home),
    }
    return select(Expense).where(_scope(scopes, account))


def forum_dates_seen_by(account: Account) -> SelectOfScalar[ForumDate]:
    """Return the forum dates of an account's region: where a mentor lives, until they leave."""
    home = select(Mentor.region).where(
        Mentor.id == account.mentor_id, Mentor.state != MentorState.ENDED
    )
    scopes = {
        Role.MENTOR: col(ForumDate.region).in_(home),
        Role.MANAGER: col(ForumDate.region).in_(account.regions),
    }
    return select(ForumDate).where(_scope(scopes, account))


def mentors_counted_by(account: Account) -> SelectOfScalar[Mentor]:
    """Return the mentors whose places this account may have counted: a manager's of all regions.

    They are counted and never shown: who a mentor of another region is, is not told.
    """
    return select(Mentor).where(_scope({Role.MANAGER: true()}, account))


def letters_seen_by(account: Account, now: datetime) -> SelectOfScalar[Letter]:
    """Return the letters that this account may find.

    A liaison's are the printed ones of pairs that go on: nothing is handed
    over once a pair is paused or has ended, or consent is withdrawn.
    """
    goes_on = select(Pair.id).where(Pair.state == PairState.ACCEPTED)
    pairs = pairs_seen_by(account, now).with_only_columns(col(Pair.id))
    in_region = select(Referral.leaver_id).where(col(Referral.region).in_(account.regions))
    scopes = {
        Role.LIAISON: and_(
            col(Letter.channel) == Channel.PRINT,
            col(Letter.leaver_id).in_(_leavers_in(account)),
            col(Letter.pair_id).in_(goes_on),
        ),
        Role.MANAGER: or_(
            col(Letter.pair_id).in_(pairs),
            and_(col(Letter.pair_id).is_(None), col(Letter.leaver_id).in_(in_region)),
        ),
    }
    return select(Letter).where(_scope(scopes, account))


def tasks_seen_by(account: Account) -> SelectOfScalar[Task]:
    """Return the tasks of this account's desk, done ones too."""
    scopes = {
        Role.LIAISON: col(Task.prison) == account.prison,
        Role.MANAGER: col(Task.region).in_(account.regions),
    }
    return select(Task).where(_scope(scopes, account))


def worries_seen_by(account: Account) -> SelectOfScalar[Worry]:
    """Return the worries that this account may find: a mentor's own, and those told to a region."""
    told = or_(col(Worry.region).in_(account.regions), col(Worry.also_region).in_(account.regions))
    scopes = {Role.MENTOR: col(Worry.mentor_id) == account.mentor_id, Role.MANAGER: told}
    return select(Worry).where(_scope(scopes, account))


def pair_counts_seen_by(account: Account) -> SelectOfScalar[PairCount]:
    """Return what is left of pairs whose people are no longer on file: a manager's region."""
    scopes = {Role.MANAGER: col(PairCount.region).in_(account.regions)}
    return select(PairCount).where(_scope(scopes, account))


def drafts_seen_by(account: Account) -> SelectOfScalar[Draft]:
    """Return the forms that this account has begun at its desk; nobody sees another's.

    Whoever is put at another desk has begun none there: `accounts.move_desk`.
    What is typed at a kiosk is not theirs: `kiosk_drafts_seen_in`.
    """
    return select(Draft).where(Draft.account_id == account.id, col(Draft.stay_id).is_(None))


def kiosk_drafts_seen_in(stay: SignIn) -> SelectOfScalar[Draft]:
    """Return the form that is filled in at a kiosk in this stay; no other stay finds it."""
    at_kiosk = stay.kiosk_since is not None and stay.ended_at is None
    return select(Draft).where(col(Draft.stay_id) == stay.id if at_kiosk else _NOBODY)


def sent_at_kiosk_in(stay: SignIn) -> SelectOfScalar[Referral]:
    """Return what was just sent at a kiosk in this stay, until its form is put away."""
    forms = kiosk_drafts_seen_in(stay).with_only_columns(col(Draft.id))
    return select(Referral).where(col(Referral.id).in_(forms), Referral.filled_in == FilledIn.KIOSK)


def unsent_seen_by(account: Account) -> SelectOfScalar[Unsent]:
    """Return what this account sent when its stay was over; nobody sees another's."""
    return select(Unsent).where(Unsent.account_id == account.id)


def accounts_seen_by(account: Account) -> SelectOfScalar[Account]:
    """Return the accounts that this account may find: an administrator all, others their own."""
    scopes: dict[Role, Any] = {role: col(Account.id) == account.id for role in Role}
    del scopes[Role.ADMINISTRATOR]
    everyone = col(Account.id).is_not(None)
    return select(Account).where(_scope(scopes | {Role.ADMINISTRATOR: everyone}, account))


def _scope(scopes: Mapping[Role, ColumnElement[bool]], account: Account) -> ColumnElement[bool]:
    """Return the condition for this account's role; a role that is not listed finds nothing."""
    return _NOBODY if account.disabled_at else scopes.get(account.role, _NOBODY)


def _leavers_in(account: Account) -> SelectOfScalar[UUID]:
    return select(Leaver.id).where(Leaver.prison == account.prison)


def _live() -> ColumnElement[bool]:
    return col(Pair.state).in_(LIVE)


def _of_mentors_in(account: Account) -> ColumnElement[bool]:
    return col(Pair.mentor_id).in_(select(Mentor.id).where(col(Mentor.region).in_(account.regions)))


def _accepted_by(account: Account, now: datetime) -> ColumnElement[bool]:
    """Pairs that a mentor has accepted, until some days after they ended."""
    return and_(
        col(Pair.mentor_id) == account.mentor_id,
        col(Pair.accepted_at).is_not(None),
        or_(_live(), col(Pair.state_since) >= now - AFTER_CLOSING),
    )
