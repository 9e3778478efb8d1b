"""Two processes side by side: told when they answer, and both gone at the end."""

import os
import signal
import socket
import threading

import pytest

from web.demo import supervisor

SERVER = """
import os
from http.server import BaseHTTPRequestHandler, HTTPServer
class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok")
    def log_message(self, *told):
        pass
host, port = os.environ["GATEMATE_BIND"].split(":")
print(os.getpid(), flush=True)
HTTPServer((host, int(port)), Answer).serve_forever()
"""
SLEEPER = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
QUITTER = "raise SystemExit(3)"


def commands(clock: str) -> dict[str, tuple[str, ...]]:
    return {"server": ("-c", SERVER), "clock": ("-c", clock)}


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_both_run_until_someone_stops_them_and_then_both_are_gone(number, tmp_path):
    log, told = tmp_path / "log", []

    def tell() -> None:
        told.append("answered")
        threading.Timer(0.2, os.kill, (os.getpid(), number)).start()

    ended = supervisor.run(
        {}, supervisor.free_port(18400), log, tell=tell, commands=commands(SLEEPER)
    )

    pids = [int(line) for line in log.read_text().split() if line.isdigit()]
    assert (ended, told) == (supervisor.STOPPED, ["answered"])
    assert len(pids) == 2
    assert not any(is_there(pid) for pid in pids)


def test_when_one_ends_by_itself_the_other_is_ended_too_and_it_is_said(tmp_path):
    ended = supervisor.run(
        {},
        supervisor.free_port(18440),
        tmp_path / "log",
        tell=lambda: None,
        commands=commands(QUITTER),
    )

    assert ended == "The clock ended by itself (exit code 3)."


def test_a_port_in_use_gives_way_to_the_next_free_one():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        found = supervisor.free_port(port)

    assert found > port
