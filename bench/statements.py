"""Counts the SQL statements behind a request, and what it answers, without a server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event

from bench.load import Request

_TRANSACTION = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@dataclass(frozen=True, slots=True)
class Sent:
    """A statement as the driver gets it, with its values (the first ones, where there are many)."""

    text: str
    values: Any


@contextmanager
def watched() -> Iterator[list[Sent]]:
    """Every statement that is sent inside, on any engine; transactions' own words are not counted."""
    seen: list[Sent] = []

    def note(
        _connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool
    ) -> None:
        if not statement.startswith(_TRANSACTION):
            seen.append(Sent(statement, values[0] if many else values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def statements(app: Flask, request: Request) -> list[Sent]:
    """The statements of one request. Raises RuntimeError when it is not answered as it should be."""
    head, _, body = request.packet.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, path, _version = first.split()
    headers = dict(line.split(": ", 1) for line in lines)
    with watched() as seen:
        answer = app.test_client(use_cookies=False).open(
            path, method=method, headers=headers, data=body
        )
    if answer.status_code != request.expect:
        raise RuntimeError(f"{path}: {answer.status_code} instead of {request.expect}")
    return seen
