"""What the application itself sends of a lesson, and of a whole course."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from flask import Flask

from lms.core.db import db, reading
from lms.courses import publishing, queries
from lms.courses.models import Course

LESSON = 6 * 1024
COURSE = 200 * 1024
ITEMS = 20


@pytest.mark.sqlite_only
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_lessons_are_small(app: Flask, lang: str) -> None:
    with app.app_context():
        for plan in publishing.plan(Path(app.root_path).parent / "courses"):
            publishing.carry_out(plan, {})
        with reading():
            pids = list(db.session.scalars(db.select(Course.public_id)))
            versions = [queries.latest_version(pid) for pid in pids]
            outlines = [found for one in versions if one and (found := queries.outline(one, lang))]
    assert outlines
    browser = app.test_client()
    for outline in outlines:
        sizes = {}
        for item in outline.items:
            url = f"/{lang}/courses/{outline.public_id}/{item.public_id}"
            answer = browser.get(url, headers={"Accept-Encoding": "gzip"})
            assert answer.headers["Content-Encoding"] == "gzip"
            assert gzip.decompress(answer.data).startswith(b"<!doctype html>")
            sizes[url] = len(answer.data)
        assert max(sizes.values()) <= LESSON, sizes
        assert sum(sizes.values()) * ITEMS / max(ITEMS, len(sizes)) <= COURSE
