"""The one reader of archives that people bring. Zip only; everything is judged and unpacked in the child.

What comes back lies in memory and is read entry by entry. Nothing is ever written under a name that an archive
says: who wants files on a disk makes the names.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from types import TracebackType
from typing import Self

from lms.core.files import process
from lms.core.files.limits import Limits


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive: a clean relative name with `/`, its size, and where its bytes lie."""

    name: str
    size: int
    start: int


class Archive:
    """A zip that passed every check. Opening one raises Refused, which says why; use it with `with`."""

    def __init__(self, data: bytes, limits: Limits = Limits()) -> None:  # noqa: B008 - a frozen value
        self._unpacked = process.run("zip", *map(str, astuple(limits)), data=data)
        self.entries = tuple(self._index())

    def _index(self) -> Iterator[Entry]:
        end = self._unpacked.seek(0, os.SEEK_END)
        length = int.from_bytes(self._at(end - 4, 4), "big")
        start = 0
        for name, size in json.loads(self._at(end - 4 - length, length)):
            yield Entry(name, size, start)
            start += size

    def _at(self, start: int, size: int) -> bytes:
        return os.pread(self._unpacked.fileno(), size, start)

    def read(self, entry: Entry) -> bytes:
        """The content of one entry."""
        return self._at(entry.start, entry.size)

    def close(self) -> None:
        """Let go of what was unpacked."""
        self._unpacked.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()
