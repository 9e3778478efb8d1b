"""Several people press at the same moment: what may happen once happens once, and losers read why.

Real threads, each with its own browser on the real application and its own connection.
"""

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session, col, func, select

from matcher import pairing
from models.database import make_engine, upgrade
from models.desk_words import DeclineReason
from models.meetings import Meeting
from models.moves import IllegalMove
from models.outbox import Letter
from models.pairs import LIVE, Pair, PairHistory
from models.people import Leaver, Mentor
from models.referrals import Referral
from models.standbys import Standby
from models.states import LetterKind, Move, PairState, ReferralState, Role
from tests.matcher.people_waiting import a_practitioner, ready, waiting
from tests.prove.checks import pairs_kept
from tests.prove.places import Place
from tests.prove.tally import Stopwatch, Tally
from tests.rows import NOW, a_pair
from tests.web.desks import Desks

ROUND = 50
"""Races on one database before a new one is made."""

CLEAN = {302, 404, 409, 410, 422}
"""What a page may answer in a race: done, or one of the refusals that say so plainly."""

Racer = Callable[[], int]


class Race:
    """One application on one database, and the people whose browsers are raced."""

    def __init__(self, tally: Tally, place: Place) -> None:
        self.tally = tally
        self.chance = random.Random(f"{tally.seed}-{tally.done}")
        self.engine: Engine = make_engine(place.new())
        upgrade(self.engine)
        self.desks = Desks(self.engine, TESTING=False)
        self.pool = ThreadPoolExecutor(4)

    def session(self) -> Session:
        return Session(self.engine, expire_on_commit=False)

    def run(self, racers: list[Racer]) -> list[int]:
        """Let them all go at once; return what each was answered."""
        barrier = Barrier(len(racers), timeout=60)

        def go(racer: Racer) -> int:
            barrier.wait()
            return racer()

        answers = list(self.pool.map(go, racers))
        for status in answers:
            self.tally.note(f"answered {status}")
            if status not in CLEAN:
                self.tally.broken.append(f"race {self.tally.done}: a page with status {status}")
        return answers

    def close(self) -> None:
        self.pool.shutdown()
        self.engine.dispose()


def race_for_acceptance(tally: Tally, place: Place) -> None:
    """A mentor says yes twice and no once, while the manager stops it or it lapses."""
    while not tally.is_done:
        race = Race(tally, place)
        watch = Stopwatch(tally)
        try:
            with race.session() as db:
                mentor = ready(db)
            first = _of_the_mentor(race, mentor)
            windows = [first, _copy(race, first), _copy(race, first)]
            manager = race.desks.browser_of(Role.MANAGER)
            for _ in range(min(ROUND, tally.wanted - tally.done)):
                _one_offer(race, mentor, windows, manager)
                tally.done += 1
            with race.session() as db:
                tally.broken += pairs_kept(db)
        finally:
            race.close()
            watch.keep()


def _one_offer(
    race: Race, mentor: Mentor, windows: list[FlaskClient], manager: FlaskClient
) -> None:
    with race.session() as db:
        pair = _offered(db, waiting(db), mentor)
    version = {"version": str(pair.version)}
    offer, why = f"/mentor/offers/{pair.id}", {"why": DeclineReason.NOT_FOR_ME.value, "words": ""}
    fourth = race.chance.choice([_stops(manager, pair, version), _lapses(race, pair)])
    racers = [
        _sends(windows[0], f"{offer}/acceptance", version),
        _sends(windows[1], f"{offer}/acceptance", version),
        _sends(windows[2], f"{offer}/refusal", version | why),
        fourth,
    ]
    race.chance.shuffle(racers)

    race.run(racers)

    with race.session() as db:
        race.tally.broken += [f"race {race.tally.done}: {one}" for one in _faults_of(db, pair.id)]
        _end(db, pair.id)


def _faults_of(db: Session, pair_id: UUID) -> list[str]:
    """One way out of the offer and no more, and what hangs on it is all there or not at all."""
    pair = db.get_one(Pair, pair_id)
    referral = db.get_one(Referral, pair.referral_id)
    moves = db.exec(select(PairHistory.move).where(PairHistory.pair_id == pair_id)).all()
    first = [move for move in moves if move in {Move.ACCEPT, Move.DECLINE, Move.EXPIRE}]
    meetings = db.exec(select(func.count()).where(Meeting.pair_id == pair_id)).one()
    told = select(func.count()).where(
        Letter.pair_id == pair_id, Letter.kind == LetterKind.PRACTITIONER_NEWS
    )
    faults = []
    if len(first) > 1 or len([move for move in moves if move is Move.ACCEPT]) > 1:
        faults.append(f"two answers to one offer: {moves}")
    if pair.state is PairState.OFFERED:
        faults.append("nobody won")
    if (Move.ACCEPT in moves) != (meetings > 0):
        faults.append(f"{meetings} meetings after {moves}")
    if (pair.state is PairState.ACCEPTED) != (referral.state is ReferralState.MATCHED):
        faults.append(f"the pair is {pair.state} and the referral {referral.state}")
    if db.exec(told).one() > 1:
        faults.append("the practitioner is told twice")
    return faults


def _offered(db: Session, leaver: Leaver, mentor: Mentor) -> Pair:
    referral = db.exec(select(Referral).where(Referral.leaver_id == leaver.id)).one()
    told = {"state": PairState.OFFERED, "answer_by": NOW.replace(day=NOW.day + 2)}
    pair = a_pair(referral, mentor, **told)
    db.add_all([pair, a_practitioner(leaver.id)])
    db.commit()
    return pair


def _end(db: Session, pair_id: UUID) -> None:
    """Clear the way for the next race, by the manager's own verb."""
    pair = db.get_one(Pair, pair_id)
    if pair.is_live:
        pairing.stop(db, pair, reason="The race is over.", by=None, now=NOW)
        db.commit()


def _sends(browser: FlaskClient, path: str, form: dict[str, str]) -> Racer:
    return lambda: browser.post(path, data=form).status_code


def _stops(manager: FlaskClient, pair: Pair, version: dict[str, str]) -> Racer:
    form = version | {"reason": "The race."}
    return _sends(manager, f"/manager/pairs/{pair.id}/ending", form)


def _lapses(race: Race, pair: Pair) -> Racer:
    """The clock's own job, at the moment the offer lapses."""

    def lapse() -> int:
        try:
            with race.session() as db:
                pairing.expire_offers(db, now=pair.answer_by or NOW)
                db.commit()
        except (StaleDataError, IllegalMove):
            return 409  # the clock's next look finds it answered
        return 302

    return lapse


def _of_the_mentor(race: Race, mentor: Mentor) -> FlaskClient:
    return race.desks.browser(race.desks.account(Role.MENTOR, mentor_id=mentor.id))


def _copy(race: Race, signed_in: FlaskClient) -> FlaskClient:
    """Another window with the same stay."""
    window: FlaskClient = race.desks.app.test_client()
    cookie = signed_in.get_cookie("gatemate")
    assert cookie is not None
    window.set_cookie("gatemate", cookie.value)
    return window


def race_for_places(tally: Tally, place: Place) -> None:
    """Four managers choose at once: one mentor with one place for four leavers, or the reverse."""
    while not tally.is_done:
        race = Race(tally, place)
        watch = Stopwatch(tally)
        try:
            with race.session() as db:
                mentors = [ready(db, places=1) for _ in range(4)]
                leavers = [waiting(db) for _ in range(4)]
            managers = [race.desks.browser_of(Role.MANAGER) for _ in leavers]
            both_ways = [(leavers, mentors[:1] * 4), (leavers[:1] * 4, mentors)]
            for _ in range(min(ROUND, tally.wanted - tally.done)):
                chosen = race.chance.choice(both_ways)
                _one_place(race, *chosen, managers)
                tally.done += 1
            with race.session() as db:
                tally.broken += pairs_kept(db)
        finally:
            race.close()
            watch.keep()


def _one_place(
    race: Race, leavers: list[Leaver], mentors: list[Mentor], managers: list[FlaskClient]
) -> None:
    with race.session() as db:
        referrals = {one.leaver_id: one for one in db.exec(select(Referral))}
    racers = []
    for manager, leaver, mentor in zip(managers, leavers, mentors, strict=True):
        referral = referrals[leaver.id]
        form = {"version": str(referral.version), "reason": "They ask for each other."}
        path = f"/manager/referrals/{referral.id}/override/{mentor.id}"
        racers.append(_sends(manager, path, form))

    answers = race.run(racers)

    with race.session() as db:
        live = db.exec(select(Pair).where(col(Pair.state).in_(LIVE))).all()
        if len(live) != 1:
            race.tally.broken.append(f"race {race.tally.done}: {len(live)} pairs live")
        if not answers.count(302):
            race.tally.broken.append(f"race {race.tally.done}: nobody was told yes")
        race.tally.note("told yes", answers.count(302))
        _forget(db, live)


def _forget(db: Session, pairs: Sequence[Pair]) -> None:
    """Take the pairs of a race out as if they had never been, so that the next can be raced for."""
    for pair in pairs:
        for kind in (PairHistory, Letter, Standby):
            for row in db.exec(select(kind).where(kind.pair_id == pair.id)):
                db.delete(row)
        db.flush()
        db.delete(pair)
    db.commit()
