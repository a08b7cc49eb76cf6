"""How many statements a page costs, and that the number does not grow with the data."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text

from bench.report import MOST_STATEMENTS, MOST_STATEMENTS_ANYWHERE
from bench.statements import Sent, statements
from bench.workloads import Work
from lms.core.db import db, transaction

# Children first: foreign keys hold.
ONE_OF_EACH = (
    "DELETE FROM message WHERE match_id > 1",
    "DELETE FROM match_share WHERE match_id > 1",
    "DELETE FROM match WHERE id > 1",
    "DELETE FROM seat WHERE id > 1",
    "DELETE FROM answer WHERE attempt_id > 2",
    "DELETE FROM attempt WHERE id > 2",
    "DELETE FROM completion WHERE enrolment_id > 1",
    "DELETE FROM certificate WHERE id > 1",
)
READING = (
    "dashboard", "course outline", "lesson", "quiz question", "mentor's 20", "cohort of 500"
)  # fmt: skip


def counted(app: Flask, work: Work) -> dict[str, list[Sent]]:
    """The statements of each kind of request, after a first one has filled what is kept in memory."""
    found = {}
    for workload in work.all():
        statements(app, workload.ours[1 % len(workload.ours)])
        work.reset()
        found[workload.name] = statements(app, workload.ours[0])
        work.reset()
    return found


def test_no_page_costs_more_than_its_budget(app: Flask, work: Work) -> None:
    found = counted(app, work)
    over = {
        name: [one.text for one in sent]
        for name, sent in found.items()
        if len(sent) > MOST_STATEMENTS.get(name, MOST_STATEMENTS_ANYWHERE)
    }
    assert over == {}
    # A count of nothing would pass, too.
    assert all(found[name] for name in READING)


def test_statements_do_not_grow_with_the_data(app: Flask, work: Work) -> None:
    workloads = [one for one in work.all() if one.name in READING]
    many = {one.name: len(statements(app, one.ours[0])) for one in workloads}
    many = {one.name: len(statements(app, one.ours[0])) for one in workloads}
    with app.app_context(), transaction():
        for statement in ONE_OF_EACH:
            db.session.execute(text(statement))
    one_each = {one.name: len(statements(app, one.ours[0])) for one in workloads}
    assert one_each == many
