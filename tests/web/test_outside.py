"""What the outside of the site gives away: headers, logs, the neutral page, error pages."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from flask import Flask

from lms.core.log import _drop_personal
from tests.client import Browser
from tests.world import make_person


def test_headers_are_strict(browser: Browser) -> None:
    headers = browser.get("/en/sign-in").response.headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "form-action 'self'" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"


def test_signed_in_pages_are_never_stored(browser: Browser, app: Flask) -> None:
    with app.app_context():
        person = make_person()
    assert browser.sign_in(person).get("/en/home").response.headers["Cache-Control"] == "no-store"


def test_a_log_line_names_nobody(
    app: Flask, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[dict[str, object]] = []
    teller = SimpleNamespace(info=lambda event, **facts: lines.append({"event": event, **facts}))
    monkeypatch.setattr("lms.web.request_log.log", teller)
    with app.app_context():
        person = make_person("Saule Canary")
    browser.sign_in(person)
    told = json.dumps(lines)
    assert '"endpoint": "accounts.sign_in"' in told
    for secret in ("Saule", "127.0.0.1", person.public_id, person.passphrase, "werkzeug"):
        assert secret.lower() not in told.lower()


@pytest.mark.sqlite_only
def test_personal_keys_never_reach_a_line() -> None:
    entry = {"event": "x", "handle": "Saule", "remote_ip": "::1", "user_agent": "M", "job": 3}
    assert _drop_personal(None, "info", dict(entry)) == {"event": "x", "job": 3}


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_nothing_here_looks_like_not_allowed(browser: Browser, app: Flask, lang: str) -> None:
    with app.app_context():
        person = make_person()
    browser.sign_in(person)
    missing = browser.get(f"/{lang}/cohorts/000000000000")
    assert missing.status == 404
    assert browser.get(f"/{lang}/no-such-page").h1 == missing.h1


@pytest.mark.parametrize("part", ["%00", "a%00b", "%E2%80%AE", "%ff", "9" * 500, "../../etc"])
def test_odd_addresses_lead_nowhere(browser: Browser, part: str) -> None:
    assert browser.get(f"/en/courses/{part}").status == 404


def test_the_neutral_page_is_not_ours(browser: Browser) -> None:
    page = browser.get("/today")
    assert "Alongside" not in page.html
    assert "static" not in page.html


@pytest.mark.parametrize("purpose", ["prefetch", "prefetch;prerender"])
def test_leave_is_never_prefetched(browser: Browser, purpose: str) -> None:
    assert browser.get("/leave", headers={"Sec-Purpose": purpose}).status == 204


def test_the_language_follows_the_browser(browser: Browser) -> None:
    answer = browser.get("/", follow=False, headers={"Accept-Language": "ru-KZ,ru;q=0.9"})
    assert answer.response.location.endswith("/ru/")
    assert browser.get("/", follow=False).response.location.endswith("/en/")


def test_colours_are_kept_in_the_browser(browser: Browser) -> None:
    browser.get("/en/look")
    page = browser.submit({"theme": "dark"})
    assert page.soup.html["data-theme"] == "dark"
    browser.get("/en/look")
    browser.submit({"theme": "<script>"})
    assert "data-theme" in str(browser.page.soup.html.attrs), "an unknown choice changes nothing"
