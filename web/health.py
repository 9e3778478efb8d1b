"""The page for whoever watches over the service."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from models.database import answers
from web.surroundings import surroundings

pages = Blueprint("health", __name__)


@pages.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Say `ok` to whoever watches over the service, or 503 when the database does not answer."""
    plain_text = {"Content-Type": "text/plain; charset=utf-8"}
    if not answers(surroundings().engine):
        return "The database does not answer.\n", 503, plain_text
    return "ok\n", 200, plain_text
