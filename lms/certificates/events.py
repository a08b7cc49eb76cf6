"""What certificates tells the rooms above."""

from __future__ import annotations

from dataclasses import dataclass

from lms.core.events import Event


@dataclass(frozen=True, slots=True)
class CertificateIssued(Event):
    """The PDF exists; its number can be checked from now on."""

    certificate_id: int
    person_id: int | None


@dataclass(frozen=True, slots=True)
class CertificateWithdrawn(Event):
    """The certificate does not hold any more; `by` is holder or staff."""

    certificate_id: int
    person_id: int | None
    by: str
