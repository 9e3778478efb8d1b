"""What a person's own record does not give them, column by column, and why.

Everything else is given. To keep back more, add a row; a test puts a word of
its own into every column and looks which of them come out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum


class Why(StrEnum):
    """Why a column is kept back."""

    OTHER = "It tells of somebody else."
    OPENS = "It opens an account."
    HOUSE = "It only keeps the service in order."
    LAW = "The law may ask that it is not told."
    APART = "Nobody is told if there is any: it may tell of somebody who is afraid."


WHOLE: dict[str, Why] = {"link": Why.APART, "worry": Why.APART}
"""Tables of which nobody is given a row, nor how many there are; every copy says so alike."""

WHOLE_OF: Mapping[str, Mapping[str, Why]] = {
    "leaver": WHOLE,
    "mentor": WHOLE | {"own_say": Why.OTHER},
}
"""The same by whose record it is: no mentor is told that a leaver had a say."""

EVERYTHING = "everything"
"""Stands for all columns of such a table."""

BOTH: Mapping[str, Mapping[str, Why]] = {
    "pair": dict.fromkeys(("explanation", "parts", "override_reason"), Why.OTHER),
    "pair_history": {"reason": Why.OTHER},
    "letter": {"recipient": Why.HOUSE, "answer": Why.HOUSE, "facts": Why.OTHER},
    "legal_hold": {"why": Why.LAW},
    "gate_plan": dict.fromkeys(("ring_name", "ring_phone"), Why.OTHER),
    "unsent": dict.fromkeys(("sent_to", "page", "fields"), Why.OTHER),
}
"""What neither a leaver nor a mentor is given."""

OF_LEAVER: Mapping[str, Mapping[str, Why]] = {
    "practitioner": dict.fromkeys(("name", "email", "phone"), Why.OTHER),
    "person_to_avoid": dict.fromkeys(("name", "birth_date", "why"), Why.OTHER),
    "avoid_note": {"text": Why.OTHER},
    "referral": dict.fromkeys(("ruled_out", "chosen"), Why.OTHER),
    "own_say": {"told": Why.OTHER},
    "screening": dict.fromkeys(
        (
            *("assessor", "content_by", "licence_approved_by", "high_risk_approved_by"),
            *("mappa_approved_by", "sexual_offence_approved_by", "domestic_abuse_approved_by"),
        ),
        Why.OTHER,
    ),
    "release_date": {"given_by": Why.OTHER},
}
OF_MENTOR: Mapping[str, Mapping[str, Why]] = {
    "gate_plan": {"bring": Why.OTHER, "ring_name": Why.OTHER, "ring_phone": Why.OTHER},
    "mentor_assessment": {"assessor": Why.OTHER},
    "mentor_licence": {"licence_approved_by": Why.OTHER, "content_by": Why.OTHER},
    "draft": {"answers": Why.OTHER},
}
HOUSEKEEPING = frozenset(
    {"version", "key", "claimed_by", "lease_until", "message_id", "row_id", "made_up", "sent_to"}
)
PAGES_OF_OTHERS = frozenset({"avoid", "practitioner", "probation"})
"""Pages of a form begun that ask about other people."""

_SECRET = re.compile(r"hash|secret|token|wrapped|last_step")


def why_kept_back(of: str, table: str, column: str, *, is_id: bool) -> Why | None:
    """Return why a column is kept back from a "leaver" or a "mentor"; None if it is given."""
    own = OF_LEAVER if of == "leaver" else OF_MENTOR
    told = own.get(table, {}).get(column) or BOTH.get(table, {}).get(column)
    if told:
        return told
    if _SECRET.search(column):
        return Why.OPENS
    if is_id or column in HOUSEKEEPING or column.endswith("_index"):
        return Why.HOUSE
    return None
