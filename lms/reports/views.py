"""The report of a programme: one page that prints, and the same as a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date

from flask import Blueprint, Response, abort, g, request

from lms.core.clock import now
from lms.core.i18n import gettext as _
from lms.core.i18n import language
from lms.core.policy import allow, signed_in
from lms.programmes import queries as programmes
from lms.programmes.queries import Running
from lms.reports import queries, shown
from lms.reports.indicators import Figures, Period, figures
from lms.reports.policy import Permission
from lms.reports.queries import Facts
from lms.reports.standards import standards
from lms.web.page import address, page
from lms.workbench.files import as_csv

bp = Blueprint(
    "reports", "lms.reports", url_prefix="/<lang:lang>/numbers", template_folder="templates"
)
OLDEST = date(2000, 1, 1)
RHYTHM_DAYS = 14


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is reported on. `year` None is the whole time; no programme: none has been needed so far."""

    every: list[Running]
    programme: Running | None
    year: int | None
    today: date

    @property
    def period(self) -> Period:
        """From the first to the last day, today at the latest."""
        if self.year is None:
            return Period(OLDEST, self.today)
        return Period(date(self.year, 1, 1), min(date(self.year, 12, 31), self.today))

    @property
    def rhythm_days(self) -> int:
        """How often a pair means to meet."""
        return self.programme.session_rhythm_days if self.programme else RHYTHM_DAYS

    def facts(self) -> Facts:
        """What there is to report."""
        return queries.facts(self.programme.id if self.programme else 0)


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing to choose."""

    text: str
    url: str
    current: bool
    lang: str = ""


@bp.get("")
@allow(Permission.READ)
def numbers() -> Response:
    """The whole report. Nobody is named, so nobody is told that it was read."""
    g.nav = "reports.numbers"
    chosen = _chosen()
    facts = chosen.facts()
    found = figures(facts, chosen.period, chosen.rhythm_days)
    first = min((one.asked_at.year for one in facts.pairs), default=chosen.today.year)
    return page(
        "reports/numbers.html",
        chosen=chosen,
        found=found,
        shown=shown,
        standards=standards(found),
        programmes=_programme_chips(chosen),
        periods=_period_chips(chosen, first),
        file=_address("reports.table", chosen, chosen.year),
        figures_mark=shown.digest(shown.table(found)),
        moment=now(),
        zone=signed_in().zone,
    )


@bp.get("/table.csv")
@allow(Permission.READ)
def table() -> Response:
    """The same figures as a file."""
    chosen = _chosen()
    found = figures(chosen.facts(), chosen.period, chosen.rhythm_days)
    return _file(chosen, found)


def _file(chosen: Chosen, found: Figures) -> Response:
    rows = shown.table(found)
    moment = now().strftime("%Y-%m-%d %H:%M UTC")
    rows.append([_("Query date and mark"), moment, shown.digest(rows), *[""] * 4])
    answer = Response(as_csv(rows, language()), mimetype="text/csv")
    name = f"numbers-{chosen.year or 'all'}-{chosen.today.isoformat()}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _chosen() -> Chosen:
    """What the address asks for; 404 for a programme or a year that is not there."""
    every = programmes.programmes()
    wanted = request.args.get("programme", "")
    found = next((one for one in every if not wanted or one.public_id == wanted), None)
    year, today = request.args.get("year", ""), now().astimezone(UTC).date()
    if (wanted and found is None) or not (year == "" or (year.isascii() and year.isdigit())):
        abort(404)
    if year and not OLDEST.year <= int(year) <= today.year:
        abort(404)
    return Chosen(every, found, int(year) if year else None, today)


def _programme_chips(chosen: Chosen) -> list[Chip]:
    if len(chosen.every) < 2:
        return []
    return [
        Chip(
            one.title(language()) or _("First programme"),
            address("reports.numbers", programme=one.public_id),
            one == chosen.programme,
        )
        for one in chosen.every
    ]


def _period_chips(chosen: Chosen, first: int) -> list[Chip]:
    years: list[int | None] = [None, *range(chosen.today.year, first - 1, -1)]
    return [
        Chip(
            str(year) if year else _("Since the beginning"),
            _address("reports.numbers", chosen, year),
            year == chosen.year,
        )
        for year in years
    ]


def _address(endpoint: str, chosen: Chosen, year: int | None) -> str:
    one = chosen.programme if len(chosen.every) > 1 else None
    parts = {"programme": one.public_id} if one else {}
    return address(endpoint, **parts, **({"year": year} if year else {}))
