"""Text messages leave by a gateway over HTTPS, or by GOV.UK Notify.

The gateway is handed one JSON object, {"to": "+447...", "text": "...",
"reference": Message-ID}, with a bearer token and the Message-ID as its
Idempotency-Key: one that honours it sends a message once, however often it is
asked. 2xx is a yes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from importlib import import_module
from ssl import create_default_context
from time import monotonic
from typing import Any
from urllib.parse import unquote, urlsplit

from matcher.messages import LONGEST_ANSWER, Answer, Message, Refused, too_late
from matcher.settings import SettingsError

FOR_NOW = frozenset({408, 425, 429})
"""Answers of the 400s that may pass (RFC 9110, RFC 6585, RFC 8470)."""

NOT_LET_IN = frozenset({401, 403})
"""The token is refused: no fault of the letter, and any other would fare the same."""

LONGEST_BODY = 10_000
"""Bytes of an answer that are read at most."""

NO_NOTIFY = (
    "GATEMATE_TEXTS names GOV.UK Notify, but the part for it is not installed. "
    "Run: python3 -m pip install 'gatemate[notify]'"
)


@dataclass(frozen=True)
class TextGateway:
    """Hands text messages to a gateway.

    `token` says who we are. `patience` is seconds for reaching it and for
    each step, `answer_patience` for its answer.
    """

    host: str
    port: int
    path: str
    token: str = field(default="", repr=False)
    encrypted: bool = True
    patience: float = 10
    answer_patience: float = 30

    @classmethod
    def at(cls, address: str, lease: float = 120) -> TextGateway:
        """Return the sender for an address such as https://token@texts.example.org/send."""
        parts = urlsplit(address)
        return cls(
            host=parts.hostname or "localhost",
            port=parts.port or 443,
            path=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
            token=unquote(parts.username or ""),
            patience=min(cls.patience, lease / 4),
            answer_patience=min(cls.answer_patience, lease * 0.4),
        )

    def send(self, message: Message) -> Answer:
        """Hand the message over; only a break after all of it was sent is unknown."""
        line = self._line(message)
        try:
            try:
                line.connect()
                if message.hand_over_by <= monotonic():
                    raise too_late()
                message.last_word()
                line.request("POST", self.path, _as_json(message), self._headers(message))
            except (OSError, HTTPException) as wrong:
                raise _broken(wrong) from wrong
            try:
                if line.sock is not None:
                    line.sock.settimeout(self.answer_patience)
                with line.getresponse() as came:
                    text = _body(came)
            except (OSError, HTTPException) as wrong:
                raise _broken(wrong, unknown=True) from wrong
        finally:
            line.close()
        return _answer(came.status, text.decode("utf-8", "replace"))

    def _line(self, message: Message) -> HTTPConnection:
        left = message.hand_over_by - monotonic()
        if left <= 0:
            raise too_late()
        wait = min(self.patience, left)
        if not self.encrypted:
            return HTTPConnection(self.host, self.port, timeout=wait)
        trusted = create_default_context()
        return HTTPSConnection(self.host, self.port, timeout=wait, context=trusted)

    def _headers(self, message: Message) -> dict[str, str]:
        told = {"Content-Type": "application/json", "Idempotency-Key": message.message_id}
        return told | ({"Authorization": f"Bearer {self.token}"} if self.token else {})


@dataclass(frozen=True)
class NotifySender:
    """Hands text messages to GOV.UK Notify, through its own client.

    The template has one placeholder, ((text)), and nothing else. Notify keeps
    our Message-ID as the reference, but does not drop a second message.
    """

    key: str = field(repr=False)
    template: str
    patience: float = 30

    @classmethod
    def at(cls, address: str, lease: float = 120) -> NotifySender:
        """Return the sender for notify:KEY:TEMPLATE; raise SettingsError without the client."""
        _scheme, key, template = address.split(":")
        _notify("notifications")
        return cls(key, template, patience=min(cls.patience, lease * 0.4))

    def send(self, message: Message) -> Answer:
        """Hand the message over; where no answer came at all, it is unknown."""
        if message.hand_over_by <= monotonic():
            raise too_late()
        message.last_word()
        # Made anew each time: the client is not made for several threads at once.
        client = _notify("notifications").NotificationsAPIClient(self.key, timeout=self.patience)
        try:
            taken = client.send_sms_notification(
                phone_number=message.to,
                template_id=self.template,
                personalisation={"text": message.body},
                reference=message.message_id,
            )
        except _notify("errors").HTTPError as wrong:
            if wrong.response is None:
                raise _broken(wrong, unknown=True) from wrong
            return _answer(wrong.response.status_code, str(wrong.message))
        return Answer(f"taken by Notify as {taken['id']}")


def _notify(part: str) -> Any:
    """Return a part of Notify's client, which has no types and need not be there."""
    try:
        return import_module(f"notifications_python_client.{part}")
    except ModuleNotFoundError as missing:
        raise SettingsError(NO_NOTIFY) from missing


def _as_json(message: Message) -> bytes:
    told = {"to": message.to, "text": message.body, "reference": message.message_id}
    return json.dumps(told).encode()


def _body(came: HTTPResponse) -> bytes:
    """Return what an answer says beside its status; a yes is a yes without it."""
    try:
        return came.read(LONGEST_BODY)
    except (OSError, HTTPException):
        if 200 <= came.status < 300:
            return b""
        raise


def _answer(status: int, text: str) -> Answer:
    """Return the answer that a status is, or raise the refusal that it is.

    After a 502 or 504 nobody knows if the message went on from there.
    """
    said = f"{status} {' '.join(text.split())}".strip()[:LONGEST_ANSWER]
    if 200 <= status < 300:
        return Answer(said)
    of_channel = status >= 500 or status in NOT_LET_IN or status < 200 or 300 <= status < 400
    temporary = of_channel or status in FOR_NOW
    raise Refused(said, temporary=temporary, unknown=status in {502, 504}, of_channel=of_channel)


def _broken(wrong: Exception, *, unknown: bool = False) -> Refused:
    return Refused(type(wrong).__name__, temporary=True, unknown=unknown, of_channel=True)
