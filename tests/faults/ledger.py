"""A person's phone on a bad link, and the book of everything that she was told is done.

A write is entered before it is sent, with the key of its form, and acknowledged only by a whole answer that
says what was expected. Until then it is sent again, the same form, as a phone does.
"""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import unescape
from threading import Lock
from typing import Any
from urllib.parse import urlencode, urlsplit

PATIENCE = 30


class GivenUp(Exception):
    """No answer for half a minute: the site does not come back."""


class Unexpected(Exception):
    """An answer that nobody should get while workers die: a failure page, or another one than expected."""


@dataclass
class Entry:
    """One write: what it was about, how often it was sent, whether it was acknowledged."""

    kind: str
    about: dict[str, Any]
    sent: int = 0
    acknowledged: bool = False
    location: str = ""


@dataclass
class Ledger:
    """All writes of all clients."""

    entries: list[Entry] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def enter(self, kind: str, **about: Any) -> Entry:
        """Write an entry, before anything is sent."""
        entry = Entry(kind, about)
        with self._lock:
            self.entries.append(entry)
        return entry

    def done(self, kind: str) -> list[Entry]:
        """Acknowledged writes of a kind."""
        return [one for one in self.entries if one.kind == kind and one.acknowledged]

    @property
    def acknowledged(self) -> int:
        """How many writes were acknowledged."""
        return sum(one.acknowledged for one in self.entries)

    @property
    def repeated(self) -> int:
        """How often something was sent again."""
        return sum(max(0, one.sent - 1) for one in self.entries)


@dataclass
class Answer:
    """A whole answer."""

    status: int
    headers: dict[str, str]
    html: str
    seconds: float = 0

    @property
    def location(self) -> str:
        """Where it leads."""
        return urlsplit(self.headers.get("location", "")).path


def _whole(raw: bytes) -> tuple[int, dict[str, str], str]:
    """Status, headers and text of an answer. Raises IncompleteRead when a part of it is missing.

    `http.client` takes headers that end in the middle for all of them: an answer to a sign-in without
    its cookie would look whole.
    """
    head, end, body = raw.partition(b"\r\n\r\n")
    status, _, lines = head.partition(b"\r\n")
    found = {
        name.strip().lower(): value.strip()
        for name, _, value in (
            line.partition(":") for line in lines.decode("latin-1").split("\r\n")
        )
    }
    if not end or len(body) != int(found.get("content-length", -1)):
        raise http.client.IncompleteRead(raw)
    return int(status.split()[1]), found, body.decode()


class Phone:
    """A browser with a cookie and nothing else."""

    def __init__(self, port: int, ledger: Ledger | None = None) -> None:
        self.port, self.ledger = port, ledger or Ledger()
        self.cookie = ""
        self.page = ""

    # --- one request ---

    def ask(
        self,
        method: str,
        address: str,
        fields: Any = None,
        *,
        headers: dict[str, str] | None = None,
        patience: float = 15,
    ) -> Answer:
        """Send once. Raises OSError or HTTPException when no whole answer comes."""
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience)
        try:
            sent = {"Connection": "close", "Cookie": self.cookie, **(headers or {})}
            body = None
            if fields is not None:
                body = urlencode(fields, doseq=True)
                sent["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request(method, address, body, sent)
            status, found, html = _whole(connection.sock.makefile("rb").read())
        finally:
            connection.close()
        if cookie := re.match(r"s=[^;]*", found.get("set-cookie", "")):
            self.cookie = cookie[0]
        return Answer(status, found, html, time.monotonic() - began)

    def get(self, address: str) -> Answer:
        """Open a page, again and again until it comes."""
        answer = self._until(lambda: self.ask("GET", address))
        if answer.status == 303:
            return self.get(answer.location)
        if answer.status != 200:
            self._note(f"GET {address}: {answer.status}")
        self.page = answer.html
        return answer

    def find(self, pattern: str) -> str:
        """What stands in a place of this page."""
        found = re.search(pattern, self.page)
        if found is None:
            self._note(f"no {pattern} on the page")
        assert found is not None
        return found[1]

    def _until(self, send: Any) -> Answer:
        patience = time.monotonic() + PATIENCE
        while time.monotonic() < patience:
            try:
                answer: Answer = send()
            except (OSError, http.client.HTTPException):
                time.sleep(0.02)
                continue
            if answer.status != 503:
                return answer
            time.sleep(0.2)
        raise GivenUp

    def _note(self, what: str) -> None:
        self.ledger.unexpected.append(what)
        raise Unexpected(what)

    # --- one write ---

    def hidden(self, action: str) -> dict[str, str]:
        """The hidden fields of the form on this page whose action ends so."""
        for form in re.findall(r"<form\b.*?</form>", self.page, re.DOTALL):
            found = re.search(r'action="([^"]*)"', form)
            if found and unescape(found[1]).split("#")[0].endswith(action):
                return {
                    name: unescape(value)
                    for tag in re.findall(r"<input\b[^>]*>", form)
                    if 'type="hidden"' in tag
                    for name in re.findall(r'name="([^"]*)"', tag)
                    for value in [*re.findall(r'value="([^"]*)"', tag), ""][:1]
                }
        self._note(f"no form to {action}")
        raise AssertionError

    def send(
        self,
        entry: Entry,
        address: str,
        fields: dict[str, Any],
        expected: str,
        *,
        aims: Sequence[str] = (),
    ) -> Answer:
        """Send a form until it is acknowledged: a whole redirect to the expected place.

        `aims` ask a planted server to kill itself, at another point each time it is sent.
        """
        form = {**self.hidden(address), **fields}

        def once() -> Answer:
            entry.sent += 1
            headers = {"X-Aim": aims[entry.sent - 1]} if entry.sent <= len(aims) else None
            return self.ask("POST", address, form, headers=headers)

        answer = self._until(once)
        if answer.status != 303 or not re.search(expected, answer.location):
            where = answer.location or " ".join(
                re.findall(r'class="error"[^>]*>(.*?)</p>', answer.html)
            )
            self._note(f"{entry.kind} to {address}: {answer.status} {where}")
        entry.location, entry.acknowledged = answer.location, True
        return answer

    def sign_in(self, handle: str, passphrase: str) -> None:
        """Sign in, as often as it takes; twice harms nobody."""
        self.get("/en/sign-in")
        token = self.hidden("/sign-in")
        fields = {**token, "handle": handle, "passphrase": passphrase}
        answer = self._until(lambda: self.ask("POST", "/en/sign-in", fields))
        if answer.status != 303:
            self._note(f"sign-in: {answer.status}")
