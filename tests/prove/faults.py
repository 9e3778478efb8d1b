"""A mail server that fails in every way we know: nothing is lost, and twice only after the dot.

The real sender talks to a real server on this machine. Between two looks the time of the post is
moved on, because what failed is tried again after minutes or an hour.
"""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from matcher.clock import deliver
from matcher.mail_sender import SmtpSender
from matcher.messages import Sender
from matcher.senders import make_senders
from matcher.settings import Settings
from models.outbox import Letter
from models.states import Channel, LetterState
from models.tasks import Task
from tests.prove.checks import doctor
from tests.prove.ground import Ground, feed, make_ground
from tests.prove.places import Place
from tests.prove.post_office import Fault, PostOffice, post_office
from tests.prove.tally import Stopwatch, Tally
from web.cli_clock import context_of
from web.surroundings import Surroundings

PATIENCE = 0.3
"""Seconds for each step; in use it is 10, and 30 for the answer to a whole message."""

LETTERS = 4
LOOKS = 14
"""How often the post is looked at until the last retry has had its turn."""

MINUTES = timedelta(minutes=16)

BEFORE_ANY_STEP = {"refuse", "bad TLS"}
"""These end before the server is told a word."""

FAULTS: tuple[Fault, ...] = (
    Fault("refused connection", "connect", "refuse"),
    Fault("hang at the banner", "connect", "hang"),
    Fault("garbage for a banner", "connect", "garbage"),
    Fault("drop at the banner", "connect", "drop"),
    Fault("421 at the banner", "connect", "421"),
    Fault("drop at EHLO", "EHLO", "drop"),
    Fault("bad TLS", "EHLO", "bad TLS"),
    Fault("451 at MAIL", "MAIL", "451"),
    Fault("421 at MAIL", "MAIL", "421"),
    Fault("450 at RCPT", "RCPT", "450"),
    Fault("452 at RCPT", "RCPT", "452"),
    Fault("550 at RCPT", "RCPT", "550"),
    Fault("452 at DATA", "DATA", "452"),
    Fault("554 at DATA", "DATA", "554"),
    Fault("hang in the message", "body", "hang"),
    Fault("drop in the message", "body", "drop"),
    Fault("552 after the dot", "dot", "552"),
    Fault("451 after the dot", "dot", "451"),
    Fault("drop after the dot, not taken", "dot", "drop"),
    Fault("drop after the dot, taken", "dot", "drop", is_taken=True),
    Fault("hang after the dot, taken", "dot", "hang", is_taken=True),
    Fault("garbage after the dot, taken", "dot", "garbage", is_taken=True),
    Fault("answers byte by byte", "connect", "slow"),
)


def fail_again_and_again(tally: Tally, place: Place) -> None:
    """Let letters meet one fault after another until as many have as were wanted."""
    watch = Stopwatch(tally)
    try:
        while not tally.is_done:
            fault = FAULTS[tally.done // LETTERS % len(FAULTS)]
            with post_office() as office:
                mail = f"smtp://127.0.0.1:{office.port}"
                ground = make_ground(place.new(), place.folder, mail, mentors=1, accepted=2)
                Post(tally, ground, office).meet(fault, min(LETTERS, tally.wanted - tally.done))
                tally.broken += doctor(ground)
            watch.keep()
    finally:
        watch.keep()


class Post:
    """The post of one database, driven by hand."""

    def __init__(self, tally: Tally, ground: Ground, office: PostOffice) -> None:
        self.tally, self.ground, self.office = tally, ground, office
        self.engine: Engine = ground.engine()
        self.settings = Settings.from_environment(ground.variables)
        around = Surroundings(self.settings, self.engine, lambda: datetime.now().astimezone())
        self.context = context_of(around)
        self.around = around

    def senders(self, fault: Fault | None) -> Mapping[Channel, Sender]:
        """The senders of the service, with less patience; bad TLS is another door of the server."""
        ours = {"host": "127.0.0.1", "port": self.office.port}
        smtp = SmtpSender(
            mail_from=self.settings.mail_from,
            patience=PATIENCE,
            answer_patience=PATIENCE,
            encrypted=bool(fault and fault.what == "bad TLS"),
            **ours,
        )
        usual = make_senders(self.settings)
        return {
            channel: smtp if isinstance(sender, SmtpSender) else sender
            for channel, sender in usual.items()
        }

    def meet(self, fault: Fault, count: int) -> None:
        """Let so many letters meet a fault once or twice, then let all be well again."""
        chance = random.Random(f"{self.tally.seed}-{self.tally.done}")
        self._look(self.around.now(), None)
        planned = feed(self.engine, count, 1)
        self.office.fault, self.office.failures_left = fault, chance.randint(1, 2 * count)
        now = self.around.now()
        self._look(now, fault)
        self.tally.note(f"met: {fault.name}", self.office.met)
        if not self.office.met:
            self.tally.broken.append(f"{fault.name}: nothing met it")
        self.office.fault = None
        for _ in range(LOOKS):
            now += MINUTES
            self._look(now, None)
        self._judge(fault, planned)
        self.engine.dispose()
        self.tally.done += count

    def _look(self, now: datetime, fault: Fault | None) -> None:
        if fault and fault.what == "refuse":
            self.office.refuse_all()
        context = replace(self.context, senders=self.senders(fault), now=lambda: now)
        failed = [done for done in deliver(context) if done.failed]
        if fault and fault.what == "refuse":
            self.office.open_again()
        if fault and fault.what in BEFORE_ANY_STEP:
            self.office.met += 1
        self.tally.broken += [
            f"{fault.name if fault else 'well'}: {one.sentence}" for one in failed
        ]

    def _judge(self, fault: Fault, planned: list[UUID]) -> None:
        with Session(self.engine) as db:
            letters = db.exec(select(Letter).where(col(Letter.id).in_(planned))).all()
            alarms = set(db.exec(select(Task.letter_id)).all())
        for letter in letters:
            taken = self.office.yes[letter.message_id or ""]
            self.tally.note(f"{letter.state.value} after: {fault.name}")
            if letter.state is LetterState.SENT and taken:
                self._twice(fault, taken - 1)
            elif letter.state is not LetterState.DEAD or letter.id not in alarms:
                self.tally.lost += 1
                self.tally.broken.append(f"{fault.name}: {letter.state}, taken {taken} times")
            elif taken or not fault.what.startswith("5"):
                self.tally.broken.append(f"{fault.name}: given up, taken {taken} times")

    def _twice(self, fault: Fault, more: int) -> None:
        self.tally.duplicated += more
        if more and not fault.is_taken:
            self.tally.broken.append(f"{fault.name}: taken {more + 1} times")
