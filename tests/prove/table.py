"""The table of `docs/proof.md`: one row for each part, the others left as they are."""

from pathlib import Path

from tests.prove.parts import PARTS
from tests.prove.tally import Tally

PROOF = Path("docs", "proof.md")
HEAD = (
    "| Part | Database | How many | Lost | Duplicated | Recovered within | Invariants broken "
    "| Seed | Took |"
)
RULE = "|---|---|---|---|---|---|---|---|---|"


def row_of(tally: Tally) -> str:
    """One line: what was found, and nothing that was not measured."""
    many = f"{tally.done:,}" if tally.is_done else f"{tally.done:,} of {tally.wanted:,}"
    worst = "–" if tally.worst is None else f"{tally.worst:.1f} s"
    cells = [
        f"`{tally.part}`",
        tally.database,
        many,
        str(tally.lost),
        str(tally.duplicated),
        worst,
        str(len(tally.broken)),
        str(tally.seed),
        f"{tally.seconds / 60:.1f} minutes",
    ]
    return f"| {' | '.join(cells)} |"


def write_row(place: Path, tally: Tally) -> None:
    """Put the row of a part into the table, in the order of PARTS; a page without one gets it."""
    text = place.read_text(encoding="utf-8") if place.exists() else "# Proof\n"
    lines = text.splitlines()
    if HEAD not in lines:
        lines += ["", HEAD, RULE]
    begins = lines.index(HEAD) + 2
    ends = begins
    while ends < len(lines) and lines[ends].startswith("| `"):
        ends += 1
    rows = {row.split("`")[1]: row for row in lines[begins:ends]} | {tally.part: row_of(tally)}
    order = [name for name in (*PARTS, *rows) if name in rows]
    lines[begins:ends] = [rows[name] for name in dict.fromkeys(order)]
    place.write_text("\n".join(lines) + "\n", encoding="utf-8")
