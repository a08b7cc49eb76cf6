"""No page asks another host for anything: seen from outside the browser, by looking at the network itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.alone import NOWHERE, TRACKER, Report
from tests.conftest import LOOKED

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parent.parent.parent
APART = ["unshare", "--net", "--mount"]


def may_be_apart() -> bool:
    """Whether a network namespace can be made here: that takes root."""
    if os.getuid() != 0 or not (shutil.which("unshare") and shutil.which("ip")):
        return False
    return subprocess.run([*APART, "true"], capture_output=True, check=False).returncode == 0


def look_out(folder: Path, *options: str) -> Report:
    apart = may_be_apart()
    program = [sys.executable, "-m", "tests.browser.alone", str(folder), *options]
    command = [*APART, *program, "apart"] if apart else program
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-4000:]
    report = Report(**json.loads(ran.stdout.splitlines()[-1]))
    assert report.how == ("network namespace" if apart else "logging proxy")
    return report


def check(report: Report, record_property: Callable[[str, object], None]) -> None:
    record_property(LOOKED, f"{report.how}: {report.pages} pages, {len(report.hosts)} other hosts")
    assert report.hosts == []
    assert report.behind_the_policy == [], "our policy alone keeps a foreign picture out"
    # The look can find something: the same page without our policy.
    assert {TRACKER, "fonts.example.net", "192.0.2.7"} <= set(report.planted)
    if report.how == "network namespace":
        assert NOWHERE in report.planted, "and the packet went there"


def test_no_page_asks_another_host(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    report = look_out(tmp_path)
    assert report.pages > 60
    check(report, record_property)


@pytest.mark.soak
def test_no_page_in_any_state_asks_another_host(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    report = look_out(tmp_path, "long")
    assert report.pages > 300
    check(report, record_property)
