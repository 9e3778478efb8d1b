"""Workbooks (.xlsx, .xlsm, .xlsb, .xls, .ods): limits checked, then read in a process apart."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
import zipfile
import zlib
from itertools import groupby
from pathlib import Path

from matcher.files import workbook_reader
from matcher.files.cells import tidy
from matcher.files.refusals import IntakeRefused
from matcher.files.tables import MOST_COLUMNS, MOST_ROWS, Row, Sheet

MOST_INFLATED_BYTES = 150_000_000
"""What all members of a workbook may come to once inflated; 20,000 full rows come to 60 MB."""

MOST_MEMBERS = 500
"""Files within one workbook; a report has about a dozen."""

MOST_TOLD_BYTES = 100_000_000
"""What the reading program may say: one text told in a million cells grows beyond its file."""

MOST_MEMORY_BYTES = 1_500_000_000
MOST_SECONDS = 25

_LOCAL_HEADER = 30
_LOCKED = "EncryptedPackage".encode("utf-16-le")
"""The name of what lies, in the old format of workbooks, in one that is locked with a password."""

_ZIP = b"PK\x03\x04"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TOO_LARGE = (
    "This workbook is too large to open safely. Save only the sheet with the report as CSV "
    "and upload that."
)
_SENTENCES = {
    workbook_reader.NOT_A_WORKBOOK: (
        "This file is named or packed like a workbook but is not one, or it is damaged. Open it "
        "in a spreadsheet program, save it again as .xlsx or CSV and upload that."
    ),
    workbook_reader.HAS_A_PASSWORD: (
        "This workbook is locked with a password. Save it without the password and upload that."
    ),
    workbook_reader.TOO_MANY_ROWS: (
        f"This workbook has more than {MOST_ROWS:,} rows. Upload it in parts."
    ),
    workbook_reader.TOO_MANY_COLUMNS: (
        f"This workbook has more than {MOST_COLUMNS} columns. Is it a report?"
    ),
}


def is_workbook(content: bytes) -> bool:
    """Say whether the bytes begin as a workbook does; the name of a file says nothing."""
    return content.startswith((_ZIP, _COMPOUND))


def read_workbook(content: bytes) -> tuple[Sheet, ...]:
    """Return the sheets of a workbook; raises IntakeRefused with what to do about it."""
    if content.startswith(_COMPOUND) and _LOCKED in content:
        raise IntakeRefused(_SENTENCES[workbook_reader.HAS_A_PASSWORD])
    if content.startswith(_ZIP):
        _check_inflated(content)
    lines = _read_apart(content).splitlines()
    return _sheets([json.loads(line) for line in lines])


def _check_inflated(content: bytes) -> None:
    """Refuse a packed file that would grow beyond reason, by inflating it piece by piece."""
    try:
        members = zipfile.ZipFile(io.BytesIO(content)).infolist()
        left = MOST_INFLATED_BYTES
        for member in members[: MOST_MEMBERS + 1]:
            left -= _inflated_size(content, member, left)
    except (zipfile.BadZipFile, zlib.error, struct.error, ValueError) as damaged:
        raise IntakeRefused(_SENTENCES[workbook_reader.NOT_A_WORKBOOK]) from damaged
    if len(members) > MOST_MEMBERS or left < 0:
        raise IntakeRefused(_TOO_LARGE)


def _inflated_size(content: bytes, member: zipfile.ZipInfo, most: int) -> int:
    """Return the true size of a member, counted up to just beyond `most`; its label may lie."""
    start = member.header_offset
    name_length, extra_length = struct.unpack_from("<HH", content, start + 26)
    start += _LOCAL_HEADER + name_length + extra_length
    packed = memoryview(content)[start : start + member.compress_size]
    if member.compress_type == zipfile.ZIP_STORED:
        return len(packed)
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile("packed in a way that no workbook is")
    inflater, size, rest = zlib.decompressobj(-zlib.MAX_WBITS), 0, bytes(packed)
    while rest and not inflater.eof and size <= most:
        size += len(inflater.decompress(rest, 1 << 20))
        rest = inflater.unconsumed_tail
    return size


def _read_apart(content: bytes) -> str:
    """Return what the reading program wrote; it is given limits and no environment."""
    limits = (MOST_MEMORY_BYTES, MOST_SECONDS, MOST_ROWS, MOST_COLUMNS, MOST_TOLD_BYTES)
    command = [sys.executable, "-I", str(Path(workbook_reader.__file__)), *map(str, limits)]
    try:
        done = subprocess.run(  # noqa: S603 - our own program; the file goes in as its input
            command,
            input=content,
            capture_output=True,
            timeout=2 * MOST_SECONDS,
            check=False,
            env={},  # no secret of ours is where a hostile file might reach it
            cwd="/",
        )
    except subprocess.TimeoutExpired as slow:
        raise IntakeRefused(_TOO_LARGE) from slow
    if done.returncode:
        raise IntakeRefused(_SENTENCES.get(done.returncode, _TOO_LARGE))
    return done.stdout.decode("ascii")


def _sheets(lines: list[list[object]]) -> tuple[Sheet, ...]:
    """Return the sheets that the lines of `workbook_reader` tell of."""
    sheets: list[Sheet] = []
    for is_title, group in groupby(lines, key=lambda line: line[0] == "sheet"):
        if is_title:
            titles = [Sheet(str(line[1]), (), hidden=bool(line[2])) for line in group]
            sheets.extend(titles)
        else:
            last = sheets.pop()
            sheets.append(Sheet(last.name, tuple(map(_row, group)), hidden=last.hidden))
    return tuple(sheets)


def _row(line: list[object]) -> Row:
    number, cells = line
    assert isinstance(number, int) and isinstance(cells, list)  # noqa: S101, PT018
    return Row(number, tuple(map(tidy, cells)))
