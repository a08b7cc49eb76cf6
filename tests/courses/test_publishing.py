"""A version is written whole or not at all, and never changes afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.core import events
from lms.core.db import Model, db, reading, statements, transaction
from lms.courses import actions, queries, stored
from lms.courses.events import CourseVersionPublished
from lms.courses.models import Course, CourseText, CourseVersion, Item, ItemVersion, QuestionVersion
from lms.courses.questions import Kind
from lms.courses.source.reading import read_course
from tests.courses.world import (
    COURSE,
    FILES,
    LESSON,
    LESSON_TRANSLATED,
    NOW,
    QUIZ,
    QUIZ_TRANSLATED,
    publish_course,
    write_course,
)


@pytest.fixture
def told() -> Iterator[list[CourseVersionPublished]]:
    heard: list[CourseVersionPublished] = []
    events.subscribe(CourseVersionPublished, heard.append)
    yield heard
    events._listeners[CourseVersionPublished].remove(heard.append)


def count(model: type[Model]) -> int:
    with reading():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_what_was_published_is_read_back(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        outcome = publish_course(tmp_path)
        source = read_course(tmp_path).course
        assert source is not None
        with reading():
            outline = queries.outline(outcome.version_id, "ru")
            assert outline is not None
            quiz = outline.by_key["quiz-first"]
            questions = queries.quiz_questions(quiz.item_version_id, "ru")
            body = queries.item_body(outline.by_key["les-first"])
            accepted = queries.accepted_answers(quiz.item_version_id)
    assert (outline.full_title, outline.neutral_title, outline.number) == (
        "Маленький курс",
        "Курс 9",
        1,
    )
    assert [item.title for item in outline.items] == [
        "Что считается",
        "Проверка: запись",
        "Куда отправить",
        "Одна страница",
    ]
    assert [module.title for module in outline.modules] == ["Как вести запись", "Что с ней делать"]
    assert outline.authors == (("Дарья В.", "Уличный юрист"),)
    assert quiz.rules == source.items[1].rules
    assert outline.by_key["task-page"].rubric == ("facts", "ask-one")
    assert [found.question for found in questions] == list(source.items[1].questions)
    assert {found.question.key: found.words for found in questions} == source.items[1].texts[
        "ru"
    ].questions
    assert accepted == {"q-word": ("pseudonym", "alias", "псевдоним")}
    assert body.html == source.items[0].texts["ru"].body_html
    assert outline.required == {item.id for item in outline.items if item.key != "les-last"}
    assert outline.around(quiz) == (outline.items[0], outline.items[2])


def test_publishing_twice_writes_once(
    app: Flask, tmp_path: Path, told: list[CourseVersionPublished]
) -> None:
    with app.app_context():
        first = publish_course(tmp_path)
        again = publish_course(tmp_path)
        assert (first.written, again.written) == (True, False)
        assert again.version_id == first.version_id
        assert count(CourseVersion) == 1
    assert told == [
        CourseVersionPublished(first.course_id, first.version_id, None, same_contract=False)
    ]


def test_new_words_are_a_new_version_under_the_same_addresses(
    app: Flask, tmp_path: Path, told: list[CourseVersionPublished]
) -> None:
    with app.app_context():
        first = publish_course(tmp_path)
        second = publish_course(tmp_path, {LESSON: FILES[LESSON].replace("A story", "One story")})
        with reading():
            before, after = (
                queries.outline(first.version_id, "en"),
                queries.outline(second.version_id, "en"),
            )
            assert before is not None
            assert after is not None
            old_words = queries.item_body(before.items[0]).html
            new_words = queries.item_body(after.items[0]).html
            latest = queries.latest_version(after.public_id)
    assert second.same_contract
    assert (before.number, after.number) == (1, 2)
    assert [item.public_id for item in before.items] == [item.public_id for item in after.items]
    assert [item.id for item in before.items] == [item.id for item in after.items]
    assert "A story" in old_words, "an old version keeps its words"
    assert "One story" in new_words
    assert latest == second.version_id
    assert told[1] == CourseVersionPublished(
        first.course_id, second.version_id, first.version_id, same_contract=True
    )


def test_going_back_is_a_version_of_its_own(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        publish_course(tmp_path)
        publish_course(tmp_path, {LESSON: FILES[LESSON].replace("A story", "One story")})
        third = publish_course(tmp_path)
        assert third.number == 3


def test_other_rules_are_another_contract(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        publish_course(tmp_path)
        assert not publish_course(
            tmp_path, {QUIZ: FILES[QUIZ].replace("= 60", "= 90")}
        ).same_contract


def test_a_failing_listener_undoes_everything(app: Flask, tmp_path: Path) -> None:
    def refuse(_event: CourseVersionPublished) -> None:
        raise RuntimeError("no")

    events.subscribe(CourseVersionPublished, refuse)
    try:
        with app.app_context():
            with pytest.raises(RuntimeError):
                publish_course(tmp_path)
            assert [
                count(model) for model in (Course, CourseVersion, CourseText, Item, ItemVersion)
            ] == [0] * 5
    finally:
        events._listeners[CourseVersionPublished].remove(refuse)


def test_missing_words_stand_in_the_source_language(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        outcome = publish_course(tmp_path, {LESSON_TRANSLATED: None, QUIZ_TRANSLATED: None})
        with reading():
            outline = queries.outline(outcome.version_id, "ru")
            assert outline is not None
            lesson = outline.by_key["les-first"]
            assert (lesson.title, lesson.lang, lesson.languages) == ("What counts", "en", ("en",))
            assert "A story" in queries.item_body(lesson).html
            assert outline.by_key["les-last"].lang == "ru"


def test_an_outline_is_read_once(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        outcome = publish_course(tmp_path)
        with reading():
            before = statements()
            queries.outline(outcome.version_id, "en")
            first = statements()
            assert 0 < first - before <= 4
            queries.outline(outcome.version_id, "en")
            assert statements() == first
            queries.quiz_questions(1, "en")
            assert statements() == first + 1


def test_keys_come_back_as_they_went(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        publish_course(tmp_path)
        with reading():
            rows = db.session.scalars(select(QuestionVersion)).all()
            kinds = {row.kind for row in rows}
            number = next(row for row in rows if row.kind == "number")
            question = stored.question_from(
                number.key, number.kind, number.points, number.structure
            )
    assert kinds == set(Kind)
    assert [str(accepted.low) for accepted in question.ranges] == ["5", "1.3"]


# ---------------------------------------------------------------- catalogue


def test_search_folds_case_and_yo(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        publish_course(tmp_path)

        def titles(words: str, **options: object) -> list[str]:
            with reading():
                return [entry.title for entry in queries.catalogue("ru", words, **options)]  # type: ignore[arg-type]

        assert titles("МАЛЕНЬКИЙ") == ["Маленький курс"]
        assert titles("еще") == titles("ЕЩЁ") == ["Маленький курс"]
        assert titles("hearing") == ["Маленький курс"], "found in any of its languages"
        assert titles("курс бюджетные") == ["Маленький курс"], "all words, in any order"
        assert titles("курс слон") == []
        assert titles("", spoken="uk") == []
        assert titles("", with_mentor=True) == ["Маленький курс"]


# ---------------------------------------------------------------- the commands


def run(app: Flask, *arguments: str, given: str = "") -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["courses", *arguments], input=given)
    return result.exit_code, result.output


def test_publish_shows_asks_and_writes(app: Flask, tmp_path: Path) -> None:
    folder = str(write_course(tmp_path / "small"))
    code, said = run(app, "publish", folder, given="n\n")
    assert code == 1
    assert "first version" in said
    with app.app_context():
        assert count(CourseVersion) == 0
    assert run(app, "publish", folder, given="y\n")[1].endswith("small: version 1\n")
    code, said = run(app, "publish", folder, "--yes")
    assert (code, "nothing to publish" in said) == (0, True)
    assert "small-course 1" in run(app, "list")[1]


def test_broken_folders_publish_nothing_at_all(app: Flask, tmp_path: Path) -> None:
    """One broken course beside a good one: neither is published, so a half-right tree is never live."""
    other = COURSE.replace("small-course", "other-course")
    write_course(tmp_path / "good")
    renamed: dict[str, str | None] = {
        name: text.replace("-first", "-primo").replace("les-last", "les-ultimo").replace("task-page", "task-pagina")
        .replace("#q-", "#qq-").replace("#try-lines", "#try-rows").replace("mod-", "modulo-")
        for name, text in {**FILES, "course.toml": other}.items()
    }  # fmt: skip
    broken = str(renamed[QUIZ]).replace("- (x) b)", "- ( ) b)")
    write_course(tmp_path / "bad", {**renamed, QUIZ: broken})
    code, said = run(app, "publish", str(tmp_path), "--yes")
    assert code == 1
    assert "E110" in said
    with app.app_context():
        assert count(Course) == 0
    write_course(tmp_path / "bad", renamed)
    code, said = run(app, "publish", str(tmp_path), "--yes")
    assert code == 0, said
    with app.app_context():
        assert count(Course) == 2


def test_a_gone_id_stops_the_next_version(app: Flask, tmp_path: Path) -> None:
    folder = write_course(tmp_path / "small")
    run(app, "publish", str(folder), "--yes")
    (folder / "course.toml").write_text(COURSE.replace('"les-last", ', ""))
    for language in ("en", "ru"):
        (folder / f"02-use/010-last.{language}.md").unlink()
    code, said = run(app, "publish", str(folder), "--yes")
    assert code == 1
    assert "E130 les-last of version 1 is gone" in said
    code, said = run(app, "check", str(folder))
    assert (code, "E130" in said) == (1, True)


def test_no_request_is_needed(app: Flask, tmp_path: Path) -> None:
    write_course(tmp_path)
    found = read_course(tmp_path)
    assert found.course is not None
    with app.app_context(), transaction():
        assert actions.publish(found.course, NOW, notes={"en": "First"}, commit="abc").number == 1


def test_a_box_on_the_phone_may_go(app: Flask, tmp_path: Path) -> None:
    """Nothing is stored under its id, so nothing is lost with it."""
    box = FILES[LESSON][FILES[LESSON].index("::: try") :]
    russian = FILES[LESSON_TRANSLATED][FILES[LESSON_TRANSLATED].index("::: try") :]
    folder = write_course(tmp_path / "small")
    run(app, "publish", str(folder), "--yes")
    for name, gone in ((LESSON, box), (LESSON_TRANSLATED, russian)):
        (folder / name).write_text(FILES[name].replace(gone, ""), encoding="utf-8")
    code, said = run(app, "publish", str(folder), "--yes")
    assert (code, "version 2" in said) == (0, True), said
