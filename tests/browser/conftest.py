"""A real browser, a real mail server and the real application, each test with a new database."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import Engine

from tests.browser.by_keys import ByKeys
from tests.browser.screen import LARGE, SMALL, Faults, Screen, Size
from tests.browser.site import Site, serving, settings_for
from tests.mail_server import MailServer, mail_server

CHROMIUM = "chromium-headless-shell"


@pytest.fixture(scope="session")
def post_office() -> Iterator[MailServer]:
    """One mail server for all; it starts before the browser, which keeps a loop of its own."""
    with mail_server() as server:
        yield server


@pytest.fixture(scope="session")
def browser(post_office: MailServer) -> Iterator[Browser]:
    """One browser for all; each test opens windows of its own in it."""
    program = shutil.which(CHROMIUM)
    assert program, f"Install {CHROMIUM}: these tests look at pages as people do."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def site(engine: Engine, post_office: MailServer, tmp_path: Path) -> Iterator[Site]:
    """The application on an empty database, at half past nine on a Monday."""
    post_office.taken.clear()
    settings = settings_for(post_office, tmp_path / "journal.jsonl")
    with serving(Site(engine, settings, post_office)) as served:
        yield served


@pytest.fixture(params=[SMALL, LARGE], ids=lambda size: size.name)
def size(request: pytest.FixtureRequest) -> Size:
    """Each size of screen in turn."""
    found: Size = request.param
    return found


@pytest.fixture(scope="session")
def looked_at() -> set[tuple[str, str]]:
    """The kinds of pages that axe has seen in this run."""
    return set()


@pytest.fixture
def new_screen(
    browser: Browser,
    site: Site,
    size: Size,
    looked_at: set[tuple[str, str]],
    request: pytest.FixtureRequest,
) -> Iterator[Callable[..., Screen]]:
    """Open windows; when the test is over, every fault of every page is told together."""
    faults, opened = Faults(looked_at), []

    def open_one(kind: type[Screen] = Screen) -> Screen:
        opened.append(kind(browser, site, size, faults, request.node.name))
        return opened[-1]

    yield open_one
    for screen in opened:
        screen.context.close()
    assert not faults.found, "\n".join(dict.fromkeys(faults.found))


@pytest.fixture
def screen(new_screen: Callable[..., Screen]) -> Screen:
    """One window."""
    return new_screen()


@pytest.fixture
def screen_by_keys(new_screen: Callable[..., Screen]) -> Screen:
    """One window, in front of which there is a keyboard and nothing else."""
    return new_screen(ByKeys)
