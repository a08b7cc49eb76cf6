"""The coordinator's pages: who may see them, what they say, what they leave behind."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts import actions as accounts
from lms.accounts.roles import Role
from lms.audit import queries as audit
from lms.audit.rules import Role as AuditRole
from lms.cohorts import actions, look, queries
from lms.cohorts.queries import CohortRow
from lms.core import clock
from lms.core.clock import now
from lms.core.db import db, reading, transaction
from lms.courses.queries import Outline
from lms.learning import actions as learning
from lms.learning import queries as progress
from lms.learning.readers import READERS, readers_of
from lms.learning.rules import Reader, may_read
from lms.messaging.kinds import Kind
from lms.messaging.models import Notice
from tests.client import Browser
from tests.cohorts.world import (
    again,
    do_items,
    fill,
    make_codes,
    make_cohort,
    make_course,
    seat_person,
    statements,
)
from tests.world import Somebody, make_person

# Names, codes and zones are Latin; two lower-case English words in a row are a text that nobody translated.
ENGLISH = re.compile(r"\b[a-z]{2,} [a-z]{2,}\b")
PAGES = ("", "/plan", "/close", "/codes", "/table.csv")


@pytest.fixture
def coordinator(app: Flask) -> Somebody:
    """Irina runs cohorts."""
    with app.app_context():
        return make_person("Irina", Role.COORDINATOR)


@pytest.fixture
def outline(app: Flask, tmp_path: Path) -> Outline:
    """The small course."""
    with app.app_context():
        return make_course(tmp_path)


@pytest.fixture
def cohort(app: Flask, coordinator: Somebody, outline: Outline) -> CohortRow:
    """Irina's cohort."""
    with app.app_context():
        return make_cohort(outline, coordinator)


def url(cohort: CohortRow, rest: str = "", lang: str = "en") -> str:
    return f"/{lang}/cohorts/{cohort.public_id}{rest}"


def person_urls(app: Flask, cohort: CohortRow) -> list[str]:
    with app.app_context(), reading():
        return [url(cohort, f"/people/{seat.public_id}") for seat in queries.seats(cohort.id)]


# ---------------------------------------------------------------- who may


def test_only_the_own_coordinator_and_administrators_see_a_cohort(
    app: Flask, cohort: CohortRow, coordinator: Somebody
) -> None:
    with app.app_context():
        member = seat_person(cohort, "Aida")
        another = make_person("", Role.COORDINATOR)
        mentor = make_person("", Role.MENTOR, Role.AUTHOR)
        administrator = make_person("", Role.ADMINISTRATOR)
    pages = [url(cohort, rest) for rest in PAGES] + person_urls(app, cohort)
    for person in (member, another, mentor):
        browser = Browser(app).sign_in(person)
        for page in pages:
            assert browser.get(page).status == 404, (person.handle, page)
    for person in (coordinator, administrator):
        browser = Browser(app).sign_in(person)
        for page in pages:
            assert browser.get(page).status == 200, (person.handle, page)
    guest = Browser(app)
    for page in pages:
        assert guest.get(page).h1 == "Sign in", page


def test_a_role_that_was_taken_away_opens_nothing(
    app: Flask, cohort: CohortRow, coordinator: Somebody
) -> None:
    browser = Browser(app).sign_in(coordinator)
    assert browser.get(url(cohort)).status == 200
    with app.app_context(), transaction():
        accounts.withdraw(coordinator.id, Role.COORDINATOR)
    for rest in PAGES:
        assert browser.get(url(cohort, rest)).status == 404


def test_a_seat_of_another_cohort_is_not_found_here(
    app: Flask, cohort: CohortRow, coordinator: Somebody, outline: Outline
) -> None:
    with app.app_context():
        foreign = make_cohort(outline)
        seat_person(foreign, "Bek")
        with reading():
            seat = queries.seats(foreign.id)[0].public_id
    assert Browser(app).sign_in(coordinator).get(url(cohort, f"/people/{seat}")).status == 404


def test_learners_can_neither_open_nor_list_cohorts(
    app: Flask, browser: Browser, cohort: CohortRow
) -> None:
    with app.app_context():
        person = make_person()
    browser.sign_in(person)
    assert browser.get("/en/cohorts/new").status == 404
    page = browser.get("/en/cohorts")
    assert page.status == 200
    assert cohort.name not in page.text


# ---------------------------------------------------------------- open, plan, codes


def test_open_a_cohort_and_print_its_codes(
    app: Flask, browser: Browser, coordinator: Somebody, outline: Outline
) -> None:
    browser.sign_in(coordinator)
    browser.get("/en/cohorts/new")
    first = now().date()
    filled = {
        "course": outline.public_id,
        "name": "Balkans, spring",
        "starts_on": first.isoformat(),
        "ends_on": (first + timedelta(days=83)).isoformat(),
        "zone": "Europe/Belgrade",
        "capacity": "3",
    }
    browser.submit(filled)
    assert browser.page.h1 == "Codes"
    browser.submit({"count": "3"}, button="Make codes")
    codes = [tag.get_text() for tag in browser.page.soup.select(".slips b")]
    assert len(codes) == 3
    assert all(re.fullmatch(r"\w{5}-\w{5}", code) for code in codes)
    slips = browser.page.soup.select_one(".slips").get_text(" ")
    assert outline.full_title not in slips
    assert "Balkans" not in slips, "a slip that is found gives nothing away"
    with app.app_context():
        with transaction():
            actions.join(make_person().id, codes[0])
        with reading():
            assert len(actions.sheet(again(browser.page.url.split("/")[3]))) == 2


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("name", "", "Give the cohort a name"),
        ("name", "x" * 81, "Too long by 1 character"),
        ("name", "a\u202eb", "invisible or control character"),
        ("starts_on", "", "Choose a day"),
        ("starts_on", "31.12.2026", "Write the day as year-month-day"),
        ("ends_on", "2020-01-01", "The last day lies before the first one"),
        ("ends_on", "2999-01-01", "More than two years"),
        ("zone", "Mars/Olympus", "Choose a time zone"),
        ("capacity", "many", "Write a whole number"),
        ("capacity", "0", "Choose a number from 1 to 500"),
        ("capacity", "9" * 10_000, "Write a whole number"),
        ("capacity", "٣", "Write a whole number"),
        ("course", "nothing", "Choose a course"),
        ("coordinator_name", "=1", "Begin with a letter"),
    ],
)
def test_what_cannot_be_opened_is_told_beside_the_field(
    browser: Browser, coordinator: Somebody, outline: Outline, field: str, typed: str, message: str
) -> None:
    browser.sign_in(coordinator)
    browser.get("/en/cohorts/new")
    good = {
        "course": outline.public_id,
        "name": "Balkans",
        "starts_on": "2026-11-01",
        "ends_on": "2026-12-01",
        "capacity": "3",
    }
    browser.submit({**good, field: typed})
    assert browser.page.status == 422
    assert message in browser.page.soup.select_one(f"#{field}-error").get_text()
    name = browser.page.soup.select_one("[name=name]")["value"]
    assert name == (typed if field == "name" else "Balkans"), "what was typed is kept"


def test_forms_with_missing_fields_are_told_and_never_break(
    browser: Browser, coordinator: Somebody, cohort: CohortRow
) -> None:
    browser.sign_in(coordinator)
    for address in ("/en/cohorts/new", url(cohort, "/plan"), url(cohort, "/codes")):
        browser.get(address)
        token = browser.page.soup.select_one("[name=csrf_token]")["value"]
        assert browser.post(address, {"csrf_token": token}).status == 422, address


def test_dates_move_and_places_never_fall_below_people(
    app: Flask, browser: Browser, coordinator: Somebody, cohort: CohortRow
) -> None:
    with app.app_context():
        seat_person(cohort, "Aida")
        seat_person(cohort, "Bek")
    browser.sign_in(coordinator)
    browser.get(url(cohort, "/plan"))
    browser.submit({"capacity": "1"})
    assert browser.page.status == 422
    assert "2 people sit here already" in browser.page.text
    later = cohort.ends_on + timedelta(days=14)
    browser.submit({"capacity": "2", "ends_on": later.isoformat()})
    assert "of 14" in browser.page.text
    with app.app_context():
        assert (again(cohort.public_id).ends_on, again(cohort.public_id).capacity) == (later, 2)
        with reading():
            people = [seat.person_id for seat in queries.seats(cohort.id)]
        for person_id in people:
            assert notices(person_id) == [Kind.COHORT], "who sits in it learns of new dates"


def notices(person_id: int) -> list[str]:
    with reading():
        kinds = select(Notice.kind).where(Notice.person_id == person_id).order_by(Notice.id)
        return list(db.session.scalars(kinds))


def test_codes_never_outnumber_places(
    app: Flask, browser: Browser, coordinator: Somebody, cohort: CohortRow
) -> None:
    with app.app_context():
        make_codes(cohort, 10)
    browser.sign_in(coordinator)
    browser.get(url(cohort, "/codes"))
    browser.submit({"count": "3"}, button="Make codes")
    assert browser.page.status == 422
    assert "At most 2" in browser.page.text
    browser.submit({"count": "2", "expires_on": "2020-01-01"}, button="Make codes")
    assert "This day is over" in browser.page.text
    browser.submit(
        {"count": "2", "expires_on": (now().date() + timedelta(days=9)).isoformat()},
        button="Make codes",
    )
    assert len(browser.page.soup.select(".slips b")) == 12


def test_a_lost_sheet_is_taken_back(
    app: Flask, browser: Browser, coordinator: Somebody, cohort: CohortRow
) -> None:
    with app.app_context():
        code, person = make_codes(cohort, 3)[0], make_person()
    browser.sign_in(coordinator)
    browser.get(url(cohort, "/codes"))
    browser.submit(button="Take back open codes")
    assert "3 codes taken back" in browser.page.html
    assert not browser.page.soup.select(".slips")
    with app.app_context(), pytest.raises(actions.CodeRefused), transaction():
        actions.join(person.id, code)


def test_close_and_open_again(browser: Browser, coordinator: Somebody, cohort: CohortRow) -> None:
    browser.sign_in(coordinator)
    browser.get(url(cohort, "/close"))
    browser.submit(button="Close the cohort")
    assert "Closed" in browser.page.text
    browser.get(url(cohort, "/close"))
    browser.submit(button="Open it again")
    assert "Closed" not in browser.page.text


# ---------------------------------------------------------------- the table


def test_the_table_says_what_learning_says(
    app: Flask, browser: Browser, coordinator: Somebody, cohort: CohortRow, outline: Outline
) -> None:
    with app.app_context():
        for name, steps in (("Aida", 3), ("Bek", 1), ("Dilnoza", 0)):
            do_items(seat_person(cohort, name), outline, steps)
    page = browser.sign_in(coordinator).get(url(cohort))
    rows = [
        [cell.get_text(" ", strip=True).split(" ,")[0] for cell in row.find_all(["th", "td"])]
        for row in page.soup.select("#progress tbody tr")
    ]
    assert rows == [
        ["Aida", "2/2", "1/1", "100%", "Today"],
        ["Bek", "1/2", "0/1", "33%", "Today"],
        ["Dilnoza", "0/2", "0/1", "0%", "Not yet"],
    ]
    foot = [cell.get_text(strip=True) for cell in page.soup.select("#progress tfoot tr > *")]
    assert foot == ["Finished, of 3", "1", "1", "1", ""]
    tiles = [tag.get_text(" ", strip=True) for tag in page.soup.select(".stats > div")]
    assert len(tiles) == 4
    assert tiles[0] == "3 people on 12 places, nobody has left"
    assert tiles[1].startswith("44% of the course done; an even pace would be at 19%")


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("name", "Aida Bek Dilnoza"),
        ("-name", "Dilnoza Bek Aida"),
        ("-done", "Aida Bek Dilnoza"),
        ("done", "Dilnoza Bek Aida"),
        ("step", "Bek Dilnoza Aida"),
        ("nonsense", "Aida Bek Dilnoza"),
    ],
)
def test_the_table_sorts(
    app: Flask,
    browser: Browser,
    coordinator: Somebody,
    cohort: CohortRow,
    outline: Outline,
    sort: str,
    names: str,
) -> None:
    before = now() - timedelta(days=9)
    with app.app_context():
        do_items(seat_person(cohort, "Aida"), outline, 3)
        do_items(seat_person(cohort, "Bek", at=before), outline, 1, at=before)
        seat_person(cohort, "Dilnoza", at=now() - timedelta(days=2))
    page = browser.sign_in(coordinator).get(url(cohort, f"?sort={sort}&page=99"))
    assert [tag.get_text() for tag in page.soup.select("#progress tbody th")] == names.split()


def test_look_first_names_people_module_and_task_with_reasons(
    app: Flask, browser: Browser, coordinator: Somebody, cohort: CohortRow, outline: Outline
) -> None:
    with app.app_context():
        for name, days, steps in (
            ("Timur", 15, 1),
            ("Fox", 14, 1),
            ("Aida", 13, 2),
            ("Zhanna", 15, 3),
        ):
            moment = now() - timedelta(days=days)
            person = seat_person(cohort, name, at=moment)
            do_items(person, outline, steps, at=moment)
        hand_in(person := seat_person(cohort, "Kestrel"), outline, days=6)
        do_items(person, outline, 2)
    text = browser.sign_in(coordinator).get(url(cohort)).text
    assert "No step for two weeks or longer: Timur and Fox ." in text.replace(" .", " .")
    assert "Module 1, “Keeping a record”, slows people down." in text
    assert "2 people took no step there" in text
    assert "Next for 2 of them: “Check: a record”" in text
    assert "The task of Kestrel has waited for 6 days. Read it" in text
    first = text[text.index("Look here first") : text.index("Progress by module")]
    assert "Zhanna" not in first, "who has finished is never quiet"
    assert "Aida" not in first


def hand_in(person: Somebody, outline: Outline, *, days: int) -> None:
    with clock.at(now() - timedelta(days=days)), transaction():
        found = progress.progress(person.id, outline.course_id)
        assert found is not None
        row = learning.save_draft(
            person.public_id, found, outline.by_key["task-page"].id, "My page."
        )
        learning.submit_task(person.id, row)


def test_nobody_is_quiet_before_the_first_day_or_after_the_last(
    app: Flask, coordinator: Somebody, outline: Outline
) -> None:
    with app.app_context():
        coming = make_cohort(outline, coordinator, starts_on=now().date() + timedelta(days=3))
        just_begun = make_cohort(outline, coordinator, starts_on=now().date() - timedelta(days=2))
        for cohort in (coming, just_begun):
            seat_person(cohort, "Timur", at=now() - timedelta(days=30))
            with reading():
                shown = queries.overview(cohort, "en")
                assert not look.look_first(cohort, shown, now())
        with clock.at(now() + timedelta(days=120)), reading():
            assert not look.look_first(just_begun, queries.overview(just_begun, "en"), now())
        with clock.at(now() + timedelta(days=20)), reading():
            assert look.look_first(just_begun, queries.overview(just_begun, "en"), now()).quiet


def test_one_person_shows_done_and_not_done_and_never_a_text(
    app: Flask, browser: Browser, coordinator: Somebody, cohort: CohortRow, outline: Outline
) -> None:
    with app.app_context():
        person = seat_person(cohort, "Saule")
        do_items(person, outline, 1)
        hand_in(person, outline, days=1)
    page = browser.sign_in(coordinator).get(person_urls(app, cohort)[0])
    assert page.h1 == "Saule"
    assert "33%" in page.text
    assert "Waits for an answer" in page.text
    assert "My page." not in page.html
    assert person.handle not in page.html
    browser.get(page.url)
    with app.app_context(), reading():
        visits = audit.visits(person.id, 10)
        assert [(visit.what, visit.shown) for visit in visits] == [("page", "Irina")] * 2


def test_without_a_mentor_the_coordinator_reads_at_once(
    app: Flask, browser: Browser, coordinator: Somebody, cohort: CohortRow, outline: Outline
) -> None:
    with app.app_context():
        person, alone = seat_person(cohort, "Saule"), make_person()
        hand_in(person, outline, days=0)
        assert notices(coordinator.id) == [Kind.TASK_SENT]
        with reading():
            found = readers_of(person.id, outline.course_id)
            assert [(r.person_id, r.after_days, r.shown) for r in found] == [
                (coordinator.id, 0, "Irina")
            ]
            assert readers_of(alone.id, outline.course_id) == []
    page = browser.sign_in(coordinator).get(person_urls(app, cohort)[0])
    link = page.soup.find("a", string="Read and answer")
    assert link is not None
    assert "My page." in browser.get(str(link["href"])).html
    with app.app_context():
        stranger = make_person("", Role.COORDINATOR)
    other = Browser(app).sign_in(stranger)
    assert other.get(str(link["href"])).status == 404


def test_the_mentor_reads_first_and_the_coordinator_after_five_days(
    app: Flask,
    coordinator: Somebody,
    cohort: CohortRow,
    outline: Outline,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with app.app_context():
        person, mentor = seat_person(cohort, "Saule"), make_person("", Role.MENTOR)
        monkeypatch.setattr(
            READERS,
            "_filled",
            [*READERS, lambda *_: [Reader(mentor.id, AuditRole.MENTOR, 0, "Daria")]],
        )
        hand_in(person, outline, days=0)
        assert notices(coordinator.id) == []
        for days, opens in ((4, False), (5, True)):
            with clock.at(now() + timedelta(days=days)), reading():
                found = readers_of(person.id, outline.course_id)
                submitted = progress.tasks_of([person.id])[0].submitted_at
                assert may_read(coordinator.id, found, submitted, now()) is opens


def test_a_look_at_the_table_leaves_one_line_a_day(
    app: Flask, browser: Browser, coordinator: Somebody, cohort: CohortRow
) -> None:
    with app.app_context():
        person = seat_person(cohort, "Saule")
    browser.sign_in(coordinator)
    for _ in range(3):
        browser.get(url(cohort))
    browser.get(url(cohort, "/table.csv"))
    with app.app_context(), reading():
        whats = sorted(visit.what for visit in audit.visits(person.id, 10))
        assert whats == ["cohort", "cohort_file"]
    learner = Browser(app).sign_in(person)
    assert "Irina" in learner.get("/en/your-data").text


def test_five_hundred_people_cost_few_statements(
    app: Flask, browser: Browser, coordinator: Somebody, outline: Outline
) -> None:
    with app.app_context():
        cohort = make_cohort(outline, coordinator, capacity=500)
        fill(cohort, outline, 500)
    browser.sign_in(coordinator)
    for _ in ("first look of the day", "second look"):
        with statements(app) as sent:
            page = browser.get(url(cohort, "?sort=-done"))
        assert page.status == 200
        assert len(sent) <= 12, sent
    assert len(page.soup.select("#progress tbody tr")) == 50
    assert "Page 1 of 10" in page.text
    assert len(browser.get(url(cohort, "?page=10")).soup.select("#progress tbody tr")) == 50


# ---------------------------------------------------------------- the file


@pytest.mark.parametrize(("lang", "delimiter"), [("en", ","), ("ru", ";")])
def test_the_file_opens_in_a_spreadsheet(
    app: Flask,
    browser: Browser,
    coordinator: Somebody,
    cohort: CohortRow,
    outline: Outline,
    lang: str,
    delimiter: str,
) -> None:
    with app.app_context():
        do_items(seat_person(cohort, "Сауле"), outline, 1)
    page = browser.sign_in(coordinator).get(url(cohort, "/table.csv", lang))
    body = page.response.get_data()
    assert body.startswith(b"\xef\xbb\xbf")
    assert page.response.mimetype == "text/csv"
    name = page.response.headers["Content-Disposition"]
    assert re.fullmatch(r'attachment; filename="table-\d{4}-\d\d-\d\d\.csv"', name)
    assert page.response.headers["Cache-Control"] == "no-store"
    head, line = csv.reader(io.StringIO(body.decode("utf-8-sig")), delimiter=delimiter)
    assert len(head) == len(line) == 8
    assert line[0] == "Сауле"
    assert line[2:5] == ["1", "0", "33"]
    assert not any("/" in cell for cell in line), "a spreadsheet would read 1/2 as a date"


def test_no_name_becomes_a_formula(
    app: Flask, coordinator: Somebody, cohort: CohortRow, outline: Outline
) -> None:
    with app.app_context():
        person = seat_person(cohort)
        with transaction():
            # The form refuses such a name; an old or imported one must still do no harm.
            actions.name_yourself(person.id, cohort.id, "=1+1;@SUM(A1)")
    body = Browser(app).sign_in(coordinator).get(url(cohort, "/table.csv")).html
    assert "'=1+1;'@SUM(A1)" in body


# ---------------------------------------------------------------- Russian


def test_pages_stand_in_russian(
    app: Flask, browser: Browser, coordinator: Somebody, cohort: CohortRow
) -> None:
    with app.app_context():
        person = seat_person(cohort, "Сауле")
    browser.sign_in(coordinator)
    addresses = [url(cohort, rest, "ru") for rest in ("", "/plan", "/close", "/codes")]
    addresses += [page.replace("/en/", "/ru/") for page in person_urls(app, cohort)]
    for address in [*addresses, "/ru/cohorts", "/ru/cohorts/new", "/ru/code", "/ru/home"]:
        page = browser.get(address)
        assert page.status == 200, address
        assert not ENGLISH.search(page.text), f"{address}: {ENGLISH.search(page.text)}"
    learner = Browser(app).sign_in(person)
    for rest in ("/name", "/leave"):
        assert not ENGLISH.search(learner.get(url(cohort, rest, "ru")).text), rest
