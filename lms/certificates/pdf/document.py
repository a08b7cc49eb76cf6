"""What is printed on a certificate, and nothing else: the whole input of a PDF."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Container
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from lms.certificates.pdf.glyphs import missing_glyphs
from lms.certificates.pdf.strokes import THEMES

# Raise it with every change of template, style, words or fonts: a record names the version it is printed with.
TEMPLATE = "1"
LANGUAGES = ("en", "ru")
# What somebody is certified for: a course, or support that she gave to others as a volunteer.
COURSE, SUPPORT = "course", "support"
MOST_MODULES = 8
# Longest texts that fit at a size that can be read; the tests print all of them at once.
LIMITS = {
    "name": 80,
    "course": 140,
    "subtitle": 160,
    "work": 160,
    "signatory": 80,
    "signatory_role": 100,
    "issuer": 100,
    "number": 14,
    "check_url": 120,
    "check_text": 60,
    "product": 30,
}
LONGEST_MODULE = 90
_KNOWN: dict[str, tuple[Container[str], str]] = {
    "lang": (LANGUAGES, "neither en nor ru"),
    "theme": (THEMES, "not one of ours"),
    "kind": ((COURSE, SUPPORT), "neither a course nor support"),
}
_MUST_SAY = ("name", "course", "issuer", "number", "check_url", "check_text", "product")


class DocumentRefused(Exception):
    """The record can't be printed as it is. Names the field and the reason, never the text in it."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CertificateDocument:
    """The printed words of one certificate, frozen at issue. No mentor, no score, no place to put one.

    Raises DocumentRefused for a text that is missing, too long, not printable, or has a letter that no font has.
    """

    lang: str
    name: str
    course: str
    subtitle: str = ""
    work: str = ""
    modules: tuple[str, ...] = ()
    signatory: str = ""
    signatory_role: str = ""
    issuer: str
    number: str
    check_url: str
    check_text: str
    issued: date
    theme: str = "rights"
    product: str = "Alongside"
    kind: str = COURSE

    def __post_init__(self) -> None:
        for field, (known, reason) in _KNOWN.items():
            if getattr(self, field) not in known:
                raise DocumentRefused(f"{field}: {reason}")
        if len(self.modules) > MOST_MODULES:
            raise DocumentRefused(f"modules: more than {MOST_MODULES}")
        for field in _MUST_SAY:
            if not getattr(self, field).strip():
                raise DocumentRefused(f"{field}: empty")
        for field, longest in LIMITS.items():
            check_text(field, getattr(self, field), longest)
        for module in self.modules:
            check_text("modules", module, LONGEST_MODULE)

    def to_json(self) -> str:
        """Return the record for the pipe or a sealed column."""
        return json.dumps(asdict(self) | {"issued": self.issued.isoformat()}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> CertificateDocument:
        """Read what `to_json` wrote. Raises DocumentRefused for anything else."""
        try:
            values: dict[str, Any] = json.loads(text)
            values["issued"] = date.fromisoformat(values["issued"])
            values["modules"] = tuple(values["modules"])
        except (ValueError, TypeError, KeyError):
            raise DocumentRefused("the record is not in our form") from None
        if values.keys() != {field.name for field in fields(cls)}:
            raise DocumentRefused("the record has other fields than this template")
        return cls(**values)


def check_text(field: str, text: str, longest: int) -> None:
    """Refuse what can't be printed."""
    if len(text) > longest:
        raise DocumentRefused(f"{field}: longer than {longest}")
    if any(unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for sign in text):
        raise DocumentRefused(f"{field}: has a control sign")
    if missing_glyphs(text):
        raise DocumentRefused(f"{field}: has a letter that no font has")
