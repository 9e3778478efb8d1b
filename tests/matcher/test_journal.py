"""The send journal says what left, whatever happened to the process or the disk meanwhile."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.journal import Entry, Journal, JournalError
from models.states import Channel
from tests.matcher.lettered import a_journal
from tests.rows import NOW

ENTRY = Entry(
    letter=UUID(int=7),
    key="digest:7:email:mentor:7:1:1",
    message_id="<7@example.org>",
    attempt=2,
    channel=Channel.EMAIL,
    at=NOW,
    answer="250 taken",
)
OTHER = replace(ENTRY, key="digest:8:email:mentor:8:1:1")


@pytest.fixture
def journal():
    made = a_journal()
    made.make_ready()
    return made


def test_what_was_added_is_known_to_this_journal_and_to_any_other_of_the_file(journal):
    journal.add(ENTRY)

    assert journal.says_sent(ENTRY.key) == Journal(journal.path).says_sent(ENTRY.key) == ENTRY
    assert journal.says_sent(OTHER.key) is None
    assert list(journal.entries()) == [ENTRY]


def test_without_a_file_nothing_was_sent():
    journal = a_journal()

    assert journal.says_sent(ENTRY.key) is None
    assert list(journal.entries()) == []


def test_what_another_process_adds_later_is_seen(journal):
    journal.add(ENTRY)
    assert journal.says_sent(OTHER.key) is None

    Journal(journal.path).add(OTHER)

    assert journal.says_sent(OTHER.key) == OTHER


def test_a_file_that_was_put_in_its_place_is_read_anew(journal):
    journal.add(ENTRY)
    assert journal.says_sent(ENTRY.key)
    another = a_journal()
    another.make_ready()
    another.add(OTHER)

    another.path.replace(journal.path)

    assert journal.says_sent(ENTRY.key) is None
    assert journal.says_sent(OTHER.key) == OTHER


@given(st.integers(0, len(ENTRY.line()) - 1))
def test_a_line_torn_anywhere_counts_for_nothing_and_spoils_no_other(cut):
    journal = a_journal()
    journal.make_ready()
    journal.add(OTHER)
    with journal.path.open("ab") as file:
        file.write(ENTRY.line()[:cut])

    assert journal.says_sent(OTHER.key) == OTHER
    assert journal.says_sent(ENTRY.key) is None
    journal.add(ENTRY)

    whole = [OTHER, ENTRY] if cut < len(ENTRY.line()) - 1 else [OTHER, ENTRY, ENTRY]
    assert list(Journal(journal.path).entries()) == whole
    assert journal.says_sent(ENTRY.key) == ENTRY


def test_the_first_yes_to_a_letter_stands(journal):
    journal.add(ENTRY)
    journal.add(replace(ENTRY, attempt=3))

    assert journal.says_sent(ENTRY.key) == ENTRY


def test_no_address_stands_in_it(journal):
    journal.add(replace(ENTRY, answer="250 ok <robin@example.com> queued as 4711@mx"))

    said = journal.says_sent(ENTRY.key).answer
    assert said == "250 ok (address) queued as (address)"
    assert b"robin" not in journal.path.read_bytes()


def test_many_at_once_write_whole_lines(journal):
    entries = [replace(ENTRY, key=str(number)) for number in range(60)]
    others = [Journal(journal.path) for _ in range(4)]

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: others[one[0] % 4].add(one[1]), enumerate(entries)))

    assert {entry.key for entry in journal.entries()} == {entry.key for entry in entries}
    assert len(journal.path.read_bytes().splitlines()) == 60


def test_a_second_process_appends_beside_the_first(journal):
    journal.add(ENTRY)
    script = (
        "import sys; from pathlib import Path; from tests.matcher.test_journal import OTHER;"
        "from matcher.journal import Journal; Journal(Path(sys.argv[1])).add(OTHER)"
    )

    subprocess.run([sys.executable, "-c", script, str(journal.path)], check=True)

    assert journal.says_sent(OTHER.key) == OTHER


def test_where_no_file_can_be_nothing_can_be_noted(tmp_path):
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    journal = Journal(in_the_way / "journal.jsonl")

    with pytest.raises(JournalError, match="cannot be written"):
        journal.make_ready()
    with pytest.raises(JournalError):
        journal.add(ENTRY)


def test_on_a_full_disk_the_room_kept_aside_takes_the_yes_and_then_nothing_more_leaves(
    journal, monkeypatch
):
    from matcher import journal as module

    really = module._append

    def append(file, line):
        if journal._spare.exists():
            raise OSError(28, "No space left on device")
        really(file, line)

    monkeypatch.setattr(module, "_append", append)
    journal.add(ENTRY)
    monkeypatch.setattr(module.os, "urandom", no_room)

    assert journal.says_sent(ENTRY.key) == ENTRY
    with pytest.raises(JournalError):
        journal.make_ready()


def no_room(size):
    raise OSError(28, "No space left on device")


def test_a_real_full_disk_loses_no_line_that_was_written(journal, monkeypatch):
    from matcher import journal as module

    journal.add(ENTRY)
    before = journal.path.read_bytes()

    class Full:
        def __init__(self, file):
            self.file = file

        def __getattr__(self, name):
            return getattr(self.file, name)

        def write(self, line):
            return self.file.write(line[: len(line) // 2])

    really = module._append
    monkeypatch.setattr(module, "_append", lambda file, line: really(Full(file), line))

    with pytest.raises(JournalError):
        journal.add(OTHER)

    assert journal.path.read_bytes() == before


def test_a_demo_made_anew_forgets_it(journal):
    journal.add(ENTRY)

    journal.forget()

    assert journal.says_sent(ENTRY.key) is None
    assert list(journal.path.parent.iterdir()) == []
