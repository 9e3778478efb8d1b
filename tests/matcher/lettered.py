"""An accepted pair whose letters can be planned in one line, and the hands they pass through."""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from sqlmodel import Session

from matcher import delivery, handing_out, post
from matcher.journal import Journal
from matcher.messages import Answer, Message
from matcher.settings import Settings
from models.contacts import Contact, Practitioner
from models.outbox import Letter
from models.states import Channel, LetterKind
from tests.matcher.accepted import Accepted, an_accepted_pair
from tests.rows import NOW

SETTINGS = Settings(
    mail_from="post@example.org",
    address="https://gatemate.example",
    service_phone="0808 157 0111",
    service_post="Freepost GATEMATE",
)
LEASE = timedelta(seconds=3)
JOURNALS = TemporaryDirectory(prefix="gatemate-journals-")
MENTOR_EMAIL = "mentor@example.com"


def a_reachable_pair(db: Session, **told: Any) -> Accepted:
    """An accepted pair whose mentor and practitioner can be written to."""
    accepted = an_accepted_pair(db, **told)
    recorded = {"recorded_at": NOW}
    db.add_all(
        [
            Contact(mentor_id=accepted.mentor.id, email=MENTOR_EMAIL, **recorded),
            Practitioner(leaver_id=accepted.leaver.id, email="officer@example.com", **recorded),
        ]
    )
    db.flush()
    return accepted


def planned(accepted: Accepted, kind: LetterKind = LetterKind.DIGEST, **told: Any) -> Letter:
    """Plan a letter about the pair, an e-mail to the mentor unless told otherwise."""
    own = {
        "now": NOW,
        "pair_id": accepted.pair.id,
        "mentor_id": accepted.mentor.id,
        "leaver_id": accepted.leaver.id,
    }
    channel = told.pop("channel", Channel.EMAIL)
    recipient = told.pop("recipient", post.to_mentor(accepted.mentor.id))
    letter = post.plan_letter(accepted.db, kind, channel, recipient, **own | told)
    assert letter is not None
    accepted.db.flush()
    return letter


def a_journal() -> Journal:
    """A journal that says nothing yet."""
    return Journal(Path(JOURNALS.name) / uuid4().hex / "journal.jsonl")


def claim(db: Session, now: Any = NOW, worker: str = "one", **told: Any) -> list[Any]:
    """Claim what is due on every channel, and commit."""
    own = {"channels": set(Channel), "lease": LEASE}
    ids = handing_out.claim(db, now=now, worker=worker, **own | told)
    db.commit()
    return list(ids)


def start(db: Session, letter: Letter, now: Any = NOW, worker: str = "one") -> Any:
    """Start sending a letter, and commit."""
    begun = delivery.start(db, letter.id, now=now, worker=worker, lease=LEASE, settings=SETTINGS)
    db.commit()
    return begun


def record(db: Session, message: Message, came: Any, now: Any = NOW, worker: str = "one") -> Any:
    """Record what came of a message, and commit."""
    state = delivery.record(db, message, came, now=now, worker=worker)
    db.commit()
    return state


def sent(db: Session, letter: Letter, now: Any = NOW) -> Message:
    """Take a letter that is due all the way, and return the message that left."""
    claim(db, now)
    message = start(db, letter, now)
    assert isinstance(message, Message)
    record(db, message, Answer("250 taken"), now)
    return message
