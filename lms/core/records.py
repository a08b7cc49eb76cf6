"""What the house does with each table that says something about a person.

A room lays one `Record` a table beside its models: what goes into a copy, what erasure does, how long rows are
kept. The page "What we hold", the copy, the erasure and the daily clearing all read these records, so none of
them can say or do something else. A house test fails for a table or column that no record names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update

from lms.core.db import Model, db
from lms.core.i18n import lazy_gettext as _l
from lms.core.i18n import ngettext

# Which rows: a condition made for the person with this number.
Whose = Callable[[int], ColumnElement[bool]]
# A value as a reader of the copy understands it: (row, public id of its owner, language) -> words.
Telling = Callable[[Mapping[str, Any], str, str], Any]

WITH_ACCOUNT = _l("While you have an account")
NOT_KEPT = "–"


@dataclass(frozen=True, slots=True, eq=False)
class Holding:
    """One line of "What we hold": what it is, who can see it, how long it is kept.

    `kept` is made from the very numbers that `forget` uses; `forget` destroys what is older, and may run as
    often as it likes. Without it the rows go together with the account.
    """

    order: int
    what: str
    seen_by: str
    kept: Callable[[], str] = lambda: str(WITH_ACCOUNT)
    forget: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """Erasure destroys these rows."""

    whose: Whose


@dataclass(frozen=True, slots=True)
class Blank:
    """Erasure empties these columns; the rows go on without the person. A function makes its value anew."""

    whose: Whose
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """What is done with one table. Every column stands in exactly one of `copy`, `personal` and `apart`.

    `copy` goes into a copy as it is, or as `told` tells it (an id as a title, a sealed field as its text);
    `personal` is sealed to persons: only the holder's own request tells it. `apart` stays out of it.
    `file` tells (name, bytes) of a file that a row is, to lie in the copy beside it.
    `stays` are columns that outlive an erasure, since their rows do: they must say nothing about her.
    `numbers` are columns in which her bare number may stay, when a row of other people needs one.
    """

    model: type[Model]
    holding: Holding | None
    mine: Whose | None = None
    copy: tuple[str, ...] = ()
    told: Mapping[str, Telling] = field(default_factory=dict)
    personal: Mapping[str, Telling] = field(default_factory=dict)
    apart: tuple[str, ...] = ()
    file: Telling | None = None
    erase: tuple[Delete | Blank, ...] = ()
    stays: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    @property
    def table(self) -> str:
        """The table's name."""
        return str(self.model.__tablename__)

    @property
    def deletes(self) -> bool:
        """Whether erasure destroys rows of it."""
        return any(isinstance(step, Delete) for step in self.erase)


_records: list[Record] = []


def hang_up(records: Iterable[Record]) -> None:
    """Add the records of a room."""
    _records.extend(records)


def clear() -> None:
    """Take all of them down, before an application is furnished."""
    _records.clear()


def records() -> list[Record]:
    """Every record, in the order of the rooms."""
    return list(_records)


def holdings() -> list[Holding]:
    """What is held about people, each line once, in the order in which people read it."""
    found = dict.fromkeys(record.holding for record in _records if record.holding)
    return sorted(found, key=lambda holding: holding.order)


def forget(holding: Holding) -> None:
    """Destroy what has been kept long enough, in the open transaction."""
    if holding.forget is not None:
        holding.forget()


def erase_rows(person_id: int) -> None:
    """Do with every table what its record says, children before parents, in the open transaction."""
    by_name = {record.table: record for record in _records}
    for table in reversed(Model.metadata.sorted_tables):
        for step in by_name[table.name].erase if table.name in by_name else ():
            _take(table.name, step, person_id)


def _take(name: str, step: Delete | Blank, person_id: int) -> None:
    table = Model.metadata.tables[name]
    if isinstance(step, Delete):
        db.session.execute(delete(table).where(step.whose(person_id)))
    else:
        values = {
            name: value() if callable(value) else value for name, value in step.values.items()
        }
        db.session.execute(update(table).where(step.whose(person_id)).values(**values))


def days(number: int) -> str:
    """`90 days`, in the language of the page."""
    return ngettext("%(num)s day", "%(num)s days", number)


def for_days(number: int) -> Callable[[], str]:
    """A `kept` that is a number of days and nothing more."""
    return lambda: days(number)


def own(column: Any) -> Whose:
    """Rows whose `column` is the person."""
    return lambda person_id: column == person_id


def inside(column: Any, parent: Any, owner: Any) -> Whose:
    """Rows whose `column` is the id of a row, `parent`, that is hers by `owner`."""
    return lambda person_id: column.in_(select(parent).where(owner == person_id))
