"""A region that is small enough to be made in seconds, and busy enough to be killed in the midst.

Everything on it is written by the service's own verbs, at half past nine on a working Monday; the
service then runs as a demo does, its date moved to that Monday, so that letters may leave whatever
the hour is here. Nothing else of it is a demo: the same pages, clock, post and database.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, select

from matcher import pairing, post
from matcher.accounts import open_account
from matcher.core.sending import SendingWindow
from matcher.demo_clock import demo_time, set_demo_clock
from matcher.passwords import hash_of
from matcher.settings import Settings
from models.accounts import Account
from models.audit import AuditedSession, Hand
from models.contacts import Contact
from models.database import make_engine, reading, sessions, upgrade
from models.outbox import Letter
from models.pairs import Pair
from models.people import Mentor
from models.sign_ins import FactorKind, OneTimeCode, SecondFactor
from models.states import Channel, LetterKind, PairState, Role
from models.vocabulary import Region
from tests.matcher.people_waiting import a_practitioner, ready, run, waiting
from tests.rows import NOW

SECRET = "0123456789abcdef" * 4
PASSWORD = "out through the gate"
CODE = "K4QP2MXT"
"""Every code of every sheet; the numbers before it differ."""
PLACES = 4
MANAGER = {"region": Region.YORKSHIRE, "email": "manager@example.org"}


@dataclass(frozen=True)
class Ground:
    """A database with people on it, the variables to run on it, and who signs in under which name.

    `mentors` are sign-in names by the mentor's id.
    """

    url: str
    variables: Mapping[str, str]
    manager: str
    liaison: str
    mentors: Mapping[UUID, str]

    def engine(self) -> Engine:
        """A new engine; whoever asks for it disposes of it."""
        return make_engine(self.url)


def make_ground(
    url: str,
    folder: Path,
    mail: str,
    *,
    mentors: int = 8,
    accepted: int = 8,
    lease: float = 3,
) -> Ground:
    """Make the region: four leavers to each mentor, some pairs accepted, the others proposed."""
    engine = make_engine(url)
    upgrade(engine)
    with audited(engine) as db:
        people = [ready(db, places=PLACES) for _ in range(mentors)]
        leavers = [waiting(db) for _ in range(mentors * PLACES)]
        recorded = {"recorded_at": NOW}
        db.add_all(a_practitioner(leaver.id) for leaver in leavers)
        db.add_all(Contact(mentor_id=one.id, email=_address(one), **recorded) for one in people)
        manager = _account(db, Role.MANAGER, "manager", **MANAGER)
        _account(db, Role.LIAISON, "liaison", prison="LEI")
        names = {one.id: _address(one) for one in people}
        for one in people:
            _account(db, Role.MENTOR, names[one.id], mentor_id=one.id)
        run(db)
        for pair in db.exec(select(Pair).order_by(Pair.leaver_id).limit(accepted)).all():
            pairing.approve(db, pair, by=manager.id, now=NOW)
            pairing.accept(db, pair, by=None, now=NOW)
        db.commit()
    _turn_the_clock(engine)
    engine.dispose()
    return Ground(url, _variables(url, folder, mail, lease), "manager", "liaison", names)


@contextmanager
def audited(engine: Engine, at: datetime = NOW) -> Iterator[AuditedSession]:
    """A session whose changes stand in the audit under the service's own key."""
    with sessions(engine, Settings(secret=SECRET).audit_key)(expire_on_commit=False) as db:
        db.write_as(Hand(None, at=at, origin="proof"))
        yield db


def now_on(db: Session) -> datetime:
    """What time it is for the service."""
    return demo_time(db, datetime.now(UTC))


def feed(
    engine: Engine,
    count: int,
    first: int,
    *,
    now: datetime | None = None,
    window: SendingWindow | None = None,
) -> list[UUID]:
    """Plan letters that are due at once, one commit each; they are numbered from `first` on."""
    planned = []
    with reading(engine)() as db:
        at = now or now_on(db)
    with audited(engine, at) as db:
        pairs = db.exec(select(Pair).where(Pair.state == PairState.ACCEPTED)).all()
        for number in range(first, first + count):
            pair = pairs[number % len(pairs)]
            planned.append(_letter(db, pair, number, now or now_on(db), window))
            db.commit()
    return planned


def _letter(
    db: Session, pair: Pair, number: int, now: datetime, window: SendingWindow | None
) -> UUID:
    letter = post.plan_letter(
        db,
        LetterKind.DIGEST,
        Channel.EMAIL,
        post.to_mentor(pair.mentor_id),
        now=now,
        window=window,
        number=number,
        pair_id=pair.id,
        mentor_id=pair.mentor_id,
        leaver_id=pair.leaver_id,
    )
    assert isinstance(letter, Letter)
    return letter.id


def _account(db: Session, role: Role, name: str, **told: object) -> Account:
    own = {"sign_in_name": name, "password": PASSWORD, "made_up": True, "name": "Robin"}
    account = open_account(db, role, now=NOW, **own | told)
    stands = {"account_id": account.id, "kind": FactorKind.SHEET}
    db.add(SecondFactor(**stands, codes_made_at=NOW, confirmed_at=NOW))
    hashed = hash_of(CODE)
    for number in range(1, 100):
        db.add(OneTimeCode(account_id=account.id, number=number, code_hash=hashed))
    return account


def _address(mentor: Mentor) -> str:
    return f"{mentor.code.lower()}@example.com"


def _turn_the_clock(engine: Engine) -> None:
    with audited(engine) as db:
        # A moment later than all that was written: the date is moved by whole seconds.
        set_demo_clock(db, NOW + timedelta(seconds=1) - datetime.now(UTC))
        db.commit()


def _variables(url: str, folder: Path, mail: str, lease: float) -> dict[str, str]:
    return {
        "GATEMATE_DATABASE": url,
        "GATEMATE_SECRET": SECRET,
        "GATEMATE_DEMO": "1",
        "GATEMATE_MAIL": mail,
        "GATEMATE_MAIL_FROM": "gatemate@example.org",
        "GATEMATE_SERVICE_PHONE": "0808 157 0100",
        "GATEMATE_SERVICE_POST": "Gatemate, PO Box 1, Leeds",
        "GATEMATE_LEASE": f"{lease:g}",
        **{name: os.environ[name] for name in ("GATEMATE_KEYS", "GATEMATE_MASTER_KEY")},
        "GATEMATE_JOURNAL": str(folder / "journal.jsonl"),
    }
