"""Work behind certificates: printing them, and offering what was earned before."""

from __future__ import annotations

import atexit
from typing import Any

from flask import current_app

from lms.certificates import actions, queries, record
from lms.certificates.pdf.process import Printer
from lms.core import sealing
from lms.core.outbox import Job
from lms.core.settings import Settings

# One PDF process for this worker, started at the first certificate; it ends with the worker.
PRINTER = Printer()
atexit.register(PRINTER.close)


def print_certificate(payload: dict[str, Any]) -> bytes | None:
    """Make the file. Holds no lock, and a second run makes the same bytes."""
    found = queries.to_print(payload["certificate"])
    if found is None:
        return None
    held, name, holder = found
    place = sealing.Place("certificate", "name_sealed", held.public_id, holder)
    settings: Settings = current_app.extensions["settings"]
    if held.lang is None or held.issued_at is None:
        raise LookupError("a certificate without language or day")
    document = record.document(
        held.record,
        number=held.number,
        name=sealing.unseal(name, place),
        lang=held.lang,
        neutral=held.neutral,
        issued_at=held.issued_at,
        public_url=settings.public_url,
    )
    return PRINTER.print(document)


def keep_certificate(payload: dict[str, Any], pdf: bytes | None) -> None:
    """Write the file and drop the name."""
    if pdf is not None:
        actions.finish(payload["certificate"], pdf)


def _offer_missing(_payload: dict[str, Any], _result: Any) -> None:
    actions.offer_missing()


ISSUE = Job(actions.ISSUE, effect=keep_certificate, work=print_certificate)
OFFER = Job("certificates.offer", effect=_offer_missing)
