"""A good folder becomes exactly the course that stands in it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from lms.courses.questions import Counts, Kind, NumberRange, Review
from lms.courses.source.hashes import content_hash, contract_hash
from lms.courses.source.model import Done, ItemKind, SourceCourse, Theme
from lms.courses.source.reading import read_course
from tests.courses.world import FILES, LESSON, QUIZ, QUIZ_TRANSLATED, write_course


def course_in(folder: Path, changes: dict[str, str | None] | None = None) -> SourceCourse:
    found = read_course(write_course(folder, changes))
    assert found.course is not None, [str(problem) for problem in found.problems]
    return found.course


def test_the_facts_of_a_course(tmp_path: Path) -> None:
    course = course_in(tmp_path)
    assert (course.key, course.source, course.languages) == ("small-course", "en", ("en", "ru"))
    assert (course.hours, course.theme, course.mentor, course.min_score) == (
        Decimal("1.5"),
        Theme.EVIDENCE,
        True,
        70,
    )
    assert course.texts["ru"].title == "Маленький курс"
    assert course.texts["en"].outcomes == ("Write a record", "Use it in a budget hearing")
    assert course.texts["ru"].neutral_title == "Курс 9"
    assert course.authors[0].roles["ru"] == "Уличный юрист"
    assert [item.key for item in course.items] == [
        "les-first",
        "quiz-first",
        "les-last",
        "task-page",
    ]
    assert [module.titles["en"] for module in course.modules] == ["Keeping a record", "Using it"]


def test_a_lesson(tmp_path: Path) -> None:
    lesson = course_in(tmp_path).items[0]
    assert (lesson.kind, lesson.minutes, lesson.required, lesson.complete) == (
        ItemKind.LESSON,
        12,
        True,
        Done.MARK,
    )
    html = lesson.texts["en"].body_html
    assert html.startswith('<p class="lead">A story moves people.</p>')
    assert '<h2 id="story">From a story to a record</h2>' in html
    assert '<div class="callout sun">' in html
    assert '<a href="https://www.example.org/book" rel="noreferrer">A handbook</a>' in html
    assert "(example.org)" in html
    assert '<textarea class="input" id="try-lines"' in html
    assert "Останется только на этом телефоне" in lesson.texts["ru"].body_html


def test_the_rules_of_a_quiz(tmp_path: Path) -> None:
    quiz = course_in(tmp_path).items[1]
    assert quiz.rules is not None
    assert (quiz.rules.pass_percent, quiz.rules.attempts, quiz.rules.wait_minutes) == (60, 3, 10)
    assert (quiz.rules.counts, quiz.rules.review) == (Counts.BEST, Review.AFTER_SUBMIT)
    assert quiz.rules.shuffle_options
    assert quiz.graded
    assert quiz.prerequisites == ("les-first",)
    assert quiz.complete is Done.PASS


def test_questions_of_all_six_kinds(tmp_path: Path) -> None:
    quiz = course_in(tmp_path).items[1]
    questions = {question.key: question for question in quiz.questions}
    words = quiz.texts["en"].questions
    assert [question.kind for question in quiz.questions] == list(Kind)
    assert questions["q-strongest"].right == ("b",)
    assert words["q-strongest"].feedback["a"] == 'Nobody can check "everybody".'
    assert words["q-strongest"].hint_html == "<p>Look for a date.</p>"
    assert (questions["q-never"].right, questions["q-never"].points) == (("a", "c"), 2)
    assert words["q-never"].prompt_html == "<p>What must <strong>never</strong> stand there?</p>"
    assert words["q-word"].accepted == ("pseudonym", "alias")
    exact, around = questions["q-days"].ranges
    assert exact == NumberRange(Decimal(5), Decimal(5))
    assert around == NumberRange(Decimal("1.3"), Decimal("1.5"))
    assert questions["q-steps"].options == ("c", "a", "b")
    assert words["q-pairs"].options == {"a": "who", "b": "when"}
    assert words["q-pairs"].rights == {"a": "person", "b": "date"}


def test_a_translation_brings_words_only(tmp_path: Path) -> None:
    quiz = course_in(tmp_path).items[1]
    russian = quiz.texts["ru"].questions
    assert russian["q-word"].accepted == ("псевдоним",)
    assert russian["q-never"].options["c"] == "Домашний адрес"
    assert russian["q-pairs"].rights["b"] == "дата"


def test_a_task(tmp_path: Path) -> None:
    task = course_in(tmp_path).items[3]
    assert (task.kind, task.complete, task.max_words) == (ItemKind.TASK, Done.ACCEPTED, 400)
    assert task.rubric == ("facts", "ask-one")
    assert task.texts["ru"].rubric["ask-one"] == "Просьба одна"


def test_a_draft_is_kept_from_learners(tmp_path: Path) -> None:
    name = "01-record/010-first.ru.md"
    drafted = FILES[name].replace('id    = "les-first"', 'id    = "les-first"\nstatus = "draft"')
    assert set(course_in(tmp_path, {name: drafted}).items[0].texts) == {"en"}


def test_practice_in_a_lesson_opens_its_own_feedback(tmp_path: Path) -> None:
    question = "\n::: single #q-here mode=practice\nWhich?\n\n- ( ) a) This\n  > No.\n- (x) b) That\n  > Yes.\n:::\n"
    russian = question.replace(" mode=practice", "")
    course = course_in(
        tmp_path,
        {
            LESSON: FILES[LESSON] + question,
            "01-record/010-first.ru.md": FILES["01-record/010-first.ru.md"] + russian,
        },
    )
    html = course.items[0].texts["en"].body_html
    assert '<details class="card"><summary>That</summary><p>Yes.</p></details>' in html
    assert course.items[0].questions == ()


def test_pictures_are_served_by_their_hash(tmp_path: Path) -> None:
    folder = write_course(tmp_path, {LESSON: FILES[LESSON] + "\n![A form](media/form.svg)\n"})
    (folder / "01-record/media").mkdir()
    (folder / "01-record/media/form.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30"><path d="M0 0h9"/></svg>'
    )
    (folder / "01-record/010-first.ru.md").write_text(
        FILES["01-record/010-first.ru.md"] + "\n![Форма](media/form.svg)\n"
    )
    course = read_course(folder).course
    assert course is not None
    (picture,) = course.pictures
    assert (
        f'<img src="/course-files/{picture.name}" alt="A form" width="40" height="30"'
        in course.items[0].texts["en"].body_html
    )


def test_moving_and_renaming_files_changes_nothing(tmp_path: Path) -> None:
    first = course_in(tmp_path / "a")
    moved = {name.replace("01-record", "01-other"): text for name, text in FILES.items()}
    changes: dict[str, str | None] = dict.fromkeys(FILES)
    changes.update(moved)
    changes["course.toml"] = FILES["course.toml"].replace('"01-record"', '"01-other"')
    second = course_in(tmp_path / "b", changes)
    assert content_hash(first) == content_hash(second)


def test_words_change_the_content_and_rules_the_contract(tmp_path: Path) -> None:
    course = course_in(tmp_path / "a")
    reworded = course_in(
        tmp_path / "b", {LESSON: FILES[LESSON].replace("moves people", "touches people")}
    )
    assert content_hash(reworded) != content_hash(course)
    assert contract_hash(reworded) == contract_hash(course)
    for name, old, new in (
        (QUIZ, "pass         = 60", "pass         = 80"),
        (QUIZ, "- [ ] b) The date", "- [x] b) The date"),
        (QUIZ, "#q-never points=2", "#q-never points=3"),
        (QUIZ, "= alias", "= nickname"),
        (LESSON, "minutes  = 12", "required = false"),
        ("course.toml", "min_score = 70", "min_score = 75"),
    ):
        changed = course_in(tmp_path / f"{abs(hash(new))}", {name: FILES[name].replace(old, new)})
        assert contract_hash(changed) != contract_hash(course), new


def test_order_of_modules_and_a_new_translation_are_not_the_contract(tmp_path: Path) -> None:
    course = course_in(tmp_path / "a")
    turned = replace(course, modules=tuple(reversed(course.modules)))
    assert contract_hash(turned) == contract_hash(course)
    assert contract_hash(course_in(tmp_path / "b", {QUIZ_TRANSLATED: None})) == contract_hash(
        course
    )
