"""Someone with a keyboard and nothing else: Tab to get there, then what the thing there takes."""

from playwright.sync_api import ElementHandle, Locator

from tests.browser.screen import Screen, Words

MOST_TABS = 300
"""After so many, whoever sits there would have given up."""

IS_THERE = """one => document.activeElement === one || (one.type === "radio"
    && document.activeElement.type === "radio" && document.activeElement.name === one.name
    && document.activeElement.form === one.form)"""
"""Tab stops once at a group of radios; inside it the arrows go on."""

IS_MARKED = """one => { const style = getComputedStyle(one);
    return style.outlineStyle !== "none" || style.boxShadow !== "none"; }"""
"""What shows that the keyboard is at a link, a button or a field."""


class ByKeys(Screen):
    """A window whose person never touches a mouse."""

    def types(self, label: str, text: str) -> None:
        """Replace what a field holds."""
        self._write(self.page.get_by_label(label, exact=True), text)

    def writes_day(self, question: str, day: str) -> None:
        """Fill the three parts of a date: "3 2 2027"."""
        for part, text in zip(("Day", "Month", "Year"), day.split(), strict=True):
            self._write(self.group(question).get_by_role("textbox", name=part, exact=True), text)

    def ticks(self, *labels: str) -> None:
        """Tick boxes that are not ticked."""
        for label in labels:
            box = self.page.get_by_label(label, exact=True)
            self._take(box)

    def chooses(self, question: str, answer: str) -> None:
        """Choose a radio with the arrows, or an entry of a list by its first letters."""
        opens = self.page.get_by_role("combobox", name=question, exact=True)
        if opens.count():
            self._reach(opens)
            self.page.keyboard.type(answer)
            self.page.keyboard.press("Enter")
            chosen = opens.locator("option:checked").inner_text()
            assert chosen.strip() == answer, (question, chosen)
        else:
            self._take(self.group(question).get_by_label(answer, exact=True))

    def answers(self, words: Words) -> None:
        """Take an answer, whether the page offers it as a button or as a link."""
        self._press(self._named("button", words).or_(self._named("link", words)).first)

    def uploads(self, label: str, name: str, content: bytes) -> None:
        """Let the field open the chooser of files, and choose there."""
        self._reach(self.page.get_by_label(label, exact=True))
        with self.page.expect_file_chooser() as opened:
            self.page.keyboard.press("Space")
        opened.value.set_files(
            {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        )

    def _click(self, kind: str, name: Words) -> None:
        self._press(self._named(kind, name).first)

    def _press(self, what: Locator) -> None:
        self._reach(what, is_marked=True)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.looks()

    def _write(self, field: Locator, text: str) -> None:
        self._reach(field, is_marked=True)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.press("Delete")
        self.page.keyboard.insert_text(text)

    def _take(self, choice: Locator) -> None:
        """Tick a box, or walk to a radio of a group."""
        there = self._reach(choice)
        if choice.first.get_attribute("type") == "checkbox":
            if not choice.first.is_checked():
                self.page.keyboard.press("Space")
            return
        self.page.keyboard.press("Space")
        for _ in range(MOST_TABS):
            if there.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{self.page.url}: no arrow leads to {choice}")

    def _reach(self, what: Locator, *, is_marked: bool = False) -> ElementHandle:
        """Press Tab until the keyboard is there."""
        there = what.first.element_handle()
        for _ in range(MOST_TABS):
            if there.evaluate(IS_THERE):
                if is_marked and not there.evaluate(IS_MARKED):
                    self._fault(f"does not show that the keyboard is at {what}")
                return there
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{self.page.url}: no key leads to {what}")
