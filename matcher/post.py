"""Letters are planned and taken back here, in the transaction of the change they tell of.

Nothing is sent: `delivery.py` does that when a letter falls due. A letter is
planned once, however often the change is told: its key says what it is about,
over which channel, to whom, which of several and in which generation.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlmodel import Session, col, select

from matcher.core.sending import SendingWindow, local_day, sending_window
from matcher.core.working_days import official_calendar
from matcher.deputies import deputies_of
from matcher.former import same_keys
from models.outbox import NOT_UNDER_WAY, Letter
from models.states import Channel, LetterKind, LetterMove
from models.vocabulary import Region


def to_mentor(mentor_id: UUID) -> str:
    """Return how a letter names a mentor."""
    return f"mentor:{mentor_id}"


def to_practitioner(leaver_id: UUID) -> str:
    """Return how a letter names the practitioner of a leaver."""
    return f"practitioner:{leaver_id}"


def to_manager(region: Region) -> str:
    """Return how a letter names the manager of a region."""
    return f"manager:{region.value}"


def to_deputy(region: Region, account_id: UUID) -> str:
    """Return how a letter names a manager who stands in for the one of a region."""
    return f"{to_manager(region)}:{account_id}"


def to_account(account_id: UUID) -> str:
    """Return how a letter names the account of somebody who signs in."""
    return f"account:{account_id}"


def to_leaver(leaver_id: UUID) -> str:
    """Return how a printed letter names a leaver."""
    return f"leaver:{leaver_id}"


class About(TypedDict, total=False):
    """What a letter is about, and which it is: ids of rows, its number, its generation, facts."""

    leaver_id: UUID | None
    mentor_id: UUID | None
    pair_id: UUID | None
    meeting_id: UUID | None
    number: int
    generation: int
    facts: Mapping[str, Any]


def plan_letter(
    db: Session,
    kind: LetterKind,
    channel: Channel,
    recipient: str,
    *,
    now: datetime,
    wanted: datetime | None = None,
    window: SendingWindow | None = None,
    **about: Unpack[About],
) -> Letter | None:
    """Plan a letter for the moment it is `wanted`, now unless told; None if it was planned before.

    The window is that of its kind unless one is given.
    """
    key = letter_key(kind, channel, recipient, about)
    if db.exec(select(Letter.id).where(col(Letter.key).in_(same_keys(db, key)))).first():
        return None
    window = window or sending_window(kind, wanted or now, official_calendar())
    letter = Letter(
        key=key,
        kind=kind,
        channel=channel,
        recipient=recipient,
        urgent=window.urgent,
        state_since=now,
        due_at=window.not_before,
        not_after=window.not_after,
        **about,
    )
    db.add(letter)
    _tell_deputies(db, letter)
    return letter


def _tell_deputies(db: Session, letter: Letter) -> None:
    """Let a letter to the manager of a region go to whoever stands in on that day, too."""
    party, _, region = letter.recipient.partition(":")
    if party != "manager" or region not in Region.__members__.values():
        return
    for deputy_id in deputies_of(db, Region(region), local_day(letter.due_at)):
        told = letter.model_dump(exclude={"id", "key", "recipient", "version"})
        recipient = to_deputy(Region(region), deputy_id)
        db.add(Letter(**told, key=f"{letter.key}:{deputy_id}", recipient=recipient))


def letter_key(kind: LetterKind, channel: Channel, recipient: str, about: About) -> str:
    """Return the key of a letter; it is about its meeting, else its pair, leaver or mentor."""
    ids = (about.get(name) for name in ("meeting_id", "pair_id", "leaver_id", "mentor_id"))
    subject = next(filter(None, ids), None)
    number, generation = about.get("number", 1), about.get("generation", 1)
    return f"{kind.value}:{subject}:{channel.value}:{recipient}:{number}:{generation}"


def cancel_letters(
    db: Session,
    *,
    now: datetime,
    pair_id: UUID | None = None,
    leaver_id: UUID | None = None,
    mentor_id: UUID | None = None,
    meeting_id: UUID | None = None,
    kinds: Collection[LetterKind] | None = None,
) -> int:
    """Cancel the unsent letters about all that is named, of these kinds; return how many.

    Raises ValueError if nothing is named. A letter that is being sent at this
    moment goes on; if that fails, it is looked at anew before it is tried again.
    """
    named = {
        Letter.pair_id: pair_id,
        Letter.leaver_id: leaver_id,
        Letter.mentor_id: mentor_id,
        Letter.meeting_id: meeting_id,
    }
    about = [col(column) == value for column, value in named.items() if value is not None]
    if not about:
        raise ValueError("say whose letters are cancelled")
    unsent = select(Letter).where(*about, col(Letter.state).in_(NOT_UNDER_WAY))
    if kinds is not None:
        unsent = unsent.where(col(Letter.kind).in_(kinds))
    # Locked and read afresh, so that a letter just now claimed and sent is not called cancelled.
    in_order = unsent.order_by(col(Letter.id)).with_for_update()
    fresh = in_order.execution_options(populate_existing=True)
    letters = db.exec(fresh).all()
    for letter in letters:
        letter.move(LetterMove.CANCEL, now=now)
    return len(letters)
