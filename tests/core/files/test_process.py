"""The child: what it can't do, and that its death is a refusal and nothing worse."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

import lms
from lms.core.files import intake, process
from lms.core.files.refusal import Refused, Why
from tests.core.files import corpus

pytestmark = pytest.mark.sqlite_only
ROOT = Path(lms.__file__).parent.parent
# Stands in for code that a hostile file has got running inside the child.
ESCAPES = """
import ctypes, json, os, resource, socket, sys
sys.path.insert(0, sys.argv[1])
from lms.core.files.child import shut_the_doors
{doors}
def tried(what):
    try: what()
    except BaseException as error: return type(error).__name__
    return "done"
found = {{
    "open": tried(lambda: open(sys.argv[2] + "/out", "w")),
    "read": tried(lambda: open("/etc/passwd").read()),
    "socket": tried(socket.socket),
    "fork": tried(lambda: os._exit(0) if os.fork() == 0 else os.wait()),
    "memory": tried(lambda: bytearray(600 * 1024 * 1024)),
    "rights back": tried(lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))),
    "root back": tried(lambda: os.setuid(0)) if os.getuid() else "done",
    "environment": tried(lambda: os.environ["SECRET"]),
}}
print(json.dumps(found))
"""


def escapes(folder: Path, doors: str) -> dict[str, str]:
    code = ESCAPES.format(doors=doors)
    command = [sys.executable, "-I", "-B", "-c", code, str(ROOT), str(folder)]
    told = subprocess.run(command, capture_output=True, text=True, env={}, check=True)
    return json.loads(told.stdout)


def test_the_child_can_open_nothing_and_start_nothing(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    shut = escapes(tmp_path, "shut_the_doors()")
    assert "done" not in shut.values(), shut
    assert not list(tmp_path.iterdir())
    # The planted fault: with open doors the same attempts succeed, so the look above can fail.
    open_doors = escapes(tmp_path, "")
    assert {open_doors[name] for name in ("open", "read", "socket", "fork", "memory")} == {"done"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize(
    "plant",
    [
        "import os; os.abort()",
        "raise SystemExit(7)",
        "import os; os.kill(os.getpid(), 9)",
    ],
)
def test_any_death_is_a_refusal(plant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_BEGIN", plant)
    with pytest.raises(Refused) as refused:
        process.run("picture", "jpg", "1", data=b"x")
    assert refused.value.why is Why.SLOW


def test_a_child_that_thinks_for_ever_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_BEGIN", "while True: pass")
    started = time.monotonic()
    with pytest.raises(Refused):
        process.run("picture", "jpg", "1", data=b"x", seconds=0.5)
    assert time.monotonic() - started < 10


def test_the_whole_corpus_stays_within_memory_and_time(figure) -> None:
    """Measured from outside, in a process whose only children these are."""
    code = """
import resource, sys, time
sys.path.insert(0, sys.argv[1])
from lms.core.files.intake import take
from lms.core.files.kinds import Sent
from lms.core.files.refusal import Refused
from lms.core.settings import Settings
from tests.core.files import corpus
floods = {"png": corpus.pixel_flood_png(7_000, 5_700), "jpg": corpus.pixel_flood_jpg(), "webp": corpus.pixel_flood_webp()}
large = {"jpg": corpus.saved(corpus.drawing((7_000, 5_700)), "JPEG"), "png": corpus.saved(corpus.drawing((5_000, 4_000), "RGBA"), "PNG")}
slowest = 0.0
for group in (corpus.honest(), floods, large):
    for kind, data in group.items():
        start = time.monotonic()
        try: take(Sent("a." + kind, corpus.DECLARED[kind], data), Settings(mode="test"))
        except Refused: pass
        slowest = max(slowest, time.monotonic() - start)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, slowest)
"""
    told = subprocess.run(
        [sys.executable, "-c", code, str(ROOT)], capture_output=True, text=True, check=True
    )
    memory, slowest = map(float, told.stdout.split())
    figure("peak memory of a child that looks into a file, MiB", memory, "≤ 512")
    figure("longest look into a file, s", round(slowest, 1), "≤ 25")
    assert memory <= 512
    assert slowest <= 25


def test_nothing_of_what_is_sent_touches_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with process.run("picture", "jpg", "40000000", data=corpus.photo("JPEG")) as answer:
        assert answer.read()
    assert not list(tmp_path.iterdir())


def test_the_doctor_tells_when_no_file_can_be_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    assert intake.health() == []
    monkeypatch.setattr(process, "_BEGIN", "raise ImportError")
    assert "files can't be looked into" in intake.health()[0]
