"""What a page shows of a field: its value, or a mask where the table of fields says no.

The one place where a value is held back from a page that holds the row
(`models/seen_fields.py` says who may be shown what).
"""

from __future__ import annotations

from typing import Any

from flask import Flask, g

from models.seen_fields import may_show


class Masked:
    """Stands where a value is not shown, and holds nothing of it."""

    def __str__(self) -> str:
        """Show dots, as many for every value."""
        return "•••••"


MASKED = Masked()


def register(app: Flask) -> None:
    """Give every template of `app` the one way to show a field that may be masked."""
    app.jinja_env.globals.update(as_seen=as_seen)
    app.jinja_env.tests["masked"] = lambda value: isinstance(value, Masked)


def as_seen(row: Any, column: str, *, asked: bool = False) -> Any:
    """Return a field of a row, or MASKED where it is not for the person who looks.

    `asked` says that they asked for it by name.
    """
    may = may_show(row, column, g.account.role, asked=asked)
    return getattr(row, column) if may else MASKED
