"""What a begun form says so far: which pages are done, all of it in words, and as facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from matcher.asked_of_you import TITLES
from matcher.referrals import PutForward
from matcher.told_by_council import Avoid
from models.contacts import ContactFacts
from models.desk_words import ContactWay, FilledIn
from models.ethnic_groups import EthnicGroup
from models.release_words import SentenceKind
from web.fields import (
    ChoiceField,
    ChoiceSetField,
    ConsentField,
    DateField,
    HoursField,
    NeedsField,
    NumberField,
    TextField,
    YesNoField,
)
from web.kiosk_stay import at_kiosk
from web.page_form import PageForm
from web.paper_forms import PaperForm
from web.peer_forms import (
    NO_WAY,
    NOT_KNOWN,
    RATHER_NOT,
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
from web.words import NOT_GIVEN, birth_day, day, words
from web.your_words import in_your_words

AVOID = "avoid"


@dataclass(frozen=True)
class Page:
    """One page of the form; without `form` it is a list that is added to."""

    name: str
    title: str
    form: type[PageForm] | None

    @property
    def heading(self) -> str:
        """The title as it is shown: at the kiosk it speaks to the person."""
        return TITLES.get(self.name, self.title) if at_kiosk() else self.title


PAGES: Mapping[str, Page] = {
    page.name: page
    for page in (
        Page("about", "About them", AboutForm),
        Page("release", "When they leave", ReleaseForm),
        Page("needs", "What they want help with", NeedsForm),
        Page("experience", "What they have lived through", ExperienceForm),
        Page("show", "What their mentor may know of it", MayShowForm),
        Page("likes", "What they like doing", LikesForm),
        Page("languages", "What they speak", LanguagesForm),
        Page("rather", "Who they would rather meet", RatherForm),
        Page(AVOID, "Who they must not meet", None),
        Page("where", "Where they will live and when they are free", WhereForm),
        Page("reach", "How to reach them after release", ReachForm),
        Page("note", "Anything else", NoteForm),
        Page("consent", "Their yes", ConsentForm),
    )
}


PAPER = Page("paper", "The paper", PaperForm)
"""What is asked beside all others where a paper is keyed in."""


class Answers:
    """The answers of one begun form."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        """Hold the answers as typed, by page."""
        self.typed = answers

    @property
    def asked(self) -> list[Page]:
        """The pages to fill in: nobody who ticked nothing is asked what to show of it."""
        ticked = self.typed.get("experience", {}).get("experiences")
        pages = [page for page in PAGES.values() if page.name != "show" or ticked]
        return [*pages, PAPER] if self.is_paper else pages

    @property
    def is_paper(self) -> bool:
        """Whether they are keyed in off a paper."""
        return PAPER.name in self.typed

    @property
    def filled_in(self) -> FilledIn:
        """How the form came; raises ValueError where a paper does not say."""
        if at_kiosk():
            return FilledIn.KIOSK
        said = self.typed.get(PAPER.name, {}).get("filled_in", [""])
        return FilledIn(said[0]) if self.is_paper else FilledIn.SIDE_BY_SIDE

    @property
    def left(self) -> list[Page]:
        """The pages that are not filled in yet."""
        return [page for page in self.asked if page.name not in self.typed]

    def form(self, page: Page) -> PageForm:
        """Return a page as it was filled in, for checking and for reading."""
        kind = page.form or PageForm
        form = kind.of(self.typed.get(page.name, {}), meta={"csrf": False})
        return in_your_words(page.name, form.knowing(self.typed))

    def first_wrong(self) -> Page | None:
        """Return the first page whose answers cannot be taken today."""
        forms = ((page, self.form(page)) for page in self.asked if page.form)
        return next((page for page, form in forms if not form.validate()), None)

    def avoided(self) -> list[AvoidForm]:
        """Return who they must not meet, one filled-in page each."""
        people = self.typed.get(AVOID, {}).get("people", ())
        return [AvoidForm.of(typed, meta={"csrf": False}) for typed in people]

    def said(self) -> Iterator[tuple[Page, list[tuple[str, str]]]]:
        """Yield each page with its questions and answers in words."""
        for page in self.asked:
            if page.name == AVOID:
                yield page, [("Name", form.name.data) for form in self.avoided()]
            else:
                yield page, list(in_words(self.form(page)))

    def facts(self) -> PutForward:
        """Return the facts; raises ValueError where a page is missing or wrong."""
        told: dict[str, Any] = {}
        for page in self.asked:
            told |= answers_of(self.form(page))
        consent = self.typed["consent"]
        return PutForward(
            **{name: told[name] for name in told.keys() & PutForward.model_fields.keys()},
            wishes=told.get("spoken", frozenset()) | told["cultures"],
            contact=contact_of(told),
            avoid=tuple(avoid_of(form) for form in self.avoided()),
            consented_on=date.fromisoformat(consent["on"][0]),
        )


def answers_of(form: PageForm) -> dict[str, Any]:
    """Return what a page says, by the name of the field; an empty choice of yes or no is no.

    Where nobody knows the kind of sentence, it is the usual one, with an end date. Of an ethnic
    group nothing is said where nothing is chosen, and None where someone would rather not say.
    """
    data = {field.name: field.data for field in form.questions}
    if "note" in data:
        data["note_shareable"] = bool(data["note_shareable"])
    if kind := data.get("sentence_kind"):
        known = kind != NOT_KNOWN
        data["sentence_kind"] = SentenceKind(kind) if known else SentenceKind.DETERMINATE
    if group := data.pop("ethnic_group", None):
        data["ethnic_group"] = None if group == RATHER_NOT else EthnicGroup(group)
    return data


def contact_of(told: Mapping[str, Any]) -> ContactFacts:
    """Return how to reach someone, as the page says it."""
    shares = told["shares"]
    return ContactFacts(
        phone=told["phone"],
        email=told["email"],
        address=told["address"],
        shares=None if shares in {None, NO_WAY} else ContactWay(shares),
    )


def avoid_of(form: AvoidForm) -> Avoid:
    """Return who must not be met, as the page says it."""
    return Avoid(name=form.name.data, birth_date=form.birth_date.data, why=form.why.data)


def in_words(form: PageForm) -> Iterator[tuple[str, str]]:
    """Yield each question of a page with its answer in words."""
    for field in form.questions:
        yield str(field.label.text), _said(field)


def _said(field: Any) -> str:
    """Return the answer to one question, in the words of the first kind that fits."""
    say = next(say for kind, say in SAYINGS.items() if isinstance(field, kind))
    return say(field) or NOT_GIVEN


def _needs_in_words(field: Any) -> str:
    return "; ".join(f"{need.label} ({how.label.lower()})" for need, how in field.data.items())


def _hours_in_words(field: Any) -> str:
    parts = [
        f"{name} {part}"
        for number, name in enumerate(field.days)
        for part in field.parts
        if field.is_ticked(number, part)
    ]
    return ", ".join(parts) or "Any time of day"


def _day_in_words(field: Any) -> str:
    return (birth_day if field.name == "birth_date" else day)(field.data)


def _choice_in_words(field: Any) -> str:
    return str(dict(field.choices).get(field.data, ""))


SAYINGS: Mapping[type, Callable[[Any], str]] = {
    DateField: _day_in_words,
    YesNoField: lambda field: {True: "Yes", False: "No"}.get(field.data, ""),
    ConsentField: lambda field: "Yes" if field.data else "",
    NeedsField: _needs_in_words,
    HoursField: _hours_in_words,
    ChoiceSetField: lambda field: words(field.data),
    ChoiceField: _choice_in_words,
    NumberField: lambda field: f"{field.data} km" if field.data is not None else "",
    TextField: lambda field: "" if field.data is None else str(field.data),
}
"""How the answer to each kind of question is said; a special kind stands before its general one."""
