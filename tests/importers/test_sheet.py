"""Tables of any make: bytes in, rows or a reason out, and what was written is read again as it was."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.core.text import is_clean
from lms.importers import sheet
from lms.importers.rules import COLUMNS, Kind, MentorRow, Why, judge
from lms.importers.sheet import Column, Unreadable, read, write

TODAY = date(2026, 11, 22)
MENTORS = COLUMNS[Kind.MENTORS]
RU = "Имя для входа;Имя;Языки;Мест\r\nСауле;Сауле А.;русский, казахский;3\r\n"
EN = 'name,shown name,languages,places\nSaule,Saule A.,"ru, kk",3\n'


@pytest.mark.parametrize(
    "data",
    [
        RU.encode(),
        RU.encode("utf-8-sig"),
        RU.encode("cp1251"),
        RU.replace(";", "\t").encode(),
        RU.encode("utf-16"),
        RU.replace("\r\n", "\n").encode("cp1251"),
        RU.replace("\r\n", "\r").encode(),
    ],
    ids=["utf-8", "bom", "cp1251", "tabs", "utf-16", "newlines", "old mac"],
)
def test_every_make_of_file_gives_the_same_row(data: bytes) -> None:
    found = judge(Kind.MENTORS, read(data, MENTORS), TODAY)
    assert found.problems == ()
    assert found.rows == (MentorRow(2, "Сауле", "Сауле А.", ("ru", "kk"), "peer", 3, ""),)


def test_english_names_of_columns_and_commas() -> None:
    (row,) = judge(Kind.MENTORS, read(EN.encode(), MENTORS), TODAY).rows
    assert row == MentorRow(2, "Saule", "Saule A.", ("ru", "kk"), "peer", 3, "")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", sheet.Why.EMPTY),
        (b"\xef\xbb\xbf \r\n", sheet.Why.EMPTY),
        (b"name,languages\n\x00,ru", sheet.Why.NOT_TEXT),
        (b"\x98\x98\xff\xfe", sheet.Why.NOT_TEXT),
        (b"a,b\n1,2\n", sheet.Why.NO_COLUMNS),
        (b"name,name,languages\n", sheet.Why.TWICE),
        (b'name,languages\n"a,ru\n', sheet.Why.BROKEN),
        (b"name,languages\n" + b"a,ru\n" * 2001, sheet.Why.MANY_ROWS),
        (b"x" * (sheet.LARGEST + 1), sheet.Why.LARGE),
    ],
)
def test_what_is_no_table_says_why(data: bytes, why: sheet.Why) -> None:
    with pytest.raises(Unreadable) as refused:
        read(data, MENTORS)
    assert refused.value.why is why


def test_two_thousand_rows_are_read() -> None:
    assert len(read(b"name,languages\n" + b"a,ru\n" * 2000, MENTORS)) == 2000


@settings(max_examples=300)
@given(
    st.binary(max_size=400)
    | st.text(max_size=200).map(lambda text: ("name;languages\n" + text).encode())
)
def test_any_bytes_are_rows_or_a_reason(data: bytes) -> None:
    for kind, columns in COLUMNS.items():
        try:
            lines = read(data, columns)
        except Unreadable:
            continue
        found = judge(kind, lines, TODAY)
        told = {problem.row for problem in found.problems} | {row.number for row in found.rows}
        assert told == {line.number for line in lines}


CELLS = (
    st.text(max_size=30)
    .filter(lambda text: is_clean(text, multiline=False))
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: "'" not in text)
)


@settings(max_examples=200)
@given(st.lists(st.tuples(CELLS, CELLS), max_size=8), st.sampled_from(["en", "ru"]))
def test_what_was_written_is_read_again(rows: list[tuple[str, str]], lang: str) -> None:
    columns = (Column("one", (), needed=True), Column("two", (), needed=True))
    found = read(write(["one", "two"], rows, lang).encode(), columns)
    assert [(line.cells["one"], line.cells["two"]) for line in found] == [
        row for row in rows if any(row)
    ]


@given(st.sampled_from("=+-@＝"), CELLS)
def test_no_cell_of_ours_is_a_formula(sign: str, rest: str) -> None:
    text = write(["one"], [[sign + rest]], "en").removeprefix(sheet.BOM)
    cell = list(csv.reader(io.StringIO(text)))[1][0]
    assert cell.startswith("'")


@pytest.mark.parametrize(
    ("line", "column", "why"),
    [
        (";ru", "name", Why.NO_NAME),
        (f"{'x' * 33};ru", "name", Why.LONG),
        ("Saule;", "languages", Why.NO_LANGUAGE),
        ("Saule;klingon", "languages", Why.LANGUAGE),
        ("Saule;ru;0", "places", Why.PLACES),
        ("Saule;ru;eleven", "places", Why.PLACES),
        ("Saule;ru;1;boss", "track", Why.TRACK),
    ],
)
def test_what_is_wrong_with_a_row(line: str, column: str, why: Why) -> None:
    lines = read(f"name;languages;places;track\n{line}\n".encode(), MENTORS)
    found = judge(Kind.MENTORS, lines, TODAY)
    assert [(one.row, one.column, one.why) for one in found.problems] == [(2, column, why)]
    assert found.rows == ()


def test_a_person_stands_there_once_whatever_the_case() -> None:
    lines = read("name;languages\nСауле;ru\nсауле;ru\n".encode(), MENTORS)
    found = judge(Kind.MENTORS, lines, TODAY)
    assert [(one.row, one.why) for one in found.problems] == [(3, Why.TWICE)]


@pytest.mark.parametrize(
    ("day", "why"),
    [("", Why.DAY), ("31.02.2026", Why.DAY), ("2026-12-01", Why.FUTURE), ("1.5.1926", Why.DAY)],
)
def test_days_of_pairs(day: str, why: Why) -> None:
    text = f"mentor;mentee;languages;together since\nA;B;ru;{day}\n"
    found = judge(Kind.PAIRS, read(text.encode(), COLUMNS[Kind.PAIRS]), TODAY)
    assert [one.why for one in found.problems] == [why]


@pytest.mark.parametrize("day", ["2026-05-09", "09.05.2026", "09/05/2026"])
def test_days_are_written_in_three_ways(day: str) -> None:
    text = f"mentor;mentee;languages;together since\nA;B;ru;{day}\n"
    (row,) = judge(Kind.PAIRS, read(text.encode(), COLUMNS[Kind.PAIRS]), TODAY).rows
    assert row.started == date(2026, 5, 9)  # type: ignore[union-attr]
