"""Messages on a pipe: four bytes of length, then JSON."""

from __future__ import annotations

import json
from typing import IO

_LENGTH_BYTES = 4
LONGEST = 4 * 1024 * 1024


class BrokenFrame(Exception):
    """The other end died in the middle of a message, or sent something that is none."""


def write_frame(pipe: IO[bytes], message: dict[str, str]) -> None:
    """Send one message."""
    body = json.dumps(message).encode()
    pipe.write(len(body).to_bytes(_LENGTH_BYTES, "big") + body)
    pipe.flush()


def read_frame(pipe: IO[bytes]) -> dict[str, str] | None:
    """Return the next message, or None when the other end has closed the pipe between two.

    Raises BrokenFrame when it ended within one.
    """
    head = pipe.read(_LENGTH_BYTES)
    if not head:
        return None
    length = int.from_bytes(head, "big")
    if len(head) < _LENGTH_BYTES or length > LONGEST:
        raise BrokenFrame("no length")
    body = pipe.read(length)
    if len(body) < length:
        raise BrokenFrame("cut off")
    message: dict[str, str] = json.loads(body)
    return message
