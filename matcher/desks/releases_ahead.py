"""Who leaves in the next 12 weeks, week by week, and for how many a mentor is certain."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

from sqlmodel import Session, and_, case, col, func

from matcher.core.sending import local_day
from matcher.desks.gate_cover import ON_THE_WAY, is_covered
from matcher.desks.picture_parts import Column, Drawing, Line, Part, Picture
from models.access import referrals_seen_by
from models.accounts import Account
from models.pairs import LIVE, Pair
from models.people import Leaver
from models.referrals import Referral

WEEKS = 12
WEEK = timedelta(weeks=1)

EMPTY = (
    "Nobody on your list leaves in the next 12 weeks. People come here when a prison council "
    "puts them forward: ask the liaison of each prison who is about to leave."
)
NOTE = (
    "Covered means that a mentor has said yes. In the last 7 days before the release, the meeting "
    "at the gate must also be booked and agreed."
)


def releases_ahead(db: Session, account: Account, now: datetime) -> Picture:
    """Return how many of the region's people leave in each week, with a mentor and without."""
    today = local_day(now)
    monday = today - timedelta(days=today.weekday())
    leaving, covered = Counter[int](), Counter[int]()
    for day, people, certain in _by_day(db, account, today, monday + WEEKS * WEEK):
        week = (day - monday).days // 7
        leaving[week] += people
        covered[week] += certain
    lines = [
        _line(monday + at * WEEK, covered[at], leaving[at] - covered[at]) for at in range(WEEKS)
    ]
    drawing = Drawing("People who leave in each week", (0, 1))
    columns = (Column("Covered"), Column("Not covered"))
    part = Part("By week", "Week from Monday", columns, tuple(lines), (drawing,), note=NOTE)
    return Picture((part,), empty="" if leaving else EMPTY)


def _by_day(db: Session, account: Account, first: date, end: date) -> list[tuple[date, int, int]]:
    """Return each day's leavers, and how many of them a mentor will meet, counted at once."""
    live = and_(col(Pair.referral_id) == Referral.id, col(Pair.state).in_(LIVE))
    release = col(Leaver.release_date)
    certain = case((is_covered(first), Leaver.id))
    query = (
        referrals_seen_by(account)
        .where(col(Referral.state).in_(ON_THE_WAY))
        .join(Leaver, col(Leaver.id) == Referral.leaver_id)
        .join(Pair, live, isouter=True)
        .where(release >= first, release < end)
        .with_only_columns(
            release, func.count(col(Leaver.id).distinct()), func.count(certain.distinct())
        )
        .group_by(release)
    )
    return [(day, people, met) for day, people, met in db.execute(query)]


def _line(monday: date, covered: int, not_covered: int) -> Line:
    name, short = f"{monday.day} {monday:%b %Y}", f"{monday.day} {monday:%b}"
    return Line(name, short, (covered, not_covered))
