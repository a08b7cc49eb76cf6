"""Structured logs without people: no name, handle, address, user agent or text that somebody typed."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any, TextIO, cast

import structlog

# A key with one of these words in it never reaches a log line, whatever a caller passes.
_FORBIDDEN = (
    "name",
    "handle",
    "address",
    "ip",
    "agent",
    "mail",
    "phrase",
    "code",
    "token",
    "text",
    "body",
)


def _drop_personal(
    _logger: Any, _method: str, entry: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key in list(entry):
        if key not in {"event", "level"} and any(word in key.split("_") for word in _FORBIDDEN):
            del entry[key]
    return entry


class _Lines:
    """Standard error. A line that it does not take (its disk is full) is dropped: an answer matters more."""

    def write(self, text: str) -> None:
        """Write, or do not."""
        with suppress(OSError):
            sys.stderr.write(text)

    def flush(self) -> None:
        """Let it out, or do not."""
        with suppress(OSError):
            sys.stderr.flush()


def configure(level: str) -> None:
    """Send JSON lines to standard error from `level` on."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            _drop_personal,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Lines())),
        cache_logger_on_first_use=True,
    )


log = structlog.get_logger()
