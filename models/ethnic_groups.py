"""The ethnic groups of which a person may say that one is theirs."""

from __future__ import annotations

from models.vocabulary import Word


class EthnicGroup(Word):
    """Ethnic group as the person says it, if they do.

    The five high-level groups of the census of England and Wales 2021 (Office
    for National Statistics), by their names and in their order there. The
    values are of one length: sealed, a longer one would show which it is.
    """

    ASIAN = "asian", "Asian or Asian British"
    BLACK = "black", "Black, Black British, Caribbean or African"
    MIXED = "mixed", "Mixed or multiple ethnic groups"
    WHITE = "white", "White"
    OTHER = "other", "Another ethnic group"
