"""The product and Chromium alone in a network where every address is this machine and every look-up is noted.

`python -m tests.browser.alone FOLDER [apart] [long]` prints what was opened and which foreign hosts were asked for. It
is started in a network namespace of its own and then told `apart` (`tests/browser/test_no_other_host.py`);
where that is refused, a proxy takes everything that is not loopback and notes the host.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from ipaddress import ip_address
from pathlib import Path

from playwright.sync_api import Browser, Route, sync_playwright

from tests.browser.instance import Instance, make_instance
from tests.browser.stops import Stop, all_stops, main_stops
from tests.browser.visitor import CHROMIUM, Visitor
from tests.docs.host import free_port

TRACKER = "tracker.example.org"
PLANTED = f"""<!doctype html><title>x</title><link rel="stylesheet" href="http://fonts.example.net/a.css">
<img src="http://{TRACKER}/p.gif" alt=""><script src="http://192.0.2.7/s.js"></script>"""
# Where every name leads (192.0.2.0/24 belongs to nobody).
NOWHERE = "192.0.2.1"
ETHERNET, ALL_KINDS = 14, 3
# What Chromium asks its maker for by itself, with no page open; no flag turns all of it off. That no page of
# ours asks for these is seen in the requests of the pages.
OF_THE_BROWSER = (
    "accounts.google.com",
    "update.googleapis.com",
    "clients2.google.com",
    "optimizationguide-pa.googleapis.com",
    "content-autofill.googleapis.com",
)


@dataclass
class Log:
    """Hosts that somebody wanted: names that were looked up, addresses that were connected to."""

    names: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)

    def take(self) -> list[str]:
        """What was noted since the last time."""
        found = sorted((self.names | self.addresses) - set(OF_THE_BROWSER))
        self.names.clear()
        self.addresses.clear()
        return found


@dataclass
class Report:
    """What the run has to say."""

    how: str
    pages: int = 0
    hosts: list[str] = field(default_factory=list)
    planted: list[str] = field(default_factory=list)
    behind_the_policy: list[str] = field(default_factory=list)


# --- Everything leads here -----------------------------------------------------------------------


def close_in(folder: Path) -> None:
    """Make every address this machine's, and this machine the one that knows names.

    In a namespace of its own only: it would cut the machine off.
    """
    assert [name for _, name in socket.if_nameindex()] == ["lo"], (
        "this is the machine's own network"
    )
    (folder / "resolv.conf").write_text("nameserver 127.0.0.1\n")
    for command in (
        "ip link set lo up",
        "ip route add local 0.0.0.0/0 dev lo",
        f"mount --bind {folder}/resolv.conf /etc/resolv.conf",
    ):
        subprocess.run(command.split(), check=True, capture_output=True)


def watch_names(log: Log) -> None:
    """Answer every question for a name with an address of nobody."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))

    def answer() -> None:
        while True:
            asked, who = server.recvfrom(4096)
            name, end = _name(asked)
            log.names.add(name)
            kind = struct.unpack("!H", asked[end : end + 2])[0]
            reply = asked[:2] + b"\x81\x80" + asked[4:6] + struct.pack("!3H", kind == 1, 0, 0)
            reply += asked[12 : end + 4]
            if kind == 1:
                reply += b"\xc0\x0c" + struct.pack("!2HIH", 1, 1, 60, 4) + socket.inet_aton(NOWHERE)
            server.sendto(reply, who)

    threading.Thread(target=answer, daemon=True).start()


def _name(question: bytes) -> tuple[str, int]:
    at, parts = 12, []
    while length := question[at]:
        parts.append(question[at + 1 : at + 1 + length].decode("ascii", "replace"))
        at += length + 1
    return ".".join(parts), at + 1


def watch_packets(log: Log) -> None:
    """Note where packets go that do not stay on loopback's own addresses."""
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_KINDS))
    tap.bind(("lo", 0))

    def listen() -> None:
        while True:
            packet = tap.recv(2048)[ETHERNET:]
            for found in _ends(packet):
                if not ip_address(found).is_loopback:
                    log.addresses.add(found)

    threading.Thread(target=listen, daemon=True).start()


def _ends(packet: bytes) -> Iterator[str]:
    if packet[:1] and packet[0] >> 4 == 4:
        yield socket.inet_ntop(socket.AF_INET, packet[16:20])
    elif len(packet) >= 40 and packet[0] >> 4 == 6 and packet[6] != 58:
        # Not the machine's own neighbour discovery (58).
        yield socket.inet_ntop(socket.AF_INET6, packet[24:40])


def watch_proxy(log: Log) -> str:
    """A proxy that notes the host and closes: where no namespace may be made. Return its address."""
    server = socket.create_server(("127.0.0.1", free_port()))

    def refuse() -> None:
        while True:
            connection, _who = server.accept()
            with connection:
                line = connection.recv(4096).split(b"\r\n")[0].decode("ascii", "replace")
                log.names.add(line.split()[1].split("//")[-1].split("/")[0].partition(":")[0])

    threading.Thread(target=refuse, daemon=True).start()
    return f"127.0.0.1:{server.getsockname()[1]}"


# --- What is opened ------------------------------------------------------------------------------


def visit_all(chromium: Browser, instance: Instance, stops: list[Stop]) -> int:
    """Open every stop as its person. Return how many."""
    for persona in dict.fromkeys(stop.who for stop in stops):
        visitor = Visitor(chromium, instance)
        if persona != "guest":
            visitor.sign_in(instance.town.people[persona])
        for stop in [stop for stop in stops if stop.who == persona]:
            visitor.open(stop.path)
        visitor.close()
    return len(stops)


def visit_planted(chromium: Browser, instance: Instance, log: Log, report: Report) -> None:
    """The same pictures and scripts, in a page without our policy and in one with it."""

    policy = "content-security-policy"

    def spoil(route: Route) -> None:
        kept = {policy: route.fetch().headers[policy]} if "about" in route.request.url else {}
        route.fulfill(headers={"content-type": "text/html", **kept}, body=PLANTED)

    visitor = Visitor(chromium, instance)
    visitor.page.route("**/en/about", spoil)
    visitor.page.route("**/en/rules", spoil)
    visitor.open("/en/about")
    report.behind_the_policy = log.take()
    visitor.open("/en/rules")
    visitor.page.wait_for_timeout(500)
    report.planted = log.take()
    visitor.context.close()


def look_out(folder: Path, log: Log, options: list[str], report: Report, *, long: bool) -> None:
    """Run everything and fill the report in."""
    silence = ", ".join(f"MAP {host} ~NOTFOUND" for host in OF_THE_BROWSER)
    options = [*options, f"--host-resolver-rules={silence}"]
    flags = {**CHROMIUM, "args": [*CHROMIUM["args"], *options]}
    with make_instance(folder) as instance, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**flags)
        # Every second page: the walks note the hosts of all pages, as far as a browser tells them.
        stops = main_stops(instance, "ru")[::2]
        if long:
            stops = [
                s for lang in ("en", "ru") for s in all_stops(instance, lang) if s.fields is None
            ]
        report.pages = visit_all(chromium, instance, stops)
        report.hosts = log.take()
        visit_planted(chromium, instance, log, report)
        chromium.close()


@contextmanager
def _quiet_output() -> Iterator[None]:
    # What libraries print must not stand before the report.
    kept = os.dup(1)
    os.dup2(2, 1)
    yield
    sys.stdout.flush()
    os.dup2(kept, 1)


def main(folder: Path, *, apart: bool, long: bool) -> None:
    """Print the report as JSON."""
    log, options, report = Log(), list[str](), Report("logging proxy")
    with _quiet_output():
        if apart:
            report.how = "network namespace"
            close_in(folder)
            watch_names(log)
            watch_packets(log)
        else:
            options = [f"--proxy-server={watch_proxy(log)}"]
        (folder / "town").mkdir()
        look_out(folder / "town", log, options, report, long=long)
    sys.stdout.write(json.dumps(asdict(report)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), apart="apart" in sys.argv[2:], long="long" in sys.argv[2:])
