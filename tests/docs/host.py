"""A host on loopback: the shipped nginx configuration and the command of the shipped web unit, started for real.

Only names of files, ports and the user are put in place of the shipped ones; everything else is what an
operator gets.
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lms.core import keys
from lms.core.clock import now

ROOT = Path(__file__).resolve().parent.parent.parent
SHIPPED = ROOT / "docs" / "host"
NAME = "learn.example.org"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def free_port() -> int:
    """A port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class Answer:
    """What came back over the wire."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def cookies(self) -> list[str]:
        return self.headers.get_all("Set-Cookie") or []


class Host:
    """One host in a scratch folder. `start` before the first question, `stop` in the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.plain_port = free_port(), free_port()
        self.processes: list[subprocess.Popen[bytes]] = []
        self.config = folder / "nginx.conf"
        self._certify()
        self.config.write_text(self._configuration())

    def _certify(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now() - timedelta(days=1))
            .not_valid_after(now() + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
            .sign(key, hashes.SHA256())
        )
        pem, none = serialization.Encoding.PEM, serialization.NoEncryption()
        private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, none)
        (self.folder / "fullchain.pem").write_bytes(certificate.public_bytes(pem))
        (self.folder / "privkey.pem").write_bytes(private)

    def _configuration(self) -> str:
        text = (SHIPPED / "nginx.conf").read_text()
        scratch = "".join(
            f"    {kind}_temp_path {self.folder / kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        for shipped, ours in (
            (f"/etc/letsencrypt/live/{NAME}", str(self.folder)),
            ("/var/log/nginx", str(self.folder)),
            ("/run/nginx.pid", str(self.folder / "nginx.pid")),
            ("/run/alongside/web.sock", str(self.folder / "web.sock")),
            ("/srv/alongside/docs/host", str(SHIPPED)),
            ("worker_processes auto", "worker_processes 1"),
            ("listen 443", f"listen 127.0.0.1:{self.port}"),
            ("listen 80", f"listen 127.0.0.1:{self.plain_port}"),
            ("http {\n", f"http {{\n{scratch}"),
        ):
            assert shipped in text, f"nginx.conf no longer says {shipped!r}"
            text = text.replace(shipped, ours)
        text = re.sub(
            r"^ *listen \[::\].*\n", "", text, flags=re.MULTILINE
        )  # not every machine has IPv6
        return text.replace("user www-data;", "user root;" if os.getuid() == 0 else "")

    def check(self) -> subprocess.CompletedProcess[str]:
        """`nginx -t`."""
        command = [str(NGINX), "-t", "-c", str(self.config)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def environment(self) -> dict[str, str]:
        """The shipped settings, with the folders of this host."""
        lines = (SHIPPED / "settings.env").read_text().splitlines()
        shipped = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
        ours = {
            "ALONGSIDE_DATA": str(self.folder / "data"),
            "ALONGSIDE_KEYS": str(self.folder / "keys"),
            "ALONGSIDE_BACKUPS": str(self.folder / "backups"),
            "ALONGSIDE_ARGON2_MEMORY_KIB": "64",
        }
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("ALONGSIDE_", "FLASK_"))}
        return {**kept, **shipped, **ours, "FLASK_APP": "wsgi"}

    def web_command(self) -> list[str]:
        """The command of the shipped unit, with this Python and this socket."""
        unit = (SHIPPED / "alongside-web.service").read_text()
        (command,) = re.findall(
            r"^ExecStart=/srv/alongside/.venv/bin/gunicorn (.*)$", unit, re.MULTILINE
        )
        shipped = "unix:/run/alongside/web.sock"
        assert shipped in command
        ours = f"unix:{self.folder / 'web.sock'}"
        return [sys.executable, "-m", "gunicorn", *command.replace(shipped, ours).split()]

    @property
    def umask(self) -> int:
        """What the shipped unit says about new files."""
        unit = (SHIPPED / "alongside-web.service").read_text()
        return int(re.findall(r"^UMask=(\d+)$", unit, re.MULTILINE)[0], 8)

    def prepare(self) -> None:
        """Keys and tables."""
        keys.create(self.folder / "keys")
        script = "from wsgi import app\nfrom lms.core.db import db\nwith app.app_context(): db.create_all()"
        env = self.environment()
        command = [sys.executable, "-c", script]
        subprocess.run(command, cwd=ROOT, env=env, umask=self.umask, check=True, timeout=60)

    def start_web(self) -> None:
        """gunicorn, until its socket answers."""
        with (self.folder / "web.log").open("ab") as log:
            web = subprocess.Popen(
                self.web_command(),
                cwd=ROOT,
                env=self.environment(),
                umask=self.umask,
                stdout=log,
                stderr=log,
            )
        self.processes.append(web)
        self._until(lambda: (self.folder / "web.sock").exists(), web)

    def start_front(self) -> None:
        """nginx in the foreground, until it listens."""
        command = [str(NGINX), "-c", str(self.config), "-g", "daemon off;"]
        with (self.folder / "front.log").open("ab") as log:
            front = subprocess.Popen(command, stdout=log, stderr=log)
        self.processes.append(front)
        self._until(lambda: (self.folder / "nginx.pid").exists(), front)

    def _until(self, ready: object, process: subprocess.Popen[bytes]) -> None:
        assert callable(ready)
        for _ in range(300):
            assert process.poll() is None, self.logs()
            if ready():
                return
            time.sleep(0.1)
        raise AssertionError("not ready within 30 seconds: " + self.logs())

    def logs(self) -> str:
        """Everything that any of the processes has written."""
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("*.log")))

    def stop(self) -> None:
        """End what was started, the front first."""
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)
        self.processes.clear()

    def stop_web(self) -> None:
        """End gunicorn alone."""
        web = self.processes.pop(0)
        web.terminate()
        web.wait(40)

    def tls(self) -> ssl.SSLContext:
        """A client that trusts this host's certificate only."""
        return ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))

    def connect(self, name: str = NAME, context: ssl.SSLContext | None = None) -> ssl.SSLSocket:
        """An open TLS connection that asks for `name`."""
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=50)
        try:
            return (context or self.tls()).wrap_socket(plain, server_hostname=name)
        except BaseException:
            plain.close()
            raise

    def ask(
        self,
        method: str,
        path: str,
        *,
        fields: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request over TLS."""
        connection = http.client.HTTPConnection(NAME)
        connection.sock = self.connect()
        body = urlencode(fields).encode() if fields is not None else None
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        try:
            connection.request(method, path, body, {**kind, **(headers or {})})
            response = connection.getresponse()
            return Answer(response.status, response.msg, response.read())
        finally:
            connection.close()

    def ask_plain(self, path: str) -> Answer:
        """One request without TLS."""
        connection = http.client.HTTPConnection("127.0.0.1", self.plain_port, timeout=10)
        try:
            connection.request("GET", path, headers={"Host": NAME})
            response = connection.getresponse()
            return Answer(response.status, response.msg, response.read())
        finally:
            connection.close()


@contextmanager
def running_host(folder: Path) -> Iterator[Host]:
    """A host that answers."""
    host = Host(folder)
    try:
        host.prepare()
        host.start_web()
        host.start_front()
        yield host
    finally:
        host.stop()
