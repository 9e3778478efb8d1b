"""Made-up names and numbers: nobody's, and unlike those in use.

Surnames are put together from two syllables; prison numbers and case
numbers begin with a letter that no real series has reached.
"""

from datetime import date, timedelta

import numpy as np

from matcher.example.lots import Columns, Crowd, Lots, Mask, where

FIRST_NAMES = (
    "Alba", "Arden", "Ash", "Bay", "Briar", "Brook", "Cedar", "Clay", "Cove", "Dale",
    "Ember", "Fenn", "Flint", "Glen", "Haven", "Heath", "Indigo", "Jay", "Lake", "Lark",
    "Linden", "Marlow", "Merle", "Moss", "Oakley", "Pebble", "Quill", "Rain", "Reed", "River",
    "Robin", "Rowan", "Sage", "Shale", "Skye", "Sorrel", "Storm", "Teal", "Wren", "Yarrow",
)  # fmt: skip

SURNAME_STARTS = (
    "Alder", "Bram", "Cinder", "Dapple", "Elder", "Fallow", "Gorse", "Hollow", "Iron", "Jasper",
    "Kestrel", "Larch", "Mallow", "Nettle", "Otter", "Plover", "Quarry", "Rush", "Sedge", "Thistle",
    "Umber", "Velvet", "Willow", "Yew",
)  # fmt: skip

SURNAME_ENDS = (
    "beck", "brow", "combe", "croft", "fell", "field", "gate", "garth", "holme", "hurst",
    "lea", "mere", "moor", "ridge", "thorpe", "wick",
)  # fmt: skip

PRISON_NUMBERS = 10_000 * 26 * 26
"""How many prison numbers begin with Z."""

DAYS_IN_A_YEAR = 365.25


def first_names(lots: Lots) -> list[str]:
    """Return a first name for each person."""
    return [FIRST_NAMES[n] for n in lots.between(0, len(FIRST_NAMES) - 1)]


def surnames(lots: Lots) -> list[str]:
    """Return a surname for each person."""
    starts = lots.between(0, len(SURNAME_STARTS) - 1)
    ends = lots.between(0, len(SURNAME_ENDS) - 1)
    pairs = zip(starts, ends, strict=True)
    return [SURNAME_STARTS[start] + SURNAME_ENDS[end] for start, end in pairs]


def full_names(lots: Lots) -> list[str]:
    """Return a member of staff's name for each person."""
    return [" ".join(pair) for pair in zip(first_names(lots), surnames(lots), strict=True)]


def someone(number: int) -> str:
    """Return a name for somebody who is no more than named, the same for the same number."""
    ends, starts = divmod(number, len(SURNAME_STARTS))
    surname = SURNAME_STARTS[starts] + SURNAME_ENDS[ends % len(SURNAME_ENDS)]
    return f"{FIRST_NAMES[number % len(FIRST_NAMES)]} {surname}"


def prison_numbers(seed: int, count: int) -> list[str]:
    """Return `count` different prison numbers, all beginning with Z."""
    stream = Lots(seed, "prison numbers", count).stream
    drawn = stream.choice(PRISON_NUMBERS, size=count, replace=False)
    letters, digits = np.divmod(drawn, 10_000)
    return [
        f"Z{number:04d}{chr(65 + pair // 26)}{chr(65 + pair % 26)}"
        for number, pair in zip(digits.tolist(), letters.tolist(), strict=True)
    ]


def case_numbers(crowd: Crowd) -> list[str | None]:
    """Return a case number for nine in ten people, all different, beginning with Z."""
    lots = crowd.lots("case numbers")
    drawn = lots.stream.choice(1_000_000, size=crowd.count, replace=False)
    return where(lots.hit(0.9), [f"Z{number:06d}" for number in drawn.tolist()])


def codes(letter: str, count: int) -> list[str]:
    """Return the codes of `count` people: "L-00001" and on, all of one width."""
    width = max(5, len(str(count)))
    return [f"{letter}-{number:0{width}d}" for number in range(1, count + 1)]


def genders(crowd: Crowd, women: Mask, transgender: float) -> list[str | None]:
    """Return the gender three in five people gave; a few are not that of their sex."""
    lots = crowd.lots("gender")
    differs, told, other = lots.hit(transgender), lots.hit(0.6), lots.pick([3, 1])
    own = np.where(women, "woman", "man")
    another = np.where(other == 1, "non_binary", np.where(women, "man", "woman"))
    return where(differs | told, np.where(differs, another, own).tolist())


def birth_dates(crowd: Crowd, ages: np.ndarray[tuple[int], np.dtype[np.int64]]) -> list[date]:
    """Return a birth date for each person who is `ages` years old today.

    Nobody has a birthday in the next 12 weeks, so that whoever is 17 today
    is still 17 on the day of release.
    """
    lots = crowd.lots("birthday")
    days = np.ceil(ages * DAYS_IN_A_YEAR) + lots.between(1, 270)
    return [crowd.today - timedelta(days=int(day)) for day in days]


def named(crowd: Crowd, women: Mask) -> Columns:
    """Return the names and the sex of the people."""
    return {
        "first_name": first_names(crowd.lots("first names")),
        "surname": surnames(crowd.lots("surnames")),
        "sex": np.where(women, "female", "male").tolist(),
    }
