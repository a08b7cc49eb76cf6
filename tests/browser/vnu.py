"""The HTML checker of the W3C, from its npm package: fetched once, its sum compared, run with Debian's Java."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tarfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "build" / "npm"
VERSION = "26.9.27"
SHA256 = "5970d3ffca91a627cf0965e5d91bb2e4242307c29292998de0b419d6a901b2b7"


def missing() -> str:
    """Why it cannot run here, or nothing."""
    lacking = [tool for tool in ("java", "npm") if shutil.which(tool) is None]
    return f"{' and '.join(lacking)} not installed" if lacking else ""


def fetch() -> Path:
    """The checker's jar; the package is downloaded only when it is not there, and none of its scripts runs."""
    package = FOLDER / f"vnu-jar-{VERSION}.tgz"
    if not package.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        command = ["npm", "pack", "--silent", "--ignore-scripts", f"vnu-jar@{VERSION}"]
        subprocess.run(command, cwd=FOLDER, check=True, capture_output=True, timeout=300)
    assert hashlib.sha256(package.read_bytes()).hexdigest() == SHA256, (
        f"{package} is not what was recorded"
    )
    jar = FOLDER / f"vnu-{VERSION}.jar"
    if not jar.exists():
        with tarfile.open(package) as archive:
            inside = archive.extractfile("package/build/dist/vnu.jar")
            assert inside is not None
            jar.write_bytes(inside.read())
    return jar


def check(folder: Path, names: Sequence[str]) -> tuple[list[str], Counter[str]]:
    """Errors and remarks about 0.html, 1.html, … of a folder; `names` says which page each one is."""
    command = [
        "java", "-Xss2m", "-Xmx700m", "-jar", str(fetch()),
        "--format", "json", "--exit-zero-always", "--skip-non-html", str(folder),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    errors, remarks = [], Counter[str]()
    for message in json.loads(done.stderr)["messages"]:
        if message["type"] == "info":
            remarks[message["message"]] += 1
        else:
            page = names[int(Path(message["url"]).stem)]
            errors.append(f"{page}: {message['message']} {message.get('extract', '')!r}")
    return errors, remarks
