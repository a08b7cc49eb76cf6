"""The pages of a check as people and as attackers use them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from lms.assessment import actions, queries, rules
from lms.assessment.quizzes import Quiz
from lms.assessment.rules import State
from lms.core.db import reading, transaction
from lms.courses.questions import Kind, Question
from tests.assessment.world import PRACTICE, counted, find_quiz, make_quiz
from tests.client import Browser, Page
from tests.world import Somebody, make_person

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
FORM_KEY = 2
GRADED = 'review = "after-submit"\nshuffle = "options"'


def sign_in(app: Flask, person: Somebody) -> Browser:
    """Sign in without a look at the first page, which is made by every room."""
    browser = Browser(app)
    browser.get("/en/sign-in")
    browser.submit({"handle": person.handle, "passphrase": person.passphrase}, follow=False)
    return browser


class Walk:
    """A person in front of the quiz."""

    def __init__(self, app: Flask, folder: Path, rules_text: str = PRACTICE) -> None:
        self.app = app
        with app.app_context():
            self.quiz = make_quiz(folder, rules_text)
            self.person = make_person()
        self.browser = sign_in(app, self.person)

    @property
    def start_url(self) -> str:
        quiz = self.quiz
        return f"/en/courses/{quiz.outline.public_id}/{quiz.item.public_id}"

    def start(self) -> Page:
        self.browser.get(self.start_url)
        return self.browser.submit(action=f"/tries/start/{self.quiz.item.public_id}")

    @property
    def attempt(self) -> queries.Try:
        with self.app.app_context(), reading():
            return queries.attempts(self.person.id, self.quiz.item.id)[-1]

    def url(self, end: object = "", lang: str = "en") -> str:
        return f"/{lang}/tries/{self.attempt.public_id}/{end}".rstrip("/")

    def fields(self, question: Question, *, right: bool) -> dict[str, object]:
        """What a person fills in for a right or a wrong answer, by the layout of her attempt."""
        shown = rules.layout(question, self.quiz.rules, self.attempt.seed)
        match question.kind:
            case Kind.SINGLE | Kind.MULTI:
                wrong = [one for one in question.options if one not in question.right][:1]
                letters = question.right if right else wrong
                return {"choice": [str(shown.options.index(one) + 1) for one in letters]}
            case Kind.SHORT:
                return {"text": "alias" if right else "nickname"}
            case Kind.NUMBER:
                return {"text": "5" if right else "7"}
            case Kind.ORDER:
                letters = question.options if right else question.options[::-1]
                return {
                    f"place-{row}": str(letters.index(one) + 1)
                    for row, one in enumerate(shown.options, 1)
                }
            case Kind.MATCH:
                offset = 0 if right else 1
                size = len(question.options)
                return {
                    f"pair-{row}": str(
                        shown.rights.index(question.options[(row - 1 + offset) % size]) + 1
                    )
                    for row in range(1, size + 1)
                }

    def answer(self, number: int, *, right: bool, again: bool = False) -> Page:
        self.browser.get(self.url(number) + ("?again=yes" if again else ""))
        question = self.quiz.questions[number - 1]
        return self.browser.submit(self.fields(question, right=right), button="Answer")

    def finish(self) -> Page:
        self.browser.get(self.url("finish"))
        return self.browser.submit(button="Finish and see the result")


@pytest.fixture
def walk(app: Flask, tmp_path: Path) -> Callable[..., Walk]:
    return lambda rules_text=PRACTICE: Walk(app, tmp_path, rules_text)


# --- The way through ---


def test_practice_from_start_to_result(walk: Callable[..., Walk]) -> None:
    here = walk()
    page = here.browser.get(here.start_url)
    assert "Done when you score 60 % or more." in page.text
    assert "No time limit." in page.text
    page = here.start()
    assert "Question 1 of 6" in page.text
    assert not page.soup.find("footer")
    for number in range(1, 7):
        page = here.answer(number, right=True)
        callout = page.soup.select_one("main .callout")
        assert callout is not None
        assert callout.get_text(" ").split()[0] == "Yes"
    page = here.browser.submit(button="See the result")
    assert page.h1 == "8 of 8 points"
    assert "This check is done." in page.text
    page = here.browser.get(here.start_url)
    assert "8 of 8 points" in page.text
    assert "Next part" in page.text


def test_a_wrong_try_says_close_and_the_second_one_shows_the_answer(
    walk: Callable[..., Walk],
) -> None:
    here = walk()
    here.start()
    page = here.answer(1, right=False)
    assert "Close – look at what is missing" in page.text
    assert "Look for a date." in page.text
    assert not page.soup.select(".best, .both")
    assert "Try this one again" in page.text
    page = here.answer(1, right=False, again=True)
    assert [tag.get_text() for tag in page.soup.select(".result.best .tag")] == ["Right answer"]
    assert "It must be checkable." in page.text
    page = here.browser.get(here.url(1) + "?again=yes")
    assert "You have seen the answer." in page.text
    here.answer(1, right=True, again=True)
    assert here.finish().h1 == "0 of 8 points"


def test_graded_answers_are_kept_and_can_be_changed(walk: Callable[..., Walk]) -> None:
    here = walk(GRADED)
    here.start()
    page = here.answer(1, right=False)
    assert "Question 2 of 6" in page.text
    for number in range(2, 6):
        here.answer(number, right=True)
    here.answer(1, right=True)
    page = here.browser.get(here.url(1))
    question = here.quiz.questions[0]
    shown = rules.layout(question, here.quiz.rules, here.attempt.seed)
    checked = page.soup.select("input[checked]")
    assert [one["value"] for one in checked] == [str(shown.options.index("b") + 1)]
    page = here.browser.get(here.url("finish"))
    assert "1 question has no answer" in page.text
    page = here.browser.submit(button="Finish and see the result")
    assert page.h1 == "7 of 8 points"
    assert [icon["aria-label"] for icon in page.soup.select("main .rows svg")] == [
        *["Yes"] * 5,
        "Not yet",
    ]


def test_a_guest_is_asked_for_an_account_and_comes_back(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        quiz, person = make_quiz(tmp_path), make_person()
    browser = Browser(app)
    page = browser.get(f"/en/courses/{quiz.outline.public_id}/{quiz.item.public_id}")
    assert "you need a name, any name" in page.text
    page = browser.submit(button="Start")
    assert page.url == "/en/join"
    browser.get("/en/sign-in")
    page = browser.submit({"handle": person.handle, "passphrase": person.passphrase})
    assert "Question 1 of 6" in page.text


def test_the_language_switch_keeps_attempt_and_place(walk: Callable[..., Walk]) -> None:
    here = walk(GRADED)
    here.start()
    here.answer(1, right=True)
    here.browser.get(here.url(2))
    switch = here.browser.page and here.browser.page.soup.select_one("header a[hreflang=ru]")
    assert switch is not None
    assert switch["href"] == here.url(2, "ru")
    russian = here.browser.get(here.url(1, "ru"))
    assert "Что можно проверить?" in russian.h1
    english = here.browser.get(here.url(1))

    def values(page: Page) -> list[tuple[object, bool]]:
        return [(i["value"], i.has_attr("checked")) for i in page.soup.select("main [name=choice]")]

    assert values(russian) == values(english)


def test_a_short_answer_counts_in_either_language(walk: Callable[..., Walk]) -> None:
    here = walk()
    here.start()
    here.browser.get(here.url(3))
    assert "Yes" in here.browser.submit({"text": "  ПСЕВДОНИМ "}, button="Answer").text


# --- Bad input ---


@pytest.mark.parametrize(
    ("number", "fields", "says"),
    [
        (1, {}, "Answer the question"),
        (1, {"choice": ["1", "2"]}, "Choose one answer only."),
        (1, {"choice": "77"}, "Choose from the answers on this page."),
        (2, {"choice": "<script>"}, "Choose from the answers on this page."),
        (3, {"text": "x" * 10**6}, "Make the answer shorter."),
        (3, {"text": "a\u202eb"}, "invisible character"),
        (3, {"text": "a\x00b"}, "invisible character"),
        (4, {"text": "NaN"}, "Write one number in digits"),
        (4, {"text": "1,234"}, "two ways"),
        (5, {"place-1": "1", "place-2": "1", "place-3": "2"}, "Two lines have the same place."),
        (5, {"place-1": "9"}, "Write places as whole numbers"),
        (6, {"pair-1": "1"}, "Choose something for every line."),
    ],
)
def test_bad_input_gets_a_clear_message_and_keeps_what_was_typed(
    walk: Callable[..., Walk], number: int, fields: dict[str, object], says: str
) -> None:
    here = walk(GRADED)
    here.start()
    here.browser.get(here.url(number))
    page = here.browser.submit(fields, button="Answer")
    assert page.status == 422
    assert says in page.text
    assert page.soup.title is not None
    assert page.soup.title.get_text().startswith("Error:")
    summary = page.soup.select_one(".summary a")
    assert summary is not None
    assert page.soup.find(id=str(summary["href"]).lstrip("#")) is not None
    if fields.get("text") == "1,234":
        assert page.soup.select_one("[name=text]")["value"] == "1,234"  # type: ignore[index]
    if "place-2" in fields:
        assert [i["value"] for i in page.soup.select(".order input")] == ["1", "1", "2"]
    here.answer(number, right=True)
    assert here.attempt.state is State.OPEN


def test_typed_markup_is_shown_harmless(walk: Callable[..., Walk]) -> None:
    here = walk()
    here.start()
    here.browser.get(here.url(3))
    page = here.browser.submit({"text": "<img src=x>"}, button="Answer")
    assert "&lt;img src=x&gt;" in page.html
    assert not page.soup.find("img")


# --- Other people, other devices, other times ---


def test_another_persons_attempt_does_not_exist(walk: Callable[..., Walk]) -> None:
    here = walk()
    here.start()
    with here.app.app_context():
        other = make_person()
    browser = sign_in(here.app, other)
    for end in ("", 1, "finish", "result"):
        assert browser.get(here.url(end)).status == 404
    browser.get(here.start_url)
    token = browser.page.soup.find("input", {"name": "csrf_token"})["value"]  # type: ignore[index, union-attr]
    for end in (1, "finish"):
        data = {"csrf_token": token, "choice": "1", "seq": "1"}
        assert browser.post(here.url(end), data).status == 404
    assert here.attempt.state is State.OPEN
    with here.app.app_context(), reading():
        assert queries.answers(here.attempt.id) == {}


@pytest.mark.parametrize("end", ["99", "0", "finish/x", "result.json"])
def test_addresses_that_do_not_exist(walk: Callable[..., Walk], end: str) -> None:
    here = walk()
    here.start()
    assert here.browser.get(here.url(end)).status == 404


def test_a_guest_at_an_attempt_is_asked_to_sign_in(walk: Callable[..., Walk], app: Flask) -> None:
    here = walk()
    here.start()
    assert Browser(app).get(here.url(1)).url.startswith("/en/sign-in")


def test_start_of_nothing_is_nothing(browser: Browser, walk: Callable[..., Walk]) -> None:
    here = walk()
    browser.get(here.start_url)
    assert browser.submit(action=here.quiz.item.public_id).url == "/en/join"
    browser.get(here.start_url)
    lesson = here.quiz.outline.by_key["les-first"].public_id
    token = browser.page.soup.find("input", {"name": "csrf_token"})["value"]  # type: ignore[index, union-attr]
    for item in ("nothing", lesson):
        assert browser.post(f"/en/tries/start/{item}", {"csrf_token": token}).status == 404


def test_a_double_post_is_one_answer(walk: Callable[..., Walk]) -> None:
    here = walk()
    here.start()
    page = here.browser.get(here.url(1))
    inputs = page.soup.select("main form input[type=hidden]")
    data = {str(one["name"]): str(one["value"]) for one in inputs}
    data |= here.fields(here.quiz.questions[0], right=False)  # type: ignore[arg-type]
    first = here.browser.post(here.url(1), data)
    second = here.browser.post(here.url(1), data)
    assert first.text == second.text
    del data["form_key"]
    here.browser.post(here.url(1), data)
    with here.app.app_context(), reading():
        assert len(queries.answers(here.attempt.id)["q-strongest"]) == 1


def test_a_page_left_open_says_that_the_attempt_is_finished(walk: Callable[..., Walk]) -> None:
    here = walk(GRADED)
    here.start()
    stale = here.browser.get(here.url(1))
    other = sign_in(here.app, here.person)
    other.get(here.url("finish"))
    other.submit(button="Finish and see the result")
    here.browser.page = stale
    page = here.browser.submit(here.fields(here.quiz.questions[0], right=True), button="Answer")
    assert "This attempt is finished already. Nothing was changed." in page.html
    assert page.h1 == "0 of 8 points"
    here.browser.page = stale
    assert here.browser.submit({}, button="Answer").h1 == "0 of 8 points"


def test_start_on_two_devices_is_one_attempt(walk: Callable[..., Walk]) -> None:
    here = walk()
    here.start()
    other = sign_in(here.app, here.person)
    assert "Go on" in other.get(here.start_url).text
    other.submit(button="Go on")
    with here.app.app_context(), reading():
        assert len(queries.attempts(here.person.id, here.quiz.item.id)) == 1


def test_refusals_say_how_many_are_left_and_when(walk: Callable[..., Walk]) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        here = walk('attempts = 2\nwait = "10m"\nreview = "after-submit"')
        stale = here.browser.get(here.start_url)
        here.start()
        here.finish()
        page = here.browser.get(here.start_url)
        assert "21 November 2026, 17:10" in page.text
        assert "1 attempt is left." in page.text
        assert not page.soup.select("main form")
        here.browser.page = stale
        token = {"form_key": "another-press"}
        page = here.browser.submit(token, action=here.quiz.item.public_id)
        assert page.status == 409
        assert "17:10" in page.text
        clock.shift(timedelta(minutes=10))
        here.start()
        here.finish()
        assert "No attempts left" in here.browser.get(here.start_url).text


def test_time_that_is_over(walk: Callable[..., Walk]) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        here = walk('limit = "10m"\nreview = "after-submit"')
        page = here.start()
        assert "Your answers count until 21 November 2026, 17:10." in page.text
        here.answer(1, right=True)
        stale = here.browser.get(here.url(2))
        clock.shift(timedelta(minutes=12))
        here.browser.page = stale
        page = here.browser.submit(here.fields(here.quiz.questions[1], right=True), button="Answer")
        assert page.h1 == "The time is over"
        assert "does not count" in page.html
        page = here.browser.submit(button="See the result")
        assert page.h1 == "1 of 8 points"
        assert "what you had saved was counted" in page.text


def test_a_void_attempt_shows_its_reason_and_nothing_else(walk: Callable[..., Walk]) -> None:
    here = walk()
    here.start()
    here.answer(1, right=True)
    with here.app.app_context(), transaction():
        actions.void_attempt(here.attempt, "The question was wrong")
    page = here.browser.get(here.url(1))
    assert page.h1 == "This attempt does not count"
    assert "The question was wrong" in page.text
    assert "checkable" not in page.html
    assert "The question was wrong" in here.browser.get(here.start_url).text


# --- The key ---


SECRETS = {
    "q-strongest": "It must be checkable.",
    "q-word": "pseudonym",
}


def leaks(page: Page, quiz: Quiz) -> list[str]:
    """What a page says that only the key knows."""
    found = [text for text in SECRETS.values() if text in page.html]
    found += [str(tag) for tag in page.soup.select(".best, .both, .callout.pine")]
    letters = [*page.soup.select("[name^=place], [name^=pair]"), *page.soup.select("option")]
    found += [str(tag) for tag in letters if str(tag.get("value", "")) in set("abc")]
    return found


def everything(here: Walk) -> list[Page]:
    ends = ["", *range(1, 7), *(f"{n}?again=yes" for n in range(1, 7)), "finish", "result"]
    pages = [here.browser.get(here.url(end, lang)) for end in ends for lang in ("en", "ru")]
    return [*pages, here.browser.get(here.start_url)]


@pytest.mark.parametrize("review", ["practice", "after-submit", "after-pass-or-last", "never"])
def test_no_page_of_an_open_attempt_holds_the_key(walk: Callable[..., Walk], review: str) -> None:
    here = walk(f'review = "{review}"')
    here.start()
    for page in everything(here):
        assert leaks(page, here.quiz) == []
    for number in range(1, 7):
        here.answer(number, right=False)
    for page in everything(here):
        assert leaks(page, here.quiz) == []


@pytest.mark.parametrize(
    ("rules_text", "explains", "key"),
    [
        ('review = "after-submit"', True, False),
        ('review = "after-submit"\nattempts = 1', True, True),
        ('review = "after-pass-or-last"', False, False),
        ('review = "after-pass-or-last"\nattempts = 1', True, True),
        ('review = "never"\nattempts = 1', False, False),
    ],
)
def test_after_the_end_the_preset_decides(
    walk: Callable[..., Walk], rules_text: str, explains: bool, key: bool
) -> None:
    here = walk(rules_text)
    here.start()
    for number in range(1, 7):
        here.answer(number, right=False)
    here.finish()
    pages = everything(here)
    assert any("It must be checkable." in page.html for page in pages) == explains
    assert any("pseudonym" in page.html for page in pages) == key
    assert any(page.soup.select(".best") for page in pages) == key


def test_an_open_last_attempt_still_hides_the_key_of_earlier_ones(
    walk: Callable[..., Walk],
) -> None:
    here = walk('review = "after-submit"\nattempts = 2')
    here.start()
    here.answer(3, right=False)
    here.finish()
    first = here.url(3)
    here.start()
    assert "pseudonym" not in here.browser.get(first).html
    here.finish()
    assert "pseudonym" in here.browser.get(first).html


# --- Weight ---


@pytest.mark.parametrize("rules_text", [GRADED, PRACTICE, 'attempts = 2\nreview = "after-submit"'])
def test_statements(walk: Callable[..., Walk], rules_text: str) -> None:
    here = walk(rules_text)
    here.start()
    for number in range(1, 7):
        here.answer(number, right=True)
    pages = [here.url(2), here.url("finish"), here.start_url]
    for url in pages:
        with counted(here.app) as seen:
            here.browser.get(url)
        assert len(seen) <= 6, seen
    page = here.browser.get(here.url(2) + "?again=yes")
    data = {str(i["name"]): str(i["value"]) for i in page.soup.select("form input[type=hidden]")}
    with counted(here.app) as seen:
        here.browser.post(pages[0], {**data, "choice": "1"}, follow=False)
    assert len(seen) <= 4 + FORM_KEY, "\n".join(one[:100] for one in seen)
    page = here.browser.get(here.url("finish"))
    data = {str(i["name"]): str(i["value"]) for i in page.soup.select("form input[type=hidden]")}
    with counted(here.app) as seen:
        answer = here.browser.post(pages[1], data, follow=False)
    assert answer.status == 303
    here.browser.get(here.url("result"))
    assert len(seen) <= 7 + FORM_KEY + 1, "\n".join(one[:100] for one in seen)


def test_a_new_version_leaves_an_open_attempt_as_it_is(
    walk: Callable[..., Walk], tmp_path: Path
) -> None:
    here = walk(GRADED)
    here.start()
    with here.app.app_context():
        newer = make_quiz(tmp_path, GRADED, {"pass         = 60": "pass = 90"})
        assert find_quiz(newer.outline.version_id).outline.number == 2
    assert "Question 1 of 6" in here.browser.get(here.url(1)).text
    here.finish()
    assert "60 % is enough" in here.browser.get(here.url("result")).text
