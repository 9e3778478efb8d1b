"""Questions answered with a file."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from flask_wtf.file import FileField as UploadField

from matcher.core.words import listed
from web.fields.answer import Answer
from web.fields.widgets import FileInput

AGAIN = "Choose the file again. A page cannot keep a file."


class FileField(Answer, UploadField):  # type: ignore[misc]
    """One uploaded file; the data is werkzeug's FileStorage, or None.

    `kinds` are the endings that are taken, such as (".csv", ".xlsx").
    """

    widget = FileInput()
    width = None

    def __init__(self, label: str, *, kinds: tuple[str, ...] = (), **kwargs: Any) -> None:
        """Take files with these endings."""
        if kinds:
            kwargs.setdefault("render_kw", {"accept": ",".join(kinds)})
        super().__init__(label, **kwargs)
        self.kinds = kinds

    def pre_validate(self, form: Any) -> None:
        """Refuse other kinds of file, and an empty one."""
        super().pre_validate(form)
        if self.kinds and PurePath(self.data.filename).suffix.lower() not in self.kinds:
            endings = listed([kind.lstrip(".") for kind in self.kinds], most=len(self.kinds))
            raise self.wrong(f"Choose a file of another kind. We can read {endings} files.")
        if not self.data.stream.read(1):
            raise self.wrong("This file is empty. Choose another one.")
        self.data.stream.seek(0)

    def ask_again(self) -> None:
        """Say that the file must be chosen once more, as the page comes back for another fault."""
        if self.data is not None and not self.errors:
            self.errors = [str(self.wrong(AGAIN))]
