"""The HTML checker of the W3C, from its npm package: fetched once, its sum compared, run with Debian's Java."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tarfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

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


def check(pages: Mapping[str, str], folder: Path) -> str:
    """Fail for every error in the HTML of these pages. Return what it saw, remarks among it."""
    names = ["spoilt", *pages]
    for number, html in enumerate(["<!doctype html><title>x</title><p></b>", *pages.values()]):
        (folder / f"{number}.html").write_text(html, encoding="utf-8")
    found = [(names[int(Path(said["url"]).stem)], said) for said in _messages(folder)]
    errors = [
        (page, said["message"], said.get("extract"))
        for page, said in found
        if said["type"] != "info"
    ]
    assert errors, "the checker sees nothing"
    assert [error for error in errors if error[0] != "spoilt"] == []
    remarks = Counter(said["message"] for page, said in found if page != names[0])
    return f"vnu: {len(pages)} pages, 0 errors, {remarks.total()} remarks: {dict(remarks)}"


def _messages(folder: Path) -> list[dict[str, Any]]:
    command = [
        "java", "-Xss2m", "-Xmx700m", "-jar", str(fetch()),
        "--format", "json", "--exit-zero-always", "--skip-non-html", str(folder),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    messages: list[dict[str, Any]] = json.loads(done.stderr)["messages"]
    return messages
