"""A seized phone (`safety.md` A1): what Chromium keeps on the disk after somebody was here."""

from __future__ import annotations

import gzip
import sqlite3
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright

from lms.web.outside import sensitive
from tests.browser.instance import Instance
from tests.browser.visitor import CHROMIUM, MAIN_BUTTON, PHONE
from tests.conftest import LOOKED
from tests.house.outside import RANDOM

pytestmark = pytest.mark.browser
# What she reads and writes: none of it may stay.
MESSAGE = "Квитанция лежит у Zhyldyz"
TYPED = "Unsent words about Tokmok"
CANARIES = (MESSAGE, TYPED, "I have a question.", "Daria V.", "A note")


@contextmanager
def profile(playwright: Playwright, folder: Path) -> Iterator[BrowserContext]:
    """A phone's own browser: everything goes to the disk, as it does for people."""
    context = playwright.chromium.launch_persistent_context(
        str(folder), viewport={"width": PHONE, "height": 800}, **CHROMIUM
    )
    yield context
    context.close()


def forms_of(canary: str) -> set[bytes]:
    """How a text may lie in a file."""
    return {
        canary.encode(),
        canary.encode("utf-16-le"),
        quote(canary).encode(),
        quote(canary.replace(" ", "+"), safe="+").encode(),
    }


def contents(path: Path) -> Iterator[bytes]:
    """A file as it lies there, and every compressed piece in it."""
    data = path.read_bytes()
    yield data
    at = data.find(b"\x1f\x8b\x08")
    while at >= 0:
        with suppress(zlib.error):
            yield zlib.decompressobj(31).decompress(data[at:])
        at = data.find(b"\x1f\x8b\x08", at + 1)


def kept(folder: Path, canaries: tuple[str, ...]) -> list[str]:
    """`file: canary` for everything that is found."""
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        pieces, name = list(contents(path)), path.relative_to(folder)
        found += [f"{name}: {canary}" for canary in canaries if _lies_in(pieces, canary)]
    return found


def _lies_in(pieces: list[bytes], canary: str) -> bool:
    return any(form in piece for piece in pieces for form in forms_of(canary))


def history(folder: Path) -> list[tuple[str, str]]:
    """Addresses and titles, as the page "History" shows them."""
    with closing(sqlite3.connect(folder / "Default" / "History")) as database:
        return list(database.execute("SELECT url, title FROM urls"))


def cookies(folder: Path) -> list[tuple[str, int]]:
    """Names of cookies on the disk, and whether they outlive the browser."""
    (path,) = folder.rglob("Cookies")
    with closing(sqlite3.connect(path)) as database:
        return list(database.execute("SELECT name, is_persistent FROM cookies"))


def press(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.click(button)


def visit(page: Page, instance: Instance) -> None:
    """Sign in, read and write, begin a text and do not send it."""
    ids, person = instance.town.ids, instance.town.people["learner"]
    page.goto(instance.address("/ru/sign-in"))
    page.fill("#handle", person.handle)
    page.fill("#passphrase", person.passphrase)
    press(page, MAIN_BUTTON)
    pair = f"/ru/pairs/{ids['pair']}"
    page.goto(instance.address(f"{pair}/messages"))
    page.fill("#body", MESSAGE)
    press(page, 'main form[action$="/messages"] button.primary')
    assert MESSAGE in page.content()
    for path in (pair, "/ru/home", f"/ru/courses/{ids['course']}/{ids['item']}", "/ru/your-data"):
        page.goto(instance.address(path))
    page.goto(instance.address(f"{pair}/messages"))
    assert "I have a question." in page.content()
    page.fill("#body", TYPED)


def sign_out(page: Page) -> None:
    page.goto(page.url.split("/pairs/")[0] + "/account")
    press(page, 'form[action$="/sign-out"] button')


def leave(page: Page) -> None:
    page.click(".leave")
    page.wait_for_url("**/today")


def nothing_behind(page: Page) -> None:
    """The back button shows nothing that somebody signed in could see."""
    for _ in range(4):
        page.go_back(wait_until="load")
        assert not page.locator("[data-known]").count(), page.url
        assert not [canary for canary in CANARIES if canary in page.content()]


@pytest.mark.parametrize("end", [sign_out, leave])
def test_nothing_stays_on_the_disk(
    playwright: Playwright, tmp_path: Path, instance: Instance, end: Callable[[Page], None],
    record_property: Callable[[str, object], None],
) -> None:  # fmt: skip
    with profile(playwright, tmp_path / "profile") as context:
        page = context.pages[0]
        visit(page, instance)
        end(page)
        nothing_behind(page)
    check(tmp_path / "profile", instance, record_property)


def test_nothing_stays_when_the_browser_is_just_closed(
    playwright: Playwright,
    tmp_path: Path,
    instance: Instance,
    record_property: Callable[[str, object], None],
) -> None:
    with profile(playwright, tmp_path / "profile") as context:
        visit(context.pages[0], instance)
    check(tmp_path / "profile", instance, record_property)


def check(folder: Path, instance: Instance, record_property: Callable[[str, object], None]) -> None:
    files = [path for path in folder.rglob("*") if path.is_file()]
    found, lines = kept(folder, CANARIES), history(folder)
    host = urlsplit(instance.url).netloc
    told = [
        (url, title)
        for url, title in lines
        if sensitive(RANDOM.sub("", f"{url.replace(host, '')} {title}"))
    ]
    record_property(
        LOOKED,
        f"profile: {len(files)} files, {len(found)} canaries; {len(lines)} lines of history, "
        f"{len(told)} that tell",
    )
    assert len(lines) > 4, "the history was looked into"
    assert found == []
    assert told == []
    assert [name for name, lasting in cookies(folder) if lasting] == []


class _Careless(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = gzip.compress(
            f"<title>{MESSAGE}</title><p>I have a question.</p>{' ' * 4000}".encode()
        )
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Cache-Control", "max-age=9999")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Nothing."""


def test_a_careless_site_is_found(playwright: Playwright, tmp_path: Path) -> None:
    with HTTPServer(("127.0.0.1", 0), _Careless) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with profile(playwright, tmp_path / "profile") as context:
            page = context.pages[0]
            page.goto(f"http://127.0.0.1:{server.server_port}/drugs")
            page.evaluate("(text) => localStorage.setItem('x', text)", TYPED)
            page.goto("about:blank")
        server.shutdown()
    folder = tmp_path / "profile"
    found = {line.partition(": ")[2] for line in kept(folder, CANARIES)}
    assert found == {MESSAGE, "I have a question.", TYPED}, "title, cache, storage"
    assert sensitive(" ".join(map(" ".join, history(folder)))) == ["drugs"]
