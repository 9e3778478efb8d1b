"""Why two people are a pair, as the columns of its row: score, parts, sentences and versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

from matcher.core.conditions import RULES_VERSION
from matcher.core.similarity import MODEL_VERSION
from matcher.plan_tables import ExplainedPair
from models.profiles import LeaverProfile, MentorProfile
from models.states import PairForm


def reasons_of(
    told: ExplainedPair, leaver: LeaverProfile, mentor: MentorProfile, weights_version: str
) -> dict[str, Any]:
    """Return today's score, parts, reasons and versions of a pair, by column.

    The explanation has three paragraphs, of which any may be empty: the
    reasons, what does not count, what to weigh.
    """
    return {
        "form": PairForm.IN_PRISON if told.prison_visits else PairForm.VIDEO,
        "score": sum(told.parts),
        "parts": told.counted_parts,
        "explanation": _in_paragraphs(told.reasons, told.left_out, told.weighed),
        "weights_version": weights_version,
        "rules_version": RULES_VERSION,
        "model_version": MODEL_VERSION,
        "facts_version": facts_version(leaver, mentor),
    }


def _in_paragraphs(*parts: Sequence[str]) -> str:
    """Return why, what was not counted and what to weigh: a sentence a line, a blank line apart."""
    return "\n\n".join("\n".join(sentences) for sentences in parts)


def facts_version(leaver: LeaverProfile, mentor: MentorProfile) -> str:
    """Return a short name for exactly these facts: it changes when any of them does."""
    told = [
        f"{name}={_told(value)}"
        for person in (leaver, mentor)
        for name, value in sorted(person.model_dump().items())
    ]
    return blake2b("\n".join(told).encode(), digest_size=8).hexdigest()


def _told(value: Any) -> str:
    """Return a fact as text that is the same whatever the order of a set or a mapping."""
    if isinstance(value, Mapping):
        return str(sorted((str(key), str(told)) for key, told in value.items()))
    if isinstance(value, frozenset):
        return str(sorted(map(str, value)))
    return str(value)
