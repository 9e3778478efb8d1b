"""Where a demo keeps its things: a database, a folder of letters and a secret, all in `var/`."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from matcher.journal import Journal
from matcher.settings import Settings

FOLDER = Path("var/demo")
SERVICE = {
    "GATEMATE_SERVICE_PHONE": "0808 157 0199",
    "GATEMATE_DUTY_PHONE": "0808 157 0198",
    "GATEMATE_DUTY_HOURS": "every day, 8am to 8pm",
    "GATEMATE_SERVICE_POST": "Gatemate, PO Box 199, Exampleton EX1 9ZZ",
    "GATEMATE_MAIL_FROM": "gatemate@example.org",
}
"""The numbers are of those that Ofcom keeps for drama; the address is no one’s."""


@dataclass(frozen=True)
class DemoGround:
    """The variables that a demo runs with, and its folder."""

    folder: Path
    variables: Mapping[str, str]

    @property
    def settings(self) -> Settings:
        """Return the settings that these variables make."""
        return Settings.from_environment(self.variables)

    @property
    def post(self) -> Path:
        """Return the folder that letters are written to."""
        return self.folder / "post"

    @property
    def own_database(self) -> Path | None:
        """Return the file of the demo's own database, or None where the environment names one."""
        place = self.folder / "gatemate.db"
        return place if self.settings.database == f"sqlite:///{place}" else None

    @property
    def report(self) -> Path:
        """Return the release report that a liaison may try."""
        return self.folder / "release-report.csv"

    @property
    def sheet(self) -> Path:
        """Return the file with the one-time codes of the demo, which its first page shows."""
        return sheet_in(self.folder)

    @property
    def log(self) -> Path:
        """Return the file that the server and the clock write their lines to."""
        return self.folder / "demo.log"


def demo_ground(environment: Mapping[str, str], folder: Path = FOLDER) -> DemoGround:
    """Return the ground of the demo in a folder, which is made, with its secret, where missing.

    A database, an address, a mail setting and the like of the environment come first.
    Raises SettingsError for a variable that is wrong.
    """
    folder.mkdir(parents=True, exist_ok=True)
    own = {
        "GATEMATE_DEMO": "1",
        "GATEMATE_DATABASE": f"sqlite:///{folder}/gatemate.db",
        "GATEMATE_MAIL": f"folder:{folder}/post",
        "GATEMATE_TEXTS": f"folder:{folder}/post",
        "GATEMATE_JOURNAL": f"{folder}/journal.jsonl",
        "GATEMATE_SECRET": _secret(folder / "secret"),
        "GATEMATE_KEYS": f"sqlite:///{folder}/keys.db",
        "GATEMATE_ADDRESS": _address(folder),
        **SERVICE,
    }
    own["GATEMATE_MASTER_KEY"] = _secret(folder / "master-key")
    own = {name: value for name, value in own.items() if not environment.get(f"{name}_FILE")}
    told = {name: value for name, value in environment.items() if name.startswith("GATEMATE_")}
    return DemoGround(folder, own | told | {"GATEMATE_DEMO": "1"})


def sheet_in(folder: Path) -> Path:
    """Return the file of a demo's folder that its one-time codes stand in."""
    return folder / "codes"


def keep_address(ground: DemoGround, address: str) -> DemoGround:
    """Return the ground of a demo that answers at an address; letters say so from now on."""
    (ground.folder / "address").write_text(address)
    return replace(ground, variables={**ground.variables, "GATEMATE_ADDRESS": address})


def forget_letters(ground: DemoGround) -> None:
    """Throw the letters of an earlier demo away, and what was noted of their leaving."""
    shutil.rmtree(ground.post, ignore_errors=True)
    Journal(Path(ground.settings.journal)).forget()


def _address(folder: Path) -> str:
    place = folder / "address"
    return place.read_text() if place.exists() else Settings.address


def _secret(place: Path) -> str:
    """Return the secret of this demo; it is made once, and only its owner may read it."""
    if not place.exists():
        place.touch(mode=0o600)
        place.write_text(secrets.token_hex(32))
    return place.read_text()
