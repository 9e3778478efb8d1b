"""Letters leave by a real mail server, into a folder, or into the print tray."""

import json
import socket
import ssl
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from matcher import mail_sender
from matcher.mail_sender import SmtpSender, as_mail
from matcher.messages import Message, Refused, for_a_round
from matcher.senders import FolderSender, PrintTray, make_senders, messages_in
from matcher.settings import Settings
from models.states import Channel
from tests.mail_server import CERTIFICATES, mail_server

LETTER = UUID("11111111-2222-3333-4444-555555555555")
MESSAGE = Message(
    letter_id=LETTER,
    attempt=1,
    channel=Channel.EMAIL,
    message_id=f"<{LETTER}@example.org>",
    at=datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
    to="robin@example.com",
    subject="Sign in: something new for you",
    body="Croeso, Siân.\n.A line that begins with a dot.\n\nGatemate",
)
FROM = "post@example.org"
INVITATION = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


def sender_to(port, **told):
    return SmtpSender("127.0.0.1", port, FROM, **{"patience": 5, "answer_patience": 5} | told)


def refusal_of(sender, message=MESSAGE):
    with pytest.raises(Refused) as refused:
        sender.send(message)
    return refused.value


def test_a_message_arrives_whole_with_its_message_id():
    with mail_server() as server:
        answer = sender_to(server.port).send(MESSAGE)

    [mail] = server.taken
    assert answer.text == "250 taken"
    assert server.envelopes == [(FROM, ["robin@example.com"])]
    assert mail["Message-ID"] == MESSAGE.message_id
    assert mail["Subject"] == MESSAGE.subject
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == MESSAGE.at
    assert mail.get_content().splitlines() == MESSAGE.body.splitlines()


def test_an_appointment_arrives_as_an_invitation_beside_its_words():
    appointment = replace(MESSAGE, channel=Channel.CALENDAR, calendar=INVITATION)

    with mail_server() as server:
        sender_to(server.port).send(appointment)

    [mail] = server.taken
    words, invitation = mail.iter_parts()
    assert words.get_content().splitlines() == MESSAGE.body.splitlines()
    assert invitation.get_content_type() == "text/calendar"
    assert invitation.get_param("method") == "REQUEST"
    assert invitation.get_payload(decode=True).decode() == INVITATION


def test_the_same_message_gives_the_same_bytes():
    appointment = replace(MESSAGE, calendar=INVITATION)

    one, again = (as_mail(appointment, FROM).as_bytes() for _ in range(2))

    assert one == again


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    ("answer", "temporary"),
    [
        ("421 come back later", True),
        ("450 busy", True),
        ("451 local error", True),
        ("452 no room just now", True),
        ("550 nobody of that name", False),
        ("552 too long", False),
        ("554 no", False),
    ],
)
def test_an_answer_says_whether_to_try_again(step, answer, temporary):
    with mail_server() as server:
        server.answers[step] = answer

        refusal = refusal_of(sender_to(server.port))

    assert refusal.text == answer
    assert (refusal.temporary, refusal.unknown) == (temporary, False)
    assert server.taken == []


def test_a_server_that_is_not_there_is_tried_again():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    refusal = refusal_of(sender_to(port))

    assert (refusal.temporary, refusal.unknown) == (True, False)


def test_a_server_that_says_nothing_is_waited_for_only_so_long():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        refusal = refusal_of(sender_to(silent.getsockname()[1], patience=0.1))

    assert (refusal.temporary, refusal.unknown) == (True, False)


def test_a_line_that_breaks_while_the_message_is_handed_over_is_tried_again():
    more_than_the_line_holds = replace(MESSAGE, body=("x" * 70 + "\n") * 150_000)

    with mail_server() as server:
        server.fault = "drop in data"

        refusal = refusal_of(sender_to(server.port), more_than_the_line_holds)

    assert (refusal.temporary, refusal.unknown) == (True, False)
    assert server.taken == []


def test_a_line_that_breaks_after_the_last_line_leaves_it_unknown():
    with mail_server() as server:
        server.fault = "drop after the dot"

        refusal = refusal_of(sender_to(server.port))

    assert refusal.unknown
    assert len(server.taken) == 1


def test_an_answer_that_does_not_come_leaves_it_unknown():
    with mail_server() as server:
        server.fault = "hang after the dot"

        refusal = refusal_of(sender_to(server.port, answer_patience=0.1))

    assert refusal.unknown


def test_nothing_is_said_to_a_server_that_cannot_encrypt():
    with mail_server() as server:
        refusal = refusal_of(sender_to(server.port, user="us", password="right"))

    assert (refusal.temporary, server.logins, server.taken) == (True, [], [])


@pytest.mark.parametrize("tls", ["starttls", "from the start"])
def test_nothing_is_said_to_a_server_that_cannot_be_trusted(tls):
    """ASVS 12.3.2."""
    with mail_server(tls=tls) as server:
        told = {"user": "us", "password": "right", "encrypted": tls == "from the start"}
        refusal = refusal_of(sender_to(server.port, **told))

    assert (refusal.temporary, server.logins, server.taken) == (True, [], [])


@pytest.mark.parametrize("tls", ["starttls", "from the start"])
def test_with_a_user_the_line_is_encrypted_before_the_password(tls, trusting):
    with mail_server(tls=tls) as server:
        told = {"user": "us", "password": "right", "encrypted": tls == "from the start"}
        sender_to(server.port, **told).send(MESSAGE)

    assert server.logins == [(b"us", b"right")]
    assert len(server.taken) == 1


def test_a_password_that_is_refused_is_no_fault_of_the_letter(trusting):
    with mail_server(tls="starttls") as server:
        refusal = refusal_of(sender_to(server.port, user="us", password="wrong"))

    assert refusal.temporary
    assert "535" in refusal.text
    assert "wrong" not in refusal.text


@pytest.fixture
def trusting(monkeypatch):
    """Let the test server's certificate be trusted; it is made out to another name."""
    context = ssl.create_default_context(cafile=CERTIFICATES / "server.crt")
    context.check_hostname = False
    monkeypatch.setattr(mail_sender, "create_default_context", lambda: context)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("smtp://mail.example.org", ("mail.example.org", 25, "", "", False)),
        ("smtp://us:a%40b@mail.example.org", ("mail.example.org", 587, "us", "a@b", False)),
        ("smtps://us:pw@mail.example.org", ("mail.example.org", 465, "us", "pw", True)),
        ("smtp://us:pw@mail.example.org:2525", ("mail.example.org", 2525, "us", "pw", False)),
    ],
)
def test_an_address_says_which_server_and_how(address, expected):
    sender = SmtpSender.at(address, FROM)

    told = (sender.host, sender.port, sender.user, sender.password, sender.encrypted)
    assert told == expected
    assert (sender.password or "nothing") not in repr(sender)


def test_a_folder_takes_each_letter_as_one_file_and_gives_it_back(tmp_path):
    sender = FolderSender(tmp_path / "post")
    later = replace(
        MESSAGE, letter_id=UUID(int=7), at=datetime(2026, 11, 24, 9, tzinfo=UTC), calendar="x"
    )

    answer = sender.send(MESSAGE)
    sender.send(replace(MESSAGE, attempt=2))
    sender.send(later)

    assert answer.text
    assert messages_in(tmp_path / "post") == [later, replace(MESSAGE, attempt=2)]
    assert sorted(path.name for path in (tmp_path / "post").iterdir()) == sorted(
        [f"{LETTER}.json", f"{UUID(int=7)}.json"]
    )


def test_a_folder_says_when_and_how_in_words_any_program_reads(tmp_path):
    FolderSender(tmp_path).send(MESSAGE)

    told = json.loads((tmp_path / f"{LETTER}.json").read_text())

    assert told["at"] == "2026-11-23T09:30:00+00:00"
    assert told["channel"] == "email"


def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path):
    in_the_way = tmp_path / "post"
    in_the_way.write_text("")

    refusal = refusal_of(FolderSender(in_the_way))

    assert (refusal.temporary, refusal.unknown) == (True, False)


def test_a_folder_that_is_not_there_yet_holds_nothing(tmp_path):
    assert messages_in(tmp_path / "post") == []


def test_the_print_tray_takes_everything():
    assert PrintTray().send(MESSAGE).text == "in the print tray"


def test_without_a_mail_setting_only_printed_letters_leave():
    assert set(make_senders(Settings())) == {Channel.PRINT}


@pytest.mark.parametrize(
    ("mail", "kind"), [("folder:var/post", FolderSender), ("smtp://mail.example.org", SmtpSender)]
)
def test_with_one_every_channel_has_a_sender(mail, kind):
    made = make_senders(Settings(mail=mail))

    assert set(made) == set(Channel)
    assert isinstance(made[Channel.TEXT], kind)
    assert isinstance(made[Channel.PRINT], PrintTray)


class Lines:
    """Counts the lines to a server, and ends one after so many messages as a server may."""

    def __init__(self, monkeypatch):
        self.opened, really = 0, mail_sender.SMTP

        def counted(*told, **options):
            self.opened += 1
            return really(*told, **options)

        monkeypatch.setattr(mail_sender, "SMTP", counted)


def test_messages_that_follow_each_other_go_by_one_line(monkeypatch):
    lines = Lines(monkeypatch)

    with mail_server() as server, sender_to(server.port).for_a_round() as sender:
        for number in range(3):
            sender.send(replace(MESSAGE, message_id=f"<{number}@example.org>"))

    assert [mail["Message-ID"] for mail in server.taken] == [f"<{n}@example.org>" for n in range(3)]
    assert lines.opened == 1


def test_a_server_that_had_enough_of_a_line_is_rung_up_again(monkeypatch):
    lines = Lines(monkeypatch)

    with mail_server() as server, sender_to(server.port).for_a_round() as sender:
        sender.send(MESSAGE)
        sender.kept.sock.shutdown(socket.SHUT_RDWR)
        sender.send(MESSAGE)

    assert len(server.taken) == 2
    assert lines.opened == 2


def test_a_line_on_which_a_message_was_refused_is_not_used_again(monkeypatch):
    lines = Lines(monkeypatch)

    with mail_server() as server, sender_to(server.port).for_a_round() as sender:
        sender.send(MESSAGE)
        server.answers["RCPT"] = "550 nobody of that name"
        assert refusal_of(sender).text == "550 nobody of that name"
        server.answers.clear()
        sender.send(MESSAGE)

    assert len(server.taken) == 2
    assert lines.opened == 2


def test_channels_that_share_a_sender_share_its_line():
    mail = sender_to(1)
    senders = {Channel.EMAIL: mail, Channel.TEXT: mail, Channel.PRINT: PrintTray()}

    with for_a_round(senders) as lent:
        assert lent[Channel.EMAIL] is lent[Channel.TEXT] is not mail
        assert lent[Channel.PRINT] is senders[Channel.PRINT]
