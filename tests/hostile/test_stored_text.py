"""Hostile words that got in are shown as words, wherever they are shown.

First through every form that takes them, then straight into the tables, past every check.
"""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import update

from lms.core.db import Model, db
from tests.hostile.forms import Found, Walk, is_text, walk
from tests.hostile.inputs import IMAGE, MARK
from tests.house.world import Town

# Text columns in which words of people stand; what else is text are ids, keys, states and zones.
WORDS = {
    "person.handle": 32,
    "cohort.name": 80,
    "cohort.coordinator_name": 32,
    "seat.shown_name": 32,
    "mentor_profile.shown_name": 32,
    "mentor_profile.about": 120,
    "mentor_request.shown_name": 32,
    "match.mentor_name": 32,
    "match.mentee_name": 32,
    "access_event.shown": 80,
    "sign_in.name": 40,
    "passkey.name": 40,
    "vouching.shown_name": 32,
    "answer_text.name": 32,
    "block.name": 32,
    "circle.title": 60,
    "circle_member.name": 32,
    "question.name": 32,
    "question.topic": 80,
    "programme.title_en": 80,
    "programme.title_ru": 80,
    "programme.donor_code": 40,
}
NO_WORDS = re.compile(
    r"^(course|course_text|course_version|course_file|item|item_version|item_text|module|module_text|question_version|"
    r"question_words)\.|(public_id|key|zone|state|kind|role|rule|source|lang|theme|number|what|about|contract_hash|"
    r"points|question|skeleton|location|void_reason|reason|ended_by|subject|owner|track|stage|channel|spoke_with|"
    r"circle\.code|basis|pair|wish|detail|first_month|last_month|reference|awaiting|offer|run|signed|outcome|engine|"
    r"input_digest|result_digest|local|uid|state_after|state_before|step|gate_course|policy|machine|"
    r"invited_row\.(batch|answer))$"
)
SHORT = "<b onclick=alert(1)>Kana"


def shown_raw(page: str) -> list[str]:
    """What of the planted words stands in a page as markup."""
    return [raw for raw in (IMAGE, "<b onclick", "<img src=x") if raw in page]


def judge(walked: Walk) -> None:
    raw = [(who, url, found) for who, url, page in walked.pages if (found := shown_raw(page))]
    assert raw == []
    # The words are there, and a reader reads them as they were typed.
    shown = [
        url for _who, url, page in walked.pages if html.escape(SHORT[:10]) in page or MARK in page
    ]
    assert len(set(shown)) >= 5, "the planted words are shown nowhere: this proves nothing"


# In every run the same words are planted in the tables; that forms let them through as they are takes a walk more.
@pytest.mark.soak
@pytest.mark.sqlite_only
def test_words_sent_through_forms(town: Town, forms: list[Found]) -> None:
    taken = []
    try:
        for form in forms:
            if form.rule.endswith(("/end", "/leave", "/close", "/withdraw", "/stop")):
                continue
            words = [field for field in form.fields if is_text(field)]
            for field in words:
                answer = form.send(town, {field.name: IMAGE})
                if answer.status_code == 303:
                    taken.append(f"{form.name}, {field.name}")
        assert len(taken) >= 5, taken
        judge(walk(town, restore=False))
    finally:
        town.restore()


def test_every_text_column_is_known(town: Town) -> None:
    found = {
        f"{table.name}.{column.name}"
        for table in Model.metadata.sorted_tables
        for column in table.columns
        if column.type.python_type is str
    }
    unknown = {name for name in found if name not in WORDS and not NO_WORDS.search(name)}
    assert unknown == set(), "are these words of people? Then they belong into WORDS"
    assert set(WORDS) <= found


@pytest.mark.sqlite_only
def test_words_planted_in_the_tables(town: Town) -> None:
    try:
        with town.app.app_context(), db.engine.begin() as connection:
            for name, longest in WORDS.items():
                table, column = name.split(".")
                words = (IMAGE if longest > 60 else SHORT)[:longest]
                there = Model.metadata.tables[table]
                connection.execute(update(there).values({column: words}))
        judge(walk(town, restore=False))
    finally:
        town.restore()


@pytest.mark.sqlite_only
def test_the_judge_can_fail() -> None:
    page = f"<main><p>{IMAGE}</p></main>"
    with pytest.raises(AssertionError):
        judge(Walk(pages=[("guest", f"/en/{number}", page) for number in range(9)]))
