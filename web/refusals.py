"""What a verb refuses, shown on the form that asked for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import g

from matcher.refusing import NotAllowed
from web.forms import DeskForm


@contextmanager
def refusals_on(form: DeskForm) -> Iterator[None]:
    """Undo what a verb began and then refused, and show its sentences on the form."""
    try:
        yield
    except NotAllowed as refused:
        refuse(form, refused)


def refuse(form: DeskForm, refused: NotAllowed) -> None:
    """Undo what was begun and say what is in the way, at the field that it is about if it has it.

    What is shown after is read anew.
    """
    g.db.rollback()
    for reason in refused.reasons:
        form.refuse(reason.sentence, reason.about if reason.about in form else None)
