"""A closed-loop HTTP client for servers on this machine: each connection asks again once it is answered.

Requests are made beforehand, so that the client costs little beside the server that is measured.
"""

from __future__ import annotations

import asyncio
import gzip
import itertools
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

HOST = "127.0.0.1"
TICK = os.sysconf("SC_CLK_TCK")
LONGEST = 120.0


@dataclass(frozen=True, slots=True)
class Request:
    """One request, ready to be sent; `expect` is the status that it must get."""

    packet: bytes
    expect: int


def request(path: str, cookie: str = "", body: bytes | None = None, expect: int = 200) -> Request:
    """Make a request for a page, or a POST of form fields."""
    lines = [
        f"{'GET' if body is None else 'POST'} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Accept: text/html",
        "Accept-Encoding: gzip",
        "User-Agent: bench",
    ]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    if body is not None:
        lines += [
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
        ]
    return Request("\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b""), expect)


@dataclass
class Figures:
    """What one run of load has shown. Times are seconds; `cpu` is that of all server processes."""

    seconds: float = 0.0
    cpu: float = 0.0
    latencies: list[float] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    unexpected: int = 0
    wire: int = 0
    plain: int = 0

    @property
    def count(self) -> int:
        """How many requests were answered."""
        return len(self.latencies)

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.count / self.seconds

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds of the server for one request."""
        return 1000 * self.cpu / self.count

    def percentile(self, part: float) -> float:
        """Latency in milliseconds that this part of the requests stayed below."""
        seen = sorted(self.latencies)
        return 1000 * seen[min(len(seen) - 1, int(part * len(seen)))]


def run(
    port: int, requests: Sequence[Request], pids: Sequence[int], *, connections: int, seconds: float,
    once: bool = False,
) -> Figures:  # fmt: skip
    """Send requests for so many seconds, in turn; `once` sends each at most one time.

    Raises RuntimeError when an answer has another status than it should have: a figure would mean nothing.
    """
    if seconds > LONGEST:
        raise ValueError(f"at most {LONGEST} seconds")
    turns = iter(requests) if once else itertools.cycle(requests)
    figures = Figures()
    before, started = cpu_seconds(pids), time.perf_counter()
    asyncio.run(_everybody(port, turns, figures, connections, started + seconds))
    figures.seconds = time.perf_counter() - started
    figures.cpu = cpu_seconds(pids) - before
    if figures.unexpected or not figures.count:
        raise RuntimeError(f"{figures.unexpected} unexpected answers: {dict(figures.answers)}")
    return figures


async def _everybody(
    port: int, turns: Iterator[Request], figures: Figures, connections: int, until: float
) -> None:
    await asyncio.gather(*(_one(port, turns, figures, until) for _ in range(connections)))


async def _one(port: int, turns: Iterator[Request], figures: Figures, until: float) -> None:
    reader, writer = await asyncio.open_connection(HOST, port)
    for wanted in turns:
        began = time.perf_counter()
        if began >= until:
            break
        writer.write(wanted.packet)
        try:
            status, body, size, closing = await _answer(reader)
        except (OSError, asyncio.IncompleteReadError):
            status, body, size, closing = 0, b"", 0, True
        figures.latencies.append(time.perf_counter() - began)
        figures.answers[status] += 1
        figures.unexpected += status != wanted.expect
        figures.wire += size
        figures.plain = (
            len(gzip.decompress(body))
            if not figures.plain and body[:2] == b"\x1f\x8b"
            else figures.plain
        )
        if closing:
            writer.close()
            reader, writer = await asyncio.open_connection(HOST, port)
    writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes, int, bool]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    closing = b"connection: close" in head
    at = head.find(b"content-length:")
    body = b""
    if at >= 0:
        length = int(head[at + 15 : head.index(b"\r", at)])
        body = await reader.readexactly(length) if length else b""
    return int(head[9:12]), body, len(head) + len(body), closing


# --- What the server's processes use ------------------------------------------------------------


def family(pids: Sequence[int]) -> list[int]:
    """The given processes and everything that they started."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (fields := _stat(int(folder.name))):
            children.setdefault(int(fields[1]), []).append(int(folder.name))
    found: list[int] = []
    waiting = list(pids)
    while waiting:
        pid = waiting.pop()
        if pid not in found:
            found.append(pid)
            waiting += children.get(pid, [])
    return found


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def cpu_seconds(pids: Sequence[int]) -> float:
    """User and system time of these processes, of what they started, and of what has ended under them."""
    found = (_stat(pid) for pid in family(pids))
    return sum(int(fields[at]) for fields in found if fields for at in (11, 12, 13, 14)) / TICK


def pss_mib(pids: Sequence[int]) -> float:
    """Memory of these processes and what they started; shared pages are shared out."""
    total = 0
    for pid in family(pids):
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return total / 1024
