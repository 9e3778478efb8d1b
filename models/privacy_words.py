"""The words of privacy: what a person consents to, why they were erased, what asks for a reason."""

from models.vocabulary import Word


class Purpose(Word):
    """What we use what we know of a person for, each of which they may say yes or no to."""

    MATCHING = "matching", "Find a mentor for them, and keep to the plan"
    EXPERIENCES = "experiences", "Tell the mentor what they have lived through"
    CONTACT = "contact", "Give the mentor one way to reach them after release"
    PRACTITIONER = "practitioner", "Ask their probation practitioner"
    WALKING = "walking", "Being a mentor, matched by what they have lived through"
    OWN_WORDS = "own_words", "First name and own words in the letters that a leaver gets"
    TEXTS = "texts", "Text messages to the mentor's own phone"


OF_LEAVERS = (Purpose.MATCHING, Purpose.EXPERIENCES, Purpose.CONTACT, Purpose.PRACTITIONER)
OF_MENTORS = (Purpose.WALKING, Purpose.OWN_WORDS, Purpose.TEXTS)
"""Who is asked what."""


class PersonKind(Word):
    """What a tombstone stands for: a person, their account, their way in, a line of a report."""

    LEAVER = "leaver", "Leaver"
    MENTOR = "mentor", "Mentor"
    ACCOUNT = "account", "Account"
    INVITATION = "invitation", "Invitation"
    EXPECTED = "expected_leaver", "Someone in a report"


class ErasedBecause(Word):
    """Why a person was erased."""

    ASKED = "asked", "They asked for it"
    NO_LONGER_NEEDED = "no_longer_needed", "The time to keep the record was over"


class ReasonFor(Word):
    """What a manager is asked the reason of, each time they change it."""

    SCREENING = "screening", "Screening: risk, licence and gangs"
    LINK = "link", "Who they must not meet"
    ZONE = "zone", "Where they may not be"
    CURFEW = "curfew", "When they must be at home"
    AVOID = "avoid", "Who to avoid, as told to the council"
