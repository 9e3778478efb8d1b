"""What is no valid HTML is found."""

import pytest

from tests.valid_html import faults_of

PAGE = (
    "<!DOCTYPE html><html lang=en><head><title>A</title></head><body><main>{}</main></body></html>"
)


def test_a_valid_page_has_no_fault():
    text = '<h1 id="top">Today</h1><h2>Next</h2><p><label for="a">A</label><input id="a"></p>'

    assert faults_of(PAGE.format(text)) == []


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ("<h1>Today</h1><p>One<div>Two</div></p>", "unexpected-end-tag"),
        ("<h1>Today</h1><ul><li>One</ul></div>", "div"),
        ('<h1 id="a">Today</h1><p id="a">One</p>', "id 'a' stands 2 times"),
        ('<h1>Today</h1><label for="b">B</label>', "label says for=b"),
        ("<h1>Today</h1><button><a href='/'>One</a></button>", "a inside button"),
        ("<h1>Today</h1><p style='color: red'>One</p>", "p has style"),
        ("<h1>Today</h1><img src='a.png'>", "img without alt"),
        ("<h2>Today</h2>", "0 headings of level 1"),
        ("<h1>Today</h1><h3>One</h3>", "h3 follows h1"),
    ],
)
def test_what_is_wrong_with_a_page_is_named(wrong, fault):
    assert any(fault in one for one in faults_of(PAGE.format(wrong)))
