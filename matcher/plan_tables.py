"""A whole plan as tables that people and spreadsheets read: pairs, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from matcher.core.explanation import PairOfProfiles, strongest_parts, to_weigh
from matcher.core.in_the_way import InTheWay, idle_mentors, in_the_way
from matcher.core.parts import STATED
from matcher.core.planning import WholePlan
from matcher.core.similarity import Part, Scores, Weights
from matcher.core.visits import may_visit
from matcher.core.words import listed

REASONS = 3
"""How many of the strongest parts are told for each pair."""

WEIGHED_PARTS = Weights().parts
"""The six parts that are weighed; their names and labels are the same whatever the weights."""

OWN_SAY = Weights().own_say
PARTS = (*WEIGHED_PARTS, OWN_SAY)
"""Every part of the score: those weighed, and the leaver's own say on top of them."""

PART_NAMES = tuple(part.name for part in PARTS)

NOT_SAID = {
    "experience": "their needs or what they have lived",
    "time": "when they are free",
    "culture": "which culture or language they would like",
    "interests": "what they like to do",
}
"""What a leaver left open where a part of the score does not count, as it reads in a sentence."""

if NOT_SAID.keys() != {PART_NAMES[index] for index in STATED}:
    raise AssertionError("every part that a leaver may leave open needs its words")

PAIR_COLUMNS = (
    "leaver",
    "mentor",
    "score",
    *PART_NAMES,
    "not_counted",
    *(f"reason_{number}" for number in range(1, REASONS + 1)),
    "prison_visits",
    "to_weigh",
    "standby",
)
"""One row per pair; the parts are in points and add up to the score.

`not_counted` names the parts in which the leaver ticked or wished nothing:
their weight went to the others.
"""

WHY_COLUMNS = ("leaver", "mentor", "what", "sentence")
"""One row per sentence: of each pair, and of everyone who has none."""


@dataclass(frozen=True)
class ExplainedPair:
    """One pair of the plan in words; `parts` in thousandths of a point, all seven."""

    leaver: str
    mentor: str
    parts: tuple[int, ...]
    not_counted: tuple[Part, ...]
    reasons: tuple[str, ...]
    weighed: tuple[str, ...]
    prison_visits: bool
    standby: str

    @property
    def counted_parts(self) -> dict[str, int]:
        """Return the parts that count, in thousandths of a point, by name.

        The own say counts where the leaver chose this mentor, and is told of nobody else.
        """
        apart = {*self.not_counted} if self.parts[-1] else {*self.not_counted, OWN_SAY}
        parts = zip(PARTS, self.parts, strict=True)
        return {part.name: points for part, points in parts if part not in apart}

    @property
    def left_out(self) -> list[str]:
        """Return the sentence that says which parts do not count, if any do not."""
        if not self.not_counted:
            return []
        said = [NOT_SAID[part.name] for part in self.not_counted]
        open_ones = listed(said, most=len(WEIGHED_PARTS))
        return [f"Not counted, since the leaver did not say: {open_ones}."]

    @property
    def row(self) -> list[str]:
        """Return the pair as a row of `PAIR_COLUMNS`."""
        reasons = [*self.reasons, *[""] * (REASONS - len(self.reasons))]
        return [
            self.leaver,
            self.mentor,
            in_points(sum(self.parts)),
            *map(in_points, self.parts),
            " ".join(part.name for part in self.not_counted),
            *reasons,
            "yes" if self.prison_visits else "no",
            " ".join(self.weighed),
            self.standby,
        ]


@dataclass(frozen=True, eq=False)
class ExplainedPlan:
    """A whole plan in words."""

    plan: WholePlan

    @cached_property
    def pairs(self) -> list[ExplainedPair]:
        """Return every pair explained, in the order of the leavers' codes."""
        mentors = self.plan.mentors
        second = {int(row): mentors[column].code for row, column in self.plan.standbys}
        rows, columns = self.plan.plan.pairs.T
        visits = may_visit(self.plan.leaver_columns, self.plan.mentor_columns, rows, columns)
        return [
            self._explained(int(row), int(column), bool(visit), second.get(int(row), ""))
            for row, column, visit in zip(rows, columns, visits, strict=True)
        ]

    @cached_property
    def without_mentor(self) -> list[InTheWay]:
        """Return what stands in the way of each leaver without a mentor."""
        return in_the_way(self.plan)

    @cached_property
    def without_leaver(self) -> list[tuple[str, str]]:
        """Return the code of each mentor without a pair, and why."""
        return [(self.plan.mentors[row].code, why) for row, why in idle_mentors(self.plan)]

    def why_rows(self) -> Iterator[list[str]]:
        """Yield the rows of `WHY_COLUMNS`: the pairs first, then those without a mentor."""
        for pair in self.pairs:
            told = (
                ("reason", pair.reasons),
                ("not counted", pair.left_out),
                ("to weigh", pair.weighed),
            )
            for what, sentences in told:
                yield from ([pair.leaver, pair.mentor, what, text] for text in sentences)
        for found in self.without_mentor:
            code = self.plan.leavers[found.leaver].code
            yield from ([code, "", "in the way", sentence] for sentence in found.sentences)
        yield from (["", code, "no pair", sentence] for code, sentence in self.without_leaver)

    def _explained(self, row: int, column: int, visit: bool, standby: str) -> ExplainedPair:
        pair = PairOfProfiles(
            self.plan.leavers[row],
            self.plan.mentors[column],
            self.plan.leaver_columns.conditions,
            visit,
        )
        return explained(pair, self.plan.scores, row, column, standby)


def explained(
    pair: PairOfProfiles, scores: Scores, row: int, column: int, standby: str = ""
) -> ExplainedPair:
    """Return one scored pair in words; `row` and `column` are its two people in the scores."""
    parts = tuple(int(part) for part in scores.of_pair(row, column))
    return ExplainedPair(
        leaver=pair.leaver.code,
        mentor=pair.mentor.code,
        parts=parts,
        not_counted=tuple(
            part
            for part, left_out in zip(WEIGHED_PARTS, scores.left_out[row], strict=True)
            if left_out
        ),
        reasons=tuple(strongest_parts(pair, parts, REASONS)),
        weighed=tuple(to_weigh(pair)),
        prison_visits=pair.may_visit,
        standby=standby,
    )


def in_points(thousandths: int) -> str:
    """Return thousandths of a point as points with three decimals, exactly."""
    return f"{thousandths // 1000}.{thousandths % 1000:03d}"
