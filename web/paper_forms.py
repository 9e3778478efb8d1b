"""A paper form keyed in: all questions on one long page, in the order of the paper.

Nothing typed off a paper is lost: what is wrong is kept as it was typed, and
asked about. So each part of the page is kept under the name of its own page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Self

from werkzeug.datastructures import MultiDict
from wtforms.validators import ValidationError

from matcher.printing.paper_choices import ON_PAPER
from models.desk_words import FilledIn
from models.languages import Language
from models.vocabulary import Experience
from web.fields import ChoiceField, ConsentField, DateField, WordSetField
from web.forms import Problem
from web.page_form import PageForm
from web.peer_forms import (
    AboutForm,
    AvoidForm,
    ConsentForm,
    ExperienceForm,
    LanguagesForm,
    LikesForm,
    MayShowForm,
    NeedsForm,
    NoteForm,
    RatherForm,
    ReachForm,
    ReleaseForm,
    WhereForm,
)
from web.words import today

OLDEST_YES = timedelta(days=365)
PLACES = 2
"""So many people one must not meet have a place on the paper."""


class PaperForm(PageForm):
    """What the paper says of itself: who filled it in, and the day beside the mark."""

    filled_in = ChoiceField(
        "Who filled in the form?",
        choices=[(word.value, said) for word, said in ON_PAPER.items()],
        coerce=FilledIn,
        missing="Choose who filled in the form. If no box is ticked, ask the person.",
        hint="As it is ticked on the paper.",
    )
    signed_on = DateField(
        "What day stands beside their mark?",
        missing="Write the day that stands beside their mark. If there is none, ask the person.",
        hint="The day on which they said yes. For example, 9 11 2026.",
        earliest=lambda: today() - OLDEST_YES,
        latest=today,
    )


class KeyedForm(
    AboutForm,
    ReleaseForm,
    NeedsForm,
    ExperienceForm,
    MayShowForm,
    LikesForm,
    LanguagesForm,
    RatherForm,
    WhereForm,
    ReachForm,
    NoteForm,
    ConsentForm,
    PaperForm,
):
    """The whole paper on one page, but for whom they must not meet."""

    asks_also = ("avoid",)
    avoided: Sequence[AvoidForm] = ()
    nothing_typed: Mapping[str, Any] = {
        **LanguagesForm.nothing_typed,
        **WhereForm.nothing_typed,
    }

    may_show = WordSetField("May the mentor know?", Experience)
    spoken = WordSetField("Would they like a mentor who speaks it?", Language)
    agreed = ConsentField(
        "The “yes” box is ticked, and the form is signed or has a mark.",
        missing="Tick this if they said yes on the paper. Without their yes we do nothing.",
    )

    def knowing(self, answers: Mapping[str, Any]) -> Self:
        """Leave all questions open: what one ticks decides on this page what fits."""
        return self

    def avoiding(self, people: Sequence[AvoidForm]) -> Self:
        """Take the places for people they must not meet into the page."""
        self.avoided = people
        return self

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Say whether all is right, of each person who was typed in too."""
        right = super().validate(extra_validators)
        people = [one.validate() for one in self.avoided if says_anything(one)]
        return bool(right and all(people))

    def problems(self) -> Iterator[Problem]:
        """Yield the lines of the error summary, people they must not meet last."""
        yield from super().problems()
        for person in self.avoided:
            yield from person.problems()

    def validate_may_show(self, field: Any) -> None:
        """Hold what may be shown to what is ticked beside it."""
        if not field.data <= self.experiences.data:
            raise ValidationError("Tick here only what they have lived through.")

    def validate_spoken(self, field: Any) -> None:
        """Hold the languages asked for to those that they speak."""
        if not field.data <= self.languages.data:
            raise ValidationError("Tick here only languages that they speak.")


def says_anything(person: AvoidForm) -> bool:
    """Say whether anything was typed about a person."""
    return any("".join(field.raw_data or ()).strip() for field in person.questions)


def typed_by_page(sent: MultiDict[str, str], pages: Mapping[str, type[PageForm]]) -> dict[str, Any]:
    """Return what was typed into a long page, by the pages that it is made of."""
    return {
        name: {key: values for key, values in sent.lists() if _is_of(key, form)}
        for name, form in pages.items()
    }


def people_typed(sent: MultiDict[str, str]) -> list[dict[str, list[str]]]:
    """Return what was typed of each person they must not meet; empty places are none."""
    people = []
    for number in range(1, places_in(sent) + 1):
        start = prefix_of(number)
        said = {key[len(start) :]: values for key, values in sent.lists() if key.startswith(start)}
        if any("".join(values).strip() for values in said.values()):
            people.append(said)
    return people


def places_in(sent: MultiDict[str, str]) -> int:
    """Return how many places for people a page had."""
    numbers = [key.split("-")[1] for key in sent if key.startswith("avoid-")]
    return max((int(one) for one in numbers if one.isdecimal() and len(one) < 3), default=0)


def prefix_of(number: int) -> str:
    """Return how the inputs about a person begin, counted from 1."""
    return f"avoid-{number}-"


def with_prefix(people: list[Any]) -> list[AvoidForm]:
    """Return a form for each person who was typed in, and for each place that is left."""
    forms = []
    for number in range(1, max(PLACES, len(people) + 1) + 1):
        said = people[number - 1] if number <= len(people) else {}
        pairs = [(prefix_of(number) + key, one) for key, values in said.items() for one in values]
        options = {"prefix": prefix_of(number), "meta": {"csrf": False}}
        form = AvoidForm(formdata=MultiDict(pairs), **options)
        form.name.missing = "Write the name of this person, or empty the other boxes about them."
        forms.append(form)
    return forms


def _is_of(key: str, form: type[PageForm]) -> bool:
    names = [field.name for field in form(formdata=None, meta={"csrf": False}).questions]
    return key in names or any(key.startswith(f"{name}-") for name in names)
