"""Joining, signing in and coming back, as a person does it."""

from __future__ import annotations

import re

from flask import Flask

from lms.accounts import queries
from lms.core.db import reading
from tests.client import Browser
from tests.world import PASSPHRASE, make_person


def join(browser: Browser, handle: str = "Heron 27") -> None:
    browser.get("/en/join")
    browser.submit({"handle": handle, "passphrase": PASSPHRASE}, button="Continue")


def code_on(browser: Browser) -> list[str]:
    return re.findall(r"(?<!\d)\d{4}(?!\d)", browser.page.soup.select_one(".sheet").get_text(" "))


def asked(browser: Browser) -> list[int]:
    labels = [tag.get_text(" ", strip=True) for tag in browser.page.soup.select("main label")]
    return [int(found[1]) - 1 for label in labels if (found := re.match(r"Group (\d)", label))]


def type_back(browser: Browser) -> str:
    code = code_on(browser)
    first, second = asked(browser)
    browser.submit({"first": code[first], "second": code[second]})
    return "".join(code)


def test_join_without_a_name(browser: Browser, app: Flask) -> None:
    join(browser)
    assert browser.page.h1 == "Your way back"
    assert len(code_on(browser)) == 9
    type_back(browser)
    assert browser.page.h1 == "Hello, Heron 27"
    with app.app_context(), reading():
        person = queries.by_handle("heron27")
        assert person is not None
        assert person.recovery_hash


def test_a_code_counts_only_after_it_was_typed_back(browser: Browser, app: Flask) -> None:
    join(browser)
    before = code_on(browser)
    browser.submit({"first": "0000", "second": "1111"})
    assert browser.page.status == 422
    assert code_on(browser) == before, "a slip must not change the code on the paper"
    with app.app_context(), reading():
        person = queries.by_handle("Heron 27")
        assert person is not None
        assert person.recovery_hash is None


def test_recovery_opens_the_account_and_uses_the_code_up(browser: Browser, app: Flask) -> None:
    join(browser)
    code = type_back(browser)
    other = Browser(app)
    other.get("/en/way-back")
    other.submit(
        {"handle": "heron 27", "code": code, "passphrase": "river candle orbit seven"},
        button="Come back",
    )
    assert other.page.h1 == "Your way back"
    assert browser.get("/en/home").h1 == "Sign in", "every older sign-in ends"
    third = Browser(app)
    third.get("/en/way-back")
    third.submit(
        {"handle": "heron 27", "code": code, "passphrase": "river candle orbit eight"},
        button="Come back",
    )
    assert third.page.status == 422


def test_a_taken_name_and_a_short_passphrase_keep_what_was_typed(
    browser: Browser, app: Flask
) -> None:
    with app.app_context():
        make_person("Saule")
    browser.get("/en/join")
    page = browser.submit({"handle": "SAULE", "passphrase": PASSPHRASE}, button="Continue")
    assert "is taken" in page.text
    assert page.soup.find("input", {"name": "handle"})["value"] == "SAULE"
    page = browser.submit({"handle": "Magpie 11", "passphrase": "short"}, button="Continue")
    assert "It needs 15" in page.text


def test_suggestions_work_without_script(browser: Browser) -> None:
    browser.get("/ru/join")
    suggestion = browser.page.soup.find("button", {"name": "pick"})["value"]
    page = browser.submit({"pick": suggestion})
    assert page.soup.find("input", {"name": "handle"})["value"] == suggestion
    page = browser.submit({"make": "1"})
    made = page.soup.select_one(".made").get_text()
    assert len(made.split()) == 6
    assert page.soup.find("input", {"name": "passphrase"})["value"] == made


def test_guessing_is_slowed_down_and_survives(browser: Browser, app: Flask) -> None:
    with app.app_context():
        person = make_person("Kestrel")
    for _ in range(6):
        browser.get("/en/sign-in")
        page = browser.submit({"handle": "Kestrel", "passphrase": "wrong wrong wrong"})
    assert page.status == 429
    other = Browser(app)
    other.get("/en/sign-in")
    page = other.submit({"handle": "kestrel", "passphrase": person.passphrase})
    assert page.status == 429, "the counter belongs to the account, not to a browser"


def test_an_unknown_name_reads_like_a_wrong_passphrase(browser: Browser, app: Flask) -> None:
    with app.app_context():
        make_person("Kestrel")
    pages = []
    for handle in ("Kestrel", "Nobody"):
        browser.get("/en/sign-in")
        pages.append(browser.submit({"handle": handle, "passphrase": "wrong wrong wrong"}))
    first, second = (re.sub(r"Kestrel|Nobody|value=\"[^\"]*\"", "", page.html) for page in pages)
    assert pages[0].status == pages[1].status == 422
    assert first == second


def test_leaving_ends_the_sign_in(browser: Browser, app: Flask) -> None:
    with app.app_context():
        person = make_person()
    browser.sign_in(person)
    page = browser.get("/leave", follow=False)
    assert page.status == 303
    assert "cookies" in page.response.headers["Clear-Site-Data"]
    assert browser.get("/en/home").h1 == "Sign in"
    browser.sign_in(person)
    browser.get("/leave", headers={"Sec-Purpose": "prefetch"})
    browser.get("/leave", headers={"Sec-Fetch-Dest": "image"})
    assert browser.get("/en/home").h1.startswith("Hello")
