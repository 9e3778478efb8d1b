"""What a browser says of itself, and what it holds for longer than a stay."""

from __future__ import annotations

from flask import Response, current_app, request

from matcher.devices import REMEMBERED

PROGRAMS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
MACHINES = (
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "a Mac"),
    ("CrOS", "a Chromebook"),
    ("Linux", "Linux"),
)
"""A part of the text that browsers send, and how a person calls it; the first that fits stands."""


def browser_name() -> str:
    """Return what asks, as a person would call it: "Firefox on Windows"."""
    said = request.user_agent.string
    program = next((name for part, name in PROGRAMS if part in said), "A browser")
    machine = next((name for part, name in MACHINES if part in said), "")
    return f"{program} on {machine}" if machine else program


def held_for_device() -> str:
    """Return what this browser holds of an earlier time, "" if nothing."""
    return request.cookies.get(_cookie(), "")


def hold_for_device(response: Response, token: str) -> None:
    """Let the browser hold what says that the device is remembered."""
    response.set_cookie(
        _cookie(),
        token,
        max_age=REMEMBERED,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )


def forget_on_device(response: Response) -> None:
    """Let the browser forget that it was remembered."""
    response.delete_cookie(
        _cookie(),
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )


def _cookie() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-device"
