"""The drill: a backup is put back after letters have left, and no letter goes twice or is lost."""

import os
from collections import Counter
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from click.testing import CliRunner
from sqlmodel import Session, select

from matcher.clock import Context, run_due
from matcher.journal import Journal
from matcher.senders import make_senders
from matcher.settings import Settings
from models.accounts import Account
from models.audit import Hand
from models.database import make_engine, sessions
from models.meetings import Meeting
from models.outbox import Letter
from models.pairs import Pair, PairHistory
from models.states import Channel, LetterState, MeetingKind, Move, PairState, Role
from tests.mail_server import mail_server
from tests.matcher.accepted import Accepted, at
from tests.matcher.lettered import a_reachable_pair
from tests.postgresql import installed_programs
from tests.rows import NOW
from tests.web.desks import SECRET
from web.cli import main

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
BOOKED_ON, EVE, MEETS_ON = date(2027, 2, 10), date(2027, 2, 28), date(2027, 3, 1)
RESTORED_AT = at(EVE, 12)
LAST_DAY = date(2027, 5, 20)
WAY = (PairState.PROPOSED, PairState.APPROVED, PairState.OFFERED, PairState.ACCEPTED)
STEPS = [
    {"to_state": WAY[0]},
    *(
        {"move": move, "from_state": before, "to_state": after}
        for move, before, after in zip(
            (Move.APPROVE, Move.OFFER, Move.ACCEPT), WAY, WAY[1:], strict=False
        )
    ),
]
NEEDS_NO_ANSWER = {"calendar_entry", "meeting_reminder", "first_meeting_warning"}
"""What leaves in the first life, between the backup and the day it is put back."""


class Service:
    """A service with a mail server, a journal and commands, whose time is told to it."""

    def __init__(self, url: str, folder: Path, server) -> None:
        self.url, self.folder, self.server = url, folder, server
        self.journal = Journal(folder / "journal.jsonl")
        self.settings = Settings(
            database=url,
            secret=SECRET,
            mail=f"smtp://127.0.0.1:{server.port}",
            texts=f"folder:{folder / 'texts'}",
            mail_from="post@example.org",
            service_phone="0808 157 0111",
            service_post="Freepost GATEMATE",
            journal=str(self.journal.path),
        )

    @contextmanager
    def writing(self, now: datetime):
        """A session that is committed in the end, by an engine that leaves nothing open."""
        engine = make_engine(self.url)
        with sessions(engine, self.settings.audit_key)() as db:
            db.write_as(Hand(None, at=now, origin="test"))
            yield db
            db.commit()
        engine.dispose()

    def look(self, *moments: datetime) -> None:
        """Let a clock do what is due at each of these moments."""
        engine = make_engine(self.url)
        opened = sessions(engine, self.settings.audit_key)
        senders = make_senders(self.settings)
        for moment in moments:
            told = (opened, self.settings, senders, self.journal, "one")
            run_due(Context(*told, now=lambda moment=moment: moment), moment)
        engine.dispose()

    def command(self, now: datetime, *words: str) -> str:
        """What a command says at that time, that went well."""
        with time_machine.travel(now, tick=False):
            done = CliRunner().invoke(main, list(words))
        assert done.exit_code == 0, done.output
        return done.output

    def letters(self, *states: LetterState) -> dict[str, LetterState]:
        """The letters there are, of some states or of all, by key."""
        with self.writing(NOW) as db:
            return {
                letter.key: letter.state
                for letter in db.exec(select(Letter))
                if not states or letter.state in states
            }

    def left(self) -> Counter[str]:
        """How often each letter left by mail or text, by key, as the journal tells it."""
        entries = self.journal.entries()
        return Counter(one.key for one in entries if one.channel is not Channel.PRINT)


@pytest.fixture
def service(database_url, tmp_path, monkeypatch):
    """A pair under way, who can be written to; nothing is planned yet."""
    with mail_server() as server:
        service = Service(database_url, tmp_path, server)
        for name, value in {
            "GATEMATE_DATABASE": database_url,
            "GATEMATE_SECRET": SECRET,
            "GATEMATE_JOURNAL": service.settings.journal,
            "PATH": f"{installed_programs()}:{os.environ['PATH']}",
        }.items():
            monkeypatch.setenv(name, value)
        with service.writing(NOW) as db:
            pair = a_reachable_pair(db).pair
            db.add_all(PairHistory(pair_id=pair.id, moved_at=NOW, **step) for step in STEPS)
        yield service


def book_follow_up(service: Service, now: datetime, hour: int) -> None:
    """The mentor books the third follow-up for the first of March."""
    with service.writing(now) as db:
        there = Accepted(db, None, None, None, db.exec(select(Pair)).one(), _liaison(db), None)
        starts = datetime.combine(MEETS_ON, time(hour))
        there.book(there.meeting(MeetingKind.FOLLOW_UP, 3), starts, now)


def _liaison(db: Session) -> Account:
    return db.exec(select(Account).where(Account.role == Role.LIAISON)).one()


def days(first: date, last: date) -> list[datetime]:
    """Ten in the morning of a day in each week, and of the last."""
    count = (last - first).days
    return [at(first + number * DAY, 10) for number in sorted({*range(0, count, 7), count})]


def meetings(service: Service) -> set[UUID]:
    with service.writing(NOW) as db:
        return set(db.exec(select(Meeting.id)).all())


def test_after_a_restore_no_letter_goes_twice_and_none_is_lost(service):
    """Planned and sent after the backup, lost with the database, planned again: not sent again."""
    said = service.command(NOW, "backup", str(service.folder / "backups"))
    file = said.removeprefix("The backup is ").strip().removesuffix(".")
    service.look(*days(NOW.date(), BOOKED_ON))
    book_follow_up(service, at(BOOKED_ON, 11), hour=14)
    service.look(at(BOOKED_ON, 12), *days(BOOKED_ON + DAY, EVE))
    first_life, taken, planned = service.left(), len(service.server.taken), meetings(service)

    told = service.command(RESTORED_AT, "restore", file)
    service.look(RESTORED_AT)
    book_follow_up(service, RESTORED_AT, hour=15)
    service.look(RESTORED_AT + MINUTE)
    on_hold, taken_on_hold, again = service.left(), len(service.server.taken), meetings(service)
    waited = service.letters()
    resumed = service.command(RESTORED_AT + 2 * MINUTE, "post", "resume")
    service.look(RESTORED_AT + 2 * MINUTE, *days(MEETS_ON, LAST_DAY))

    assert "The post is on hold: nothing leaves but what is printed." in told
    assert {kind_of(key) for key in first_life} == NEEDS_NO_ANSWER
    assert again <= planned
    assert (on_hold, taken_on_hold) == (first_life, taken)
    assert {kind_of(key) for key in waited if key in first_life} >= {"meeting_reminder"}
    assert resumed.splitlines()[-1] == "The post goes on."
    assert {kind_of(key) for key, times in service.left().items() if times > 1} == {
        "calendar_entry"  # the hour is another one: its reader must be told
    }
    assert len(service.server.taken) == service.left().total()
    assert len({one["Message-ID"] for one in service.server.taken}) == service.left().total()
    assert set(service.letters().values()) <= {LetterState.SENT, LetterState.CANCELLED}
    assert "BROKEN" not in service.command(at(LAST_DAY, 11), "doctor")


def kind_of(key: str) -> str:
    """What a letter is about, by its key."""
    return key.partition(":")[0]


def test_without_the_journal_it_is_said_before_the_post_goes_on(service):
    said = service.command(NOW, "backup", str(service.folder / "backups"))

    told = service.command(NOW, "restore", said.removeprefix("The backup is ").strip().rstrip("."))

    assert "without it, letters that left after the backup would go again" in told
    assert "On hold since" in service.command(NOW, "post", "state")


def test_what_is_no_backup_is_refused_with_exit_code_2_and_changes_nothing(service):
    letter = service.folder / "letter.txt"
    letter.write_text("Dear Sir or Madam")

    refused = CliRunner().invoke(main, ["restore", str(letter)])

    assert refused.exit_code == 2
    assert refused.stderr.splitlines() == [
        f"{letter}: this is not a whole backup of Gatemate.",
        "The database is as it was.",
    ]
    assert "Not on hold." in service.command(NOW, "post", "state")


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(service):
    file = service.folder / "file"
    file.write_text("")

    refused = CliRunner().invoke(main, ["backup", str(file / "folder")])

    assert refused.exit_code == 2
    assert refused.stderr.splitlines()[-1] == "No backup was made."
