"""The copy itself: what the records name, as data and as a page to read, in one ZIP."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from flask import render_template
from sqlalchemy import select

from lms.core import records
from lms.core.db import Model, db
from lms.core.i18n import force_locale, format_day, format_list, format_moment, format_number
from lms.core.i18n import gettext as _
from lms.core.records import Record
from lms.privacy.words import column_word, value_word

KEY = "_row"
Rows = dict[str, list[dict[str, Any]]]
Found = Iterator[tuple[str, Mapping[str, Any]]]


def open_part(person_id: int, owner: str, lang: str) -> Rows:
    """Everything that the server can read: table → rows, with the columns that its record copies."""
    with force_locale(lang):
        return {
            record.table: [
                _copied(record, row, owner, lang) for _key, row in _rows(record, person_id)
            ]
            for record in records.records()
            if record.copy
        }


def add_personal(found: Rows, person_id: int, owner: str, lang: str) -> None:
    """Add what is sealed to persons; works only in the holder's own request."""
    for record in records.records():
        if record.personal:
            own = dict(_rows(record, person_id))
            for row in found.get(record.table, []):
                if (whole := own.get(row[KEY])) is not None:
                    row |= {n: tell(whole, owner, lang) for n, tell in record.personal.items()}


def _rows(record: Record, person_id: int) -> Found:
    if record.mine is None:
        return
    table = Model.metadata.tables[record.table]
    keys = [column.name for column in table.primary_key]
    statement = select(table).where(record.mine(person_id)).order_by(*table.primary_key)
    for row in db.session.execute(statement).mappings():
        yield "-".join(str(row[name]) for name in keys), dict(row)


def _copied(record: Record, row: Mapping[str, Any], owner: str, lang: str) -> dict[str, Any]:
    found = {
        KEY: "-".join(str(row[c.name]) for c in Model.metadata.tables[record.table].primary_key)
    }
    for name in record.copy:
        tell = record.told.get(name)
        found[name] = _plain(tell(row, owner, lang) if tell else row[name])
    return found


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def files(person_id: int, owner: str, lang: str) -> Iterator[tuple[str, bytes]]:
    """Her own files, one after the other."""
    for record in records.records():
        if record.file is not None:
            for _key, row in _rows(record, person_id):
                yield record.file(row, owner, lang)


def pack(
    found: Rows, own_files: Iterator[tuple[str, bytes]], lang: str, zone: str, product: str
) -> bytes:
    """The ZIP: a page to read, the same as data, and files. Names of files say nothing."""
    bare = {
        table: [{name: value for name, value in row.items() if name != KEY} for row in rows]
        for table, rows in found.items()
    }
    with force_locale(lang):
        html = render_template(
            "privacy/archive.html", sections=_sections(bare, zone), lang=lang, product=product
        )
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as file:
        _write(file, "index.html", html.encode())
        _write(file, "data.json", _json(bare).encode())
        for name, content in own_files:
            _write(file, f"files/{name}", content)
    return whole.getvalue()


def _write(file: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name)  # with no moment of this machine in it
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    file.writestr(entry, content)


def _json(found: Rows) -> str:
    return json.dumps(found, ensure_ascii=False, indent=1)


def _sections(found: Rows, zone: str) -> list[tuple[str, list[list[tuple[str, str]]]]]:
    """(heading, entries of (word, value)) for each line of "What we hold", in its order."""
    sections = []
    for holding in records.holdings():
        tables = [record.table for record in records.records() if record.holding is holding]
        rows = [row for table in tables for row in found.get(table, [])]
        entries = [
            [
                (column_word(name), shown)
                for name, value in row.items()
                if (shown := _shown(value, zone))
            ]
            for row in rows
        ]
        if any(entries):
            sections.append((str(holding.what), entries))
    return sections


def _shown(value: Any, zone: str) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return format_number(value)
    if isinstance(value, list):
        return format_list(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_shown(part, zone)}" for key, part in value.items())
    return _text(value, zone) if value else ""


def _text(value: str, zone: str) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value_word(value)
    return format_moment(moment, zone) if moment.tzinfo else format_day(moment.date())


def to_bytes(found: Rows) -> bytes:
    """The open part while it waits."""
    return _json(found).encode()


def from_bytes(kept: bytes) -> Rows:
    """The open part again."""
    rows: Rows = json.loads(kept)
    return rows
