"""The mail: it arrives once, at most one an hour, and says nothing."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lms.core import outbox
from lms.core.clock import now
from lms.core.db import db, reading
from lms.core.settings import Settings
from lms.messaging import mail, rules
from lms.messaging.kinds import LOOKS, Kind, Subject
from lms.web.outside import sensitive
from tests.client import Browser
from tests.messaging.world import Postbox, every_kind, leave_address, mail_server, tell
from tests.world import make_person

START = datetime.fromisoformat("2026-03-04T10:00:00+00:00")
SUBJECTS = {
    "You have a new message",
    "A time to confirm",
    "Something is waiting for you",
    "Your weekly summary",
    "Please confirm",
    "Your account",
}


@pytest.fixture
def post(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Postbox]:
    """The application with a mail server."""
    with mail_server() as (url, box):
        with_mail = replace(
            settings,
            mail_url=url,
            mail_from="Post <post@example.net>",
            public_url="https://example.net",
        )
        monkeypatch.setitem(app.extensions, "settings", with_mail)
        # By day where the people of these tests are: at night no mail leaves.
        with time_machine.travel(START, tick=False):
            yield box


@pytest.mark.enable_socket
def test_a_mail_says_that_something_waits_and_nothing_else(app: Flask, post: Postbox) -> None:
    with app.app_context():
        person = make_person("Heron of Almaty")
        leave_address(person)
        tell(person, Kind.MESSAGE, pair="pppppppppppp")
        outbox.run_due()
    (found,) = post.mails
    assert post.to == ["heron@example.org"]
    assert found["Subject"] == "You have a new message"
    assert found["From"] == "Post <post@example.net>"
    assert found["Message-ID"].endswith("@example.net>")
    body = found.get_content()  # type: ignore[attr-defined]
    assert body.splitlines() == [
        "There is something new for you:",
        "",
        "https://example.net/en/notices",
    ]


@pytest.mark.enable_socket
def test_at_most_one_mail_an_hour(app: Flask, post: Postbox) -> None:
    with time_machine.travel(START, tick=False) as clock, app.app_context():
        person = make_person()
        leave_address(person)
        for minute in (0, 5, 30, 59):
            clock.move_to(START + timedelta(minutes=minute))
            tell(person, Kind.MESSAGE, pair=f"{minute:012d}")
            outbox.run_due()
        assert len(post.mails) == 1
        clock.move_to(START + timedelta(minutes=61))
        outbox.run_due()
        assert len(post.mails) == 2, "what came meanwhile is told in one mail, an hour later"
        outbox.run_due()
        assert len(post.mails) == 2


@pytest.mark.enable_socket
def test_what_was_read_meanwhile_sends_no_mail(app: Flask, post: Postbox, browser: Browser) -> None:
    with app.app_context():
        person = make_person()
        leave_address(person)
        tell(person, Kind.PAIR_ENDED)
    browser.sign_in(person).get("/en/notices")
    browser.submit(button="Open", follow=False)
    with app.app_context():
        outbox.run_due()
        assert post.mails == []
        tell(person, Kind.PAIR_ENDED)
        assert not outbox.due(), "an hour after the mail that was not needed"
        with time_machine.travel(now() + timedelta(minutes=61), tick=False):
            outbox.run_due()
        assert len(post.mails) == 1


@pytest.mark.enable_socket
def test_a_removed_address_gets_nothing(app: Flask, post: Postbox, browser: Browser) -> None:
    with app.app_context():
        person = make_person()
        leave_address(person)
        tell(person)
    browser.sign_in(person).get("/en/notices/settings")
    assert "heron@example.org" in browser.page.text
    browser.submit(button="Delete this address")
    with app.app_context():
        outbox.run_due()
    assert post.mails == []
    assert "heron@" not in browser.get("/en/notices/settings").text


@pytest.mark.enable_socket
def test_a_mail_that_is_tried_twice_is_one_for_the_reader(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_day = time_machine.travel(START, tick=False)
    with by_day, mail_server(refuse=1) as (url, box), app.app_context():
        with_mail = replace(settings, mail_url=url, mail_from="post@example.net")
        monkeypatch.setitem(app.extensions, "settings", with_mail)
        person = make_person()
        leave_address(person)
        tell(person)
        outbox.run_due()
        assert box.mails == []
        with time_machine.travel(now() + timedelta(minutes=2), tick=False):
            outbox.run_due()
        assert len(box.mails) == 1
        first = mail.compose("a@example.org", "en", Subject.MESSAGE, "1:7")
        again = mail.compose("a@example.org", "en", Subject.MESSAGE, "1:7")
        assert first["Message-ID"] == again["Message-ID"]


@pytest.mark.enable_socket
def test_a_server_elsewhere_is_told_nothing_before_tls(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mail_server() as (url, box), app.app_context():
        found = mail.compose("a@example.org", "en", Subject.MESSAGE, "1")
        mail.deliver(rules.server(url), found)
        assert len(box.mails) == 1
        # The same server, taken for one on another machine. It offers no STARTTLS.
        monkeypatch.setattr(rules, "LOOPBACK", frozenset())
        with pytest.raises(smtplib.SMTPNotSupportedError):
            mail.deliver(rules.server(url), found)
    assert len(box.mails) == 1


def test_no_mail_carries_anything_of_a_person(app: Flask, settings: Settings) -> None:
    poison = "Poison методон naloxone Saule"
    with app.app_context():
        for lang in ("en", "ru"):
            for kind in every_kind():
                found = mail.compose("reader@example.org", lang, LOOKS[kind].subject, poison)
                whole = found.as_string()
                text = found.get_content() + found["Subject"]
                assert "Poison" not in whole
                assert not sensitive(text + found["Message-ID"] + found["From"])
                if lang == "en":
                    assert found["Subject"] in SUBJECTS
                assert text.count("http") == 1


def test_the_address_is_sealed(app: Flask, browser: Browser) -> None:
    with app.app_context():
        person = make_person()
    browser.sign_in(person).get("/en/notices/settings")
    browser.submit({"address": "canary-bird@example.org"}, button="Save address")
    assert "canary-bird@example.org" in browser.get("/en/notices/settings").text
    with app.app_context(), reading():
        rows = db.session.connection().exec_driver_sql("SELECT address FROM contact").all()
        assert len(rows) == 1
        assert b"canary" not in bytes(rows[0][0])


def test_mails_are_promised_only_where_there_are_any(
    app: Flask, browser: Browser, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        person = make_person()
    browser.sign_in(person).get("/en/notices/settings")
    page = browser.submit({"address": "heron@example.org"}, button="Save address")
    assert "No mail comes as long as this instance sends none." in page.html
    with_mail = replace(settings, mail_url="smtp://127.0.0.1:25", mail_from="post@example.net")
    monkeypatch.setitem(app.extensions, "settings", with_mail)
    page = browser.submit({"address": "heron@example.org"}, button="Save address")
    assert "A mail comes when something waits" in page.html


@pytest.mark.parametrize(
    "typed",
    ["", "heron", "heron@", "heron@example", "a b@example.org", "a@b.org, c@d.org", "x" * 300],
)
def test_what_is_no_address_is_refused_and_kept(app: Flask, browser: Browser, typed: str) -> None:
    with app.app_context():
        person = make_person()
    browser.sign_in(person).get("/en/notices/settings")
    page = browser.submit({"address": typed}, button="Save address")
    assert page.status == 422
    assert page.soup.find("input", {"name": "address"})["value"] == typed


@pytest.mark.parametrize(
    ("url", "port", "tls"),
    [("smtp://u:p%40@mail.example.org", 587, False), ("smtps://mail.example.org", 465, True)],
)
def test_server_addresses(url: str, port: int, tls: bool) -> None:
    found = rules.server(url)
    assert (found.host, found.port, found.tls) == ("mail.example.org", port, tls)


@pytest.mark.parametrize("url", ["mail.example.org", "http://mail.example.org", "smtp://"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="ALONGSIDE_MAIL_URL"):
        rules.server(url)


@given(st.lists(st.integers(0, 400), min_size=1, max_size=30))
def test_mails_are_an_hour_apart(gaps: list[int]) -> None:
    moment, sent = START, []
    for gap in gaps:
        moment += timedelta(minutes=gap)
        at = rules.mail_at(moment, sent[-1] if sent else None, "Asia/Almaty")
        assert at >= moment
        if at == moment:
            sent.append(at)
    assert all(b - a >= timedelta(hours=1) for a, b in pairwise(sent))
