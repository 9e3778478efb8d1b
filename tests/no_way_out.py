"""Tests talk to this machine alone; anything else is refused before it leaves."""

import ipaddress
import sys
from typing import Any

OUTGOING = {"socket.connect", "socket.sendto", "socket.sendmsg"}
LOOKUPS = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
_installed: list[str] = []


class LeavesTheMachineError(Exception):
    """A test tried to reach another machine; tests here never do."""


def keep_sockets_on_this_machine() -> None:
    """Refuse, for the rest of this process, every socket address but loopback and Unix sockets."""
    if not _installed:
        sys.addaudithook(_refuse)
        _installed.append("once")


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event in OUTGOING and not _stays(arguments[1]):
        raise LeavesTheMachineError(f"{event} to {arguments[1]}")
    if event in LOOKUPS and not _is_here(arguments[0]):
        raise LeavesTheMachineError(f"{event} of {arguments[0]}")


def _stays(address: object) -> bool:
    """A tuple is an internet address; anything else names a Unix socket or nothing at all."""
    return not isinstance(address, tuple) or _is_here(address[0])


def _is_here(host: object) -> bool:
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
