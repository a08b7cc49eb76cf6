"""Shortest ways for tests of copies and erasure."""

from __future__ import annotations

from sqlalchemy import select

from lms.core import outbox
from lms.core.db import Model, db, transaction
from lms.privacy import actions
from tests.client import Browser
from tests.world import Somebody


def leave(browser: Browser, person: Somebody, *, now: bool = False) -> None:
    """Have a person delete everything, through the pages."""
    browser.sign_in(person).get("/en/your-data/erase")
    button = "Destroy now, no way back" if now else "Delete everything"
    browser.submit({"handle": person.handle}, button=button)


def another(browser: Browser) -> Browser:
    """A second browser of the same application."""
    return Browser(browser.app)


def run_daily() -> None:
    """The daily job, and what it leads to."""
    with transaction():
        actions.daily({}, None)
    outbox.run_due()


def rows_of(person_id: int) -> list[str]:
    """The tables in which a row points to a person; her own row counts unless it is empty."""
    found = []
    for table in Model.metadata.sorted_tables:
        columns = [
            column
            for column in table.columns
            if any(key.column.table.name == "person" for key in column.foreign_keys)
        ]
        found += [
            table.name
            for column in columns
            if db.session.scalar(select(column).where(column == person_id).limit(1)) is not None
        ]
    person = Model.metadata.tables["person"]
    mine = (person.c.id == person_id) & (person.c.state != "gone")
    if db.session.scalar(select(person.c.id).where(mine)) is not None:
        found.append("person")
    return sorted(set(found))
