"""What is printed on a statement of hours, and nothing else: no word about whom the hours were spent with."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from lms.certificates.pdf.document import LANGUAGES, DocumentRefused, check_text

MOST_MONTHS = 12
LIMITS = {
    "name": 80,
    "period": 60,
    "total": 40,
    "issuer": 100,
    "signatory": 80,
    "number": 14,
    "product": 30,
}
_MUST_SAY = ("name", "period", "total", "issuer", "number", "product")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StatementDocument:
    """The printed words of one statement: `months` are (month, time) in words.

    Raises DocumentRefused for a text that is missing, too long, not printable, or has a letter that no font has.
    """

    lang: str
    name: str
    period: str
    months: tuple[tuple[str, str], ...]
    total: str
    issuer: str
    signatory: str = ""
    number: str
    issued: date
    product: str = "Alongside"

    def __post_init__(self) -> None:
        if self.lang not in LANGUAGES:
            raise DocumentRefused("lang: neither en nor ru")
        if not 1 <= len(self.months) <= MOST_MONTHS:
            raise DocumentRefused(f"months: none, or more than {MOST_MONTHS}")
        for field in _MUST_SAY:
            if not getattr(self, field).strip():
                raise DocumentRefused(f"{field}: empty")
        for field, longest in LIMITS.items():
            check_text(field, getattr(self, field), longest)
        for text in (word for month in self.months for word in month):
            check_text("months", text, LIMITS["total"])

    def to_json(self) -> str:
        """Return the record for the pipe."""
        return json.dumps(asdict(self) | {"issued": self.issued.isoformat()}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> StatementDocument:
        """Read what `to_json` wrote. Raises DocumentRefused for anything else."""
        try:
            values: dict[str, Any] = json.loads(text)
            values["issued"] = date.fromisoformat(values["issued"])
            values["months"] = tuple((month, time) for month, time in values["months"])
        except (ValueError, TypeError, KeyError):
            raise DocumentRefused("the record is not in our form") from None
        if values.keys() != {field.name for field in fields(cls)}:
            raise DocumentRefused("the record has other fields than this template")
        return cls(**values)
