"""`flask audit …`: whether the record is whole."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from lms.audit import queries
from lms.core.db import reading

group = AppGroup("audit", help="The record of who has seen whose data.")


@group.command("verify")
def verify() -> None:
    """Check every line of the record; name the first broken one of each person."""
    with reading():
        broken, lines = queries.broken_chains(), queries.line_count()
    for public_id, number in broken:
        click.echo(f"{public_id}: line {number} was changed, removed or added by hand")
    if broken:
        raise click.ClickException(f"{len(broken)} of the records are not as they were written")
    click.echo(f"{lines} lines, all as they were written.")
