"""Rows of the first form of mentoring come through the step to programmes, and back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import MetaData, Table, insert, select

from lms.core.db import Model, db
from lms.programmes.models import MentorProfile, MentorRequest, Programme, Transition
from tests.house.test_migrations import empty  # noqa: F401 - a fixture
from tests.world import make_person

THEN = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)


def table(name: str) -> Table:
    found = MetaData()
    found.reflect(db.engine, only=[name])
    return found.tables[name]


def add(name: str, **values: Any) -> None:
    with db.engine.begin() as connection:
        connection.execute(insert(table(name)).values(**values))


def rows(name: str) -> list[Any]:
    found = table(name)
    with db.engine.connect() as connection:
        return list(connection.execute(select(found).order_by(found.c.id)).mappings())


def test_what_was_there_is_there_and_goes_back(empty: Flask) -> None:  # noqa: F811
    upgrade()
    people = [make_person(name).id for name in ("Daria", "Marat", "Saule")]
    downgrade(revision="0006")
    add("programme", id=1, public_id="pr1", key="default", offer_days=7)
    for number, paused in ((1, False), (2, True)):
        add(
            "mentor_profile", id=number, public_id=f"mp{number}", programme_id=1,
            person_id=people[number - 1], shown_name=f"M{number}", languages=["ru"], about="",
            capacity=3, paused=paused, made_at=THEN,
        )  # fmt: skip
    add(
        "mentor_request", id=1, public_id="mr1", programme_id=1, person_id=people[2],
        shown_name="S", languages=["ru"], goal=None, waiting_since=THEN, state="waiting",
    )  # fmt: skip
    upgrade(revision="0007")
    profiles = rows("mentor_profile")
    assert [one["state"] for one in profiles] == ["available", "paused"]
    assert all(one["track"] == "peer" and one["confirmed_at"] for one in profiles)
    assert rows("mentor_request")[0]["state"] == "waiting"
    assert rows("programme")[0]["state"] == "running"
    add(
        "mentor_request", id=2, public_id="mr2", programme_id=1, person_id=people[2],
        track="scientist", shown_name="S", languages=["ru"], waiting_since=THEN, state="waiting",
    )  # fmt: skip
    downgrade(revision="0006")
    assert [one["paused"] for one in rows("mentor_profile")] == [False, True]
    assert [one["state"] for one in rows("mentor_request")] == ["waiting", "withdrawn"]
    upgrade(revision="0007")
    for model in (Programme, MentorProfile, MentorRequest, Transition):
        there = {column.name for column in table(model.__tablename__).columns}
        assert there <= {column.name for column in Model.metadata.tables[model.__tablename__].c}
    for name, wanted in (
        ("programme", {"state", "policy", "duration"}),
        ("mentor_profile", {"state", "track", "capacity"}),
        ("mentor_request", {"state", "track", "priority"}),
    ):
        checks = {str(one.name) for one in table(name).constraints}
        assert {f"ck_{name}_{rule}" for rule in wanted} <= checks, name
