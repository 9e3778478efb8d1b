"""How a mentor is asked whether a meeting was held: people meet, or speak, or are in touch."""

from __future__ import annotations

from dataclasses import dataclass

from models.states import MeetingKind

BY_PHONE = "by phone"
"""What a mentor writes for the place of a call, in small letters."""


@dataclass(frozen=True)
class Question:
    """One question and its two answers: "Did you meet Sam?", "we met", "we did not meet".

    `asked` has braces for the name; `you_did` is what we write down.
    """

    asked: str
    we_did: str
    we_did_not: str
    you_did: str
    you_did_not: str
    which_day: str
    write_the_day: str

    def about(self, name: str) -> str:
        """Return the question about one person."""
        return self.asked.format(name)


MEET = Question(
    asked="Did you meet {}?",
    we_did="we met",
    we_did_not="we did not meet",
    you_did="you met",
    you_did_not="you did not meet",
    which_day="Which day did you meet?",
    write_the_day="Write the day you met.",
)
SPEAK = Question(
    asked="Did you speak to {}?",
    we_did="we spoke",
    we_did_not="we did not speak",
    you_did="you spoke",
    you_did_not="you did not speak",
    which_day="Which day did you speak?",
    write_the_day="Write the day you spoke.",
)
BE_IN_TOUCH = Question(
    asked="Were you in touch with {}?",
    we_did="we were in touch",
    we_did_not="we were not in touch",
    you_did="you were in touch",
    you_did_not="you were not in touch",
    which_day="Which day were you in touch?",
    write_the_day="Write the day you were in touch.",
)
BY_KIND = {MeetingKind.CALL: SPEAK, MeetingKind.FIRST_CONTACT: BE_IN_TOUCH}
"""The kinds of meeting at which two people may not see each other; at all others they meet."""


def question_of(kind: MeetingKind, place: str) -> Question:
    """Return the question for a meeting; whatever is booked by phone is a call."""
    if place.strip().casefold().startswith(BY_PHONE):
        return SPEAK
    return BY_KIND.get(kind, MEET)
