"""Markup of authors and words of people, judged by a browser without our Content-Security-Policy: nothing runs.

The same judge must see most of what nobody defends, or it proves nothing.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright

from lms.core import markup
from lms.core.markup import PictureAddress
from tests.browser.visitor import CHROMIUM
from tests.conftest import Tell
from tests.hostile.oracle import Verdict, judge
from tests.hostile.payloads import some

pytestmark = pytest.mark.browser
Size = Callable[[int, int], int]
Make = Callable[[str], str]
# Which pieces are chosen; the same in every run, so that a failure can be had again.
SEED = 20_261_121


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium."""
    found = playwright.chromium.launch(**CHROMIUM)
    yield found
    found.close()


def picture(_address: str) -> PictureAddress:
    return PictureAddress("/course-files/x.webp", 10, 10)


# Every way in which words of somebody become HTML.
WAYS: dict[str, Make] = {
    "a text in Markdown": lambda text: markup.render(text, pictures=picture).html,
    "one line of Markdown": markup.render_inline,
    # The second wall alone: what stood there if the parser let everything through.
    "the allowlist alone": markup.clean,
    "words in a template": html.escape,
    "words in an attribute": lambda text: f'<p title="{html.escape(text)}">x</p>',
}


def told(verdicts: list[Verdict]) -> list[str]:
    return [f"{one.found}: {one.piece[:200]!r}" for one in verdicts if one.found]


@pytest.mark.parametrize("way", WAYS)
def test_nothing_runs(chromium: Browser, way: str, size: Size, figure: Tell) -> None:
    # The long form in two ways; the others are the same functions around the same pieces.
    many = size(
        120 if "Markdown" in way else 60,
        9_000 if way.startswith(("a text", "the allow")) else 1_200,
    )
    pieces = [WAYS[way](one) for one in some(many, SEED)]
    verdicts = judge(chromium, pieces)
    wrong = told(verdicts)
    figure(f"hostile pieces judged, {way}", len(verdicts), "")
    figure(f"pieces that ran or left something dangerous, {way}", len(wrong), "= 0")
    assert wrong == []
    assert all(one.judged for one in verdicts)


def test_the_judge_sees_what_nobody_defends(chromium: Browser, size: Size, figure: Tell) -> None:
    # The planted hole: the same pieces as they are. Those of Markdown alone are harmless as HTML.
    verdicts = judge(chromium, some(size(120, 600), SEED))
    judged = [one for one in verdicts if one.judged]
    dangerous = [one for one in judged if one.found]
    figure(
        "undefended pieces seen as dangerous, of 100", 100 * len(dangerous) / len(judged), "≥ 50"
    )
    assert len(dangerous) > len(judged) / 2
    assert any(one.ran for one in judged)


def test_markdown_without_its_walls_is_seen(chromium: Browser, monkeypatch: Any) -> None:
    # The planted hole inside: Markdown that lets HTML through, and no allowlist behind it.
    monkeypatch.setitem(markup._MARKDOWN.options, "html", True)
    monkeypatch.setattr(markup, "clean", lambda dirty: dirty)
    verdicts = judge(chromium, [markup.render(one).html for one in some(60)])
    assert sum(bool(one.found) for one in verdicts) > 20
