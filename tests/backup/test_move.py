"""To the other engine and back: the same rows, whatever people typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import JSON as SQL_JSON
from sqlalchemy import delete, insert, null, select, update

from lms.backup import drill, move, restore, rows
from lms.backup.rows import Damaged, differences
from lms.backup.shapes import shapes
from lms.backup.store import snapshot
from lms.core.db import db, reading, transaction
from lms.core.once import FormKey
from lms.core.outbox import Outbox
from lms.courses.models import CourseVersion, ItemVersion
from tests.backup.conftest import Make, inside
from tests.conftest import Tell

NAUGHTY = [
    "", " ", "\t\n", "'; DROP TABLE person; --", '"', "\\", "\\x00", "\\u0000", "NULL", "null", "%s %(a)s :a ?",
    "Ёлка é e\u0301", "👩🏽‍⚕️", "\u202eabc", "\ufeff", "𝓗\U0001f600", "a\u2028b", "{}", "[1]", "ß" * 300, "١٢٣",
]  # fmt: skip
# A NUL never reaches the database: whatever people send is refused with one (`core.text`).
TEXT = st.one_of(
    st.sampled_from(NAUGHTY),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=80),
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(-1e9, 1e9, width=32)
    | TEXT,
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(TEXT, inside, max_size=4),
    max_leaves=12,
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOMENT = st.timedeltas(timedelta(0), timedelta(days=70_000)).map(lambda later: EPOCH + later)
WORK = st.fixed_dictionaries(
    {
        "kind": TEXT,
        "payload": st.dictionaries(TEXT, JSON, max_size=4),
        "tries": st.integers(0, 2**31 - 1),
        "run_at": MOMENT,
        "leased_until": st.none() | MOMENT,
        "failed": st.booleans(),
    }
)
KEY = st.fixed_dictionaries({"digest": st.binary(max_size=80), "location": TEXT, "used_at": MOMENT})


def url_of(app: Flask) -> str:
    return str(app.config["SQLALCHEMY_DATABASE_URI"])


def clear(app: Flask) -> None:
    """Make a database empty again, as a new one."""
    with inside(app), db.engine.begin() as connection:
        restore.clear(connection)


def fill(work: list[dict[str, Any]], keys: list[dict[str, Any]]) -> None:
    with transaction():
        db.session.execute(delete(FormKey))
        db.session.execute(delete(Outbox))
        if work:
            db.session.execute(insert(Outbox), work)
        for row in {one["digest"]: one for one in keys}.values():
            db.session.execute(insert(FormKey).values(**row))
        hours = Decimal(len(work)) + Decimal("0.25")
        db.session.execute(update(CourseVersion).values(hours=hours))


def test_there_and_back_with_everything_that_people_type(
    site: Flask, empty: Flask, target: Make, figure: Tell, size: Callable[[int, int], int]
) -> None:
    home, moved = target("home", engine="sqlite"), []

    @given(st.lists(WORK, max_size=6), st.lists(KEY, max_size=6))
    @hypothesis_settings(
        max_examples=size(1, 25), deadline=None, suppress_health_check=list(HealthCheck)
    )
    def there_and_back(work: list[dict[str, Any]], keys: list[dict[str, Any]]) -> None:
        fill(work, keys)
        here = drill.contents()
        clear(empty)
        clear(home)
        move.to(url_of(empty))
        with inside(empty):
            there = drill.contents()
            move.to(url_of(home))
        with inside(home):
            back = drill.contents()
            with reading():
                found = db.session.scalars(select(Outbox.payload).order_by(Outbox.id)).all()
                assert found == [one["payload"] for one in work]
        assert differences(here, there) == []
        assert differences(here, back) == []
        moved.append(len(here.parts))

    there_and_back()
    fill([_work({"text": one}) for one in NAUGHTY], [])
    clear(empty)
    assert move.to(url_of(empty)).parts["outbox"].rows == len(NAUGHTY)
    figure("tables with equal content hash after moves, of those moved", sum(moved) / len(moved) / len(drill.contents().parts), "= 1")  # fmt: skip


def _work(payload: dict[str, Any]) -> dict[str, Any]:
    when = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=1)
    return {"kind": "x", "payload": payload, "tries": 0, "run_at": when, "failed": False}


def test_a_null_of_sql_is_none_of_json(site: Flask, empty: Flask) -> None:
    """Two things that the rows of Python do not tell apart."""
    missing = select(ItemVersion.id).where(ItemVersion.__table__.c.rules.is_(null()))
    with transaction():
        first, second = db.session.scalars(select(ItemVersion.id).limit(2)).all()
        for number, value in ((first, null()), (second, SQL_JSON.NULL)):
            row = update(ItemVersion).where(ItemVersion.id == number).values(rules=value)
            db.session.execute(row)
        before = set(db.session.scalars(missing))
    assert first in before
    assert second not in before
    move.to(url_of(empty))
    with inside(empty), reading():
        assert set(db.session.scalars(missing)) == before


def test_what_is_there_already_is_left_alone(site: Flask, empty: Flask) -> None:
    move.to(url_of(empty))
    with inside(empty):
        before = drill.contents()
    with pytest.raises(restore.NotEmpty):
        move.to(url_of(empty))
    with inside(empty):
        assert differences(before, drill.contents()) == []


def test_a_move_that_breaks_off_leaves_nothing_and_can_be_repeated(
    site: Flask, empty: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each table in turn, as a killed process would: the transaction never ends."""
    here = drill.contents()

    class Killed(BaseException):
        pass

    everything = rows._rows
    for name in ("person", "question_words"):
        with monkeypatch.context() as planted:

            def dies(connection: Any, shape: Any, at: str = name) -> Any:
                if shape.name == at:
                    raise Killed
                return everything(connection, shape)

            planted.setattr(rows, "_rows", dies)
            with pytest.raises(Killed):
                move.to(url_of(empty))
        with inside(empty), snapshot() as connection:
            assert shapes(connection) == []
    move.to(url_of(empty))
    with inside(empty):
        assert differences(here, drill.contents()) == []


def test_a_row_that_gets_lost_on_the_way_stops_the_move(
    site: Flask, empty: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = rows._batches

    def loses(shape: Any, found: Any) -> Any:
        for batch in batches(shape, found):
            yield batch[:-1] if shape.name == "notice" else batch

    monkeypatch.setattr(rows, "_batches", loses)
    with pytest.raises(Damaged, match="notice"):
        move.to(url_of(empty))
    with inside(empty), snapshot() as connection:
        assert shapes(connection) == []


@pytest.mark.sqlite_only
def test_the_command_tells_the_next_step(unopened: Flask, target: Make) -> None:
    url = url_of(target(engine="sqlite"))
    runner = unopened.test_cli_runner()
    done = runner.invoke(args=["move-database", url])
    assert done.exit_code == 0, done.output
    assert f"ALONGSIDE_DATABASE_URL={url}" in done.output
    again = runner.invoke(args=["move-database", url])
    assert again.exit_code == 1
    assert "not empty" in again.output
