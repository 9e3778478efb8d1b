"""Small files beside the journal, of which each line is on the disk before anything goes on."""

from __future__ import annotations

import os
from pathlib import Path

OURS_ALONE = 0o600


def append_line(path: Path, line: str) -> None:
    """Add one line to a file, made if it is not there, and see it onto the disk.

    A line that was cut short by a crash is ended first, so that it spoils no other.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, OURS_ALONE)
    with os.fdopen(handle, "a+b") as file:
        file.seek(0, os.SEEK_END)
        whole = file.tell() == 0
        if not whole:
            file.seek(-1, os.SEEK_END)
            whole = file.read(1) == b"\n"
        file.write((b"" if whole else b"\n") + line.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
