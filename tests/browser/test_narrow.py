"""Every page in Russian, whose words are long, at 320 px; and mirrored, for the scripts to come."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser import vnu
from tests.browser.conftest import Visit
from tests.browser.instance import Instance
from tests.browser.walk import Walk
from tests.conftest import LOOKED

pytestmark = pytest.mark.browser
Record = Callable[[str, object], None]


def test_nothing_is_wider_than_the_screen(narrow: Walk, record_property: Record) -> None:
    record_property(LOOKED, f"320 px, both directions: {len(narrow.html)} pages and states")
    assert {200, 422} <= set(narrow.statuses.values())
    assert narrow.wide == []


def test_leave_is_there_large_and_last(narrow: Walk) -> None:
    assert narrow.leave == []


def test_no_console_error_and_no_other_host(narrow: Walk, instance: Instance) -> None:
    assert narrow.trouble == []
    assert narrow.hosts == {urlsplit(instance.url).netloc}


def test_axe_finds_nothing_in_russian(narrow: Walk, record_property: Record) -> None:
    record_property(
        LOOKED, f"axe, in Russian, for guests: {narrow.looked} looks, {len(narrow.axe)} findings"
    )
    assert narrow.looked > 20
    assert narrow.axe == []


@pytest.mark.skipif(bool(vnu.missing()), reason=f"vnu: {vnu.missing()}")
def test_sound_html(
    narrow: Walk, instance: Instance, tmp_path: Path, record_property: Record
) -> None:
    pages = narrow.html | {path: instance.fetch(path) for path in instance.addresses("ru")}
    record_property(LOOKED, vnu.check(pages, tmp_path))


def test_mirrored_by_the_server(visit: Visit) -> None:
    visitor = visit()
    visitor.open("/ru/?dir=rtl")
    assert visitor.page.locator("html[dir=rtl]").count() == 1
