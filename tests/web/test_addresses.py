"""What stands in an address: whose thing, by a random id, and which page of a list; no more."""

import ast
import re
from pathlib import Path

from werkzeug.routing import IntegerConverter, PathConverter, UUIDConverter

from matcher.invitations import invite
from models.states import Role
from tests.web.desks import PASSWORD

WEB = Path(__file__).parents[2] / "web"
WORDS = {
    "name": "which part of a form, which event, which list or which picture",
    "step": "which tap of the gate day",
    "role": "which desk somebody is invited to",
    "number": "which letter of the demo, or which table of a picture",
    "filename": "which of our own files",
    "sheet_name": "which printed letter, of a closed list",
    "token": "what a calendar follows without signing in: in no log, and opening times alone",
}
"""What an address may hold beside ids; none of it is typed by a person."""

ASKED = {"look", "page", "show", "kind", "state", "within", "lose", "find"}
"""What a query may say: a number, an id, a word of ours, or a search that is sealed."""

CHECKED = re.compile(
    r"type=int|, int\)|, UUID\)|== request\.args|\) == \"(?:identity|to-do)\""
    r"|    find = request\.args\.get\(\"find\","
)
"""How a query is read. Of a search nothing is used before its seal is opened: see
`test_manager_finding.py`."""


def test_an_address_holds_ids_numbers_and_words_of_ours_alone(desks):
    """ASVS 14.2.1."""
    found = {
        (name, type(rule._converters[name]))
        for rule in desks.app.url_map.iter_rules()
        for name in rule.arguments
    }

    assert found
    for name, converter in found:
        if converter is UUIDConverter:
            assert name.endswith("_id")
        else:
            assert name in WORDS, name
    assert {name for name, kind in found if kind is PathConverter} == {"filename"}
    assert {name for name, kind in found if kind is IntegerConverter} <= {"number"}


def test_a_query_holds_a_number_or_a_word_of_ours_and_is_read_in_no_other_way():
    """ASVS 14.2.1."""
    asked = set()
    for place in WEB.rglob("*.py"):
        text = place.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Attribute) and node.attr in {"args", "values", "query_string"}:
                if ast.unparse(node.value) != "request":
                    continue
                line = text.splitlines()[node.lineno - 1]
                if node.attr == "query_string":
                    assert place.name == "guard.py", line
                    continue
                [name] = re.findall(r"request\.args\.get\(\"(\w+)\"", line)
                assert node.attr == "args", line
                assert CHECKED.search(line), line
                asked.add(name)
    assert asked == ASKED


def test_a_form_whose_fields_go_into_the_address_asks_only_for_words_of_ours():
    """ASVS 14.2.1."""
    pages = {place: place.read_text(encoding="utf-8") for place in (WEB / "templates").rglob("*")
             if place.suffix == ".html"}  # fmt: skip
    reads = {
        place.name
        for place, text in pages.items()
        if re.search(r'method="?get', text, re.IGNORECASE)
    }
    calls = re.compile(r"call (?:filters|above)\(.*?endcall", re.DOTALL)
    filters = [one for text in pages.values() for one in calls.findall(text)]

    assert reads == {"forms.html"}
    assert len(filters) > 6
    for inside in filters:
        assert set(re.findall(r"form\.(\w+)\(", inside)) <= ASKED
        assert "<input" not in inside


def test_no_code_and_no_password_comes_into_an_address_on_the_way_in(desks):
    """ASVS 14.2.1."""
    with desks.session() as db:
        _, code = invite(db, None, Role.LIAISON, now=desks.now, name="Lee", prison="LEI")
        db.commit()
    browser = desks.browser()

    typed = browser.post("/invitation/", data={"code": code})
    linked = browser.get(f"/invitation/{code}")
    refused = browser.post("/sign-in", data={"sign_in_name": "lee", "password": PASSWORD})

    assert typed.location == "/invitation/account"
    assert linked.status_code == 404
    assert refused.location is None
    assert code not in refused.text + browser.get("/invitation/account").text
