"""Where the bars and tiles of a picture stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.desks.picture_parts import Column, Drawing, Line, Look, Part, Way
from models.vocabulary import Region
from web.charts import (
    PLACES,
    TILE_HEIGHT,
    TILE_WIDTH,
    WIDTH,
    bar_chart,
    marks_of,
    tile_map,
    width_of,
)

COLUMNS = (Column("Covered"), Column("Not covered"), Column("Share", "%"))
names = st.text("abc XYZ&", min_size=1, max_size=30)
cells = st.one_of(st.none(), st.integers(0, 100_000))
lines = st.lists(st.builds(Line, names, names, st.tuples(cells, cells, cells)), max_size=30)
drawings = st.builds(
    Drawing,
    st.just("Who leaves"),
    st.sampled_from([(0,), (1,), (0, 1), (0, 1, 2), (2,)]),
    way=st.sampled_from([Way.END_TO_END, Way.FROM_THE_START]),
    most=st.sampled_from([None, 100]),
)


def a_part(*told, missing="None"):
    return Part("By week", "Week", COLUMNS, tuple(told), (), missing)


def test_a_wide_name_beside_a_bar_is_given_its_room():
    # W is 15.1 units wide and F 9.8, in Arial at 16.
    assert width_of("WF") >= 15.1 + 9.8


@given(lines, drawings)
def test_no_bar_and_no_figure_stands_outside_the_picture(rows, drawing):
    chart = bar_chart(a_part(*rows), drawing)

    for bar in chart.bars:
        assert all(chart.left <= mark.x for mark in bar.marks)
        assert all(mark.x + mark.width < WIDTH for mark in bar.marks)
        assert 0 <= chart.top <= bar.y <= chart.height - 18
        if len(bar.text) <= 12:
            assert bar.text_x + width_of(bar.text) <= WIDTH + 0.1


@given(lines, drawings)
def test_bars_are_as_long_as_their_figures_and_the_marks_of_one_touch(rows, drawing):
    chart = bar_chart(a_part(*rows), drawing)

    adds = sum if drawing.way is Way.END_TO_END else max
    lengths = [adds([line.figures[at] or 0 for at in drawing.columns]) for line in rows]
    drawn = [sum(mark.width for mark in bar.marks) for bar in chart.bars]
    most = max([*lengths, drawing.most or 1, 1])
    longest = max(drawn, default=0) * most / max([*lengths, 1])
    for length, width in zip(lengths, drawn, strict=True):
        assert width == pytest.approx(length * longest / most, abs=0.3)
    for bar in chart.bars:
        for one, following in zip(bar.marks, bar.marks[1:], strict=False):
            assert following.x == pytest.approx(one.x + one.width, abs=0.01)


def test_figures_told_from_the_start_are_drawn_as_what_each_adds():
    drawing = Drawing("Days", (0, 1), way=Way.FROM_THE_START)

    marks = marks_of([30, 50], drawing, 100, 2)

    assert [(mark.x, mark.width, mark.look) for mark in marks] == [
        (100, 60, Look.SOLID),
        (160, 40, Look.STRIPES),
    ]


def test_a_bar_says_its_figures_and_one_without_any_says_so():
    lines = [Line("One", "One", (2, 3, None)), Line("Two", "Two", (None,) * 3)]

    chart = bar_chart(a_part(*lines, missing="Hidden"), Drawing("Who leaves", (0, 1)))

    assert [bar.text for bar in chart.bars] == ["2 + 3", "Hidden"]
    assert [key.name for key in chart.key] == ["Covered", "Not covered"]
    assert chart.says == (
        "2 bars: covered and not covered. The most is One: covered 2, not covered 3. "
        "The table has every figure."
    )


def test_long_names_stand_above_their_bars_and_short_ones_beside_them():
    short, long = Line("Leeds", "Leeds", (1,) * 3), Line("x", "HMP & YOI Askham Grange", (1,) * 3)

    beside, above = (bar_chart(a_part(one), Drawing("A", (0,))) for one in (short, long))

    assert beside.bars[0].name_y > beside.bars[0].y
    assert above.bars[0].name_y < above.bars[0].y
    assert above.left < beside.left


def test_no_two_tiles_overlap_and_every_region_has_one():
    lines = [Line(one.label, one.label, (20, 15, 5), one) for one in Region]
    drawing = Drawing("Places", (0, 1), way=Way.TILES, own=Region.WALES)

    chart = tile_map(a_part(*lines), drawing)

    corners = {(tile.x, tile.y) for tile in chart.tiles}
    assert PLACES.keys() == set(Region)
    assert len(corners) == len(Region)
    for x, y in corners:
        assert 0 <= x <= WIDTH - TILE_WIDTH + 2
        assert 0 <= y <= chart.height - TILE_HEIGHT
        assert not any(0 < abs(x - other) < TILE_WIDTH for other, at in corners if at == y)
    assert [tile.names[0] for tile in chart.tiles if tile.is_own] == ["Wales"]


def test_a_tile_is_filled_as_far_as_its_places_are_taken_and_a_hidden_one_not_at_all():
    half = Line("Wales", "Wales", (20, 10, None), Region.WALES)
    hidden = Line("London", "London", (None,) * 3, Region.LONDON)
    drawing = Drawing("Places", (0, 1), way=Way.TILES)

    chart = tile_map(a_part(half, hidden, missing="Hidden"), drawing)

    assert [tile.text for tile in chart.tiles] == ["10 of 20", "Hidden"]
    assert [tile.filled for tile in chart.tiles] == [pytest.approx(37.5), 0]
