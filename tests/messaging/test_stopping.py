"""Mails end with one press, for whoever holds one; on Mondays one comes, for whoever chose it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lms.core import outbox
from lms.core.db import transaction
from lms.messaging import actions, stopping
from lms.messaging.rules import Wishes, monday
from tests.client import Browser
from tests.messaging.test_mail import post  # noqa: F401 - a fixture
from tests.messaging.world import Postbox, leave_address, tell
from tests.world import Somebody, make_person

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
SUNDAY = datetime(2026, 3, 8, 0, 30, tzinfo=UTC)
MONDAY = datetime(
    2026, 3, 9, 4, tzinfo=UTC
)  # nine in the morning in Almaty, which is five hours ahead


@pytest.fixture
def person(app: Flask) -> Somebody:
    with app.app_context():
        person = make_person("Heron")
        leave_address(person)
        return person


@pytest.mark.enable_socket
def test_a_mailbox_can_press_without_a_session(
    app: Flask,
    person: Somebody,
    post: Postbox,  # noqa: F811
) -> None:
    with app.app_context():
        tell(person)
        outbox.run_due()
    (mail,) = post.mails
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = str(mail["List-Unsubscribe"])
    assert address.startswith("<https://example.net/en/mail/")
    assert person.public_id not in address
    provider = app.test_client()
    path = address.strip("<>").removeprefix("https://example.net")
    assert app.test_client().get(path).status_code == 200
    assert _wants_mail(app, person), "looking does nothing"
    pressed = provider.post(path, data=ONE_CLICK)
    assert pressed.status_code == 200
    assert "Set-Cookie" not in pressed.headers
    assert not _wants_mail(app, person)
    with app.app_context(), time_machine.travel(MONDAY, tick=False):
        tell(person, pair="qqqqqqqqqqqq")
        outbox.run_due()
    assert len(post.mails) == 1


def test_the_page_has_one_button(app: Flask, person: Somebody, browser: Browser) -> None:
    with app.app_context():
        token = stopping.token(person.public_id)
    browser.get(f"/en/mail/{token}")
    assert browser.submit(button="Send me no more mails").h1 == "No more mails"
    assert not _wants_mail(app, person)


def test_nobody_elses_address_and_no_guess(app: Flask, person: Somebody, browser: Browser) -> None:
    with app.app_context():
        other = make_person("Wren")
        without = stopping.token(other.public_id)
        token = stopping.token(person.public_id)
    for wrong in (without, token[:-1], token + "A", "x", "é"):
        assert browser.post(f"/en/mail/{wrong}", ONE_CLICK).status == 404
    assert _wants_mail(app, person)


def test_a_press_is_slowed_down(app: Flask, person: Somebody, browser: Browser) -> None:
    with app.app_context():
        token = stopping.token(person.public_id)
    answers = [browser.post(f"/en/mail/{token}", ONE_CLICK).status for _ in range(22)]
    assert answers[:20] == [200] * 20
    assert answers[-1] == 429


def _wants_mail(app: Flask, person: Somebody) -> bool:
    with app.app_context(), transaction():
        return actions.wishes(person.id).mail


# --- The summary ---------------------------------------------------------------------------------


def _choose(person: Somebody, **wanted: bool) -> None:
    with transaction():
        actions.choose(person.id, Wishes(**wanted))


def _pass(*moments: datetime) -> None:
    for moment in moments:
        with time_machine.travel(moment, tick=False):
            outbox.plan_daily()
            outbox.run_due()


WEEK = [SUNDAY, SUNDAY + timedelta(hours=20), MONDAY, MONDAY + timedelta(hours=2)]


@pytest.mark.enable_socket
def test_on_monday_one_mail_for_whoever_chose_it(
    app: Flask,
    person: Somebody,
    post: Postbox,  # noqa: F811
) -> None:
    with app.app_context():
        tell(person)
        outbox.run_due()
        _pass(*WEEK)
        assert len(post.mails) == 1, "nobody gets it who has not chosen it"
        _choose(person, weekly=True)
        _pass(*(moment + timedelta(weeks=1) for moment in WEEK))
        assert [mail["Subject"] for mail in post.mails[1:]] == ["Your weekly summary"]
        body = post.mails[1].get_content()  # type: ignore[attr-defined]
        lines = ["There is something new for you:", "", "https://example.net/en/notices"]
        assert body.splitlines() == lines
        with transaction():
            actions.mark_all_read(person.id)
        _pass(*(moment + timedelta(weeks=2) for moment in WEEK))
        assert len(post.mails) == 2, "nothing waits"


@pytest.mark.enable_socket
def test_no_mail_means_none_on_monday_either(
    app: Flask,
    person: Somebody,
    post: Postbox,  # noqa: F811
) -> None:
    with app.app_context():
        _choose(person, weekly=True, mail=False)
        tell(person)
        _pass(*WEEK)
        assert post.mails == []


ZONES = st.sampled_from(
    ["Asia/Almaty", "Europe/Vilnius", "Asia/Kathmandu", "Pacific/Auckland", "America/Lima"]
)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)), ZONES)  # noqa: DTZ001
def test_each_week_has_one_monday_wherever_one_is(start: datetime, zone: str) -> None:
    days = [start.replace(tzinfo=UTC) + timedelta(days=number) for number in range(8)]
    found = {at for day in days if (at := monday(day, zone))}
    assert 1 <= len(found) <= 2
    assert all(at.astimezone(UTC) == at for at in found)
    local = {at.astimezone(ZoneInfo(zone)) for at in found}
    assert all((one.weekday(), one.hour, one.minute) == (0, 9, 0) for one in local)
