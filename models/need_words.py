"""The words of what mentors need: how heavy it feels."""

from models.vocabulary import Word


class Load(Word):
    """How heavy walking along with people feels, as a mentor says it in one tap."""

    LIGHT = "light", "Light"
    RIGHT = "right", "About right"
    HEAVY = "heavy", "Heavy"
    TOO_HEAVY = "too_heavy", "Too heavy"
