"""What a power cut leaves: states of the database's files, rebuilt from what was asked of the disk.

strace writes down every write, truncation and sync of the files, and every answer that was sent. A state is
a moment of that record. What was synced before it stays; of what was not, the disk kept nothing, the first
part, any part, or any part with one write torn at a sector.
"""

from __future__ import annotations

import random
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

NAME = "alongside.db"
FILES = (NAME, f"{NAME}-wal", f"{NAME}-journal")
SECTOR = 512
WAYS = ("nothing", "the first part", "any part", "a torn write")
CALLS = "pwrite64,write,ftruncate,fdatasync,fsync,unlink,sendto"
CALL = re.compile(r'(\d+) +(\w+)\((?:(-?\d+)<([^>]*)>)?(?:"([^"]*)")?(?:, )?(.*)', re.DOTALL)
UNFINISHED, RESUMED = " <unfinished ...>", re.compile(r"(\d+) +<\.\.\. \w+ resumed>(.*)", re.DOTALL)


def strace(log: Path) -> list[str]:
    """The command that watches a program."""
    quiet = ["-qq", "-e", "signal=none"]
    return ["strace", "-f", "--seccomp-bpf", "-y", "-xx", "-s", "300000", *quiet, "-e", f"trace={CALLS}", "-o", str(log)]  # fmt: skip


@dataclass(frozen=True)
class Event:
    """One thing that was asked of a file, or one answer that was sent."""

    kind: str
    file: str = ""
    data: bytes = b""
    place: int = 0
    # A sync covers what was written before it began.
    began: int = 0


def _text(escaped: str) -> bytes:
    return bytes.fromhex(escaped.replace("\\x", ""))


def whole_calls(log: Path) -> Iterator[tuple[int, str]]:
    """Every call with the number of the line at which it began; two halves put together."""
    halves: dict[str, tuple[int, str]] = {}
    with log.open(encoding="ascii") as lines:
        for number, raw in enumerate(lines):
            line = raw.rstrip("\n")
            if line.endswith(UNFINISHED):
                halves[line.split()[0]] = number, line.removesuffix(UNFINISHED)
            elif again := RESUMED.match(line):
                began, first = halves.pop(again[1])
                yield began, first + again[2]
            else:
                yield number, line


def read(log: Path) -> list[Event]:
    """The record of a run, in the order in which calls came back."""
    found = []
    for began, line in whole_calls(log):
        call = CALL.match(line)
        if call is None or re.search(r"= -1 E", line):
            continue
        _pid, kind, _number, path, _text_only, rest = call.groups()
        if event := _event(kind, _text(path or "").decode(errors="replace"), rest, line, began):
            found.append(event)
    return found


def _event(kind: str, path: str, rest: str, line: str, began: int) -> Event | None:
    name = path.rpartition("/")[2]
    data = re.search(r'"([^"]*)"', line)
    if kind == "sendto" and data:
        return Event("answer", data=_text(data[1]))
    if kind == "unlink" and data:
        name = _text(data[1]).decode().rpartition("/")[2]
        return Event("unlink", name) if name in FILES else None
    if name not in FILES:
        return None
    if kind == "pwrite64" and data:
        _size, place = re.search(r"\", (\d+), (\d+)\)", line).groups()  # type: ignore[union-attr]
        return Event("write", name, _text(data[1]), int(place))
    if kind == "ftruncate":
        return Event("truncate", name, place=int(re.match(r"(\d+)", rest)[1]))  # type: ignore[index]
    if kind in {"fdatasync", "fsync"}:
        return Event("sync", name, began=began)
    return None


@dataclass
class Disk:
    """The files: what is safe on the disk, and what is only on its way there."""

    safe: dict[str, bytearray]
    pending: list[Event] = field(default_factory=list)

    def take(self, event: Event) -> None:
        """One more event."""
        if event.kind == "sync":
            for one in [one for one in self.pending if one.file == event.file]:
                apply(self.safe, one)
            self.pending = [one for one in self.pending if one.file != event.file]
        elif event.kind != "answer":
            self.pending.append(event)

    def after(self, way: str, chance: random.Random) -> dict[str, bytearray]:
        """The files after a power cut now."""
        files = {name: bytearray(content) for name, content in self.safe.items()}
        for event in _kept(self.pending, way, chance):
            apply(files, event)
        return files


def _kept(pending: list[Event], way: str, chance: random.Random) -> list[Event]:
    if way == "nothing" or not pending:
        return []
    if way == "the first part":
        return pending[: chance.randint(0, len(pending))]
    kept = [one for one in pending if chance.random() < 0.5]
    torn = [n for n, one in enumerate(kept) if one.kind == "write" and len(one.data) > SECTOR]
    if way == "a torn write" and torn:
        place = chance.choice(torn)
        one = kept[place]
        cut = SECTOR * chance.randint(1, (len(one.data) - 1) // SECTOR)
        kept[place] = Event("write", one.file, one.data[:cut], one.place)
    return kept


def apply(files: dict[str, bytearray], event: Event) -> None:
    """Carry one event out."""
    content = files.setdefault(event.file, bytearray())
    if event.kind == "unlink":
        del files[event.file]
    elif event.kind == "truncate":
        del content[event.place :]
    else:
        content.extend(bytes(max(0, event.place - len(content))))
        content[event.place : event.place + len(event.data)] = event.data


@dataclass
class Outcome:
    """What was found in all states."""

    states: int = 0
    unsynced: int = 0
    syncs: int = 0
    lost: list[str] = field(default_factory=list)
    corrupt: list[str] = field(default_factory=list)


def replay(
    begun: dict[str, bytearray], log: Path, scratch: Path, wanted: int, chance: random.Random
) -> Outcome:
    """Cut the power at random moments, look at what stands there, and compare with what was acknowledged."""
    record, disk, outcome = read(log), Disk(begun), Outcome()
    outcome.syncs = sum(one.kind == "sync" for one in record)
    each = max(1, wanted // len(WAYS))
    moments = sorted(chance.choices(range(1, len(record) + 1), k=each))
    told: Counter[str] = Counter()
    for number, event in enumerate(record, 1):
        disk.take(event)
        if pair := acknowledged(event):
            told[pair] += 1
        while moments and moments[0] == number:
            moments.pop(0)
            outcome.unsynced += bool(disk.pending)
            for way in WAYS:
                outcome.states += 1
                _look(disk.after(way, chance), scratch, told, f"event {number}, {way}", outcome)
    return outcome


def acknowledged(event: Event) -> str:
    """The pair whose message this answer acknowledges, if it does."""
    if event.kind != "answer" or not event.data.startswith(b"HTTP/1.1 303"):
        return ""
    found = re.search(rb"[Ll]ocation: \S*/pairs/(\w+)/messages", event.data)
    return found[1].decode() if found else ""


def _look(
    files: dict[str, bytearray], scratch: Path, told: Counter[str], where: str, outcome: Outcome
) -> None:
    """Open a state as SQLite would after the power is back."""
    for name in (*FILES, f"{NAME}-shm"):
        (scratch / name).unlink(missing_ok=True)
    for name, content in files.items():
        (scratch / name).write_bytes(content)
    connection = sqlite3.connect(scratch / NAME)
    try:
        connection.execute("PRAGMA synchronous=OFF")  # this state is looked at and thrown away
        if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            outcome.corrupt.append(where)
        rows = connection.execute(
            "SELECT match.public_id, count(*) FROM message JOIN match ON match.id = message.match_id GROUP BY 1"
        )
        there = dict(rows.fetchall())
        if missing := sum(max(0, count - there.get(pair, 0)) for pair, count in told.items()):
            outcome.lost.append(f"{where}: {missing}")
    except sqlite3.DatabaseError as error:
        outcome.corrupt.append(f"{where}: {error}")
    finally:
        connection.close()
