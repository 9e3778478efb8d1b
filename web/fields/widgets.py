"""GOV.UK's own markup for each kind of question, in the size and words of our pages.

A field is shown with `{{ form.name() }}`, or with `{{ form.name(as_heading=True) }}`
where the question is the heading of its page.
"""

from __future__ import annotations

from typing import Any

from flask import render_template
from govuk_frontend_wtf.wtforms_widgets import (
    GovCharacterCount,
    GovCheckboxesInput,
    GovCheckboxInput,
    GovDateInput,
    GovFileInput,
    GovPasswordInput,
    GovRadioInput,
    GovSelect,
    GovTextInput,
)
from markupsafe import Markup

PARTS = ("day", "month", "year")


class Sized:
    """Bold labels, no empty hint, and the label as the page's heading when asked."""

    def map_gov_params(self, field: Any, **kwargs: Any) -> dict[str, Any]:
        """Return what GOV.UK's template is given."""
        as_heading = kwargs.pop("as_heading", False)
        params: dict[str, Any] = super().map_gov_params(field, **kwargs)  # type: ignore[misc]
        if not (params.get("hint") or {}).get("text"):
            params.pop("hint", None)
        _size(params, "l" if as_heading else "s", as_heading)
        if field.width:
            params["classes"] = f"govuk-input--width-{field.width}"
        return params


def _size(params: dict[str, Any], size: str, as_heading: bool) -> None:
    """Set the size of the legend, else of the label; a lone tick box has neither."""
    part, kind = params.get("fieldset", {}).get("legend"), "fieldset__legend"
    if part is None:
        part, kind = params.get("label"), "label"
    if part is not None:
        part.setdefault("classes", f"govuk-{kind}--{size}")
        part["isPageHeading"] = as_heading


class TextInput(Sized, GovTextInput):  # type: ignore[misc]
    """One line of text."""


class PasswordInput(Sized, GovPasswordInput):  # type: ignore[misc]
    """A password, never shown again."""


class FileInput(Sized, GovFileInput):  # type: ignore[misc]
    """A file to upload."""


class Lines(Sized, GovCharacterCount):  # type: ignore[misc]
    """Several lines of text, with how many signs are left."""

    def map_gov_params(self, field: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the limit; the count is shown once three quarters are used."""
        params = super().map_gov_params(field, **kwargs)
        return params | {"maxlength": field.at_most, "threshold": 75, "rows": field.rows}


class WithHints(Sized):
    """Options that may each have a hint of their own."""

    def map_gov_params(self, field: Any, **kwargs: Any) -> dict[str, Any]:
        """Add each option's hint."""
        params = super().map_gov_params(field, **kwargs)
        for item in params["items"]:
            if hint := field.hints.get(item["value"]):
                item["hint"] = {"text": hint}
        return params


class Radios(WithHints, GovRadioInput):  # type: ignore[misc]
    """One of a few options, all of them in sight; short ones stand side by side."""

    def map_gov_params(self, field: Any, **kwargs: Any) -> dict[str, Any]:
        """Put the options side by side where the field says so."""
        params = super().map_gov_params(field, **kwargs)
        return params | ({"classes": "govuk-radios--inline"} if field.inline else {})


class Ticks(WithHints, GovCheckboxesInput):  # type: ignore[misc]
    """Any number of options; long lists are set in small boxes and two columns."""

    def map_gov_params(self, field: Any, **kwargs: Any) -> dict[str, Any]:
        """Make long lists compact."""
        params = super().map_gov_params(field, **kwargs)
        many = len(params["items"]) > 10
        return params | ({"classes": "govuk-checkboxes--small gm-columns"} if many else {})


class Tick(Sized, GovCheckboxInput):  # type: ignore[misc]
    """A single box to tick."""


class Dropdown(Sized, GovSelect):  # type: ignore[misc]
    """One of many options, in a list that opens."""


class OneOf:
    """One of several options: radios, or a list that opens, as the field says."""

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        """Return the markup of the one that fits."""
        fitting = Dropdown() if field.is_list else Radios()
        shown: Markup = fitting(field, **kwargs)
        return shown


class DayInput(Sized, GovDateInput):  # type: ignore[misc]
    """A day in three inputs; only the parts that are wrong are marked."""

    def map_gov_params(self, field: Any, **kwargs: Any) -> dict[str, Any]:
        """Mark the wrong parts, and let a browser fill in a birthday."""
        params = super().map_gov_params(field, **kwargs)
        for part, item in zip(PARTS, params["items"], strict=True):
            if part not in field.wrong_parts:
                item["classes"] = item["classes"].replace(" govuk-input--error", "")
            if field.birthday:
                item["autocomplete"] = f"bday-{part}"
        return params


class Grid:
    """Many small questions at once, from a template of our own."""

    def __init__(self, template: str) -> None:
        """Show the field with `template`."""
        self.template = template

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        """Return the markup; `as_heading` makes the label the page's heading."""
        drawn = render_template(self.template, field=field, **kwargs)  # escapes what it is given
        return Markup(drawn)  # noqa: S704  # nosec B704
