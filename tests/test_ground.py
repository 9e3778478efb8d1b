"""The ground the other tests stand on does what it promises."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.no_way_out import LeavesTheMachineError

TREE = Path(__file__).parent.parent


@pytest.mark.parametrize("elsewhere", [("192.0.2.1", 80), ("2001:db8::1", 80), ("gov.uk", 443)])
def test_nothing_leaves_the_machine(elsewhere):
    with pytest.raises(LeavesTheMachineError):
        socket.create_connection(elsewhere, timeout=5)


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_the_machine_may_talk_to_itself(name):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        with socket.create_connection((name, port), timeout=5) as connection:
            peer = connection.getpeername()

    assert peer == ("127.0.0.1", port)


@pytest.mark.parametrize(
    "text",
    [
        "import pytest\n@pytest.mark.skip\ndef test_it(): assert 1",
        "import pytest\ndef test_it(): pytest.skip('not today')",
        "import pytest\n@pytest.mark.xfail\ndef test_it(): assert 0",
        "import pytest\npytest.importorskip('no_such_module')\ndef test_it(): assert 1",
        "",
    ],
    ids=["mark", "call", "xfail", "file", "no test at all"],
)
def test_what_is_skipped_fails_the_run(text, tmp_path):
    (tmp_path / "test_it.py").write_text(text)

    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "tests.nothing_skipped",
            "-p",
            "no:cacheprovider",
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(TREE), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0, done.stdout


def test_a_server_goes_with_the_tests_that_started_it_even_when_they_are_killed():
    script = (
        "import os, signal\n"
        "from tests.postgresql import PostgresServer\n"
        "server = PostgresServer()\n"
        "server.start()\n"
        "print(server.home, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(TREE)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    home = Path(killed.stdout.strip())

    deadline = time.monotonic() + 30
    while home.exists() and time.monotonic() < deadline:
        time.sleep(0.05)

    assert killed.returncode == -9
    assert home.name.startswith("gatemate-postgresql-")
    assert not home.exists()
