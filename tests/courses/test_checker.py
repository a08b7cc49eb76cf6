"""One wrong thing, one message, at the exact line and column, saying what to write instead."""

from __future__ import annotations

import io
import json
import os
import struct
import time
import zlib
from pathlib import Path

import pytest

from lms.courses.source import command
from lms.courses.source.model import Published
from lms.courses.source.problems import Problems
from lms.courses.source.reading import read_course
from lms.courses.source.tree import read_tree, stamp
from lms.courses.source.wording import read_glossary
from tests.courses.world import (
    FILES,
    LESSON,
    LESSON_TRANSLATED,
    QUIZ,
    QUIZ_TRANSLATED,
    TASK,
    TASK_TRANSLATED,
    read_changed,
    write_course,
)

REPOSITORY = Path(__file__).resolve().parents[2]
ABOUT_TRANSLATED = "about.ru.md"

# file, what stands there, what stands there instead, the message (its start is enough)
WRONG = [
    # E0xx: the file
    (LESSON, "+++\nid ", "id ", f"{LESSON}:1:1: E001 no front matter: the first line must be +++"),
    (LESSON, "minutes  = 12\n+++", "minutes  = 12\n", f"{LESSON}:1:1: E002 front matter is never closed"),
    (LESSON, "= 12", "= twelve", f"{LESSON}:5:12: E003 TOML: Invalid value"),
    (LESSON, "minutes ", "minutse ", f"{LESSON}:5:1: E006 unknown key 'minutse': did you mean minutes?"),
    ("course.toml", "theme ", "topic ", "course.toml:6:1: E006 unknown key 'topic'"),
    ("course.toml", '"evidence"', '"evidense"', "course.toml:6:1: E010 theme 'evidense': did you mean evidence?"),
    ("course.toml", "hours     = 1.5", "hours = nan", "course.toml:4:1: E010 hours must be a number from 0 to 200"),
    ("course.toml", 'ru = "Курс 9"\n', "", "course.toml:10:1: E122 neutral_title has no words in 'ru'"),
    (LESSON, '"What counts"', '""', f"{LESSON}:4:1: E010 title must be words between quotes"),
    (LESSON, 'title    = "What counts"\n', "", f'{LESSON}:2:1: E011 title is missing: add title = "…"'),
    (LESSON, "What counts", "W" * 81, f"{LESSON}:4:1: E010 title has 81 characters, at most 80"),
    (LESSON, "A story", "A \u202estory", f"{LESSON}:8:3: E012 a character that changes the direction of text"),
    (LESSON, "A story", "A\u200b story", f"{LESSON}:8:2: E012 an invisible character: remove it"),
    (LESSON, "A story", "A \0story", f"{LESSON}:8:3: E012 a NUL character"),
    # E1xx: structure
    (LESSON, "::: heads-up", "::: headsup", f"{LESSON}:12:5: E101 unknown box 'headsup': did you mean heads-up?"),
    (LESSON, "::: heads-up", "  ::: heads-up", f"{LESSON}:12:1: E101 a fence must stand at the start of the line"),
    (LESSON, "Write five lines.\n", ":::\n", f"{LESSON}:22:1: E101 this ::: closes nothing"),
    (LESSON, "#try-lines Your five lines", "#try-lines", f"{LESSON}:20:9: E101 the box needs a label"),
    (QUIZ, "#q-never points=2", "#q-never two", f"{QUIZ}:27:20: E101 'two': after the id only key=value"),
    (QUIZ, "#q-never", "#q-strongest", f"{QUIZ}:27:11: E102 id q-strongest is used twice, first in line 16"),
    (LESSON, "#try-lines", "#q-never", f"{QUIZ}:27:1: E102 id 'q-never' is used twice, first in {LESSON}:20"),
    (LESSON, "{#try}", "{#live}", f"{LESSON}:18:1: E102 {{#live}} is an id of the page itself"),
    (LESSON, "{#try}", "{#story}", f"{LESSON}:18:1: E102 {{#story}} is used twice on this page"),
    (QUIZ, "#q-never ", "", f"{QUIZ}:27:11: E103 an id is missing: write `#q-something`"),
    (QUIZ, "#q-never", "#Q-Never", f"{QUIZ}:27:11: E103 id 'Q-Never': 3 to 40 of a-z"),
    (LESSON, "skip this](#try).\n:::", "skip this](#try).\n", f"{LESSON}:12:1: E104 ::: heads-up is never closed"),
    (QUIZ, "- [ ] b) The date", "- [ ] The date", f"{QUIZ}:31:1: E105 an option needs a letter after its mark"),
    (QUIZ, "- [ ] b) The date", "- [?] b) The date", f"{QUIZ}:31:4: E105 the mark is x for right"),
    (QUIZ, "- [ ] b) The date", "- ( ) b) The date", f"{QUIZ}:31:3: E105 multi uses [ ] and [x]"),
    (QUIZ, "- [ ] b) The date", "- b) The date", f"{QUIZ}:31:1: E105 write a mark: `- [ ] a) text`"),
    (QUIZ, "- [ ] b) The date", "- [ ] B) The date", f"{QUIZ}:31:7: E105 option id 'B': use one small Latin letter"),
    (QUIZ, "- [ ] b) The date", "- [ ] b)", f"{QUIZ}:31:7: E105 option 'b' has no words"),
    (QUIZ, "1. c) Ask", "- c) Ask", f"{QUIZ}:52:1: E105 steps of order start with a number"),
    (QUIZ, "@explain", "@explian", f"{QUIZ}:24:1: E106 unknown @explian: did you mean explain?"),
    (QUIZ, "::: short", "::: scale", f"{QUIZ}:35:5: E107 questions of kind scale are not supported yet"),
    (LESSON, '"lesson"', '"survey"', f"{LESSON}:3:1: E107 items of kind survey are not supported yet"),
    (QUIZ, "- [x] c) The home address", "= address", f"{QUIZ}:32:1: E108 `= …` lines belong to short and number"),
    (QUIZ, "2. a) Write\n3. b) Store\n", "", f"{QUIZ}:49:1: E109 q-steps needs at least two options"),
    (QUIZ, "- (x) b)", "- ( ) b)", f"{QUIZ}:16:1: E110 q-strongest has 0 right options: single has exactly one (x)"),
    (QUIZ, "- ( ) a)", "- (x) a)", f"{QUIZ}:16:1: E110 q-strongest has 2 right options"),
    (QUIZ, "- [ ] b) The date", "- [ ] a) The date", f"{QUIZ}:31:7: E111 letter 'a' is used twice"),
    (QUIZ, "= pseudonym\n= alias\n", "", f"{QUIZ}:35:1: E112 q-word accepts no answer: add a line `= word`"),
    (QUIZ, "= 5\n= 1.4 +- 0.1\n", "", f"{QUIZ}:42:1: E112 q-days accepts no answer: add a line `= 5`"),
    (QUIZ, "- b) when => date\n", "- b) when => date\nAfterwards.\n", f"{QUIZ}:62:1: E113 words after the options"),
    (LESSON, "## From", "# From", f"{LESSON}:10:1: E114 the title is the first heading already: start with ##"),
    (LESSON, "## Try it", "#### Try it", f"{LESSON}:18:1: E114 heading skips a level: use ###"),
    (TASK, "Write one page", "::: single #q-odd\nWhy?\n- (x) a) A\n- ( ) b) B\n:::\n", f"{TASK}:12:1: E115 a task has no questions"),
    (QUIZ, "= 5\n= 1.4", "= five\n= 1.4", f"{QUIZ}:45:1: E116 'five' is no number: write `= 5`"),
    (QUIZ, "a) who => person", "a) who - person", f"{QUIZ}:60:3: E117 a pair is written `- a) left => right`"),
    (QUIZ, "when => date", "when => person", f"{QUIZ}:61:3: E117 'person' stands twice on the right"),
    (QUIZ, "How many days?\n", "", f"{QUIZ}:42:1: E118 q-days asks nothing"),
    (QUIZ, "pass         = 60", "draw = 9", f"{QUIZ}:6:1: E119 draw = 9, but there are 6 questions"),
    (LESSON, "minutes  = 12", 'prerequisite = ["quiz-first"]', f"{LESSON}:5:1: E120 prerequisites go in a circle: les-first → quiz-first → les-first"),
    (QUIZ, '["les-first"]', '["les-frist"]', f"{QUIZ}:11:1: E121 unknown id 'les-frist': did you mean les-first?"),
    ("course.toml", '"les-first", ', '"les-frist", ', "course.toml:22:1: E121 no item 'les-frist' in this folder: did you mean les-first?"),
    ("course.toml", '"les-first", ', "", f"{LESSON}:1:1: E123 'les-first' is in no module: add it to lessons in course.toml"),
    ("course.toml", '"01-record"', '"01-recrod"', "course.toml:20:1: E124 no files in folder '01-recrod'"),
    ("course.toml", 'lessons = ["les-last", "task-page"]', "lessons = []", "course.toml:28:1: E125 module 'mod-use' has no lessons"),
    # E2xx: parity
    (LESSON_TRANSLATED, "+++\n\n", "minutes = 9\n+++\n\n", f"{LESSON_TRANSLATED}:4:1: E201 minutes is structure"),
    (QUIZ_TRANSLATED, "#q-never", "#q-never points=2", f"{QUIZ_TRANSLATED}:19:20: E201 points is structure"),
    (QUIZ_TRANSLATED, "#q-never", "#q-other", f"{QUIZ_TRANSLATED}:1:1: E202 question 'q-never' is missing (source line 27)"),
    (QUIZ_TRANSLATED, "#q-never", "#q-other", f"{QUIZ_TRANSLATED}:19:1: E205 question 'q-other' is not in the source"),
    (LESSON_TRANSLATED, "#try-lines", "#try-rows", f"{LESSON_TRANSLATED}:1:1: E202 box 'try-lines' is missing (source line 20)"),
    (TASK_TRANSLATED, "ask-one", "ask-two", f"{TASK_TRANSLATED}:5:1: E202 criterion 'ask-one' of the rubric is missing"),
    (QUIZ_TRANSLATED, "- c) Домашний адрес\n", "", f"{QUIZ_TRANSLATED}:19:1: E203 q-never: option 'c' is missing (source line 32)"),
    (ABOUT_TRANSLATED, ', "Прийти с ней на бюджетные слушания"', "", "about.ru.md:4:1: E203 1 outcomes, the source has 2"),
    (QUIZ_TRANSLATED, "- ( ) a) «Все", "- (x) a) «Все", f"{QUIZ_TRANSLATED}:11:1: E204 q-strongest: marks ['a', 'b'] but the key is ['b']"),
    (QUIZ_TRANSLATED, "1. c) Спросить\n2. a) Записать", "1. a) Записать\n2. c) Спросить", f"{QUIZ_TRANSLATED}:40:1: E204 q-steps: order ['a', 'c', 'b'] but the key is ['c', 'a', 'b']"),
    (QUIZ_TRANSLATED, "= 5\n", "= 6\n", f"{QUIZ_TRANSLATED}:36:1: E204 q-days: another number than in the source"),
    (QUIZ_TRANSLATED, "- c) Домашний", "- d) Домашний", f"{QUIZ_TRANSLATED}:24:3: E205 q-never: option 'd' is not in the source"),
    (QUIZ_TRANSLATED, "::: short", "::: number", f"{QUIZ_TRANSLATED}:27:1: E206 q-word is short in the source, number here"),
    (QUIZ_TRANSLATED, "- c) Домашний", "- с) Домашний", f"{QUIZ_TRANSLATED}:24:3: E207 option id 'с' is not Latin (CYRILLIC SMALL LETTER ES); did you mean 'c'?"),
    (QUIZ_TRANSLATED, "#q-never", "#q-nеver", f"{QUIZ_TRANSLATED}:19:15: E207 id 'q-nеver': 'е' is a Cyrillic letter; type the Latin 'e'"),
    (LESSON_TRANSLATED, '"les-first"', '"lеs-first"', f"{LESSON_TRANSLATED}:2:1: E207 id 'lеs-first': 'е' is a Cyrillic letter"),
    (LESSON_TRANSLATED, "ru.example.org", "example.com", f"{LESSON_TRANSLATED}:1:1: E208 no link to example.org as in line 16"),
    (LESSON_TRANSLATED, "ru.example.org", "example.com", f"{LESSON_TRANSLATED}:14:39: E208 a link to example.com that the source does not have"),
    (LESSON_TRANSLATED, '"les-first"', '"les-other"', f"{LESSON_TRANSLATED}:2:1: E211 the source file has id 'les-first'"),
    # W3xx: translation
    (LESSON_TRANSLATED, "+++\n\n", 'translated_from = "0123456789ab"\n+++\n\n', f"{LESSON_TRANSLATED}:4:1: W302 made from 0123456789ab, the source is now "),
    (LESSON_TRANSLATED, "{#story}", "", f"{LESSON_TRANSLATED}:8:1: W303 heading 1 differs: the source has ## … {{#story}}"),
    (LESSON_TRANSLATED, "+++\n\n", 'status = "draft"\n+++\n\n', f"{LESSON_TRANSLATED}:4:1: W305 a draft"),
    # E4xx: media and links
    (LESSON, "A story", "![](media/a.svg) A story", f"{LESSON}:8:5: E401 no alternative text"),
    (LESSON, "A story", "![A form](media/a.svg) A story", f"{LESSON}:8:11: E402 'media/a.svg': no such file"),
    (LESSON, "A story", "![A form](https://example.org/a.png) A", f"{LESSON}:8:11: E402 'https://example.org/a.png': only files"),
    (LESSON, "A story", "![A form](media/a.gif) A story", f"{LESSON}:8:11: E402 'media/a.gif': use svg"),
    (LESSON, "https://www.example.org/book", "ftp://example.org", f"{LESSON}:16:50: E411 link 'ftp://example.org'"),
    (LESSON, "(#try)", "(#trial)", f"{LESSON}:13:21: E412 no heading {{#trial}} on this page"),
    # W5xx: wording
    (LESSON, "A story", "An addict", f"{LESSON}:8:4: W501 'addict' outside a quotation: say 'people who use drugs'"),
    (LESSON_TRANSLATED, "История трогает", "История наркозависимого трогает", f"{LESSON_TRANSLATED}:6:9: W501 'наркозависимого'"),
    (LESSON, '"What counts"', '"What addicts say"', f"{LESSON}:4:1: W501 'addicts'"),
    (LESSON, "A story moves people.", "Short. " + "Word " * 31 + "end.", f"{LESSON}:8:8: W502 a sentence of 32 words"),
    (LESSON, "A story", "Call +7 701 555 12 34. A story", f"{LESSON}:8:6: W503 '+7 701 555 12 34' looks like a phone number"),
    (LESSON_TRANSLATED, "История", "Иванова Анна Петровна, история", f"{LESSON_TRANSLATED}:6:1: W503 'Иванова Анна Петровна' looks like a full name"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    WRONG,
    ids=[row[3].split(" ")[1] + f"-{n}" for n, row in enumerate(WRONG)],
)
def test_a_slip_is_named_at_its_place(
    tmp_path: Path, name: str, old: str, new: str, expected: str
) -> None:
    glossary = read_glossary(REPOSITORY / "courses", "glossary.toml", Problems())
    found = read_changed(tmp_path, name, old, new, glossary=glossary)
    lines = [str(problem) for problem in found.problems]
    assert any(line.startswith(expected) for line in lines), "\n".join(lines)
    if " E" in expected[: expected.index(": ") + 3]:
        assert found.course is None, "a course with an error is never handed on"


def test_the_small_course_itself_is_in_order(tmp_path: Path) -> None:
    found = read_course(write_course(tmp_path))
    assert {problem.code for problem in found.problems} == {"W302"}, [
        str(problem) for problem in found.problems
    ]


def test_quotations_may_say_what_they_say(tmp_path: Path) -> None:
    glossary = read_glossary(REPOSITORY / "courses", "glossary.toml", Problems())
    found = read_changed(
        tmp_path, LESSON, "A story", "The law says “drug addict”. A story", glossary=glossary
    )
    assert "W501" not in {problem.code for problem in found.problems}


def test_missing_files(tmp_path: Path) -> None:
    found = read_course(
        write_course(
            tmp_path, {LESSON_TRANSLATED: None, ABOUT_TRANSLATED: None, "about.en.md": None}
        )
    )
    lines = [str(problem) for problem in found.problems]
    assert f"{LESSON}:1:1: W301 no 'ru' translation: write {LESSON_TRANSLATED}" in lines
    assert any(
        line.startswith("about.en.md:1:1: E122 the public page in 'en' is missing")
        for line in lines
    )


def test_a_translation_without_its_source(tmp_path: Path) -> None:
    found = read_course(
        write_course(tmp_path, {"02-use/030-lost.ru.md": "+++\n+++\n", "02-use/notes.md": "Hello"})
    )
    lines = [str(problem) for problem in found.problems]
    assert "02-use/030-lost.ru.md:1:1: E126 no source file 02-use/030-lost.en.md beside it" in lines
    assert "02-use/notes.md:1:1: E009 the name must end in one of .en.md, .ru.md" in lines


def test_not_utf8_is_located(tmp_path: Path) -> None:
    folder = write_course(tmp_path)
    (folder / LESSON).write_bytes(FILES[LESSON].encode().replace(b"A story", b"A \xf1story"))
    assert f"{LESSON}:8:3: E005 not UTF-8 from here on: save the file as UTF-8" in [
        str(problem) for problem in read_course(folder).problems
    ]


def test_length_ratio(tmp_path: Path) -> None:
    found = read_changed(tmp_path, LESSON, "A story moves people.", "A story moves people. " * 30)
    assert any(problem.code == "W304" for problem in found.problems)


# ---------------------------------------------------------------- pictures


def png(extra: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", 4, 4, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\0\0\0\0\0" * 4)
    out = io.BytesIO(b"\x89PNG\r\n\x1a\n")
    out.seek(8)
    for kind, data in (
        (b"IHDR", header),
        *(((b"tEXt", extra),) if extra else ()),
        (b"IDAT", body),
        (b"IEND", b""),
    ):
        out.write(
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )
    return out.getvalue()


@pytest.mark.parametrize(
    ("file", "data", "expected"),
    [
        (
            "a.png",
            png(b"Author\0Somebody"),
            "01-record/media/a.png:1:1: E405 the picture carries metadata",
        ),
        ("a.png", png() + b"x" * 26_000, "01-record/media/a.png:1:1: E403 26 KB, at most 25 KB"),
        (
            "a.svg",
            b"<svg>\n <script>alert(1)</script></svg>",
            "01-record/media/a.svg:2:2: E406 shapes only",
        ),
        (
            "a.svg",
            b"<svg><text>Police</text></svg>",
            "01-record/media/a.svg:1:1: E404 a picture with words needs one file",
        ),
        (
            "a.en.svg",
            b"<svg><text>Word</text></svg>",
            "01-record/010-first.ru.md:14:17: E404 no 01-record/media/a.ru.svg",
        ),
        ("A.svg", b"<svg></svg>", f"{LESSON}:23:18: E402 the file is called 01-record/media/A.svg"),
    ],
)
def test_pictures(tmp_path: Path, file: str, data: bytes, expected: str) -> None:
    address = "media/" + file.lower().replace(".en", "")
    russian = FILES[LESSON_TRANSLATED].replace("\n\n\n", "\n\n")
    russian = (
        FILES[LESSON_TRANSLATED]
        .replace("**Запись** можно", f"![Картинка тут]({address}) можно")
        .replace("**Запись**", "")
    )
    folder = write_course(
        tmp_path,
        {LESSON: FILES[LESSON] + f"![What is shown]({address})\n", LESSON_TRANSLATED: russian},
    )
    (folder / "01-record/media").mkdir()
    (folder / "01-record/media" / file).write_bytes(data)
    lines = [str(problem) for problem in read_course(folder).problems]
    assert any(line.startswith(expected) for line in lines), "\n".join(lines)


# ---------------------------------------------------------------- against the published version


def test_gone_ids_must_be_retired(tmp_path: Path) -> None:
    folder = write_course(tmp_path)
    first = read_course(folder)
    assert first.course is not None
    published = {"small-course": Published(3, "-", "-", first.course.keys | {"les-old"})}
    message = 'course.toml:1:1: E130 les-old of version 3 is gone: put it back, or add [[retired]] id = "les-old"'
    assert message in [
        str(problem) for problem in read_course(folder, published=published).problems
    ]
    retired = '\n[[retired]]\nid = "les-old"\nreplaced_by = "les-first"\ncredit = true\n'
    again = read_course(
        write_course(folder, {"course.toml": FILES["course.toml"] + retired}), published=published
    )
    assert "E130" not in {problem.code for problem in again.problems}
    assert again.course is not None
    assert again.course.retired[0].credit


def test_a_change_is_classified(tmp_path: Path) -> None:
    from lms.courses.source.hashes import content_hash, contract_hash

    found = read_course(write_course(tmp_path / "a"))
    assert found.course is not None
    last = Published(1, content_hash(found.course), contract_hash(found.course), found.course.keys)
    published = {"small-course": last}

    def code(name: str, old: str, new: str) -> str:
        problems = read_changed(
            tmp_path / f"{abs(hash(new))}", name, old, new, published=published
        ).problems
        return next(problem.code for problem in problems if problem.code.startswith("C"))

    assert code(LESSON, "A story", "A story") == "C600"
    assert code(LESSON, "A story", "One story") == "C601"
    assert code(QUIZ, "pass         = 60", "pass = 90") == "C602"


# ---------------------------------------------------------------- the commands


def test_ids_are_unique_among_all_courses(tmp_path: Path) -> None:
    write_course(tmp_path / "first")
    other = FILES["course.toml"].replace('"small-course"', '"other-course"')
    write_course(tmp_path / "second", {"course.toml": other})
    _readings, problems = read_tree(tmp_path)
    assert any(
        "id 'les-first' is used twice, first in first/01-record/010-first.en.md:2" in str(p)
        for p in problems
    )


def test_stamping_makes_a_translation_current(tmp_path: Path) -> None:
    folder = write_course(tmp_path)
    changed = stamp(folder, read_course(folder))
    assert len(changed) == 5
    stamped = (folder / TASK_TRANSLATED).read_text(encoding="utf-8")
    assert stamped.index("translated_from") < stamped.index("[rubric]"), (
        "a key after a table would be inside it"
    )
    again = read_course(folder)
    assert not again.problems
    assert stamp(folder, again) == []
    (folder / LESSON).write_text(FILES[LESSON].replace("A story", "One story"), encoding="utf-8")
    assert [str(p).split(" ")[1] for p in read_course(folder).problems] == ["W302"]


def test_status_is_a_table(tmp_path: Path) -> None:
    folder = write_course(tmp_path / "small", {QUIZ_TRANSLATED: None})
    table = command.status(folder)
    assert "01-record/020-quiz   missing" in table
    assert "01-record/010-first  unstamped" in table


def test_formats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_course(tmp_path / "small", {LESSON: FILES[LESSON].replace("## From", "# From")})
    monkeypatch.chdir(tmp_path)
    text, passes = command.check(folder)
    assert not passes
    assert f"small/{LESSON}:10:1: E114 " in text
    rows = json.loads(command.check(folder, form="json")[0])
    assert {"path": f"small/{LESSON}", "line": 10, "column": 1, "code": "E114"}.items() <= next(
        row for row in rows if row["code"] == "E114"
    ).items()
    assert (
        f"::error file=small/{LESSON},line=10,col=1::E114 "
        in command.check(folder, form="github")[0]
    )


def test_strict_fails_on_warnings(tmp_path: Path) -> None:
    folder = write_course(tmp_path)
    assert command.check(folder)[1]
    assert not command.check(folder, strict=True)[1]


def test_the_courses_of_this_repository_are_in_order() -> None:
    report, passes = command.check(REPOSITORY / "courses")
    assert passes, report


def test_six_hundred_files_take_seconds(tmp_path: Path) -> None:
    for number in range(60):
        course = {
            name: text.replace("small-course", f"course-{number}") for name, text in FILES.items()
        }
        write_course(tmp_path / f"c{number}", {**course})
    started = time.process_time()
    readings, _problems = read_tree(tmp_path)
    assert len(readings) == 60
    assert time.process_time() - started < 4, "600 files"


def test_runs_without_flask(tmp_path: Path) -> None:
    import subprocess
    import sys

    code = "import sys; import lms.courses.source.__main__; sys.exit('flask' in sys.modules or 'sqlalchemy' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, env={**os.environ}, check=False
    )
    assert done.returncode == 0
