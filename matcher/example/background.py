"""The lives behind the ticks: traits, languages, faiths and backgrounds of many people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from matcher.example.figures import share
from matcher.example.lots import Crowd, Indices, Mask, sets_of
from matcher.example.nationalities import (
    ALSO_SPEAK_ENGLISH,
    BACKGROUNDS,
    FAITHS,
    MOTHER_TONGUES,
    NATIONALITIES,
)
from matcher.example.ticks import Tick
from matcher.example.traits import TRAITS
from models.languages import Language
from models.vocabulary import Culture, Word

NOT_OF_CHILDREN = ("veteran", "young children", "long sentence", "in prison young")
"""What is not drawn for people under 18."""

CULTURES = tuple(Culture)
LANGUAGES = tuple(Language)


@dataclass(frozen=True, eq=False)
class Background:
    """What is true of the lives of many people; each array has a row per person."""

    women: Mask
    ages: NDArray[np.int64]
    traits: Mapping[str, Mask]
    cultures: Mask
    languages: list[frozenset[Language]]

    def ticked(
        self, crowd: Crowd, rows: Sequence[Tick], words: Sequence[Word], eagerness: float = 1.0
    ) -> Mask:
        """Return who ticks which of the words: people × words."""
        table = np.zeros((crowd.count, len(words)), dtype=np.bool_)
        place = {word: column for column, word in enumerate(words)}
        lots = crowd.lots(f"ticks of {type(words[0]).__name__}")
        for row in rows:
            chance = min(row.percent * eagerness / 100, 0.95)
            table[:, place[row.word]] |= self.traits[row.trait] & lots.hit(chance)
        return table


def draw_background(
    crowd: Crowd,
    women: Mask,
    ages: NDArray[np.int64],
    in_wales: Mask,
    surely_foreign: Mask | None = None,
) -> Background:
    """Draw the lives of the people of a crowd."""
    nationality = _draw_nationalities(crowd, surely_foreign)
    traits = _draw_traits(crowd, women, ages) | {
        "foreign national": nationality >= 0,
        "women's prison": women,
    }
    cultures = _draw_cultures(crowd, nationality, traits["traveller"], in_wales)
    return Background(
        women=women,
        ages=ages,
        traits=traits,
        cultures=cultures,
        languages=_draw_languages(crowd, nationality, cultures),
    )


def _draw_traits(crowd: Crowd, women: Mask, ages: NDArray[np.int64]) -> dict[str, Mask]:
    """Draw every trait; traits that go with hardship lean on one number per person."""
    lots = crowd.lots("traits")
    hardship = lots.stream.standard_normal(crowd.count)
    traits = {}
    for trait in TRAITS:
        own = lots.stream.standard_normal(crowd.count)
        drawn = trait.hardship * hardship + np.sqrt(1 - trait.hardship**2) * own
        shares = np.where(women, trait.women.share, trait.men.share)
        traits[trait.name] = drawn < norm.ppf(shares)
    traits |= _draw_sentences(crowd, women)
    traits["short sentences"] &= ~traits["first time"]
    traits["in prison young"] |= ages < 25
    for name in NOT_OF_CHILDREN:
        traits[name] &= ages >= 18
    return traits


def _draw_sentences(crowd: Crowd, women: Mask) -> dict[str, Mask]:
    """Draw who serves a short sentence and who a long one; never both."""
    lots = crowd.lots("sentence length").stream.random(crowd.count)
    short = np.where(women, share("short sentence, women"), share("short sentence, men"))
    long = np.where(women, share("long sentence, women"), share("long sentence, men"))
    return {"short sentences": lots < short, "long sentence": lots >= 1 - long}


def _draw_nationalities(crowd: Crowd, surely: Mask | None) -> Indices:
    """Return the index of each person's nationality, -1 for those who are not foreign."""
    lots = crowd.lots("nationality")
    which = lots.pick([nation.of_foreign_nationals.share for nation in NATIONALITIES])
    foreign = lots.hit(share("foreign nationals"))
    return np.where(foreign if surely is None else foreign | surely, which, -1)


def _draw_cultures(crowd: Crowd, nationality: Indices, travellers: Mask, in_wales: Mask) -> Mask:
    """Draw a faith and a background for each person: people × cultures."""
    lots = crowd.lots("cultures")
    table = np.zeros((crowd.count, len(CULTURES)), dtype=np.bool_)
    people = np.arange(crowd.count)
    faith = lots.pick([figure.share for figure in FAITHS.values()])
    table[people, np.array([culture.rank for culture in FAITHS])[faith]] = True
    background = lots.pick([figure.share for figure in BACKGROUNDS.values()])
    for index, culture in enumerate(BACKGROUNDS):
        if culture:
            table[:, culture.rank] |= (background == index) & (nationality < 0)
    for index, nation in enumerate(NATIONALITIES):
        if nation.culture:
            table[:, nation.culture.rank] |= nationality == index
    white = (background == 0) & (nationality < 0)
    table[:, Culture.WELSH.rank] |= in_wales & white
    table[:, Culture.GYPSY_ROMA_TRAVELLER.rank] |= travellers
    return table


def _draw_languages(
    crowd: Crowd, nationality: Indices, cultures: Mask
) -> list[frozenset[Language]]:
    """Draw the languages each person speaks: English, another, or both."""
    lots = crowd.lots("languages")
    table = np.zeros((crowd.count, len(LANGUAGES)), dtype=np.bool_)
    table[:, Language.ENGLISH.rank] = (nationality < 0) | lots.hit(ALSO_SPEAK_ENGLISH.share)
    for index, nation in enumerate(NATIONALITIES):
        table[nationality == index, nation.language.rank] = True
    for culture, (figure, tongues) in MOTHER_TONGUES.items():
        speaks = lots.hit(figure.share) & cultures[:, culture.rank] & (nationality < 0)
        tongue = lots.between(0, len(tongues) - 1)
        for index, language in enumerate(tongues):
            table[speaks & (tongue == index), language.rank] = True
    return sets_of(LANGUAGES, table)
