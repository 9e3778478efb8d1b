"""The command that gives a person all that is on file about them: `gatemate subject-access`."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from matcher.core.sending import local_day
from matcher.printing.records import record_as_pdf
from matcher.printing.sheets import NotPrintableError
from matcher.subject_access import fields_given, record_of
from web.cli_answers import Refused, nothing_half_written
from web.cli_ground import ground, writing
from web.cli_privacy import person_called

OURS_ALONE = 0o600


@click.command("subject-access")
@click.argument("code")
@click.argument(
    "folder", type=click.Path(path_type=Path, file_okay=False), default=Path("var/subject-access")
)
def subject_access(code: str, folder: Path) -> None:
    """Write all that is on file about the person with CODE into FOLDER, as JSON and as PDF.

    Other people are left out of it. Read it through before you hand it over,
    and give it to nobody else: it holds everything.
    """
    with ground() as around, writing(around) as db:
        now = around.now()
        person = person_called(db, code)
        record = record_of(db, person, now=now)
        db.note_read(person, fields_given(record))
        db.commit()
        day = local_day(now)
    name = f"{record['code']}-{day:%Y%m%d}"
    text = json.dumps(record, ensure_ascii=False, indent=1)
    with nothing_half_written():
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / f"{name}.json", text.encode())
        click.echo(f"{folder / name}.json")
        try:
            _write(folder / f"{name}.pdf", record_as_pdf(record, day))
        except NotPrintableError as wrong:
            raise Refused([str(wrong)]) from wrong
        click.echo(f"{folder / name}.pdf")


def _write(path: Path, content: bytes) -> None:
    """Write a file for our eyes alone, whole or not at all."""
    part = path.with_suffix(f"{path.suffix}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OURS_ALONE)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    part.replace(path)
