"""`flask courses …`: check, publish, stamp, status, list."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from lms.core.db import reading
from lms.courses import publishing, queries
from lms.courses.source import command
from lms.courses.source.problems import FORMATS, as_text

group = AppGroup("courses", help="Courses as files, and their published versions.")
PLACE = click.Path(exists=True, file_okay=False, path_type=Path)


def _place(path: Path | None) -> Path:
    found: Path = path or current_app.config["COURSES"]
    return found


@group.command("check")
@click.argument("path", required=False, type=PLACE)
@click.option("--format", "form", type=click.Choice(sorted(FORMATS)), default="text")
@click.option("--strict", is_flag=True, help="Warnings fail too.")
def check(path: Path | None, form: str, strict: bool) -> None:
    """Check the course folders at PATH, also against what is published."""
    with reading():
        published = queries.published()
    hints = publishing.box_hints()
    report, passes = command.check(
        _place(path), form=form, strict=strict, published=published, box_hints=hints
    )
    click.echo(report)
    if not passes:
        raise SystemExit(1)


@group.command("publish")
@click.argument("path", required=False, type=PLACE)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--note",
    multiple=True,
    metavar="LANG=TEXT",
    help="What changed, for learners; once a language.",
)
def publish(path: Path | None, yes: bool, note: tuple[str, ...]) -> None:
    """Publish the course folders at PATH: check, show what would change, ask, write the next version."""
    notes = dict(line.split("=", 1) for line in note if "=" in line)
    plans = publishing.plan(_place(path))
    for planned in plans:
        _show(planned)
    if not all(planned.is_possible for planned in plans):
        raise click.ClickException("nothing was published: fix the errors above first")
    fresh = [planned for planned in plans if planned.is_new]
    if fresh and not yes:
        click.confirm(f"Publish {', '.join(planned.folder.name for planned in fresh)}?", abort=True)
    for planned in fresh:
        outcome = publishing.carry_out(planned, notes)
        click.echo(f"{planned.folder.name}: version {outcome.number}")


def _show(planned: publishing.Plan) -> None:
    errors = [problem for problem in planned.problems if problem.is_error]
    warnings = sum(problem.is_warning for problem in planned.problems)
    click.echo(f"{planned.folder.name}: {'; '.join(planned.changes) or 'errors'}")
    if errors:
        click.echo(as_text(errors))
    if warnings:
        click.echo(f"  {warnings} warnings: flask courses check {planned.folder}")


@group.command("stamp")
@click.argument("path", required=False, type=PLACE)
def stamp(path: Path | None) -> None:
    """Write into every translation at PATH which source it was made from."""
    click.echo(command.stamp_all(_place(path)))


@group.command("status")
@click.argument("path", required=False, type=PLACE)
def status(path: Path | None) -> None:
    """Show a table of lessons and languages: ok, stale, missing, draft."""
    click.echo(command.status(_place(path)))


@group.command("list")
def list_versions() -> None:
    """List every published version."""
    with reading():
        lines = queries.versions()
    for line in lines:
        latest = "  latest" if line.latest else ""
        languages = ", ".join(line.languages)
        click.echo(
            f"{line.key} {line.number}  {line.published_at:%Y-%m-%d}  {languages}  {line.public_id}{latest}"
        )
    if not lines:
        click.echo("Nothing is published yet: flask courses publish")
