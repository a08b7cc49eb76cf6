"""When a mail may be sent, and what its parts are. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import unquote, urlsplit

BETWEEN_MAILS = timedelta(hours=1)
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def mail_at(now: datetime, mailed_at: datetime | None) -> datetime:
    """When the next mail to a person may leave: at once, but an hour after the last one at the earliest."""
    return now if mailed_at is None else max(now, mailed_at + BETWEEN_MAILS)


@dataclass(frozen=True, slots=True)
class Server:
    """Where mails are handed over. `tls`: from the first byte; otherwise STARTTLS before anything is said."""

    host: str
    port: int
    user: str
    password: str
    tls: bool

    @property
    def local(self) -> bool:
        """On this machine: the only place where a connection may stay in the clear."""
        return self.host in LOOPBACK


def server(address: str) -> Server:
    """Read `smtp://user:password@host:587` or `smtps://…:465`. Raises ValueError for anything else."""
    parts = urlsplit(address)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("ALONGSIDE_MAIL_URL must look like smtp://user:password@host:587")
    tls = parts.scheme == "smtps"
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Server(parts.hostname, parts.port or (465 if tls else 587), user, password, tls)
