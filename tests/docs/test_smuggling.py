"""Requests that two servers could read differently: nginx and gunicorn as shipped, and gunicorn alone.

What one takes for the body of a request and the other for a second request would be answered to somebody else.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator

import pytest

from tests.docs.host import NAME, NGINX, Host, running_host

pytestmark = [
    pytest.mark.sqlite_only,
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed: apt install nginx"),
]

HIDDEN = "GET /en/hidden-in-a-body HTTP/1.1\r\nHost: " + NAME + "\r\n\r\n"
END = f"{len(HIDDEN):x}\r\n{HIDDEN}\r\n0\r\n\r\n"
# Every one is wrong by RFC 9112, 6.1 to 6.3 and 5: nobody who means well sends it.
WRONG = {
    "both lengths": ("Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n" + HIDDEN),
    "both, other order": ("Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n" + HIDDEN),
    "two lengths": (f"Content-Length: 0\r\nContent-Length: {len(HIDDEN)}", HIDDEN),
    "a list of lengths": (f"Content-Length: 0, {len(HIDDEN)}", HIDDEN),
    "a length with a sign": (f"Content-Length: +{len(HIDDEN)}", HIDDEN),
    "a length in another base": (f"Content-Length: 0x{len(HIDDEN):x}", HIDDEN),
    "a length below nothing": ("Content-Length: -1", HIDDEN),
    "an unknown coding": ("Transfer-Encoding: xchunked", END),
    "two codings": ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", END),
    "coding twice": ("Transfer-Encoding: chunked, chunked", END),
    "a chunk without a length": ("Transfer-Encoding: chunked", "\r\n" + HIDDEN),
    "a chunk of another base": ("Transfer-Encoding: chunked", "0x10\r\n" + HIDDEN),
    "a chunk longer than all": ("Transfer-Encoding: chunked", "fffffffffffffffff\r\n" + HIDDEN),
    "a folded header": (f"X-Fold: a\r\n Content-Length: {len(HIDDEN)}", HIDDEN),
}  # fmt: skip


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """One running host for the whole module."""
    with running_host(tmp_path_factory.mktemp("host")) as running:
        yield running


def _message(lines: str, body: str) -> bytes:
    return f"POST /en/nowhere HTTP/1.1\r\nHost: {NAME}\r\n{lines}\r\n\r\n{body}".encode()


def _answers(connection: socket.socket, message: bytes) -> list[int]:
    """The status of every answer that comes back until the other side closes, or is silent for a while."""
    connection.settimeout(0.4)
    found = b""
    try:
        connection.sendall(message)
        while part := connection.recv(65_536):
            found += part
    except (TimeoutError, OSError):
        pass
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", found)]


def _own_page(host: Host) -> bool:
    """Whether the next visitors get what they asked for, over connections that the front keeps open."""
    answers = [host.ask("GET", "/en/about") for _ in range(5)]
    return all(one.status == 200 and b"<h1>About" in one.body for one in answers)


@pytest.mark.parametrize("name", WRONG)
def test_the_next_visitor_gets_her_own_answer(host: Host, name: str) -> None:
    with host.connect() as connection:
        statuses = _answers(connection, _message(*WRONG[name]))
    # The front may see two requests, as long as it passes on two: then the second is the sender's own.
    assert not [status for status in statuses if status in {200, 303} or status >= 502], statuses
    assert _own_page(host)


@pytest.mark.parametrize("name", WRONG)
def test_the_application_server_refuses_by_itself(host: Host, name: str) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(host.folder / "web.sock"))
        statuses = _answers(connection, _message(*WRONG[name]))
    # Some pages answer before they have read the body; what follows may only be the refusal.
    assert statuses[1:] in ([], [400]), "the hidden request was answered"
    assert all(400 <= status < 502 for status in statuses), statuses


def test_a_hidden_request_would_be_seen(host: Host) -> None:
    """The planted fault: two requests that every server reads as two."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(host.folder / "web.sock"))
        statuses = _answers(connection, _message("Content-Length: 0", HIDDEN))
    assert len(statuses) == 2
