"""`flask certificates …`: list, withdraw, render-check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import click
from flask import current_app
from flask.cli import AppGroup

from lms.accounts import queries as people
from lms.accounts.models import Person
from lms.accounts.roles import Role
from lms.certificates import actions, number, queries, record
from lms.certificates.pdf.document import LIMITS, CertificateDocument, DocumentRefused
from lms.certificates.pdf.process import Printer, PrintingFailed
from lms.certificates.pdf.samples import SAMPLES
from lms.certificates.rules import NotAllowed, Reason
from lms.core.clock import now
from lms.core.db import reading, transaction
from lms.core.i18n import LANGUAGES
from lms.courses import queries as courses

group = AppGroup("certificates", help="Certificates: numbers and states, never names.")
STAFF = (Role.COORDINATOR, Role.ADMINISTRATOR)


@group.command("list")
def list_all() -> None:
    """List every certificate: number, course, version, state, dates."""
    with reading():
        found = queries.everything()
    for held in found:
        days = " ".join(
            f"{moment:%Y-%m-%d}" for moment in (held.issued_at, held.ended_at) if moment
        )
        click.echo(f"{number.shown(held.number)}  {held.state:9}  {held.course_key}  {days}")
    click.echo(f"{len(found)} in all")


@group.command("withdraw")
@click.argument("certificate_number")
@click.option("--reason", type=click.Choice([reason.value for reason in Reason]), required=True)
@click.option("--agreed", nargs=2, required=True, metavar="HANDLE HANDLE", help="Two of the staff.")
def withdraw(certificate_number: str, reason: str, agreed: tuple[str, str]) -> None:
    """Withdraw the certificate with this number; two people of the staff must have agreed."""
    with transaction():
        first, second = (_staff(handle) for handle in agreed)
        parsed = number.parse(certificate_number)
        held = queries.printed(parsed) if parsed else None
        if held is None:
            raise click.ClickException("no certificate has this number")
        try:
            if held.asked_by_id is None:
                actions.ask_to_withdraw(held, first.id, Reason(reason))
            actions.agree_to_withdraw(held, second.id)
        except NotAllowed as why:
            raise click.ClickException(f"not possible: {why}") from None
    click.echo("Withdrawn.")


def _staff(handle: str) -> Person:
    person = people.by_handle(handle)
    if person is None or not any(person.id in people.holders(role) for role in STAFF):
        raise click.ClickException(f"{handle!r} is neither coordinator nor administrator")
    return person


@group.command("render-check")
def render_check() -> None:
    """Print a sample of every course in every language, with the longest name, and say what does not fit."""
    with reading():
        trials = list(_trials())
    bad = 0
    with Printer() as printer:
        for what, document in trials:
            problem = _problem(printer, document)
            bad += bool(problem)
            click.echo(f"{'! ' if problem else 'ok '}{what}{': ' if problem else ''}{problem}")
    if bad:
        raise SystemExit(1)


def _trials() -> Iterator[tuple[str, CertificateDocument | str]]:
    longest = "Александра-Виктория Константиновна Преображенская-Святополк-Мирская "
    settings = current_app.extensions["settings"]
    for sample in SAMPLES:
        yield f"sample {sample.lang}", replace(sample, name=(longest * 2)[: LIMITS["name"]].strip())
    for entry in courses.catalogue(next(iter(LANGUAGES))):
        frozen = record.freeze(entry.version_id, settings, self_checked=False)
        for lang in LANGUAGES:
            what = f"{entry.title} ({lang})"
            try:
                yield (
                    what,
                    record.document(
                        frozen,
                        number=number.new(),
                        name=(longest * 2)[: LIMITS["name"]].strip(),
                        lang=lang,
                        neutral=False,
                        issued_at=now(),
                        public_url=settings.public_url,
                    ),
                )
            except DocumentRefused as refusal:
                yield what, str(refusal)


def _problem(printer: Printer, document: CertificateDocument | str) -> str:
    if isinstance(document, str):
        return document
    try:
        printer.print(document)
    except DocumentRefused as refusal:
        return str(refusal)
    except PrintingFailed as failure:
        return f"the PDF process failed: {failure or type(failure).__name__}"
    return ""


def check_printing() -> list[str]:
    """For the doctor: whether a certificate comes out at all."""
    with Printer() as printer:
        problem = _problem(printer, SAMPLES[0])
    return [f"certificates can't be printed: {problem}"] if problem else []
