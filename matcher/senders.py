"""How letters leave: by a mail server, a text gateway, into a demo's folder, or the print tray.

A sender is handed a message and says what was answered, or raises Refused.
It never looks at the database. To add a way, write another sender and name
it in `make_senders`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from uuid import UUID

from matcher.mail_sender import SmtpSender
from matcher.messages import Answer, Message, Refused, Sender
from matcher.settings import Settings
from matcher.text_senders import NotifySender, TextGateway
from models.states import Channel


@dataclass(frozen=True)
class FolderSender:
    """Writes each message as one file named after its letter, for a demo.

    Written aside and renamed: a file is whole or not there, and a letter that
    is sent twice is one file.
    """

    folder: Path

    def send(self, message: Message) -> Answer:
        """Write the file; the folder is made where it is missing."""
        told = {one.name: getattr(message, one.name) for one in fields(message) if one.compare}
        told |= {"letter_id": str(message.letter_id), "at": message.at.isoformat()}
        place = self.folder / f"{message.letter_id}.json"
        aside = place.with_suffix(f".{os.getpid()}.part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with aside.open("w", encoding="utf-8") as file:
                json.dump(told, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(place)
        except OSError as wrong:
            raise Refused(f"{type(wrong).__name__}", temporary=True) from wrong
        return Answer("written to the folder")


class PrintTray:
    """Takes every printed letter: it lies in the liaison's tray from now on."""

    def send(self, message: Message) -> Answer:
        """Take the letter; its facts are with its row already."""
        return Answer("in the print tray")


def make_senders(settings: Settings) -> Mapping[Channel, Sender]:
    """Return the sender of each channel that has one; without a setting only print has.

    Text messages to people without a phone, and all of them without a
    gateway, go by mail. Raises SettingsError for a part that is not installed.
    """
    senders: dict[Channel, Sender] = {Channel.PRINT: PrintTray()}
    if settings.mail:
        mail = _mail_sender(settings)
        senders |= dict.fromkeys((Channel.EMAIL, Channel.TEXT, Channel.CALENDAR), mail)
    if settings.texts:
        senders[Channel.TEXT] = _text_sender(settings)
    return senders


def _mail_sender(settings: Settings) -> Sender:
    if settings.mail.startswith("folder:"):
        return FolderSender(Path(settings.mail.removeprefix("folder:")))
    return SmtpSender.at(settings.mail, settings.mail_from, settings.lease)


def _text_sender(settings: Settings) -> Sender:
    if settings.texts.startswith("folder:"):
        return FolderSender(Path(settings.texts.removeprefix("folder:")))
    if settings.texts.startswith("notify:"):
        return NotifySender.at(settings.texts, settings.lease)
    return TextGateway.at(settings.texts, settings.lease)


def messages_in(folder: Path) -> list[Message]:
    """Return the messages that a FolderSender wrote, the newest first."""
    told = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")]
    messages = [Message(**one | _typed(one)) for one in told]
    return sorted(messages, key=lambda one: (one.at, str(one.letter_id)), reverse=True)


def _typed(told: Mapping[str, str]) -> dict[str, object]:
    return {
        "letter_id": UUID(told["letter_id"]),
        "channel": Channel(told["channel"]),
        "at": datetime.fromisoformat(told["at"]),
    }
