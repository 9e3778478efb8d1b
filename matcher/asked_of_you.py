"""The form of a council as it is put to the person themselves, on paper and at a kiosk.

The pages and questions are those of `web/peer_forms.py`, by the same names
and in the same order; a test holds them together. Here they say "you".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Asked:
    """One question: what it asks, what stands under it, and what is said where it is empty."""

    label: str
    hint: str = ""
    missing: str = ""


ONLY_COUNTED = (
    "We only use it to see if everyone has the same chance of a mentor. It is never used to choose "
    "a mentor, and mentors never see it."
)
"""What is said to whoever is asked for their ethnic group."""

TITLES: Mapping[str, str] = {
    "about": "About you",
    "release": "When you leave",
    "needs": "What you want help with",
    "experience": "What you have lived through",
    "show": "What your mentor may know of it",
    "likes": "What you like doing",
    "languages": "What you speak",
    "rather": "Who you would rather meet",
    "avoid": "Who you must not meet",
    "where": "Where you will live and when you are free",
    "reach": "How to reach you after you leave",
    "note": "Anything else",
    "consent": "Your yes",
}
"""The pages by name, in the order in which they are asked."""

QUESTIONS: Mapping[str, Mapping[str, Asked]] = {
    "about": {
        "prison_number": Asked(
            "Your prison number",
            "One letter, four numbers and two letters, such as A1234BC.",
            "Write your prison number, such as A1234BC.",
        ),
        "first_name": Asked("Your first name", missing="Write your first name."),
        "surname": Asked("Your surname", missing="Write your surname."),
        "birth_date": Asked(
            "When were you born?", "For example, 27 3 1988.", "Write the day you were born."
        ),
        "sex": Asked("Your sex", "As on your record.", "Choose female or male."),
        "gender": Asked("Your gender, as you see it", "You can leave this empty."),
        "ethnic_group": Asked(
            "Which of these groups are you in? (You do not have to say.)", ONLY_COUNTED
        ),
    },
    "release": {
        "release_date": Asked("When do you leave?", "Leave it empty if you do not know."),
        "sentence_kind": Asked(
            "How is the day decided?", "", "Choose how the day is decided, or “I do not know”."
        ),
    },
    "needs": {
        "needs": Asked(
            "What do you want help with?",
            "Choose how much each one matters to you. Leave the rest.",
            "Choose at least one thing you want help with.",
        ),
    },
    "experience": {
        "experiences": Asked(
            "What have you lived through?",
            "Only what you want to say. You can say nothing at all.",
        ),
    },
    "show": {
        "may_show": Asked(
            "Which of these may your mentor know?",
            "The rest only helps us to find the right person.",
        ),
    },
    "likes": {
        "interests": Asked("What do you like doing?", "It helps two people to start talking."),
    },
    "languages": {
        "languages": Asked("Which languages do you speak?", "", "Choose at least one language."),
        "interpreter": Asked("I need an interpreter, and one is arranged."),
    },
    "rather": {
        "wants": Asked(
            "Who would you feel safe with?",
            "Leave all empty if you do not mind. We only ask people who fit.",
        ),
        "cultures": Asked(
            "Would you like someone who shares a faith or background?",
            "We try, but cannot promise.",
        ),
        "spoken": Asked("Would you like someone who speaks one of your languages?"),
    },
    "avoid": {
        "another": Asked("Is there anyone you must not meet?", "", "Choose yes or no."),
        "name": Asked("What is this person called?", missing="Write the name of this person."),
        "birth_date": Asked("When was this person born?", "Leave it empty if you do not know."),
        "why": Asked(
            "Why must you not meet?",
            "Only the regional manager reads this. You can leave it empty.",
        ),
    },
    "where": {
        "resettling_in": Asked(
            "Where will you live?",
            "The first half of the postcode is enough, such as LS6. No home yet? Give the place "
            "you hope to go to.",
            "Write the first half of the postcode, such as LS6.",
        ),
        "travel_km": Asked(
            "How far can you travel to meet someone?",
            "In km (10 km is about 6 miles).",
            "Write how many km you can travel, such as 15.",
        ),
        "hours": Asked("When are you free?", "Leave all empty if any time of day is fine for you."),
    },
    "reach": {
        "phone": Asked("Phone number"),
        "email": Asked("E-mail address"),
        "address": Asked("Address"),
        "shares": Asked(
            "Which one of these may your mentor have?", "", "Choose one way, or none of these."
        ),
    },
    "note": {
        "note": Asked("Is there anything else to know?", "You can leave this empty."),
        "note_shareable": Asked("May your mentor read this?"),
    },
    "consent": {
        "agreed": Asked(
            "I have read or heard this, and I say yes.",
            "",
            "Tick the box if you say yes. Without your yes we do nothing.",
        ),
    },
}
"""What each page asks, by the name of the field."""
