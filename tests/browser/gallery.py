"""Pictures of every page in every state, and the table of what axe-core said of each.

    make screens

The browser's tests keep a picture of each page the first time that they see it made of these
parts, at each size of screen, with the number of violations that axe-core found. Here they are put
into docs/screens, at most `OF_A_PAGE` of a page at a size, and told of in docs/screens.md.
"""

import base64
import json
import re
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from playwright.sync_api import Page

SHOTS = "GATEMATE_SCREENSHOTS"
"""The variable that names a folder for a picture of every page; without it none is kept."""

OF_A_PAGE = 1
"""Pictures of one page at one size: of its fullest state; axe looks at all of them."""

SCALES = {"320": 1.0, "1280": 0.6}
QUALITY = 25
TALLEST = 3_000
"""Pixels of the screen: what stands below is not in the picture."""

DOCS = Path(__file__).parents[2] / "docs"
DESKS = {
    "Peer": "/council",
    "Liaison": "/liaison",
    "Mentor": "/mentor",
    "Manager": "/manager",
    "Administrator": "/administrator",
    "Everybody": "/",
}
HEAD = """# Every page, as it looks, and what axe-core says of it

`make screens` lets the browser's tests keep a picture of every page that they see, on a phone of
320 pixels and on a screen of 1280, and asks axe-core about it at both sizes. Each time that a page
is made of other parts, which is another state of it, both are done again. A page stands once in
this table for all that it is asked about; the pictures are of its fullest state.

{pages:,} pages were looked at {states:,} times in all; axe-core found {violations:,} violations.
"""


@dataclass(frozen=True)
class Look:
    """One state of a page at one size, and the picture of it."""

    place: str
    size: str
    violations: int
    picture: str


def keep_picture(
    folder: Path, page: Page, size: str, seen: tuple[str, str], violations: int
) -> None:
    """Keep a picture of what the page shows, and a line that tells of it."""
    place, _parts = seen
    name = sha256("\0".join((size, *seen)).encode()).hexdigest()[:16]
    height = page.locator("html").evaluate("page => page.scrollHeight")
    clip = {"x": 0, "y": 0, "width": int(size), "height": min(height, TALLEST)}
    told = {"format": "webp", "quality": QUALITY, "captureBeyondViewport": True}
    session = page.context.new_cdp_session(page)
    taken = session.send("Page.captureScreenshot", told | {"clip": clip | {"scale": SCALES[size]}})
    session.detach()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.webp").write_bytes(base64.b64decode(taken["data"]))
    look = Look(place, size, violations, f"{name}.webp")
    (folder / f"{name}.json").write_text(json.dumps(asdict(look)))


def looks_in(folder: Path) -> list[Look]:
    """Return all that was kept in a folder, the oldest first."""
    kept = sorted(folder.glob("*.json"), key=lambda path: (path.stat().st_mtime_ns, path.name))
    return [Look(**json.loads(path.read_text())) for path in kept]


def desk_of(place: str) -> str:
    """Return whose page it is, by its address."""
    return next(name for name, start in DESKS.items() if place.startswith(start))


def hang(folder: Path, looks: Iterable[Look], docs: Path) -> str:
    """Put the pictures into docs/screens, and return the page that shows them."""
    pages: defaultdict[str, list[Look]] = defaultdict(list)
    for look in looks:
        pages[look.place].append(look)
    lines = [
        HEAD.format(
            pages=len(pages),
            states=sum(map(len, pages.values())),
            violations=sum(look.violations for one in pages.values() for look in one),
        )
    ]
    for desk in DESKS:
        own = {place: one for place, one in sorted(pages.items()) if desk_of(place) == desk}
        if own:
            lines += [f"## {desk}", "", "| Page | Looks | Violations | 320 | 1280 |"]
            lines += ["|---|---|---|---|---|"]
            lines += [_row(folder, place, one, docs) for place, one in own.items()] + [""]
    return "\n".join(lines)


def _row(folder: Path, place: str, looks: list[Look], docs: Path) -> str:
    cells = []
    for size in SCALES:
        own = [look for look in looks if look.size == size]
        shown = sorted(own, key=lambda look: -_bytes(folder, look))[:OF_A_PAGE]
        links = [
            f"[{number}]({_copied(folder, look, number, docs)})"
            for number, look in enumerate(shown, start=1)
        ]
        cells.append(" ".join(links) or "none")
    violations = sum(look.violations for look in looks)
    return f"| `{place}` | {len(looks)} | {violations} | {' | '.join(cells)} |"


def _bytes(folder: Path, look: Look) -> int:
    """Return how much there is to see in a picture, by the bytes it takes."""
    return (folder / look.picture).stat().st_size


def _copied(folder: Path, look: Look, number: int, docs: Path) -> str:
    """Copy one picture, and return where it lies beside docs/screens.md."""
    name = re.sub(r"\W+", "-", look.place).strip("-") or "home"
    place = Path("screens") / desk_of(look.place).lower() / f"{name}-{look.size}-{number}.webp"
    (docs / place).parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(folder / look.picture, docs / place)
    return str(place)


def main(folder: Path) -> None:
    """Make docs/screens and docs/screens.md anew from a folder of pictures."""
    for desk in DESKS:
        shutil.rmtree(DOCS / "screens" / desk.lower(), ignore_errors=True)
    text = hang(folder, looks_in(folder), DOCS)
    (DOCS / "screens.md").write_text(text.rstrip() + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
