"""What the script adds: comfort. That everything works without it is tested in `test_journey.py`."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Visit
from tests.browser.instance import Instance
from tests.browser.visitor import DESK, MAIN_BUTTON, Visitor

pytestmark = pytest.mark.browser


@pytest.fixture
def mentor(visit: Visit, instance: Instance) -> Visitor:
    return visit().sign_in(instance.town.people["mentor"])


@pytest.fixture
def task(mentor: Visitor, instance: Instance) -> str:
    """The address of a task that the mentor may write at, open in the browser."""
    ids = instance.town.ids
    mentor.open(f"/en/courses/{ids['course']}/{ids['task_item']}")
    return mentor.path


def test_a_warning_before_the_idle_sign_out(visit: Visit, instance: Instance) -> None:
    who = visit().sign_in(instance.town.people["author"])
    who.page.clock.install()
    who.open("/en/home")
    warning = who.page.locator("[data-idle-warning]")
    who.page.clock.fast_forward("27:50")
    expect(warning).to_be_hidden()
    who.page.clock.fast_forward("00:20")
    expect(warning).to_be_visible()
    with who.page.expect_response(lambda answer: answer.request.method == "HEAD") as kept:
        who.page.click("[data-stay]")
    assert kept.value.status == 200
    expect(warning).to_be_hidden()
    who.page.clock.fast_forward("29:50")
    expect(warning).to_be_visible()
    with who.page.expect_navigation():
        who.page.clock.fast_forward("00:20")


def test_a_draft_stays_in_this_tab_until_it_is_sent(mentor: Visitor, task: str) -> None:
    page = mentor.page
    page.fill("#body", "Half a page")
    mentor.open("/en/home")
    mentor.open(task)
    expect(page.locator("#body")).to_have_value("Half a page")
    mentor.press("button[name=save]")
    assert page.evaluate("Object.keys(sessionStorage).filter((k) => k.startsWith('draft'))") == []


def test_one_press_sends_once(mentor: Visitor, task: str) -> None:
    page = mentor.page
    sent: list[str] = []

    def take(route: Route) -> None:
        sent.append(route.request.method)
        route.fulfill(status=204)

    page.context.route("**/text", take)
    page.fill("#body", "A page")
    button = page.locator("button[name=save]")
    button.click()
    expect(button).to_have_attribute("aria-disabled", "true")
    assert button.inner_text().strip() == page.get_attribute("main form", "data-once")
    expect(button).to_be_focused()
    button.click(force=True)
    page.locator(MAIN_BUTTON).click(force=True)
    page.wait_for_timeout(300)
    assert sent == ["POST"]


def test_a_row_moves_up_and_down_and_says_so(visit: Visit, instance: Instance) -> None:
    who = visit().sign_in(instance.town.people["learner"])
    who.open(f"/en/tries/{instance.town.ids['attempt_pid']}/5")
    rows = who.page.locator(".order > li")
    before = rows.locator("label").all_inner_texts()
    down = rows.nth(0).locator("button").nth(1)
    box = down.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
    down.click()
    assert rows.locator("label").all_inner_texts() == [before[1], before[0], *before[2:]]
    assert [field.input_value() for field in rows.locator("input").all()] == ["1", "2", "3"]
    assert before[0] in who.page.inner_text("#live")
    assert "2" in who.page.inner_text("#live")
    expect(rows.nth(1).locator("button").nth(1)).to_be_focused()
    assert before[0] in str(rows.nth(1).locator("button").nth(1).get_attribute("aria-label"))


def test_show_and_hide_a_passphrase(visit: Visit) -> None:
    who = visit()
    who.open("/en/sign-in")
    field, button = who.page.locator("#passphrase"), who.page.locator("[data-reveal]")
    field.fill("swallow window copper lantern")
    words = button.inner_text()
    button.click()
    expect(field).to_have_attribute("type", "text")
    assert button.inner_text() != words
    button.click()
    expect(field).to_have_attribute("type", "password")
    assert button.inner_text() == words


def test_errors_take_the_focus_and_lead_to_their_fields(visit: Visit) -> None:
    who = visit()
    who.open("/en/join")
    who.press(MAIN_BUTTON)
    expect(who.page.locator(".summary")).to_be_focused()
    assert who.page.title().startswith("Error:")
    who.page.click(".summary a >> nth=0")
    expect(who.page.locator("#handle")).to_be_focused()
    described = who.page.get_attribute("#handle", "aria-describedby") or ""
    assert any(who.page.locator(f"#{name}.error").count() for name in described.split())


def test_a_menu_closes_with_escape(visit: Visit) -> None:
    who = visit()
    who.open("/en/")
    menu = who.page.locator("details.menu")
    menu.locator("summary").click()
    expect(menu).to_have_attribute("open", "")
    who.page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()


def test_colours_are_kept_without_script_or_flash(visit: Visit) -> None:
    who = visit(width=DESK)
    who.open("/en/look")
    who.page.check("#theme-dark")
    who.press(MAIN_BUTTON)
    who.open("/ru/about")
    assert who.page.get_attribute("html", "data-theme") == "dark"
    assert who.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 22, 19)"
