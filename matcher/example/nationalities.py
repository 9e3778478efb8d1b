"""Where foreign nationals in prison come from and what they speak; faiths and backgrounds.

The five largest nationalities and the shares of faiths and ethnic groups are
published; how the rest divides is an assumption of ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.example.figures import Figure, assumed
from models.ethnic_groups import EthnicGroup
from models.languages import Language
from models.vocabulary import Culture


@dataclass(frozen=True, slots=True)
class Nationality:
    """A nationality, how many of the foreign nationals hold it, what they speak."""

    name: str
    of_foreign_nationals: Figure
    language: Language
    culture: Culture | None = None


def published(percent: float) -> Figure:
    """Return the share of one of the largest nationalities."""
    return Figure(percent, "HMPPS, June 2024, by dazzlingdawn.com")


_EAST = Culture.EASTERN_EUROPEAN
_AFRICAN = Culture.BLACK_AFRICAN
_SOUTH_ASIAN = Culture.SOUTH_ASIAN

NATIONALITIES: tuple[Nationality, ...] = (
    Nationality("Albanian", published(12), Language.ALBANIAN, _EAST),
    Nationality("Polish", published(9), Language.POLISH, _EAST),
    Nationality("Romanian", published(7), Language.ROMANIAN, _EAST),
    Nationality("Irish", published(6), Language.ENGLISH, Culture.IRISH),
    Nationality("Jamaican", published(4), Language.ENGLISH, Culture.BLACK_CARIBBEAN),
    Nationality("Lithuanian", assumed(4), Language.LITHUANIAN, _EAST),
    Nationality("Portuguese or Brazilian", assumed(4), Language.PORTUGUESE),
    Nationality("Vietnamese", assumed(3), Language.VIETNAMESE, Culture.EAST_ASIAN),
    Nationality("Somali", assumed(3), Language.SOMALI, _AFRICAN),
    Nationality("Nigerian", assumed(3), Language.YORUBA, _AFRICAN),
    Nationality("Ghanaian", assumed(2), Language.TWI, _AFRICAN),
    Nationality("Iraqi or Iranian Kurdish", assumed(3), Language.KURDISH),
    Nationality("Iranian or Afghan", assumed(3), Language.PERSIAN),
    Nationality("Afghan, Pashto", assumed(2), Language.PASHTO, _SOUTH_ASIAN),
    Nationality("Sudanese or Syrian", assumed(4), Language.ARABIC, Culture.ARAB),
    Nationality("Turkish", assumed(2), Language.TURKISH),
    Nationality("Pakistani", assumed(4), Language.URDU, _SOUTH_ASIAN),
    Nationality("Indian", assumed(3), Language.PUNJABI, _SOUTH_ASIAN),
    Nationality("Bangladeshi", assumed(3), Language.BENGALI, _SOUTH_ASIAN),
    Nationality("Sri Lankan", assumed(1), Language.TAMIL, _SOUTH_ASIAN),
    Nationality("Eritrean", assumed(2), Language.TIGRINYA, _AFRICAN),
    Nationality("Ethiopian", assumed(1), Language.AMHARIC, _AFRICAN),
    Nationality("Congolese", assumed(2), Language.FRENCH, _AFRICAN),
    Nationality("Bulgarian", assumed(2), Language.BULGARIAN, _EAST),
    Nationality("Latvian", assumed(2), Language.LATVIAN, _EAST),
    Nationality("Hungarian", assumed(1), Language.HUNGARIAN, _EAST),
    Nationality("Czech", assumed(1), Language.CZECH, _EAST),
    Nationality("Slovak", assumed(1), Language.SLOVAK, Culture.GYPSY_ROMA_TRAVELLER),
    Nationality("Italian", assumed(1), Language.ITALIAN),
    Nationality("Spanish or South American", assumed(1), Language.SPANISH),
    Nationality("Chinese", assumed(1), Language.MANDARIN, Culture.EAST_ASIAN),
    Nationality("Ukrainian", assumed(1), Language.UKRAINIAN, _EAST),
    Nationality("Russian-speaking", assumed(1), Language.RUSSIAN, _EAST),
    Nationality("American, Australian and others", assumed(1), Language.ENGLISH),
)
"""Every nationality drawn; the shares add up to 100."""

ALSO_SPEAK_ENGLISH = assumed(88)
"""Foreign nationals whose first language is another and who also speak English."""

INTERPRETER_ARRANGED = assumed(35)
"""Of the leavers who speak no English, those for whom an interpreter is arranged."""

MOTHER_TONGUES: Mapping[Culture, tuple[Figure, tuple[Language, ...]]] = {
    Culture.SOUTH_ASIAN: (
        assumed(50),
        (Language.URDU, Language.PUNJABI, Language.BENGALI, Language.GUJARATI, Language.HINDI),
    ),
    Culture.WELSH: (assumed(18), (Language.WELSH,)),
    Culture.BLACK_AFRICAN: (assumed(20), (Language.SOMALI, Language.YORUBA, Language.TWI)),
    Culture.EAST_ASIAN: (assumed(40), (Language.CANTONESE, Language.MANDARIN)),
    Culture.GYPSY_ROMA_TRAVELLER: (assumed(20), (Language.ROMANI,)),
}
"""How many people who grew up here also speak another language, and which."""

_ETHNICITY = "population of 2024, a copy of Wikipedia citing the Ministry of Justice"

BACKGROUNDS: Mapping[Culture | None, Figure] = {
    None: Figure(73.0, f"{_ETHNICITY}: White 71.8, unrecorded 1.2"),
    Culture.BLACK_AFRICAN: assumed(6.0, f"{_ETHNICITY}: Black 12.1, halved by us"),
    Culture.BLACK_CARIBBEAN: assumed(6.1, f"{_ETHNICITY}: Black 12.1, halved by us"),
    Culture.SOUTH_ASIAN: assumed(7.2, f"{_ETHNICITY}: Asian 8.0, nine tenths of it"),
    Culture.EAST_ASIAN: assumed(0.8, f"{_ETHNICITY}: Asian 8.0, a tenth of it"),
    Culture.MIXED: Figure(4.8, _ETHNICITY),
    Culture.ARAB: assumed(2.0, f"{_ETHNICITY}: Other 2.0"),
}
"""Backgrounds of people in prison; in percent."""

ETHNIC_GROUPS: Mapping[EthnicGroup | None, Figure] = {
    EthnicGroup.ASIAN: Figure(8.0, _ETHNICITY),
    EthnicGroup.BLACK: Figure(12.1, _ETHNICITY),
    EthnicGroup.MIXED: Figure(4.8, _ETHNICITY),
    EthnicGroup.WHITE: Figure(71.8, _ETHNICITY),
    EthnicGroup.OTHER: Figure(2.0, _ETHNICITY),
    None: Figure(1.2, f"{_ETHNICITY}: unrecorded"),
}
"""Ethnic groups of people in prison; in percent, of whom 0.1 is lost to rounding."""

_FAITH = "March 2023, by russellwebster.com"

FAITHS: Mapping[Culture, Figure] = {
    Culture.CHRISTIAN: Figure(45, _FAITH),
    Culture.NO_RELIGION: Figure(31, _FAITH),
    Culture.MUSLIM: assumed(18, f"{_FAITH}: what is left, mostly Muslim"),
    Culture.BUDDHIST: assumed(2.5, f"{_FAITH}: what is left"),
    Culture.SIKH: assumed(1.5, f"{_FAITH}: what is left"),
    Culture.HINDU: assumed(1, f"{_FAITH}: what is left"),
    Culture.JEWISH: assumed(1, f"{_FAITH}: what is left"),
}
"""Faiths of people in prison; in percent."""
