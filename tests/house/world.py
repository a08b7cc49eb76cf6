"""A town: an instance of its own with one of everything and somebody of every kind, signed in.

Requests change it, `restore` puts every row back. So a table of routes and people is tried against real
ids, each cell in the same state, without the state being built again.
"""

from __future__ import annotations

import os
import re
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import PoolProxiedConnection, select, text, update
from werkzeug.test import TestResponse

from lms.accounts import signin
from lms.accounts.models import Person
from lms.accounts.roles import Role
from lms.app import create_app
from lms.assessment import actions as assessment
from lms.assessment import queries as tries
from lms.audit import actions as audit
from lms.audit.models import AccessQuestion
from lms.audit.rules import Role as SeenAs
from lms.audit.rules import Visitor, What
from lms.certificates import actions as certificates
from lms.certificates import views as certificate_pages
from lms.certificates.queries import Held
from lms.certificates.rules import Reason
from lms.circles import actions as circles
from lms.circles import answering
from lms.circles import queries as gatherings
from lms.circles.rules import Check
from lms.cohorts import actions as seating
from lms.cohorts import queries as cohorts
from lms.cohorts.rules import CODE
from lms.core import clock, ids, keys
from lms.core.clock import now
from lms.core.db import Model, db, finish, reading, transaction
from lms.core.settings import Settings
from lms.courses import queries as courses
from lms.courses.models import CourseFile
from lms.courses.queries import Outline
from lms.goals.models import GoalStep, ReviewFile
from lms.importers import invitations
from lms.importers.rules import Kind, MentorRow
from lms.meetings import actions as meetings
from lms.meetings.views import calendar as calendars
from lms.mentoring import actions as mentoring
from lms.mentoring import queries as pairs
from lms.messaging import queries as messages
from lms.messaging import stopping
from lms.programmes import queries as lists
from lms.programmes import waiting
from lms.recognition import actions as statements
from lms.recognition.rules import Month
from lms.safeguarding import actions as safeguarding
from lms.safeguarding.others import Other
from lms.safeguarding.rules import Wish
from lms.workbench import actions as workbench
from lms.workbench import queries as rounds
from tests.assessment.world import find_quiz
from tests.assessment.world import start as start_attempt
from tests.certificates.world import again, claim, finish_course
from tests.cohorts.world import make_codes, make_cohort, seat_person
from tests.conftest import REPLICA
from tests.courses.world import COURSE, publish_course
from tests.goals import world as work
from tests.journal.world import note_down, show_entry
from tests.learning.world import hang_on
from tests.meetings import world as meet
from tests.mentoring.world import (
    World,
    begin,
    hand_in,
    make_mentor,
    make_pair,
    make_waiting,
    note_of,
    propose,
    the_pair,
    write,
)
from tests.mentoring.world import World as Meeters
from tests.messaging.world import leave_address
from tests.vaults import opener_of
from tests.workbench.world import make_round
from tests.world import Somebody, make_person, prove_sign_ins

# In the town, the learner sits in the coordinator's cohort, beside the classmate, and is paired with the mentor.
# She was paired with the former mentor before. The other learner sits in the other coordinator's cohort.
# The locked person signed in and was locked afterwards. There is one organisation yet, so nobody is of another one.
PERSONAS = (
    "guest",
    "learner",
    "classmate",
    "other learner",
    "mentor",
    "former mentor",
    "other mentor",
    "coordinator",
    "other coordinator",
    "author",
    "administrator",
    "locked",
)
PICTURE = "0" * 20 + ".svg"
# Below the minute after which an answer brings a new cookie: two answers side by side have the same headers.
TOUCH_EVERY = 50
# On PostgreSQL each statement that writes leaves its table's name: only that table is read and put back.
NOTED = """
CREATE UNLOGGED TABLE IF NOT EXISTS written (name text);
CREATE OR REPLACE FUNCTION note_written() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN INSERT INTO written VALUES (TG_TABLE_NAME); RETURN NULL; END $$;
"""
NOTED_OF = """
CREATE OR REPLACE TRIGGER note_written AFTER INSERT OR UPDATE OR DELETE ON "{name}"
FOR EACH STATEMENT EXECUTE FUNCTION note_written();
DROP TABLE IF EXISTS "kept_{name}";
CREATE TEMP TABLE "kept_{name}" AS TABLE "{name}";
"""
Rows = dict[str, list[dict[str, Any]]]


@dataclass
class Town:
    """The instance, its people by the name of their part, and the ids that stand in addresses."""

    app: Flask
    people: dict[str, Somebody] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    clients: dict[str, FlaskClient] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    _cookies: dict[str, dict[Any, Any]] = field(default_factory=dict)
    _image: Rows = field(default_factory=dict)
    # On SQLite the whole file, which goes back in a few milliseconds.
    _file: sqlite3.Connection = field(default_factory=lambda: sqlite3.connect(":memory:"))
    _watch: PoolProxiedConnection | None = None
    _seen: int = -1
    _touched: float = 0.0

    def address(self, rule: str, own: Mapping[str, str] | None = None, lang: str = "en") -> str:
        """The address of a rule of the URL map, with real ids in its places; `own` names other ones."""
        places = {"lang": lang, **self.ids, **{k: self.ids[v] for k, v in (own or {}).items()}}
        return re.sub(r"<(?:[^:>]+:)?([^>]+)>", lambda found: places[found[1]], rule)

    def get(self, persona: str, address: str, **options: Any) -> TestResponse:
        """Open an address as somebody, with the cookies that she had at the beginning."""
        return self.client_of(persona).get(address, **options)

    def post(
        self, persona: str, address: str, data: Mapping[str, Any] | None = None, **options: Any
    ) -> TestResponse:
        """Send fields as somebody, with her token."""
        fields = {"csrf_token": self.tokens[persona], **(data or {})}
        return self.client_of(persona).post(address, data=fields, **options)

    def client_of(self, persona: str) -> FlaskClient:
        """Her client, with the cookies that she had at the beginning."""
        if time.monotonic() - self._touched > TOUCH_EVERY:
            self._touch()
        client = self.clients[persona]
        client._cookies = dict(self._cookies[persona])
        return client

    def _touch(self) -> None:
        # However long a run takes, everybody has been here a moment ago and has just typed her passphrase.
        self._touched = time.monotonic()
        for name, cookies in self._cookies.items():
            client = self.clients[name]
            client._cookies = dict(cookies)
            if name in self.people:
                with client.session_transaction() as cookie:
                    cookie[signin.LAST] = cookie[signin.FRESH] = int(time.time())
            self._cookies[name] = dict(client._cookies)

    def remember(self) -> None:
        """Take the present rows and cookies as the state that `restore` goes back to."""
        self._cookies = {name: dict(client._cookies) for name, client in self.clients.items()}
        self._image = self.rows()
        driver = self._driver()
        if isinstance(driver, sqlite3.Connection):
            driver.backup(self._file)
        else:
            driver.execute(NOTED + "".join(NOTED_OF.format(name=name) for name in self._image))
            driver.execute("DELETE FROM written")
        self._seen = self._mark()

    def rows(self, tables: Iterable[str] | None = None) -> Rows:
        """Every row of these tables, or of all, with the driver's plain values: read hundreds of times a run."""
        found: Rows = {}
        if tables is None:
            tables = [table.name for table in Model.metadata.sorted_tables]
        for table in tables:
            cursor = self._driver().execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            found[table] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        return found

    def changes(self, *, but: tuple[str, ...] = ()) -> list[str]:
        """The tables that are not as they were."""
        if self._mark() == self._seen:
            return []
        return [
            name
            for name, rows in self.rows(self._written()).items()
            if name not in but
            and rows != self._image[name]
            and _set(rows) != _set(self._image[name])
        ]

    def restore(self) -> None:
        """Put every row back."""
        certificate_pages.GUESSES.__post_init__()
        calendars.BRAKE.let_go()
        if self._mark() == self._seen:
            return
        driver = self._driver()
        if isinstance(driver, sqlite3.Connection):
            self._file.backup(driver)
        else:
            self._put_back(driver)
        self._seen = self._mark()

    def _put_back(self, driver: Any) -> None:
        written = self._written()
        with driver.transaction():
            # Neither notes nor foreign keys just now.
            driver.execute(REPLICA)
            for name in written:
                driver.execute(f'DELETE FROM "{name}"')
                driver.execute(f'INSERT INTO "{name}" TABLE "kept_{name}"')
            driver.execute("DELETE FROM written")

    def _written(self) -> list[str]:
        """The tables that somebody wrote to, on PostgreSQL; on SQLite any may be one."""
        driver = self._driver()
        if isinstance(driver, sqlite3.Connection):
            return list(self._image)
        return [row[0] for row in driver.execute("SELECT DISTINCT name FROM written").fetchall()]

    def _mark(self) -> int:
        """A number that changes with every commit (on PostgreSQL: with every transaction that wrote)."""
        driver = self._driver()
        ask = "PRAGMA data_version"
        if not isinstance(driver, sqlite3.Connection):
            ask = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
        return int(driver.execute(ask).fetchone()[0])

    def _driver(self) -> Any:
        """A connection of the town's own. Our engine would begin a transaction, which sees no change."""
        if self._watch is None:
            with self.app.app_context():
                self._watch = db.engine.raw_connection()
            if not isinstance(self._watch.driver_connection, sqlite3.Connection):
                self._watch.driver_connection.autocommit = True  # type: ignore[union-attr]
        return self._watch.driver_connection

    def close(self) -> None:
        """Let go of the database."""
        self._file.close()
        if self._watch is not None:
            self._watch.close()


def _set(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(map(repr, rows))


@contextmanager
def make_town(folder: Path, worker_id: str) -> Iterator[Town]:
    """A town on the engine of this run, in a database (or schema) of its own."""
    town = Town(_make_app(folder, worker_id))
    with town.app.app_context():
        _settle(town, folder)
    for persona in PERSONAS:
        _sign_in(town, persona)
    with town.app.app_context(), transaction():
        lock(town.people["locked"])
    town.remember()
    try:
        yield town
    finally:
        town.close()
        certificate_pages.GUESSES.__post_init__()
        with town.app.app_context():
            finish(keep=False)
            db.session.remove()
            db.engine.dispose()


def _make_app(folder: Path, worker_id: str) -> Flask:
    keys.create(folder / "keys")
    url = os.environ.get("TEST_DATABASE_URL", "").format(worker=worker_id)
    schema = f"town_{folder.name}".replace("-", "_").lower()
    app = create_app(
        Settings(
            mode="test",
            data=folder,
            keys=folder / "keys",
            database_url=f"{url}&options=-csearch_path%3D{schema}" if url else "",
            argon2_memory_kib=8,
            public_url="http://localhost",
            log_level="critical",
        )
    )
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        if url:
            with db.engine.begin() as connection:
                connection.execute(text(f"DROP SCHEMA IF EXISTS {schema} CASCADE"))
                connection.execute(text(f"CREATE SCHEMA {schema}"))
        db.create_all()
    return app


def _sign_in(town: Town, persona: str) -> None:
    client = town.clients[persona] = town.app.test_client()
    if person := town.people.get(persona):
        page = client.get("/en/sign-in")
        typed = {"handle": person.handle, "passphrase": person.passphrase}
        answer = client.post("/en/sign-in", data={"csrf_token": _token(page), **typed})
        assert answer.status_code == 303, persona
        with town.app.app_context():
            prove_sign_ins(person.id)
    town.tokens[persona] = _token(client.get("/en/look"))


def _token(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.get_data(as_text=True))
    assert found is not None
    return found[1]


# --- Who lives there -----------------------------------------------------------------------------


def _settle(town: Town, folder: Path) -> None:
    outline = _publish(folder / "first")
    town.people = {
        "other learner": make_waiting("Aigul"),
        "mentor": make_mentor("Daria V."),
        "former mentor": make_mentor("Timur A."),
        "other mentor": make_mentor("Marat K."),
        "coordinator": make_person("Irina", Role.COORDINATOR),
        "other coordinator": make_person("Olga", Role.COORDINATOR),
        "author": make_person("Temur", Role.AUTHOR),
        "administrator": make_person("Nino", Role.ADMINISTRATOR),
        "locked": make_person("Lali", Role.ADMINISTRATOR),
    }
    _seat(town, outline)
    _study(town, outline)
    _pair(town, outline)
    _work_together(town)
    _meet(town)
    _certify(town, folder)
    _wonder(town)
    _worry(town)
    _gather(town)
    _round(town)
    _expect(town)
    leave_address(town.people["learner"])
    with transaction():
        db.session.add(CourseFile(name=PICTURE, data=b"<svg/>"))
    with reading():
        found = messages.notices(town.people["learner"].id, 50)
        notice = next(one for one in found if one.read_at is None)
    town.ids |= {
        "notice_pid": notice.public_id,
        "name": PICTURE,
        "place": "nowhere",
        "token": stopping.token(town.people["learner"].public_id),
        "kind": "people",
    }


def _round(town: Town) -> None:
    """A round over everybody who waits, made anew after somebody was left out of the first one."""
    staff = town.people["coordinator"]
    first = make_round(staff)
    with transaction():
        workbench.hold(first, town.ids["waiting"], staff.id)
    again = make_round(staff, first)
    with reading():
        decision = rounds.decisions(again.id)[0].public_id
    town.ids |= {"run": again.public_id, "decision": decision}


def _expect(town: Town) -> None:
    """A row of a table whose person has come with its code, and one that waits for its person."""
    staff, person = town.people["coordinator"], town.people["other mentor"]
    rows = [MentorRow(n, f"Somebody {n}", "Marat K.", ("ru",), "scientist", 1, "") for n in (2, 3)]
    with transaction(), town.app.test_request_context("/en/code"):
        batch = invitations.Batch(staff.id)
        for row in rows:
            batch.invite(Kind.MENTORS, row)
        db.session.flush()
        town.ids["row"] = invitations.use(
            person.id, CODE.parse(batch.slips[0].code) or ""
        ).rpartition("/")[2]


def _publish(folder: Path, number: int = 0) -> Outline:
    changes = {}
    if number:
        changes["course.toml"] = COURSE.replace('"small-course"', f'"course-{number}"')
    outcome = publish_course(folder, changes)
    with reading():
        found = courses.outline(outcome.version_id, "en")
    assert found is not None
    return found


def _seat(town: Town, outline: Outline) -> None:
    """The learner and a classmate sit in the coordinator's cohort; one more code waits. Another cohort beside."""
    cohort = make_cohort(outline, town.people["coordinator"])
    town.people["learner"] = seat_person(cohort, "Saule")
    town.people["classmate"] = seat_person(cohort, "Botagoz")
    town.ids["code"] = make_codes(cohort)[0]
    other = make_cohort(outline, town.people["other coordinator"], name="Caucasus, autumn")
    with transaction():
        seating.join(town.people["other learner"].id, make_codes(other)[0])
    town.ids["other_cohort"] = other.public_id
    with reading():
        seat = cohorts.own_seats(town.people["learner"].id, cohort.public_id)[0]
        row = next(s for s in cohorts.seats(cohort.id) if s.person_id == seat.person_id)
    town.ids |= {"cohort": cohort.public_id, "seat": row.public_id}


def _study(town: Town, outline: Outline) -> None:
    """The learner has read a lesson, sent one attempt in and begun another one."""
    learner = town.people["learner"]
    begin(learner, outline, ["les-first"])
    quiz = find_quiz(outline.version_id)
    with clock.at(now() - timedelta(hours=2)):
        sent = start_attempt(learner.id, quiz)
        with transaction():
            family = tries.family(sent.public_id)
            assessment.submit_attempt(sent, family, quiz, tries.answers(sent.id))
    town.ids |= {
        "course": outline.public_id,
        "course_pid": outline.public_id,
        "item": outline.by_key["les-first"].public_id,
        "quiz": outline.by_key["quiz-first"].public_id,
        "item_pid": outline.by_key["quiz-first"].public_id,
        "task_item": outline.by_key["task-page"].public_id,
        "attempt_pid": start_attempt(learner.id, quiz).public_id,
        "sent": sent.public_id,
        "number": "1",
    }


def lock(person: Somebody) -> None:
    """Lock an account whose sign-ins are still there. Inside an open transaction."""
    db.session.execute(update(Person).where(Person.id == person.id).values(state="locked"))


def _pair(town: Town, outline: Outline) -> None:
    """A live pair, an offer at either side, one that has ended, and somebody who waits."""
    people, staff = town.people, town.people["coordinator"]
    with transaction():
        waiting.ask(people["learner"].id, "Saule", ["ru"], "To bring costs to a hearing")
    over = make_pair(people["former mentor"], people["learner"], shares=[outline.course_id])
    with transaction():
        mentoring.end(the_inside(over.pair), people["former mentor"].id, never_again=False)
    with transaction():
        waiting.ask(people["learner"].id, "Saule", ["ru"], "To bring costs to a hearing")
    pair = make_pair(people["mentor"], people["learner"], shares=[outline.course_id])
    write(pair, people["mentor"], "How are you?")
    write(pair, people["learner"], "I have a question.")
    with transaction():
        note_of(pair, people["mentor"], "A note", shared=True)
    asked = propose(make_waiting("Kamila"), people["mentor"], staff)
    with transaction():
        found = the_inside(asked)
        mentoring.agree_as_mentee(found, "Kamila", [], share_quizzes=False)
    offer = propose(people["other learner"], people["mentor"], staff)
    waits = make_waiting("Zarina", goal="To speak at a meeting")
    with reading():
        request, profile = lists.request_of(waits.id), pairs.profile_of(people["other mentor"].id)
        assert request is not None
        assert profile is not None
        programme = lists.programme_by_id(request.programme_id)
    town.ids |= {
        "pair": pair.pair,
        "over": over.pair,
        "asked_pair": asked,
        "offer": offer,
        "waiting": request.public_id,
        "profile": profile.public_id,
        "programme": programme.public_id,
        "task": (task := hand_in(people["learner"], outline, "A page about town N.")),
        "file": hang_on(people["learner"], task),
    }
    assert the_pair(asked).state == "offered_to_mentor"


def _work_together(town: Town) -> None:
    """Goals and texts of the pair, in two states each."""
    people = town.people
    pair = World(people["mentor"], people["learner"], people["coordinator"], town.ids["pair"])
    reached, goal = work.set_goal(pair), work.set_goal(pair)
    work.close(pair, reached)
    work.add_step(pair, goal)
    answered, asked = work.ask(pair), work.ask(pair, file=b"A draft")
    work.answer(pair, answered)
    learner = people["learner"]
    with transaction():
        own, shown = (note_down(learner, "What I learned") for _ in range(2))
        show_entry(learner, shown, the_inside(pair.pair))
    town.ids |= {"entry": own, "entry_shared": shown}
    with reading():
        step, file = (
            db.session.scalars(select(column)).one()
            for column in (GoalStep.public_id, ReviewFile.public_id)
        )
    town.ids |= {"goal": goal, "goal_reached": reached, "goal_step": step}
    town.ids |= {"text": asked, "text_answered": answered, "text_file": file}


def the_inside(public_id: str) -> pairs.Pair:
    """A pair, inside an open transaction."""
    found = pairs.pair(public_id)
    assert found is not None
    return found


def _meet(town: Town) -> None:
    """Meetings of the pair in every state that a page asks about, and the learner's secret calendar address."""
    mentor, learner, moment = town.people["mentor"], town.people["learner"], now()
    pair = Meeters(mentor, learner, town.people["coordinator"], town.ids["pair"])
    hour = moment.replace(tzinfo=None, minute=0)
    states = {"gone_by": 48, "logged": 72, "disputed": 96, "confirmed": 1}
    meet.sign(pair)
    with clock.at(moment - timedelta(days=9)):
        past = {
            state: meet.plan(pair, mentor, moment.replace(tzinfo=None) - timedelta(hours=h))
            for state, h in states.items()
        }
    for name in ("logged", "disputed", "confirmed"):
        meet.log(past[name], mentor)
    with transaction():
        meetings.object_to(meet.inside(past["disputed"]), learner.id)
    with transaction():
        meetings.confirm(meet.inside(past["confirmed"]), learner.id)
    with transaction():
        town.ids["secret"] = meetings.make_feed(learner.id)
    month = Month.of(moment.date())
    with transaction():
        town.ids["statement"] = statements.ask(mentor.id, Month(2000, 1), month, "Daria V", "en")
    town.ids["this_month"] = str(month)
    town.ids |= past | {
        "planned": meet.plan(pair, mentor, hour + timedelta(days=2)),
        "proposed": meet.propose(pair, mentor, hour + timedelta(days=4)),
        "yesterday": (moment - timedelta(days=1)).date().isoformat(),
        "next_week": (moment + timedelta(days=7)).date().isoformat(),
    }


def _certify(town: Town, folder: Path) -> None:
    """The learner holds a certificate in each of three states."""
    learner, staff = town.people["learner"], town.people["other coordinator"]
    waiting, issued, doubted = (
        finish_course(learner, _publish(folder / f"more-{number}", number).version_id)
        for number in (1, 2, 3)
    )
    issued, doubted = _print(learner, issued), _print(learner, doubted)
    with transaction():
        certificates.ask_to_withdraw(doubted, staff.id, Reason.MISTAKE)
    town.ids |= {
        "certificate": issued.public_id,
        "unnamed": waiting.public_id,
        "doubted": doubted.public_id,
        "typed_number": issued.number,
    }


def _wonder(town: Town) -> None:
    """The learner asks why her mentor looked."""
    learner, mentor = town.people["learner"], town.people["mentor"]
    audit.saw(
        Visitor(mentor.id, SeenAs.MENTOR, "Daria V."), learner.id, What.TASK, town.ids["task"]
    )
    with transaction():
        audit.ask_why(learner.id, 1)
    with reading():
        town.ids["question"] = db.session.scalars(select(AccessQuestion.public_id)).one()


def _worry(town: Town) -> None:
    """The learner says that something is wrong. Nobody in town reads concerns."""
    learner, mentor = town.people["learner"], town.people["mentor"]
    town.ids["other"] = town.ids["pair"]
    with transaction():
        town.ids["concern"] = safeguarding.raise_concern(
            learner.id,
            Wish.TALK,
            "She asks where I live.",
            about=Other(mentor.id, "Daria V."),
            pair=town.ids["pair"],
        )


def _gather(town: Town) -> None:
    """The learner leads a circle with the classmate in it and a case; the mentor is asked in. She asks, too."""
    learner, classmate = town.people["learner"], town.people["classmate"]
    with transaction():
        town.ids["circle"] = circles.make(learner.id, "Thursdays", "Saule", 14)
        town.ids["asked"] = answering.ask(learner.id, "A figure", "en", "Where is it from?")
        town.ids["meeting"] = ids.public_id()
    with transaction():
        town.ids["circle_code"] = _circle(town).code or ""
        circles.join(_circle(town), classmate.id, "Aida")
        circles.invite(_circle(town), town.people["mentor"].id)
    with transaction():
        case = {"situation": "Nobody real.", "tried": "", "question": "What now?"}
        town.ids["sheet"] = circles.post_sheet(
            _circle(town), learner.id, case, set(Check), opener_of(learner)
        )


def _circle(town: Town) -> gatherings.Found:
    found = gatherings.circle(town.ids["circle"])
    assert found is not None
    return found


def _print(person: Somebody, held: Held) -> Held:
    """Have it issued, without the press."""
    made = claim(person, held)
    with transaction():
        certificates.finish(made.id, b"%PDF-1.7 a stand-in")
    return again(person, made.public_id)
