"""Which files are taken, and what a file is: name, content and declaration, if any, say the same. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from lms.core.files.refusal import Refused, Why


class Kind(StrEnum):
    """The kinds that are taken."""

    JPG = "jpg"
    PNG = "png"
    WEBP = "webp"
    PDF = "pdf"
    DOCX = "docx"
    ODT = "odt"
    TXT = "txt"

    @property
    def picture(self) -> bool:
        """Whether it is drawn anew before it is kept."""
        return self in {Kind.JPG, Kind.PNG, Kind.WEBP}


_OPEN_XML = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MIMETYPES = {
    Kind.JPG: "image/jpeg",
    Kind.PNG: "image/png",
    Kind.WEBP: "image/webp",
    Kind.PDF: "application/pdf",
    Kind.DOCX: _OPEN_XML,
    Kind.ODT: "application/vnd.oasis.opendocument.text",
    Kind.TXT: "text/plain",
}
_EXTENSIONS = {kind.value: kind for kind in Kind} | {"jpeg": Kind.JPG}
# For a file field: what a phone offers to choose from.
ACCEPTED = ",".join(f".{extension}" for extension in _EXTENSIONS)
# A phone that knows no program for a kind of file declares nothing.
_UNDECLARED = {"", "application/octet-stream"}
_OTHER_NAMES = {"image/jpg": "image/jpeg"}
_ZIP, _ZIP_END = b"PK\x03\x04", b"PK\x05\x06"
_HEAD = 1024
_MARKUP = re.compile(
    rb"<(?:!doctype|html|head|body|script|svg|iframe|\?xml|\?php)\b", re.IGNORECASE
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_PROGRAMS = (
    b"\x7fELF",
    b"MZ",
    b"#!",
    b"GIF8",
    b"%!PS",
    b"{\\rtf",
    b"\x1f\x8b",
    b"Rar!",
    b"7z\xbc\xaf",
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it came in: what its sender says about it, and its bytes."""

    name: str
    declared: str
    data: bytes


def kind_of(sent: Sent) -> Kind:
    """What the file is. Raises Refused when the three disagree, or when it is no kind that is taken."""
    if not sent.data:
        raise Refused(Why.EMPTY)
    kind = _EXTENSIONS.get(sent.name.rpartition(".")[2].lower() if "." in sent.name else "")
    if kind is None:
        raise Refused(Why.KIND)
    if not _declared_as(kind, sent.declared) or kind not in _by_content(sent.data):
        raise Refused(Why.DIFFERENT)
    _CHECKS.get(kind, _no_check)(sent.data)
    return kind


def _declared_as(kind: Kind, declared: str) -> bool:
    said = declared.partition(";")[0].strip().lower()
    return said in _UNDECLARED or _OTHER_NAMES.get(said, said) == MIMETYPES[kind]


def _by_content(data: bytes) -> frozenset[Kind]:
    """What the first bytes allow it to be. A zip may be either kind of document; the child looks inside."""
    if data.startswith(b"\xff\xd8\xff"):
        return frozenset({Kind.JPG})
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return frozenset({Kind.PNG})
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return frozenset({Kind.WEBP})
    if data.startswith(b"%PDF-"):
        return frozenset({Kind.PDF})
    if data.startswith(_ZIP):
        return frozenset({Kind.DOCX, Kind.ODT})
    return frozenset() if data.startswith(_PROGRAMS) else frozenset({Kind.TXT})


def _no_check(_data: bytes) -> None:
    return


def _one_pdf(data: bytes) -> None:
    """A whole PDF and nothing beside it: no page of the web at its head, no archive at its end."""
    if b"%%EOF" not in data[-_HEAD:]:
        raise Refused(Why.BROKEN)
    if _MARKUP.search(data[:_HEAD]) or _ZIP_END in data[-_HEAD * 64 :]:
        raise Refused(Why.DIFFERENT)


def _plain_text(data: bytes) -> None:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(Why.NOT_TEXT) from None
    if _CONTROL.search(text):
        raise Refused(Why.NOT_TEXT)
    if _MARKUP.match(data.lstrip(b"\xef\xbb\xbf \t\r\n")):
        raise Refused(Why.DIFFERENT)


_CHECKS = {Kind.PDF: _one_pdf, Kind.TXT: _plain_text}
