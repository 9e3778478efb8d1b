"""Where everything of a picture stands: figures in, positions out, and nothing else.

A picture is 320 units wide and as high as it needs, so that on a small phone
a unit is about a pixel and every letter can be read. All bars of a picture
share one scale; none is longer than there is room for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from matcher.desks.picture_parts import Cell, Drawing, Line, Look, Part, Way, text_of
from models.vocabulary import Region

WIDTH = 320
LETTER, CAPITAL, WIDEST = 8.2, 11.2, 15.2
"""So wide is a letter, a large one, or one of M, W and %, in the size of the pictures."""

GAP = 6
KEY_LINE = 22
BAR = 18
LINE = 27
LINE_BELOW_NAME = 44
LONGEST_BESIDE = 12
"""Names of more letters stand above their bar."""

TILE_WIDTH, TILE_HEIGHT, BETWEEN = 77, 78, 4
PLACES: Mapping[Region, tuple[int, int, str, str]] = {
    Region.NORTH_EAST: (2, 0, "North", "East"),
    Region.NORTH_WEST: (1, 1, "North", "West"),
    Region.YORKSHIRE: (2, 1, "Yorkshire,", "Humber"),
    Region.GREATER_MANCHESTER: (1, 2, "Greater", "Manchester"),
    Region.EAST_MIDLANDS: (2, 2, "East", "Midlands"),
    Region.WALES: (0, 3, "Wales", ""),
    Region.WEST_MIDLANDS: (1, 3, "West", "Midlands"),
    Region.EAST_OF_ENGLAND: (2, 3, "East of", "England"),
    Region.SOUTH_WEST: (0, 4, "South", "West"),
    Region.SOUTH_CENTRAL: (1, 4, "South", "Central"),
    Region.LONDON: (2, 4, "London", ""),
    Region.KENT_SURREY_SUSSEX: (3, 4, "Kent Surrey", "Sussex"),
}
"""Where the tile of each region stands, counted from the north west, and its name on two lines."""


@dataclass(frozen=True)
class Mark:
    """A filled rectangle: its left edge and its width; the bar says where it is."""

    x: float
    width: float
    look: Look


@dataclass(frozen=True)
class Bar:
    """One line of a picture: its name, its marks from left to right, its figures at the end."""

    name: str
    name_y: float
    marks: tuple[Mark, ...]
    y: float
    text: str
    text_x: float


@dataclass(frozen=True)
class KeyLine:
    """What one way of filling in means."""

    name: str
    look: Look
    y: float


@dataclass(frozen=True)
class BarChart:
    """A picture of bars, which begin at `left`."""

    title: str
    says: str
    height: float
    left: float
    top: float
    key: tuple[KeyLine, ...]
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Tile:
    """One region: where it stands, its name, its figures, and how far it is filled in."""

    x: float
    y: float
    names: tuple[str, str]
    text: str
    filled: float
    is_own: bool


@dataclass(frozen=True)
class TileMap:
    """The regions as tiles, about where they lie."""

    title: str
    says: str
    height: float
    tiles: tuple[Tile, ...]


def charts_of(part: Part) -> list[BarChart | TileMap]:
    """Return the pictures of a table of figures, in their order."""
    return [
        tile_map(part, one) if one.way is Way.TILES else bar_chart(part, one)
        for one in part.drawings
    ]


def bar_chart(part: Part, drawing: Drawing) -> BarChart:
    """Return a picture of bars, one for each line of the table."""
    names = [line.short for line in part.lines]
    is_beside = max(map(len, names), default=0) <= LONGEST_BESIDE
    left = round(max(map(width_of, names), default=0)) + GAP if is_beside else 1
    texts = [_text(part, drawing, line) for line in part.lines]
    room = WIDTH - left - GAP - max(map(width_of, texts), default=0)
    key = tuple(_key(part, drawing))
    top = len(key) * KEY_LINE + (GAP if key else 0)
    scale = scale_of(part, drawing, room)
    step = LINE if is_beside else LINE_BELOW_NAME
    bars = []
    for at, (line, text) in enumerate(zip(part.lines, texts, strict=True)):
        y = top + at * step + (GAP if is_beside else step - BAR - GAP)
        marks = marks_of(_figures(drawing, line), drawing, left, scale)
        end = max((mark.x + mark.width for mark in marks), default=left)
        name_y = y + BAR - 4 if is_beside else y - GAP
        bars.append(Bar(line.short, name_y, marks, y, text, round(end + GAP, 1)))
    height = top + len(bars) * step + GAP
    return BarChart(drawing.title, described(part, drawing), height, left, top, key, tuple(bars))


def width_of(text: str) -> float:
    """Return how wide a text is at most."""
    widest = sum(letter in "MW%" for letter in text)
    capitals = sum(letter.isupper() or letter in "&+" for letter in text if letter not in "MW%")
    return widest * WIDEST + capitals * CAPITAL + (len(text) - widest - capitals) * LETTER


def scale_of(part: Part, drawing: Drawing, room: float) -> float:
    """Return how many units one person or day is wide, so that the longest bar has room."""
    longest = max((_length(drawing, line) for line in part.lines), default=0)
    return room / max(drawing.most or 0, longest, 1)


def marks_of(
    figures: Sequence[int], drawing: Drawing, left: float, scale: float
) -> tuple[Mark, ...]:
    """Return the marks of one bar: each begins where the one before it ends.

    Figures that are told from the start are drawn as what each adds to the one before.
    """
    ends, so_far = [0], 0
    for figure in figures:
        so_far = max(so_far, figure) if drawing.way is Way.FROM_THE_START else so_far + figure
        ends.append(so_far)
    edges = [round(left + end * scale, 1) for end in ends]
    return tuple(
        Mark(start, round(end - start, 1), look)
        for start, end, look in zip(edges, edges[1:], drawing.looks, strict=False)
        if end > start
    )


def tile_map(part: Part, drawing: Drawing) -> TileMap:
    """Return the regions as tiles; a tile is filled in as far as its places are taken."""
    tiles = tuple(_tile(part, drawing, line) for line in part.lines if line.region)
    height = max(tile.y for tile in tiles) + TILE_HEIGHT + BETWEEN
    return TileMap(drawing.title, described(part, drawing), height, tiles)


def _tile(part: Part, drawing: Drawing, line: Line) -> Tile:
    if line.region is None:
        raise ValueError("a tile is of a region")
    column, row, *names = PLACES[line.region]
    places, taken = (line.figures[at] for at in drawing.columns)
    is_told = places is not None and taken is not None
    return Tile(
        x=column * (TILE_WIDTH + BETWEEN) + 1,
        y=row * (TILE_HEIGHT + BETWEEN) + 1,
        names=(names[0], names[1]),
        text=f"{taken:,} of {places:,}" if is_told else part.missing,
        filled=round((TILE_WIDTH - 2) * (taken or 0) / max(places or 0, 1), 1) if is_told else 0,
        is_own=line.region is drawing.own,
    )


def described(part: Part, drawing: Drawing) -> str:
    """Say in words what a picture shows: how much there is of it, and where it is most."""
    count = f"{len(part.lines)} {'tiles' if drawing.way is Way.TILES else 'bars'}"
    kinds = " and ".join(part.columns[at].name.lower() for at in drawing.columns)
    told = [line for line in part.lines if any(_figures(drawing, line))]
    if not told:
        return f"{count}: {kinds}. There is nothing in any of them."
    longest = max(told, key=lambda line: _length(drawing, line))
    figures = ", ".join(
        f"{part.columns[at].name.lower()} {_said(part, line=longest, at=at)}"
        for at in drawing.columns
    )
    return f"{count}: {kinds}. The most is {longest.name}: {figures}. The table has every figure."


def _key(part: Part, drawing: Drawing) -> Iterator[KeyLine]:
    """Yield what each way of filling in means; one alone needs no telling."""
    if len(drawing.columns) > 1:
        for at, (column, look) in enumerate(zip(drawing.columns, drawing.looks, strict=False)):
            yield KeyLine(part.columns[column].name, look, at * KEY_LINE)


def _figures(drawing: Drawing, line: Line) -> list[int]:
    return [line.figures[at] or 0 for at in drawing.columns]


def _length(drawing: Drawing, line: Line) -> int:
    figures = _figures(drawing, line)
    return sum(figures) if drawing.way is Way.END_TO_END else max(figures, default=0)


def _text(part: Part, drawing: Drawing, line: Line) -> str:
    figures: list[Cell] = [line.figures[at] for at in drawing.columns]
    if all(figure is None for figure in figures):
        return part.missing
    if not any(figures):
        return "0"
    between = " + " if drawing.way is Way.END_TO_END else ", "
    return between.join(_said(part, line=line, at=at) for at in drawing.columns)


def _said(part: Part, *, line: Line, at: int) -> str:
    return text_of(line.figures[at], part.columns[at], part.missing)
