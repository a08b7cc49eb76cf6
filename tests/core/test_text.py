"""Markdown comes out safe whatever goes in; folding and the predicates keep their promises."""

from __future__ import annotations

import re
import unicodedata

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.core import markup, text
from lms.core.text import Unsafe

ATTACKS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html,<script>)", "![x](https://evil.example/p.png)", "![x](//evil.example/p.png)", "[x](//evil.example)",
    "<a href='x' onclick='y'>z</a>", "[x]: javascript:1\n\n[x]", "## a {#x onclick=1}", "::: heads-up <b onload=x>\nx\n:::",
    "::: try #a \"><script>\nx\n:::", "::: quote\nx\n-- <script>\n:::", "<!-- -->", "`<script>`", "|<script>|\n|-|\n|x|",
    "<style>*{}</style>", "&lt;script&gt;", "[x](https://a.example/\"onmouseover=\"x)", "<https://a.example/<script>>",
]  # fmt: skip
words = st.one_of(st.sampled_from(ATTACKS), st.text(max_size=30))
markdown = st.lists(words, max_size=8).map("\n\n".join)
TAGS = markup._TAGS | {"svg", "circle", "path"}


@settings(deadline=None)
@given(markdown)
def test_nothing_but_the_allowlist_comes_out(source: str) -> None:
    soup = BeautifulSoup(markup.render(source).html, "html.parser")
    for tag in soup.find_all(True):
        assert tag.name in TAGS
        for name, value in tag.attrs.items():
            assert not name.startswith("on")
            assert name != "style"
            if name == "href":
                assert re.match(r"https?://|mailto:|#|/(?!/)", str(value)), value
    assert not soup.find_all("img"), "no picture without a course folder"


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_one_by_one(attack: str) -> None:
    html = markup.render(attack).html
    assert "<script" not in html
    assert "javascript:" not in re.sub(r">[^<]*<", "><", html).lower()
    assert not re.search(r"<[^>]*\son\w+=", html)


def test_the_boxes() -> None:
    html = markup.render(
        "::: mentor With your mentor\nTalk.\n:::\n\n::: quote\nI wrote *it*.\n-- Lawyer, Almaty\n:::\n"
    ).html
    assert '<div class="callout iris">' in html
    assert "<span>With your mentor</span>" in html
    assert html.count("<svg") == 1
    assert (
        "<blockquote>\n<p>I wrote <em>it</em>.</p>\n<footer>Lawyer, Almaty</footer>\n</blockquote>"
        in html
    )


def test_a_try_box_can_not_be_sent() -> None:
    soup = BeautifulSoup(
        markup.render("::: try #my-lines Five lines\nWrite.\n:::", box_hint="Stays here.").html,
        "html.parser",
    )
    area = soup.find("textarea")
    assert area is not None
    assert "name" not in area.attrs
    assert area["id"] == soup.find("label")["for"] == "my-lines"
    assert soup.find(id=area["aria-describedby"]).get_text() == "Stays here."


def test_outside_links_say_where_they_go() -> None:
    html = markup.render(
        "[Report](https://www.ehra.org/a) and <https://ehra.org> and [here](#a)"
    ).html
    assert html.count('rel="noreferrer"') == 2
    assert html.count("(ehra.org)") == 1, "not beside an address that shows it already"


def test_only_the_first_paragraph_leads() -> None:
    html = markup.render("::: note\nNot me\n:::\n\nMe\n\nNot me", lead=True).html
    assert html.count('class="lead"') == 1
    assert '<p class="lead">Me</p>' in html


def test_tables_have_classes_not_styles() -> None:
    html = markup.render("## Costs {#costs}\n\n| what | how much |\n|---|--:|\n| day | 25 |").html
    assert '<td class="num">25</td>' in html
    assert 'role="group" tabindex="0" aria-labelledby="costs"' in html
    assert "style" not in html


def test_deeper_headings() -> None:
    assert markup.render("## A {#a}", deeper=1).html == '<h3 id="a">A</h3>\n'


# ---------------------------------------------------------------- folding


@given(st.text())
def test_folding_twice_is_folding_once(typed: str) -> None:
    assert text.fold(text.fold(typed)) == text.fold(typed)
    assert text.skeleton(text.skeleton(typed)) == text.skeleton(typed)


@given(st.text(alphabet="абвгдеёжзийклмнопрстуфхцчшщъыьэюя -'", max_size=40))
def test_case_does_not_matter_in_cyrillic(typed: str) -> None:
    assert (
        text.fold(typed.upper())
        == text.fold(typed)
        == text.fold(unicodedata.normalize("NFD", typed))
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ёлка", "елка"), ("O’Neil", "o'neil"), ("O`Neil", "o'neil"), ("«да»", '"ДА"'), ("а — б", "а - б"),
        ("стре́сс", "Стресс"), ("ﬁne", "FINE"), ("  two\u00a0 words ", "two words"), ("мо\u00adде\u200bль", "модель"),
        ("Straße", "STRASSE"),
    ],
)  # fmt: skip
def test_the_same_when_folded(one: str, other: str) -> None:
    assert text.fold(one) == text.fold(other)


def test_different_letters_stay_different() -> None:
    assert text.fold("и") != text.fold("й")
    assert text.fold("e") != text.fold("é")
    assert text.fold("a") != text.fold("а"), "a Cyrillic letter is another letter when searching"


@pytest.mark.parametrize(
    ("one", "other"), [("Саша", "Cаша"), ("СОВА", "COBA"), ("heron", "hеrоn"), ("Ёж", "ёж")]
)
def test_look_alikes_have_one_skeleton(one: str, other: str) -> None:
    assert text.skeleton(one) == text.skeleton(other)


def test_other_names_have_other_skeletons() -> None:
    assert len({text.skeleton(name) for name in ("heron", "herom", "цапля", "цапль", "сова")}) == 5


# ---------------------------------------------------------------- what must not be kept


@pytest.mark.parametrize(
    ("typed", "why", "position"),
    [
        ("a\0b", Unsafe.NUL, 1), ("ab\x07", Unsafe.CONTROL, 2), ("\u202eab", Unsafe.BIDI, 0), ("a\u2066", Unsafe.BIDI, 1),
        ("a\ud800", Unsafe.SURROGATE, 1), ("a\u200bb", Unsafe.INVISIBLE, 1), ("a\ufeff", Unsafe.INVISIBLE, 1),
        ("a\nb", Unsafe.CONTROL, 1), ("a\u2028", Unsafe.CONTROL, 1),
    ],
)  # fmt: skip
def test_unfit_characters(typed: str, why: Unsafe, position: int) -> None:
    found = text.find_unsafe(typed)
    assert found is not None
    assert (found.why, found.position) == (why, position)


def test_line_breaks_pass_in_long_texts_only() -> None:
    assert text.is_clean("a\n\tb\r\n", multiline=True)
    assert not text.is_clean("a\nb")


def test_ordinary_writing_passes() -> None:
    for typed in (
        "Как дела, Ёжик?",
        "O’Neil – “yes” 5 €",
        "გამარჯობა",
        "Բարև",
        "नमस्ते क्ष",
        "👩‍⚖️ ok",
        "Қазақша ғ ұ",
    ):
        assert text.is_clean(typed), typed


@given(st.text())
def test_what_passes_has_no_control_character(typed: str) -> None:
    if text.is_clean(typed):
        assert not any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in typed)


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("привет мир", ""),
        ("Привeт", "Привeт"),
        ("USB-кабель", ""),
        ("the cаt sat", "cаt"),
        ("ВИЧ и HIV", ""),
        ("5кг x2", ""),
    ],
)
def test_mixed_alphabets_in_one_word(typed: str, word: str) -> None:
    assert text.mixed_script_word(typed) == word


def test_plain_words_of_a_text() -> None:
    assert markup.plain("<p>A &amp; <em>b</em></p>\n<ul>\n<li>c</li>\n</ul>") == "A & b c"
