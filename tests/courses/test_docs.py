"""The authors' guide: its worked example passes the checker, and it names every message."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lms.courses.source.problems import Problems
from lms.courses.source.reading import read_course
from lms.courses.source.tree import stamp
from lms.courses.source.wording import read_glossary

REPOSITORY = Path(__file__).resolve().parents[2]
GUIDES = ("docs/content-authors.md", "docs/ru/content-authors.md")
FILE = re.compile(r"^`first-record/([^`]+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"\b[EWC]\d{3}\b")


@pytest.mark.parametrize("guide", GUIDES)
def test_the_worked_example_is_in_order(tmp_path: Path, guide: str) -> None:
    files = FILE.findall((REPOSITORY / guide).read_text(encoding="utf-8"))
    assert len(files) == 7
    for name, text in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    glossary = read_glossary(REPOSITORY / "courses", "glossary.toml", Problems())
    stamp(tmp_path, read_course(tmp_path))
    found = read_course(tmp_path, glossary=glossary)
    assert found.course is not None
    assert [str(problem) for problem in found.problems] == []


@pytest.mark.parametrize("guide", GUIDES)
def test_every_message_is_in_the_guide(guide: str) -> None:
    source = "".join(
        path.read_text(encoding="utf-8")
        for path in (REPOSITORY / "lms/courses/source").glob("*.py")
    )
    said = set(re.findall(r'"([EWC]\d{3})"', source))
    documented = set(CODE.findall((REPOSITORY / guide).read_text(encoding="utf-8")))
    assert said <= documented
    assert documented <= said, "the guide explains a message that nobody gives"
