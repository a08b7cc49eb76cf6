"""Tables as they come from spreadsheets of the region: any bytes become rows, or a reason why not. Pure."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lms.cohorts.rules import guard
from lms.core.text import fold, is_clean

LARGEST = 1024 * 1024
MOST_ROWS = 2_000
LONGEST_CELL = 1_000
BOM = "\ufeff"
_DELIMITERS = (";", ",", "\t")
_GUARDED = re.compile(r"(^|[;,\t\r\n|])'(?=\s*[=+\-@\uff1d\uff0b\uff0d\uff20])")


class Why(StrEnum):
    """Why a file can't be read as a table."""

    EMPTY = "empty"
    LARGE = "large"
    NOT_TEXT = "not_text"
    BROKEN = "broken"
    MANY_ROWS = "many_rows"
    NO_COLUMNS = "no_columns"
    TWICE = "twice"


@dataclass
class Unreadable(Exception):
    """The file is no table that we know. `names` are the columns that are missing or there twice."""

    why: Why
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key, which also stands in templates, its other names, whether it has to be there."""

    key: str
    names: tuple[str, ...]
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: its number as a spreadsheet counts, and its cells by column."""

    number: int
    cells: Mapping[str, str]


def read(data: bytes, columns: Sequence[Column]) -> list[Line]:
    """The rows of a table, with the cells of known columns. Raises Unreadable, and nothing else."""
    if len(data) > LARGEST:
        raise Unreadable(Why.LARGE)
    text = _text(data)
    rows = _rows(text, _delimiter(text, columns))
    if not rows:
        raise Unreadable(Why.EMPTY)
    places = _places(rows[0][1], columns)
    lines = [
        Line(number, {key: _cell(row, at) for key, at in places.items()})
        for number, row in rows[1:]
    ]
    return [line for line in lines if any(line.cells.values())]


def _text(data: bytes) -> str:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return _clean(_decoded(data, encoding))
    try:
        return _clean(data.decode("utf-8"))
    except UnicodeDecodeError:
        # What Excel saves in this region when nobody asks it for anything else.
        return _clean(_decoded(data, "cp1251"))


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable(Why.NOT_TEXT) from None


def _clean(text: str) -> str:
    if not text.strip():
        raise Unreadable(Why.EMPTY)
    if not is_clean(text.replace("\t", " ").replace("\r", "\n"), multiline=True):
        raise Unreadable(Why.NOT_TEXT)
    return text


def _delimiter(text: str, columns: Sequence[Column]) -> str:
    """The sign by which the first line has the most columns that we know."""
    head = next((line for line in text.splitlines() if line.strip()), "")
    known = {name for column in columns for name in _names(column)}
    found = {
        sign: sum(fold(cell.strip('"')) in known for cell in head.split(sign))
        for sign in _DELIMITERS
    }
    return max(_DELIMITERS, key=lambda sign: found[sign])


def _rows(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    rows: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((reader.line_num, row))
            if len(rows) > MOST_ROWS + 1:
                raise Unreadable(Why.MANY_ROWS)
    except csv.Error:
        raise Unreadable(Why.BROKEN) from None
    return rows


def _names(column: Column) -> set[str]:
    return {fold(name) for name in (column.key, *column.names)}


def _places(head: Sequence[str], columns: Sequence[Column]) -> dict[str, int]:
    places: dict[str, int] = {}
    for column in columns:
        found = [at for at, cell in enumerate(head) if fold(cell) in _names(column)]
        if len(found) > 1:
            raise Unreadable(Why.TWICE, (column.key,))
        if found:
            places[column.key] = found[0]
    missing = tuple(column.key for column in columns if column.needed and column.key not in places)
    if missing:
        raise Unreadable(Why.NO_COLUMNS, missing)
    return places


def _cell(row: Sequence[str], at: int) -> str:
    cell = row[at] if at < len(row) else ""
    return _GUARDED.sub(r"\1", " ".join(cell.split()))


def write(head: Iterable[str], rows: Iterable[Sequence[str]], lang: str) -> str:
    """A table that a spreadsheet opens by a double click, and that `read` reads again.

    No cell is taken for a formula; Russian Excel splits at semicolons.
    """
    out = io.StringIO()
    out.write(BOM)
    put = csv.writer(out, delimiter=";" if lang == "ru" else ",", lineterminator="\r\n").writerow
    put(list(head))
    for row in rows:
        put([guard(cell) for cell in row])
    return out.getvalue()
