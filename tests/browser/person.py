"""What people do here, press by press. Nothing depends on the language of the words, but for the answers."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator

from tests.browser.visitor import MAIN_BUTTON, Visitor

# The answers of the small course's quiz: a part of the right words, in both languages.
RIGHT = ("bus station", "автовокзала", "legal name", "Паспортное", "home address", "Домашний")
WORD = {"en": "pseudonym", "ru": "псевдоним"}
STEPS = (("Ask", "Спросить"), ("Write", "Записать"), ("Store", "Спрятать"))
PAIRS = {"who": "person", "when": "date", "кто": "человек", "когда": "дата"}
Pause = Callable[[str], None]


def nothing(_what: str) -> None:
    """No pause."""


def join(who: Visitor, lang: str) -> tuple[str, str]:
    """Sign up without a name, with six made words; type the code back. Return name and words."""
    page = who.page
    who.open(f"/{lang}/join")
    who.press("button[name=pick] >> nth=1")
    handle = page.input_value("#handle")
    who.press("button[name=make]")
    assert page.input_value("#handle") == handle, "what was chosen stays"
    words = page.inner_text(".made").strip()
    assert len(words.split()) == 6, words
    page.fill("#passphrase", words)
    who.press(MAIN_BUTTON)
    type_code_back(who)
    return handle, words


def type_code_back(who: Visitor) -> None:
    """Copy the two groups that are asked for from the sheet."""
    page = who.page
    groups = re.findall(r"(?<!\d)\d{4}(?!\d)", page.inner_text(".sheet"))
    assert len(groups) == 9
    for field in ("first", "second"):
        asked = re.search(r"\d", page.inner_text(f"label[for={field}]"))
        assert asked is not None
        page.fill(f"#{field}", groups[int(asked[0]) - 1])
    who.press(MAIN_BUTTON)


def read_course(who: Visitor, lang: str, course: str) -> None:
    """From the catalogue to the first lesson, and say Done."""
    who.open(f"/{lang}/")
    who.press(f'.grid a[href$="/courses/{course}"]')
    who.press("aside a.btn.primary")
    lesson_done(who)


def lesson_done(who: Visitor) -> None:
    """Say Done."""
    who.press('form[action$="/done"] button')


def take_quiz(who: Visitor, lang: str, pause: Pause = nothing) -> None:
    """From the start page to the result: answer every question as it should be."""
    who.press(MAIN_BUTTON)
    for number in range(1, 7):
        assert re.search(rf"/tries/\w+/{number}$", who.path), who.path
        pause(f"question {number}")
        answer(who, lang)
        who.press(MAIN_BUTTON)
        if who.page.locator(MAIN_BUTTON).count() == 0:
            pause(f"feedback {number}")
            who.press("main a.btn.primary")
    who.press(MAIN_BUTTON)
    pause("result")
    assert "100 %" in who.text.replace("\N{NO-BREAK SPACE}", " "), who.text


def answer(who: Visitor, lang: str) -> None:
    """Answer the question on the page, whatever kind it is."""
    main = who.page.locator("main form")
    for label in main.locator(".choice label").all():
        if any(words in label.inner_text() for words in RIGHT):
            label.click()
    if main.locator(".order").count():
        put_in_order(who, main)
    for row in main.locator(".pairs li").all():
        left = row.locator("label").inner_text().strip()
        row.locator("select").select_option(label=PAIRS[left])
    text = main.locator("input[name=text]")
    if text.count():
        text.fill("5" if text.get_attribute("inputmode") == "decimal" else WORD[lang])


def put_in_order(who: Visitor, main: Locator) -> None:
    """With the up buttons; without script with numbers."""
    for place, words in enumerate(STEPS):
        row = main.locator(".order > li", has_text=re.compile("|".join(words)))
        if row.locator("button").count() == 0:
            row.locator("input").fill(str(place + 1))
            continue
        for _ in range(3):
            if int(row.locator(".no").inner_text()) == place + 1:
                break
            row.locator("button").first.click()


def close_task(who: Visitor, text: str) -> None:
    """Write, tick every point, close it."""
    who.page.fill("#body", text)
    for box in who.page.locator("input[name=met]").all():
        box.check()
    who.press(MAIN_BUTTON)
