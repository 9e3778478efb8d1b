"""What a liaison may put right about someone put forward, one small form each.

What a liaison writes and never reads starts empty: what is written takes the
place of what was told before, or is added to it, as the page says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from wtforms.validators import ValidationError

from matcher.asked_of_you import ONLY_COUNTED
from models.contacts import ContactFacts, PractitionerFacts
from models.desk_words import ContactWay
from models.languages import Language
from models.release_words import SentenceKind
from models.vocabulary import Companion, Culture, Experience, Gender, Region, Sex
from web.fields import (
    ChoiceField,
    DistrictField,
    EmailField,
    HoursField,
    NameField,
    NumberField,
    PhoneField,
    TextAreaField,
    WordField,
    WordSetField,
)
from web.page_form import PageForm
from web.peer_answers import answers_of, avoid_of
from web.peer_forms import (
    ETHNIC_GROUPS,
    NO_WAY,
    SENTENCES,
    AboutForm,
    AvoidForm,
    ConsentForm,
    LanguagesForm,
    LikesForm,
    NeedsForm,
    NoteForm,
)
from web.words import capital, today

KEEPS = "Leave it empty to keep what was told before."
NOTHING = "Nothing is filled in, so nothing was changed. Fill in at least one of these."
REPLACES = "We do not show what was told before. What you write here takes its place."
ADDS = "We do not show what was told before. What you write here is added to it."


class WhoForm(AboutForm):
    """Who they are; what is not shown is only changed if something is chosen."""

    sex = WordField("Sex", Sex, hint=KEEPS)
    gender = WordField("Gender, as they see it", Gender, hint=KEEPS)
    sentence_kind = ChoiceField(
        "How is the day they leave decided?", choices=SENTENCES, hint=KEEPS, coerce=SentenceKind
    )
    ethnic_group = ChoiceField(
        "Which of these groups are they in? (They do not have to say.)",
        choices=ETHNIC_GROUPS,
        hint=f"{ONLY_COUNTED} {KEEPS}",
    )


class LivedForm(PageForm):
    """What they have lived through, and which of it their mentor may know."""

    experiences = WordSetField(
        "What have they lived through?", Experience, hint="Only what they want to say."
    )
    may_show = WordSetField("Which of these may their mentor know?", Experience)

    def validate_may_show(self, field: Any) -> None:
        """Hold what may be shown to what is ticked above."""
        if not field.data <= self.experiences.data:
            raise ValidationError("Tick here only what you ticked in the question before.")


class AskForForm(PageForm):
    """Whom they would rather meet."""

    wants = WordSetField(
        "Who would they feel safe with?", Companion, hint="Leave all empty if they do not mind."
    )
    cultures = WordSetField("Would they like someone who shares a faith or background?", Culture)
    spoken = WordSetField("Would they like someone who speaks one of these languages?", Language)


class AreaForm(PageForm):
    """Where they will live, and whose region that is."""

    resettling_in = DistrictField(
        "Where will they live?",
        missing="Write the first half of the postcode, such as LS6.",
        hint="The first half of the postcode is enough, such as LS6. No home yet? Give the place "
        "they hope to go to.",
    )
    region = WordField(
        "Probation region",
        Region,
        hint="Leave it empty, unless probation says that it is another one.",
    )


class FreeForm(PageForm):
    """How far they can travel, and when they are free."""

    travel_km = NumberField(
        "How far can they travel to meet someone?",
        most=500,
        missing="Write how many km they can travel, such as 15.",
        hint="In km (10 km is about 6 miles).",
    )
    hours = HoursField("When are they free?", hint="Leave all empty if any time is fine for them.")


class ReachAnewForm(PageForm):
    """How to reach them after release."""

    phone = PhoneField("Phone number", hint=KEEPS)
    email = EmailField("E-mail address", hint=KEEPS)
    address = TextAreaField("Address", at_most=200, hint=KEEPS)
    shares = ChoiceField(
        "Which one of these may the mentor have?",
        choices=[(way.value, capital(way.label)) for way in ContactWay]
        + [(NO_WAY, "None of these")],
        hint=KEEPS,
    )


class PractitionerForm(PageForm):
    """The community probation practitioner of someone on licence."""

    practitioner_name = NameField("Name", missing="Write the name of the practitioner.")
    practitioner_email = EmailField(
        "E-mail address",
        missing="Write the e-mail address of the practitioner.",
        hint="We ask them if this is safe, and tell them when there is news.",
    )
    practitioner_phone = PhoneField("Phone number", hint="You can leave this empty.")


@dataclass(frozen=True)
class Change:
    """One thing to put right: its page, and the facts of `Completed` that it tells.

    `shown` names the fields that are filled in from what is on file, `one_of`
    those of which one must be filled in. `on_file` is what the page calls the
    thing that may be there already. No mentor is chosen by what is open
    `to_the_end` of a pair.
    """

    name: str
    title: str
    form: type[PageForm]
    told: Callable[[Any], Mapping[str, Any]]
    note: str = ""
    shown: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    on_file: str = ""
    to_the_end: bool = False


def _as_typed(form: PageForm) -> Mapping[str, Any]:
    return answers_of(form)


def _who(form: PageForm) -> Mapping[str, Any]:
    """Return what is filled in, and that someone would rather not say a thing."""
    told = answers_of(form)
    return {name: told[name] for name in told if told[name] is not None or name == "ethnic_group"}


def _asked_for(form: AskForForm) -> Mapping[str, Any]:
    return {"wants": form.wants.data, "wishes": form.cultures.data | form.spoken.data}


def _reach(form: ReachAnewForm) -> Mapping[str, Any]:
    told = {name: form[name].data for name in ("phone", "email", "address")}
    if form.shares.data:
        told["shares"] = None if form.shares.data == NO_WAY else ContactWay(form.shares.data)
    return {"contact": ContactFacts(**told)}


def _practitioner(form: PractitionerForm) -> Mapping[str, Any]:
    told = {name: form[f"practitioner_{name}"].data for name in ("name", "email", "phone")}
    return {"practitioner": PractitionerFacts(**told)}


def _avoided(form: AvoidForm) -> Mapping[str, Any]:
    return {"avoid": (avoid_of(form),)}


def _consented(_form: ConsentForm) -> Mapping[str, Any]:
    return {"consented_on": today()}


WHO = ("prison_number", "first_name", "surname", "birth_date")
CHANGES: Mapping[str, Change] = {
    change.name: change
    for change in (
        Change("about", "Who they are", WhoForm, _who, shown=WHO, to_the_end=True),
        Change("needs", "What they want help with", NeedsForm, _as_typed, shown=("needs",)),
        Change("where", "Where they will live", AreaForm, _as_typed, shown=("resettling_in",)),
        Change(
            "practitioner",
            "Probation practitioner",
            PractitionerForm,
            _practitioner,
            on_file="a practitioner",
            to_the_end=True,
        ),
        Change("consent", "Their yes", ConsentForm, _consented),
        Change("experience", "What they have lived through", LivedForm, _as_typed, REPLACES),
        Change("likes", "What they like doing", LikesForm, _as_typed, REPLACES),
        Change("languages", "What they speak", LanguagesForm, _as_typed, REPLACES),
        Change("rather", "Who they would rather meet", AskForForm, _asked_for, REPLACES),
        Change("free", "When they are free and how far they go", FreeForm, _as_typed, REPLACES),
        Change(
            "reach",
            "How to reach them after release",
            ReachAnewForm,
            _reach,
            one_of=("phone", "email", "address", "shares"),
            on_file="a contact",
            to_the_end=True,
        ),
        Change("avoid", "Someone they must not meet", AvoidForm, _avoided, ADDS, to_the_end=True),
        Change("note", "A note", NoteForm, _as_typed, ADDS, one_of=("note",), to_the_end=True),
    )
}
"""Everything a liaison may put right, in the order of the page. To add one, add a row."""
