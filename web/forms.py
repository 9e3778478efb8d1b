"""The base of every form: errors that lead to their fields, and pages that have grown stale.

A view makes its form, tells it which row it is about, and asks it once:

    form = BookingForm().about(meeting)
    if form.validate_on_submit():
        ...
    return render_template("liaison/booking.html", form=form), form.status

What was typed is shown again whatever went wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from flask import Flask, g, request
from flask_wtf import FlaskForm
from govuk_frontend_wtf.main import WTFormsHelpers
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
from markupsafe import Markup
from werkzeug.datastructures import CombinedMultiDict
from wtforms import HiddenField
from wtforms.widgets import HiddenInput

from models.rows import Versioned
from web.fields import FileField

STALE = "Someone changed this while you were writing. Check what it says now, then send it again."


NOTICE = "notice"
"""The category of a flashed sentence that tells of nothing done: it stands under no "Done"."""


class Stale(Exception):  # noqa: N818  the word of the house
    """What a page was about has changed since it was opened; nothing was done."""


@dataclass(frozen=True)
class Problem:
    """One line of the error summary: a sentence, and the id of the input it leads to."""

    sentence: str
    input_id: str | None = None


class VersionField(HiddenField):
    """The version of the row as the page showed it; it is compared, never saved."""

    def populate_obj(self, obj: Any, name: str) -> None:
        """Leave the row's version to the database."""


class DeskForm(FlaskForm):  # type: ignore[misc]
    """The base of every form; `status` is the HTTP status of the page that shows it."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """A form takes what was sent as a form, and nothing else."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Return files and fields as sent, or those that a stay's end kept from being sent."""
            if form.is_submitted():
                return CombinedMultiDict((request.files, request.form))
            kept = g.get("unsent_here")
            return kept.typed_for(form) if kept and formdata is not None else None

    version = VersionField()
    autocomplete = ""
    """What a browser may fill in by itself: "off" where the form is about somebody else."""

    asks_also: tuple[str, ...] = ()
    """How the names of inputs begin that are no fields of the form's own."""

    def __init__(self, **kwargs: Any) -> None:
        """Read what was sent; `obj`, `data` and field names give what is on file."""
        super().__init__(**kwargs)
        self._current: str | None = None

    def about(self, row: Versioned) -> Self:
        """Hold the form to the version of `row`: a page made from an older one is stale."""
        self._current = str(row.version)
        if kept := g.get("unsent_here"):
            kept.compare(self, self._current)
        self._posted = self.version.data if self.is_submitted() else self._current
        self.version.data = self._current
        return self

    @property
    def is_just_typed(self) -> bool:
        """Whether the form shows what was just sent, or what came when the stay was over."""
        kept = g.get("unsent_here")
        return self.is_submitted() or (kept is not None and kept.taken_by is self)

    @property
    def is_stale(self) -> bool:
        """Whether the row changed since the page was opened, or the act just met a change."""
        changed = self._current is not None and self._posted != self._current
        return self.is_submitted() and (changed or bool(g.get("stale")))

    @property
    def status(self) -> int:
        """The HTTP status of the page: 200 first, 422 with errors, 409 when stale."""
        if not self.is_submitted():
            return 200
        return 409 if self.is_stale else 422

    def validate_on_submit(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Say whether the form was sent, is right, and is about the row as it now is."""
        if not self.is_submitted():
            return False
        g.has_form = True
        right = self.validate(extra_validators) and not self.is_stale
        if self.is_stale:
            self.form_errors.insert(0, STALE)
        if not right:
            self._came_back()
        return right

    def or_stale(self) -> Self:
        """Hold the press of a button without a page of its own: raise Stale unless it may act."""
        if not self.validate_on_submit():
            raise Stale
        return self

    def refuse(self, sentence: str, field: str | None = None) -> None:
        """Add what only the act itself could find out, at a field or for the form as a whole."""
        if field is None:
            self.form_errors.append(sentence)
        else:
            self[field].errors = [*self[field].errors, sentence]
        self._came_back()

    def problems(self) -> Iterator[Problem]:
        """Yield the lines of the error summary, in the order of the page."""
        yield from map(Problem, self.form_errors)
        for field in self:
            if field.errors:
                hidden = isinstance(field.widget, HiddenInput)
                leads_to = None if hidden else getattr(field, "first_input", field.id)
                yield Problem(field.errors[0], leads_to)

    def hidden_tag(self, *fields: Any) -> Markup:
        """Return the hidden fields, without ids: a page may hold several forms."""
        hidden = [field for field in self if isinstance(field.widget, HiddenInput)]
        if self._current is None:
            hidden.remove(self.version)
        return Markup("\n").join(field(id=False) for field in hidden)

    def _came_back(self) -> None:
        """Tell the page that it shows errors, and ask for files again."""
        g.failed_form = self
        for field in self:
            if isinstance(field, FileField):
                field.ask_again()


def register(app: Flask) -> None:
    """Give `app` GOV.UK's templates and the helpers that forms are shown with."""
    packages = ("govuk_frontend_jinja", "govuk_frontend_wtf")
    prefixed = PrefixLoader({name: PackageLoader(name) for name in packages})
    app.jinja_loader = ChoiceLoader([loader for loader in (app.jinja_loader, prefixed) if loader])
    WTFormsHelpers(app)
