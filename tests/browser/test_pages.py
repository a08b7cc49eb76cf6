"""Every page, as everybody, on phone and desk, light and dark: accessible, sound HTML, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser import vnu
from tests.browser.conftest import Visit
from tests.browser.instance import Instance
from tests.browser.visitor import MAIN_BUTTON
from tests.browser.walk import VARIANTS, Walk, look
from tests.conftest import LOOKED

pytestmark = pytest.mark.browser
Record = Callable[[str, object], None]


def test_the_walk_saw_pages_and_states(walk: Walk, record_property: Record) -> None:
    seen = list(walk.statuses.values())
    record_property(
        LOOKED, f"walk: {len(walk.html)} pages and states, {walk.looked} looks with axe"
    )
    assert seen.count(200) > 100
    assert seen.count(422) >= 15, "forms with something to fix"
    assert {400, 401, 404} <= set(seen)
    assert not [stop for stop, status in walk.statuses.items() if status >= 500]
    assert walk.looked > 200


def test_an_empty_form_changes_nothing(walk: Walk) -> None:
    """Else the pages after it are those of another state: name it in `DONE_WHEN_EMPTY`."""
    well = {str(stop) for stop in walk.stops if stop.fields}
    mistakes = [str(stop) for stop in walk.stops if stop.fields == {} and str(stop) not in well]
    assert len(mistakes) > 15
    assert [stop for stop in mistakes if walk.statuses[stop] < 400] == []


def test_axe_finds_nothing(walk: Walk, record_property: Record) -> None:
    record_property(LOOKED, f"axe: {len(walk.axe)} findings")
    assert walk.axe == [], "\n".join(walk.axe)


def test_nothing_is_wider_than_the_screen(walk: Walk) -> None:
    assert walk.wide == []


def test_leave_is_there_large_and_last(walk: Walk) -> None:
    assert walk.leave == []


def test_no_console_error_and_no_other_host(walk: Walk, instance: Instance) -> None:
    assert walk.trouble == []
    assert walk.hosts == {urlsplit(instance.url).netloc}


@pytest.mark.skipif(bool(vnu.missing()), reason=f"vnu: {vnu.missing()}")
def test_sound_html(
    walk: Walk, instance: Instance, tmp_path: Path, record_property: Record
) -> None:
    pages = walk.html | {path: instance.fetch(path) for path in instance.addresses("en")}
    record_property(LOOKED, vnu.check(pages, tmp_path))


def test_axe_finds_nothing_about_an_answer_that_is_told_at_once(
    visit: Visit, instance: Instance
) -> None:
    # The real courses tell after each question how it went; the small one does not.
    walk, visitor = Walk(), visit().sign_in(instance.town.people["author"])
    visitor.open(f"/en{instance.items[4]}")
    visitor.press(MAIN_BUTTON)
    visitor.page.locator("main .choice label").first.click()
    visitor.press(MAIN_BUTTON)
    visitor.see("main .result.yours, main .result.both")
    look(visitor.page, "an answer that is told", walk)
    assert (walk.looked, walk.axe, walk.wide) == (len(VARIANTS), [], [])


def test_the_look_can_find_something(visit: Visit) -> None:
    walk, visitor = Walk(), visit()
    visitor.open("/en/sign-in")
    look(visitor.page, "as it is", walk)
    assert (walk.axe, walk.wide) == ([], [])
    visitor.page.evaluate(
        """document.querySelector('main')
        .insertAdjacentHTML('beforeend', '<img src="/c"><pre>' + 'x'.repeat(500))"""
    )
    look(visitor.page, "spoilt", walk)
    assert "image-alt" in " ".join(walk.axe)
    assert "wider" in " ".join(walk.wide)
