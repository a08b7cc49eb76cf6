"""Whatever is sent, by whomever, to whichever form: a message or a harmless effect, never a failure.

Forms are found by walking, so a new form is tried without being written down here.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.client import Page
from tests.conftest import ENGINE
from tests.hostile.conftest import Share
from tests.hostile.forms import SECRET, WALKERS, Field, Found, Walk
from tests.hostile.inputs import CHOICES, IMAGE, MARK, SCRIPT, STORED_DIFFERENTLY, TEXTS
from tests.house.world import PERSONAS, Town
from tests.laws import check_page

# A form that only shows: the answer to a comparison, a look at what will be printed, a made passphrase.
ANSWERS_WITH_A_PAGE = re.compile(
    r"/c/<typed_number>|/claim$|/join$|/way-back$|/way-back/together$|/second-step/codes$|/sign-in$|/look$|/withdraw$|/leave$|/end$|/close$|/calendar$|/tables/codes$"
)
# Forms that stand on a page in a state which the town is not in: a second step half done, a key to be named, a case
# of vouching, a copy that is ready. Their rooms' own tests try them, and `tests/faults/test_statements.py` sends each.
IN_OTHER_STATES = re.compile(
    r"/(again|l/<place>|second-step.*|account/(devices/end|lock|second-step/.*)|vouch/.*|your-data/.*"
    # Something is due, asked, offered or closing just then; or somebody else reads it than the walkers.
    r"|circles/<circle>/(held|meetings/<meeting>)|desk/<pair>/(<number>|check-in|spoken)|help/blocks/undo"
    r"|help/desk/<concern>.*|hours/requests/<statement>|mail/<token>|meetings/<meeting>/settle"
    r"|pairs/<pair>/(go-on|longer|look-back)|pairs/ask/(more|still)|pairs/people/<profile>/(clear|decide|suspend)"
    r"|pairs/places/confirm|pairs/requests/<waiting>/.*|questions/queue/<asked>"
    # The codes of a table as a file stand on the page that shows them once.
    r"|tables/(codes.csv|yours/<row>))$"
)
ALLOWED = {200, 303, 400, 401, 404, 409, 413, 422, 429}
KEEPS = {400, 401, 409, 422, 429, 503}
# Pages may say less than what was typed: of a text this long only that it is too long.
LONGEST_KEPT = 64_000


def judge(form: Found, answer: TestResponse, what: str) -> list[str]:
    """What is wrong with an answer, whatever was sent."""
    wrong, body = [], answer.get_data(as_text=True)
    if answer.status_code not in ALLOWED:
        wrong.append(f"{form.name}, {what}: {answer.status_code}")
    if answer.status_code == 200 and not ANSWERS_WITH_A_PAGE.search(form.rule):
        wrong.append(f"{form.name}, {what}: 200, although nothing was done")
    if any(raw in body for raw in (SCRIPT, IMAGE, f"<svg onload=alert('{MARK}')>")):
        wrong.append(f"{form.name}, {what}: shown unescaped")
    place = answer.headers.get("Location", "/")
    if not place.startswith("/") or place.startswith(("//", "/\\")) or "\n" in place:
        wrong.append(f"{form.name}, {what}: sent to {place[:80]!r}")
    if "Set-Cookie: a" in str(answer.headers):
        wrong.append(f"{form.name}, {what}: a header was injected")
    return wrong


def judge_field(form: Found, field: Field, sent: Any, answer: TestResponse, what: str) -> list[str]:
    """What is wrong with the answer to one bad field: the message, the kept text."""
    wrong, body = judge(form, answer, f"{field.name} = {what}"), answer.get_data(as_text=True)
    if answer.status_code == 422 and 'class="error"' not in body:
        wrong.append(f"{form.name}, {field.name} = {what}: 422 without a message")
    short = isinstance(sent, str) and MARK in sent and len(sent) < LONGEST_KEPT
    kept = field.typed and not is_secret(field) and answer.status_code in KEEPS
    if short and kept and MARK not in html.unescape(body):
        wrong.append(
            f"{form.name}, {field.name} = {what}: {answer.status_code} loses what was typed"
        )
    return wrong


def is_secret(field: Field) -> bool:
    """Whether it must be typed anew each time."""
    return field.kind == "password" or field.name in SECRET


def each_field(forms: Iterable[Found]) -> Iterable[tuple[Found, Field]]:
    for form in forms:
        for name in dict.fromkeys(field.name for field in form.fields):
            yield form, next(field for field in form.fields if field.name == name)


def report(wrong: list[str]) -> None:
    assert not wrong, f"{len(wrong)} cells:\n" + "\n".join(wrong[:40])


def test_the_walk_reaches_every_form(town: Town, walked: Walk) -> None:
    found = {form.rule for form in walked.forms}
    there = {rule.rule for rule in town.app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    unseen = {rule for rule in there - found if not IN_OTHER_STATES.search(rule)}
    report([f"no page that the walk sees has a form for {rule}" for rule in sorted(unseen)])
    assert {form.persona for form in walked.forms} == set(WALKERS)


# The others have the same ways to go wrong as one of these.
OFTEN = {*CHOICES, *STORED_DIFFERENTLY}
EVERY = [
    what if what in OFTEN else pytest.param(what, marks=pytest.mark.soak)
    for what in (TEXTS if ENGINE == "sqlite" else STORED_DIFFERENTLY)
]


@pytest.mark.parametrize("what", EVERY)
def test_in_every_field(town: Town, forms: list[Found], share: Share, what: str) -> None:
    wrong, sent = [], TEXTS[what]
    for form, field in each_field(share(forms)):
        if field.name == "form_key" or (not field.typed and what not in CHOICES):
            continue
        answer = form.send(town, {field.name: sent})
        wrong += judge_field(form, field, sent, answer, what)
        town.restore()
    report(wrong)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("what", ["twice", "absent", "a file", "fifty times"])
def test_fields_of_a_wrong_shape(town: Town, forms: list[Found], share: Share, what: str) -> None:
    wrong = []
    for form, field in each_field(share(forms)):
        data = form.filled(town)
        value = data.pop(field.name, "")
        shapes = {"twice": [value, MARK], "fifty times": [MARK] * 50}
        if what in shapes:
            data[field.name] = shapes[what]
        elif what == "a file":
            data[field.name] = (_file(), "../../evil.php", "image/svg+xml")
        answer = town.post(form.persona, form.action, data)
        wrong += judge(form, answer, f"{field.name} {what}")
        town.restore()
    report(wrong)


def _file() -> io.BytesIO:
    return io.BytesIO(b"<svg onload=alert(1)>")


BODIES = {
    "json": {"data": b'{"csrf_token": 1, "body": ["x"]}', "content_type": "application/json"},
    "not really json": {"data": b"{", "content_type": "application/json"},
    "text": {"data": b"body=x", "content_type": "text/plain"},
    "no type": {"data": b"body=x"},
    "parts without an edge": {"data": b"--x", "content_type": "multipart/form-data"},
    "parts that never end": {
        "data": b'--x\r\nContent-Disposition: form-data; name="body"\r\n\r\n',
        "content_type": "multipart/form-data; boundary=x",
    },
    "an unknown alphabet": {
        "data": b"body=x",
        "content_type": "application/x-www-form-urlencoded; charset=utf-99",
    },
    "percent signs": {
        "data": b"%=%&%%%=%zz&&&==&body=%",
        "content_type": "application/x-www-form-urlencoded",
    },
    "json with a token": {
        "data": b'{"body": ["x"], "handle": 5, "name": {"a": 1}, "zone": null}',
        "content_type": "application/json",
    },
    "very many fields": {
        "data": b"&".join(b"f%d=1" % number for number in range(20_000)),
        "content_type": "application/x-www-form-urlencoded",
    },
    "too much": {
        "data": b"body=" + b"a" * (3 * 1024 * 1024),
        "content_type": "application/x-www-form-urlencoded",
    },
    "far too many parts": {
        "data": b"".join(
            b'--x\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n1\r\n' % number
            for number in range(3_000)
        )
        + b"--x--",
        "content_type": "multipart/form-data; boundary=x",
    },
}


@pytest.mark.sqlite_only
@pytest.mark.parametrize("what", BODIES)
def test_bodies_that_are_no_form(town: Town, forms: list[Found], share: Share, what: str) -> None:
    wrong = []
    # A heavy body is refused before anybody looks at what it is for: a few forms stand for all.
    heavy = len(BODIES[what]["data"]) > 10_000
    for form in forms[::9] if heavy else share(forms):
        sent = dict(BODIES[what])
        if "token" in what:
            sent["headers"] = {"X-CSRFToken": town.tokens[form.persona]}
        answer = town.client_of(form.persona).post(form.action, **sent)
        wrong += judge(form, answer, what)
        if "token" not in what and answer.status_code not in {400, 413}:
            wrong.append(f"{form.name}, {what}: {answer.status_code} without a token")
        if "token" not in what and town.changes():
            wrong.append(f"{form.name}, {what}: done")
        town.restore()
    report(wrong)


TOKENS = ["missing", "wrong", "of somebody else", "in the address", "twice"]


@pytest.mark.sqlite_only
@pytest.mark.parametrize("what", TOKENS)
def test_without_the_right_token_nothing_happens(town: Town, forms: list[Found], what: str) -> None:
    wrong = []
    for form in forms:
        data = form.filled(town)
        token = data.pop("csrf_token")
        words = [one for one in form.fields if one.typed and not is_secret(one)]
        secrets = [str(data[one.name]) for one in form.fields if is_secret(one)]
        for one in words:
            data[one.name] = MARK
        other = next(name for name in PERSONAS if name != form.persona)
        address = f"{form.action}?csrf_token={token}" if what == "in the address" else form.action
        tokens = {"wrong": "x.y.z", "of somebody else": town.tokens[other], "twice": ["x", token]}
        if what in tokens:
            data["csrf_token"] = tokens[what]
        answer = town.client_of(form.persona).post(address, data=data)
        wrong += judge(form, answer, f"token {what}")
        body = answer.get_data(as_text=True)
        if answer.status_code != 400:
            wrong.append(f"{form.name}, token {what}: {answer.status_code}")
        if words and MARK not in body:
            wrong.append(f"{form.name}, token {what}: what was typed is lost")
        if any(html.escape(secret) in body for secret in secrets):
            wrong.append(f"{form.name}, token {what}: a secret is carried over")
        assert town.changes() == [], f"{form.name}: done with a token {what}"
    report(wrong)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("what", ["missing", "empty", "long", "NUL", "two of them"])
def test_keys_of_forms(town: Town, forms: list[Found], share: Share, what: str) -> None:
    wrong = []
    for form in share(forms):
        data = form.filled(town)
        data.pop("form_key", None)
        keys = {"empty": "", "long": "k" * 100_000, "NUL": "k\0k", "two of them": ["a", "b"]}
        if what in keys:
            data["form_key"] = keys[what]
        wrong += judge(form, town.post(form.persona, form.action, data), f"form key {what}")
        town.restore()
    report(wrong)


@pytest.mark.sqlite_only
def test_the_same_form_twice_is_done_once(town: Town, forms: list[Found]) -> None:
    wrong = []
    for form in forms:
        data = form.filled(town)
        first = town.post(form.persona, form.action, data)
        if "form_key" not in data or first.status_code != 303:
            town.restore()
            continue
        after = town.rows()
        second = town.post(form.persona, form.action, data)
        if (second.status_code, second.headers.get("Location")) != (303, first.headers["Location"]):
            wrong.append(f"{form.name}: answered differently the second time")
        if town.rows() != after:
            wrong.append(f"{form.name}: done twice")
        town.restore()
    report(wrong)


@pytest.mark.sqlite_only
def test_opened_in_one_language_sent_in_the_other(town: Town, forms: list[Found]) -> None:
    wrong = []
    for form in forms:
        data = form.filled(town)
        here = town.post(form.persona, form.action, data)
        town.restore()
        there = town.post(form.persona, form.action.replace("/en/", "/ru/", 1), data)
        town.restore()
        if there.status_code != here.status_code:
            wrong.append(
                f"{form.name}: {here.status_code} in English, {there.status_code} in Russian"
            )
        place = there.headers.get("Location", "/ru/").removeprefix("http://localhost")
        if not place.startswith(("/ru/", "/today")):
            wrong.append(f"{form.name}: from Russian to {place}")
        if there.status_code == 422 and 'lang="ru"' not in there.get_data(as_text=True):
            wrong.append(f"{form.name}: an answer in the wrong language")
    report(wrong)


@pytest.mark.sqlite_only
def test_a_refused_form_is_a_whole_page(town: Town, forms: list[Found], share: Share) -> None:
    for form, field in each_field(share(forms)):
        answer = form.send(town, {field.name: TEXTS["text that runs backwards"]})
        if answer.status_code < 300 or answer.status_code >= 400:
            check_page(Page(answer, form.action))
        town.restore()


def test_the_judges_can_fail(town: Town, forms: list[Found]) -> None:
    # An answer with each of the faults that are looked for.
    form = next(form for form in forms if form.rule.endswith("/messages"))
    body = next(field for field in form.fields if field.name == "body")
    broken = TestResponse([SCRIPT.encode()], "500 X", {"Location": "//evil.example"}, None)  # type: ignore[arg-type]
    assert len(judge(form, broken, "")) == 3
    silent = TestResponse([b"<p>no</p>"], "422 X", {}, None)  # type: ignore[arg-type]
    assert len(judge_field(form, body, MARK, silent, "")) == 2
