"""A receipt on its way to a browser: a file to save, which nothing in it can make a page."""

from __future__ import annotations

from flask import Response

from models.expenses import Receipt

LOCKED = "sandbox; default-src 'none'; frame-ancestors 'none'"


def served(receipt: Receipt) -> Response:
    """Return the answer that hands out a receipt; its name tells nothing of anybody."""
    answer = Response(receipt.content, mimetype=receipt.kind.value)
    answer.headers["Content-Disposition"] = f'attachment; filename="receipt.{receipt.kind.ending}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = LOCKED
    return answer
