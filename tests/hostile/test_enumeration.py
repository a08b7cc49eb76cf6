"""Whether somebody has an account is told by no answer and by no clock; a session is worth nothing before or after."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lms.accounts import secrets
from tests.client import Browser
from tests.conftest import Tell
from tests.world import PASSPHRASE, Somebody, make_person

Size = Callable[[int, int], int]
CODE = "1234" * 9
# Forms that take a name: what else they want, wrongly filled in.
ASKS = {
    "/en/sign-in": {"passphrase": "wrong wrong wrong wrong"},
    "/en/way-back": {"code": CODE, "passphrase": "a harbour of nine quiet foxes"},
}


@pytest.fixture
def person(app: Flask) -> Somebody:
    with app.app_context():
        return make_person("Kestrel")


def ask(app: Flask, address: str, handle: str) -> TestResponse:
    client = app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(address).text)
    assert token is not None
    return client.post(address, data={"csrf_token": token[1], "handle": handle, **ASKS[address]})


def bare(answer: TestResponse, handle: str) -> str:
    return re.sub(r'value="[^"]*"', "", answer.text).replace(handle, "")


@pytest.mark.parametrize("address", ASKS)
def test_known_and_unknown_names_read_alike(app: Flask, person: Somebody, address: str) -> None:
    # Through all tries, the one that has to wait too: counted for a name that nobody has as well.
    for _ in range(7):
        known, unknown = (ask(app, address, name) for name in (person.handle, "Sparrow"))
        assert known.status_code == unknown.status_code
        times = re.compile(r"\d?\d:\d\d(:\d\d)?( [AP]M)?")
        assert times.sub("", bare(known, person.handle)) == times.sub("", bare(unknown, "Sparrow"))
        assert known.content_length == unknown.content_length
        assert dict(known.headers).keys() == dict(unknown.headers).keys()


@pytest.mark.parametrize("known", [True, False])
def test_the_slow_hash_runs_for_everybody(
    app: Flask, person: Somebody, known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What takes the time is done once, with the same cost, whether there is such a name or not.
    runs: list[tuple[int, int]] = []
    real = secrets.hash_secret_raw

    def watched(*given: object) -> bytes:
        runs.append((given[2], given[3]))  # type: ignore[arg-type]
        return bytes(real(*given))  # type: ignore[arg-type]

    monkeypatch.setattr(secrets, "hash_secret_raw", watched)
    ask(app, "/en/sign-in", person.handle if known else "Sparrow")
    settings = app.extensions["settings"]
    assert runs == [(settings.argon2_passes, settings.argon2_memory_kib)]


@pytest.mark.soak
@pytest.mark.parametrize("address", ASKS)
def test_the_clock_tells_nothing(
    app: Flask, person: Somebody, address: str, figure: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lms.core.throttle.FREE_TRIES", 10**6)
    monkeypatch.setattr("lms.core.throttle.delay", lambda *_: timedelta(0))
    took: dict[str, list[float]] = {person.handle: [], "Sparrow": []}
    # In turns, so that what else the machine does falls on both.
    for _ in range(300):
        for name, found in took.items():
            began = time.perf_counter()
            ask(app, address, name)
            found.append(time.perf_counter() - began)
    gap = abs(median(took[person.handle]) - median(took["Sparrow"])) * 1000
    figure(f"gap of medians, {address}, ms", gap, "≤ 5")
    assert gap < 5


# --- Sessions ------------------------------------------------------------------------------------


def test_a_session_from_before_is_worth_nothing(app: Flask, person: Somebody) -> None:
    # Somebody plants her own cookie in the browser of the person, who then signs in.
    planted = app.test_client()
    planted.get("/en/look")
    cookie = planted.get_cookie("s")
    assert cookie is not None
    victim = Browser(app)
    victim.client.set_cookie("s", cookie.value)
    victim.sign_in(person)
    kept = victim.client.get_cookie("s")
    assert kept is not None
    assert kept.value != cookie.value
    assert planted.get("/en/home").status_code == 303


@pytest.mark.parametrize("how", ["/en/sign-out", "/en/account/end-all", "/leave"])
def test_a_session_that_has_ended_is_worth_nothing(app: Flask, person: Somebody, how: str) -> None:
    browser = Browser(app).sign_in(person)
    cookie = browser.client.get_cookie("s")
    assert cookie is not None
    if how == "/leave":
        browser.get(how, follow=False)
    else:
        page = browser.get("/en/account").soup
        token = page.find("input", {"name": "csrf_token"})
        assert token is not None
        browser.post(how, {"csrf_token": token["value"]})
    thief = app.test_client()
    thief.set_cookie("s", cookie.value)
    assert thief.get("/en/home").status_code == 303


def test_a_bent_cookie_is_a_guest(app: Flask, person: Somebody) -> None:
    cookie = Browser(app).sign_in(person).client.get_cookie("s")
    assert cookie is not None
    value = cookie.value
    bent = [
        # The last letter but one: of the last one two bits say nothing.
        value[:-2] + ("A" if value[-2] != "A" else "B") + value[-1],
        value[1:],
        value + "x",
        "",
        ".",
        "e30.x.y",
    ]
    bent += [value.rsplit(".", 1)[0], value.replace(".", "..", 1), value[::-1], value * 3]
    for one in bent:
        thief = app.test_client()
        thief.set_cookie("s", one)
        assert thief.get("/en/home").status_code == 303, one


def test_what_a_cookie_is_like(app: Flask, person: Somebody) -> None:
    browser = Browser(app).sign_in(person)
    browser.get("/en/look")
    browser.submit({"theme": "dark"}, action="/look")
    for cookie in browser.client._cookies.values():
        assert cookie.same_site == "Lax"
        assert cookie.domain == "localhost"
        assert cookie.origin_only
        assert len(cookie.value) < 4096
        # What keeps colours may be read by anybody; what opens an account only by us.
        assert cookie.http_only or cookie.key != "s"
        for word in (person.handle, person.public_id, PASSPHRASE):
            assert word not in cookie.value


# --- Failures say nothing ------------------------------------------------------------------------


def test_a_failure_shows_nothing_of_the_inside(
    app: Flask, person: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_parts: object) -> object:
        raise RuntimeError(f"{PASSPHRASE} at /srv/alongside/lms")

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    browser = Browser(app).sign_in(person)
    for name in ("web.home", "accounts.account", "web.about"):
        if name in app.view_functions:
            monkeypatch.setitem(app.view_functions, name, broken)
    for address in ("/en/home", "/en/account"):
        page = browser.get(address)
        assert page.status == 500
        for word in (
            PASSPHRASE,
            "RuntimeError",
            "Traceback",
            "/srv/",
            ".py",
            "sqlalchemy",
            "flask",
        ):
            assert word.lower() not in page.html.lower(), word
