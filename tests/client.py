"""A browser for tests: keeps cookies, fills forms in as they stand in the page, checks the page laws."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.test import TestResponse

from tests.laws import check_page
from tests.world import prove_sign_ins


@dataclass
class Page:
    """One answer, parsed."""

    response: TestResponse
    url: str

    @property
    def status(self) -> int:
        """The status code."""
        return self.response.status_code

    @property
    def html(self) -> str:
        """The body as text."""
        return self.response.get_data(as_text=True)

    @cached_property
    def soup(self) -> BeautifulSoup:
        """The body, parsed once: that takes longer than making the page."""
        return BeautifulSoup(self.html, "lxml")

    @property
    def text(self) -> str:
        """What a reader sees, with single spaces."""
        main = self.soup.find("main") or self.soup
        return " ".join(main.get_text(" ").split())

    @property
    def h1(self) -> str:
        """The heading."""
        found = self.soup.find("h1")
        return " ".join(found.get_text(" ").split()) if found else ""


class Browser:
    """A person's browser on the test application."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()
        self.page: Page | None = None

    def get(self, url: str, *, follow: bool = True, **options: Any) -> Page:
        """Open an address."""
        return self._arrive(self.client.get(url, **options), url, follow)

    def post(
        self, url: str, data: dict[str, Any] | None = None, *, follow: bool = True, **options: Any
    ) -> Page:
        """Send raw form data, without what a page would add."""
        return self._arrive(self.client.post(url, data=data or {}, **options), url, follow)

    def submit(
        self, fields: dict[str, Any] | None = None, *, button: str | None = None, action: str | None = None,
        follow: bool = True,
    ) -> Page:  # fmt: skip
        """Fill in and send a form of the present page, with all its hidden fields.

        The form is the one whose button reads `button`, or whose action ends with `action`, or the first
        POST form in <main>.
        """
        assert self.page is not None
        form = self._form(self.page.soup, button, action)
        data = self._filled(form)
        if button:
            pressed = self._button(form, button)
            if pressed is not None and pressed.get("name"):
                data[str(pressed["name"])] = str(pressed.get("value", ""))
        data.update(fields or {})
        address = urljoin(self.page.url, str(form.get("action") or self.page.url))
        return self.post(address, data, follow=follow)

    def sign_in(self, person: Any) -> Browser:
        """Sign in as a person of `tests.world`, through the real page.

        A second factor is taken as shown: `tests/accounts/test_second_step.py` goes the whole way.
        """
        self.get("/en/sign-in")
        page = self.submit({"handle": person.handle, "passphrase": person.passphrase})
        if "/second-step" in page.url:
            with self.app.app_context():
                prove_sign_ins(person.id)
            page = self.get("/en/home")
        assert page.status == 200, page.text
        return self

    def _arrive(self, response: TestResponse, url: str, follow: bool) -> Page:
        hops = 0
        while follow and response.status_code in {301, 302, 303} and hops < 8:
            url = urljoin(url, response.headers["Location"])
            response = self.client.get(url)
            hops += 1
        self.page = Page(response, url)
        check_page(self.page)
        return self.page

    @staticmethod
    def _button(form: Tag, label: str) -> Tag | None:
        for found in form.find_all("button"):
            if label == " ".join(found.get_text(" ").split()):
                return found
        return None

    def _form(self, soup: BeautifulSoup, button: str | None, action: str | None) -> Tag:
        forms = [
            form for form in soup.find_all("form") if str(form.get("method", "")).lower() == "post"
        ]
        for form in forms:
            if button and self._button(form, button) is not None:
                return form
            if action and str(form.get("action", "")).endswith(action):
                return form
        if button or action:
            raise AssertionError(
                f"no form with {button or action!r} on {self.page and self.page.url}"
            )
        main = [form for form in forms if form.find_parent("main")]
        return (main or forms)[0]

    @staticmethod
    def _filled(form: Tag) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for field in form.find_all(["input", "textarea", "select"]):
            name, kind = str(field.get("name", "")), str(field.get("type", "text"))
            if not name or kind in {"submit", "button"}:
                continue
            if kind in {"checkbox", "radio"}:
                if field.has_attr("checked"):
                    data.setdefault(name, []).append(str(field.get("value", "on")))
            elif field.name == "select":
                chosen = field.find("option", selected=True) or field.find("option")
                data[name] = str(chosen.get("value", "")) if chosen else ""
            elif field.name == "textarea":
                data[name] = field.get_text().removeprefix("\n")
            else:
                data[name] = str(field.get("value", ""))
        return data
