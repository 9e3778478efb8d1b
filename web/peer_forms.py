"""The pages of the form by which a council puts someone forward, one question or a few on each.

What was typed is kept as it was typed, so a page is also made from a draft:
`NeedsForm.of(typed)`. The names of the fields are those of
`referrals.PutForward` wherever one stands for one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Self

from wtforms.validators import ValidationError

from matcher.asked_of_you import ONLY_COUNTED
from matcher.printing.paper_choices import NO_WAY_SAID, NOT_KNOWN_SAID, RATHER_NOT_SAID
from models.desk_words import ContactWay
from models.ethnic_groups import EthnicGroup
from models.languages import Language
from models.release_words import SENTENCES_ASKED
from models.vocabulary import Companion, Culture, Experience, Gender, Interest, Sex
from web.fields import (
    ChoiceField,
    ConsentField,
    DateField,
    DistrictField,
    EmailField,
    HoursField,
    NameField,
    NeedsField,
    NumberField,
    PhoneField,
    PrisonNumberField,
    TextAreaField,
    WordField,
    WordSetField,
    YesNoField,
)
from web.page_form import PageForm
from web.words import capital, today

OLDEST = date(1900, 1, 1)
NO_WAY = "none"
NOT_KNOWN = "not_known"
RATHER_NOT = "rather_not"
SENTENCES = [(kind.value, asked) for kind, asked in SENTENCES_ASKED.items()]
ETHNIC_GROUPS = [*((word.value, word.label) for word in EthnicGroup), (RATHER_NOT, RATHER_NOT_SAID)]


class AboutForm(PageForm):
    """Who they are."""

    prison_number = PrisonNumberField(
        "Prison number",
        missing="Write their prison number, such as A1234BC.",
        hint="One letter, four numbers and two letters, such as A1234BC.",
    )
    first_name = NameField("First name", missing="Write their first name.")
    surname = NameField("Surname", missing="Write their surname.")
    birth_date = DateField(
        "When were they born?",
        missing="Write the day they were born.",
        hint="For example, 27 3 1988.",
        earliest=OLDEST,
        latest=lambda: today() - timedelta(days=365 * 10),
    )
    sex = WordField("Sex", Sex, missing="Choose female or male.", hint="As on their record.")
    gender = WordField("Gender, as they see it", Gender, hint="You can leave this empty.")
    ethnic_group = ChoiceField(
        "Which of these groups are they in? (They do not have to say.)",
        choices=ETHNIC_GROUPS,
        hint=ONLY_COUNTED,
    )


class ReleaseForm(PageForm):
    """When they leave, as they know it, and how that is decided."""

    release_date = DateField(
        "When do they leave?",
        hint="The day as they know it. Leave it empty if they do not know.",
        earliest=today,
        latest=lambda: today() + timedelta(days=365 * 20),
    )
    sentence_kind = ChoiceField(
        "How is the day decided?",
        choices=[*SENTENCES, (NOT_KNOWN, NOT_KNOWN_SAID)],
        missing="Choose how the day is decided.",
    )


class NeedsForm(PageForm):
    """What they want help with, and how much each matters to them."""

    needs = NeedsField(
        "What do they want help with?",
        missing="Choose at least one thing they want help with.",
        hint="Choose how much each one matters to them. Leave the rest at “No”.",
    )


class ExperienceForm(PageForm):
    """What they have lived through; their choice, all of it."""

    experiences = WordSetField(
        "What have they lived through?",
        Experience,
        hint="Only what they want to say. They can say nothing at all.",
    )


class MayShowForm(PageForm):
    """Which of it their mentor may know."""

    may_show = WordSetField(
        "Which of these may their mentor know?",
        Experience,
        hint="The rest is only used to find the right person.",
    )

    def knowing(self, answers: Mapping[str, Any]) -> Self:
        """Ask only about what they ticked."""
        ticked = ticked_in(answers, "experience", "experiences", Experience)
        _offer(self.may_show, ticked)
        return self


class LikesForm(PageForm):
    """What they like doing."""

    interests = WordSetField(
        "What do they like doing?", Interest, hint="It helps two people to start talking."
    )


class LanguagesForm(PageForm):
    """What they speak."""

    nothing_typed: Mapping[str, Any] = {"languages": frozenset({Language.ENGLISH})}

    languages = WordSetField(
        "Which languages do they speak?", Language, missing="Choose at least one language."
    )
    interpreter = ConsentField(
        "They need an interpreter, and one is arranged.", false_values=(False, "false", "", "no")
    )


class RatherForm(PageForm):
    """Whom they would rather meet."""

    wants = WordSetField(
        "Who would they feel safe with?",
        Companion,
        hint="Leave all empty if they do not mind. We only ask people who fit.",
    )
    cultures = WordSetField(
        "Would they like someone who shares a faith or background?",
        Culture,
        hint="We try, but cannot promise.",
    )
    spoken = WordSetField("Would they like someone who speaks one of their languages?", Language)

    def knowing(self, answers: Mapping[str, Any]) -> Self:
        """Ask about a language only where they speak several."""
        spoken = ticked_in(answers, "languages", "languages", Language)
        _offer(self.spoken, spoken)
        if len(spoken) < 2:
            del self.spoken
        return self


class WhereForm(PageForm):
    """Where they go, how far they can travel, when they are free."""

    nothing_typed: Mapping[str, Any] = {"travel_km": 15}

    resettling_in = DistrictField(
        "Where will they live?",
        missing="Write the first half of the postcode, such as LS6.",
        hint="The first half of the postcode is enough, such as LS6. No home yet? Give the place "
        "they hope to go to.",
    )
    travel_km = NumberField(
        "How far can they travel to meet someone?",
        least=0,
        most=500,
        missing="Write how many km they can travel, such as 15.",
        hint="In km (10 km is about 6 miles).",
    )
    hours = HoursField(
        "When are they free?", hint="Leave all empty if any time of day is fine for them."
    )


class ReachForm(PageForm):
    """How to reach them after release, and the one way that the mentor may have."""

    phone = PhoneField("Phone number")
    email = EmailField("E-mail address")
    address = TextAreaField("Address", at_most=200)
    shares = ChoiceField(
        "Which one of these may the mentor have?",
        choices=[(way.value, capital(way.label)) for way in ContactWay] + [(NO_WAY, NO_WAY_SAID)],
        missing="Choose one way, or none of these.",
    )

    def validate_shares(self, field: Any) -> None:
        """Hold the choice to a way that is filled in."""
        chosen = field.data if field.data in set(ContactWay) else None
        if chosen and not self[chosen].data and not self[chosen].errors:
            label = str(self[chosen].label.text)
            raise ValidationError(f"{label} is empty. Fill it in, or choose another answer here.")


class NoteForm(PageForm):
    """Anything else to know."""

    note = TextAreaField("Is there anything else to know?", hint="You can leave this empty.")
    note_shareable = YesNoField("May the mentor read this note?")

    def validate_note(self, field: Any) -> None:
        """Ask who may read a note once there is one."""
        if field.data and self.note_shareable.data is None and not self.note_shareable.errors:
            raise ValidationError("Choose yes or no below: may the mentor read this note?")


class ConsentForm(PageForm):
    """Their yes, after it was read out to them."""

    agreed = ConsentField(
        "They have heard this and said yes.",
        missing="Tick the box once they have said yes. Without their yes we do nothing.",
    )


class AvoidForm(PageForm):
    """One person they must not meet."""

    name = NameField("What is this person called?", missing="Write the name of this person.")
    birth_date = DateField(
        "When was this person born?",
        hint="Leave it empty if they do not know.",
        earliest=OLDEST,
        latest=today,
    )
    why = TextAreaField(
        "Why must they not meet?",
        hint="Only the regional manager reads this. You can leave it empty.",
    )


class AnotherForm(PageForm):
    """Whether there is anyone, or anyone else, they must not meet."""

    another = YesNoField("Is there anyone they must not meet?", missing="Choose yes or no.")


def ticked_in(answers: Mapping[str, Any], page: str, field: str, words: Any) -> frozenset[Any]:
    """Return the words ticked on another page; those that are none are left out."""
    known = {word.value: word for word in words}
    typed = answers.get(page, {}).get(field, ())
    return frozenset(known[value] for value in typed if value in known)


def _offer(field: Any, words: frozenset[Any]) -> None:
    """Offer only these words, and let go of ticks for others."""
    field.choices = [(value, label) for value, label in field.choices if value in words]
    field.data &= words
