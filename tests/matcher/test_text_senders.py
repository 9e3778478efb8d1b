"""Text messages leave by a gateway on the line, or by GOV.UK Notify where its part is there."""

import json
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from time import monotonic
from types import ModuleType, SimpleNamespace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.messages import Message, Refused
from matcher.recipients import mobile_number
from matcher.senders import FolderSender, make_senders
from matcher.settings import Settings, SettingsError
from matcher.text_senders import NotifySender, TextGateway
from models.states import Channel

LETTER = UUID("11111111-2222-3333-4444-555555555555")
MESSAGE = Message(
    letter_id=LETTER,
    attempt=1,
    channel=Channel.TEXT,
    message_id=f"<{LETTER}@example.org>",
    at=datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
    to="+447700900123",
    subject="",
    body="Gatemate: you have an appointment, Siân.",
)


class Gateway:
    """What a gateway was asked, and how it answers: a status, or "drop" or "hang" once it knows."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.answer: int | str = 202
        self.let_go = Event()
        self.port = 0


@contextmanager
def gateway() -> Iterator[Gateway]:
    told = Gateway()

    class Asked(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.asked.append((self.path, dict(self.headers), json.loads(body)))
            if told.answer == "hang":
                told.let_go.wait(30)
            if isinstance(told.answer, str):
                self.close_connection = True
                return
            self.send_response(told.answer)
            self.end_headers()
            self.wfile.write(b'{"id":\n "4711"}')

        def log_message(self, *told):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Asked)
    told.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield told
    finally:
        told.let_go.set()
        server.shutdown()
        server.server_close()
        thread.join(10)


def sender_to(port, **told):
    own = {"token": "opensesame", "encrypted": False, "patience": 5, "answer_patience": 5}
    return TextGateway("127.0.0.1", port, "/send", **own | told)


def refusal_of(sender, message=MESSAGE):
    with pytest.raises(Refused) as refused:
        sender.send(message)
    return refused.value


def test_a_message_is_handed_over_with_our_token_and_its_name():
    with gateway() as told:
        answer = sender_to(told.port).send(MESSAGE)

    [(path, headers, said)] = told.asked
    assert answer.text == '202 {"id": "4711"}'
    assert path == "/send"
    assert said == {"to": MESSAGE.to, "text": MESSAGE.body, "reference": MESSAGE.message_id}
    assert headers["Authorization"] == "Bearer opensesame"
    assert headers["Idempotency-Key"] == MESSAGE.message_id


@pytest.mark.parametrize(
    ("status", "temporary", "unknown", "of_channel"),
    [
        (400, False, False, False),
        (404, False, False, False),
        (422, False, False, False),
        (401, True, False, True),
        (403, True, False, True),
        (408, True, False, False),
        (429, True, False, False),
        (500, True, False, True),
        (503, True, False, True),
        (502, True, True, True),
        (504, True, True, True),
        (302, True, False, True),
    ],
)
def test_a_status_says_whether_to_try_again(status, temporary, unknown, of_channel):
    with gateway() as told:
        told.answer = status

        refusal = refusal_of(sender_to(told.port))

    assert refusal.text.startswith(str(status))
    assert (refusal.temporary, refusal.unknown, refusal.of_channel) == (
        temporary,
        unknown,
        of_channel,
    )


@pytest.mark.parametrize("answer", ["drop", "hang"])
def test_a_line_that_breaks_after_all_was_said_leaves_it_unknown(answer):
    with gateway() as told:
        told.answer = answer

        refusal = refusal_of(sender_to(told.port, answer_patience=0.2))

    assert (refusal.temporary, refusal.unknown) == (True, True)
    assert len(told.asked) == 1


def test_a_gateway_that_is_not_there_is_tried_again():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    refusal = refusal_of(sender_to(port))

    assert (refusal.temporary, refusal.unknown, refusal.of_channel) == (True, False, True)


def test_nothing_is_said_to_a_gateway_that_cannot_be_trusted():
    with gateway() as told:
        refusal = refusal_of(sender_to(told.port, encrypted=True, patience=1))

    assert (refusal.temporary, refusal.unknown, told.asked) == (True, False, [])


def test_a_message_that_may_be_anothers_by_now_is_not_handed_over():
    with gateway() as told:
        refusal = refusal_of(sender_to(told.port), replace(MESSAGE, hand_over_by=monotonic()))

    assert (refusal.temporary, refusal.unknown, told.asked) == (True, False, [])


def test_an_address_says_where_and_with_which_token():
    sender = TextGateway.at("https://open%40sesame@texts.example.org/v1/send?from=us", lease=3)

    told = (sender.host, sender.port, sender.path, sender.token, sender.encrypted)
    assert told == ("texts.example.org", 443, "/v1/send?from=us", "open@sesame", True)
    assert sender.patience + sender.answer_patience < 3
    assert "sesame" not in repr(sender)


class NotifyError(Exception):
    """An error of Notify's client."""

    def __init__(self, status):
        super().__init__(status)
        self.response = SimpleNamespace(status_code=status) if status else None
        self.message = "ValidationError"


@pytest.fixture
def notify(monkeypatch):
    """Notify's client as far as it is used, which keeps what it is told."""
    asked = []

    class Client:
        answer = None

        def __init__(self, key, timeout):
            asked.append({"key": key, "timeout": timeout})

        def send_sms_notification(self, **told):
            asked[-1].update(told)
            if Client.answer is not None:
                raise NotifyError(Client.answer or None)
            return {"id": "4711"}

    whole, notifications, errors = (
        ModuleType(f"notifications_python_client{part}")
        for part in ("", ".notifications", ".errors")
    )
    notifications.NotificationsAPIClient = Client
    errors.HTTPError = NotifyError
    for module in (whole, notifications, errors):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    return Client, asked


def test_notify_is_handed_the_words_under_our_reference(notify):
    _, asked = notify

    answer = NotifySender.at("notify:key-1:template-1").send(MESSAGE)

    assert answer.text == "taken by Notify as 4711"
    assert asked == [
        {
            "key": "key-1",
            "timeout": 30,
            "phone_number": "+447700900123",
            "template_id": "template-1",
            "personalisation": {"text": MESSAGE.body},
            "reference": MESSAGE.message_id,
        }
    ]


@pytest.mark.parametrize(
    ("status", "temporary", "unknown"),
    [
        (400, False, False),
        (403, True, False),
        (429, True, False),
        (500, True, False),
        (0, True, True),
    ],
)
def test_a_no_of_notify_says_whether_to_try_again(notify, status, temporary, unknown):
    client, _ = notify
    client.answer = status

    refusal = refusal_of(NotifySender.at("notify:key:template"))

    assert (refusal.temporary, refusal.unknown) == (temporary, unknown)


def test_without_its_part_notify_is_refused_in_one_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "notifications_python_client", None)

    with pytest.raises(SettingsError, match=r"pip install 'gatemate\[notify\]'"):
        make_senders(Settings(texts="notify:key:template"))


@pytest.mark.parametrize(
    ("texts", "kind"),
    [("folder:var/post", FolderSender), ("https://t@texts.example.org/send", TextGateway)],
)
def test_with_a_gateway_texts_have_a_sender_of_their_own(texts, kind):
    made = make_senders(Settings(mail="smtp://mail.example.org", texts=texts))

    assert isinstance(made[Channel.TEXT], kind)
    assert made[Channel.EMAIL] is made[Channel.CALENDAR] is not made[Channel.TEXT]


@pytest.mark.parametrize(
    "typed",
    [
        "07700900123",
        "07700 900 123",
        "+44 7700 900123",
        "0044 (0)7700-900.123",
        "+44(0)7700 900123",
    ],
)
def test_a_mobile_number_is_known_however_it_was_typed(typed):
    assert mobile_number(typed) == "+447700900123"


@pytest.mark.parametrize(
    "typed",
    ["", "0113 496 0123", "0808 157 0111", "07000 900123", "07612 345678", "7700 900123",
     "07700 90012", "07700 9001234", "+1 7700 900123", "robin@example.com", "٠٧٧٠٠٩٠٠١٢٣"],
)  # fmt: skip
def test_what_no_text_message_can_reach_is_no_mobile_number(typed):
    assert mobile_number(typed) is None


@given(st.text(max_size=40))
def test_whatever_was_typed_a_number_is_whole_or_none(typed):
    found = mobile_number(typed)

    assert found is None or (
        len(found) == 13 and found.startswith("+447") and found[1:].isdecimal()
    )
