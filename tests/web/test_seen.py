"""What the log is told of signing in and of what was refused: never a name or an address."""

import io
import json
import logging

import pytest
from sqlalchemy.exc import IntegrityError

from matcher.log_lines import KnownLines
from models.states import Role
from tests.web.desks import PASSWORD, Desks

CANARY = "Dai Canary"


@pytest.fixture
def lines():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(KnownLines())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def told(stream):
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    return [line for line in lines if line["what"] == "seen: %s"]


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_signing_in_and_failing_to_are_told_without_a_name(desks, lines):
    """ASVS 16.3.1, 16.2.5."""
    account = desks.account(Role.LIAISON, email="canary@example.org")
    form = {"sign_in_name": "canary@example.org", "password": f"not {PASSWORD}"}
    desks.app.test_client().post("/sign-in", data=form | {"one_time_code": "000000"})
    right = {"password": PASSWORD, "one_time_code": desks.code(account)}
    desks.app.test_client().post("/sign-in", data=form | right)

    events = [(line["event"], line["level"]) for line in told(lines)]

    assert events == [("sign-in refused", "WARNING"), ("signed in", "INFO")]
    assert len({line["origin"] for line in told(lines)}) == 1
    for canary in ("canary", PASSWORD, "127.0.0.1"):
        assert canary not in lines.getvalue()


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_what_was_refused_is_told_with_who_asked_by_number(desks, lines):
    """ASVS 16.3.2, 16.3.3."""
    account = desks.account(Role.PEER)
    desks.browser(account).get(f"/manager/?q={CANARY}")

    [line] = told(lines)

    assert (line["endpoint"], line["account"]) == ("manager.today", str(account.id))
    assert CANARY not in lines.getvalue()


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_an_error_of_ours_tells_its_kind_and_place_and_never_what_it_says(engine, lines):
    """ASVS 16.5.1, 16.3.4, 16.5.3."""
    site = Desks(engine, TESTING=False)

    def fails():
        raise ValueError(CANARY) from IntegrityError(CANARY, {"name": CANARY}, Exception(CANARY))

    site.app.view_functions["sign_in.home"] = fails

    answer = site.app.test_client().get("/")

    assert answer.status_code == 500
    assert CANARY not in answer.text
    assert "Traceback" not in answer.text
    assert CANARY not in lines.getvalue()
    assert '"error": "ValueError at test_seen.py:' in lines.getvalue()
