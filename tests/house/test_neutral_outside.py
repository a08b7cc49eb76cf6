"""The outside gives nothing away (`safety.md` 1.5): 0 sensitive words in titles, addresses, headers, names of
files and cookies, mails and properties of PDFs, for everybody, in both languages.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, Response
from pypdf import PdfReader, PdfWriter

from lms.certificates import record
from lms.certificates.pdf.process import Printer
from lms.core import clock
from lms.core.db import reading
from lms.core.i18n import LANGUAGES
from lms.core.policy import public
from lms.core.settings import Settings
from lms.messaging import mail
from lms.messaging.kinds import Subject
from lms.web.outside import sensitive
from tests.courses.world import publish_folder
from tests.house import outside
from tests.house.test_role_matrix import DENIED, MATRIX, ROWS, SIGN_IN, Row
from tests.house.world import PERSONAS, Town

pytestmark = pytest.mark.sqlite_only
ROOT = Path(__file__).resolve().parent.parent.parent
STATIC = ROOT / "lms" / "web" / "static"
REAL_COURSES = sorted(path.parent for path in (ROOT / "courses").glob("*/course.toml"))


def looks(row: Row) -> Iterator[str]:
    """Everybody who gets something of her own; of those who are sent away alike, the first."""
    sent_away = set()
    for persona, cell in zip(PERSONAS, row.cells, strict=True):
        if cell not in DENIED | {SIGN_IN} or cell not in sent_away:
            yield persona
        sent_away.add(cell)


def crawl(town: Town, rows: list[Row]) -> tuple[int, list[str]]:
    """Look at the outside of every page of these rows; return how many, and what was found."""
    looked, found = 0, []
    for row in rows:
        for lang in LANGUAGES if "<lang>" in row.rule else ("en",):
            address = town.address(row.rule, row.places, lang)
            for persona in looks(row):
                answer = town.get(persona, address)
                looked += 1
                found += [
                    f"{persona} {row.name} {lang} {what}"
                    for what in outside.said(outside.of_answer(address, answer))
                ]
        town.restore()
    return looked, found


def test_no_page_says_it_outside(town: Town) -> None:
    looked, found = crawl(town, [row for row in ROWS if row.method == "GET"])
    assert looked > 500
    assert found == []


def test_no_answer_to_a_form_says_it_outside(town: Town) -> None:
    found = []
    for row in [row for row in ROWS if row.method == "POST"]:
        persona = next(looks(row))
        for lang in LANGUAGES:
            address = town.address(row.rule, row.places, lang)
            form = {name: town.ids.get(str(value)[1:], value) for name, value in row.form.items()}
            answer = town.post(persona, address, {"form_key": f"neutral-{row.name}", **form})
            found += [
                f"{row.name} {what}" for what in outside.said(outside.of_answer(address, answer))
            ]
            town.restore()
    assert found == []


def test_no_name_of_a_table_of_addresses_or_file_says_it() -> None:
    names = [*MATRIX["cells"], *(str(path.relative_to(STATIC)) for path in STATIC.rglob("*"))]
    assert [name for name in names if sensitive(name.split("#")[0].replace("-", " "))] == []
    icon = (STATIC / "icon.svg").read_text("utf-8")
    assert outside.said(iter([("icon", icon)])) == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", Subject)
def test_no_mail_says_it(town: Town, kind: Subject, lang: str) -> None:
    with town.app.app_context():
        composed = mail.compose("heron@example.org", lang, kind, "7:1")
    texts = list(outside.of_mail(composed))
    assert {"Subject", "From", "Message-ID", "body"} <= {where for where, _ in texts}
    assert outside.said(iter(texts)) == []


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory, app: Flask) -> list[bytes]:
    """A certificate of every course that ships, with its full title, in every language."""
    settings: Settings = app.extensions["settings"]
    made = []
    with app.app_context(), Printer() as printer:
        for folder in REAL_COURSES:
            version = publish_folder(folder).version_id
            with reading():
                frozen = record.freeze(version, settings, self_checked=False)
            for lang in LANGUAGES:
                facts = {"number": "7K4MPX2W9QHT", "name": "Saule A.", "issued_at": clock.now()}
                words = record.document(
                    frozen,
                    lang=lang,
                    neutral=False,
                    public_url="https://learn.example.org",
                    **facts,
                )
                made.append(printer.print(words))
    return made


def test_no_pdf_says_it_outside(printed: list[bytes]) -> None:
    assert len(printed) == len(REAL_COURSES) * len(LANGUAGES)
    for body in printed:
        texts = list(outside.of_pdf(body))
        assert {"property /Title", "XMP"} <= {where for where, _ in texts}
        assert outside.said(iter(texts)) == []
        # Inside it may: the issuer's name has the field in it, and the holder chose the wording.
        assert sensitive(PdfReader(io.BytesIO(body)).pages[0].extract_text())


# --- Each of them can fail -----------------------------------------------------------------------


def spoilt(body: str, **headers: str) -> Response:
    return Response(f"<!doctype html><title>About</title>{body}", headers=headers)


@pytest.mark.parametrize(
    ("answer", "where"),
    [
        (spoilt("<title>Снижение вреда</title>"), "title: снижение вреда"),
        (spoilt('<meta property="og:title" content="Naloxone at home">'), "meta og:title: naloxone"),
        (spoilt('<a href="/en/harm-reduction">x</a>'), "href of a: harm-reduction"),
        (spoilt('<a href="/ru/%D0%92%D0%98%D0%A7">x</a>'), "href of a: вич"),
        (spoilt('<a href="/x" download="mentor.pdf">x</a>'), "download of a: mentor"),
        (spoilt('<form method="get"><input name="hiv"></form>'), "query: hiv"),
        (spoilt("", **{"Content-Disposition": "attachment; filename=OST_list.csv"}),
         "header Content-Disposition: ost"),
        (spoilt("", **{"Set-Cookie": "drug_course=1; Path=/"}), "header Set-Cookie: drug"),
        (spoilt("", **{"X-Site": "Наркополитика"}), "header X-Site: наркополитика"),
        (Response("SUMMARY:Methadone", mimetype="text/calendar"), "text/calendar: methadone"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_planted_page_is_found(
    town: Town, monkeypatch: pytest.MonkeyPatch, answer: Response, where: str
) -> None:
    monkeypatch.setitem(town.app.view_functions, "web.about", public(lambda **_: answer))
    row = next(row for row in ROWS if row.name == "GET /<lang>/about")
    _looked, found = crawl(town, [row])
    assert f"guest GET /<lang>/about en {where}" in found


def test_a_planted_address_is_found() -> None:
    for address in ("/en/mentors/7", "/en/courses?topic=HIV", "/en/%D0%BD%D0%B0%D1%80%D0%BA%D0%BE"):
        assert outside.said(iter([("address", address)])), address
    assert not outside.said(iter([("address", "/en/courses/4hiv2ost9abc")])), "an id, by chance"


def test_a_planted_mail_is_found(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "subject", lambda _kind: "Your mentor wrote about methadone")
    with town.app.app_context():
        composed = mail.compose("heron@example.org", "en", Subject.MESSAGE, "7:1")
    assert outside.said(outside.of_mail(composed)) == ["Subject: mentor, methadone"]


def test_a_planted_pdf_is_found(printed: list[bytes]) -> None:
    writer, body = PdfWriter(clone_from=io.BytesIO(printed[0])), io.BytesIO()
    writer.add_metadata({"/Subject": "Снижение вреда"})
    writer.add_outline_item(title="What drug policy costs", page_number=0)
    writer.write(body)
    found = outside.said(outside.of_pdf(body.getvalue()))
    assert found == ["property /Subject: снижение вреда", "bookmark: drug"]


def test_ordinary_words_are_not_sensitive() -> None:
    for text in (
        "Друг пишет о стоимости",
        "host cost post prepare",
        "Солидарность, методом",
        "Home",
    ):
        assert sensitive(text) == []
