"""Whatever stands in a course folder, the answer is a message: never an exception, never a long wait."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.courses.source.problems import FORMATS
from lms.courses.source.reading import read_course
from lms.courses.source.tree import read_tree
from tests.courses.world import COURSE, FILES, LESSON, QUIZ, QUIZ_TRANSLATED, write_course

PIECES = [
    "+++", ":::", "::: single #q-a", "::: try #x", "::: quote", "- (x) a) b", "- [ ] а) б", "1. a) b", "= 5", "= [1, 2]",
    "@hint x", "  > y", "a => b", "```", "# h {#a}", "{#", "![](", "[a](b)", "|a|b|", "<script>", "\t", "\u202e", "\0", "х",
    "=", "***", "&#0;", "[[[[", "]]]]", "id = ", '"', "'''", "[rubric]", "[[module]]", "lessons = [", "9" * 30, "\\", "> > >",
]  # fmt: skip
mess = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), max_size=40).map(
    "\n".join
)
slow = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def check(folder: Path) -> list[str]:
    readings, problems = read_tree(folder)
    for report in FORMATS.values():
        report(problems).encode()
    for reading in readings.values():
        assert (reading.course is None) == any(problem.is_error for problem in reading.problems)
    return [str(problem) for problem in problems]


def write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8", "surrogatepass"))


@slow
@given(mess)
def test_a_body_of_anything(tmp_path: Path, text: str) -> None:
    folder = write_course(tmp_path)
    write(folder / LESSON, FILES[LESSON] + text)
    write(folder / QUIZ, FILES[QUIZ] + text)
    write(folder / QUIZ_TRANSLATED, FILES[QUIZ_TRANSLATED] + text)
    check(folder)


@slow
@given(mess)
def test_a_front_matter_of_anything(tmp_path: Path, text: str) -> None:
    folder = write_course(tmp_path)
    write(folder / LESSON, f"+++\n{text}\n+++\nText")
    write(folder / QUIZ_TRANSLATED, f"+++\nid = 'quiz-first'\n{text}\n+++\nText")
    write(folder / "course.toml", f"{COURSE}\n{text}")
    check(folder)


@slow
@given(st.data())
def test_lines_moved_and_doubled(tmp_path: Path, data: st.DataObject) -> None:
    """Real content, cut and shuffled: nearer to what slips look like than noise is."""
    folder = write_course(tmp_path)
    for name in (QUIZ, QUIZ_TRANSLATED, LESSON, "course.toml"):
        lines = FILES[name].split("\n")
        write(
            folder / name,
            "\n".join(data.draw(st.lists(st.sampled_from(lines), max_size=len(lines)))),
        )
    check(folder)


VALUES = [
    "1",
    '"x"',
    "true",
    "[]",
    "{}",
    "[1, 'a']",
    "1979-05-27",
    "inf",
    "-1",
    '""',
    "[[]]",
    "{ en = 1 }",
    "1e400",
]
KEYS = sorted(
    {
        line.split("=")[0].strip()
        for text in FILES.values()
        for line in text.split("\n")
        if " = " in line[:16]
    }
)


@pytest.mark.parametrize("value", VALUES)
def test_values_of_the_wrong_kind(tmp_path: Path, value: str) -> None:
    for key in [
        *KEYS,
        "module",
        "author",
        "retired",
        "translated_from",
        "status",
        "draw",
        "limit",
        "languages",
    ]:
        folder = write_course(tmp_path / key.replace("/", ""))
        write(
            folder / "course.toml",
            f"{key} = {value}\n"
            + "\n".join(
                line for line in COURSE.split("\n") if not line.startswith((key + " ", key + "="))
            ),
        )
        for name in (QUIZ, QUIZ_TRANSLATED):
            head, body = FILES[name].removeprefix("+++\n").split("+++\n", 1)
            kept = "\n".join(
                line for line in head.split("\n") if not line.startswith((key + " ", key + "="))
            )
            write(folder / name, f"+++\n{key} = {value}\n{kept}\n+++\n{body}")
        check(folder)  # fmt: skip


def huge(folder: Path) -> None:
    write(folder / LESSON, FILES[LESSON] + "word " * 1_000_000)


def many_lines(folder: Path) -> None:
    write(folder / LESSON, FILES[LESSON] + "\n" * 60_000)


def many_fences(folder: Path) -> None:
    write(folder / LESSON, FILES[LESSON] + "::: try #a\n" * 5_000)


def many_questions(folder: Path) -> None:
    text = "".join(f"::: single #q-{n}\nA?\n- (x) a) b\n- ( ) b) c\n:::\n" for n in range(1_000))
    write(folder / QUIZ, FILES[QUIZ] + text)


def brackets(folder: Path) -> None:
    write(folder / LESSON, FILES[LESSON] + ("[" * 900 + "](" * 30 + "\n") * 50)


def emphasis(folder: Path) -> None:
    write(folder / LESSON, FILES[LESSON] + ("*a _b " * 100 + "\n") * 90)


def quotes(folder: Path) -> None:
    write(folder / LESSON, FILES[LESSON] + (">" * 900 + "\n") * 60)


def nested_toml(folder: Path) -> None:
    write(folder / LESSON, "+++\nid = " + "[" * 1_900 + "\n+++\n")


def long_number(folder: Path) -> None:
    write(folder / LESSON, "+++\nid = " + "9" * 3_900 + "1" * 90 + "\n+++\n")


def long_toml_key(folder: Path) -> None:
    write(folder / "course.toml", COURSE + "".join(f"{'a.' * 1_900}b{n} = 1\n" for n in range(16)))


def letters_of_names(folder: Path) -> None:
    write(folder / LESSON, FILES[LESSON] + ("A" * 900 + " " + "Аб " * 300 + "\n") * 25)


def options(folder: Path) -> None:
    write(folder / QUIZ, FILES[QUIZ] + "::: multi #q-lots\nA?\n" + "- [x] a) b\n" * 4_000 + ":::\n")


def one_line_sentence(folder: Path) -> None:
    write(folder / LESSON, FILES[LESSON] + ("Word. " * 500 + "\n") * 19)


def symlink_file(folder: Path) -> None:
    (folder / LESSON).unlink()
    (folder / LESSON).symlink_to("/etc/passwd")


def symlink_folder(folder: Path) -> None:
    (folder / "03-elsewhere").symlink_to("/etc")


def symlink_loop(folder: Path) -> None:
    (folder / "01-record/loop").symlink_to(folder)


def pipe(folder: Path) -> None:
    (folder / LESSON).unlink()
    os.mkfifo(folder / LESSON)


def no_rights(folder: Path) -> None:
    (folder / LESSON).chmod(0)


def file_for_folder(folder: Path) -> None:
    (folder / "course.toml").write_text(COURSE.replace('"01-record"', '"about.en.md"'))


def folder_for_file(folder: Path) -> None:
    (folder / LESSON).unlink()
    (folder / LESSON).mkdir()


def way_out(folder: Path) -> None:
    (folder / "course.toml").write_text(COURSE.replace('"01-record"', '"../../../etc"'))


def strange_name(folder: Path) -> None:
    (folder / "01-record" / os.fsdecode(b"\xff\n.en.md")).write_text("x")


def utf16(folder: Path) -> None:
    (folder / LESSON).write_bytes(FILES[LESSON].encode("utf-16"))


def empty(folder: Path) -> None:
    write(folder / LESSON, "")


def empty_course(folder: Path) -> None:
    write(folder / "course.toml", "")


ATTACKS: list[tuple[Callable[[Path], None], str]] = [
    (huge, "E007"), (many_lines, ""), (many_fences, "E104"), (many_questions, ""), (brackets, "E014"), (emphasis, ""),
    (quotes, ""), (nested_toml, "E003"), (long_number, "E103"), (long_toml_key, "E006"), (letters_of_names, ""),
    (options, "E014"), (one_line_sentence, ""), (symlink_file, "E008"), (symlink_folder, "E008"), (symlink_loop, "E008"),
    (pipe, "E008"), (no_rights, ""), (file_for_folder, "E124"), (folder_for_file, "E126"), (way_out, "E124"),
    (strange_name, "E001"), (utf16, "E005"), (empty, "E001"), (empty_course, "E010"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("attack", "code"), ATTACKS, ids=[attack.__name__ for attack, _code in ATTACKS]
)
def test_attacks(tmp_path: Path, attack: Callable[[Path], None], code: str) -> None:
    folder = write_course(tmp_path)
    attack(folder)
    started = time.process_time()
    lines = check(folder)
    assert time.process_time() - started < 8
    assert not code or any(f" {code} " in line for line in lines), lines[:9]


def test_a_long_chain_of_prerequisites_and_a_ring(tmp_path: Path) -> None:
    """Seven hundred lessons in a ring: one message, no recursion."""
    changes: dict[str, str | None] = dict.fromkeys(FILES)
    count = 700
    changes.update({name: FILES[name] for name in ("course.toml", "about.en.md", "about.ru.md")})
    names = ",\n".join(f'"les-{n}"' for n in range(count))
    changes["course.toml"] = COURSE.split("[[module]]", 1)[0] + (
        f'[[module]]\nid = "mod-ring"\nfolder = "ring"\ntitle = {{ en = "Ring", ru = "Круг" }}\nlessons = [{names}]\n'
    )
    for n in range(count):
        changes[f"ring/{n}.en.md"] = (
            f'+++\nid = "les-{n}"\nkind = "lesson"\ntitle = "L"\nprerequisite = ["les-{(n + 1) % count}"]\n+++\nText\n'
        )
    found = read_course(write_course(tmp_path, changes))
    assert sum(problem.code == "E120" for problem in found.problems) == 1


def test_terminals_are_not_tricked(tmp_path: Path) -> None:
    folder = write_course(
        tmp_path, {"course.toml": COURSE.replace("theme ", '"\\u001b[31m" = 1\ntheme ')}
    )
    assert not any("\x1b" in line for line in check(folder))
