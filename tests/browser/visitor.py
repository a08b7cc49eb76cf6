"""A person at a real browser. Whatever the test is about: no console error, no request to another host."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, expect

from tests.browser.instance import Instance
from tests.world import Somebody, prove_sign_ins

PHONE, DESK, NARROW = 390, 1280, 320
CHROMIUM = {
    "executable_path": "/usr/bin/chromium",
    "args": [
        "--no-sandbox", "--disable-gpu", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--no-first-run",
    ],
}  # fmt: skip
# What is drawn filled is what the page is about; there is one of them (a page law).
MAIN_BUTTON = "main form .btn.primary"


class Visitor:
    """A browser context of its own: cookies, storage, one page."""

    def __init__(
        self, chromium: Browser, instance: Instance, *, width: int = PHONE, **options: Any
    ) -> None:
        self.instance = instance
        self.context = chromium.new_context(
            base_url=instance.url,
            viewport={"width": width, "height": 800},
            reduced_motion="reduce",
            **options,
        )
        self.context.set_default_timeout(15_000)
        self.trouble: list[str] = []
        self.hosts: set[str] = set()
        self.context.on("request", self._note_request)
        self.context.on("console", self._note_console)
        self.context.on("weberror", lambda error: self.trouble.append(str(error.error)))
        self.page = self.context.new_page()

    def _note_request(self, request: Request) -> None:
        self.hosts.add(urlsplit(request.url).netloc)

    def _note_console(self, message: ConsoleMessage) -> None:
        # An error page is also an "error" to the console; that is no trouble of the page's own.
        answered = message.text.startswith("Failed to load resource: the server responded")
        if message.type in {"error", "warning"} and not answered:
            where = message.page.url if message.page else ""
            self.trouble.append(f"{where}: {message.text}")

    def open(self, path: str) -> Response:
        """Open an address of the instance."""
        found = self.page.goto(path)
        assert found is not None, path
        return found

    def sign_in(self, person: Somebody, lang: str = "en") -> Visitor:
        """Sign in through the real page."""
        self.open(f"/{lang}/sign-in")
        self.page.fill("#handle", person.handle)
        self.page.fill("#passphrase", person.passphrase)
        self.press(MAIN_BUTTON)
        if "/second-step" in self.path:
            with self.instance.town.app.app_context():
                prove_sign_ins(person.id)
            self.open(f"/{lang}/home")
        self.page.wait_for_url(f"**/{lang}/home")
        return self

    def press(self, button: str) -> None:
        """Press what leads to another page, and wait for that page."""
        with self.page.expect_navigation():
            self.page.click(button)

    def see(self, selector: str) -> None:
        """Wait until something is on the page."""
        expect(self.page.locator(selector).first).to_be_visible()

    @property
    def path(self) -> str:
        """Where the page is, without the host."""
        return urlsplit(self.page.url).path

    @property
    def text(self) -> str:
        """What stands in the page."""
        return " ".join(self.page.inner_text("main").split())

    def close(self) -> None:
        """Close the browser; say what was wrong on the way."""
        self.context.close()
        own = urlsplit(self.instance.url).netloc
        assert self.trouble == []
        assert self.hosts <= {own}, f"requests to {self.hosts - {own}}"


def shown(page: Page) -> str:
    """The element that has the focus, as a selector would name it."""
    return str(
        page.evaluate(
            "() => { const e = document.activeElement; return e.id ? '#' + e.id : e.outerHTML.slice(0, 80); }"
        )
    )
