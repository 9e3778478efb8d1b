"""A world of many lives in one database: people act, clocks look, things break, all is checked."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import sessionmaker

from matcher import clock, post_round
from matcher.messages import Message
from models.database import reading
from models.meetings import Meeting
from models.states import Channel
from tests.matcher.lettered import SETTINGS
from tests.simulation import aiming, doctor, oracle
from tests.simulation.acting import Acting
from tests.simulation.calendar import days_lived, moments_of, span_of
from tests.simulation.dying import Died, DyingContext, DyingSession, TornJournal, database_gone
from tests.simulation.lots import Lots, same_each_time
from tests.simulation.mail_server import CHANNELS, FOR_GOOD, FOR_NOW, MailServer, PrintTray
from tests.simulation.plots import lives_of
from tests.simulation.turns import Turns

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Scale:
    """How many live in a world."""

    lives: int = 50
    mentors: int = 30


@dataclass
class World:
    """Everything of one world; what is left to chance comes from its seed alone.

    `lacking` are letters that no line of the journal could be written for: the disk was full, and
    then the process died.
    """

    seed: int
    engine: Engine
    folder: Path
    scale: Scale = Scale()
    trace: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    names: dict[str, str] = field(default_factory=dict)
    lacking: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        lots = Lots(self.seed)
        self.days, self.crashes, self.faults = map(lots.of, ("days", "crashes", "faults"))
        self.turns = Turns(lots.of("turns"))
        self.span = span_of(self.seed)
        self.lives = lives_of(self.scale.lives, self.span.days, lots.of("plots"))
        self.now = next(moments_of(self.span, 0, lots.of("first"))) - HOUR
        self.steps, self.stage, self.calm, self.storm = 0, "", True, False
        self._begun: dict[int, int] = {}
        self.server, self.oracle = MailServer(self), oracle.Oracle()
        self.sessions = sessionmaker(
            self.engine, class_=DyingSession, audit_key=b"key", info={"world": self}
        )
        self.journal = self.folder / f"journal-{self.seed}.jsonl"
        self.clocks = [self._clock(number) for number in (1, 2)]
        self.acting = Acting(self, lots)

    def run(self, until: int | None = None) -> World:
        """Live all days, or those up to one; stop on the first after which something is broken."""
        post_round.RECORD_PAUSE = 0.0
        with same_each_time(self.seed):
            self._settle()
            for day in days_lived(self.span, self.days):
                if until is not None and day > until:
                    return self
                if day > self.span.days and self.acting.enough:
                    break
                self._live(day)
                if self.broken:
                    return self
            self._come_to_rest()
        return self

    @property
    def hash(self) -> str:
        """The hash of all that happened, in order."""
        return sha256("\n".join(self.trace).encode()).hexdigest()

    def _settle(self) -> None:
        with self.sessions() as db:
            self.acting.settle(db, self.now)
            db.commit()
        self.names |= {str(one): code for one, code in self.acting.desks.codes.items()}

    def _live(self, day: int) -> None:
        first = len(self.trace)
        self.tell(f"day {day}")
        for moment in moments_of(self.span, day, self.days):
            self.now = max(self.now, moment)
            self.calm, self.storm = False, self.days.random() < 0.06
            self._moment()
            self._jump()
            self.calm = True
        self._check(day, first)

    def _moment(self) -> None:
        """People act and clocks look, at once: one of them, or both."""
        acts = self.acting.plan()
        numbers = [0, 1] if self.days.random() < 0.25 else [self.days.randrange(2)]
        works = [lambda number=number: self._look(number) for number in numbers]
        self.turns.run([*works, lambda: self.acting.work(acts)])
        if self.days.random() < 0.25:
            self.now += timedelta(minutes=self.days.randint(2, 70))
            self._look(numbers[0])

    def _jump(self) -> None:
        """Now and then the machine's clock is set, and a clock looks at the wrong time."""
        drawn = self.days.random()
        jump = {0: HOUR, 1: -HOUR, 2: DAY}.get(int(drawn * 50))
        if jump:
            self.counted[f"the clock jumps by {jump}"] += 1
            self.now += jump
            self.tell(f"the clock jumps by {jump}")
            self._look(0)

    def _look(self, number: int) -> None:
        """Let one clock look at jobs and post; where it dies, another process takes its place."""
        context = self.clocks[number]
        try:
            done = [*clock.run_jobs(context), *clock.deliver(context)]
        except Died:
            self.lacking |= {str(entry.letter) for entry in context.journal.owed}
            self.clocks[number] = self._clock(number)
            return
        for one in done:
            if one.failed and "OperationalError" not in one.sentence:
                self.broken.append(f"{one.job}: {one.sentence}")

    def _clock(self, number: int) -> DyingContext:
        self.counted["processes"] += 1
        return DyingContext(
            self.sessions,
            SETTINGS,
            {**dict.fromkeys(CHANNELS, self.server), Channel.PRINT: PrintTray()},
            TornJournal(self.journal, self),
            f"clock-{number}-{self.counted['processes']}",
            lambda: self.now,
            world=self,
        )

    def _come_to_rest(self) -> None:
        """No more faults: whatever is still due leaves, and then nothing may be missing."""
        for _ in range(8):
            self.now += timedelta(minutes=65)
            self._look(0)
        with reading(self.engine)() as db:
            self.broken += oracle.unsettled(db, self)
        self._check(10_000, len(self.trace))

    def _check(self, day: int, first: int) -> None:
        for context in self.clocks:
            context.journal.make_ready()
        with reading(self.engine)() as db:
            self.broken += self.oracle.complaints(db, self)
            self.broken += doctor.complaints(db, self, thorough=day >= 10_000)
            self.acting.count_faults(db)
        self.trace[first:] = [self.named(line) for line in self.trace[first:]]

    def tell(self, line: str) -> None:
        """Add a line to the trace; ids become codes when the day is over."""
        self.trace.append(f"{self.now:%Y-%m-%dT%H:%M:%S} {line}")

    def named(self, text: str) -> str:
        """A text with codes for ids."""
        return oracle.with_names(text, self.names)

    def name_rows(self, letters: Any, pairs: Any) -> None:
        """Give each pair and meeting a code, by its leaver and the order in which it came."""
        for pair in sorted(pairs, key=lambda one: (str(one.leaver_id), str(one.id))):
            who = self.names.get(str(pair.leaver_id)), self.names.get(str(pair.mentor_id))
            self.names.setdefault(str(pair.id), "-".join(map(str, who)))
        missing = [one.meeting_id for one in letters if str(one.meeting_id) not in self.names]
        if any(missing):
            with reading(self.engine)() as db:
                kinds = select(Meeting.id, Meeting.pair_id, Meeting.kind, Meeting.number)
                for meeting_id, pair_id, kind, number in db.execute(kinds):
                    pair = self.names.get(str(pair_id), "?")
                    self.names[str(meeting_id)] = f"{pair}-{kind.value}-{number}"
        for letter in letters:
            self.names.setdefault(str(letter.id), self.named(letter.key))

    def point(self) -> None:
        """Here another worker may go on."""
        self.turns.point()

    def pass_time(self, time: timedelta) -> None:
        """Let time go by."""
        self.now += time

    def begun(self) -> int:
        """At which step the letter was begun that this thread hands over."""
        return self._begun.get(threading.get_ident(), self.steps)

    def before_commit(self) -> None:
        """What may come in the way of a commit."""
        if self.calm:
            return
        self.counted[f"commit of {self.stage}"] += 1
        drawn = self.crashes.random()
        if aiming.dies(self.counted, self.stage, "before", drawn):
            self._dies("before")
        if self.stage == "record" and aiming.goes_away(self.counted, drawn):
            self.counted[aiming.GONE] += 1
            raise database_gone()

    def after_commit(self) -> None:
        """What may come before anyone hears of a commit; else another has a turn."""
        self.steps += 1
        if self.stage == "start":
            self._begun[threading.get_ident()] = self.steps
        if self.calm:
            return
        if aiming.dies(self.counted, self.stage, "after", self.crashes.random()):
            self._dies("after")
        self.pass_time(SECOND)
        self.point()

    def _dies(self, when: str) -> None:
        self.counted[aiming.death(self.stage, when)] += 1
        self.tell(f"died {when} the commit of {self.stage}")
        self.died_after = when == "after"
        raise Died

    def fate_of_line(self, key: str) -> str | None:
        """What comes in the way of a line of the journal."""
        if self.calm or not aiming.line_breaks(self.counted, self.faults.random()):
            return None
        fate = aiming.one_of(aiming.LINE_FATES, self.faults, self.counted, "journal: {}")
        self.counted[f"journal: {fate}"] += 1
        self.tell(f"the journal of {key}: {fate}")
        if fate != "after":
            self.server.doubtful[key] += 1
        return fate

    def draw_fault(self, message: Message) -> str | None:
        """Which fault a message meets, if any: most at first, few for good."""
        if self.calm:
            return None
        if self.storm:
            return "refuses the line"
        if self.faults.random() > (0.5 if message.attempt < 3 else 0.2):
            return None
        faults = FOR_GOOD if self.faults.random() < 0.05 else FOR_NOW
        fault = aiming.one_of(faults, self.faults, self.counted, "met: {}")
        self.counted[f"met: {fault}"] += 1
        return fault
