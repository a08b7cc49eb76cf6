"""From no account to a certificate that a stranger has checked, as a person does it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from tests.browser.conftest import Visit
from tests.browser.instance import Instance, number_of
from tests.browser.person import (
    close_task,
    join,
    lesson_done,
    read_course,
    take_quiz,
    type_code_back,
)
from tests.browser.visitor import DESK, MAIN_BUTTON, Visitor, shown

pytestmark = pytest.mark.browser
PRINTED = {"en": "Saule Akhmetova", "ru": "Сауле Ахметова"}
TEXT = "On 4 May at the bus station in town N. an officer took a sealed medicine.\nWe ask for one thing."


def next_part(who: Visitor) -> None:
    """Go on from a lesson or a result."""
    who.press("main a.btn.primary")


def finish_course(who: Visitor, lang: str, course: str) -> None:
    """Everything from the catalogue to the closed task."""
    read_course(who, lang, course)
    take_quiz(who, lang)
    next_part(who)
    lesson_done(who)
    close_task(who, TEXT)


def claim(who: Visitor, lang: str) -> str:
    """Choose the printed name, wait for the worker. Return the number."""
    who.open(f"/{lang}/certificates")
    next_part(who)
    who.page.fill("#name", PRINTED[lang])
    who.press(MAIN_BUTTON)
    assert PRINTED[lang] in who.text
    who.press("button[name=make]")
    address = who.page.url
    for _ in range(40):
        who.page.goto(address)
        if who.page.locator('a[href$="/file"]').count():
            return number_of(who.text)
        who.page.wait_for_timeout(500)
    raise AssertionError("the worker made no certificate: " + who.text)


def download(page: Page, folder: Path) -> bytes:
    """Press the button, as a person does."""
    with page.expect_download() as found:
        page.click('a[href$="/file"]')
    assert "saule" not in found.value.suggested_filename.lower()
    found.value.save_as(folder / "certificate.pdf")
    return (folder / "certificate.pdf").read_bytes()


def a_stranger_checks(stranger: Visitor, lang: str, number: str) -> None:
    """Type the number; it is genuine. Type names; one matches."""
    stranger.open(f"/{lang}/c")
    stranger.page.fill("#number", number.lower().replace("-", " "))
    stranger.press("main form .btn.primary")
    stranger.see(".verdict .seal")
    assert PRINTED[lang] not in stranger.text, "the name is not shown"
    for name, kind in ((PRINTED[lang], "pine"), ("Somebody Else", "sun")):
        stranger.page.fill("#name", name)
        stranger.press(MAIN_BUTTON)
        stranger.see(f".callout.{kind}[role=status]")


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_from_no_account_to_a_checked_certificate(
    visit: Visit, instance: Instance, tmp_path: Path, lang: str
) -> None:
    who = visit(accept_downloads=True)
    join(who, lang)
    assert who.path == f"/{lang}/home"
    finish_course(who, lang, instance.town.ids["course"])
    number = claim(who, lang)
    pdf = PdfReader(BytesIO(download(who.page, tmp_path)))
    printed = pdf.pages[0].extract_text()
    assert len(pdf.pages) == 1
    assert PRINTED[lang] in " ".join(printed.split())
    assert number in printed
    a_stranger_checks(visit(width=DESK), lang, number)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_without_script(visit: Visit, instance: Instance, lang: str) -> None:
    who = visit(java_script_enabled=False)
    handle, words = join(who, lang)
    finish_course(who, lang, instance.town.ids["course"])
    who.open(f"/{lang}/certificates")
    assert who.page.locator("main a.btn.primary").count() == 1, "a certificate waits"
    who.press(".leave")
    assert who.path == "/today"
    who.open(f"/{lang}/home")
    assert who.path == f"/{lang}/sign-in"
    who.page.fill("#handle", handle)
    who.page.fill("#passphrase", words)
    who.press(MAIN_BUTTON)
    assert who.path == f"/{lang}/home"


def test_a_guests_mark_is_carried_over(visit: Visit, instance: Instance) -> None:
    who = visit()
    read_course(who, "en", instance.real["from-street-to-government"])
    assert who.path == "/en/join"
    who.page.fill("#handle", "Quiet Otter 88")
    who.page.fill("#passphrase", "a harbour of nine quiet foxes")
    who.press(MAIN_BUTTON)
    type_code_back(who)
    who.open("/en/home")
    assert "From street to government" in who.text
    who.press("main .next a.btn.primary")
    assert who.page.locator(".outline-side .done").count() == 1


def tab_to(page: Page, selector: str) -> None:
    """Go there with the Tab key alone. What has the focus on the way can be seen."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("(s) => document.activeElement.matches(s)", selector):
            box = page.locator(":focus").bounding_box()
            assert box is not None
            assert box["height"] > 1, f"{selector} has the focus and cannot be seen"
            return
    raise AssertionError(f"Tab does not lead to {selector}; now {shown(page)}")


def enter(page: Page) -> None:
    """Press Enter on what leads to another page."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_by_keyboard_alone(visit: Visit, instance: Instance) -> None:
    # Sign in, a lesson done, a question answered: Tab, letters, Space, arrows, Enter.
    who = visit(width=DESK)
    page, person = who.page, instance.town.people["newcomer"]
    who.open("/en/sign-in")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    tab_to(page, "#handle")
    page.keyboard.type(person.handle)
    tab_to(page, "#passphrase")
    page.keyboard.type(person.passphrase)
    tab_to(page, "main form .btn.primary")
    enter(page)
    who.open(f"/en/courses/{instance.town.ids['course']}")
    tab_to(page, "aside a.btn.primary")
    enter(page)
    tab_to(page, 'form[action$="/done"] button')
    enter(page)
    tab_to(page, MAIN_BUTTON)
    enter(page)
    tab_to(page, "input[type=radio]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert page.locator("input[type=radio]:checked").count() == 1
    tab_to(page, MAIN_BUTTON)
    enter(page)
    assert who.path.endswith("/2")
    tab_to(page, "input[type=checkbox]")
    page.keyboard.press("Space")
    assert page.locator("input[type=checkbox]:checked").count() == 1
