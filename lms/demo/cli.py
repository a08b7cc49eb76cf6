"""`flask demo …`: invented people to look around with."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from lms.core.clock import now
from lms.core.db import reading
from lms.core.settings import Settings
from lms.demo import load as demo
from lms.demo import words

group = AppGroup("demo", help="Demo people and cohorts. Not on a real host.")


@group.command("load")
def load() -> None:
    """Make the demo people with their past, unless they are there, and print who can sign in."""
    _refuse_in_production()
    with reading():
        there = demo.is_loaded()
    if not there:
        try:
            demo.load(now())
        except demo.CourseMissing as missing:
            raise click.ClickException(
                f"the course {missing} is not published: flask courses publish --yes"
            ) from None
    click.echo("Sign in as one of these (the passphrases are no secret):")
    for account in words.ACCOUNTS:
        click.echo(f"  {account.role:14} {account.handle:8} {account.passphrase}")
    invite()


def invite() -> None:
    """Print a code that opens a place in a demo cohort."""
    with reading():
        code = demo.invitation()
    if code:
        click.echo(f"A code for “I have a code”: {code}")


def _refuse_in_production() -> None:
    settings: Settings = current_app.extensions["settings"]
    if settings.mode == "production":
        raise click.ClickException("not here: this instance is for real people")
