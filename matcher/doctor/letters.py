"""Each letter by itself: I3, I4, I5 and I8."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sqlalchemy import select as of_columns
from sqlmodel import col, func, or_, select

from matcher.doctor.case import AuditedChange, Breach, CannotLook, Case, Found
from matcher.sent_before import MAY_GO_AGAIN
from models.outbox import AttemptOutcome, Letter
from models.states import LetterState

_REFUSAL = re.compile(r"[45]\d\d\b")
"""How an answer of a mail server begins that says no."""

REFUSALS = {AttemptOutcome.REFUSED, AttemptOutcome.DEFERRED}
CLEAR = {AttemptOutcome.TAKEN, *REFUSALS}
BEGUN_AGAIN = "it was begun again after a yes"


def one_row_per_key(case: Case) -> Found:
    """I3: every letter that shares its key with another."""
    several = select(Letter.key).group_by(col(Letter.key)).having(func.count() > 1)
    shared = select(Letter.id).where(col(Letter.key).in_(several))
    for letter_id in case.db.exec(shared.order_by(col(Letter.key), col(Letter.id))):
        yield Breach("letter", str(letter_id), "another letter has the same key")


def sent_was_accepted(case: Case) -> Found:
    """I4: letters called sent without a time, an attempt, a Message-ID or a yes."""
    told = of_columns(
        col(Letter.id),
        col(Letter.state),
        col(Letter.sent_at),
        col(Letter.attempt),
        col(Letter.message_id),
        col(Letter.answer),
    ).where(or_(col(Letter.state) == LetterState.SENT, col(Letter.sent_at).is_not(None)))
    for letter_id, state, sent_at, attempt, message_id, answer in case.db.execute(
        told.order_by(col(Letter.id))
    ):
        missing = {
            "its state": state is LetterState.SENT,
            "the time": sent_at,
            "an attempt": attempt,
            "a Message-ID": message_id,
            "the server's answer": answer,
        }
        named = [name for name, there in missing.items() if not there]
        if named:
            yield Breach("letter", str(letter_id), f"it is sent, but for {', '.join(named)}")
        elif _REFUSAL.match(answer):
            yield Breach("letter", str(letter_id), "it is called sent, and the answer was no")


def journal_has_the_sent(case: Case) -> Found:
    """I5: letters that are sent by the database and not, or otherwise, by the journal beside it."""
    if case.journal is None:
        raise CannotLook("Nobody says where the send journal lies.")
    sent = select(Letter.id, Letter.key, Letter.message_id).where(Letter.state == LetterState.SENT)
    for letter_id, key, message_id in case.db.exec(sent.order_by(col(Letter.id))):
        names = {entry.message_id for entry in case.entries_of(letter_id, key)}
        if not names:
            yield Breach("letter", str(letter_id), "it is sent, and the journal has no entry")
        elif message_id and message_id not in names:
            yield Breach("letter", str(letter_id), "it left under another Message-ID")


def sent_once(case: Case) -> Found:
    """I8: letters sent more often than once and for each attempt whose end nobody knew.

    What came of each attempt is a row of its own. One without a row counts as
    not known, but only where the audit did not see it begin since there are
    such rows: it was lost with the days after a backup, or is older. What
    was taken is what the journal or a row says. Of a letter that is no news by
    itself, two rows of one key, a backup having been put back between them,
    may not both have left.
    """
    letters = select(Letter.id, Letter.key, Letter.attempt, Letter.kind).where(Letter.attempt >= 1)
    for letter_id, key, attempt, kind in case.db.exec(letters.order_by(col(Letter.id))):
        entries = case.entries_of(letter_id, key)
        if kind not in MAY_GO_AGAIN and len(entries) != len(case.journal_entries.get(key, [])):
            yield Breach("letter", str(letter_id), "it had left before a backup was put back")
        told = [entry.attempt for entry in entries]
        outcomes = {number: row.outcome for number, row in case.attempts[letter_id].items()}
        for what in _wrong_with(attempt, told, outcomes):
            yield Breach("letter", str(letter_id), what)
        changes = case.letter_changes.get(str(letter_id), [])
        if len(outcomes) < sum(_is_begun(one) and one.at >= case.attempts_since for one in changes):
            yield Breach("letter", str(letter_id), "a hand-over of it left no row")
        yes = [number for number, one in enumerate(changes) if "sent_at" in one.fields]
        if yes and any("attempt" in one.fields for one in changes[yes[0] + 1 :]):
            yield Breach("letter", str(letter_id), BEGUN_AGAIN)


def _is_begun(change: AuditedChange) -> bool:
    """Say whether a hand-over was begun; one that the journal knew of is recorded with its yes."""
    return "attempt" in change.fields and "sent_at" not in change.fields


def _wrong_with(
    attempt: int, told: list[int], outcomes: Mapping[int, AttemptOutcome | None]
) -> Iterator[str]:
    """Yield what is wrong with the attempts of one letter: `told` are those the journal has."""
    taken = {number for number, came in outcomes.items() if came is AttemptOutcome.TAKEN}
    newest = max([attempt, *told, *outcomes])
    not_known = newest - sum(came in CLEAR for came in outcomes.values())
    if len(told) != len(set(told)):
        yield "it was taken twice at one attempt"
    if any(outcomes.get(number) in REFUSALS for number in told):
        yield "it was taken at an attempt that was refused"
    if taken and newest > min(taken):
        yield BEGUN_AGAIN
    if len({*told, *taken}) > 1 + not_known:
        yield "it was taken more often than once and for each answer that nobody knew"
