"""A look at a restored database: whether it holds together and the application serves it."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from lms.accounts import actions, queries, signin
from lms.accounts.models import Person
from lms.accounts.roles import Role
from lms.audit.queries import broken_chains
from lms.core.db import db, reading, transaction
from lms.core.settings import Settings
from lms.courses import queries as courses
from lms.mentoring.models import Match
from lms.programmes.models import MentorProfile

LEARNER = "learner"
SHOWN = {200}
# Whoever has a role may first be asked for a second factor.
SHOWN_OR_ASKED = {200, 303}


def problems(app: Flask) -> list[str]:
    """What is wrong with the database of an application. Needs its context; writes sign-ins: scratch only."""
    return [*_damage(), *_pages(app)]


def _damage() -> Iterator[str]:
    with reading():
        if db.engine.dialect.name == "sqlite":
            whole = db.session.scalar(sa.text("PRAGMA integrity_check"))
            if whole != "ok":
                yield f"the file is damaged: {whole}"
            for row in db.session.execute(sa.text("PRAGMA foreign_key_check")):
                yield f"{row[0]} points to rows of {row[2]} that are gone"


def record_problems() -> list[str]:
    """People whose access record is not as it was written. Needs the instance's own key files."""
    with reading():
        return [
            f"access record of {name}: line {line} was changed" for name, line in broken_chains()
        ]


def outside(app: Flask) -> Iterator[str]:
    """What is wrong with the pages that a guest sees. Writes nothing."""
    guest = ["/health/ready", "/en/sign-in", "/ru/sign-in", "/en/about"]
    yield from _open(app.test_client(), app, guest, "guest")


def _pages(app: Flask) -> Iterator[str]:
    with reading():
        signed_in = ["/en/home", "/ru/home", *_courses()]
    yield from outside(app)
    for who, person_id in _personas().items():
        yield from _open(_browser_of(app, person_id), app, signed_in, who)


def _courses() -> list[str]:
    found = [line for line in courses.versions() if line.latest][:2]
    return [f"/en/courses/{line.public_id}" for line in found]


def _personas() -> dict[str, int]:
    """One person of each role, and one of none."""
    with reading():
        found = {role.value: queries.holders(role.value)[:1] for role in Role}
        staff = {holder for holders in found.values() for holder in holders}
        # Whoever accompanies somebody is asked for a second step, with or without a role.
        mentors = sa.select(MentorProfile.person_id).union(sa.select(Match.mentor_id))
        nobody = Person.id.not_in(staff) & Person.id.not_in(mentors)
        learner = sa.select(Person.id).where(nobody).order_by(Person.id)
        people = {who: holders[0] for who, holders in found.items() if holders}
        one = db.session.scalar(learner.limit(1))
    return people | ({LEARNER: one} if one else {})


def _browser_of(app: Flask, person_id: int) -> FlaskClient:
    """A browser in which this person is signed in, with a key that opens nothing of hers."""
    with transaction():
        token = actions.open_sign_in(queries.by_id(person_id), bytes(32), own_phone=True)
    client = app.test_client()
    settings: Settings = app.extensions["settings"]
    with client.session_transaction(base_url=settings.public_url) as cookie:
        cookie[signin.TOKEN] = token
    return client


def _open(client: FlaskClient, app: Flask, pages: list[str], who: str) -> Iterator[str]:
    settings: Settings = app.extensions["settings"]
    fine = SHOWN if who in {"guest", LEARNER} else SHOWN_OR_ASKED
    for page in pages:
        # A context of its own: what a request keeps in `g` must not be the command's.
        with app.app_context():
            status = client.get(page, base_url=settings.public_url).status_code
        if status not in fine:
            yield f"{page} answers {status} to a {who}"
