"""The keys of persons that tests seal with: one store for the process and all that it starts."""

import atexit
import os
import shutil

from matcher.master_keys import master_keys, take_keys
from tests.quick_folders import quick_folder

MASTER = "0123456789abcdef" * 4


def keep_keys_of_tests() -> None:
    """Say where keys lie, in the environment too: a process that a test starts has the same."""
    folder = quick_folder("gatemate-keys-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["GATEMATE_KEYS"] = f"sqlite:///{folder}/keys.db"
    os.environ["GATEMATE_MASTER_KEY"] = MASTER
    seal_as_told()


def seal_as_told() -> None:
    """Take the keys that the environment names: whatever a test starts by itself does so first."""
    take_keys(os.environ["GATEMATE_KEYS"], master_keys(os.environ))
