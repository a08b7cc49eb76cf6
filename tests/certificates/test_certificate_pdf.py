"""The file: words whole in all scripts, fonts inside, one page, the same bytes, a head that says nothing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from lms.certificates.pdf.document import (
    LIMITS,
    LONGEST_MODULE,
    CertificateDocument,
    DocumentRefused,
)
from lms.certificates.pdf.process import Printer
from lms.certificates.pdf.samples import ENGLISH, RUSSIAN, SAMPLES
from lms.certificates.pdf.strokes import THEMES

MM = 72 / 25.4
LEFT, COLUMN_END, RIGHT, RULE = 60.3 * MM, 232.3 * MM, 276.4 * MM, 132.6 * MM
SCRIPTS = {
    "latin": "AaÀàŁłŞşĞğWwMmQqJj",
    "cyrillic": "АаЩщЖжЁёФфЮю",
    "cyrillic-ext": "ҚқҢңҰұӘәӮӯҶҷҒғ",
    "georgian": "აბგდევზთჯჰ",
    "armenian": "ԱԲԳաբգդեֆև",
}


def read(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf))


def tool(*command: str, pdf: bytes) -> str:
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not installed")
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()


def words_of(pdf: bytes) -> list[tuple[float, float, float, float, str]]:
    """Each word with its box: left, top, right, bottom in points from the upper left corner."""
    found = re.findall(
        r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>',
        tool("pdftotext", "-bbox", "-", "-", pdf=pdf),
    )
    return [(*map(float, box), word) for *box, word in found]


def flat(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("document", SAMPLES, ids=lambda d: f"{d.lang}-{d.course[:5]}")
def test_every_word_comes_back_from_the_file(printer, document):
    text = flat(tool("pdftotext", "-raw", "-", "-", pdf=printer.print(document)))
    said = [document.name, document.course, document.subtitle, document.work, *document.modules]
    said += [
        document.signatory,
        document.signatory_role,
        document.issuer,
        document.number,
        document.check_text,
    ]
    assert [words for words in said if flat(words) not in text] == []


@pytest.mark.parametrize("document", SAMPLES, ids=lambda d: f"{d.lang}-{d.course[:5]}")
def test_every_font_is_inside_and_cut_to_its_letters(printer, document):
    fonts = read(printer.print(document)).pages[0]["/Resources"]["/Font"].values()
    assert fonts
    for font in fonts:
        descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert "/FontFile2" in descriptor
        assert re.match(r"/[A-Z]{6}\+(Commissioner|Noto-Sans)", descriptor["/FontName"])


def test_the_head_of_the_file_says_nothing(printer):
    reader = read(printer.print(RUSSIAN))
    assert dict(reader.metadata) == {"/Title": "Сертификат", "/Producer": "WeasyPrint 70.0"}
    head = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1<" in head
    assert "<pdfaid:part>3<" in head
    for secret in (RUSSIAN.name, RUSSIAN.course, RUSSIAN.number, "2026"):
        assert secret not in head
    assert "/Outlines" not in reader.trailer["/Root"]
    assert reader.attachments == {}
    assert reader.pages[0].get("/Annots") is None


def test_it_is_said_in_its_language_and_order(printer):
    root = read(printer.print(RUSSIAN)).trailer["/Root"]
    assert root["/Lang"] == "ru"
    assert root["/MarkInfo"]["/Marked"]
    tree = root["/StructTreeRoot"]["/K"][0].get_object()["/K"]
    kinds = [item.get_object()["/S"] for item in tree]
    assert [kinds.count(kind) for kind in ("/H1", "/Figure")] == [1, 1]
    assert tree[-1].get_object()["/Alt"].startswith("QR-код с адресом")


def test_the_same_record_gives_the_same_bytes_in_two_processes(printer):
    with Printer() as other:
        assert [other.print(sample) for sample in SAMPLES] == [
            printer.print(sample) for sample in SAMPLES
        ]


def test_another_record_gives_other_bytes(printer):
    assert printer.print(ENGLISH) != printer.print(replace(ENGLISH, name="Saule Ahmetova"))


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_prints(printer, theme):
    assert printer.print(replace(ENGLISH, theme=theme))


def test_the_code_holds_the_address_and_nothing_else(printer, tmp_path):
    if not (shutil.which("pdftoppm") and shutil.which("zbarimg")):
        pytest.skip("pdftoppm or zbarimg is not installed")
    picture = tmp_path / "page"
    command = ["pdftoppm", "-r", "110", "-gray", "-png", "-singlefile", "-", str(picture)]
    subprocess.run(command, input=printer.print(ENGLISH), check=True)
    command = ["zbarimg", "--raw", "-q", f"{picture}.png"]
    read_back = subprocess.run(
        command, capture_output=True, check=True, env={"PATH": os.defpath}
    ).stdout
    assert read_back.decode().strip() == ENGLISH.check_url


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_names_of_any_length_stay_in_their_place(printer, data):
    script = data.draw(st.sampled_from(sorted(SCRIPTS)))
    letters = SCRIPTS[script] + data.draw(st.sampled_from(["", "   ", "- "]))
    name = data.draw(st.text(letters, min_size=1, max_size=80).map(str.strip).filter(bool))
    document = data.draw(st.sampled_from([ENGLISH, RUSSIAN]))
    pdf = printer.print(replace(document, name=name))
    assert len(read(pdf).pages) == 1
    stays_in_place(pdf)
    assert flat(name) in flat(tool("pdftotext", "-raw", "-", "-", pdf=pdf))


def test_the_longest_texts_of_all_fields_fit_together(printer):
    sentence = "Документирование нарушений прав человека, подготовка обращений и безопасность свидетельств, "
    longest = {field: (sentence * 3)[:most].strip() for field, most in LIMITS.items()}
    keep = {
        "number": ENGLISH.number,
        "check_url": ENGLISH.check_url,
        "product": "Рядом с вами и вместе",
    }
    longest |= keep | {"check_text": "obuchenie.ryadom-platforma.example.org/ru/proverka"}
    modules = (sentence[:LONGEST_MODULE].strip(),) * 8
    pdf = printer.print(replace(RUSSIAN, **longest, modules=modules))
    assert len(read(pdf).pages) == 1
    stays_in_place(pdf)


def stays_in_place(pdf: bytes) -> None:
    """No word leaves its column, and the upper part ends above the rule."""
    words = words_of(pdf)
    assert all(left >= LEFT - 1.5 and right <= RIGHT + 1 for left, _, right, _, _ in words)
    upper = [word for word in words if 46 * MM < word[1] < RULE]
    beside_the_seal = [word for word in upper if word[0] > COLUMN_END]
    assert all(right <= COLUMN_END + 1 for left, _, right, _, _ in upper if left <= COLUMN_END)
    assert all("20" in word or word.isalnum() for *_, word in beside_the_seal)
    assert max(bottom for _, _, _, bottom, _ in upper) < RULE + 1
    assert max(bottom for _, _, _, bottom, _ in words) < 202 * MM


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"name": " "}, "name: empty"),
        ({"name": "x" * 81}, "name: longer than 80"),
        ({"name": "漢字"}, "name: has a letter that no font has"),
        ({"name": "a\u202eb"}, "name: has a control sign"),
        ({"course": "a\nb"}, "course: has a control sign"),
        ({"lang": "de"}, "lang: neither en nor ru"),
        ({"theme": "x"}, "theme: not one of ours"),
        ({"modules": ("a",) * 9}, "modules: more than 8"),
        ({"modules": ("漢",)}, "modules: has a letter that no font has"),
    ],
)
def test_a_record_that_cannot_be_printed_is_refused_before(change, reason):
    with pytest.raises(DocumentRefused, match=reason):
        replace(ENGLISH, **change)


def test_a_text_too_wide_for_its_place_is_refused(printer):
    with pytest.raises(DocumentRefused, match="modules: too wide"):
        printer.print(replace(ENGLISH, modules=("Щ" * 90,)))


def test_a_record_survives_its_journey():
    assert CertificateDocument.from_json(RUSSIAN.to_json()) == RUSSIAN
    for broken in (
        "",
        "[]",
        "{}",
        "null",
        '{"issued": "x"}',
        RUSSIAN.to_json().replace("theme", "mentor"),
    ):
        with pytest.raises(DocumentRefused):
            CertificateDocument.from_json(broken)


def test_the_web_process_never_loads_the_renderer():
    code = "import sys, lms.certificates.pdf.process, lms.certificates.names; print('weasyprint' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
