"""A brake on calendars that fetch too often, and on guessing: in the memory of this process only."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from threading import Lock

UNKNOWN = b""


class Brake:
    """Counts fetches of one address; after too many in an hour nothing is answered until the next.

    Who fetches is not known and not kept. Addresses that do not exist share one count.
    """

    def __init__(self, most: int = 60, span: timedelta = timedelta(hours=1)) -> None:
        self.most, self.span = most, span
        self._lock = Lock()
        self.let_go()

    def let_go(self) -> None:
        """Forget every count."""
        with self._lock:
            self._fetched: Counter[bytes] = Counter()
            self._since: datetime | None = None

    def holds(self, digest: bytes, now: datetime) -> bool:
        """Count a fetch, and say whether it was one too many."""
        with self._lock:
            if self._since is None or now - self._since >= self.span:
                self._since = now
                self._fetched.clear()
            self._fetched[digest] += 1
            return self._fetched[digest] > self.most
