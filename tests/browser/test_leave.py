"""Leave: one press and nothing of us is on the screen, in the tab or behind the back button."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.instance import Instance
from tests.browser.visitor import Visitor
from tests.conftest import LOOKED

pytestmark = pytest.mark.browser
WRITTEN = "What nobody else should read"


@pytest.fixture
def at_risk(visit: Visit, instance: Instance) -> Visitor:
    """Somebody signed in, with a text begun, two pages deep."""
    who = visit().sign_in(instance.town.people["coordinator"])
    who.open("/en/cohorts")
    ids = instance.town.ids
    who.open(f"/en/courses/{ids['course']}/{ids['task_item']}")
    who.page.fill("#body", WRITTEN)
    return who


def nothing_is_left(who: Visitor, cookie: str) -> None:
    page = who.page
    page.wait_for_url("**/today")
    assert "Alongside" not in page.content()
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0
    assert [c for c in who.context.cookies() if c["name"] == "s" and c["value"]] == []
    for _ in range(4):
        page.go_back(wait_until="load")
        assert WRITTEN not in page.content()
        assert not page.locator("[data-known]").count(), f"{page.url} shows a signed-in page"
    # Whoever has kept the cookie has nothing either.
    kept = [{"name": "s", "value": cookie, "url": who.instance.url}]
    who.context.add_cookies(kept)
    who.open("/en/cohorts")
    assert who.path == "/en/sign-in"


def cookie_of(who: Visitor) -> str:
    (found,) = [c["value"] for c in who.context.cookies() if c["name"] == "s"]
    return str(found)


def test_by_a_press(at_risk: Visitor) -> None:
    cookie = cookie_of(at_risk)
    at_risk.page.click(".leave")
    nothing_is_left(at_risk, cookie)


def test_by_shift_three_times(at_risk: Visitor) -> None:
    page, cookie = at_risk.page, cookie_of(at_risk)
    page.focus("#body")
    page.keyboard.press("Shift")
    assert page.inner_text("#live") == page.get_attribute(".leave", "data-once")
    page.keyboard.press("Shift")
    assert page.inner_text("#live") == page.get_attribute(".leave", "data-twice")
    page.keyboard.press("Shift")
    nothing_is_left(at_risk, cookie)


def test_capital_letters_are_no_leaving(at_risk: Visitor) -> None:
    at_risk.page.focus("#body")
    for _ in range(4):
        at_risk.page.keyboard.press("Shift+A")
    at_risk.page.wait_for_timeout(200)
    assert at_risk.path.startswith("/en/courses/")


def test_the_page_is_blank_even_where_the_network_is_gone(at_risk: Visitor) -> None:
    at_risk.context.route("**/leave", lambda route: route.abort("aborted"))
    at_risk.page.click(".leave")
    expect(at_risk.page.locator("body")).to_be_hidden()
    assert at_risk.page.title().strip() == ""


def test_without_script(visit: Visit, instance: Instance) -> None:
    who = visit(java_script_enabled=False).sign_in(instance.town.people["author"])
    who.open("/en/account")
    cookie = cookie_of(who)
    who.press(".leave")
    assert who.path == "/today"
    for _ in range(2):
        who.page.go_back(wait_until="load")
        assert not who.page.locator("[data-known]").count(), who.page.url
    who.context.add_cookies([{"name": "s", "value": cookie, "url": instance.url}])
    who.open("/en/account")
    assert who.path == "/en/sign-in"


def test_a_guest_may_leave_too(visit: Visit) -> None:
    who = visit()
    who.open("/ru/")
    who.page.click(".leave")
    who.page.wait_for_url("**/today")


# Milliseconds from the third press until the browser paints a frame with nothing in it.
CLOCK = """() => {
  addEventListener('keyup', () => { window.pressed = performance.now(); }, true);
  new MutationObserver(() => requestAnimationFrame(() => requestAnimationFrame(() =>
    window.told(performance.now() - window.pressed)))).observe(document.body, {attributeFilter: ['hidden']});
}"""


def test_how_long_leaving_takes(
    at_risk: Visitor, record_property: Callable[[str, object], None]
) -> None:
    page = at_risk.page
    times: list[float] = []
    page.expose_function("told", lambda took: times.append(took))
    # The network is gone, so that the blank page is what is timed.
    at_risk.context.route("**/leave", lambda route: route.abort("aborted"))
    page.evaluate(CLOCK)
    page.focus("#body")
    for _ in range(3):
        page.keyboard.press("Shift")
    expect(page.locator("body")).to_be_hidden()
    while not times:
        page.wait_for_timeout(20)
    record_property(LOOKED, f"leave: blank {times[0]:.0f} ms after the third press")
    assert page.title().strip() == ""
    assert times[0] < 2000, "100 ms on a quiet machine; this only tells that it is no wait"
