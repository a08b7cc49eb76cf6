"""A whole database as lines of text, and back.

    {"alongside": 1, "revision": "0005", "made_at": …, "engine": …}
    {"table": "person", "columns": {"handle": "text", …}}
    ["value", …]                                        one line a row, in the order of the primary key
    {"rows": 12, "sha256": …}                           over the lines of these rows
    …
    {"end": {"tables": …, "rows": …, "sha256": …}}      over every line before

Two databases with the same hashes hold the same, whatever engines they are on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DataError, IntegrityError

from lms.backup.shapes import DECODERS, ENCODERS, Kind, Shape, compact, revision, shapes
from lms.core.clock import now

FORM = 1
BATCH_ROWS = 500
BATCH_BYTES = 4 * 1024 * 1024


class Damaged(Exception):
    """The copy is not what was written. Its message says where."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a table holds: how many rows, and the hash over them."""

    rows: int
    sha256: str


@dataclass(slots=True)
class Manifest:
    """What a whole copy holds."""

    revision: str = ""
    made_at: str = ""
    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(part.rows for part in self.parts.values())


# --- Writing -------------------------------------------------------------------------------------


def lines(connection: Connection, manifest: Manifest) -> Iterator[bytes]:
    """Every line of a copy, as the open transaction of `connection` sees the database.

    Fills `manifest` on the way.
    """
    manifest.revision, manifest.made_at = revision(connection), now().isoformat()
    whole = hashlib.sha256()
    for line in _body(connection, manifest):
        whole.update(line)
        yield line
    end = {"tables": len(manifest.parts), "rows": manifest.rows, "sha256": whole.hexdigest()}
    yield _line({"end": end})


def _body(connection: Connection, manifest: Manifest) -> Iterator[bytes]:
    head = {"alongside": FORM, "revision": manifest.revision, "made_at": manifest.made_at}
    yield _line({**head, "engine": connection.dialect.name})
    for shape in shapes(connection):
        yield _line({"table": shape.name, "columns": shape.kinds})
        count, seal = 0, hashlib.sha256()
        for count, line in enumerate(_rows(connection, shape), 1):  # noqa: B007 - the last one counts
            seal.update(line)
            yield line
        manifest.parts[shape.name] = part = Part(count, seal.hexdigest())
        yield _line({"rows": part.rows, "sha256": part.sha256})


def _rows(connection: Connection, shape: Shape) -> Iterator[bytes]:
    encode = [ENCODERS.get(kind) for kind in shape.kinds.values()]
    at_once = _at_once(connection, shape)
    found = connection.execute(shape.ordered.execution_options(yield_per=at_once))
    for row in found:
        pairs = zip(row, encode, strict=True)
        yield _line([one if one is None or make is None else make(one) for one, make in pairs])


def _at_once(connection: Connection, shape: Shape) -> int:
    """How many rows are read in one go: few of a table with files, so that memory does not grow with them."""
    widest = connection.scalar(shape.widest) or 1
    return max(1, min(BATCH_ROWS, BATCH_BYTES // widest))


def _line(value: object) -> bytes:
    return compact(value).encode() + b"\n"


def measure(connection: Connection) -> Manifest:
    """What the database holds at this moment of its transaction."""
    manifest = Manifest()
    for _ in lines(connection, manifest):
        pass
    return manifest


def differences(wanted: Manifest, found: Manifest) -> list[str]:
    """Names of the tables that do not hold the same."""
    names = wanted.parts.keys() | found.parts.keys()
    return sorted(name for name in names if wanted.parts.get(name) != found.parts.get(name))


# --- Reading -------------------------------------------------------------------------------------


class Copy:
    """A copy while it is read, once and from the beginning. Every method raises Damaged."""

    def __init__(self, source: Iterable[bytes]) -> None:
        self._source = iter(source)
        self._whole = hashlib.sha256()
        head = self._object()
        if head.get("alongside") != FORM:
            raise Damaged("this is not a copy that this release can read")
        self.manifest = Manifest(str(head.get("revision", "")), str(head.get("made_at", "")))

    def tables(self) -> Iterator[tuple[str, dict[str, Kind], Iterator[list[Any]]]]:
        """(name, columns, rows) of one table after the other. Its rows have to be read before the next."""
        while True:
            before = self._whole.hexdigest()
            found = self._object()
            if "end" in found:
                return self._check_end(found["end"], before)
            try:
                name, columns = found["table"], found["columns"]
                kinds = {column: Kind(kind) for column, kind in columns.items()}
            except (KeyError, TypeError, ValueError, AttributeError):
                raise Damaged("a table does not begin as it should") from None
            yield name, kinds, self._rows(name, kinds)
            if name not in self.manifest.parts:
                raise Damaged(f"{name}: not read to its end")

    def _rows(self, name: str, kinds: dict[str, Kind]) -> Iterator[list[Any]]:
        decode = [DECODERS.get(kind) for kind in kinds.values()]
        count, seal = 0, hashlib.sha256()
        while (line := self._next()).startswith(b"["):
            count += 1
            seal.update(line)
            try:
                pairs = zip(json.loads(line), decode, strict=True)
                row = [one if one is None or make is None else make(one) for one, make in pairs]
            except (ValueError, TypeError, ArithmeticError):
                raise Damaged(f"{name}: row {count} cannot be read") from None
            yield row
        part = Part(count, seal.hexdigest())
        if _parse(line) != {"rows": part.rows, "sha256": part.sha256}:
            raise Damaged(f"{name}: the rows are not those that were written")
        self.manifest.parts[name] = part

    def _check_end(self, end: object, before: str) -> None:
        parts = self.manifest
        if end != {"tables": len(parts.parts), "rows": parts.rows, "sha256": before}:
            raise Damaged("the copy is not the one that was written")
        if next(self._source, None) is not None:
            raise Damaged("something follows the end")

    def _next(self) -> bytes:
        line = next(self._source, b"")
        if not line.endswith(b"\n"):
            raise Damaged("the copy ends too early")
        self._whole.update(line)
        return line

    def _object(self) -> dict[str, Any]:
        return _parse(self._next())


def _parse(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Damaged("a line cannot be read")
    return found


# --- Filling -------------------------------------------------------------------------------------


def fill(connection: Connection, copy: Copy) -> None:
    """Write every row of the copy into tables that are there and empty, and see that they arrived.

    Raises Damaged when tables, columns or what they hold afterwards differ from the copy.
    """
    there = {shape.name: shape for shape in shapes(connection)}
    for name, kinds, rows in copy.tables():
        shape = there.get(name)
        if shape is None or shape.kinds != kinds:
            raise Damaged(f"{name}: this release knows no such table")
        for batch in _batches(shape, rows):
            try:
                connection.execute(shape.table.insert(), batch)
            except (IntegrityError, DataError) as error:
                raise Damaged(f"{name}: the database refuses a row: {error.orig}") from None
    if missing := there.keys() - copy.manifest.parts.keys():
        raise Damaged(f"the copy lacks {', '.join(sorted(missing))}")
    if connection.dialect.name == "postgresql":
        _count_on(connection, there.values())
    if wrong := differences(copy.manifest, measure(connection)):
        raise Damaged(f"{', '.join(wrong)}: not what the copy holds")


def _batches(shape: Shape, rows: Iterator[list[Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        batch.append(dict(zip(shape.kinds, row, strict=True)))
        size += sum(len(value) for value in row if isinstance(value, bytes | str))
        if len(batch) >= BATCH_ROWS or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _count_on(connection: Connection, found: Iterable[Shape]) -> None:
    """Let numbers that the database gives begin after those that are there."""
    for shape in found:
        for name in shape.key:
            if shape.kinds[name] is not Kind.INTEGER:
                continue
            quoted = connection.dialect.identifier_preparer.quote(shape.name)
            own = sa.func.pg_get_serial_sequence(quoted, name)
            if sequence := connection.scalar(sa.select(own)):
                newest = connection.scalar(sa.select(sa.func.max(shape.table.c[name])))
                follow = sa.func.setval(sequence, newest or 1, newest is not None)
                connection.execute(sa.select(follow))
