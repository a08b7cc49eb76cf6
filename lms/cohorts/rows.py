"""The lines of a cohort's table as they are shown: addresses, words, and where sorting leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from markupsafe import Markup

from lms.cohorts import rules
from lms.cohorts.look import First
from lms.cohorts.queries import CohortRow, Member
from lms.cohorts.table import Order, Slice
from lms.core.i18n import format_list, ngettext
from lms.core.i18n import gettext as _

SOME = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table as it is shown."""

    name: str
    url: str
    cells: list[tuple[int, int] | None]
    percent: int
    last_step: str
    quiet: bool


def row(cohort: CohortRow, member: Member, moment: datetime, zone: str, first: First) -> Row:
    """A line of the table."""
    return Row(
        name=member.seat.shown_name,
        url=person_url(cohort, member),
        cells=[(part.done, part.total) if part else None for part in member.parts],
        percent=member.standing.percent,
        last_step=ago(member, moment, zone),
        quiet=member in first.quiet,
    )


def person_url(cohort: CohortRow, member: Member) -> str:
    """Where one person's page is."""
    return url_for("cohorts.person", cohort=cohort.public_id, seat=member.seat.public_id)


def ago(member: Member, moment: datetime, zone: str) -> str:
    """When the last step was, in words."""
    if not member.progress.done:
        return _("Not yet")
    days = rules.days_ago(member.progress.last_step, moment, zone)
    if days < 2:
        return _("Yesterday") if days else _("Today")
    if days < 14:
        return ngettext("%(num)s day ago", "%(num)s days ago", days)
    return ngettext("%(num)s week ago", "%(num)s weeks ago", days // 7)


def quiet_names(cohort: CohortRow, first: First) -> Markup:
    """The names of quiet people as links, joined as the language joins them."""
    # Names are links inside a list that each language joins in its own way.
    links = [
        Markup('<a href="{}">{}</a>').format(person_url(cohort, member), member.seat.shown_name)
        for member in first.quiet[:SOME]
    ]
    more = len(first.quiet) - SOME
    if more > 0:
        links.append(Markup("{}").format(ngettext("%(num)s more", "%(num)s more", more)))
    return Markup(format_list(links)) if links else Markup()  # noqa: S704 - parts are escaped above


def sort_links(cohort: CohortRow, order: Order) -> dict[str, tuple[str, str]]:
    """For each sortable column: (address that sorts by it, its present state)."""
    links = {}
    for column, start in (("name", "name"), ("done", "-done"), ("step", "step")):
        sorted_by = order.removeprefix("-") == column
        back = column if order.startswith("-") else f"-{column}"
        state = "descending" if order.startswith("-") else "ascending"
        url = url_for("cohorts.cohort", cohort=cohort.public_id, sort=back if sorted_by else start)
        links[column] = (f"{url}#table", state if sorted_by else "none")
    return links


def page_links(cohort: CohortRow, order: Order, shown: Slice) -> tuple[str | None, str | None]:
    """Addresses of the page before and after, where there is one."""

    def url(number: int) -> str:
        address = url_for("cohorts.cohort", cohort=cohort.public_id, sort=order.value, page=number)
        return f"{address}#table"

    before = url(shown.number - 1) if shown.number > 1 else None
    return before, url(shown.number + 1) if shown.number < shown.pages else None
