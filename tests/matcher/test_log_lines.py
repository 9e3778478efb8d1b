"""The log holds what is on its list and nothing else, whatever is thrown at it."""

import io
import json
import logging

import pytest

from matcher.log_lines import KNOWN, NOT_LISTED, KnownLines, for_gunicorn

CANARY = "Dai Canary 07700 900123"


@pytest.fixture
def lines():
    """Everything that any logger writes meanwhile, as the log has it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(KnownLines())
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def told(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_on_the_list_is_told_with_its_values_by_name(lines):
    """ASVS 16.2.1, 16.2.2, 16.2.4."""
    logging.getLogger("gatemate.clock").info("%s: %s", "plan", "12 pairs proposed")

    [line] = told(lines)

    assert line.pop("at").endswith("+00:00")
    assert line == {
        "level": "INFO",
        "logger": "gatemate.clock",
        "what": "%s: %s",
        "job": "plan",
        "sentence": "12 pairs proposed",
    }


def test_a_canary_in_a_line_an_argument_an_extra_or_an_error_is_not_in_the_log(lines):
    """ASVS 16.2.5, 16.3.4."""
    log = logging.getLogger("gatemate.clock")
    pasted = f"clock: {CANARY}"
    log.info(pasted)
    log.info("about %s", CANARY)
    log.info("clock: started", extra={"name_of_leaver": CANARY})
    logging.getLogger("sqlalchemy.engine").warning("%s: %s", "INSERT", CANARY)
    try:
        raise ValueError(CANARY)
    except ValueError:
        log.exception("clock: stopped")

    assert CANARY not in lines.getvalue()
    assert [line["what"] for line in told(lines)] == [
        NOT_LISTED,
        NOT_LISTED,
        "clock: started",
        NOT_LISTED,
        "clock: stopped",
    ]
    assert told(lines)[-1]["error"].startswith("ValueError at test_log_lines.py:")


def test_a_value_cannot_begin_a_line_of_its_own(lines):
    """ASVS 16.4.1."""
    logging.getLogger("gatemate.post").warning("post: %s works again", 'mail\n{"level": "INFO"}\r')

    [line] = lines.getvalue().splitlines()

    assert json.loads(line)["channel"] == 'mail\n{"level": "INFO"}\r'


def test_a_value_is_cut_off_where_it_grows_too_long(lines):
    logging.getLogger("gatemate.post").warning("post: %s works again", "x" * 100_000)

    assert len(lines.getvalue()) < 1000


def test_every_pattern_has_a_name_for_each_of_its_values():
    for pattern, names in KNOWN.items():
        assert pattern.count("%") <= len(names)


def test_the_server_writes_all_its_lines_so_and_no_addresses_of_pages():
    """ASVS 14.2.1, 16.2.3."""
    told_gunicorn = for_gunicorn()

    assert {one["formatter"] for one in told_gunicorn["handlers"].values()} == {"known"}
    assert told_gunicorn["loggers"]["gunicorn.access"]["handlers"] == []
