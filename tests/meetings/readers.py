"""Three programs of other people that read our calendar files: in Python, in JavaScript, in C.

Each answers in the same words: one line an event, `start end title status uid`, on a clock in the zone asked for.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import vobject

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "build" / "npm"
VERSION = "2.2.1"
SHA256 = "36482280d62cc50f0adddb0587612cff32b96df18eb9e2071ec9929c2e7b3107"
_SCRIPT = """
const ICAL = require(process.argv[1]);
let text = '';
process.stdin.on('data', part => text += part).on('end', () => {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const show = time => new Intl.DateTimeFormat('sv-SE', {dateStyle: 'short', timeStyle: 'short',
    timeZone: process.argv[2]}).format(time.toJSDate()).replace(' ', 'T');
  for (const part of calendar.getAllSubcomponents('vevent')) {
    const event = new ICAL.Event(part);
    console.log([show(event.startDate), show(event.endDate), event.summary,
      part.getFirstPropertyValue('status'), event.uid].join(' '));
  }
});
"""
Reader = Callable[[bytes, str, Path], list[str]]


def by_vobject(file: bytes, zone: str, _folder: Path) -> list[str]:
    """vobject, Python."""
    calendar = vobject.readOne(file.decode(), validate=True)

    def shown(at: datetime) -> str:
        assert at.tzinfo is not None
        return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None).isoformat(timespec="minutes")

    return [
        f"{shown(event.dtstart.value)} {shown(event.dtend.value)} {event.summary.value} "
        f"{event.status.value} {event.uid.value}"
        for event in getattr(calendar, "vevent_list", [])
    ]


def by_ical_js(file: bytes, zone: str, _folder: Path) -> list[str]:
    """ical.js of Mozilla, JavaScript."""
    command = ["node", "-e", _SCRIPT, str(_fetch()), zone]
    done = subprocess.run(command, input=file, capture_output=True, check=True, timeout=60)
    return done.stdout.decode().splitlines()


def by_calcurse(file: bytes, zone: str, folder: Path) -> list[str]:
    """calcurse of Debian, C; it keeps neither status nor uid, so they are not asked of it."""
    home = folder / zone.replace("/", "-")
    home.mkdir()
    (home / "in.ics").write_bytes(file)
    run = ["calcurse", "-q", "-D", str(home), "-C", str(home)]
    own = {**os.environ, "TZ": zone, "LC_ALL": "C.UTF-8"}
    subprocess.run([*run, "-i", str(home / "in.ics")], env=own, check=True, timeout=60)
    form = "%(start:%Y-%m-%dT%H:%M) %(end:%Y-%m-%dT%H:%M) %m\n"
    show = ["-Q", "--filter-type", "cal", "--from", "01/01/2027", "--days", "400"]
    query = [*run, *show, "--format-apt", form]
    done = subprocess.run(query, env=own, capture_output=True, check=True, timeout=60)
    return [line for line in done.stdout.decode().splitlines() if line.startswith("2")]


READERS: dict[str, Reader] = {
    "vobject": by_vobject,
    "ical.js": by_ical_js,
    "calcurse": by_calcurse,
}


def missing() -> str:
    """What is not installed here, or nothing."""
    lacking = [tool for tool in ("node", "npm", "calcurse") if shutil.which(tool) is None]
    return f"{' and '.join(lacking)} not installed" if lacking else ""


def _fetch() -> Path:
    """ical.js itself, downloaded once; its sum is compared, and none of its scripts runs."""
    package = FOLDER / f"ical.js-{VERSION}.tgz"
    if not package.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        command = ["npm", "pack", "--silent", "--ignore-scripts", f"ical.js@{VERSION}"]
        subprocess.run(command, cwd=FOLDER, check=True, capture_output=True, timeout=300)
    assert hashlib.sha256(package.read_bytes()).hexdigest() == SHA256, f"{package} is another one"
    script = FOLDER / f"ical-{VERSION}.cjs"
    if not script.exists():
        with tarfile.open(package) as archive:
            inside = archive.extractfile("package/dist/ical.es5.min.cjs")
            assert inside is not None
            script.write_bytes(inside.read())
    return script
