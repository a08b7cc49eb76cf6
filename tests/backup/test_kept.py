"""Which copies are kept, and what the doctor says about them. Names carry the time, so no clock is turned."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from pyrage import x25519

from lms.backup import checks, rules, store
from lms.core import clock
from lms.core.settings import Settings
from tests.backup.conftest import settings_in, with_recipients

pytestmark = pytest.mark.sqlite_only

START = datetime(2026, 3, 1, 0, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def after(days: float) -> tuple[list[datetime], datetime]:
    """The copies that are there after so many days of a copy every quarter of an hour, pruned each time."""
    there: list[datetime] = []
    at = START
    while at < START + timedelta(days=days):
        there.append(at)
        there = sorted(rules.kept(there, at))
        at += QUARTER
    return there, at - QUARTER


def test_after_sixty_days() -> None:
    there, today = after(60)
    ages = [today - at for at in there]
    assert max(ages) <= rules.OLDEST
    assert sum(age < timedelta(hours=2) for age in ages) == 8, "every quarter of two hours"
    assert sum(age < timedelta(hours=24) for age in ages) >= 24 + 6
    days = {at.date() for at in there if today - at < timedelta(days=13)}
    assert len(days) >= 13
    weeks = {at.isocalendar()[:2] for at in there}
    assert len(weeks) >= 5
    assert len(there) <= 8 + 24 + 14 + 6


@pytest.mark.parametrize("days", [1.5, 3, 16, 36])
def test_no_gap_is_longer_than_its_grain(days: float) -> None:
    there, today = after(days)
    for older, newer in pairwise(there):
        age = today - older
        longest = timedelta(hours=2) if age < timedelta(hours=22) else timedelta(days=2)
        if age < timedelta(days=12):
            assert newer - older <= longest, (older, newer)


@given(st.lists(st.integers(0, 100 * 24 * 60), max_size=40))
def test_the_newest_stays_and_nothing_else_that_is_too_old(minutes: list[int]) -> None:
    today = START + timedelta(days=100)
    moments = {today - timedelta(minutes=one) for one in minutes}
    stay = rules.kept(moments, today)
    assert stay <= moments
    assert not moments or max(moments) in stay
    assert all(today - at <= rules.OLDEST or at == max(moments) for at in stay)
    assert rules.kept(stay, today) == stay, "twice is once"


def test_names_and_moments_are_each_other() -> None:
    assert rules.made_at(rules.name_of(START)) == START
    assert rules.made_at(rules.name_of(START, 2)) == START
    assert rules.name_of(START) != rules.name_of(START, 2)
    for other in ("alongside.db", "alongside-2026.age", ".x.part", "other-20260301T000000Z.age"):
        assert rules.made_at(other) is None


def test_prune_deletes_copies_and_leavings_only(tmp_path: Path) -> None:
    today = START + timedelta(days=50)
    ages = (timedelta(minutes=5), timedelta(days=40), timedelta(days=49))
    for age in ages:
        (tmp_path / rules.name_of(today - age)).touch()
    for name in ("erased.list", "notes.txt", ".half.part", "somebody-else.age"):
        (tmp_path / name).touch()
    with clock.at(today):
        gone = {path.name for path in store.prune(tmp_path)}
    assert gone >= {rules.name_of(today - age) for age in ages[1:]}
    assert (tmp_path / rules.name_of(today - ages[0])).exists()
    for name in ("erased.list", "notes.txt", "somebody-else.age"):
        assert (tmp_path / name).exists()


# --- The doctor ----------------------------------------------------------------------------------


@pytest.fixture
def live(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a real host, in the place of those of the test application."""
    made = replace(
        settings_in(tmp_path),
        mode="production",
        public_url="https://learn.example.org",
    )
    made.backups.mkdir()
    found = with_recipients(made, x25519.Identity.generate())
    monkeypatch.setitem(app.extensions, "settings", found)
    return found


def told(app: Flask) -> str:
    with app.app_context():
        return "\n".join(checks.problems())


def test_the_doctor_is_content(app: Flask, live: Settings) -> None:
    (live.backups / rules.name_of(store.now())).touch()
    store.remember(live, drilled_at=store.now().isoformat())
    assert told(app) == ""


def test_the_doctor_misses_copies_recipients_and_drills(app: Flask, live: Settings) -> None:
    assert "there is no backup" in told(app)
    assert "no backup was ever tried out" in told(app)
    (live.backups / rules.name_of(store.now() - timedelta(hours=3))).touch()
    assert "no backup for 3 hours" in told(app)
    store.remember(live, drilled_at=(store.now() - timedelta(days=36)).isoformat())
    assert "36 days ago" in told(app)
    app.extensions["settings"] = replace(live, backup_recipients="")
    assert "flask backup key" in told(app)
    app.extensions["settings"] = replace(live, backup_recipients="AGE-SECRET-KEY-1")
    assert "no public key" in told(app)
