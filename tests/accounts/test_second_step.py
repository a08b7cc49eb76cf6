"""The second factor: asked of whoever others trust, everywhere, and used up by being shown."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from collections.abc import Callable

import pytest
import time_machine
from flask import Flask

from lms.accounts import actions
from lms.accounts.factors import actions as factors
from lms.accounts.factors import queries, rules
from lms.accounts.roles import Role
from lms.core.clock import now
from lms.core.db import reading, transaction
from tests.accounts.authenticator import Authenticator
from tests.client import Browser, Page
from tests.world import PASSPHRASE, Somebody, add_code_app, make_person

STEP = rules.STEP
BEGINS = "Today"  # where staff arrive once both steps are done


def half_way(app: Flask, person: Somebody) -> Browser:
    """A browser in which the passphrase was typed and nothing else."""
    browser = Browser(app)
    browser.get("/en/sign-in")
    page = browser.submit({"handle": person.handle, "passphrase": person.passphrase})
    assert "second-step" in page.url
    return browser


def code_of(person: Somebody, later: int = 0) -> str:
    return rules.code_at(person.secret, rules.step_of(now()) + later)


@pytest.fixture
def staff(app: Flask) -> Somebody:
    with app.app_context():
        return make_person("Heron", Role.COORDINATOR)


def test_the_whole_way_with_an_app(app: Flask, staff: Somebody) -> None:
    browser = half_way(app, staff)
    assert browser.page.h1 == "One more step"
    assert browser.submit({"code": "000000"}, button="Continue").status == 422
    page = browser.submit({"code": code_of(staff)}, button="Continue")
    assert page.url.endswith("/en/desk"), "who works here begins with what waits"
    assert browser.get("/en/home").h1.startswith("Hello")
    assert browser.get("/en/cohorts").status == 200


def test_what_was_wanted_comes_first(app: Flask, staff: Somebody) -> None:
    browser = Browser(app)
    browser.get("/en/cohorts")
    browser.submit({"handle": staff.handle, "passphrase": staff.passphrase})
    assert browser.submit({"code": code_of(staff)}, button="Continue").url.endswith("/en/cohorts")


def test_until_then_nothing_else_opens(app: Flask, staff: Somebody) -> None:
    browser = half_way(app, staff)
    for path in (
        "/en/home",
        "/en/account",
        "/en/cohorts",
        "/en/account/second-step",
        "/en/notices",
    ):
        assert browser.get(path).h1 == "One more step", path
    for path in (
        "/en/account/second-step/app",
        "/en/account/second-step/codes",
        "/en/account/end-all",
    ):
        token = browser.get("/en/second-step").soup.find("input", {"name": "csrf_token"})["value"]
        page = browser.post(path, {"csrf_token": token})
        assert page.h1 == "One more step", path


def test_a_page_that_was_wanted_comes_after_it(app: Flask, staff: Somebody) -> None:
    browser = half_way(app, staff)
    browser.get("/en/account")
    assert browser.submit({"code": code_of(staff)}, button="Continue").h1 == "Account"


def test_the_token_changes_with_what_it_may(app: Flask, staff: Somebody) -> None:
    browser = half_way(app, staff)
    old = browser.client.get_cookie("s").value
    browser.submit({"code": code_of(staff)}, button="Continue")
    browser.client.set_cookie("s", old)
    assert browser.get("/en/home").h1 == "Sign in", (
        "a copy of the half-way cookie did not rise with it"
    )


def test_a_code_works_once(app: Flask, staff: Somebody) -> None:
    code = code_of(staff)
    assert half_way(app, staff).submit({"code": code}, button="Continue").h1 == BEGINS
    again = half_way(app, staff)
    assert again.submit({"code": code}, button="Continue").status == 422
    assert again.submit({"code": code_of(staff, 1)}, button="Continue").h1 == BEGINS


def test_a_slow_clock_is_half_a_minute_slow_at_most(app: Flask, staff: Somebody) -> None:
    assert (
        half_way(app, staff).submit({"code": code_of(staff, -2)}, button="Continue").status == 422
    )
    assert half_way(app, staff).submit({"code": code_of(staff, 2)}, button="Continue").status == 422
    page = half_way(app, staff).submit({"code": code_of(staff, -1)}, button="Continue")
    assert page.h1 == BEGINS


def winners(app: Flask, browsers: list[Browser], fields: dict[str, str]) -> int:
    """How many of several browsers get in, when all send the same at the same moment."""
    start, pages = threading.Barrier(len(browsers)), []

    def send(browser: Browser) -> None:
        start.wait()
        pages.append(browser.submit(fields, button="Continue"))

    threads = [threading.Thread(target=send, args=[browser]) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(page.status in {200, 422} for page in pages)
    return sum(page.h1 == BEGINS for page in pages)


def test_of_parallel_requests_with_one_code_one_wins(app: Flask, staff: Somebody) -> None:
    browsers = [half_way(app, staff) for _ in range(3)]
    assert winners(app, browsers, {"code": code_of(staff)}) == 1


def test_of_parallel_requests_with_one_back_up_code_one_wins(app: Flask, staff: Somebody) -> None:
    with app.app_context(), transaction():
        code = factors.new_backup_codes(actions.queries.by_id(staff.id))[0]
    browsers = [half_way(app, staff) for _ in range(3)]
    assert winners(app, browsers, {"code": code}) == 1
    with app.app_context(), reading():
        assert queries.of_person(staff.id).codes == 9


def test_guessing_is_slowed_down(app: Flask, staff: Somebody) -> None:
    browser = half_way(app, staff)
    answers = [browser.submit({"code": "123456"}, button="Continue").status for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert browser.submit({"code": code_of(staff)}, button="Continue").status == 429


def test_who_must_have_one_sets_it_up_first(app: Flask, browser: Browser) -> None:
    with app.app_context():
        person = make_person("Kestrel")
    browser.sign_in(person)
    with app.app_context(), transaction():
        actions.grant(person.id, Role.AUTHOR)
    page = browser.get("/en/home")
    assert page.h1 == "Second step", "a role that comes during a sign-in is no way round"
    secret = "".join(span.get_text() for span in page.soup.select(".made span"))
    assert browser.submit({"code": "000000"}, button="Switch on").status == 422
    page = browser.submit({"code": rules.code_at(secret, rules.step_of(now()))}, button="Switch on")
    codes = [found.get_text() for found in page.soup.select(".codes b")]
    assert len(set(codes)) == 10
    assert browser.get("/en/home").h1.startswith("Hello")
    paper = half_way(app, person)
    assert paper.submit({"code": codes[3].lower()}, button="Continue").h1.startswith("Hello")
    assert half_way(app, person).submit({"code": codes[3]}, button="Continue").status == 422


def test_the_recovery_code_is_no_way_round(app: Flask, staff: Somebody, browser: Browser) -> None:
    browser.sign_in(staff)
    with app.app_context(), transaction():
        token = browser.client.get_cookie("s")
        assert token
    page = browser.get("/en/join/way-back")
    groups = [found.get_text() for found in page.soup.select(".sheet li b")]
    first, second = (int(place) for place in re.findall(r"Group (\d)", page.text)[:2])
    browser.submit(
        {"first": groups[first - 1], "second": groups[second - 1]}, button="I have written it down"
    )
    other = Browser(app)
    other.get("/en/way-back")
    page = other.submit(
        {"handle": staff.handle, "code": "".join(groups), "passphrase": "river candle orbit seven"},
        button="Come back",
    )
    assert page.h1 == "One more step"
    assert other.submit({"code": code_of(staff)}, button="Continue").h1 == "Your way back"


def test_a_learner_may_have_one_and_lose_it(app: Flask, browser: Browser) -> None:
    with app.app_context():
        person = make_person("Magpie")
    browser.sign_in(person)
    page = browser.get("/en/account/second-step")
    secret = "".join(span.get_text() for span in page.soup.select(".made span"))
    browser.submit({"code": rules.code_at(secret, rules.step_of(now()))}, button="Switch on")
    assert half_way(app, person)
    browser.get("/en/account/second-step")
    browser.submit(button="Remove")
    assert Browser(app).sign_in(person).page.h1.startswith("Hello")


def test_the_last_one_of_staff_stays(app: Flask, staff: Somebody, browser: Browser) -> None:
    browser.sign_in(staff)
    browser.get("/en/account/second-step")
    assert "your last one" in browser.submit(button="Remove").html
    assert half_way(app, staff)


# ------------------------------------------------------------ passkeys


def options(page: Page) -> str:
    return str(page.soup.select_one("form[data-passkey]")["data-passkey"])


@pytest.fixture
def with_key(app: Flask, staff: Somebody) -> tuple[Somebody, Authenticator]:
    browser, device = Browser(app).sign_in(staff), Authenticator()
    page = browser.get("/en/account/second-step")
    browser.submit(
        {"answer": device.create(options(page)), "name": "Blue stick"}, button="Add a passkey"
    )
    assert "Blue stick" in browser.get("/en/account/second-step").html
    return staff, device


def test_a_passkey_opens_after_the_passphrase(
    app: Flask, with_key: tuple[Somebody, Authenticator]
) -> None:
    person, device = with_key
    browser = half_way(app, person)
    answer = device.get(options(browser.page))
    sent = {
        "answer": answer,
        "challenge": browser.page.soup.find("input", {"name": "challenge"})["value"],
    }
    assert browser.submit(sent, button="Use a passkey").h1 == BEGINS
    again = half_way(app, person)
    assert again.submit(sent, button="Use a passkey").status == 422, "an answer works once"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda device: setattr(device, "origin", "http://evil.example"),
        lambda device: setattr(device, "host", "evil.example"),
        lambda device: setattr(device, "counter", -1),
        lambda device: setattr(device, "key", Authenticator().key),
        lambda device: setattr(device, "id", b"another"),
    ],
    ids=["origin", "host", "counter went back", "key", "unknown"],
)
def test_what_is_not_right_does_not_open(
    app: Flask, with_key: tuple[Somebody, Authenticator], spoil: Callable[[Authenticator], None]
) -> None:
    person, device = with_key
    first = half_way(app, person)
    assert (
        first.submit({"answer": device.get(options(first.page))}, button="Use a passkey").h1
        == BEGINS
    )
    spoil(device)
    browser = half_way(app, person)
    page = browser.submit({"answer": device.get(options(browser.page))}, button="Use a passkey")
    assert page.status == 422


def test_a_challenge_of_somebody_else_does_not_open(
    app: Flask, with_key: tuple[Somebody, Authenticator]
) -> None:
    person, device = with_key
    with app.app_context():
        other = make_person("Other", Role.AUTHOR)
    signed = Browser(app).sign_in(other)
    page, key = signed.get("/en/account/second-step"), Authenticator()
    signed.submit({"answer": key.create(options(page))}, button="Add a passkey")
    theirs = half_way(app, other)
    mine = half_way(app, person)
    sent = {
        "answer": device.get(options(theirs.page)),
        "challenge": theirs.page.soup.find("input", {"name": "challenge"})["value"],
    }
    assert mine.submit(sent, button="Use a passkey").status == 422


def test_a_challenge_is_open_for_ten_minutes(
    app: Flask, with_key: tuple[Somebody, Authenticator]
) -> None:
    person, device = with_key
    browser = half_way(app, person)
    with time_machine.travel(now().timestamp() + 601):
        page = browser.submit({"answer": device.get(options(browser.page))}, button="Use a passkey")
        assert page.status == 422


@pytest.mark.parametrize(
    "answer", ["", "{}", "[]", "null", '{"rawId": 7}', "x" * 500, '{"rawId": "AA"}']
)
def test_nonsense_is_refused(
    app: Flask, with_key: tuple[Somebody, Authenticator], answer: str
) -> None:
    browser = half_way(app, with_key[0])
    assert browser.submit({"answer": answer}, button="Use a passkey").status == 422


# ------------------------------------------------------------ codes as others make them


def test_codes_are_those_of_the_standard() -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert [rules.code_at(secret, at // STEP) for at in (59, 1111111109, 20000000000)] == [
        "287082", "081804", "353130",
    ]  # fmt: skip


@pytest.mark.skipif(shutil.which("oathtool") is None, reason="Debian's oathtool is not here")
def test_oathtool_agrees() -> None:
    secret = factors.new_secret()
    for at in range(0, 3000, 300):
        command = ["oathtool", "--totp", "-b", secret, f"--now=@{at}"]
        made = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        assert made == rules.code_at(secret, at // STEP)


def test_back_up_codes_are_read_as_people_type_them() -> None:
    code = rules.new_backup_code()
    assert rules.read_backup_code(f"  {code.lower().replace('-', ' ')} ") == code
    assert rules.read_backup_code(code[:-1]) is None
    assert rules.read_backup_code("") is None
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
    assert rules.read_backup_code(wrong) is None


def test_a_secret_in_the_database_is_sealed(app: Flask, staff: Somebody) -> None:
    with app.app_context(), reading():
        row = queries.db.session.get(factors.CodeApp, staff.id)
        assert staff.secret.encode() not in row.secret


def test_a_mentor_of_a_live_pair_needs_one_without_any_role(app: Flask) -> None:
    with app.app_context():
        person = make_person("Linnet")
        with transaction():
            add_code_app(actions.queries.by_id(person.id))
    assert half_way(app, person).page.h1 == "One more step"
    assert PASSPHRASE
