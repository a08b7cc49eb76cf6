"""A small course as files, and the same course published."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from lms.core.db import transaction
from lms.courses import actions
from lms.courses.source.reading import Reading, read_course
from lms.courses.source.wording import Glossary

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

COURSE = """\
id        = "small-course"
source    = "en"
languages = ["en", "ru"]
hours     = 1.5
licence   = "CC-BY-4.0"
theme     = "evidence"
mentor    = true
pass      = { require = "all", min_score = 70 }

[neutral_title]
en = "Course 9"
ru = "Курс 9"

[[author]]
name = { en = "Daria V.", ru = "Дарья В." }
role = { en = "Street lawyer", ru = "Уличный юрист" }

[[module]]
id = "mod-record"
folder = "01-record"
title = { en = "Keeping a record", ru = "Как вести запись" }
lessons = ["les-first", "quiz-first"]

[[module]]
id = "mod-use"
folder = "02-use"
title = { en = "Using it", ru = "Что с ней делать" }
lessons = ["les-last", "task-page"]
"""

ABOUT_EN = """\
+++
title = "A small course"
summary = "One record and what to do with it."
outcomes = ["Write a record", "Use it in a budget hearing"]
+++
For people who write things down.
"""

ABOUT_RU = """\
+++
title = "Маленький курс"
summary = "Одна запись и что с ней делать."
outcomes = ["Сделать запись", "Прийти с ней на бюджетные слушания"]
+++
Для тех, кто записывает. Ещё одна строка.
"""

LESSON_EN = """\
+++
id       = "les-first"
kind     = "lesson"
title    = "What counts"
minutes  = 12
+++

A story moves people.

## From a story to a record {#story}

::: heads-up Before you start
You can [skip this](#try).
:::

A **record** lets someone check it. [A handbook](https://www.example.org/book)

## Try it {#try}

::: try #try-lines Your five lines
Write five lines.
:::
"""

LESSON_RU = """\
+++
id    = "les-first"
title = "Что считается"
+++

История трогает.

## От истории к записи {#story}

::: heads-up Прежде чем начать
Можно [пропустить](#try).
:::

**Запись** можно проверить. [Пособие](https://ru.example.org/kniga)

## Попробуйте {#try}

::: try #try-lines Ваши пять строк
Напишите пять строк.
:::
"""

QUIZ_EN = """\
+++
id           = "quiz-first"
kind         = "quiz"
title        = "Check: a record"
minutes      = 5
pass         = 60
attempts     = 3
wait         = "10m"
shuffle      = "options"
review       = "after-submit"
prerequisite = ["les-first"]
+++

Six short questions.

::: single #q-strongest
Which can be checked?

- ( ) a) "Everybody knows."
  > Nobody can check "everybody".
- (x) b) "On 4 May, at the bus station."
  > Date and place.
@hint Look for a date.
@explain It must be checkable.
:::

::: multi #q-never points=2
What must **never** stand there?

- [x] a) The legal name
- [ ] b) The date
- [x] c) The home address
:::

::: short #q-word
One word for a chosen name:

= pseudonym
= alias
:::

::: number #q-days
How many days?

= 5
= 1.4 +- 0.1
:::

::: order #q-steps points=2
Put in order.

1. c) Ask
2. a) Write
3. b) Store
:::

::: match #q-pairs
Match.

- a) who => person
- b) when => date
:::
"""

QUIZ_RU = """\
+++
id    = "quiz-first"
title = "Проверка: запись"
+++

Шесть коротких вопросов.

::: single #q-strongest
Что можно проверить?

- ( ) a) «Все знают».
  > Всех не проверить.
- (х) b) «4 мая, у автовокзала».
  > Дата и место.
@hint Ищите дату.
@explain Запись можно проверить.
:::

::: multi #q-never
Чего там быть **не должно**?

- a) Паспортное имя
- b) Дата
- c) Домашний адрес
:::

::: short #q-word
Одно слово для выбранного имени:

= псевдоним
:::

::: number #q-days
Сколько дней?

= 5
= 1,4 +- 0,1
:::

::: order #q-steps
Расставьте по порядку.

1. c) Спросить
2. a) Записать
3. b) Спрятать
:::

::: match #q-pairs
Соедините.

- a) кто => человек
- b) когда => дата
:::
"""

LAST_EN = """\
+++
id = "les-last"
kind = "lesson"
title = "Where to send it"
minutes = 8
required = false
+++
Send it.
"""

LAST_RU = """\
+++
id = "les-last"
title = "Куда отправить"
+++
Отправьте.
"""

TASK_EN = """\
+++
id = "task-page"
kind = "task"
title = "One page"
minutes = 60
max_words = 400

[rubric]
facts = "Every fact can be checked"
ask-one = "It asks for one thing"
+++
Write one page about town N.
"""

TASK_RU = """\
+++
id = "task-page"
title = "Одна страница"

[rubric]
facts = "Каждый факт можно проверить"
ask-one = "Просьба одна"
+++
Напишите одну страницу о городе N.
"""

FILES: Mapping[str, str] = {
    "course.toml": COURSE,
    "about.en.md": ABOUT_EN,
    "about.ru.md": ABOUT_RU,
    "01-record/010-first.en.md": LESSON_EN,
    "01-record/010-first.ru.md": LESSON_RU,
    "01-record/020-quiz.en.md": QUIZ_EN,
    "01-record/020-quiz.ru.md": QUIZ_RU,
    "02-use/010-last.en.md": LAST_EN,
    "02-use/010-last.ru.md": LAST_RU,
    "02-use/020-task.en.md": TASK_EN,
    "02-use/020-task.ru.md": TASK_RU,
}
LESSON, LESSON_TRANSLATED = "01-record/010-first.en.md", "01-record/010-first.ru.md"
QUIZ, QUIZ_TRANSLATED = "01-record/020-quiz.en.md", "01-record/020-quiz.ru.md"
TASK, TASK_TRANSLATED = "02-use/020-task.en.md", "02-use/020-task.ru.md"


def write_course(folder: Path, changes: Mapping[str, str | None] | None = None) -> Path:
    """The small course in a folder; `changes` replace files, None leaves one out."""
    for name, text in {**FILES, **(changes or {})}.items():
        if text is not None:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return folder


def read_changed(folder: Path, name: str, old: str, new: str, **options: object) -> Reading:
    """The small course read with one thing changed in one file."""
    assert FILES[name].count(old) >= 1, f"{old!r} is not in {name}"
    return read_course(write_course(folder, {name: FILES[name].replace(old, new, 1)}), **options)  # type: ignore[arg-type]


def publish_course(
    folder: Path, changes: Mapping[str, str | None] | None = None
) -> actions.Outcome:
    """Publish the small course (with changes). Needs an application context."""
    return publish_folder(write_course(folder, changes))


def publish_folder(folder: Path) -> actions.Outcome:
    """Publish the course in a folder, which must be in order. Needs an application context."""
    found = read_course(folder, glossary=Glossary())
    assert found.course is not None, [
        str(problem) for problem in found.problems if problem.is_error
    ]
    with transaction():
        return actions.publish(found.course, NOW)
