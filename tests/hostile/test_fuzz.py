"""Any words in any field of any form, any words in any argument of any page: a page, never a failure.

Examples are made from the forms that people find, so a new form is fuzzed without being written down.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from flask import request
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from werkzeug.test import TestResponse

from tests.conftest import Tell
from tests.hostile.conftest import Share
from tests.hostile.forms import Field, Found
from tests.hostile.inputs import ARGUMENTS, TEXTS
from tests.house.world import PERSONAS, Town

Size = Callable[[int, int], int]
KNOWN = [text for text in TEXTS.values() if isinstance(text, str) and len(text) < 10_000]
# Any code points: those of a browser, those of none (surrogates cannot be sent as text; `inputs` sends them raw).
WORDS = some.one_of(
    some.sampled_from(KNOWN),
    some.text(some.characters(exclude_categories=["Cs"]), max_size=60),
    some.integers(-(2**65), 2**65).map(str),
    some.dates().map(str),
)
_keys = count(1)


def value_of(field: Field) -> some.SearchStrategy[str | list[str]]:
    """Something for a field: mostly what fits, often what does not."""
    chosen = some.sampled_from(field.choices) if field.choices else WORDS
    standing = some.just(list(field.value) or [""])
    return some.one_of(chosen, chosen, WORDS, standing, some.lists(WORDS, max_size=3))


def failed(answer: TestResponse) -> bool:
    return answer.status_code >= 500 or b"Traceback" in answer.get_data()


def test_forms(town: Town, forms: list[Found], share: Share, size: Size, figure: Tell) -> None:
    wrong: list[str] = []
    sent = 0

    def fuzz(form: Found) -> None:
        fields = {f.name: value_of(f) for f in form.fields if f.name != "form_key"}

        @settings(
            max_examples=size(6, 200),
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(some.fixed_dictionaries({}, optional=fields), some.sampled_from(PERSONAS[:-1]))
        def one(data: dict[str, str | list[str]], other: str) -> None:
            nonlocal sent
            sent += 1
            # Mostly by the one whose form it is; now and then by anybody.
            persona = form.persona if sent % 4 else other
            more = {"form_key": f"fuzz-{next(_keys)}"}
            answer = town.post(persona, form.action, {**data, **more})
            if failed(answer):
                wrong.append(f"{persona}: {form.rule} {data!r:.300}: {answer.status_code}")
            town.restore()

        one()

    for form in share(forms):
        fuzz(form)
    figure("forms sent with any words", sent, "")
    figure("failures of forms", len(wrong), "= 0")
    assert wrong == []


def test_pages(town: Town, size: Size, figure: Tell) -> None:
    wrong: list[str] = []
    asked = 0
    arguments = some.dictionaries(some.sampled_from(ARGUMENTS), WORDS, max_size=4)
    rules = sorted(r.rule for r in town.app.url_map.iter_rules() if "GET" in (r.methods or ()))

    @settings(
        max_examples=size(6, 200),
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(arguments, some.sampled_from(PERSONAS))
    def one(query: dict[str, str], persona: str) -> None:
        nonlocal asked
        for rule in rules:
            asked += 1
            answer = town.get(persona, town.address(rule), query_string=query)
            if failed(answer):
                wrong.append(f"{persona}: {rule} {query!r:.300}: {answer.status_code}")
        town.restore()

    one()
    figure("pages asked for with any arguments", asked, "")
    figure("failures of pages", len(wrong), "= 0")
    assert wrong == []


def test_a_failure_is_found(
    town: Town, forms: list[Found], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The planted hole: a form that cannot bear a letter that is no Latin one.
    form = next(form for form in forms if form.rule.endswith("/messages"))
    rules = [r for r in town.app.url_map.iter_rules() if r.rule == form.rule]
    there = next(rule for rule in rules if "POST" in (rule.methods or ()))
    real = town.app.view_functions[there.endpoint]

    def careless(**parts: object) -> object:
        "".join(request.form.values()).encode("latin-1")
        return real(**parts)

    monkeypatch.setitem(town.app.view_functions, there.endpoint, careless)
    answers = [form.send(town, {"body": text}).status_code for text in ("Hello", "Привет")]
    town.restore()
    assert answers[0] < 500 <= answers[1]
