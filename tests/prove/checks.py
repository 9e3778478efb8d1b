"""What must be true of a database whatever was done to the service, read by an onlooker."""

import subprocess
import sys
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from os import environ
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from models.meetings import Meeting
from models.outbox import TO_BE_TRIED, AttemptOutcome, Letter, LetterAttempt
from models.pairs import LIVE, Pair, PairHistory
from models.people import Mentor
from models.states import Channel, LetterState, Move
from tests.prove.ground import Ground, now_on
from tests.prove.post_office import PostOffice
from tests.prove.traffic import Acknowledged
from tests.prove.tree import ROOT

BY_POST = (Channel.EMAIL, Channel.CALENDAR)
IN_HAND = {LetterState.CLAIMED, LetterState.SENDING, LetterState.DUE}
OVERTAKEN = {LetterState.CANCELLED, LetterState.SKIPPED}
MOVES = {"approve": Move.APPROVE, "accept": Move.ACCEPT}


@dataclass(frozen=True)
class Found:
    """What an onlooker sees: sentences about what is broken, and how many letters are lost."""

    broken: list[str]
    lost: int = 0


def waiting_letters(db: Session, now: datetime | None = None) -> set[UUID]:
    """The letters by post that should be gone by now and are not."""
    moment = now or now_on(db)
    letters = db.exec(select(Letter).where(col(Letter.channel).in_(BY_POST)))
    return {letter.id for letter in letters if _should_be_gone(letter, moment)}


def _should_be_gone(letter: Letter, now: datetime) -> bool:
    return letter.state in IN_HAND or (letter.state in TO_BE_TRIED and letter.due_at <= now)


def being_sent(db: Session) -> dict[UUID, tuple[str, int]]:
    """The letters that are with a mail server just now, with their Message-ID and attempt."""
    sending = select(Letter).where(Letter.state == LetterState.SENDING)
    return {one.id: (one.message_id or "", one.attempt) for one in db.exec(sending)}


def attempts_in_doubt(db: Session) -> Counter[str]:
    """How often it is not known whether a letter was taken, by its Message-ID."""
    unknown = select(Letter.message_id).where(
        Letter.id == LetterAttempt.letter_id, LetterAttempt.outcome == AttemptOutcome.UNKNOWN
    )
    return Counter(name or "" for name in db.exec(unknown))


def unacknowledged(db: Session, said: Acknowledged) -> list[str]:
    """Writes that a page said yes to and that are not there (I15)."""
    there = set(db.exec(select(PairHistory.pair_id, PairHistory.move)).all())
    missing = [
        f"I15 {what} of pair {pair_id}"
        for pair_id, what in said.moved
        if (pair_id, MOVES[what]) not in there
    ]
    for meeting_id, sent in said.booked.items():
        last = max((number for number, (_, yes) in enumerate(sent) if yes), default=None)
        place = db.get_one(Meeting, meeting_id).place or ""
        may_be = [reference for reference, _ in sent[last:]] if last is not None else []
        if last is not None and place.rpartition("reference ")[2] not in may_be:
            missing.append(f"I15 booking {sent[last][0]} of meeting {meeting_id}")
    return missing


def letters_kept(
    db: Session,
    office: PostOffice,
    killed_with: Collection[str] = (),
    *,
    until: datetime | None = None,
) -> Found:
    """Each letter called sent was taken, and each that was taken is known to be sent.

    One that was with the server may have been overtaken by a newer letter meanwhile; where a kill
    cut off the answer to it, nobody knows that it was taken. Where the look ends at a moment, a
    letter in doubt that is not due again by then is what it should be.
    """
    letters = db.exec(select(Letter).where(col(Letter.channel).in_(BY_POST))).all()
    by_id = {one.message_id: one for one in letters if one.message_id}
    unanswered = set(db.exec(select(LetterAttempt.letter_id).where(_is_unanswered())))
    never_taken = [
        one.id
        for one in letters
        if one.state is LetterState.SENT and not office.yes[one.message_id or ""]
    ]
    dead = [one.id for one in letters if one.state is LetterState.DEAD]
    unknown = [name for name in office.yes if name not in by_id]
    not_sent = [
        name
        for name in office.yes
        if name in by_id
        and not _is_known(by_id[name], name in killed_with or by_id[name].id in unanswered)
        and not (until and _is_due_later(by_id[name], until))
    ]
    return Found(
        [f"I4 sent, and no server took it: letter {one}" for one in never_taken]
        + [f"taken under a Message-ID that no letter has: {name}" for name in unknown]
        + [f"taken, and not known as sent: {name}: {_told(by_id[name])}" for name in not_sent]
        + [f"given up: letter {one}" for one in dead],
        lost=len(never_taken) + len(dead),
    )


def _is_known(letter: Letter, cut_off: bool) -> bool:
    return letter.state is LetterState.SENT or (cut_off and letter.state in OVERTAKEN)


def _is_due_later(letter: Letter, moment: datetime) -> bool:
    return letter.state is LetterState.UNKNOWN and letter.due_at > moment


def _is_unanswered() -> ColumnElement[bool]:
    unknown = col(LetterAttempt.outcome) == AttemptOutcome.UNKNOWN
    return col(LetterAttempt.outcome).is_(None) | unknown


def _told(letter: Letter) -> str:
    return f"{letter.state.value} at attempt {letter.attempt}: {letter.answer}"


def pairs_kept(db: Session) -> list[str]:
    """One live pair per leaver (I1), and no more of them than a mentor has places (I2)."""
    live = db.exec(select(Pair).where(col(Pair.state).in_(LIVE))).all()
    places = {mentor.id: mentor.places for mentor in db.exec(select(Mentor))}
    leavers, mentors = Counter(p.leaver_id for p in live), Counter(p.mentor_id for p in live)
    broken = [f"I1 leaver {one} has {count} pairs" for one, count in leavers.items() if count > 1]
    broken += [f"I2 mentor {one}" for one, count in mentors.items() if count > places[one]]
    keys = select(Letter.key).group_by(Letter.key).having(func.count() > 1)
    return broken + [f"I3 {key}" for key in db.exec(keys)]


def doctor(ground: Ground) -> list[str]:
    """What `gatemate doctor` complains of on this database."""
    clean = {name: told for name, told in environ.items() if "GATEMATE" not in name}
    done = subprocess.run(
        [sys.executable, "-m", "web", "doctor"],
        env=clean | dict(ground.variables) | {"PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if "No such command" in done.stderr:
        return []
    if done.returncode == 0:
        return []
    sick = [line for line in done.stdout.splitlines() if "  sound  " not in line]
    return ["doctor: " + "\n".join([*sick, done.stderr])[:900]]
