"""When a mail may be sent, and what its parts are. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

BETWEEN_MAILS = timedelta(hours=1)
# A phone that lights up at night is seen by whoever lies beside it.
QUIET_FROM, QUIET_UNTIL = time(21), time(9)
REMINDERS_IN, MOST_REMINDERS = timedelta(days=14), 3
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person wants to hear of, and where."""

    mail: bool = True
    reminders_here: bool = True
    reminders_by_mail: bool = True
    weekly: bool = False


def mail_at(now: datetime, mailed_at: datetime | None, zone: str) -> datetime:
    """When the next mail to a person may leave: an hour after the last one at the earliest, and by day."""
    return by_day(now if mailed_at is None else max(now, mailed_at + BETWEEN_MAILS), zone)


def by_day(moment: datetime, zone: str) -> datetime:
    """Return this moment, or nine in the morning when it falls into the night of this zone."""
    local = moment.astimezone(ZoneInfo(zone))
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return moment
    day = local.date() + timedelta(days=local.time() >= QUIET_FROM)
    return datetime.combine(day, QUIET_UNTIL, local.tzinfo).astimezone(moment.tzinfo)


def monday(now: datetime, zone: str) -> datetime | None:
    """Monday, nine in the morning in this zone, if that is within a day from now or was within half a day."""
    local = (now - timedelta(hours=12)).astimezone(ZoneInfo(zone))
    day = local.date() - timedelta(days=local.weekday())
    weeks = (day, day + timedelta(weeks=1))
    at = [datetime.combine(one, QUIET_UNTIL, local.tzinfo).astimezone(now.tzinfo) for one in weeks]
    near = [one for one in at if now - timedelta(hours=12) < one <= now + timedelta(days=1)]
    return near[0] if near else None


def may_remind(sent: int) -> bool:
    """Whether one more reminder may be written after so many in the last 14 days. Then staff, not more mail."""
    return sent < MOST_REMINDERS


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
