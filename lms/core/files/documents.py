"""Whether a zip is the document that its name says. Runs in the child only; nothing of its text is read."""

from __future__ import annotations

from lms.core.files import zips
from lms.core.files.limits import MIB, Limits
from lms.core.files.refusal import Refused, Why

_LIMITS = Limits(total=256 * MIB, each=64 * MIB, ratio=1_000)
_WORD = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.text"


def judge(data: bytes, kind: str) -> None:
    """Raises Refused for another kind of zip, a broken one, and a document with a program inside."""
    found = {info.filename: info for info in zips.index(data, _LIMITS)}
    named = "[Content_Types].xml" if kind == "docx" else "mimetype"
    if (
        named not in found
        or ("word/document.xml" if kind == "docx" else "content.xml") not in found
    ):
        raise Refused(Why.DIFFERENT)
    said = zips.read(data, found[named], Limits(each=MIB))
    if not (_WORD in said if kind == "docx" else said == _OPEN_DOCUMENT):
        raise Refused(Why.DIFFERENT)
    if any(_is_program(name) for name in found):
        raise Refused(Why.PROGRAM)


def _is_program(name: str) -> bool:
    lower = name.lower()
    return lower.endswith(("vbaproject.bin", ".js", ".exe")) or lower.startswith(
        ("basic/", "scripts/")
    )
