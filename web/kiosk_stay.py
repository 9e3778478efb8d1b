"""Whether the browser that asks is a kiosk: its stay opens the form for oneself, no more."""

from __future__ import annotations

from flask import g

from models.accounts import SignIn

OPEN = frozenset({"static", "health.healthz", "sign_in.sign_out"})
"""Pages that a kiosk opens beside its own: what every page needs, and the way out."""


def at_kiosk() -> bool:
    """Say whether this request comes from a stay that was made a kiosk."""
    stay: SignIn | None = g.get("stay")
    return g.get("account") is not None and stay is not None and stay.kiosk_since is not None
