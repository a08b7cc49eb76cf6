"""The floor: the same work on the same data as a Flask programmer writes it who wants nothing but speed.

Flask, SQLAlchemy Core with prepared statements, Jinja, Flask-Login and Flask-WTF; rows go straight into a
template of about the same HTML. One language, no rules, no record, no one-time keys. `gunicorn
bench.reference:create_app()` with BENCH_DATABASE, BENCH_SECRET (hex) and BENCH_PEPPER (hex).
"""

from __future__ import annotations

import gzip
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, abort, g, redirect, render_template, request, url_for
from flask_login import LoginManager, current_user, login_required, login_user
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFProtect
from jinja2 import DictLoader
from sqlalchemy import Engine, create_engine, event, text
from werkzeug.wrappers import Response as AnyResponse
from wtforms import PasswordField, StringField

from bench.reference_pages import PAGES
from lms.accounts import secrets

USER = text("SELECT id, handle, zone FROM person WHERE id = :id")
USER_BY_NAME = text(
    "SELECT id, handle, zone, salt, memory_kib, passes, verifier_hash FROM person WHERE skeleton = :name"
)
COURSE = text("""
    SELECT v.id, c.id AS course_id, c.public_id, t.title, t.summary, t.about_html, v.theme
    FROM course c JOIN course_version v ON v.course_id = c.id AND v.number = c.version
    JOIN course_text t ON t.version_id = v.id AND t.lang = 'en' WHERE c.public_id = :course""")
DONE = text("""
    SELECT e.id, e.version_id, d.item_id FROM enrolment e LEFT JOIN completion d ON d.enrolment_id = e.id
    WHERE e.person_id = :person AND e.course_id = :course""")
MINE = text("""
    SELECT e.id, e.version_id, c.public_id, t.title, d.item_id, d.done_at FROM enrolment e
    JOIN course c ON c.id = e.course_id
    JOIN course_text t ON t.version_id = e.version_id AND t.lang = 'en'
    LEFT JOIN completion d ON d.enrolment_id = e.id WHERE e.person_id = :person""")
ITEMS = text("""
    SELECT i.id, i.public_id, v.id AS item_version_id, v.kind, v.minutes, v.required, t.title,
           m.position AS module, mt.title AS module_title
    FROM item_version v JOIN item i ON i.id = v.item_id
    JOIN item_text t ON t.item_version_id = v.id AND t.lang = 'en'
    JOIN module m ON m.id = v.module_id JOIN module_text mt ON mt.module_id = m.id AND mt.lang = 'en'
    WHERE v.version_id = :version ORDER BY v.position""")
BODY = text("SELECT title, body_html FROM item_text WHERE item_version_id = :id AND lang = 'en'")
MENTOR = text("""
    SELECT m.public_id, m.mentor_name, p.languages, p.about,
      (SELECT count(*) FROM message g
       WHERE g.match_id = m.id AND g.author_id <> :person AND g.read_at IS NULL) AS unread
    FROM match m JOIN mentor_profile p ON p.person_id = m.mentor_id
    WHERE m.mentee_id = :person AND m.state = 'active'""")
SEATS = text("""
    SELECT c.public_id, c.name, c.starts_on, c.ends_on, s.shown_name,
      (SELECT count(*) FROM seat o WHERE o.cohort_id = c.id AND o.left_at IS NULL) AS taken
    FROM seat s JOIN cohort c ON c.id = s.cohort_id WHERE s.person_id = :person AND s.left_at IS NULL""")
NOTICES = text(
    "SELECT public_id, kind, created_at FROM notice WHERE person_id = :person ORDER BY id DESC LIMIT 5"
)
MARK = text("""
    INSERT INTO completion (enrolment_id, item_id, done_at, rule, source)
    VALUES (:enrolment, :item, :now, 'mark', 'self') ON CONFLICT DO NOTHING""")
ITEM = text("SELECT id, course_id FROM item WHERE public_id = :item")
ATTEMPT = text("""
    SELECT a.id, a.public_id, a.person_id, a.item_id, a.item_version_id, a.state, v.rules
    FROM attempt a JOIN item_version v ON v.id = a.item_version_id WHERE a.public_id = :attempt""")
QUESTIONS = text("""
    SELECT q.key, q.kind, q.points, q.structure, w.words FROM question_version q
    JOIN question_words w ON w.question_id = q.id AND w.lang = 'en'
    WHERE q.item_version_id = :item ORDER BY q.position""")
ANSWERS = text("SELECT question, seq, response, points FROM answer WHERE attempt_id = :attempt")
SEND = text("""
    UPDATE attempt SET state = 'marked', submitted_at = :now, points = :points, out_of = :out_of,
    percent = :percent, passed = :passed WHERE id = :id AND state = 'open'""")
ENROLMENT = text("SELECT id FROM enrolment WHERE person_id = :person AND course_id = :course")
MENTEES = text("""
    SELECT m.public_id, m.mentee_name, m.mentee_id, e.course_id, e.version_id, d.item_id, d.done_at,
      (SELECT max(g.sent_at) FROM message g WHERE g.match_id = m.id) AS last_word
    FROM match m JOIN match_share s ON s.match_id = m.id
    JOIN enrolment e ON e.person_id = m.mentee_id AND e.course_id = s.course_id
    LEFT JOIN completion d ON d.enrolment_id = e.id
    WHERE m.mentor_id = :person AND m.state = 'active' ORDER BY m.id""")
COHORT = text(
    "SELECT id, name, version_id, starts_on, ends_on FROM cohort WHERE public_id = :cohort"
)
SEATED = text("""
    SELECT s.public_id, s.person_id, s.shown_name, d.item_id, d.done_at FROM seat s
    LEFT JOIN completion d ON d.enrolment_id = s.enrolment_id
    WHERE s.cohort_id = :cohort AND s.left_at IS NULL ORDER BY s.shown_name""")
# People on a page of the table.
SHOWN = 50
CERTIFICATE = text(
    "SELECT number, record, state, issued_at, lang FROM certificate WHERE number = :number"
)


@dataclass
class User:
    """What Flask-Login asks of a user, around a row."""

    row: Any
    is_active = is_authenticated = True
    is_anonymous = False

    def get_id(self) -> str:
        """The id in the signed cookie."""
        return str(self.row.id)


class SignInForm(FlaskForm):
    """Handle and passphrase."""

    handle = StringField("Name")
    passphrase = PasswordField("Passphrase")


def create_app(environment: Mapping[str, str] = os.environ) -> Flask:
    """Build the application from three variables."""
    app = Flask(__name__, static_folder=None)
    app.secret_key = bytes.fromhex(environment["BENCH_SECRET"])
    app.config.update(
        WTF_CSRF_TIME_LIMIT=None, SESSION_COOKIE_NAME="r", SESSION_REFRESH_EACH_REQUEST=False
    )
    app.jinja_loader = DictLoader(PAGES)  # type: ignore[assignment]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    CSRFProtect(app)
    engine = _engine(environment["BENCH_DATABASE"])
    _sign_in(app, bytes.fromhex(environment["BENCH_PEPPER"]))
    _learner(app)
    _quiz(app)
    _staff(app)

    @app.before_request
    def connect() -> None:
        # BEGIN IMMEDIATE for what writes, as the application does.
        g.connection = engine.connect().execution_options(writes=request.method == "POST")

    @app.after_request
    def finish(response: Response) -> Response:
        if request.method == "POST":
            g.connection.commit()
        g.connection.close()
        if response.mimetype == "text/html" and response.status_code == 200:
            response.set_data(gzip.compress(response.get_data(), 6, mtime=0))
            response.headers["Content-Encoding"] = "gzip"
        return response

    return app


def _engine(address: str) -> Engine:
    if not address.startswith("sqlite"):
        return create_engine(address)
    engine = create_engine(address, connect_args={"isolation_level": None, "timeout": 5})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _entry: Any) -> None:
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        driver = connection.connection.driver_connection
        # In one process with the application, its own listener has begun already.
        if not driver.in_transaction:
            writes = connection.get_execution_options().get("writes")
            driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _rows(statement: Any, **values: Any) -> Any:
    return g.connection.execute(statement, values)


def _one(statement: Any, **values: Any) -> Any:
    return _rows(statement, **values).first() or abort(404)


def _now() -> Any:
    moment = datetime.now(UTC)
    sqlite = g.connection.dialect.name == "sqlite"
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f") if sqlite else moment


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _sign_in(app: Flask, pepper: bytes) -> None:
    manager = LoginManager(app)
    manager.session_protection = None

    @manager.user_loader
    def load(number: str) -> User | None:
        row = _rows(USER, id=int(number)).first()
        return User(row) if row else None

    @app.route("/sign-in", methods=["GET", "POST"])
    def sign_in() -> AnyResponse | str:
        form = SignInForm()
        if not form.validate_on_submit():
            return render_template("sign_in.html", form=form)
        row = _rows(USER_BY_NAME, name=form.handle.data.casefold().replace(" ", "")).first()
        g.connection.rollback()
        if row is None:
            abort(401)
        made = secrets.stretch(form.passphrase.data, row.salt, row.memory_kib, row.passes, pepper)
        if not hmac.compare_digest(made.verifier_hash, row.verifier_hash):
            abort(401)
        login_user(User(row))
        return redirect(url_for("home"), 303)


def _learner(app: Flask) -> None:
    @app.get("/home")
    @login_required
    def home() -> str:
        person = current_user.row.id
        rows = _rows(MINE, person=person).all()
        done = {row.item_id for row in rows}
        items = _rows(ITEMS, version=rows[0].version_id).all()
        here = next((item for item in items if item.id not in done), items[-1])
        return render_template(
            "home.html", course=rows[0], items=items, done=done, here=here,
            mentor=_rows(MENTOR, person=person).first(), seats=_rows(SEATS, person=person).all(),
            notices=_rows(NOTICES, person=person).all(),
        )  # fmt: skip

    @app.get("/courses/<course>")
    @login_required
    def course(course: str) -> str:
        found = _one(COURSE, course=course)
        done = {
            row.item_id for row in _rows(DONE, person=current_user.row.id, course=found.course_id)
        }
        return render_template(
            "course.html", course=found, items=_rows(ITEMS, version=found.id).all(), done=done
        )

    @app.get("/courses/<course>/<item>")
    @login_required
    def lesson(course: str, item: str) -> str:
        found = _one(COURSE, course=course)
        done = {
            row.item_id for row in _rows(DONE, person=current_user.row.id, course=found.course_id)
        }
        items = _rows(ITEMS, version=found.id).all()
        here = next((one for one in items if one.public_id == item), None) or abort(404)
        body = _one(BODY, id=here.item_version_id)
        return render_template(
            "lesson.html", course=found, items=items, here=here, body=body, done=done,
            form=FlaskForm(formdata=None),
        )  # fmt: skip

    @app.post("/courses/<course>/<item>/done")
    @login_required
    def mark(course: str, item: str) -> AnyResponse:
        found = _one(ITEM, item=item)
        mine = _one(ENROLMENT, person=current_user.row.id, course=found.course_id)
        _rows(MARK, enrolment=mine.id, item=found.id, now=_now())
        return redirect(url_for("lesson", course=course, item=item), 303)


def _quiz(app: Flask) -> None:
    def mine(attempt: str) -> Any:
        found = _one(ATTEMPT, attempt=attempt)
        return found if found.person_id == current_user.row.id else abort(404)

    @app.get("/tries/<attempt>/<int:number>")
    @login_required
    def question(attempt: str, number: int) -> str:
        found = mine(attempt)
        rows = _rows(QUESTIONS, item=found.item_version_id).all()
        given = {row.question: _json(row.response) for row in _rows(ANSWERS, attempt=found.id)}
        asked = rows[number - 1]
        return render_template(
            "question.html", attempt=found, number=number, total=len(rows), words=_json(asked.words),
            chosen=given.get(asked.key, {}).get("chosen", ()), form=FlaskForm(formdata=None),
        )  # fmt: skip

    @app.post("/tries/<attempt>/finish")
    @login_required
    def send(attempt: str) -> AnyResponse:
        found = mine(attempt)
        keys = {
            row.key: _json(row.structure)["right"]
            for row in _rows(QUESTIONS, item=found.item_version_id)
        }
        given = {
            row.question: _json(row.response)["chosen"] for row in _rows(ANSWERS, attempt=found.id)
        }
        right = sum(given.get(key) == answer for key, answer in keys.items())
        percent = 100 * right // len(keys)
        marks = {
            "points": str(right),
            "out_of": len(keys),
            "percent": percent,
            "passed": percent >= 70,
        }
        _rows(SEND, id=found.id, now=_now(), **marks)
        course = _one(text("SELECT course_id FROM item WHERE id = :id"), id=found.item_id).course_id
        enrolment = _one(ENROLMENT, person=found.person_id, course=course).id
        _rows(MARK, enrolment=enrolment, item=found.item_id, now=_now())
        return redirect(url_for("question", attempt=attempt, number=1), 303)


def _staff(app: Flask) -> None:
    @app.get("/pairs")
    @login_required
    def mentees() -> str:
        people: dict[str, Any] = {}
        for row in _rows(MENTEES, person=current_user.row.id):
            one = people.setdefault(row.public_id, {"row": row, "done": set(), "last": None})
            one["done"].add(row.item_id)
            one["last"] = max(one["last"] or row.done_at, row.done_at)
        items = {one["row"].version_id for one in people.values()}
        outlines = {version: _rows(ITEMS, version=version).all() for version in items}
        return render_template("mentees.html", people=people, outlines=outlines)

    @app.get("/cohorts/<cohort>")
    @login_required
    def cohort(cohort: str) -> str:
        found = _one(COHORT, cohort=cohort)
        people: dict[str, Any] = {}
        for row in _rows(SEATED, cohort=found.id):
            one = people.setdefault(
                row.public_id, {"name": row.shown_name, "done": set(), "last": None}
            )
            one["done"].add(row.item_id)
            one["last"] = max(one["last"] or row.done_at, row.done_at)
        items = _rows(ITEMS, version=found.version_id).all()
        modules: dict[int, list[int]] = {}
        for item in items:
            modules.setdefault(item.module, []).append(item.id)
        shown = list(people.items())[:SHOWN]
        return render_template("cohort.html", cohort=found, shown=shown, modules=modules)

    @app.get("/c/<number>")
    def check(number: str) -> str:
        found = _one(CERTIFICATE, number=number)
        return render_template(
            "check.html", held=found, said=_json(found.record)["en"], form=FlaskForm(formdata=None)
        )
