"""Someone at a screen: clicks and types by the words on the page, as people do.

On every page that opens it is seen that nothing is wider than the screen and
that nothing went wrong behind it. Where there is a script, axe-core looks at
each page too, every link must lead somewhere, and the browser itself must
have nothing to complain of. What is wrong is gathered and told at the end.
"""

import os
import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, Response

from models.accounts import Account
from tests.browser.gallery import SHOTS, keep_picture
from tests.browser.site import Site
from tests.web.desks import PASSWORD

PATIENCE = 15_000
"""Milliseconds that a page may take on a machine with much else to do."""

READING = timedelta(seconds=10)
"""How long a person looks at a page, on the clock of the application."""

IDS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SHAPE = """[...new Set([...document.querySelectorAll("main *")].map(
    part => part.tagName + part.className))].sort().join(" ")"""
"""Of which parts a page is made; of pages of one kind with the same parts axe looks at one."""

TOKENS = re.compile('<input[^>]*name="csrf_token"[^>]*>')
"""What is drawn by lot, and so may hold any few letters."""

Words = str | re.Pattern[str]


@dataclass(frozen=True)
class Size:
    """A kind of screen; the small one has no script, as on an old phone."""

    name: str
    width: int
    height: int
    script: bool


SMALL = Size("320", 320, 640, script=False)
LARGE = Size("1280", 1280, 900, script=True)


@dataclass
class Faults:
    """What was wrong with the pages seen, and what was looked at already.

    `looked_at` is shared by all tests of one run: axe need not see a page of
    the same parts a second time.
    """

    looked_at: set[tuple[str, str]]
    found: list[str] = field(default_factory=list)
    followed: set[str] = field(default_factory=set)


class Screen:
    """One person's browser window."""

    def __init__(self, browser: Browser, site: Site, size: Size, faults: Faults, test: str) -> None:
        self.site, self.size, self.faults, self.test = site, size, faults, test
        self.context = browser.new_context(
            viewport={"width": size.width, "height": size.height},
            java_script_enabled=size.script,
            base_url=site.address,
            locale="en-GB",
            timezone_id="Europe/London",
        )
        self.context.set_default_timeout(PATIENCE)
        self.page = self.new_tab()

    def new_tab(self) -> Page:
        """Open another tab of the same browser."""
        page = self.context.new_page()
        page.on("response", self._answered)
        page.on("console", lambda said: said.type == "error" and self._complained(said.text))
        page.on("pageerror", lambda error: self._complained(str(error)))
        return page

    # What a person does

    def opens(self, path: str) -> None:
        self.page.goto(path)
        self.looks()

    def signs_in(self, account: Account) -> None:
        """Sign in afresh; whoever was signed in here is so no more."""
        self.context.clear_cookies()
        self.opens("/sign-in")
        self.signs_in_here(account)

    def signs_in_here(self, account: Account) -> None:
        """Fill in the page that asks for a name, a password and a code."""
        code = self.site.desks.code(account)
        self.types("E-mail or sign-in name", str(account.email))
        self.types("Password", PASSWORD)
        self.types("Code", code)
        self.presses("Sign in")

    def follows(self, link: Words) -> None:
        self._click("link", link)

    def presses(self, button: Words) -> None:
        self._click("button", button)

    def answers(self, words: Words) -> None:
        """Take an answer, whether the page offers it as a button or as a link."""
        self._named("button", words).or_(self._named("link", words)).first.click()
        self.looks()

    def types(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)

    def writes_day(self, question: str, day: str) -> None:
        """Fill the three parts of a date: "3 2 2027"."""
        for part, text in zip(("Day", "Month", "Year"), day.split(), strict=True):
            box = self.group(question).get_by_role("textbox", name=part, exact=True)
            box.fill(text)

    def ticks(self, *labels: str) -> None:
        for label in labels:
            self.page.get_by_label(label, exact=True).check()

    def chooses(self, question: str, answer: str) -> None:
        """Choose one of several radios, or of a list that opens."""
        opens = self.page.get_by_role("combobox", name=question, exact=True)
        if opens.count():
            opens.select_option(label=answer)
        else:
            self.group(question).get_by_label(answer, exact=True).check()

    def uploads(self, label: str, name: str, content: bytes) -> None:
        file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        self.page.get_by_label(label, exact=True).set_input_files(file)  # type: ignore[arg-type]

    def saves(self, kind: str, name: Words) -> bytes:
        """Take the file that a link, or a link that looks like a button, hands out."""
        with self.page.expect_download() as handed_out:
            self._named(kind, name).first.click()
        return Path(handed_out.value.path()).read_bytes()

    # What a person sees

    @property
    def text(self) -> str:
        """All that the page says, in one line."""
        return " ".join(self.page.locator("main").inner_text().split())

    @property
    def heading(self) -> str:
        return " ".join(self.page.get_by_role("heading", level=1).inner_text().split())

    def sees(self, *words: str) -> None:
        missing = [one for one in words if one not in self.text]
        assert not missing, f"{self.page.url}: no {missing} in: {self.text}"

    def does_not_see(self, *words: str) -> None:
        """Nothing of this stands anywhere in the page as it was sent."""
        sent = TOKENS.sub("", self.page.content()).lower()
        there = [one for one in words if one.lower() in sent]
        assert not there, f"{self.page.url} shows {there}: {self.text}"

    @property
    def links(self) -> list[str]:
        """Where the links of the page lead, as whole addresses."""
        found: list[str] = self.page.eval_on_selector_all("a", "all => all.map(one => one.href)")
        return found

    def group(self, question: str) -> Locator:
        return self.page.get_by_role("group", name=question, exact=True)

    # What is looked at on every page

    def looks(self) -> None:
        """Take in the page that has just opened."""
        self.page.wait_for_load_state("load")
        self.site.desks.now += READING
        width = self.page.locator("html").evaluate("page => page.scrollWidth")
        if width > self.size.width:
            self._fault(f"is {width} wide on a screen of {self.size.width}")
        seen = (self._place(), self.page.evaluate(SHAPE))
        if not self.size.script or seen in self.faults.looked_at:
            return
        self.faults.looked_at.add(seen)
        if shots := os.environ.get(SHOTS):
            self._is_kept(Path(shots), seen)
        else:
            self._ask_axe()
        self._try_links()

    def _click(self, kind: str, name: Words) -> None:
        self._named(kind, name).first.click()
        self.looks()

    def _named(self, kind: str, name: Words) -> Locator:
        exact = isinstance(name, str)
        return self.page.get_by_role(kind, name=name, exact=exact)  # type: ignore[arg-type]

    def _ask_axe(self) -> int:
        """Tell of each violation of the rules of axe, and return how many there are."""
        violations: list[dict[str, Any]] = Axe().run(self.page).response["violations"]
        for violation in violations:
            where = "; ".join(node["html"] for node in violation["nodes"])[:300]
            self._fault(f"{violation['id']}: {violation['help']}: {where}")
        return len(violations)

    def _is_kept(self, folder: Path, seen: tuple[str, str]) -> None:
        """Keep a picture of the page at each size, with what axe says of it there."""
        for size in (SMALL, self.size):
            self.page.set_viewport_size({"width": size.width, "height": size.height})
            keep_picture(folder, self.page, size.name, seen, self._ask_axe())

    def _try_links(self) -> None:
        """Each link leads to a page, or to a place on this one."""
        for link in self.links:
            address, _, anchor = link.removeprefix(self.site.address).partition("#")
            here = address == self.page.url.removeprefix(self.site.address).partition("#")[0]
            if here and anchor and not self.page.locator(f"[id='{anchor}']").count():
                self._fault(f"has nothing called #{anchor}")
            place = IDS.sub("-", address)
            if (
                not here
                and not link.startswith(("tel:", "geo:", "maps:"))
                and place not in self.faults.followed
            ):
                self.faults.followed.add(place)
                answer = self.context.request.get(link)
                if not answer.ok:
                    self._fault(f"links to {place}, which answers {answer.status}")

    def _place(self) -> str:
        path = self.page.url.removeprefix(self.site.address).split("?")[0].split("#")[0]
        return IDS.sub("-", path)

    def _fault(self, what: str) -> None:
        self.faults.found.append(f"{self.size.name} {self._place()} {what}")

    def _complained(self, text: str) -> None:
        if "status of 4" not in text:
            self._fault(f"the browser says: {text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self._fault(f"answers {response.status}")
