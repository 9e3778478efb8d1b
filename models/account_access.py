"""Which accounts, invitations and opened records somebody may find: a manager's are their region's.

Each function returns a SELECT of what one account may find, as `access.py` does.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from models.accounts import Account
from models.deputies import ManagerAway
from models.people import Mentor
from models.reference import prisons
from models.sign_ins import BreakGlass, Invitation
from models.states import Role

MAY_INVITE: Mapping[Role, frozenset[Role]] = {
    Role.MANAGER: frozenset({Role.PEER, Role.LIAISON, Role.MENTOR}),
    Role.ADMINISTRATOR: frozenset({Role.MANAGER, Role.ADMINISTRATOR}),
}
"""Who invites whom, lets them back in, and closes their account. A manager does so within the
region; a role that is not here invites nobody."""


def accounts_kept_by(account: Account) -> SelectOfScalar[Account]:
    """Return the accounts that somebody may let back in, move and close."""
    return select(Account).where(_kept(Account, account))


def invitations_kept_by(account: Account) -> SelectOfScalar[Invitation]:
    """Return the invitations of people whom somebody may invite, whoever did."""
    return select(Invitation).where(_kept(Invitation, account))


def invitations_agreed_by(account: Account) -> SelectOfScalar[Invitation]:
    """Return the codes that wait for a second person whom somebody may be.

    An administrator may of every one, a manager of one for a manager of the same region; nobody
    of one that they made, or that is for themselves.
    """
    of_region = and_(col(Invitation.role) == Role.MANAGER, col(Invitation.region) == account.region)
    scopes: dict[Role, ColumnElement[bool]] = {
        Role.ADMINISTRATOR: col(Invitation.id).is_not(None),
        Role.MANAGER: of_region,
    }
    return select(Invitation).where(
        _scope(scopes, account),
        col(Invitation.needs_second),
        col(Invitation.agreed_by).is_(None),
        col(Invitation.used_at).is_(None),
        col(Invitation.revoked_at).is_(None),
        col(Invitation.invited_by).is_distinct_from(account.id),
        col(Invitation.account_id).is_distinct_from(account.id),
    )


def glass_seen_by(account: Account) -> SelectOfScalar[BreakGlass]:
    """Return the records that were asked for: an administrator's all, a manager's own region's."""
    scopes: dict[Role, ColumnElement[bool]] = {
        Role.ADMINISTRATOR: col(BreakGlass.id).is_not(None),
        Role.MANAGER: col(BreakGlass.region).in_(account.regions),
    }
    return select(BreakGlass).where(_scope(scopes, account))


def away_of_own(account: Account) -> SelectOfScalar[ManagerAway]:
    """Return the days away that a manager told of themselves."""
    own: dict[Role, ColumnElement[bool]] = {Role.MANAGER: col(ManagerAway.account_id) == account.id}
    return select(ManagerAway).where(_scope(own, account))


def away_answered_by(account: Account) -> SelectOfScalar[ManagerAway]:
    """Return the days away of colleagues for which a manager was asked to stand in."""
    asked: dict[Role, ColumnElement[bool]] = {
        Role.MANAGER: col(ManagerAway.deputy_id) == account.id
    }
    return select(ManagerAway).where(_scope(asked, account))


def glass_open_for(account: Account, now: datetime) -> SelectOfScalar[BreakGlass]:
    """Return the records that are open at this moment to whoever asked for them."""
    return select(BreakGlass).where(
        _scope({Role.ADMINISTRATOR: col(BreakGlass.asked_by) == account.id}, account),
        col(BreakGlass.ends_at) > now,
        col(BreakGlass.shut_at).is_(None),
    )


def _kept(rows: Any, account: Account) -> ColumnElement[bool]:
    invited = col(rows.role).in_(MAY_INVITE.get(account.role, frozenset()))
    here = [code for code, prison in prisons().items() if prison.region is account.region]
    mentors = select(Mentor.id).where(Mentor.region == account.region)
    in_region = or_(col(rows.prison).in_(here), col(rows.mentor_id).in_(mentors))
    scopes = {Role.ADMINISTRATOR: invited, Role.MANAGER: and_(invited, in_region)}
    return _scope(scopes, account)


def _scope(scopes: Mapping[Role, ColumnElement[bool]], account: Account) -> ColumnElement[bool]:
    """Return the condition for this account's role; a role that is not listed finds nothing."""
    nobody: ColumnElement[bool] = false()
    return nobody if account.disabled_at else scopes.get(account.role, nobody)
