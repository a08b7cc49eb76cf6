"""A brake on guessing numbers: kept in the memory of this process only, because who looks is not stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock


@dataclass
class Guesses:
    """Counts checks that found nothing; after too many in a minute nothing is answered until the next.

    Found ones are held back too: answering them would tell a guesser which of her numbers exist.
    """

    most: int = 120
    span: timedelta = timedelta(minutes=1)

    def __post_init__(self) -> None:
        self._lock = Lock()
        self._missed = 0
        self._since: datetime | None = None

    def too_many(self, now: datetime) -> bool:
        """Whether no check is answered at this moment."""
        with self._lock:
            self._begin_anew(now)
            return self._missed >= self.most

    def missed(self, now: datetime) -> None:
        """Count a number that does not exist."""
        with self._lock:
            self._begin_anew(now)
            self._missed += 1

    def _begin_anew(self, now: datetime) -> None:
        if self._since is None or now - self._since >= self.span:
            self._since, self._missed = now, 0
