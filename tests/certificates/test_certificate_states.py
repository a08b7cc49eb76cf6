"""Whatever people, staff and the worker do in whatever order: what must always hold of certificates holds."""

from __future__ import annotations

import contextlib

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from lms.certificates import actions, jobs, queries
from lms.certificates.models import Certificate
from lms.certificates.rules import NotAllowed, Reason, State, may_ask_anew, may_confirm, move
from lms.core import outbox
from lms.core.db import db, reading, transaction
from lms.core.throttle import Throttle
from lms.courses import queries as courses
from tests.certificates import world
from tests.courses.world import publish_course
from tests.world import make_person

LIVE = {State.WAITING, State.ISSUING, State.ISSUED}
STEPS = ["claim", "print", "withdraw", "ask", "agree", "keep", "offer"]


@given(st.sampled_from(list(State)), st.sampled_from(list(State)))
def test_an_end_is_an_end(state, to):
    ended = state in {State.WITHDRAWN, State.REPLACED}
    with contextlib.suppress(NotAllowed):
        assert move(state, to) is to
        assert not ended


@given(st.sampled_from(list(State)), st.sampled_from([None, "holder", "staff"]))
def test_nobody_takes_back_what_staff_withdrew(state, by):
    assert may_ask_anew(state, by) == (state is State.WITHDRAWN and by == "holder")


@given(st.integers(1, 4) | st.none(), st.integers(1, 4), st.integers(1, 4) | st.none())
def test_the_second_is_a_second(asked_by, staff, holder):
    if may_confirm(asked_by, staff, holder):
        assert len({asked_by, staff}) == 2
        assert staff != holder


# Two of the staff at once: one agrees, the other keeps it after all.
@example(steps=[("claim", 0), ("print", 0), ("ask", 0), ("agree", 1), ("keep", 0)])
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 3)), max_size=14))
def test_any_order_of_steps(app: Flask, settled, steps):
    learner, staff, version = settled
    with app.app_context():
        with transaction():
            db.session.execute(delete(Certificate))
            db.session.execute(delete(outbox.Outbox))
            db.session.execute(delete(Throttle))
        with transaction():
            world.offer(learner.id, version)
        for step, which in steps:
            with contextlib.suppress(NotAllowed, actions.MustWait), transaction():
                take(step, which, learner, staff, version)
            if step == "print":
                outbox.run_due()
            always_holds()


def take(step, which, learner, staff, version):
    held = queries.of_person(learner.id)
    one = held[which % len(held)]
    acts = {
        "claim": lambda: actions.claim(
            one, learner.public_id, f"Name {which}", "en", neutral=False
        ),
        "withdraw": lambda: actions.withdraw(one),
        "ask": lambda: actions.ask_to_withdraw(one, staff[which % 2].id, Reason.MISTAKE),
        "agree": lambda: actions.agree_to_withdraw(one, staff[which % 2].id),
        "keep": lambda: actions.keep_after_all(one),
        "offer": lambda: world.offer(learner.id, version),
        "print": lambda: None,
    }
    acts[step]()


def always_holds():
    with reading():
        rows = db.session.execute(select(*Certificate.__table__.columns)).all()
    assert sum(row.state in LIVE for row in rows) <= 1
    assert len({row.number for row in rows}) == len(rows)
    for row in rows:
        assert (row.name_sealed is not None) == (row.state == State.ISSUING)
        assert (row.pdf_sealed is not None) == (row.state == State.ISSUED)
        assert (row.commitment is not None) == (row.state in {State.ISSUING, State.ISSUED})
        assert (row.ended_at is not None) == (row.state not in LIVE)
        assert (row.issued_at is None) == (row.state == State.WAITING)
        if row.ended_by == "staff":
            assert row.reason


@pytest.fixture
def settled(app: Flask, tmp_path, monkeypatch):
    """A learner who has finished a course, two of the staff, and a printer that costs nothing."""
    monkeypatch.setattr(jobs.PRINTER, "print", lambda document: b"%PDF-" + document.number.encode())
    with app.app_context():
        publish_course(tmp_path / "small-course")
        with reading():
            version = courses.catalogue("en")[0].version_id
        learner = make_person()
        staff = (make_person(), make_person())
        world.finish_course(learner, version)
    return learner, staff, version
