"""Laws that hold for the code as a whole."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from flask import Flask

from lms.core.db import Model
from lms.core.policy import VERDICT

ROOT = Path(__file__).resolve().parents[2]
CODE = sorted((ROOT / "lms").rglob("*.py"))
TEMPLATES = sorted((ROOT / "lms").rglob("templates/**/*.html"))
# `|safe` may stand only where the text went through `core.markup` or is an SVG made by segno.
SAFE_ALLOWED = re.compile(
    r"(\bhtml|body_html|about_html|_html|\bsvg|words\.prompt_html)\s*\|\s*safe"
)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.sqlite_only
def test_commit_stands_in_one_place() -> None:
    found = [name(path) for path in CODE if re.search(r"\.commit\(", path.read_text("utf-8"))]
    assert found == ["lms/core/db.py"]


@pytest.mark.sqlite_only
def test_every_column_says_how_sensitive_it_is() -> None:
    labels = {"S0", "S1", "S2", "S3", "K"}
    bare = [
        f"{table.name}.{column.name}"
        for table in Model.metadata.sorted_tables
        for column in table.columns
        if column.info.get("sensitivity") not in labels
    ]
    assert bare == []


@pytest.mark.sqlite_only
def test_protected_columns_are_bytes() -> None:
    # Whatever is S2 or S3 is sealed, so it can't be a text column by mistake.
    plain = [
        f"{table.name}.{column.name}"
        for table in Model.metadata.sorted_tables
        for column in table.columns
        if column.info.get("sensitivity") in {"S2", "S3"} and column.type.python_type is not bytes
    ]
    assert plain == []


def test_every_route_has_a_verdict(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        assert getattr(app.view_functions[rule.endpoint], VERDICT, None) is not None, rule.rule


def test_addresses_are_plain_words(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        fixed = re.sub(r"<[^>]+>", "", rule.rule)
        assert re.fullmatch(r"[a-z0-9/.-]*", fixed), rule.rule


def test_get_is_not_the_only_way_to_change(app: Flask) -> None:
    # A view that takes POST and redirects keeps its form; nothing that changes data may answer to PUT by accident.
    for rule in app.url_map.iter_rules():
        assert set(rule.methods or ()) <= {"GET", "HEAD", "OPTIONS", "POST"}, rule.rule


@pytest.mark.sqlite_only
def test_no_import_hides_in_a_function() -> None:
    for path in CODE:
        tree = ast.parse(path.read_text("utf-8"))
        for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
            inner = [
                node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)
            ]
            assert not inner or path.parts[-2] == "pdf", f"{name(path)}:{function.lineno}"


@pytest.mark.sqlite_only
@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_template(path: Path) -> None:
    source = path.read_text("utf-8")
    first = source.split("\n", 1)[0]
    assert first.startswith("{#"), "the first line names the drawn page that it follows"
    assert " style=" not in source
    assert "<script>" not in source
    for line in source.splitlines():
        if re.search(r"\|\s*safe\b", line):
            assert SAFE_ALLOWED.search(line), line


@pytest.mark.sqlite_only
def test_weasyprint_stays_out_of_the_web(app: Flask) -> None:
    offenders = [
        name(path)
        for path in CODE
        if re.search(r"^\s*(import|from) weasyprint", path.read_text("utf-8"), re.MULTILINE)
        and "certificates/pdf" not in name(path)
    ]
    assert offenders == []


@pytest.mark.sqlite_only
def test_no_form_stands_in_a_paragraph() -> None:
    """A browser ends the paragraph there, and what follows stands elsewhere than it was written."""
    inside = re.compile(r"<p\b[^>]*>\s*\{\{-? *post_(button|form)")
    found = [
        str(path)
        for path in (ROOT / "lms").glob("*/templates/**/*.html")
        if inside.search(path.read_text("utf-8"))
    ]
    assert found == []
    assert inside.search('<p class="x">{{ post_button(1) }}</p>'), "the planted fault"
