"""Who looks after a region while its manager is away: a colleague who has said yes to it.

On the days of it, and on no other, the deputy finds the region's rows as the
manager does; what they do is done in their own name. The accounts of the
region stay with its own manager and the administrators.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from matcher.core.sending import local_day
from matcher.refusing import InTheWay, NotAllowed
from models.accounts import Account, Credential
from models.deputies import ManagerAway
from models.key_ring import blind_index
from models.states import Role
from models.vocabulary import Region

LONGEST = timedelta(weeks=12)

PAST = "This day is over. Choose today or a later day."
ORDER = "The last day is before the first. Change one of them."
TOO_LONG = "This is more than 12 weeks. Ask an administrator for a new manager for that time."
ONE_AT_A_TIME = "Your days away are on file already. Take them back first."
NO_MANAGER = "No other manager signs in here with this e-mail. Ask your colleague how they sign in."
AWAY_TOO = "This colleague is away on some of these days. Ask another one."
OVER = "These days are over, or were taken back. There is nothing to answer."


class StandIn(NamedTuple):
    """A region somebody looks after today for a colleague, and to which day."""

    region: Region
    until: date


class Gap(NamedTuple):
    """A region that nobody looks after today, and until when its manager is away."""

    region: Region
    until: date


def go_away(
    db: Session, account: Account, starts: date, ends: date, deputy_email: str, *, now: datetime
) -> ManagerAway:
    """Keep that a manager is away, and ask a colleague to stand in if one is named.

    Raises NotAllowed for days that cannot be, and for nobody who could stand in.
    """
    _refuse_days(starts, ends, local_day(now))
    if away_of(db, account, now=now):
        raise NotAllowed(ONE_AT_A_TIME)
    deputy = _deputy(db, account, deputy_email, starts, ends) if deputy_email else None
    if account.region is None:
        raise ValueError("only a manager of a region is away from one")
    away = ManagerAway(
        account_id=account.id,
        deputy_id=deputy.id if deputy else None,
        region=account.region,
        starts_on=starts,
        ends_on=ends,
        asked_at=now,
    )
    db.add(away)
    db.flush()
    return away


def answer(db: Session, away: ManagerAway, *, yes: bool, now: datetime) -> None:
    """Keep what the colleague said who was asked; a no leaves the days without anybody."""
    if away.ended_at or away.ends_on < local_day(now):
        raise NotAllowed(OVER)
    if yes:
        away.agreed_at = away.agreed_at or now
    else:
        away.deputy_id = away.agreed_at = None
    db.flush()


def come_back(db: Session, away: ManagerAway, *, now: datetime) -> None:
    """End days away before they are over; the deputy finds nothing of the region any more."""
    away.ended_at = away.ended_at or now
    db.flush()


def away_of(db: Session, account: Account, *, now: datetime) -> ManagerAway | None:
    """Return the days on file on which a manager is away or will be."""
    return db.exec(_to_come(now).where(ManagerAway.account_id == account.id)).first()


def asked_of(db: Session, account: Account, *, now: datetime) -> Sequence[ManagerAway]:
    """Return the days for which a manager was asked to stand in, those agreed to included."""
    theirs = _to_come(now).where(ManagerAway.deputy_id == account.id)
    return db.exec(theirs.order_by(col(ManagerAway.starts_on))).all()


def stood_in_by(db: Session, account: Account, day: date) -> list[StandIn]:
    """Return the regions that somebody looks after on a day for colleagues who are away.

    Whoever is no manager now stands in for nobody, nor does one for an account that is closed
    or at another desk.
    """
    if account.role is not Role.MANAGER or account.disabled_at:
        return []
    theirs = _agreed(day).where(ManagerAway.deputy_id == account.id)
    found = {away.region: away.ends_on for away in db.exec(theirs)}
    return [StandIn(one, found[one]) for one in sorted(found) if one is not account.region]


def stand_in(db: Session, account: Account, *, now: datetime) -> list[StandIn]:
    """Let an account find, for now, the rows of the regions it looks after for colleagues."""
    found = stood_in_by(db, account, local_day(now))
    account.look_after(one.region for one in found)
    return found


def deputies_of(db: Session, region: Region, day: date) -> list[UUID]:
    """Return who stands in for managers of a region on a day: letters to it go to them too."""
    there = _agreed(day).where(ManagerAway.region == region)
    return sorted({away.deputy_id for away in db.exec(there) if away.deputy_id})


def gaps(db: Session, day: date) -> list[Gap]:
    """Return the regions all of whose managers are away on a day with nobody to stand in."""
    managers = select(Account).where(
        Account.role == Role.MANAGER, col(Account.disabled_at).is_(None)
    )
    away = {row.account_id: row for row in db.exec(_of_day(day))}
    there = {one.region for one in db.exec(managers) if one.id not in away}
    found = {
        row.region: row.ends_on
        for row in away.values()
        if row.region not in there and not deputies_of(db, row.region, day)
    }
    return [Gap(region, found[region]) for region in sorted(found)]


def _to_come(now: datetime) -> SelectOfScalar[ManagerAway]:
    return select(ManagerAway).where(
        col(ManagerAway.ended_at).is_(None), col(ManagerAway.ends_on) >= local_day(now)
    )


def _of_day(day: date) -> SelectOfScalar[ManagerAway]:
    """Return the SELECT of the days away, of managers who are so still, that a day is one of."""
    still = (
        select(Account.id)
        .where(
            Account.id == ManagerAway.account_id,
            Account.region == ManagerAway.region,
            col(Account.disabled_at).is_(None),
        )
        .exists()
    )
    return select(ManagerAway).where(
        col(ManagerAway.ended_at).is_(None),
        col(ManagerAway.starts_on) <= day,
        col(ManagerAway.ends_on) >= day,
        still,
    )


def _agreed(day: date) -> SelectOfScalar[ManagerAway]:
    """Return the SELECT of those for which a manager who is one still has said yes."""
    able = (
        select(Account.id)
        .where(
            Account.id == ManagerAway.deputy_id,
            Account.role == Role.MANAGER,
            col(Account.disabled_at).is_(None),
        )
        .exists()
    )
    return _of_day(day).where(col(ManagerAway.agreed_at).is_not(None), able)


def _refuse_days(starts: date, ends: date, today: date) -> None:
    if starts < today:
        raise NotAllowed(InTheWay(PAST, "starts_on"))
    if ends < starts:
        raise NotAllowed(InTheWay(ORDER, "ends_on"))
    if ends - starts > LONGEST:
        raise NotAllowed(InTheWay(TOO_LONG, "ends_on"))


def _deputy(db: Session, account: Account, email: str, starts: date, ends: date) -> Account:
    """Return the manager with an e-mail address, who is there on all of some days."""
    index = blind_index("email", email.strip().casefold())
    signs_in = select(Credential.account_id).where(Credential.sign_in_name_index == index)
    found = db.exec(
        select(Account).where(
            or_(col(Account.email_index) == index, col(Account.id).in_(signs_in)),
            Account.role == Role.MANAGER,
            col(Account.disabled_at).is_(None),
            Account.id != account.id,
        )
    ).first()
    if found is None:
        raise NotAllowed(InTheWay(NO_MANAGER, "deputy"))
    own = select(ManagerAway.id).where(
        ManagerAway.account_id == found.id,
        col(ManagerAway.ended_at).is_(None),
        col(ManagerAway.starts_on) <= ends,
        col(ManagerAway.ends_on) >= starts,
    )
    if db.exec(own).first():
        raise NotAllowed(InTheWay(AWAY_TOO, "deputy"))
    return found
