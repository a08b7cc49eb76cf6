"""The log on another machine, by the unit that is shipped: what the program writes, over TLS that both sides prove."""

from __future__ import annotations

import datetime
import json
import os
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROOT = Path(__file__).resolve().parents[2]
UNIT = ROOT / "docs" / "host" / "alongside-log.service"
LOGS = "from lms.core.log import configure, log; configure('info'); [log.info('request', endpoint='web.home', status=200, number=n, handle='Podkidysh') for n in range(40)]"
SECONDS = 20

pytestmark = [
    pytest.mark.sqlite_only,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed"),
]


def prove(name: str, path: Path) -> None:
    """Write a key and its own certificate into one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(private + made.public_bytes(encoding))


@contextmanager
def other_machine(folder: Path) -> Iterator[tuple[int, Future[bytes]]]:
    """A receiver on the loopback address: its port, and all that came once the connection has ended."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "receiver.pem")
    context.load_verify_locations(folder / "own.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    with socket.create_server(("127.0.0.1", 0)) as door, ThreadPoolExecutor(1) as pool:
        door.settimeout(SECONDS)
        yield door.getsockname()[1], pool.submit(_take, door, context)


def _take(door: socket.socket, context: ssl.SSLContext) -> bytes:
    raw, _ = door.accept()
    raw.settimeout(SECONDS)
    with raw:
        try:
            with context.wrap_socket(raw, server_side=True) as lines:
                return b"".join(iter(lambda: lines.recv(65536), b""))
        except OSError:  # it did not believe us, or we did not believe it
            return b""


def send(port: int, folder: Path) -> tuple[bytes, int]:
    """Let the program log, and send it on as the unit does; return what it logged, and how the sending ended."""
    (line,) = re.findall(r"^ExecStart=(.*)$", UNIT.read_text("utf-8"), re.MULTILINE)
    reading, _, sending = shlex.split(line)[-1].partition(" | ")
    assert reading.startswith("journalctl --follow")
    logged = subprocess.run(
        [sys.executable, "-c", LOGS], cwd=ROOT, stderr=subprocess.PIPE, check=True, timeout=SECONDS
    ).stderr
    environment = {
        "PATH": os.environ["PATH"], "LOG_HOST": "localhost", "CREDENTIALS_DIRECTORY": str(folder)
    }  # fmt: skip
    sent = subprocess.run(
        ["/bin/sh", "-c", sending.replace(":6514", f":{port}")],
        input=logged,
        env=environment,
        capture_output=True,
        check=False,
        timeout=SECONDS,
    )
    return logged, sent.returncode


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The two machines' proofs: `others.pem` is what this one believes."""
    prove("localhost", tmp_path / "receiver.pem")
    prove("sender", tmp_path / "own.pem")
    shutil.copy(tmp_path / "receiver.pem", tmp_path / "others.pem")
    return tmp_path


def test_every_line_is_on_the_other_machine(folder: Path) -> None:
    with other_machine(folder) as (port, came):
        logged, ended = send(port, folder)
    assert ended == 0
    lines = [json.loads(line) for line in came.result().splitlines()]
    assert [line["number"] for line in lines] == list(range(40))
    assert came.result() == logged
    assert b"Podkidysh" not in logged, "who it was does not even leave the program"


@pytest.mark.parametrize("wrong", ["others.pem", "own.pem"])
def test_a_machine_that_proves_nothing_gets_nothing(folder: Path, wrong: str) -> None:
    """The planted fault: somebody else's certificate, on the one side and on the other."""
    with other_machine(folder) as (port, came):
        prove("localhost", folder / wrong)
        logged, _ended = send(port, folder)
    assert len(logged) > 1000
    assert came.result() == b""


def test_a_line_that_was_unwritten_here_is_there(folder: Path) -> None:
    """What the other machine is for: cut out of the log here, the line is missed."""
    with other_machine(folder) as (port, came):
        logged, _ended = send(port, folder)
    here = [line for line in logged.splitlines() if b'"number": 17' not in line]
    (missed,) = set(came.result().splitlines()) - set(here)
    assert json.loads(missed)["number"] == 17
