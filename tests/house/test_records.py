"""Every table that could say something about a person: what copy, erasure and clearing do with each column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, MetaData, Table

from lms.core import records
from lms.core.db import S1, S2, Model
from lms.core.i18n import LANGUAGES, force_locale
from lms.core.records import Blank, Record
from lms.privacy.words import COLUMNS

pytestmark = pytest.mark.sqlite_only


def problems(metadata: MetaData, found: list[Record]) -> Iterator[str]:
    """What a reader of the records would not learn about the tables, or learn twice."""
    by_table = {record.table: record for record in found}
    if len(by_table) != len(found):
        yield "a table has two records"
    for table in metadata.sorted_tables:
        labels = {column.info.get("sensitivity") for column in table.columns}
        if labels == {"S0"}:
            continue
        record = by_table.get(table.name)
        if record is None:
            yield f"{table.name} has no record"
            continue
        for column in table.columns:
            yield from (
                f"{table.name}.{column.name}: {said}" for said in column_problems(column, record)
            )
        yield from (f"{table.name}: {said}" for said in record_problems(table, record))


def column_problems(column: Column, record: Record) -> Iterator[str]:
    name = column.name
    if not column.info.get("sensitivity"):
        yield "no label"
    places = [name in record.copy, name in record.personal, name in record.apart]
    if sum(places) != 1:
        yield "no verdict for the copy" if not any(places) else "two verdicts for the copy"
    if name in record.copy and name not in record.told and is_sealed(column):
        yield "sealed, and the copy does not tell how to open it"
    blanked = {n for step in record.erase if isinstance(step, Blank) for n in step.values}
    if not record.deletes and name not in blanked | set(record.stays) | set(record.numbers):
        yield "no verdict for erasure"
    if points_to_person(column) and record.mine is None and name not in record.numbers:
        yield "points to a person, and the record does not say whose rows these are"


def is_sealed(column: Column) -> bool:
    return column.info.get("sensitivity") in {"S2", "S3", "K"}


def points_to_person(column: Column) -> bool:
    return any(key.column.table.name == "person" for key in column.foreign_keys)


def record_problems(table: Table, record: Record) -> Iterator[str]:
    known = {column.name for column in table.columns}
    named = {
        *record.copy,
        *record.personal,
        *record.apart,
        *record.stays,
        *record.numbers,
        *record.told,
    }
    if named - known:
        yield f"names columns that are not there: {sorted(named - known)}"
    if record.mine is not None and (record.holding is None or not record.erase):
        yield "about people, without a line in What we hold or without erasure"
    if record.holding is not None and not record.holding.kept():
        yield "does not say how long it is kept"


def test_every_column_has_label_copy_erasure_and_keeping(app: Flask) -> None:
    with app.test_request_context():
        assert list(problems(Model.metadata, records.records())) == []


@pytest.mark.parametrize("what", ["table", "column", "foreign key", "sealed", "label"])
def test_what_is_planted_is_found(app: Flask, what: str) -> None:
    metadata, found = MetaData(), records.records()
    for table in Model.metadata.sorted_tables:
        table.to_metadata(metadata)
    seat = metadata.tables["seat"]
    if what == "table":
        Table("diary", metadata, Column("id", Integer, info=S1))
    elif what == "label":
        seat.append_column(Column("planted", Integer))
    elif what == "foreign key":
        seat.append_column(Column("planted", ForeignKey("person.id"), info=S1))
    elif what == "sealed":
        seat.append_column(Column("planted", LargeBinary, info=S2))
        found = [
            replace(one, copy=(*one.copy, "planted")) if one.table == "seat" else one
            for one in found
        ]
    else:
        seat.append_column(Column("planted", Integer, info=S1))
    with app.test_request_context():
        before = set(problems(Model.metadata, records.records()))
        said = set(problems(metadata, found)) - before
    assert said, f"a planted {what} was not found"
    assert all("planted" in one or "diary" in one for one in said), said


def test_the_copy_has_a_word_for_each_of_its_columns(app: Flask) -> None:
    named = {name for one in records.records() for name in (*one.copy, *one.personal)}
    assert sorted(named - set(COLUMNS)) == []


def test_what_we_hold_reads_in_both_languages(app: Flask) -> None:
    for lang in LANGUAGES:
        with app.test_request_context(), force_locale(lang):
            lines = [(str(one.what), str(one.seen_by), one.kept()) for one in records.holdings()]
        assert all(all(line) for line in lines), lang
        assert len({what for what, _, _ in lines}) == len(lines), "two lines read alike"
