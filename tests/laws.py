"""Laws that hold for every page, whatever a test is about. The test browser checks them on every answer."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup

from tests.house.outside import says_too_much

if TYPE_CHECKING:
    from tests.client import Page

REQUIRED_HEADERS = (
    "Content-Security-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
    "Cross-Origin-Opener-Policy",
)


def check_page(page: Page) -> None:
    """Check one answer. Redirects and files only answer for their headers."""
    response = page.response
    # A picture of a course is kept for ever; `test_files_have_them_too` says what such a part has.
    part = "immutable" in response.headers.get("Cache-Control", "")
    for name in () if part else REQUIRED_HEADERS:
        assert name in response.headers, f"{page.url} lacks {name}"
    csp = response.headers["Content-Security-Policy"]
    assert "unsafe" not in csp
    assert not says_too_much(page.url.split("?")[0]), f"address {page.url} says too much"
    if (
        response.mimetype != "text/html"
        or not response.get_data()
        or page.url.split("?")[0] == "/today"
    ):
        return
    if 300 <= response.status_code < 400:
        return
    check_head(page.soup, page.url)
    check_body(page.soup, page.url)


def check_head(soup: BeautifulSoup, url: str) -> None:
    """Title, language, no foreign files."""
    html = soup.find("html")
    assert html is not None
    assert html.get("lang") in {"en", "ru"}, url
    title = soup.find("title")
    assert title is not None, url
    assert title.get_text().strip(), f"{url} has no title"
    assert not says_too_much(title.get_text()), f"title of {url}: {title.get_text()}"
    for tag in soup.find_all(
        ["script", "link", "img", "source", "iframe", "audio", "video", "use"]
    ):
        address = str(tag.get("src") or tag.get("href") or "")
        assert not re.match(r"(https?:)?//|data:", address), f"{url} fetches {address}"


def check_body(soup: BeautifulSoup, url: str) -> None:
    """Headings, no inline style or script, one-time keys in forms, labelled fields."""
    assert len(soup.find_all("h1")) == 1, f"{url} has {len(soup.find_all('h1'))} h1"
    assert not soup.find_all(style=True), f"{url} has style attributes"
    for tag in soup.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on")], (
            f"{url}: inline handler in {tag.name}"
        )
    for script in soup.find_all("script"):
        assert script.get("src"), f"{url} has an inline script"
    levels = [int(tag.name[1]) for tag in soup.find_all(re.compile(r"^h[1-6]$"))]
    for before, after in pairwise(levels):
        assert after <= before + 1, f"{url} skips a heading level: {levels}"
    for form in soup.find_all("form"):
        if str(form.get("method", "")).lower() == "post":
            assert form.find("input", {"name": "csrf_token"}), f"{url}: a form without a token"
    ids = [str(tag["id"]) for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids)), (
        f"{url} repeats ids: {sorted({i for i in ids if ids.count(i) > 1})}"
    )
    filled = soup.select("main .button-primary")
    assert len(filled) <= 1 or "styleguide" in url, f"{url} has {len(filled)} filled buttons"
