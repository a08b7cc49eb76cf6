"""The outside of an answer, a mail and a PDF: every text that shows without the thing being opened."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from email.message import EmailMessage
from functools import cache
from typing import Any

from lxml import html
from pypdf import PdfReader
from werkzeug.test import TestResponse

from lms.web.outside import sensitive

# Random ids and digests: any letters may stand in them. Signed values are no words either.
RANDOM = re.compile(r"(?<![0-9a-zA-Z])(?=[0-9a-zA-Z]*\d)[0-9a-zA-Z]{12,64}(?![0-9a-zA-Z])")
# Values of cookies and of hidden fields are random too; what they are called shows.
COOKIE_NAME = re.compile(r"^([^=]+)=[^;]*")
# Only these files are opened as text by what shows them before a person opens them.
SHOWN_WHOLE = {"text/calendar", "application/manifest+json", "image/svg+xml"}


@cache
def says_too_much(text: str) -> tuple[str, ...]:
    """The sensitive words in a text that may have random ids in it."""
    return tuple(sensitive(RANDOM.sub("", text)))


def said(texts: Iterator[tuple[str, str]]) -> list[str]:
    """What says too much: `where: words`."""
    found = []
    for where, text in texts:
        if words := says_too_much(text):
            found.append(f"{where}: {', '.join(words)}")
    return found


def of_answer(address: str, answer: TestResponse) -> Iterator[tuple[str, str]]:
    """Address, headers, names of cookies and files; of a page also what its head and its links say."""
    yield "address", address
    for name, value in answer.headers:
        yield f"header {name}", COOKIE_NAME.sub(r"\1", value) if name == "Set-Cookie" else value
    if answer.mimetype in SHOWN_WHOLE:
        yield answer.mimetype, answer.get_data(as_text=True)
    if answer.mimetype == "text/html":
        yield from of_html(answer.get_data(as_text=True))


def of_html(text: str) -> Iterator[tuple[str, str]]:
    """Title, meta, icons, every address of this site, names of what a form puts into an address."""
    page = html.document_fromstring(text)
    for title in page.iter("title"):
        yield "title", title.text_content()
    for meta in page.iter("meta"):
        yield f"meta {meta.get('name') or meta.get('property')}", meta.get("content", "")
    for link in page.iter("link"):
        yield "link", f"{link.get('title', '')} {link.get('href', '')}"
    yield from _addresses(page)
    for form in page.iter("form"):
        if form.get("method", "get").lower() == "get":
            for field in form.iterdescendants("input", "select", "button"):
                yield "query", field.get("name", "")


def _addresses(page: Any) -> Iterator[tuple[str, str]]:
    for tag in page.iter("a", "form", "img", "script", "iframe", "object", "use"):
        for attribute in ("href", "action", "src", "data", "download"):
            address = tag.get(attribute, "")
            if not re.match(r"https?:", address):
                yield f"{attribute} of {tag.tag}", address


def of_mail(mail: EmailMessage) -> Iterator[tuple[str, str]]:
    """Everything: a mail may be opened by anybody."""
    for name, value in mail.items():
        yield name, str(value)
    yield "body", mail.get_content()


def of_pdf(body: bytes) -> Iterator[tuple[str, str]]:
    """Properties as a file manager shows them, the XMP packet, bookmarks, names of what is attached."""
    reader = PdfReader(io.BytesIO(body))
    for name, value in (reader.metadata or {}).items():
        yield f"property {name}", str(value)
    root: Any = reader.trailer["/Root"]
    if "/Metadata" in root:
        yield "XMP", root["/Metadata"].get_object().get_data().decode()
    for entry in reader.outline:
        yield "bookmark", str(getattr(entry, "title", entry))
    for name in reader.attachments:
        yield "attachment", name
