"""The tables that are really there, whatever release made them, and how their values are written down.

Tables are read from the database and not from the models: a copy is also made of a database that waits for
its upgrade. A value is written the same way whichever engine it came from.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection
from sqlalchemy.types import TypeEngine, UserDefinedType

from lms.core.db import UtcDateTime

REVISION = "alembic_version"


class UnknownType(Exception):
    """A column has a type that this module does not write down."""


class Kind(StrEnum):
    """What a column holds, the same on both engines."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBER = "number"
    TEXT = "text"
    BYTES = "bytes"
    JSON = "json"
    DAY = "day"
    MOMENT = "moment"


_KINDS: tuple[tuple[type[TypeEngine[Any]], Kind], ...] = (
    (sa.Boolean, Kind.BOOLEAN),
    (sa.Integer, Kind.INTEGER),
    (sa.Numeric, Kind.NUMBER),
    (sa.JSON, Kind.JSON),
    (sa.String, Kind.TEXT),
    (sa.LargeBinary, Kind.BYTES),
    (sa.DateTime, Kind.MOMENT),
    (sa.Date, Kind.DAY),
)


class _JsonText(UserDefinedType[str]):
    """PostgreSQL's JSONB as its text, so that SQL's NULL and JSON's null stay two things."""

    cache_ok = True

    def column_expression(self, column: Any) -> Any:
        return sa.cast(column, sa.Text)

    def bind_expression(self, bindvalue: Any) -> Any:
        return sa.cast(sa.type_coerce(bindvalue, sa.Text), JSONB)


@dataclass(frozen=True, slots=True)
class Shape:
    """One table: its columns in the order of their names, and its primary key."""

    name: str
    kinds: dict[str, Kind]
    key: tuple[str, ...]
    table: sa.Table

    @property
    def ordered(self) -> sa.Select[Any]:
        """All rows in the order of the primary key, which is the same on both engines."""
        return sa.select(self.table).order_by(*(self._bytewise(name) for name in self.key))

    @property
    def widest(self) -> sa.Select[Any]:
        """How many bytes the largest row has in its columns of bytes; nothing where it has none of them."""
        binary = [self.table.c[name] for name, kind in self.kinds.items() if kind is Kind.BYTES]
        lengths = (sa.func.coalesce(sa.func.length(column), 0) for column in binary)
        return sa.select(sa.func.max(sum(lengths, sa.literal(0))))

    def _bytewise(self, name: str) -> Any:
        column = self.table.c[name]
        # SQLite compares texts by their bytes; PostgreSQL has to be asked to.
        own = self.kinds[name] is Kind.TEXT and self.table.info["dialect"] == "postgresql"
        return column.collate("C") if own else column


def shapes(connection: Connection) -> list[Shape]:
    """Every table of the database, those that others point to first."""
    inspector, dialect = sa.inspect(connection), connection.dialect.name
    names = [name for name, _ in inspector.get_sorted_table_and_fkc_names() if name]
    return [_shape(inspector, name, dialect) for name in names if name != REVISION]


def _shape(inspector: sa.Inspector, name: str, dialect: str) -> Shape:
    found = {column["name"]: column["type"] for column in inspector.get_columns(name)}
    kinds = {column: _kind(name, column, found[column]) for column in sorted(found)}
    key = tuple(inspector.get_pk_constraint(name)["constrained_columns"])
    columns = [sa.Column(column, _type(kind, dialect)) for column, kind in kinds.items()]
    table = sa.Table(name, sa.MetaData(), *columns, info={"dialect": dialect})
    return Shape(name, kinds, key, table)


def _kind(table: str, column: str, found: TypeEngine[Any]) -> Kind:
    for known, kind in _KINDS:
        if isinstance(found, known):
            return kind
    raise UnknownType(f"{table}.{column} is {found!r}")


def _type(kind: Kind, dialect: str) -> TypeEngine[Any]:
    if kind is Kind.JSON:
        return _JsonText() if dialect == "postgresql" else sa.Text()
    plain: dict[Kind, TypeEngine[Any]] = {
        Kind.BOOLEAN: sa.Boolean(),
        Kind.INTEGER: sa.BigInteger(),
        # SQLite has no decimals; what it keeps is a number that prints as the same digits.
        Kind.NUMBER: sa.Numeric() if dialect == "postgresql" else sa.Numeric(asdecimal=False),
        Kind.TEXT: sa.Text(),
        Kind.BYTES: sa.LargeBinary(),
        Kind.DAY: sa.Date(),
        Kind.MOMENT: UtcDateTime(),
    }
    return plain[kind]


def revision(connection: Connection) -> str:
    """The numbered state of the tables; empty for a database without any."""
    if not sa.inspect(connection).has_table(REVISION):
        return ""
    found = connection.execute(sa.text(f"SELECT version_num FROM {REVISION}")).scalar()  # noqa: S608
    return str(found or "")


def is_empty(connection: Connection) -> bool:
    """Whether there is no table with a row in it."""
    return not any(
        connection.execute(sa.select(sa.literal(1)).select_from(shape.table).limit(1)).first()
        for shape in shapes(connection)
    )


# --- Values --------------------------------------------------------------------------------------

compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_sorted = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


def _json(raw: str) -> str:
    # JSONB keeps neither the order of keys nor the way in which a number was written.
    return _sorted(json.loads(raw, parse_float=_whole))


def _whole(written: str) -> float | int:
    number = float(written)
    return int(number) if number.is_integer() else number


def _number(value: Decimal | float) -> str:
    return format(Decimal(str(value)).normalize(), "f")


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


ENCODERS: dict[Kind, Callable[[Any], Any]] = {
    Kind.BYTES: lambda value: b64encode(value).decode(),
    Kind.JSON: _json,
    Kind.NUMBER: _number,
    Kind.DAY: date.isoformat,
    Kind.MOMENT: _moment,
}
DECODERS: dict[Kind, Callable[[Any], Any]] = {
    Kind.BYTES: b64decode,
    Kind.NUMBER: Decimal,
    Kind.DAY: date.fromisoformat,
    Kind.MOMENT: datetime.fromisoformat,
}
