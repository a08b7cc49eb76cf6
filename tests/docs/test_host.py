"""The shipped host files, as an operator uses them: nginx from Debian, gunicorn, systemd units, settings."""

from __future__ import annotations

import re
import shutil
import ssl
import subprocess
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from lms.core.settings import Settings
from tests.docs.host import NAME, NGINX, SHIPPED, Host, running_host

pytestmark = pytest.mark.sqlite_only
needs_nginx = pytest.mark.skipif(NGINX is None, reason="nginx is not installed: apt install nginx")
UNITS = sorted(SHIPPED.glob("*.service"))


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """One running host for the whole module: starting it is the slow part."""
    with running_host(tmp_path_factory.mktemp("host")) as running:
        yield running


@needs_nginx
def test_nginx_accepts_the_configuration(tmp_path: Path) -> None:
    checked = Host(tmp_path).check()
    assert checked.returncode == 0, checked.stderr
    assert "warn" not in checked.stderr


@needs_nginx
def test_a_page_comes_over_tls(host: Host) -> None:
    answer = host.ask("GET", "/en/about")
    assert answer.status == 200
    assert b"<h1>" in answer.body
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Server" not in answer.headers or answer.headers["Server"] == "nginx"


@needs_nginx
def test_a_form_can_be_sent_and_leave_takes_the_cookie_away(host: Host) -> None:
    """Browsers send no Referer here (our own policy), and only drop a Secure cookie when told so securely."""
    page = host.ask("GET", "/en/join")
    (cookie,) = page.cookies
    assert cookie.startswith("__Host-s=")
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    hidden = dict(
        re.findall(r'name="(csrf_token|form_key)"[^>]*value="([^"]+)"', page.body.decode())
    )
    fields = {**hidden, "handle": "Quiet heron 41", "passphrase": "lantern river oblique cotton"}
    headers = {"Cookie": cookie.split(";")[0]}
    # The flood test may have come first (the order is random): one try a second is free again after it.
    for _ in range(10):
        joined = host.ask("POST", "/en/join", fields=fields, headers=headers)
        if joined.status != 429:
            break
        time.sleep(1)
    assert joined.status == 303, joined.body.decode()[:2000]
    (signed_in,) = joined.cookies
    left = host.ask("GET", "/leave", headers={"Cookie": signed_in.split(";")[0]})
    assert left.status == 303
    gone = [line for line in left.cookies if line.startswith("__Host-s=;")]
    assert gone, left.cookies
    assert all("Secure" in line for line in gone)


@needs_nginx
def test_without_tls_there_is_only_the_way_to_tls(host: Host) -> None:
    answer = host.ask_plain("/en/about?x=1")
    assert answer.status == 301
    assert answer.headers["Location"] == f"https://{NAME}/en/about?x=1"


@needs_nginx
def test_old_tls_is_refused(host: Host) -> None:
    context = host.tls()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError):
        host.connect(context=context)


@needs_nginx
def test_another_name_learns_nothing(host: Host) -> None:
    with pytest.raises(ssl.SSLError, match=r"UNRECOGNIZED_NAME|unrecognized"):
        host.connect("somebody.example.net")


@needs_nginx
def test_slow_senders_keep_no_worker_waiting(host: Host) -> None:
    slow = []
    try:
        for _ in range(8):
            connection = host.connect()
            connection.sendall(
                f"POST /en/sign-in HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 1000\r\n\r\nhandle=".encode()
            )
            slow.append(connection)
        started = time.monotonic()
        assert host.ask("GET", "/en/about").status == 200
        assert time.monotonic() - started < 40, "a worker waited for the 60 seconds of a slow body"
    finally:
        for connection in slow:
            connection.close()


@needs_nginx
def test_claims_about_the_way_are_not_believed(host: Host) -> None:
    lies = {
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "evil.example.net",
        "Forwarded": "for=x",
    }
    answer = host.ask("GET", "/en/join", headers=lies)
    assert answer.status == 200
    assert b"evil.example.net" not in answer.body
    assert "Secure" in answer.cookies[0]


@needs_nginx
def test_a_flood_of_guesses_is_slowed_down(host: Host) -> None:
    statuses = {host.ask("POST", "/ru/way-back", fields={"a": "b"}).status for _ in range(75)}
    assert 429 in statuses
    assert host.ask("GET", "/ru/about").status == 200, "reading goes on"


@needs_nginx
def test_no_address_of_a_visitor_is_written(host: Host) -> None:
    host.ask("GET", "/nothing-there")
    assert "127.0.0.1" not in host.logs()
    for path in host.folder.rglob("*"):
        if path.is_file() and path.name != "nginx.conf":
            assert b"127.0.0.1" not in path.read_bytes(), path


@needs_nginx
def test_data_is_for_the_service_alone(host: Host) -> None:
    host.ask("GET", "/en/about")
    files = [path for path in (host.folder / "data").rglob("*") if path.is_file()]
    assert any(path.name == "alongside.db" for path in files)
    for path in [*files, *(host.folder / "keys").iterdir()]:
        assert path.stat().st_mode & 0o077 == 0, path


@needs_nginx
def test_while_the_application_is_away_a_page_says_so(tmp_path: Path) -> None:
    with running_host(tmp_path) as host:
        host.stop_web()
        for method in ("GET", "POST"):
            answer = host.ask(
                method, "/en/sign-in", fields={"a": "b"} if method == "POST" else None
            )
            assert answer.status == 502
            assert "Одну минуту" in answer.body.decode()
            assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert host.ask("GET", "/sorry.html").status == 404, "only an error leads there"


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_understands_the_unit(unit: Path, tmp_path: Path) -> None:
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("systemd-analyze is not installed: apt install systemd")
    copy = tmp_path / unit.name
    copy.write_text(re.sub(r"/srv/alongside/\.venv/bin/\w+", "/bin/true", unit.read_text()))
    checked = subprocess.run(
        [tool, "verify", str(copy)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
    assert unit.stem not in checked.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_the_unit_shuts_the_process_in(unit: Path) -> None:
    text = unit.read_text()
    # The one that only reads the journal has a user of its own, and no data.
    own = ["User=alongside", "StateDirectoryMode=0700"]
    for line in (
        *(["DynamicUser=yes"] if unit.stem == "alongside-log" else own),
        "CapabilityBoundingSet=",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "ProtectHome=yes",
        "LimitCORE=0",
    ):
        assert re.search(f"^{line}$", text, re.MULTILINE), f"{unit.name} lacks {line}"


def test_the_shipped_settings_are_settings() -> None:
    lines = (SHIPPED / "settings.env").read_text().splitlines()
    given = [line.lstrip("# ") for line in lines if "ALONGSIDE_" in line and "=" in line]
    settings = Settings.from_env(dict(line.split("=", 1) for line in given))
    assert settings.mode == "production"
    assert settings.data not in settings.keys.parents
    assert settings.public_url == f"https://{NAME}"


def test_one_thread_a_worker() -> None:
    """`decisions.md` 40: the measured setting; a page budget means nothing with threads that fight."""
    unit = (SHIPPED / "alongside-web.service").read_text()
    assert "--worker-class gthread --threads 1 " in unit


def test_nobody_is_told_to_reload() -> None:
    """The application is loaded before its workers begin: a reload would go on with the old code, in silence."""
    assert "preload_app = True" in (SHIPPED.parent.parent / "gunicorn.conf.py").read_text()
    assert "ExecReload" not in (SHIPPED / "alongside-web.service").read_text()
    for page in SHIPPED.parent.rglob("*.md"):
        assert "systemctl reload alongside" not in page.read_text("utf-8"), page.name
