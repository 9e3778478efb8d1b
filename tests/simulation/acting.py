"""People at work in a world: they act, they tell what happened, and begin again where it broke."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session

from matcher import life_events, pairing
from matcher.core.sending import local_day
from matcher.refusing import NotAllowed
from models.audit import AuditedSession, Hand
from models.database import reading
from models.key_ring import blind_index
from models.moves import IllegalMove
from models.outbox import Letter
from models.pairs import Pair
from models.people import Leaver, Mentor
from models.states import EventKind, PairState, ReferralState, Role
from tests.simulation import happenings, two_records
from tests.simulation.acts import People
from tests.simulation.deeds import Act
from tests.simulation.desk import Seen, look, paused_mentors
from tests.simulation.dying import Died
from tests.simulation.happenings import TELLINGS, Case, Telling
from tests.simulation.oracle import KEEPS_SOMEONE_HOME, PLEASE_RING, Quiet
from tests.simulation.people import TROUBLES, Desks, Life, settle_desks

if TYPE_CHECKING:
    from tests.simulation.lots import Lots
    from tests.simulation.world import World

REFUSALS = (NotAllowed, IllegalMove, StaleDataError, IntegrityError)
BUSY_DAYS = 40
"""A life to which less has happened by then is told of more."""

Work = Callable[[], None]


class Acting:
    """All people of a world; each act and each telling is a transaction of its own."""

    desks: Desks
    people: People

    def __init__(self, world: World, lots: Lots) -> None:
        self.world = world
        self.first, self.acts, self.events = map(lots.of, ("people", "acts", "events"))
        self.by_leaver: dict[UUID, Life] = {}
        self.counted_to = 0

    def settle(self, db: AuditedSession, now: Any) -> None:
        """Add the desks and the mentors."""
        db.write_as(Hand(None, at=now, origin="world"))
        self.desks = settle_desks(db, self.world.scale.mentors, self.first, now)
        self.people = People(self.desks, self.acts, self.world.counted)

    def plan(self) -> list[Work]:
        """What is done at this moment, in an order that chance gives."""
        world = self.world
        with reading(world.engine)() as db:
            seen, paused = look(db), paused_mentors(db)
        day = (local_day(world.now) - world.span.first).days
        works: list[Work] = []
        for life in world.lives:
            if day >= life.arrives:
                of_life = self._of(life, seen.get(life.leaver_id), day)
                works += [partial(self._if_known, life, life.leaver_id, one) for one in of_life]
        works += [self._back(mentor_id) for mentor_id in paused if self.events.random() < 0.15]
        self.acts.shuffle(works)
        return works

    def _if_known(self, life: Life, leaver_id: UUID | None, work: Work) -> None:
        """Do it, unless the record it is about has become part of another in this moment."""
        if life.leaver_id == leaver_id:
            work()

    def work(self, works: list[Work]) -> None:
        """Do one after another."""
        for one in works:
            one()

    def _of(self, life: Life, seen: Seen | None, day: int) -> Iterator[Work]:
        if not life.dead:
            for act in self.people.acts(life, seen, self.world.now):
                yield lambda act=act: self._act(act)
        if seen is None:
            return
        while life.to_come and life.to_come[-1][0] <= day:
            _due, what = life.to_come.pop()
            if not (life.has_enough and life.end) or what == "merged":
                yield lambda what=what: self._happens(life, seen, what)
        if life.has_enough and life.end and not life.dead and self.events.random() < 0.7:
            end, life.end = life.end, "withdraws" if life.end == "mentor ends" else ""
            yield lambda: self._happens(life, seen, end)
        elif day > life.arrives + BUSY_DAYS and len(life.troubles) < TROUBLES:
            yield lambda: self._happens(life, seen, "date moves")
        if self._stands_still(seen) and self.events.random() < 0.3:
            yield lambda: self._goes_on(life, seen)

    def _stands_still(self, seen: Seen) -> bool:
        """Say whether someone should tell a new date: there is none, or it has passed unused."""
        waits = seen.referral in (ReferralState.SCREENED, ReferralState.WAITING)
        today = local_day(self.world.now)
        undated = seen.release is None or seen.release <= today
        return seen.pair is PairState.SUSPENDED or (waits and seen.pair is None and undated)

    def _happens(self, life: Life, seen: Seen, what: str) -> None:
        case = Case(seen, self.world.now, self.events)
        telling = two_records.merges(self, life, case) if what == "merged" else TELLINGS[what](case)
        if telling is None:
            return
        drawn = self.events.random()
        if drawn < 0.15:
            life.held_back.append((telling, what))
            return
        self.tell(life, seen, telling, what)
        if drawn > 0.8:
            self.tell(life, seen, telling, f"{what}, again")
        while life.held_back:
            self.tell(life, seen, *life.held_back.pop())

    def _goes_on(self, life: Life, seen: Seen) -> None:
        if seen.pair_id is None or self.events.random() < 0.7:
            case = Case(seen, self.world.now, self.events)
            self.tell(life, seen, happenings.new_date(case), "a new date")
            return

        def do(db: Session, now: Any) -> None:
            pairing.resume(db, db.get_one(Pair, seen.pair_id), by=self.desks.manager, now=now)

        self._act(Act(life, "resume", self.desks.manager, do))

    def _back(self, mentor_id: UUID) -> Work:
        telling = happenings.back(mentor_id, self.world.now)
        return lambda: self.done(self.desks.manager, self._telling(telling), "mentor is back")

    def _act(self, act: Act) -> None:
        life = act.life
        if self.done(act.by, act.do, f"{life.code} {act.what}", life):
            life.touchpoints.append(act.what)
            self.world.counted[f"did: {act.what}"] += 1
            if act.what == "put forward":
                self._came(life)
            self._tell_oracle(act)

    def _tell_oracle(self, act: Act) -> None:
        """What an act ends, or whom it keeps apart, from now on."""
        world, leaver_id = self.world, act.life.leaver_id
        if act.silences:
            self._fall_silent(act.life, Quiet(world.steps, KEEPS_SOMEONE_HOME))
        if act.bars and leaver_id:
            with reading(world.engine)() as db:
                world.oracle.bar(db, leaver_id, act.bars, world.steps)

    def tell(self, life: Life, seen: Seen, telling: Telling, what: str) -> None:
        """Have it told by one of those who may; what follows must be what the preview said."""
        told_by = sorted(life_events.HAPPENINGS[telling.kind].told_by)
        role = self.events.choice(told_by)
        by = self.desks.by(Role(role), seen.prison, seen.mentor_id)
        previews = self.events.random() < 0.1
        verb = self._telling(telling, by=by, previews=previews)
        if self.done(by, verb, f"{life.code} {what}, by {role}", life):
            life.troubles.append(telling.kind.value)
            self.world.counted[f"told: {telling.kind.value}"] += 1
            self._remember(life, telling)

    def _telling(
        self, telling: Telling, by: UUID | None = None, *, previews: bool = False
    ) -> Callable[[Session, Any], None]:
        def do(db: Session, now: Any) -> None:
            person = db.get_one(telling.of, telling.person_id)
            told = (db, person, telling.kind, telling.facts)
            words = {"happened_at": min(telling.happened_at, now), "by": by, "now": now}
            shown = life_events.preview(*told, **words) if previews else None
            ripple = life_events.record(*told, **words)
            if shown is not None and shown != ripple:
                self.world.broken.append(f"{telling.kind.value}: {shown} became {ripple}")

        return do

    def done(
        self, by: UUID, do: Callable[[Session, Any], Any], what: str, life: Life | None = None
    ) -> bool:
        """Do it in a transaction; where the process dies, the form is sent again. Say if it is."""
        world = self.world
        for sending in (1, 2, 3):
            try:
                with world.sessions() as db:
                    db.write_as(Hand(by, at=world.now, origin="page"))
                    do(db, world.now)
                    world.stage = "page"
                    db.commit()
            except Died:
                if life:
                    life.troubles.append("the process died")
                if world.died_after:
                    return self._said(what, "died after")
            except REFUSALS as no:
                return self._said(what, f"refused ({type(no).__name__}) at sending {sending}")
            else:
                return self._said(what, "done")
        return False

    def _said(self, what: str, came: str) -> bool:
        self.world.tell(f"{what}: {came}")
        self.world.counted[came.partition(" at")[0]] += 1
        return came in ("done", "died after")

    def _came(self, life: Life) -> None:
        """A leaver who is put forward, for the first time or anew."""
        if life.leaver_id is None:
            with reading(self.world.engine)() as db:
                index = blind_index("prison_number", life.number_told)
                found = select(Leaver.id).where(Leaver.prison_number_index == index)
                life.leaver_id = db.execute(found).scalar_one()
        self.by_leaver[life.leaver_id] = life
        self.world.names[str(life.leaver_id)] = life.code
        self.world.oracle.quiet.pop(life.leaver_id, None)
        # A manager's stop holds as long as the referral does.
        self.world.oracle.lift(life.leaver_id, "stop")

    def _remember(self, life: Life, telling: Telling) -> None:
        """What the oracle must know of what was told."""
        world = self.world
        if telling.of is Mentor:
            if telling.kind is EventKind.CONSENT_WITHDRAWN:
                quiet = Quiet(world.steps, KEEPS_SOMEONE_HOME)
                world.oracle.quiet.setdefault(f"mentor:{telling.person_id}", quiet)
            return
        if telling.kind is EventKind.MERGED and telling.person_id != life.leaver_id:
            two_records.become_one(self, life, telling.person_id)
        if telling.kind is EventKind.DIED:
            life.dead = True
            self._fall_silent(life, Quiet(world.steps, PLEASE_RING))
        elif telling.kind is EventKind.CONSENT_WITHDRAWN:
            self._fall_silent(life, Quiet(world.steps, KEEPS_SOMEONE_HOME))

    def _fall_silent(self, life: Life, quiet: Quiet) -> None:
        with reading(self.world.engine)() as db:
            pairs = db.execute(select(Pair.id).where(Pair.leaver_id == life.leaver_id)).scalars()
            for about in (life.leaver_id, *pairs):
                self.world.oracle.quiet.setdefault(about, quiet)

    @property
    def enough(self) -> bool:
        """Say whether every life has had its touchpoints, and its events and faults."""
        return all(life.has_enough for life in self.world.lives)

    def count_faults(self, db: Session) -> None:
        """Count the faults of the post with the lives that they touched."""
        met = self.world.server.met[self.counted_to :]
        self.counted_to += len(met)
        if not met:
            return
        told = select(Letter.id, Letter.leaver_id, Pair.leaver_id)
        joined = told.outerjoin(Pair, Letter.pair_id == Pair.id)
        whose = {row[0]: row[1] or row[2] for row in db.execute(joined)}
        for letter_id, fault in met:
            life = self.by_leaver.get(whose.get(letter_id))
            if life:
                life.troubles.append(fault)
