"""From a confirmed meeting to a statement on paper and a certificate, with no word about the other side."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime, timedelta

import pypdf
import pytest
from flask import Flask
from sqlalchemy import select

from lms.certificates import queries as certificates
from lms.certificates.pdf.document import DocumentRefused
from lms.certificates.pdf.samples import STATEMENTS
from lms.certificates.pdf.statement import StatementDocument
from lms.core import clock, events, outbox, records
from lms.core.db import db, reading, transaction
from lms.meetings import actions as meetings
from lms.mentoring.events import PairEnded
from lms.recognition import actions, queries
from lms.recognition.models import GivenTime, HoursStatement
from lms.recognition.rules import Month, NotAllowed
from tests.client import Browser
from tests.meetings.world import BEGIN, after, inside, log, make_meeting_pair, plan
from tests.mentoring.world import World, the_pair

THURSDAY = datetime.fromisoformat("2027-03-25T18:00")
LATER = BEGIN + timedelta(days=20)


@pytest.fixture(autouse=True)
def _march() -> Iterator[None]:
    with clock.at(BEGIN):
        yield


def give(world: World, minutes: int = 45, days: int = 0) -> str:
    """A meeting that was held and confirmed."""
    public_id = plan(world, world.mentor, THURSDAY + timedelta(days=days))
    log(public_id, world.mentor, minutes)
    with after(public_id), transaction():
        meetings.confirm(inside(public_id), world.mentee.id)
    return public_id


def test_only_confirmed_minutes_are_added_and_each_once(app: Flask) -> None:
    with app.app_context():
        world = make_meeting_pair()
        public_id = give(world)
        log(plan(world, world.mentor, THURSDAY + timedelta(days=1)), world.mentor)
        with transaction():
            actions.add(inside(public_id).meeting.id, world.mentor.id)
        with reading():
            assert queries.total(world.mentor.id) == 45
            assert queries.total(world.mentee.id) == 0
        with clock.at(BEGIN + timedelta(days=30)), transaction():
            meetings.daily()
        with reading():
            assert queries.total(world.mentor.id) == 85


def test_hours_stay_when_the_other_side_is_erased_and_go_with_their_owner(app: Flask) -> None:
    with app.app_context():
        world = make_meeting_pair()
        give(world)
        with transaction():
            records.erase_rows(world.mentee.id)
        with reading():
            assert queries.total(world.mentor.id) == 45
        with transaction():
            records.erase_rows(world.mentor.id)
        with reading():
            assert db.session.scalar(select(GivenTime.id)) is None


def test_a_statement_from_the_wish_to_the_paper(app: Flask) -> None:
    with app.app_context():
        world = make_meeting_pair()
        give(world)
        give(world, 90, days=7)
    with clock.at(LATER):
        mentor = Browser(app).sign_in(world.mentor)
        page = mentor.get("/en/hours")
        assert "2 hours 15 minutes, confirmed." in page.text
        assert "March 2027" in page.text
        mentor.get("/en/hours/statement")
        fields = {"first": "2027-03", "last": "2027-04", "name": "Daria Vasilyeva"}
        page = mentor.submit(fields, button="Ask for it")
        assert "A coordinator has to approve it." in page.text
        url = page.url
        staff = Browser(app).sign_in(world.coordinator)
        page = staff.get("/en/hours/requests")
        assert "2 hours 15 minutes" in page.text
        assert "Vasilyeva" not in page.html
        assert staff.get(url).status == 404
        staff.get("/en/hours/requests")
        staff.submit(button="Approve")
        with app.app_context():
            assert outbox.run_due() >= 1
            with reading():
                row = db.session.execute(
                    select(HoursStatement.name_sealed, HoursStatement.pdf_sealed)
                ).one()
            assert row.name_sealed is None
            assert not row.pdf_sealed.startswith(b"%PDF")
        assert "It is ready." in mentor.get(url).text
        answer = mentor.client.get(f"{url}/file")
        assert answer.headers["Content-Disposition"] == 'attachment; filename="statement.pdf"'
        said = text_of(answer.data)
    for words in (
        "Daria Vasilyeva",
        "March 2027",
        "April 2027",
        "2 hours 15 minutes",
        "do not pay",
    ):
        assert words in said, words
    for words in ("Saule", "mentor", "Mentor"):
        assert words not in said


def text_of(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    assert len(pages) == 1
    return " ".join(pages[0].extract_text().split())


def test_without_confirmed_time_there_is_nothing_to_state(app: Flask) -> None:
    with app.app_context():
        world = make_meeting_pair()
    mentor = Browser(app).sign_in(world.mentor)
    mentor.get("/en/hours/statement")
    page = mentor.submit({"name": "Daria"}, button="Ask for it")
    assert page.status == 422
    assert "No confirmed time lies in these months" in page.text


def test_a_declined_statement_keeps_no_name(app: Flask) -> None:
    with app.app_context():
        world = make_meeting_pair()
        give(world)
        with transaction():
            month = Month(2027, 3)
            public_id = actions.ask(world.mentor.id, month, month, "Daria", "en")
        with transaction():
            found = queries.statement(public_id)
            assert found is not None
            actions.decline(found)
        with transaction():
            assert db.session.scalar(select(HoursStatement.name_sealed)) is None
            with pytest.raises(NotAllowed):
                actions.approve(found, world.coordinator.id)


def test_twenty_hours_earn_a_certificate_that_says_nothing_of_the_other_side(app: Flask) -> None:
    with app.app_context():
        world = make_meeting_pair()
        for days in range(3):
            give(world, 400, days)
        with reading():
            held = certificates.of_person(world.mentor.id)
        assert [(one.course_key, one.state) for one in held] == [("support-20", "waiting")]
    with clock.at(LATER):
        mentor = Browser(app).sign_in(world.mentor)
        mentor.get(f"/en/certificates/{held[0].public_id}/claim")
        mentor.submit({"name": "Daria Vasilyeva"})
        mentor.submit(button="Make the certificate")
        with app.app_context():
            outbox.run_due()
            with reading():
                found = certificates.of_person(world.mentor.id)[0]
        assert found.state == "issued"
        said = text_of(mentor.client.get(f"/en/certificates/{found.public_id}/file").data)
        check = Browser(app).get(f"/en/c/{found.number}")
    assert "Certificate of volunteering" in said
    assert "Support from person to person" in said
    assert "20 hours, confirmed meeting by meeting" in said
    assert "Support from person to person" in check.text
    for words in ("Saule", "mentor", "Mentor", "course"):
        assert words not in said
        assert words not in check.text


def test_a_pair_that_went_to_its_agreed_end_is_honoured_once(app: Flask) -> None:
    with app.app_context():
        world = make_meeting_pair()
        give(world, 50)
        match, mentor, mentee = the_pair(world.pair).id, world.mentor.id, world.mentee.id
        for minutes, early, expected in (
            (0, False, []),
            (70, True, []),
            (0, False, ["support-whole"]),
            (0, False, ["support-whole"]),
        ):
            if minutes:
                give(world, minutes, days=1)
            with transaction():
                events.publish(PairEnded(match, mentor, mentee, "peer", early, change=False))
            with reading():
                held = [one.course_key for one in certificates.of_person(mentor)]
            assert held == expected


def test_a_statement_refuses_what_it_cannot_print() -> None:
    english = STATEMENTS[0]
    assert StatementDocument.from_json(english.to_json()) == english
    for change in (
        {"name": ""},
        {"months": ()},
        {"total": "x" * 41},
        {"lang": "de"},
        {"name": "\u200b"},
    ):
        values = {name: getattr(english, name) for name in StatementDocument.__slots__} | change
        with pytest.raises(DocumentRefused):
            StatementDocument(**values)
    with pytest.raises(DocumentRefused):
        StatementDocument.from_json('{"name": "x"}')
