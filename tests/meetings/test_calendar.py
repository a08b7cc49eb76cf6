"""Calendar files as three independent programs read them, what stands in them, and secret addresses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select

from lms.core import clock
from lms.core.db import db, reading, transaction
from lms.core.i18n import force_locale
from lms.meetings import actions, ics
from lms.meetings.ics import Entry
from lms.meetings.models import CalendarFeed
from lms.meetings.views.calendar import BRAKE, STRANGERS
from lms.mentoring import actions as mentoring
from tests.client import Browser
from tests.meetings import readers
from tests.meetings.world import BEGIN, inside, make_meeting_pair, plan
from tests.mentoring.world import the_pair_inside

THURSDAY = datetime.fromisoformat("2027-03-25T18:00")
ALLOWED = {
    *("UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "CLASS", "STATUS", "TRANSP"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _march() -> object:
    BRAKE.let_go()
    STRANGERS.let_go()
    with clock.at(BEGIN):
        yield


def entries() -> list[Entry]:
    """A weekly call at 18:00 in Vilnius, before, on and after 28 March 2027; the last one called off."""
    starts = [(25, 3, 16), (28, 3, 15), (1, 4, 15), (4, 11, 16)]
    return [
        Entry(
            uid=f"0000-{number}",
            sequence=number,
            starts_at=datetime(2027, month, day, hour, tzinfo=UTC),
            minutes=45,
            changed_at=BEGIN,
            cancelled=number == 3,
        )
        for number, (day, month, hour) in enumerate(starts)
    ]


DAYS = ("2027-03-25", "2027-03-28", "2027-04-01", "2027-11-04")
HOURS = {"Europe/Vilnius": (18, 18, 18, 18), "Asia/Tashkent": (21, 20, 20, 21)}
EXPECTED = {
    zone: [f"{day}T{hour}:00 {day}T{hour}:45" for day, hour in zip(DAYS, hours, strict=True)]
    for zone, hours in HOURS.items()
}


@pytest.mark.sqlite_only
@pytest.mark.parametrize("zone", EXPECTED)
@pytest.mark.parametrize("reader", readers.READERS)
def test_three_readers_agree_across_the_clock_change(
    reader: str, zone: str, tmp_path: Path
) -> None:
    if reader != "vobject" and (why := readers.missing()):
        pytest.fail(why)
    for lang, title in (("en", "Call"), ("ru", "Звонок")):
        with force_locale(lang):
            file = ics.written(entries())
        (tmp_path / lang).mkdir()
        found = readers.READERS[reader](file, zone, tmp_path / lang)
        begun = [f"{times} {title}" for times in EXPECTED[zone]]
        if reader != "calcurse":
            status = ("CONFIRMED", "CONFIRMED", "CONFIRMED", "CANCELLED")
            begun = [f"{line} {status[n]} 0000-{n}" for n, line in enumerate(begun)]
        assert found == begun
        # A time in no zone is what readers would disagree about: they do notice.
        spoilt = file.replace(b"20270328T150000Z", b"20270328T140000Z")
        (tmp_path / f"{lang}-spoilt").mkdir()
        assert readers.READERS[reader](spoilt, zone, tmp_path / f"{lang}-spoilt") != begun


def test_an_entry_says_call_and_a_time_and_nothing_else() -> None:
    file = ics.written(entries())
    assert file.count(b"\r\n") == file.count(b"\n")
    assert max(len(line) for line in file.split(b"\r\n")) <= 75
    calendar = Calendar.from_ical(file.decode())
    assert set(calendar.keys()) == {"PRODID", "VERSION"}
    for event in calendar.walk("VEVENT"):
        assert set(event.keys()) == ALLOWED
        assert (str(event["CLASS"]), str(event["SUMMARY"])) == ("PRIVATE", "Call")
        assert not event.subcomponents


def test_the_file_of_a_meeting_follows_its_changes(app: Flask) -> None:
    with app.app_context():
        world = make_meeting_pair()
        public_id = plan(world, world.mentor, THURSDAY)
    mentee = Browser(app).sign_in(world.mentee)
    answer = mentee.client.get(f"/en/meetings/{public_id}/call.ics")
    assert answer.headers["Content-Disposition"] == "attachment; filename=call.ics"
    first = events_in(answer.data)[0]
    assert first["STATUS"] == "CONFIRMED"
    for poison in (world.mentee.handle, "Daria", "Saule", public_id, world.pair, "localhost"):
        assert poison.encode() not in answer.data
    with app.app_context(), transaction():
        actions.cancel(inside(public_id), world.mentor.id)
    second = events_in(mentee.client.get(f"/en/meetings/{public_id}/call.ics").data)[0]
    assert second["STATUS"] == "CANCELLED"
    assert second["UID"] == first["UID"]
    assert int(second["SEQUENCE"]) > int(first["SEQUENCE"])


def events_in(data: bytes) -> list[dict[str, str]]:
    found = Calendar.from_ical(data.decode()).walk("VEVENT")
    return [{str(name): str(value) for name, value in event.items()} for event in found]


def make_feed(person_browser: Browser) -> str:
    person_browser.get("/en/calendar")
    page = person_browser.submit(button="Make an address")
    code = page.soup.find("code")
    assert code is not None
    return code.get_text().replace("http://localhost", "")


def test_a_feed_is_made_fetched_and_ended(app: Flask) -> None:
    with app.app_context():
        world = make_meeting_pair()
        public_id = plan(world, world.mentor, THURSDAY)
        plan(world, world.mentee, THURSDAY + timedelta(days=3))
    mentee = Browser(app).sign_in(world.mentee)
    url = make_feed(mentee)
    assert "address exists since" in mentee.get("/en/calendar").text
    assert url not in mentee.page.html if mentee.page else False
    phone = app.test_client()
    answer = phone.get(url)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert "Set-Cookie" not in answer.headers
    assert len(events_in(answer.data)) == 2
    with app.app_context():
        with reading():
            kept = db.session.execute(select(CalendarFeed.digest)).scalars().one()
        assert url.rsplit("/", 1)[1].removesuffix(".ics").encode() not in kept
        with transaction():
            actions.cancel(inside(public_id), world.mentor.id)
    states = [event["STATUS"] for event in events_in(phone.get(url).data)]
    assert sorted(states) == ["CANCELLED", "CONFIRMED"]
    # What has gone by is not told any more.
    with clock.at(BEGIN + timedelta(days=12)):
        assert len(events_in(phone.get(url).data)) == 1
    mentee.get("/en/calendar")
    mentee.submit(button="Stop at once")
    assert phone.get(url).status_code == 404
    # A new address is another one, and the old one stays dead.
    assert make_feed(mentee) != url
    assert phone.get(url).status_code == 404


def test_a_feed_tells_nothing_of_a_pair_that_is_over_and_ends_with_the_last_one(app: Flask) -> None:
    with app.app_context():
        world = make_meeting_pair()
        plan(world, world.mentor, THURSDAY)
        with transaction():
            secret = actions.make_feed(world.mentor.id)
        with transaction():
            mentoring.end(the_pair_inside(world.pair), world.mentee.id, never_again=False)
        phone = app.test_client()
        url = f"/en/calendar/{secret}.ics"
        assert events_in(phone.get(url).data) == []
        with transaction():
            actions.daily()
        assert phone.get(url).status_code == 404


def test_calendars_that_fetch_without_end_and_guesses_are_held_back(app: Flask) -> None:
    with app.app_context():
        world = make_meeting_pair()
        with transaction():
            secret = actions.make_feed(world.mentee.id)
    phone, url = app.test_client(), f"/en/calendar/{secret}.ics"
    codes = [phone.get(url).status_code for _ in range(BRAKE.most + 1)]
    assert codes == [200] * BRAKE.most + [429]
    with clock.at(BEGIN + timedelta(hours=1)):
        assert phone.get(url).status_code == 200
    STRANGERS.most = 3
    try:
        guesses = [phone.get(f"/en/calendar/guess-{n}.ics").status_code for n in range(4)]
    finally:
        STRANGERS.most = 600
    assert guesses == [404, 404, 404, 429]
