"""Every page, as everybody: accessible, on narrow screens too, sound HTML, nothing from anywhere else."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser import vnu
from tests.browser.conftest import TOLD, Visit
from tests.browser.instance import Instance
from tests.browser.walk import Walk, look

pytestmark = pytest.mark.browser


def test_the_walk_saw_pages_and_states(walk: Walk) -> None:
    seen = list(walk.statuses.values())
    assert seen.count(200) > 100
    assert seen.count(422) >= 15, "forms with something to fix"
    assert {400, 401, 404} <= set(seen)
    assert not [stop for stop, status in walk.statuses.items() if status >= 500]
    assert walk.looked > 200


def test_axe_finds_nothing(walk: Walk) -> None:
    TOLD.append(f"axe: {len(walk.stops)} pages, {walk.looked} looks, {len(walk.axe)} findings")
    assert walk.axe == []


def test_nothing_is_wider_than_the_screen(walk: Walk, narrow: Walk) -> None:
    assert walk.wide == []
    assert narrow.wide == []
    assert set(narrow.statuses.values()) >= {200, 422}


def test_leave_is_there_large_and_last(walk: Walk, narrow: Walk) -> None:
    assert walk.leave == []
    assert narrow.leave == []


def test_no_console_error_and_no_other_host(walk: Walk, narrow: Walk, instance: Instance) -> None:
    assert walk.trouble == []
    assert narrow.trouble == []
    assert walk.hosts | narrow.hosts == {urlsplit(instance.url).netloc}


def test_the_look_can_find_something(visit: Visit) -> None:
    walk, visitor = Walk(), visit()
    visitor.open("/en/sign-in")
    look(visitor.page, "as it is", walk)
    assert (walk.axe, walk.wide) == ([], [])
    visitor.page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"/c\"><pre>' + 'x'.repeat(500))"
    )
    look(visitor.page, "spoilt", walk)
    assert "image-alt" in " ".join(walk.axe)
    assert "wider" in " ".join(walk.wide)


def test_mirrored_by_the_server(visit: Visit) -> None:
    visitor = visit()
    visitor.open("/ru/?dir=rtl")
    assert visitor.page.locator("html[dir=rtl]").count() == 1


def lessons(instance: Instance) -> dict[str, str]:
    """Every item of the real courses, in both languages."""
    paths = [f"/{lang}{item}" for lang in ("en", "ru") for item in instance.items]
    return {path: instance.fetch(path) for path in paths}


@pytest.mark.skipif(bool(vnu.missing()), reason=f"vnu: {vnu.missing()}")
def test_sound_html(walk: Walk, narrow: Walk, instance: Instance, tmp_path: Path) -> None:
    seen = [(f"{name}, en", html) for name, html in walk.html.items()]
    seen += [(f"{name}, ru", html) for name, html in narrow.html.items()]
    pages = dict(seen) | lessons(instance) | {"spoilt": "<!doctype html><title>x</title><p></b>"}
    for number, html in enumerate(pages.values()):
        (tmp_path / f"{number}.html").write_text(html, encoding="utf-8")
    errors, remarks = vnu.check(tmp_path, list(pages))
    assert [error for error in errors if not error.startswith("spoilt")] == []
    assert errors, "the checker sees nothing"
    TOLD.append(f"vnu: {len(pages) - 1} pages, {len(errors) - 1} errors, remarks: {dict(remarks)}")
