"""Items: source file plus translations to one `SourceItem`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from lms.courses.questions import Counts, Kind, NumberRange, Question, QuizRules, Review
from lms.courses.source.fields import Fields, nearest
from lms.courses.source.files import read_page
from lms.courses.source.model import Done, ItemKind, ItemText, SourceItem
from lms.courses.source.pages import ReadPage, Surroundings, kinds_allowed, read_item_page
from lms.courses.source.parity import compare
from lms.courses.source.questions import QuestionReader, structure_of

STRUCTURE = frozenset(
    ("kind", "minutes", "required", "complete", "prerequisite", "private", "key_fix", "offline")
)
QUIZ_ONLY = frozenset(
    ("mode", "pass", "attempts", "wait", "limit", "counts", "shuffle", "review", "draw")
)
TASK_ONLY = frozenset(("max_words", "rubric"))
WORDS = frozenset(("id", "title"))
TRANSLATION = frozenset(("translated_from", "status"))
LATER = ("session", "survey")
DONE_RULES = {
    ItemKind.LESSON: (Done.MARK,),
    ItemKind.QUIZ: (Done.PASS, Done.ANSWER_ALL),
    ItemKind.TASK: (Done.ACCEPTED,),
}


class Status(StrEnum):
    """How far a translation is."""

    DRAFT = "draft"
    REVIEWED = "reviewed"


class Mode(StrEnum):
    """Whether a quiz counts for the score of the course."""

    GRADED = "graded"
    PRACTICE = "practice"


class Shuffle(StrEnum):
    """What is mixed for each attempt."""

    OPTIONS = "options"
    NONE = "none"


class KeyFix(StrEnum):
    """What happens to stored marks when a key changed."""

    BOTH = "both"
    NEW = "new"
    FULL = "full"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class State:
    """One cell of the table of translations."""

    path: str
    language: str
    state: str
    made_from: str = ""
    source_now: str = ""


@dataclass(slots=True)
class ReadItem:
    """An item with the pages it was read from."""

    item: SourceItem
    page: ReadPage
    translations: dict[str, ReadPage] = field(default_factory=dict)
    states: list[State] = field(default_factory=list)


def read_item(
    root: Path, relative: str, languages: Sequence[str], files: frozenset[str], shared: Surroundings
) -> ReadItem | None:
    """Read the source file of an item and its translations; nothing when it has no usable id or kind."""
    source_language = languages[0]
    page = read_page(root, relative, shared.problems)
    if page is None:
        return None
    head = Fields.of(page.head, shared.problems)
    key, kind = head.name("id"), _kind(head)
    if kind is None or not key:
        return None
    _known_keys(head, kind)
    read = read_item_page(
        page, source_language, shared, translation=False, lesson=kind is ItemKind.LESSON
    )
    read.rubric = _rubric(head, kind, translation=False)
    kinds_allowed(read, kind, shared.problems)
    questions, ranges = _questions(read, shared)
    item = _item(head, key, kind, questions, read)
    result = ReadItem(item, read)
    numbers = {source_language: ranges}
    for language in languages[1:]:
        _translation(root, language, files, result, numbers, shared)
    return result


def _kind(head: Fields) -> ItemKind | None:
    value = head.values.get("kind")
    if isinstance(value, str) and value in set(ItemKind):
        return ItemKind(value)
    if value in LATER:
        head.report(
            "E107", f"items of kind {value} are not supported yet: lesson, quiz or task", "kind"
        )
    elif value is None:
        head.report("E011", 'kind is missing: add kind = "lesson", "quiz" or "task"', "kind")
    else:
        head.report("E010", f"kind {str(value)!r}: {nearest(str(value), set(ItemKind))}", "kind")
    return None


def _known_keys(head: Fields, kind: ItemKind) -> None:
    allowed = WORDS | STRUCTURE
    allowed |= QUIZ_ONLY if kind is ItemKind.QUIZ else frozenset()
    allowed |= TASK_ONLY if kind is ItemKind.TASK else frozenset()
    elsewhere = {
        **dict.fromkeys(QUIZ_ONLY - allowed, "a quiz"),
        **dict.fromkeys(TASK_ONLY - allowed, "a task"),
        **dict.fromkeys(TRANSLATION, "a translation"),
    }
    for name, where in elsewhere.items():
        if name in head:
            head.report("E006", f"{name} belongs to {where}: remove it here", name)
    head.refuse_unknown(allowed | set(elsewhere))


def _rubric(head: Fields, kind: ItemKind, *, translation: bool) -> dict[str, str]:
    if kind is not ItemKind.TASK:
        return {}
    table = head.table("rubric")
    if table is None:
        head.report(
            "E011",
            'the rubric is missing: add [rubric] with lines such as facts-checked = "…"',
            "rubric",
        )
        return {}
    if not 2 <= len(table.values) <= 8 and not translation:
        head.report("E010", "a rubric has 2 to 8 criteria", "rubric")
    keyed = Fields(table.head, {"id": list(table.values)}, table.problems, table.at)
    names = keyed.names("id")
    return {name: table.text(name, limit=200) for name in names}


def _questions(
    read: ReadPage, shared: Surroundings
) -> tuple[tuple[Question, ...], dict[str, tuple[NumberRange, ...]]]:
    reader = QuestionReader(read.path, read.language, shared.problems, translation=False)
    ranges = {
        key: reader.ranges(draft) for key, draft in read.drafts.items() if draft.kind is Kind.NUMBER
    }
    questions = tuple(
        structure_of(draft, ranges.get(key, ())) for key, draft in read.drafts.items()
    )
    return questions, ranges


def _item(
    head: Fields, key: str, kind: ItemKind, questions: tuple[Question, ...], read: ReadPage
) -> SourceItem:
    graded = kind is ItemKind.QUIZ and head.choice("mode", Mode, Mode.GRADED) is Mode.GRADED
    if kind is ItemKind.QUIZ and not questions:
        head.problems.add(
            read.path, 1, 1, "E119", "a quiz without questions: add at least one `::: single #q-id`"
        )
    return SourceItem(
        key=key,
        kind=kind,
        texts={read.language: item_text(read)},
        minutes=head.integer("minutes", 0, 0, 600),
        required=head.boolean("required", default=True),
        complete=_done(head, kind, graded=graded),
        prerequisites=head.names("prerequisite"),
        private=head.boolean("private", default=False),
        graded=graded,
        offline=head.boolean("offline", default=True),
        rules=_rules(head, len(questions), graded=graded) if kind is ItemKind.QUIZ else None,
        questions=questions if kind is ItemKind.QUIZ else (),
        rubric=tuple(read.rubric),
        max_words=head.integer("max_words", 0, 0, 10_000) if kind is ItemKind.TASK else 0,
        key_fix=head.choice("key_fix", KeyFix, KeyFix.NONE) if "key_fix" in head else "",
    )


def _done(head: Fields, kind: ItemKind, *, graded: bool) -> Done:
    allowed = DONE_RULES[kind]
    default = Done.ANSWER_ALL if kind is ItemKind.QUIZ and not graded else allowed[0]
    rule = head.choice("complete", Done, default)
    if rule not in allowed:
        head.report("E010", f"complete of a {kind}: {' or '.join(allowed)}", "complete")
        return default
    return rule


def _rules(head: Fields, count: int, *, graded: bool) -> QuizRules:
    if isinstance(head.values.get("draw"), dict):
        head.report(
            "E107",
            "draw from a pool is not supported yet: draw = 5 takes 5 of the questions below",
            "draw",
        )
        draw = 0
    else:
        draw = head.integer("draw", 0, 0, 200)
    if draw > count:
        head.report("E119", f"draw = {draw}, but there are {count} questions", "draw")
    limit = head.duration("limit", 1440)
    if limit and head.boolean("offline", default=False):
        head.report(
            "E010",
            "a quiz with a time limit cannot be offline: remove limit, or set offline = false",
            "offline",
        )
    return QuizRules(
        pass_percent=head.integer("pass", 70, 0, 100),
        attempts=head.integer("attempts", 0, 0, 100),
        wait_minutes=head.duration("wait", 43_200),
        limit_minutes=limit,
        counts=head.choice("counts", Counts, Counts.BEST),
        shuffle_options=head.choice("shuffle", Shuffle, Shuffle.NONE) is Shuffle.OPTIONS,
        review=head.choice("review", Review, Review.AFTER_SUBMIT if graded else Review.PRACTICE),
        draw=draw,
    )


def item_text(read: ReadPage) -> ItemText:
    """The words of an item from one of its pages."""
    return ItemText(read.title, read.body_html, dict(read.questions), dict(read.rubric))


def translation_path(relative: str, source: str, language: str) -> str:
    """Where the translation of a source file stands."""
    return relative.removesuffix(f".{source}.md") + f".{language}.md"


def _translation(
    root: Path,
    language: str,
    files: frozenset[str],
    result: ReadItem,
    numbers: dict[str, dict[str, tuple[NumberRange, ...]]],
    shared: Surroundings,
) -> None:
    source = result.page
    relative = translation_path(source.path, source.language, language)
    if relative not in files:
        shared.problems.add(
            source.path, 1, 1, "W301", f"no {language!r} translation: write {relative}"
        )
        result.states.append(State(source.path, language, "missing"))
        return
    page = read_page(root, relative, shared.problems)
    if page is None:
        result.states.append(State(source.path, language, "broken"))
        return
    kind = result.item.kind
    read = read_item_page(page, language, shared, translation=True, lesson=kind is ItemKind.LESSON)
    result.translations[language] = read
    _head_of_translation(read, result.item, kind)
    state = _state(read, source)
    result.states.append(state)
    numbers[language] = _numbers(read, shared)
    compare(source, read, numbers, shared.problems)


def _numbers(read: ReadPage, shared: Surroundings) -> dict[str, tuple[NumberRange, ...]]:
    reader = QuestionReader(read.path, read.language, shared.problems, translation=True)
    return {
        key: reader.ranges(draft) for key, draft in read.drafts.items() if draft.kind is Kind.NUMBER
    }


def _head_of_translation(read: ReadPage, item: SourceItem, kind: ItemKind) -> None:
    head = read.fields
    structure = (STRUCTURE | QUIZ_ONLY | TASK_ONLY) - {"rubric"}
    for name in head.values:
        if name in structure:
            head.report("E201", f"{name} is structure: it stands in the source file only", name)
    allowed = WORDS | TRANSLATION | ({"rubric"} if kind is ItemKind.TASK else set())
    head.refuse_unknown(allowed | structure)
    if head.name("id") not in ("", item.key):
        head.report(
            "E211", f"the source file has id {item.key!r}: the translation has the same", "id"
        )
    read.rubric = _rubric(head, kind, translation=True)


def _state(read: ReadPage, source: ReadPage) -> State:
    return state_of(read.fields, read.path, read.language, source.digest)


def state_of(head: Fields, path: str, language: str, source_digest: str) -> State:
    """How a translation stands to its source, with a warning where it lags."""
    made_from = head.text("translated_from", required=False)
    if head.choice("status", Status, Status.REVIEWED) is Status.DRAFT:
        head.report(
            "W305", "a draft: learners see the source language until status is removed", "status"
        )
        return State(path, language, "draft", made_from, source_digest)
    if not made_from:
        head.report(
            "W302", "not stamped: run `flask courses stamp` when the translation is right", "id"
        )
        return State(path, language, "unstamped", made_from, source_digest)
    if made_from != source_digest:
        message = f"made from {made_from}, the source is now {source_digest}: look at the change, then stamp"
        head.report("W302", message, "translated_from")
        return State(path, language, "stale", made_from, source_digest)
    return State(path, language, "ok", made_from, source_digest)


def texts_of(read: ReadItem) -> Mapping[str, ItemText]:
    """Words per language, drafts left out."""
    drafts = {state.language for state in read.states if state.state == "draft"}
    texts = dict(read.item.texts)
    texts.update(
        {
            language: item_text(page)
            for language, page in read.translations.items()
            if language not in drafts
        }
    )
    return texts
