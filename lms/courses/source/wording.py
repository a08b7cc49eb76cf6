"""Wording: terms to avoid with what to say instead, long sentences, details that look like a real person's.

All of it warns and nothing forbids: an author may have a reason, a quotation always has one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lms.core.markup import Paragraph
from lms.courses.source.fields import Fields
from lms.courses.source.files import line_and_column, parse_toml, read_text
from lms.courses.source.problems import Problems

LONGEST_SENTENCE = 30

_QUOTED = re.compile(r"«[^»]*»|“[^”]*”|„[^“”]*[“”]|‘[^’\n]*’(?!\w)|\"[^\"\n]*\"|`[^`\n]*`")
_ADDRESSES = re.compile(r"\]\([^)\n]*\)|<[^<>\s]+>|https?://\S+|\{#[^}\n]*\}")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[»”\")]*[*_]*\s+(?=[*_]*[^\W\d_a-zа-яё]|[*_]*[«“\"(])")
_SPOKEN = re.compile(r"(?<![\w-])(\w{3})")
_WORD = re.compile(r"\w+(?:[-'’]\w+)*")
_PHONE = (
    r"\+\d[\d ()\-]{7,}\d",
    r"\b8[ -]?\(?\d{3}\)?[ -]?\d{3}[ -]\d{2}[ -]?\d{2}\b",
    r"\b\d{3}-\d{2}-\d{2}\b",
)
_FULL_NAME = (
    r"\b[А-ЯЁ][а-яё]+(?:\s+[А-ЯЁ][а-яё]+)?\s+[А-ЯЁ][а-яё]+(?:ович|евич|овна|евна|ична)\b",
    r"\b[A-Z][a-z]+\s+[A-Z][a-z]+(?:ovich|evich|ovna|evna)\b",
)
_STREET = (
    r"\b(?:ул|пр-т|просп|пер)\.\s+[А-ЯЁ]\w+,?\s+(?:д\.\s*)?\d+",
    r"\bкв\.\s*\d+",
    r"\b\d{1,4}\s+[A-Z][a-z]+\s+(?:Street|St\.|Avenue|Road)\b",
)
_MAIL = (r"\b[\w.+-]+@(?!example\.)[\w-]+\.[\w.-]*\w",)
_PRIVATE = tuple(
    (what, re.compile("|".join(patterns)))
    for what, patterns in (
        ("a phone number", _PHONE),
        ("an e-mail address", _MAIL),
        ("a full name", _FULL_NAME),
        ("a street address", _STREET),
    )
)


@dataclass(frozen=True, slots=True)
class Term:
    """A term to avoid, as a pattern of small letters, and what to say instead."""

    pattern: re.Pattern[str]
    say: str


@dataclass(frozen=True, slots=True)
class Glossary:
    """Terms to avoid by language and by the first three letters: nearly every word is none of them."""

    terms: Mapping[str, Mapping[str, tuple[Term, ...]]] = field(default_factory=dict)

    def find(self, language: str, words: str) -> Iterator[tuple[int, str, str]]:
        """Position, the term found and what to say instead."""
        by_start = self.terms.get(language)
        if not by_start:
            return
        lowered = _lower(words)
        for word in _SPOKEN.finditer(lowered):
            for term in by_start.get(word[1], ()):
                match = term.pattern.match(lowered, word.start())
                if match:
                    yield match.start(), words[match.start() : match.end()], term.say


def _lower(words: str) -> str:
    """Small letters without ё, each in its place (a few foreign letters become longer: those texts stay)."""
    lowered = words.lower().replace("ё", "е")
    return lowered if len(lowered) == len(words) else words


def read_glossary(root: Path, name: str, problems: Problems) -> Glossary:
    """The glossary beside the courses; an empty one when there is none."""
    if not (root / name).exists():
        return Glossary()
    text = read_text(root, name, problems)
    head = parse_toml(text, name, problems) if text is not None else None
    if head is None:
        return Glossary()
    rules: dict[str, list[tuple[str, str]]] = {}
    for term in Fields.of(head, problems).tables("term"):
        avoid = term.table("avoid")
        for language, words in (avoid.values if avoid else {}).items():
            instead = str(term.values.get("say", {}).get(language) or term.values.get(language, ""))
            listed = words if isinstance(words, list) else []
            rules.setdefault(language, []).extend(
                (str(word), instead) for word in listed if str(word).strip("* ")
            )
    return Glossary({language: _by_start(pairs) for language, pairs in rules.items()})


def _by_start(pairs: list[tuple[str, str]]) -> dict[str, tuple[Term, ...]]:
    found: dict[str, list[Term]] = {}
    for words, say in pairs:
        found.setdefault(_lower(words)[:3], []).append(Term(_pattern(words), say))
    return {start: tuple(terms) for start, terms in found.items()}


def _pattern(term: str) -> re.Pattern[str]:
    """A `*` at the end of a word stands for any ending."""
    words = (re.escape(word).replace(r"\*", r"\w*") for word in _lower(term).split())
    return re.compile(r"\s+".join(words) + r"(?![\w-])")


def check_words(
    glossary: Glossary, language: str, words: str, path: str, first_line: int, problems: Problems
) -> None:
    """Report terms to avoid and private-looking details in the body of a text."""
    own_words = _blank(_ADDRESSES, words)
    for position, term, instead in glossary.find(language, _blank(_QUOTED, own_words)):
        line, column = line_and_column(words, position)
        problems.add(path, line + first_line - 1, column, "W501", avoid_message(term, instead))
    for what, pattern in _PRIVATE:
        for match in pattern.finditer(own_words):
            line, column = line_and_column(words, match.start())
            message = f"{match[0]!r} looks like {what}: use an invented one that nobody can have"
            problems.add(path, line + first_line - 1, column, "W503", message)


def avoid_message(term: str, instead: str) -> str:
    """What to say to an author about a term."""
    return (
        f"{' '.join(term.split())!r} outside a quotation: say {instead!r}"
        if instead
        else f"{term!r}: avoid"
    )


def _blank(pattern: re.Pattern[str], words: str) -> str:
    """Spaces in place of every match, so that positions stay."""
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), words)


def long_sentences(paragraph: Paragraph) -> Iterator[tuple[int, str, int]]:
    """Line (from 0), first words and length of each sentence over the limit."""
    words = _blank(_ADDRESSES, paragraph.source)
    start = 0
    for end in [*(match.start() for match in _SENTENCE_END.finditer(words)), len(words)]:
        sentence = words[start:end]
        count = len(_WORD.findall(sentence))
        if count > LONGEST_SENTENCE:
            skipped = len(sentence) - len(sentence.lstrip(' \n»”")'))
            line = paragraph.line + words.count("\n", 0, start + skipped)
            yield line, paragraph.source[start + skipped : end].split("\n")[0][:30], count
        start = end
