"""A mail server on this machine, and people with an address."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from lms.core.db import transaction
from lms.messaging import actions
from lms.messaging.kinds import LOOKS, Kind
from tests.world import Somebody


class Postbox:
    """Keeps what arrives; refuses the first mails when told to."""

    def __init__(self, refuse: int = 0) -> None:
        self.mails: list[Message] = []
        self.to: list[str] = []
        self.refuse = refuse

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a mail, or refuse it."""
        if self.refuse:
            self.refuse -= 1
            return "451 later"
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        self.to += envelope.rcpt_tos
        return "250 OK"


@contextmanager
def mail_server(refuse: int = 0) -> Iterator[tuple[str, Postbox]]:
    """A real SMTP server on loopback: (its address for the settings, what it got)."""
    box = Postbox(refuse)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{port}", box
    finally:
        controller.stop()


def leave_address(person: Somebody, address: str = "heron@example.org") -> None:
    """Give a person a mail address."""
    with transaction():
        actions.set_address(person.id, address)


def tell(person: Somebody, kind: Kind = Kind.MESSAGE, **params: str) -> None:
    """Write a notice."""
    with transaction():
        actions.notify(person.id, kind, **params)


def every_kind() -> list[Kind]:
    """All kinds of notices."""
    return list(LOOKS)
