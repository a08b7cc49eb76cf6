"""A course folder as a whole: `course.toml`, the public page, modules, ids, prerequisites, sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path, PurePosixPath

from lms.core.markup import BOX_HINT, render
from lms.courses.source.fields import LANGUAGE, Fields, nearest
from lms.courses.source.files import list_files, parse_toml, read_page, read_text
from lms.courses.source.hashes import content_hash, contract_hash
from lms.courses.source.items import ReadItem, State, read_item, state_of, texts_of
from lms.courses.source.model import (
    Author,
    CourseText,
    Published,
    Retired,
    SourceCourse,
    SourceModule,
    Theme,
)
from lms.courses.source.pages import Surroundings, digest_of
from lms.courses.source.pictures import Pictures
from lms.courses.source.problems import Problem, Problems
from lms.courses.source.wording import Glossary, avoid_message, check_words

COURSE_FILE = "course.toml"
MAX_COURSE = 200 * 1024
SHARE_OF_ITEM = 10 * 1024
BOX_HINTS: Mapping[str, str] = {
    "en": BOX_HINT,
    "ru": "Останется только на этом телефоне. Не пишите имён и улиц, которые не назвали бы вслух.",
}
COURSE_KEYS = frozenset(
    (
        *("id", "source", "languages", "hours", "licence", "theme", "mentor", "pass"),
        *("neutral_title", "author", "module", "retired"),
    )
)
MODULE_KEYS = ("id", "folder", "title", "lessons")
ABOUT_KEYS = ("id", "title", "summary", "outcomes")


class Require(StrEnum):
    """What has to be done for a certificate."""

    ALL = "all"


@dataclass(frozen=True, slots=True)
class Reading:
    """What came out of a folder: the course when nothing is wrong with it, and everything found."""

    course: SourceCourse | None
    problems: tuple[Problem, ...]
    states: tuple[State, ...] = ()
    keys: Mapping[str, tuple[str, int]] = field(default_factory=dict)


@dataclass(slots=True)
class _Work:
    """What is known while a folder is read."""

    root: Path
    files: frozenset[str]
    languages: tuple[str, ...]
    shared: Surroundings
    keys: dict[str, tuple[str, int]] = field(default_factory=dict)
    states: list[State] = field(default_factory=list)
    items: dict[str, ReadItem] = field(default_factory=dict)

    @property
    def problems(self) -> Problems:
        return self.shared.problems

    def claim(self, key: str, path: str, line: int, column: int = 1) -> None:
        """Take an id; it must be new in the whole course."""
        if key in self.keys:
            first, first_line = self.keys[key]
            self.problems.add(
                path,
                line,
                column,
                "E102",
                f"id {key!r} is used twice, first in {first}:{first_line}",
            )
        elif key:
            self.keys[key] = (path, line)


def read_course(
    root: Path,
    *,
    glossary: Glossary | None = None,
    published: Mapping[str, Published] | None = None,
    box_hints: Mapping[str, str] = BOX_HINTS,
) -> Reading:
    """Read one course folder. Never raises for what stands in it; a course with errors is not returned."""
    problems = Problems()
    files = frozenset(list_files(root, problems))
    if COURSE_FILE not in files:
        problems.add(COURSE_FILE, 1, 1, "E000", "no course.toml here: is this a course folder?")
        return Reading(None, tuple(problems.in_order()))
    text = read_text(root, COURSE_FILE, problems)
    head = parse_toml(text, COURSE_FILE, problems) if text is not None else None
    if head is None:
        return Reading(None, tuple(problems.in_order()))
    fields = Fields.of(head, problems)
    fields.refuse_unknown(COURSE_KEYS)
    languages = _languages(fields)
    pictures = Pictures(root, files, languages, problems)
    shared = Surroundings(problems, pictures, glossary or Glossary(), {**BOX_HINTS, **box_hints})
    work = _Work(root, files, languages, shared)
    course = _read(fields, work)
    _compare_with_published(course, (published or {}).get(course.key), work)
    whole = None if problems.has_errors else course
    return Reading(whole, tuple(problems.in_order()), tuple(work.states), dict(work.keys))


def _languages(fields: Fields) -> tuple[str, ...]:
    """The source language first, then the others."""
    source = fields.text("source", limit=8)
    values = fields.values.get("languages")
    listed = (
        [value for value in values if isinstance(value, str)] if isinstance(values, list) else []
    )
    if not listed or not all(LANGUAGE.fullmatch(language) for language in (source, *listed)):
        fields.report(
            "E010",
            'source and languages: two-letter codes such as source = "en", languages = ["en", "ru"]',
            "languages",
        )
        return ("en",)
    if source not in listed:
        fields.report(
            "E010", f"languages must have the source language {source!r} too", "languages"
        )
    return tuple(dict.fromkeys((source, *listed)))


def _read(fields: Fields, work: _Work) -> SourceCourse:
    key = fields.name("id")
    work.claim(key, COURSE_FILE, *fields.head.place("id"))
    modules = _modules(fields, work)
    authors = tuple(
        Author(
            row.per_language("name", work.languages), row.per_language("role", work.languages, 120)
        )
        for row in fields.tables("author")
    )
    course = SourceCourse(
        key=key,
        source=work.languages[0],
        languages=work.languages,
        texts=_course_texts(fields, work),
        modules=modules,
        hours=fields.decimal("hours", 0, 200),
        licence=fields.text("licence", limit=40, required=False),
        theme=fields.choice("theme", Theme, Theme.RIGHTS),
        mentor=fields.boolean("mentor", default=False),
        min_score=_min_score(fields),
        authors=authors,
        retired=_retired(fields, work),
    )
    _prerequisites(work)
    _unlisted_files(work)
    _weigh(work)
    return replace(course, pictures=work.shared.pictures.all())


def _min_score(fields: Fields) -> int:
    rule = fields.table("pass")
    if rule is None:
        return 0
    rule.refuse_unknown(("require", "min_score"))
    rule.choice("require", Require, Require.ALL)
    return rule.integer("min_score", 0, 0, 100)


# ---------------------------------------------------------------- the public page


def _course_texts(fields: Fields, work: _Work) -> dict[str, CourseText]:
    neutral = fields.per_language("neutral_title", work.languages)
    source, *others = work.languages
    texts: dict[str, CourseText] = {}
    first = _about_page(source, neutral, work)
    if first is None:
        return texts
    texts[source] = first.text
    for language in others:
        page = _about_page(language, neutral, work)
        if page is None:
            continue
        if len(page.text.outcomes) != len(first.text.outcomes):
            message = (
                f"{len(page.text.outcomes)} outcomes, the source has {len(first.text.outcomes)}"
            )
            page.head.report("E203", message, "outcomes")
        state = state_of(page.head, page.head.head.path, language, first.digest)
        work.states.append(state)
        if state.state != "draft":
            texts[language] = page.text
    return texts


@dataclass(frozen=True, slots=True)
class _About:
    head: Fields
    digest: str
    text: CourseText


def _about_page(language: str, neutral: Mapping[str, str], work: _Work) -> _About | None:
    """The public page in one language; nothing and a message when it is not there or cannot be read."""
    source = work.languages[0]
    path = f"about.{language}.md"
    if path not in work.files:
        code = "E122" if language == source else "W301"
        work.problems.add(
            path,
            1,
            1,
            code,
            f"the public page in {language!r} is missing: title, summary, outcomes",
        )
        if language != source:
            work.states.append(State(f"about.{source}.md", language, "missing"))
        return None
    page = read_page(work.root, path, work.problems)
    if page is None:
        return None
    head, body = Fields.of(page.head, work.problems), "\n".join(page.body)
    head.refuse_unknown(
        ABOUT_KEYS if language == source else (*ABOUT_KEYS, "translated_from", "status")
    )
    text = CourseText(
        title=head.text("title"),
        summary=head.text("summary", limit=200),
        outcomes=head.lines("outcomes", most=8, limit=160),
        about_html=render(body, deeper=1).html,
        neutral_title=neutral.get(language, ""),
    )
    check_words(work.shared.glossary, language, body, path, page.body_line, work.problems)
    for key, words in (
        ("title", text.title),
        ("summary", text.summary),
        ("outcomes", "\n".join(text.outcomes)),
    ):
        for _position, term, instead in work.shared.glossary.find(language, words):
            head.report("W501", avoid_message(term, instead), key)
    return _About(head, digest_of(page.raw), text)


# ---------------------------------------------------------------- modules and items


def _modules(fields: Fields, work: _Work) -> tuple[SourceModule, ...]:
    rows = fields.tables("module")
    if not rows:
        fields.report(
            "E125", "no modules: add a [[module]] with id, folder, title, lessons", "module"
        )
    listed: dict[str, str] = {}
    return tuple(_module(row, listed, work) for row in rows)


def _module(row: Fields, listed: dict[str, str], work: _Work) -> SourceModule:
    row.refuse_unknown(MODULE_KEYS)
    key = row.name("id")
    work.claim(key, COURSE_FILE, *row.head.place(*row.at, "id"))
    titles = row.per_language("title", work.languages)
    found = _read_folder(row, row.text("folder", limit=100), work)
    names = row.names("lessons")
    if not names:
        row.report("E125", f"module {key!r} has no lessons: list their ids in order", "lessons")
    items = []
    for name in names:
        if name in listed:
            row.report(
                "E102", f"{name!r} is listed twice, first in module {listed[name]!r}", "lessons"
            )
        elif name in found:
            listed[name] = key
            items.append(replace(found[name].item, texts=texts_of(found[name])))
        else:
            row.report(
                "E121", f"no item {name!r} in this folder: {nearest(name, found)}", "lessons"
            )
    for name, read in found.items():
        if name not in names:
            work.problems.add(
                read.page.path,
                1,
                1,
                "E123",
                f"{name!r} is in no module: add it to lessons in course.toml",
            )
    return SourceModule(key, titles, tuple(items))


def _read_folder(row: Fields, folder: str, work: _Work) -> dict[str, ReadItem]:
    """Items of a module folder by id."""
    source = work.languages[0]
    inside = sorted(name for name in work.files if str(PurePosixPath(name).parent) == folder)
    if not folder or not inside:
        row.report("E124", f"no files in folder {folder!r}", "folder")
        return {}
    found: dict[str, ReadItem] = {}
    for name in inside:
        if not name.endswith(".md"):
            continue
        if not name.endswith(f".{source}.md"):
            _name_of_translation(name, work)
            continue
        read = read_item(work.root, name, work.languages, work.files, work.shared)
        if read is None:
            continue
        key = read.item.key
        _claim_all(read, work)
        work.states += read.states
        if key not in found:
            found[key] = work.items[key] = read
    return found


def _claim_all(read: ReadItem, work: _Work) -> None:
    path = read.page.path
    work.claim(read.item.key, path, *read.page.fields.head.place("id"))
    for key, draft in read.page.drafts.items():
        work.claim(key, path, draft.line)
    for key, line in read.page.boxes.items():
        work.claim(key, path, line)


def _name_of_translation(name: str, work: _Work) -> None:
    source = work.languages[0]
    stem, _dot, language = name.removesuffix(".md").rpartition(".")
    if language not in work.languages:
        endings = ", ".join(f".{code}.md" for code in work.languages)
        work.problems.add(name, 1, 1, "E009", f"the name must end in one of {endings}")
    elif f"{stem}.{source}.md" not in work.files:
        work.problems.add(name, 1, 1, "E126", f"no source file {stem}.{source}.md beside it")


def _unlisted_files(work: _Work) -> None:
    """Item files in folders that no module names are easy to forget."""
    read = {PurePosixPath(item.page.path).parent for item in work.items.values()}
    for name in sorted(work.files):
        folder = PurePosixPath(name).parent
        first = folder.parts[0] if folder.parts else ""
        if (
            name.endswith(".md")
            and first
            and first not in ("bank", "handouts")
            and folder not in read
        ):
            work.problems.add(
                name, 1, 1, "W306", f"no module has folder = {str(folder)!r}: this file is not used"
            )


# ---------------------------------------------------------------- rules between items


def _retired(fields: Fields, work: _Work) -> tuple[Retired, ...]:
    result = []
    for row in fields.tables("retired"):
        row.refuse_unknown(("id", "replaced_by", "credit"))
        key, successor = row.name("id"), row.name("replaced_by", required=False)
        if key in work.keys:
            row.report("E131", f"{key!r} is still in the course: remove this table", "id")
        if successor and successor not in work.keys:
            row.report(
                "E121", f"unknown id {successor!r}: {nearest(successor, work.keys)}", "replaced_by"
            )
        result.append(Retired(key, successor, row.boolean("credit", default=False)))
    return tuple(result)


def _prerequisites(work: _Work) -> None:
    needs: dict[str, tuple[str, ...]] = {}
    for key, read in work.items.items():
        for name in read.item.prerequisites:
            if name not in work.items:
                read.page.fields.report(
                    "E121", f"unknown id {name!r}: {nearest(name, work.items)}", "prerequisite"
                )
        needs[key] = tuple(name for name in read.item.prerequisites if name in work.items)
    for cycle in _cycles(needs):
        work.items[cycle[0]].page.fields.report(
            "E120", f"prerequisites go in a circle: {' → '.join(cycle)}", "prerequisite"
        )


def _cycles(needs: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Each circle once, as a chain that ends where it began. Without recursion: chains may be long."""
    done: set[str] = set()
    cycles: list[list[str]] = []
    for start in needs:
        chain: list[str] = []
        waiting: list[tuple[str, int]] = [(start, 0)]
        while waiting:
            key, depth = waiting.pop()
            del chain[depth:]
            if key in chain:
                cycles.append([*chain[chain.index(key) :], key])
                continue
            if key in done:
                continue
            chain.append(key)
            following = [name for name in needs[key] if name not in done]
            waiting += [(name, depth + 1) for name in reversed(following)]
            if not following:
                done.add(key)
        done.add(start)
    return cycles


def _weigh(work: _Work) -> None:
    """A course in one language must fit a slow link."""
    most = max(MAX_COURSE, SHARE_OF_ITEM * len(work.items))
    for language in work.languages:
        pages = [
            read.page if language == work.languages[0] else read.translations.get(language)
            for read in work.items.values()
        ]
        size = sum(page.bytes_sent for page in pages if page)
        if size > most:
            packed, limit = size // 1024, most // 1024
            message = (
                f"{packed} KB in {language!r}, at most {limit} KB: shorten texts or drop pictures"
            )
            work.problems.add(COURSE_FILE, 1, 1, "E403", message)


# ---------------------------------------------------------------- against the last published version


def _compare_with_published(course: SourceCourse, published: Published | None, work: _Work) -> None:
    if published is None:
        return
    retired = {row.key for row in course.retired}
    for key in sorted(published.keys - set(work.keys) - retired):
        message = f'{key} of version {published.version} is gone: put it back, or add [[retired]] id = "{key}"'
        work.problems.add(COURSE_FILE, 1, 1, "E130", message)
    if not work.problems.has_errors:
        work.problems.add(COURSE_FILE, 1, 1, *_change(course, published))


def _change(course: SourceCourse, published: Published) -> tuple[str, str]:
    """What publishing would mean for those who learn already."""
    if content_hash(course) == published.content_hash:
        return "C600", f"same as version {published.version}: nothing to publish"
    if contract_hash(course) == published.contract_hash:
        return "C601", "words changed: everyone gets them at once"
    return (
        "C602",
        "rules, keys or ids changed: new learners only; each running cohort is asked to stay or move",
    )
