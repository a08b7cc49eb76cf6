"""Pages of tables: choose, look at what would happen, confirm; take everything out."""

from __future__ import annotations

import base64
import io
import json
import zipfile
import zlib
from collections.abc import Sequence
from datetime import date

from flask import Blueprint, Response, abort, current_app, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.audit import actions as audit
from lms.audit.rules import Role, Visitor, What
from lms.core import sealing
from lms.core.db import finish
from lms.core.files.refusal import Refused
from lms.core.files.web import sent_files, takes_files, too_much
from lms.core.i18n import gettext as _
from lms.core.i18n import language, ngettext
from lms.core.policy import Actor, allow, signed_in
from lms.core.settings import Settings
from lms.importers import actions, invitations, queries, sheet, words
from lms.importers.forms import SheetForm, TableForm
from lms.importers.invitations import Invited, Slip
from lms.importers.policy import Permission
from lms.importers.rules import COLUMNS, Kind
from lms.importers.sheet import Line, Unreadable
from lms.web.forms import Form, typed
from lms.web.page import page

SHOWN = 20

bp = Blueprint(
    "importers", "lms.importers", url_prefix="/<lang:lang>/tables", template_folder="templates"
)


def _kind(_person: Actor, kind: str) -> Kind | None:
    return Kind(kind) if kind in list(Kind) else None


@bp.get("")
@allow(Permission.TABLES)
def index() -> Response:
    """Which tables can come in, and everything as tables to take along."""
    g.nav = "support.today"
    return page(
        "importers/index.html",
        form=Form(formdata=None),
        titles=words.TITLES,
        waiting=invitations.waiting(),
    )


@bp.get("/<kind>")
@allow(Permission.TABLES, _kind)
def choose(kind: Kind) -> Response:
    """Choose a file."""
    return _choose(kind, TableForm(formdata=None))


def _choose(kind: Kind, form: TableForm, status: int = 200) -> Response:
    g.nav = "support.today"
    return page(
        "importers/choose.html",
        status,
        form=form,
        kind=kind,
        title=words.TITLES[kind],
        columns=[(column.key, column.names, column.needed) for column in COLUMNS[kind]],
    )


@bp.post("/<kind>")
@takes_files("check")
@allow(Permission.TABLES, _kind)
def bring(kind: Kind) -> AnyResponse:
    """Show what a table would do; do it, all or nothing, when that was confirmed."""
    form, data = TableForm(), _data()
    if not form.validate():
        return _choose(kind, form, 422)
    try:
        lines = _lines(data, typed(form.table), kind)
    except Unreadable as refused:
        form.file.errors = [words.of_file(refused)]
        return _choose(kind, form, 422)
    done = actions.carry_out(kind, lines, signed_in().id)
    if "errors" in request.form:
        return _errors(done)
    if "write" in request.form and not done.problems:
        if done.slips:
            return _sheet(done.slips)
        flash(
            _("Done: %(new)s new, %(changed)s changed.", new=done.new, changed=done.changed), "done"
        )
        return redirect(url_for("importers.index"), 303)
    # The page does not keep what was tried.
    return _preview(kind, form, lines, done, data)


def _data() -> bytes:
    if too_much():
        return b"x" * (sheet.LARGEST + 1)
    try:
        sent = sent_files("file")
    except Refused:
        return b"x" * (sheet.LARGEST + 1)
    return sent[0].data if sent else b""


def _lines(data: bytes, table: str, kind: Kind) -> list[Line]:
    """The rows of the file, or of the table that travelled in the page. Raises Unreadable."""
    return sheet.read(data or table.encode("utf-8", "replace"), COLUMNS[kind])


def _preview(
    kind: Kind, form: TableForm, lines: list[Line], done: actions.Done, data: bytes
) -> Response:
    g.nav = "support.today"
    if data:
        form.table.data = sheet.write(
            queries.head(kind),
            [[line.cells.get(name, "") for name in queries.head(kind)] for line in lines],
            "en",
        ).removeprefix(sheet.BOM)
    return page(
        "importers/preview.html",
        422 if done.problems else 200,
        form=form,
        kind=kind,
        title=words.TITLES[kind],
        head=queries.head(kind),
        lines=lines[:SHOWN],
        more=max(0, len(lines) - SHOWN),
        done=done,
        invited=done.slips[:SHOWN],
        more_invited=max(0, len(done.slips) - SHOWN),
        wrong=[(one, words.of_row(one)) for one in done.problems[:SHOWN]],
        more_problems=max(0, len(done.problems) - SHOWN),
    )


# --- Codes ---------------------------------------------------------------------------------------


def _sheet(slips: Sequence[Slip]) -> Response:
    """Codes that were just made: kept, and shown this once. The file is made from what travels in the page."""
    g.nav = "support.today"
    form, settings = SheetForm(formdata=None), _settings()
    rows = [(slip.row, slip.name, slip.code, slip.until.isoformat()) for slip in slips]
    packed = base64.b64encode(zlib.compress(json.dumps(rows).encode())).decode()
    form.sealed.data = sealing.seal(packed, _sheet_place()).hex()
    address = settings.public_url.split("://", 1)[-1].rstrip("/") + url_for("cohorts.code")
    return page("importers/codes.html", keep=True, form=form, slips=slips, address=address)


def _sheet_place() -> sealing.Place:
    return sealing.Place("page", "codes", "tables", signed_in().public_id)


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


@bp.post("/codes.csv")
@allow(Permission.TABLES)
def codes_file() -> AnyResponse:
    """The codes of the page as a file."""
    form = SheetForm()
    try:
        packed = sealing.unseal(bytes.fromhex(typed(form.sealed)), _sheet_place())
    except (sealing.CannotOpen, ValueError):
        flash(_("The page was open for too long. Make new codes."), "info")
        return redirect(url_for("importers.index"), 303)
    found = json.loads(zlib.decompress(base64.b64decode(packed)))
    head = [_("Row"), _("Name"), _("Code"), _("Last day")]
    rows = [
        [str(row), name, code, date.fromisoformat(day).isoformat()]
        for row, name, code, day in found
    ]
    return _file(sheet.write(head, rows, language()).encode(), "text/csv", "codes.csv")


@bp.post("/codes")
@allow(Permission.TABLES)
def new_codes() -> AnyResponse:
    """The sheet was lost: other codes for everybody who has not come yet."""
    slips = invitations.new_codes() if Form().validate() else []
    if slips:
        return _sheet(slips)
    flash(_("No code waits for anybody."), "info")
    return redirect(url_for("importers.index"), 303)


@bp.post("/codes/drop")
@allow(Permission.TABLES)
def drop_codes() -> AnyResponse:
    """Take back every code that nobody has typed."""
    if not Form().validate():
        abort(400)
    count = invitations.drop_codes()
    flash(ngettext("%(num)s code taken back.", "%(num)s codes taken back.", count), "done")
    return redirect(url_for("importers.index"), 303)


def _yours(person: Actor, row: str) -> Invited | None:
    return invitations.of_person(person.id, row)


@bp.route("/yours/<row>", methods=["GET", "POST"])
@allow(Permission.YOURS, _yours)
def yours(row: Invited) -> AnyResponse:
    """What staff wrote down for somebody who came with a code. Nothing of it holds before she says yes."""
    form, said = Form(), request.form.get("answer", "")
    if not form.validate_on_submit() or said not in {invitations.YES, invitations.NO}:
        return _yours_page(form, row, 422 if request.method == "POST" else 200)
    if said == invitations.NO:
        actions.refuse(row)
        flash(_("Good. What was written down is deleted."), "done")
        return redirect(url_for("web.home"), 303)
    try:
        onward = actions.accept(row, signed_in().id)
    except actions.Refused:
        flash(
            _("This cannot be done by itself any more. Ask the coordinator who gave you the code."),
            "error",
        )
        return _yours_page(form, row, 409)
    flash(_("Done. You can change it at any time."), "done")
    return redirect(onward, 303)


def _yours_page(form: Form, row: Invited, status: int = 200) -> Response:
    facts = words.facts(invitations.row_of(row))
    return page("importers/yours.html", status, form=form, row=row, facts=facts)


# --- Files ---------------------------------------------------------------------------------------


def _file(body: bytes, mimetype: str, name: str) -> Response:
    answer = Response(body, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _errors(done: actions.Done) -> Response:
    """Every problem as a table of its own. Nothing is kept of what was tried."""
    rows = [(str(one.row), one.column, one.value, words.of_row(one)) for one in done.problems]
    head = [_("Row"), _("Column"), _("What stands there"), _("What to do")]
    body = sheet.write(head, rows, language()).encode()
    finish(keep=False)
    return _file(body, "text/csv", "rows.csv")


@bp.get("/<kind>/template.csv")
@allow(Permission.TABLES, _kind)
def template(kind: Kind) -> Response:
    """An empty table with its head and one invented row."""
    example, lang = queries.examples(language()), language()
    head = queries.head(kind)
    names = {
        column.key: column.names[0] if column.names else column.key for column in COLUMNS[kind]
    }
    shown = [names[key] if lang == "ru" else key for key in head]
    body = sheet.write(shown, [[example[key] for key in head]], lang)
    return _file(body.encode(), "text/csv", f"{kind}.csv")


@bp.get("/all.zip")
@allow(Permission.TABLES)
def export() -> Response:
    """Everything that staff entered, a table each. Nothing that is sealed; each person in it finds a line."""
    person, found = signed_in(), queries.tables()
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as file:
        for table in found:
            entry = zipfile.ZipInfo(f"{table.name}.csv")  # with no moment of this machine in it
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            file.writestr(entry, sheet.write(table.head, table.rows, language()))
    role = Role.COORDINATOR if person.has("coordinator") else Role.ADMINISTRATOR
    people = frozenset().union(*(table.people for table in found))
    audit.saw_list(Visitor(person.id, role), people, What.TABLES)
    return _file(body.getvalue(), "application/zip", "tables.zip")
