"""What a manager decides: who is kept apart, on hold, stopped, chosen; and how that ends again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, select

from matcher import pairing, screening, tasks
from matcher.core.sending import local_day
from matcher.restrictions import OtherPerson
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.referrals import Referral
from models.restrictions import Curfew, ExclusionZone, Link
from models.states import PairState, ReferralState
from models.tasks import Task
from models.vocabulary import LinkKind
from tests.simulation.deeds import RARELY_POSSIBLE, Act, Barring, Chosen, Deed, there
from tests.simulation.people import DISTRICTS, screened

EVENING = frozenset(day * 24 + hour for day in range(7) for hour in (19, 20, 21, 22, 23, 0, 1))
SCREENED = (ReferralState.SCREENED, ReferralState.WAITING, ReferralState.MATCHED)


def _has_pair(one: Chosen) -> bool:
    return one.seen.pair_id is not None


def _screened(one: Chosen) -> bool:
    return one.seen.referral in SCREENED


def named(mentor: Mentor) -> OtherPerson:
    """A mentor as a link names someone of whom only name and birth date are known."""
    told = {name: getattr(mentor, name) for name in ("first_name", "surname", "birth_date")}
    return OtherPerson(**told)


def _keep_apart(one: Chosen) -> Act:
    """The mentor of the pair, or another one; named by the list, or by name and birth date."""
    others = list(one.desks.mentors)
    mentor_id = one.seen.mentor_id if one.chance.random() < 0.8 else one.chance.choice(others)
    kind, by_name = one.chance.choice(list(LinkKind)), one.chance.random() < 0.4
    by = one.desks.manager

    def do(db: Session, now: datetime) -> None:
        leaver, mentor = db.get_one(Leaver, one.seen.leaver_id), db.get_one(Mentor, mentor_id)
        other = named(mentor) if by_name else OtherPerson(mentor_id=mentor_id)
        screening.add_link(db, leaver, kind, other, by=by, now=now)

    return Act(one.life, "keep apart", by, do, (Barring("link", mentor_id),))


def _close_links(one: Chosen) -> Act:
    by = one.desks.manager

    def do(db: Session, now: datetime) -> None:
        links = select(Link).where(
            Link.one_leaver_id == one.seen.leaver_id, col(Link.closed_at).is_(None)
        )
        for link in there(db.exec(links).all()):
            screening.close_link(db, link, by=by, now=now)

    return Act(one.life, "close links", by, do, (Barring("link", lifts=True),))


def _zone(one: Chosen) -> Act:
    by, district = one.desks.manager, one.chance.choice(DISTRICTS)

    def do(db: Session, now: datetime) -> None:
        leaver = db.get_one(Leaver, one.seen.leaver_id)
        screening.add_zone(db, leaver, district, by=by, now=now)

    return Act(one.life, "zone", by, do)


def _curfew(one: Chosen) -> Act:
    by = one.desks.manager

    def do(db: Session, now: datetime) -> None:
        leaver = db.get_one(Leaver, one.seen.leaver_id)
        screening.add_curfew(db, leaver, EVENING, by=by, now=now)

    return Act(one.life, "curfew", by, do)


def _lift(one: Chosen) -> Act:
    def do(db: Session, now: datetime) -> None:
        zones = select(ExclusionZone).where(ExclusionZone.leaver_id == one.seen.leaver_id)
        curfews = select(Curfew).where(Curfew.leaver_id == one.seen.leaver_id)
        for row in there([*db.exec(zones), *db.exec(curfews)]):
            screening.lift(db, row, now=now)

    return Act(one.life, "lift", one.desks.manager, do)


def _not_content(one: Chosen) -> Act:
    """Probation has taken back that it is content, or the risk is not known: on hold."""
    by, is_risk = one.desks.manager, one.chance.random() < 0.5
    unknown = {"risk": None} if is_risk else {"content_by": None, "content_on": None}

    def do(db: Session, now: datetime) -> None:
        told = screened(local_day(now)).model_copy(update=unknown)
        referral = db.get_one(Referral, one.seen.referral_id)
        screening.record(db, referral, told, by=by, now=now)

    return Act(one.life, "not content", by, do, (Barring("gate"),))


def _screen_again(one: Chosen) -> Act:
    by = one.desks.manager

    def do(db: Session, now: datetime) -> None:
        referral = db.get_one(Referral, one.seen.referral_id)
        screening.record(db, referral, screened(local_day(now)), by=by, now=now)

    return Act(one.life, "screen again", by, do, (Barring("gate", lifts=True),))


def _stop(one: Chosen) -> Act:
    by = one.desks.manager

    def do(db: Session, now: datetime) -> None:
        pairing.stop(db, db.get_one(Pair, one.seen.pair_id), reason="It ends.", by=by, now=now)

    return Act(one.life, "stop", by, do, (Barring("stop", one.seen.mentor_id),))


def _resume(one: Chosen) -> Act:
    by = one.desks.manager

    def do(db: Session, now: datetime) -> None:
        pairing.resume(db, db.get_one(Pair, one.seen.pair_id), by=by, now=now)

    return Act(one.life, "resume", by, do)


def _may_choose(one: Chosen) -> bool:
    return one.seen.referral is ReferralState.WAITING and one.seen.pair in (
        None,
        PairState.PROPOSED,
    )


def _choose(one: Chosen) -> Act:
    by, mentor_id = one.desks.manager, one.chance.choice(list(one.desks.mentors))

    def do(db: Session, now: datetime) -> None:
        referral, mentor = db.get_one(Referral, one.seen.referral_id), db.get_one(Mentor, mentor_id)
        pairing.override(db, referral, mentor, reason="They know each other.", by=by, now=now)

    return Act(one.life, "choose another mentor", by, do)


def _finish(one: Chosen) -> Act:
    """The oldest task about a leaver, their pair included, is done."""
    by = one.desks.manager

    def do(db: Session, now: datetime) -> None:
        about = or_(
            Task.leaver_id == one.seen.leaver_id,
            col(Task.pair_id).is_not(None) & (Task.pair_id == one.seen.pair_id),
        )
        open_ones = select(Task).where(about, col(Task.done_at).is_(None))
        task = db.exec(open_ones.order_by(col(Task.due_on), col(Task.key))).first()
        tasks.finish(db, there(task), outcome="I rang them.", by=by, now=now)

    return Act(one.life, "finish a task", by, do)


def _ask_practitioner(one: Chosen) -> Act:
    by = one.desks.manager

    def do(db: Session, now: datetime) -> None:
        referral = db.get_one(Referral, one.seen.referral_id)
        screening.ask_practitioner(db, referral, by=by, now=now)

    return Act(one.life, "ask the practitioner", by, do)


def _note_asked(one: Chosen) -> Act:
    by = one.desks.manager

    def do(db: Session, now: datetime) -> None:
        person = there(screening.unsettled(db, one.seen.leaver_id))[0]
        screening.note_asked(db, person, text="I asked the security desk.", by=by, now=now)

    return Act(one.life, "ask who that is", by, do)


def _settle_with(one: Chosen, what: str, mentor_id: UUID | None) -> Act:
    """All whom the leaver must not meet are settled: one as a mentor here, or nobody known."""
    by = one.desks.manager
    link = LinkKind.NO_CONTACT_ORDER if mentor_id else None

    def do(db: Session, now: datetime) -> None:
        other = named(db.get_one(Mentor, mentor_id)) if mentor_id else None
        for person in there(screening.unsettled(db, one.seen.leaver_id)):
            words = {"link": link, "other": other, "why": "I asked."}
            screening.settle(db, person, by=by, now=now, **words)

    bars = (Barring("named", lifts=True), *([Barring("link", mentor_id)] if mentor_id else []))
    return Act(one.life, what, by, do, bars)


def _settle(one: Chosen) -> Act:
    return _settle_with(one, "settle: nobody here", None)


def _settle_by_link(one: Chosen) -> Act:
    mentor_id = one.seen.mentor_id or one.chance.choice(list(one.desks.mentors))
    return _settle_with(one, "settle: a link", mentor_id)


_NAMED, _SETTLES = "name someone to avoid", ("settle: nobody here", "settle: a link")
_LINKS = ("keep apart", "settle: a link")
OFTEN = 0.25
"""How often a hold is ended again that lasts: a life goes on."""


def _someone_is_named(one: Chosen) -> bool:
    return one.is_since((_NAMED,), _SETTLES)


DECISIONS: Mapping[str, Deed] = {
    "keep apart": Deed(_has_pair, _keep_apart),
    "close links": Deed(
        lambda one: one.is_since(_LINKS, ("close links",)), _close_links, 0.1, RARELY_POSSIBLE
    ),
    "zone": Deed(_screened, _zone),
    "curfew": Deed(_screened, _curfew),
    "lift": Deed(
        lambda one: one.is_since(("zone", "curfew"), ("lift",)), _lift, OFTEN, RARELY_POSSIBLE
    ),
    "not content": Deed(_screened, _not_content),
    "screen again": Deed(
        lambda one: one.is_since(("not content",), ("screen again",)),
        _screen_again,
        OFTEN,
        RARELY_POSSIBLE,
    ),
    "stop": Deed(_has_pair, _stop),
    "resume": Deed(lambda one: one.seen.pair is PairState.SUSPENDED, _resume, 0.1, RARELY_POSSIBLE),
    "choose another mentor": Deed(_may_choose, _choose, anew=0.3),
    "finish a task": Deed(_screened, _finish),
    "ask the practitioner": Deed(_screened, _ask_practitioner),
    "ask who that is": Deed(_someone_is_named, _note_asked, anew=RARELY_POSSIBLE),
    "settle: nobody here": Deed(_someone_is_named, _settle, OFTEN / 2, 0.4),
    "settle: a link": Deed(_someone_is_named, _settle_by_link, OFTEN / 2, RARELY_POSSIBLE),
}
