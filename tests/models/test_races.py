"""Several writers at once, each with its own connection: what may happen once happens once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

from sqlalchemy import Engine, func
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session, col, select

from models.pairs import LIVE, Pair
from models.people import Leaver, Mentor
from models.places import MentorPlace, fit_places, free_places
from models.referrals import Referral
from tests.rows import a_leaver_row, a_mentor_row, a_pair, a_referral, places_of

RACES = 100
RACERS = 4

WON, REFUSED = "won", "refused"
Racer = Callable[[Session], None]


def raced(engine: Engine, races: list[list[Racer]]) -> list[list[str]]:
    """Run each race, all its racers at once, and return how each of them fared."""
    barrier = Barrier(len(races[0]), timeout=60)

    def run(lane: int) -> list[str]:
        try:
            return [_outcome(engine, race[lane], barrier) for race in races]
        except BaseException:
            barrier.abort()  # whoever fails otherwise than expected keeps nobody waiting
            raise

    with ThreadPoolExecutor(len(races[0])) as pool:
        lanes = list(pool.map(run, range(len(races[0]))))
    return [list(outcomes) for outcomes in zip(*lanes, strict=True)]


def _outcome(engine: Engine, racer: Racer, barrier: Barrier) -> str:
    with Session(engine) as db:
        barrier.wait()
        try:
            racer(db)
            db.commit()
        except (IntegrityError, StaleDataError):
            return REFUSED
    return WON


def people(
    db: Session, leavers: int, mentors: int, places: int
) -> tuple[list[Referral], list[Mentor]]:
    there = [a_leaver_row() for _ in range(leavers)]
    walking = [a_mentor_row(places=places) for _ in range(mentors)]
    referrals = [a_referral(leaver) for leaver in there]
    db.add_all([*there, *walking, *referrals])
    db.add_all([place for mentor in walking for place in places_of(mentor)])
    db.commit()
    return referrals, walking


def proposing(referral_id: UUID, mentor_id: UUID, place: int) -> Racer:
    def propose(db: Session) -> None:
        referral, mentor = db.get_one(Referral, referral_id), db.get_one(Mentor, mentor_id)
        db.add(a_pair(referral, mentor, place_number=place))

    return propose


def test_of_many_who_pair_one_leaver_at_once_exactly_one_does(engine, db):
    """ASVS 2.3.4."""
    referrals, mentors = people(db, leavers=RACES, mentors=RACES * RACERS, places=1)
    races = [
        [proposing(referral.id, mentor.id, 1) for mentor in mentors[lane::RACES]]
        for lane, referral in enumerate(referrals)
    ]
    db.rollback()

    outcomes = raced(engine, races)

    assert [sorted(each) for each in outcomes] == [[REFUSED] * (RACERS - 1) + [WON]] * RACES
    live = select(Pair.leaver_id).where(col(Pair.state).in_(LIVE))
    assert sorted(db.exec(live)) == sorted(db.exec(select(Leaver.id)))


def test_of_many_who_take_a_mentors_last_place_at_once_exactly_one_does(engine, db):
    """ASVS 2.3.2."""
    referrals, mentors = people(db, leavers=RACES * RACERS + RACES, mentors=RACES, places=2)
    for mentor, referral in zip(mentors, referrals[-RACES:], strict=True):
        db.add(a_pair(referral, mentor, place_number=1))
    db.commit()
    races = [
        [proposing(referral.id, mentor_id, place) for referral in referrals[lane:-RACES:RACES]]
        for lane, (mentor_id, place) in enumerate(db.exec(free_places()).all())
    ]
    db.rollback()

    outcomes = raced(engine, races)

    assert [sorted(each) for each in outcomes] == [[REFUSED] * (RACERS - 1) + [WON]] * RACES
    taken = select(Pair.mentor_id, func.count()).where(col(Pair.state).in_(LIVE))
    assert dict(db.exec(taken.group_by(col(Pair.mentor_id))).all()) == {
        mentor.id: 2 for mentor in db.exec(select(Mentor))
    }


def test_a_place_closed_while_someone_takes_it_is_closed_or_taken_never_both(engine, db):
    referrals, mentors = people(db, leavers=RACES, mentors=RACES, places=1)
    races = [
        [proposing(referral.id, mentor.id, 1), closing(mentor.id)]
        for referral, mentor in zip(referrals, mentors, strict=True)
    ]
    db.rollback()

    raced(engine, races)

    for mentor in db.exec(select(Mentor)).all():
        opened = db.exec(select(MentorPlace).where(MentorPlace.mentor_id == mentor.id)).all()
        pairs = db.exec(select(Pair).where(Pair.mentor_id == mentor.id)).all()
        assert len(pairs) <= len(opened) <= 1


def closing(mentor_id: UUID) -> Racer:
    def close(db: Session) -> None:
        mentor = db.get_one(Mentor, mentor_id)
        mentor.places = 0
        fit_places(db, mentor)

    return close


def test_a_transaction_that_reads_and_then_writes_waits_its_turn(engine, db):
    """On SQLite; on PostgreSQL a change to what another changed meanwhile is refused."""
    _referrals, mentors = people(db, leavers=0, mentors=1, places=1)
    races = [[longer_trips(mentors[0].id)] * RACERS] * 20
    db.rollback()

    outcomes = [outcome for race in raced(engine, races) for outcome in race]

    [mentor] = db.exec(select(Mentor)).all()
    assert mentor.travel_limit_km == 30 + outcomes.count(WON)
    assert engine.dialect.name == "postgresql" or outcomes.count(WON) == 20 * RACERS


def longer_trips(mentor_id: UUID) -> Racer:
    def lengthen(db: Session) -> None:
        db.get_one(Mentor, mentor_id).travel_limit_km += 1

    return lengthen
