"""No page reads a whole table that grows with people: the plans of everything that hot pages send."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask import Flask
from sqlalchemy import text

from bench.statements import Sent, statements, watched
from bench.workloads import Work
from lms.core import outbox
from lms.core.db import db

LARGE = {
    "access_chain", "access_event", "answer", "attempt", "attempt_allowance", "certificate", "completion",
    "enrolment", "form_key", "invite", "match", "match_share", "mentor_request", "message", "note", "notice",
    "outbox", "person", "role_grant", "seat", "sign_in", "submission", "throttle",
}  # fmt: skip
# An alias has a number: `person_1`.
SQLITE = re.compile(r"^SCAN (\w+?)(?:_\d+)?(?: |$)(?!.*USING)")
POSTGRESQL = re.compile(r"Seq Scan on (\w+)")


def everything(app: Flask, work: Work) -> list[Sent]:
    """What every kind of request sends, and what the worker sends to find its work."""
    sent = []
    for workload in work.all():
        sent += statements(app, workload.ours[0])
        work.reset()
    with app.app_context(), watched() as seen:
        outbox.due()
    return [*sent, *seen]


def scans(app: Flask, sent: list[Sent]) -> Iterator[tuple[str, str]]:
    """(table, statement) of every large table that is read whole."""
    with app.app_context(), db.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if not sqlite:
            # On little data a scan is the better plan; without scans it shows whether an index is there.
            connection.execute(text("SET enable_seqscan = off"))
        for one in {one.text: one for one in sent}.values():
            explain = ("EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN ") + one.text
            rows = connection.exec_driver_sql(explain, one.values).all()
            for row in rows:
                found = SQLITE.match(row[3]) if sqlite else POSTGRESQL.search(row[0])
                if found and found[1] in LARGE:
                    yield found[1], one.text


def test_no_large_table_is_read_whole(app: Flask, work: Work) -> None:
    sent = everything(app, work)
    assert len(sent) > 40
    assert list(scans(app, sent)) == []


def test_a_scan_would_be_found(app: Flask, work: Work) -> None:
    with app.app_context(), watched() as seen:
        db.session.execute(
            text("SELECT count(*) FROM message WHERE length(body) > :size"), {"size": 9}
        )
    assert [table for table, _ in scans(app, seen)] == ["message"]
