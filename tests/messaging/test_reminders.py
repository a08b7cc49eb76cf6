"""What only reminds: by day, three in two weeks, where it is welcome; and nothing that is written says anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lms.core import clock
from lms.core.clock import now
from lms.core.db import db, reading, transaction
from lms.core.i18n import force_locale
from lms.core.settings import Settings
from lms.messaging import actions, mail, queries, rules
from lms.messaging.kinds import LOOKS, REMINDERS, Kind, Subject
from lms.messaging.rules import Wishes
from lms.web.outside import sensitive
from tests.client import Browser
from tests.messaging.world import leave_address, tell
from tests.world import Somebody, make_person

ZONES = st.sampled_from(["Asia/Tashkent", "Europe/Vilnius", "Asia/Almaty", "UTC", "America/Lima"])
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
# Behind the sign-in a notice may say what it is about; outside nothing does.
INSIDE = ("mentor", "настав")
POISON = "Saule & methadone <b>метадон</b> ВИЧ"


@given(moment=MOMENTS, zone=ZONES)
def test_no_mail_leaves_at_night(moment: datetime, zone: str) -> None:
    at = rules.by_day(moment, zone)
    local = at.astimezone(ZoneInfo(zone))
    assert moment <= at <= moment + timedelta(hours=13)
    assert 9 <= local.hour < 21
    if 9 <= moment.astimezone(ZoneInfo(zone)).hour < 21:
        assert at == moment, "by day nothing waits"


def kinds_of(person: Somebody) -> list[Kind]:
    with reading():
        return [notice.kind for notice in queries.notices(person.id, 50)]


def test_three_reminders_in_two_weeks_and_then_no_more(app: Flask) -> None:
    with app.app_context():
        person, start = make_person(), now()
        for day in range(0, 20, 2):
            with clock.at(start + timedelta(days=day)):
                tell(person, Kind.TURN, pair=f"{day:012d}")
        days = sorted(int(found.params["pair"]) for found in every(person))
        assert days == [0, 2, 4, 14, 16, 18]
        tell(person, Kind.PAIR_ENDED)
        assert Kind.PAIR_ENDED in kinds_of(person), "news is no reminder"


def every(person: Somebody) -> list[queries.Found]:
    with reading():
        return queries.notices(person.id, 50)


def test_who_wants_no_reminders_gets_none(app: Flask, browser: Browser) -> None:
    with app.app_context():
        person = make_person()
    browser.sign_in(person).get("/en/notices/settings")
    form = {"mail": "y", "reminders_by_mail": "y", "reminders_here": ""}
    page = browser.submit(form, button="Save")
    assert page.status == 200
    with app.app_context():
        assert actions_wishes(person) == Wishes(reminders_here=False)
        for kind in sorted(REMINDERS):
            tell(person, kind, pair="pppppppppppp")
        assert kinds_of(person) == []
        tell(person, Kind.MESSAGE, pair="pppppppppppp")
        assert kinds_of(person) == [Kind.MESSAGE]


def actions_wishes(person: Somebody) -> Wishes:
    with reading():
        return actions.wishes(person.id)


@pytest.mark.parametrize(
    ("wanted", "kind", "mails"),
    [
        (Wishes(), Kind.TURN, 1),
        (Wishes(reminders_by_mail=False), Kind.TURN, 0),
        (Wishes(reminders_by_mail=False), Kind.MESSAGE, 1),
        (Wishes(mail=False), Kind.MESSAGE, 0),
    ],
)
def test_each_channel_for_itself(
    app: Flask,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    wanted: Wishes,
    kind: Kind,
    mails: int,
) -> None:
    with_mail = replace(settings, mail_url="smtp://127.0.0.1:1")
    monkeypatch.setitem(app.extensions, "settings", with_mail)
    with app.app_context():
        person = make_person()
        leave_address(person)
        with transaction():
            actions.choose(person.id, wanted)
        tell(person, kind, pair="pppppppppppp")
        assert kinds_of(person) == [kind], "in the app it stands in any case"
        with reading():
            jobs = "SELECT count(*) FROM outbox WHERE kind = 'messaging.mail'"
            assert db.session.connection().exec_driver_sql(jobs).scalar() == mails


def test_a_mail_that_waits_is_not_sent_once_mail_is_off(app: Flask) -> None:
    with app.app_context():
        person = make_person()
        leave_address(person)
        tell(person)
        with reading():
            cycle = db.session.connection().exec_driver_sql("SELECT cycle FROM contact").scalar()
            assert queries.mail_due(person.id, cycle) == "en"
        with transaction():
            actions.choose(person.id, Wishes(mail=False))
        with reading():
            assert queries.mail_due(person.id, cycle) is None
            assert queries.address(person.id) is not None, "the address stays"


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_nothing_that_is_told_names_a_person_or_a_topic(app: Flask, lang: str) -> None:
    """Every kind of notice and every mail, with poisoned data in everything that comes from people."""
    with app.test_request_context(f"/{lang}/notices"):
        for kind, look in LOOKS.items():
            with force_locale(lang):
                text = str(look.text)
                assert all(word.startswith(INSIDE) for word in sensitive(text)), (kind, text)
                assert "%" not in text, "a notice has no place for anything of a person"
            found = mail.compose("reader@example.org", lang, look.subject, POISON)
            whole = f"{found.as_string()}\n{found.get_content()}\n{found['Subject']}"
            assert not sensitive(whole), (kind, whole)
            for word in ("Saule", "methadone", "метадон"):
                assert word not in whole
        subjects = {mail.subject(kind) for kind in Subject}
        assert len(subjects) == len(Subject) == 6


def test_the_stop_words_are_found_in_both_languages() -> None:
    """A planted fault: the list knows what must not be said."""
    assert sensitive("Your methadone appointment")
    assert sensitive("Встреча о метадоне")


def test_params_are_ids_and_nothing_else(app: Flask) -> None:
    """What a notice carries is checked where it is written: an id has twelve letters and digits."""
    with app.app_context(), pytest.raises(ValueError, match="no id"):
        tell(make_person(), Kind.MESSAGE, pair=POISON)
