"""What the rows of a table say, one kind of table after the other. Pure: cells in, values or reasons out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache

from babel.core import Locale, UnknownLocaleError

from lms.core.text import fold, is_clean
from lms.importers.sheet import Column, Line
from lms.programmes.languages import CODES

LONGEST_NAME = 32
LONGEST_ABOUT = 200
LONGEST_GOAL = 1_000
MOST_PLACES = 10
TRACKS = ("peer", "scientist")
# How long a row waits for somebody who has no account yet, and then for her answer.
INVITED_KEPT = timedelta(days=90)
_TRACK_NAMES = {
    "peer": "peer", "равный": "peer", "равная": "peer", "равный наставник": "peer", "": "peer",
    "scientist": "scientist", "ученый": "scientist", "ученая": "scientist", "исследователь": "scientist",
}  # fmt: skip
_DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y")
_BETWEEN = re.compile(r"[,;/|]+|\s+и\s+|\s+and\s+")


class Kind(StrEnum):
    """The tables that can be read."""

    MENTORS = "people"
    WAITING = "waiting"
    PAIRS = "pairs"


class Why(StrEnum):
    """What is wrong with a row."""

    NO_NAME = "no_name"
    LONG = "long"
    UNSAFE = "unsafe"
    NO_LANGUAGE = "no_language"
    LANGUAGE = "language"
    PLACES = "places"
    TRACK = "track"
    DAY = "day"
    FUTURE = "future"
    TWICE = "twice"
    SAME_PERSON = "same_person"
    NOBODY = "nobody"
    NO_MENTOR = "no_mentor"
    MENTOR_TO_COME = "mentor_to_come"
    HAS_PAIR = "has_pair"
    NOT_POSSIBLE = "not_possible"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: in which row, in which column, what, and what stands there."""

    row: int
    column: str
    why: Why
    value: str = ""


@dataclass(frozen=True, slots=True)
class MentorRow:
    """Somebody who is to be a mentor."""

    number: int
    handle: str
    name: str
    languages: tuple[str, ...]
    track: str
    places: int
    about: str


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """Somebody who is to wait for a mentor."""

    number: int
    handle: str
    name: str
    languages: tuple[str, ...]
    track: str
    since: date | None
    goal: str


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two who work together already."""

    number: int
    mentor: str
    mentee: str
    mentor_name: str
    mentee_name: str
    languages: tuple[str, ...]
    track: str
    started: date


Row = MentorRow | WaitingRow | PairRow


class Outcome(StrEnum):
    """What becomes of a row: somebody is new, is changed, gets a code to come with, or has had one."""

    NEW = "new"
    CHANGED = "changed"
    CODE = "code"
    HAS_CODE = "has_code"


def whose(row: Row) -> str:
    """The name of the person who can come with a code for this row: the learner of a pair."""
    return row.mentee if isinstance(row, PairRow) else row.handle


def packed(row: Row) -> str:
    """A row as a text that waits for its person."""
    return json.dumps(asdict(row), default=date.isoformat, ensure_ascii=False)


def unpacked(kind: Kind, text: str) -> Row:
    """The row that was packed."""
    values = json.loads(text)
    values["languages"] = tuple(values["languages"])
    if kind is Kind.MENTORS:
        return MentorRow(**values)
    if kind is Kind.WAITING:
        since = values.pop("since")
        return WaitingRow(**values, since=date.fromisoformat(since) if since else None)
    return PairRow(**{**values, "started": date.fromisoformat(values["started"])})


_HANDLE = Column("name", ("имя для входа", "sign-in name", "handle", "логин"), needed=True)
_SHOWN = Column("shown name", ("имя", "показываемое имя", "как показывать"))
_LANGUAGES = Column("languages", ("языки", "язык", "language"), needed=True)
_TRACK = Column("track", ("направление", "дорожка", "вид"))
COLUMNS: Mapping[Kind, tuple[Column, ...]] = {
    Kind.MENTORS: (
        *(_HANDLE, _SHOWN, _LANGUAGES, _TRACK),
        Column("places", ("места", "мест", "capacity")),
        Column("about", ("о себе", "коротко")),
    ),
    Kind.WAITING: (
        *(_HANDLE, _SHOWN, _LANGUAGES, _TRACK),
        Column("waiting since", ("ждёт с", "дата заявки", "since")),
        Column("goal", ("цель", "чего хочет", "hopes for")),
    ),
    Kind.PAIRS: (
        Column("mentor", ("наставник", "наставница", "имя для входа наставника"), needed=True),
        Column("mentee", ("подопечный", "подопечная", "имя для входа подопечного"), needed=True),
        Column("mentor name", ("имя наставника",)),
        Column("mentee name", ("имя подопечного",)),
        *(_LANGUAGES, _TRACK),
        Column("together since", ("вместе с", "начало", "started"), needed=True),
    ),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """The rows of a table that can be done, and everything that is wrong with the others."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


def judge(kind: Kind, lines: Sequence[Line], today: date) -> Judged:
    """Turn cells into rows. A row with anything wrong is told and left out; the rest is done only without any."""
    rows: list[Row] = []
    problems: list[Problem] = []
    for line in lines:
        found = _Reader(line, today)
        row = _READ[kind](found)
        problems += found.problems
        if not found.problems:
            rows.append(row)
    return Judged(tuple(rows), (*problems, *_twice(rows)))


def _twice(rows: Sequence[Row]) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for row in rows:
        who = whose(row)
        key = (fold(who), row.track)
        if key in seen:
            column = "mentee" if isinstance(row, PairRow) else "name"
            yield Problem(row.number, column, Why.TWICE, who)
        seen.add(key)


class _Reader:
    """The cells of one row, read one by one; what is wrong is collected."""

    def __init__(self, line: Line, today: date) -> None:
        self.line, self.today = line, today
        self.problems: list[Problem] = []

    def _wrong(self, column: str, why: Why) -> None:
        self.problems.append(Problem(self.line.number, column, why, self.cell(column)[:80]))

    def cell(self, column: str) -> str:
        """What stands in a column."""
        return self.line.cells.get(column, "")

    def text(self, column: str, longest: int) -> str:
        """A text that may be empty."""
        found = self.cell(column)
        if len(found) > longest:
            self._wrong(column, Why.LONG)
        elif not is_clean(found, multiline=False):
            self._wrong(column, Why.UNSAFE)
        return found

    def name(self, column: str) -> str:
        """A name that has to be there."""
        found = self.text(column, LONGEST_NAME)
        if not found:
            self._wrong(column, Why.NO_NAME)
        return found

    def languages(self) -> tuple[str, ...]:
        """Codes of languages, in the order in which they stand there."""
        words = [word for word in _BETWEEN.split(self.cell("languages")) if word.strip()]
        codes = [_by_name().get(fold(word)) for word in words]
        if not words:
            self._wrong("languages", Why.NO_LANGUAGE)
        elif None in codes:
            self._wrong("languages", Why.LANGUAGE)
        return tuple(dict.fromkeys(code for code in codes if code))

    def track(self) -> str:
        """Peer unless it says scientist."""
        found = _TRACK_NAMES.get(fold(self.cell("track")))
        if found is None:
            self._wrong("track", Why.TRACK)
        return found or TRACKS[0]

    def places(self) -> int:
        """How many people a mentor takes; one where nothing stands."""
        typed = self.cell("places") or "1"
        found = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 0
        if not 1 <= found <= MOST_PLACES:
            self._wrong("places", Why.PLACES)
        return found

    def day(self, column: str, *, needed: bool) -> date | None:
        """A day that is not in the future."""
        typed = self.cell(column)
        if not typed and not needed:
            return None
        found = _day(typed)
        if found is None:
            self._wrong(column, Why.DAY)
        elif found > self.today:
            self._wrong(column, Why.FUTURE)
        return found


def _day(typed: str) -> date | None:
    for pattern in _DAYS:
        try:
            found = datetime.strptime(typed, pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        return found if found.year >= 2000 else None
    return None


@cache
def _by_name() -> Mapping[str, str]:
    """Codes and names of languages, in English, in Russian and in the language itself."""
    found: dict[str, str] = {}
    for code in CODES:
        names = {code}
        for lang in ("en", "ru", code):
            with suppress(UnknownLocaleError):
                names.add(str(Locale.parse(lang).languages.get(code, code)))
        found |= {fold(name): code for name in names}
    return found | {"romani": "rom", "цыганский": "rom", "ромский": "rom", "рома": "rom"}


def _mentor(found: _Reader) -> MentorRow:
    handle = found.name("name")
    return MentorRow(
        number=found.line.number,
        handle=handle,
        name=found.text("shown name", LONGEST_NAME) or handle,
        languages=found.languages(),
        track=found.track(),
        places=found.places(),
        about=found.text("about", LONGEST_ABOUT),
    )


def _waiting(found: _Reader) -> WaitingRow:
    handle = found.name("name")
    return WaitingRow(
        number=found.line.number,
        handle=handle,
        name=found.text("shown name", LONGEST_NAME) or handle,
        languages=found.languages(),
        track=found.track(),
        since=found.day("waiting since", needed=False),
        goal=found.text("goal", LONGEST_GOAL),
    )


def _pair(found: _Reader) -> PairRow:
    mentor, mentee = found.name("mentor"), found.name("mentee")
    if mentor and fold(mentor) == fold(mentee):
        found.problems.append(Problem(found.line.number, "mentee", Why.SAME_PERSON, mentee))
    return PairRow(
        number=found.line.number,
        mentor=mentor,
        mentee=mentee,
        mentor_name=found.text("mentor name", LONGEST_NAME) or mentor,
        mentee_name=found.text("mentee name", LONGEST_NAME) or mentee,
        languages=found.languages(),
        track=found.track(),
        started=found.day("together since", needed=True) or found.today,
    )


_READ: Mapping[Kind, Callable[[_Reader], Row]] = {
    Kind.MENTORS: _mentor,
    Kind.WAITING: _waiting,
    Kind.PAIRS: _pair,
}
