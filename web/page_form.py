"""One page of a form about somebody else: made from what was sent, or from what a draft keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

from werkzeug.datastructures import MultiDict

from web.forms import DeskForm

Typed = Mapping[str, Sequence[str]]
NO_QUESTIONS = {"version", "csrf_token"}


class PageForm(DeskForm):
    """One page of the form; `nothing_typed` is what it shows before anything is."""

    class Meta(DeskForm.Meta):
        """A page is made from what was sent now, or from what a draft has kept."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Take what a draft has kept, where that is given."""
            if isinstance(formdata, MultiDict):
                return formdata
            return super().wrap_formdata(form, formdata)

    autocomplete = "off"
    nothing_typed: Mapping[str, Any] = {}

    def __init__(self, **kwargs: Any) -> None:
        """Let no browser fill anything in: what it knows is of somebody else."""
        super().__init__(**kwargs)
        for field in self:
            if "autocomplete" in (field.render_kw or {}):
                field.render_kw = {**field.render_kw, "autocomplete": "off"}

    @classmethod
    def of(cls, typed: Typed, **options: Any) -> Self:
        """Return the page as a draft has kept it."""
        pairs = [(name, value) for name, values in typed.items() for value in values]
        return cls(formdata=MultiDict(pairs), **options)

    @property
    def questions(self) -> list[Any]:
        """The fields that ask something, in the order of the page."""
        return [field for field in self if field.short_name not in NO_QUESTIONS]

    def knowing(self, answers: Mapping[str, Any]) -> Self:
        """Fit the page to what was answered on others."""
        return self
