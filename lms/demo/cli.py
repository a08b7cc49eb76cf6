"""`flask demo …`: invented people to look around with."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from lms.accounts import queries as people
from lms.accounts.factors import actions as factors
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
    click.echo("Who has a role is asked for a code, too:  ./run code NAME")
    invite()


@group.command("code")
@click.argument("name")
def code(name: str) -> None:
    """Print the six digits that NAME's app would show now, for the second step of signing in."""
    _refuse_in_production()
    with reading():
        person = people.by_handle(name)
        found = factors.next_code(person) if person else None
    if found is None:
        raise click.ClickException(f"{name!r} is asked for no code")
    digits, seconds = found
    if seconds:
        click.echo(f"This half minute's code is used up; in {seconds} seconds it is:")
    click.echo(digits)


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
