"""The words of a release: which dates a prison gives, and how a sentence ends."""

from models.vocabulary import Word


class DateKind(Word):
    """Which release date a prison has given."""

    ACTUAL = "actual", "Day they left prison"
    CONFIRMED = "confirmed", "Confirmed release date"
    CONDITIONAL = "conditional", "Conditional release date"
    CONDITIONAL_OVERRIDE = "conditional_override", "Conditional release date (override)"
    AUTOMATIC = "automatic", "Automatic release date"
    CURFEW_APPROVED = "curfew_approved", "Curfew date (approved)"
    CURFEW_ELIGIBILITY = "curfew_eligibility", "Curfew eligibility date"
    POST_RECALL = "post_recall", "Post-recall release date"
    PAROLE_ELIGIBILITY = "parole_eligibility", "Parole eligibility date"
    PAROLE_REVIEW = "parole_review", "Parole review date"
    RELEASE_AS_REPORTED = "release_as_reported", "Release date as we were told it"


class SentenceKind(Word):
    """How the sentence ends; it decides whether the Friday scheme applies."""

    DETERMINATE = "determinate", "Determinate"
    PAROLE = "parole", "Parole release"
    INDETERMINATE = "indeterminate", "Indeterminate"


SENTENCES_ASKED = {
    SentenceKind.DETERMINATE: "A sentence with an end date",
    SentenceKind.PAROLE: "Parole decides",
    SentenceKind.INDETERMINATE: "A life or IPP sentence",
}
"""How a sentence ends, as it is asked of people who are not lawyers."""
