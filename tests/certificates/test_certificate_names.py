"""The name: what may be printed, and that the commitment opens to the name alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.certificates.names import LONGEST, NameProblem, commitment, matches, problem, tidy
from lms.certificates.pdf.faces import coverage, coverage_text
from lms.certificates.pdf.glyphs import COVERAGE, missing_glyphs

KEY, SALT = b"k" * 32, b"s" * 16


@pytest.mark.parametrize(
    "name",
    [
        "Saule",
        "Сауле Ахметова",
        "Әйгерім Қыдырғожақызы",
        "Ҷамшед Ӯрунов",
        "Gʻulomjon Oʻktamov",
        "O’Neill-Żółć, jr.",
        "Ülo Õunapuu Šimkus Ğülşən Țăran",
        "ნინო ბერიძე",
        "ՆԻՆՈ Պետրոսյան",
        "А. Б. Тер-Петросян",
        "Juniper 27",
    ],
)
def test_names_of_our_region_can_be_printed(name):
    assert problem(tidy(name)) is None


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", NameProblem.EMPTY),
        (" - . ", NameProblem.EMPTY),
        ("a" * (LONGEST + 1), NameProblem.TOO_LONG),
        ("Anna\u202eannA", NameProblem.NOT_A_NAME),
        ("Anna\u200bB", NameProblem.NOT_A_NAME),
        ("Anna\0B", NameProblem.NOT_A_NAME),
        ("<b>Anna</b>", NameProblem.NOT_A_NAME),
        ("Anna {{7*7}}", NameProblem.NOT_A_NAME),
        ("file:///etc/passwd", NameProblem.NOT_A_NAME),
        ("Anna 😀", NameProblem.NOT_A_NAME),
        ("Anna ١٢", NameProblem.NOT_A_NAME),
        ("安娜", NameProblem.NO_GLYPH),
        ("Άννα", NameProblem.NO_GLYPH),
        ("Сaуле", NameProblem.MIXED_ALPHABETS),
        ("Anna Сaуле-Anna", NameProblem.MIXED_ALPHABETS),
    ],
)
def test_what_is_refused_and_why(name, why):
    assert problem(tidy(name)) is why


def test_one_name_in_two_alphabets_is_fine():
    assert problem("Saule Сауле-Saule") is None


@given(st.text(max_size=100))
def test_any_text_is_answered_and_tidying_is_stable(text):
    name = tidy(text)
    problem(name)
    assert tidy(name) == name


@pytest.mark.parametrize(
    "typed", ["saule  akhmetova", "SAULE AKHMETOVA ", "Ｓaule Akhmetova", "Saule\u00a0Akhmetova\n"]
)
def test_case_spaces_and_width_do_not_matter(typed):
    assert matches(commitment(KEY, SALT, "Saule Akhmetova"), KEY, SALT, typed)


def test_dashes_and_apostrophes_of_phones_do_not_matter():
    assert matches(commitment(KEY, SALT, "O'Neill-Żółć"), KEY, SALT, "O’neill–żółć")


@given(st.text(max_size=90), st.text(max_size=90))
def test_another_name_does_not_match(one, other):
    same = matches(commitment(KEY, SALT, one), KEY, SALT, other)
    assert not same or one == other or len(one.split()) == len(other.split())
    if one.casefold().split() == other.casefold().split():
        assert same


def test_the_commitment_needs_key_and_salt():
    kept = commitment(KEY, SALT, "Saule")
    assert kept != commitment(b"x" * 32, SALT, "Saule")
    assert kept != commitment(KEY, b"x" * 16, "Saule")
    with pytest.raises(ValueError, match="salt"):
        commitment(KEY, b"", "Saule")


def test_the_list_of_letters_is_that_of_the_fonts():
    assert COVERAGE.read_text("ascii") == coverage_text()


def test_the_list_has_our_alphabets():
    alphabets = (
        "Ұұ Ққ Ңң Әә Өө Ӣӣ Ӯӯ Ҳҳ Ҷҷ Ғғ Ёё Єє Її Ґґ Ўў İı Ğğ Șș Țț Ąą Żż Šš აჰ ԱՖաֆև « » “ „ – — № ’"
    )
    assert missing_glyphs(alphabets) == ""
    assert missing_glyphs("аб漢😀漢") == "漢😀"
    assert 0 not in coverage()
