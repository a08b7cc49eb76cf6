"""Counts the SQL statements behind a request, and what it answers, without a server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event

from bench.load import Request

_TRANSACTION = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@contextmanager
def watched() -> Iterator[list[str]]:
    """Every statement that is sent inside, on any engine; transactions' own words are not counted."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(_TRANSACTION):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def statements(app: Flask, request: Request) -> list[str]:
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
