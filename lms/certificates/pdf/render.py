"""From record to PDF bytes. The only module that knows WeasyPrint; it is imported in the PDF process alone.

Nothing is fetched: an address that is not one of our own drawings ends the rendering.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import pydyf  # type: ignore[import-untyped]
import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from lms.certificates.pdf import strokes, words
from lms.certificates.pdf.document import SUPPORT, TEMPLATE, CertificateDocument, DocumentRefused
from lms.certificates.pdf.faces import Role, Slot, fitting_size
from lms.certificates.pdf.statement import StatementDocument
from lms.certificates.pdf.words import WORDS, long_date

_HERE = Path(__file__).parent
_MM = 72 / 25.4
_SLOTS = {
    "name": Slot(Role.HEAD, 172 * _MM, 18.8 * _MM, 37, 12, 1.12),
    "course": Slot(Role.HEAD, 172 * _MM, 18.8 * _MM, 23, 11, 1.15),
    "subtitle": Slot(Role.TEXT, 172 * _MM, 9.6 * _MM, 12, 7, 1.35),
    "work": Slot(Role.TEXT, 172 * _MM, 9.6 * _MM, 11, 7, 1.35),
    "signatory": Slot(Role.BOLD, 56 * _MM, 8.6 * _MM, 10.5, 5.5, 1.2),
    "signatory_role": Slot(Role.TEXT, 56 * _MM, 9.6 * _MM, 9, 5.5, 1.25),
    "issuer": Slot(Role.BOLD, 62 * _MM, 12.9 * _MM, 10.5, 5.5, 1.2),
    "check_text": Slot(Role.BOLD, 56 * _MM, 9.4 * _MM, 10.5, 5.5, 1.25),
    "product": Slot(Role.HEAD, 110 * _MM, 8.2 * _MM, 17, 9, 1.3),
}
_MODULE_SLOT = Slot(Role.TEXT, 66 * _MM, 9.4 * _MM, 9.8, 6, 1.35)
_CLASSES = {
    "product": ".brand",
    "signatory_role": ".role",
    "issuer": ".organisation",
    "check_text": ".check .address",
}


class ForeignAddress(FatalURLFetchingError):  # type: ignore[misc]
    """A document asked for something that is not one of our drawings."""


class PrintedBadly(Exception):
    """WeasyPrint warned about something: better no certificate than one that lacks a part."""


class _Strict(logging.Handler):
    """Turns each warning of WeasyPrint into an error, without its text, which may quote a name."""

    def emit(self, record: logging.LogRecord) -> None:
        raise PrintedBadly(record.levelname)


class NoFetcher(URLFetcher):  # type: ignore[misc]
    """Refuses every address, `file:` and `data:` included: our drawings are in memory before it is asked."""

    def fetch(self, url: str, headers: object = None) -> Any:
        """Raise ForeignAddress, which WeasyPrint does not swallow."""
        raise ForeignAddress("a certificate has no address to fetch")


class Painted:
    """A drawing as WeasyPrint takes an image: it only needs a size and a way to draw.

    Strokes go into the page as they are. By way of SVG text they took 10 of 65 ms, for the same result.
    """

    def __init__(self, drawing: strokes.Drawing) -> None:
        self._drawing = drawing
        self._operators = _operators(drawing)

    def get_intrinsic_size(
        self, _resolution: object, _font_size: object
    ) -> tuple[None, None, float]:
        """Return no size of its own, only a ratio."""
        return None, None, self._drawing.width / self._drawing.height

    def draw(self, stream: Any, width: float, height: float, _style: object) -> None:
        """Draw at this size, from the place where the stream stands."""
        stream.push_state()
        stream.transform(a=width / self._drawing.width, d=height / self._drawing.height)
        stream.transform(e=-self._drawing.left, f=-self._drawing.top)
        stream.stream.append(self._operators)
        stream.pop_state()


@dataclass(frozen=True, slots=True)
class Page:
    """A certificate as WeasyPrint's input, for the press and for the bench that measures beside it."""

    html: str
    sizes: str
    qr: Painted


class Press:
    """Fonts, style and template, loaded once for many certificates (a third faster, and memory stays flat)."""

    def __init__(self) -> None:
        log = logging.getLogger("weasyprint")
        log.handlers, log.propagate = [_Strict(logging.WARNING)], False
        self.fonts = FontConfiguration()
        templates = Environment(
            loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined
        )
        self._template = templates.get_template("certificate.html")
        self._statement = templates.get_template("statement.html")
        self.drawings = {
            "asset:mark": Painted(strokes.mark()),
            "asset:seal": Painted(strokes.seal()),
        } | {f"asset:band-{theme}": Painted(strokes.band(theme)) for theme in strokes.THEMES}
        # Most certificates have the same few sizes, so their rules are mostly parsed already.
        self.style = lru_cache(maxsize=64)(self._style)
        self.common_style = self._style((_HERE / "certificate.css").read_text("utf-8"))
        self.statement_style = self._style((_HERE / "statement.css").read_text("utf-8"))

    def print(self, document: CertificateDocument | StatementDocument) -> bytes:
        """Return the file: PDF/UA-1 and PDF/A-3a, one page, the same bytes for the same record.

        Raises DocumentRefused when the text needs more than its page.
        """
        if isinstance(document, StatementDocument):
            return self.write_statement(document)
        return self.write(self.lay_out(document), identifier(document))

    def lay_out(self, document: CertificateDocument) -> Page:
        """Return markup, sizes and code of a certificate."""
        html = self._template.render(
            doc=document,
            words=WORDS[document.lang] | _words_of(document),
            issued=long_date(document.issued, document.lang),
        )
        return Page(html, _sizes(document), Painted(qr_code(document.check_url)))

    def write(self, page: Page, file_id: bytes) -> bytes:
        """Set the page and return the file."""
        styles = [self.common_style, self.style(page.sizes)]
        return self._set(page.html, styles, {**self.drawings, "asset:qr": page.qr}, file_id)

    def write_statement(self, document: StatementDocument) -> bytes:
        """Set a statement of hours and return the file."""
        html = self._statement.render(
            doc=document,
            words=words.STATEMENT[document.lang],
            issued=long_date(document.issued, document.lang),
        )
        return self._set(html, [self.statement_style], {**self.drawings}, identifier(document))

    def _set(self, html: str, styles: list[Any], drawings: dict[str, Any], file_id: bytes) -> bytes:
        rendered = HTML(string=html, url_fetcher=NoFetcher()).render(
            font_config=self.fonts,
            stylesheets=styles,
            cache=drawings,
        )
        if len(rendered.pages) != 1:
            raise DocumentRefused("the text does not fit one page")
        pdf: bytes = rendered.write_pdf(
            # No output intent of WeasyPrint's: it would open its colour profile anew for each page.
            pdf_variant="pdf/a-3a",
            output_intent="",
            pdf_identifier=file_id,
            finisher=_finish,
        )
        return pdf

    def _style(self, text: str) -> Any:
        return CSS(string=text, font_config=self.fonts, url_fetcher=NoFetcher())


def _words_of(document: CertificateDocument) -> dict[str, str]:
    return words.SUPPORT[document.lang] if document.kind == SUPPORT else {}


def identifier(document: CertificateDocument | StatementDocument) -> bytes:
    """Return the fixed file identifier: from template and number, never from time or chance."""
    return hashlib.sha256(f"{TEMPLATE} {document.number}".encode()).hexdigest()[:32].encode()


def qr_code(address: str) -> strokes.Drawing:
    """Return the code for the check address, and nothing but the address."""
    # A fixed mask saves two thirds of the time that segno takes; readers accept each of the eight.
    code = segno.make(address, error="m", boost_error=False, micro=False, mask=2)
    return strokes.qr_code(code.matrix, "#14211b")


def _sizes(document: CertificateDocument) -> str:
    """Return the rules that differ between certificates: how large each text is, and the colours of the band."""
    sizes = {
        _CLASSES.get(field, f".{field}"): _size(field, getattr(document, field), slot)
        for field, slot in _SLOTS.items()
    }
    sizes["li"] = min(
        (_size("modules", text, _MODULE_SLOT) for text in document.modules), default=0
    )
    rules = [f"{selector}{{font-size:{size:g}pt}}" for selector, size in sizes.items()]
    ground = strokes.band_ground(document.theme)
    band = f".band{{background-color:{ground};background-image:url(asset:band-{document.theme})}}"
    return "".join([*rules, band])


def _size(field: str, text: str, slot: Slot) -> float:
    size = fitting_size(text, slot)
    if size is None:
        raise DocumentRefused(f"{field}: too wide for its place")
    return size


def _operators(drawing: strokes.Drawing) -> bytes:
    """Return the strokes of a drawing in the language of PDF pages."""
    return "\n".join(line for ink in drawing.inks for line in _ink_operators(ink)).encode()


def _ink_operators(ink: strokes.Ink) -> Iterator[str]:
    red, green, blue = (int(ink.colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    yield f"{red:.4f} {green:.4f} {blue:.4f} RG {ink.width:g} w {int(ink.round)} J"
    for line in ink.strokes:
        yield f"{line.x:.2f} {line.y:.2f} m {line.x + line.dx:.2f} {line.y + line.dy:.2f} l"
    yield "S"


def _finish(document: Any, pdf: Any) -> None:
    """Declare both standards that the page meets (WeasyPrint declares one), and what its colours mean."""
    number = int(pdf.catalog["Metadata"].split()[0])
    xmp = _XMP.format(title=document.metadata.title, producer=pdf.info["Producer"].string)
    pdf.objects[number].stream = [xmp.encode()]
    profile = pydyf.Stream([_SRGB], {"N": 3}, compress=True)
    pdf.add_object(profile)
    name = pydyf.String("sRGB2014")
    intent = {
        "Type": "/OutputIntent",
        "S": "/GTS_PDFA1",
        "OutputConditionIdentifier": name,
        "Info": name,
    }
    intent["DestOutputProfile"] = profile.reference
    pdf.catalog["OutputIntents"] = pydyf.Array([pydyf.Dictionary(intent)])
    pdf.objects[1:] = [_Finished(item) for item in pdf.objects[1:]]


class _Finished(pydyf.Object):  # type: ignore[misc]
    """A part of the file in its last form: pydyf would compress each twice, once for the file's hash."""

    def __init__(self, source: Any) -> None:
        super().__init__()
        self.number = source.number
        self._data: bytes = source.data
        self._compressible: bool = source.compressible

    @property
    def data(self) -> bytes:
        return self._data

    @property
    def compressible(self) -> bool:
        return self._compressible


# The extension schema tells PDF/A readers what `pdfuaid` means; without it PDF/A forbids the entry.
_XMP = (_HERE / "metadata.xml").read_text("utf-8")
_SRGB = (resources.files("weasyprint.pdf") / "sRGB2014.icc").read_bytes()
