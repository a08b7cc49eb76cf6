"""Printing statements, in the process that prints certificates."""

from __future__ import annotations

from typing import Any

from flask import current_app

from lms.certificates import number
from lms.certificates.jobs import PRINTER
from lms.certificates.pdf.statement import StatementDocument
from lms.core import sealing
from lms.core.i18n import force_locale
from lms.core.outbox import Job
from lms.core.settings import Settings
from lms.recognition import actions, queries, words
from lms.recognition.queries import Statement
from lms.recognition.rules import by_month, months


def document(found: Statement, name: str, settings: Settings) -> StatementDocument:
    """What is printed: months with time in them, and the sum that was approved."""
    wanted = months(found.first_month, found.last_month)
    given = queries.given(found.person_id, found.first_month, found.last_month)
    approved = found.approved_at or found.asked_at
    with force_locale(found.lang):
        rows = [(words.month(m), words.time(n)) for m, n in by_month(given, wanted).items() if n]
        return StatementDocument(
            lang=found.lang,
            name=name,
            period=words.period(found.first_month, found.last_month),
            months=tuple(rows),
            total=words.time(found.minutes),
            issuer=settings.issuer(found.lang),
            signatory=settings.signatory(found.lang)[0],
            number=number.shown(found.reference),
            issued=approved.date(),
            product=settings.product(found.lang),
        )


def print_statement(payload: dict[str, Any]) -> bytes | None:
    """Make the file. Holds no lock, and may run twice."""
    found = queries.to_print(payload["statement"])
    if found is None:
        return None
    statement, sealed, owner = found
    name = sealing.unseal(sealed, queries.name_place(statement.public_id, owner))
    settings: Settings = current_app.extensions["settings"]
    return PRINTER.print(document(statement, name, settings))


def keep_statement(payload: dict[str, Any], pdf: bytes | None) -> None:
    """Write the file and drop the name."""
    if pdf is not None:
        actions.finish(payload["statement"], pdf)


JOB = Job(actions.PRINT, effect=keep_statement, work=print_statement)
