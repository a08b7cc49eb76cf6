"""Pages of the journal, for its writer alone."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import vault
from lms.core.clock import now
from lms.core.i18n import gettext as _
from lms.core.policy import Actor, allow, signed_in
from lms.journal import actions, queries, rules, words
from lms.journal.forms import EntryForm
from lms.journal.policy import Permission
from lms.journal.queries import Entry
from lms.mentoring.queries import Pair
from lms.web.forms import Form, typed
from lms.web.page import page

bp = Blueprint("journal", __name__, url_prefix="/<lang:lang>/journal", template_folder="templates")
ON_A_PAGE = 20


def _load(_person: Actor, entry: str) -> Entry | None:
    return queries.entry(entry)


@bp.get("")
@allow(Permission.KEEP)
def index() -> Response:
    """All entries, the latest first."""
    person, opener = signed_in(), vault.unlocked()
    pages = max(1, -(-queries.count(person.id) // ON_A_PAGE))
    number = min(max(1, request.args.get("page", 1, type=int)), pages)
    found = queries.entries(person.id, ON_A_PAGE, (number - 1) * ON_A_PAGE)
    return page(
        "journal/index.html",
        entries=[(entry, queries.text_of(entry, opener)) for entry in found],
        number=number,
        pages=pages,
        zone=person.zone,
    )


@bp.route("/new", methods=["GET", "POST"])
@allow(Permission.KEEP)
def new() -> AnyResponse:
    """Write an entry, if she likes about a part of a course."""
    form, person = EntryForm(), signed_in()
    vault.unlocked()
    g.nav = "journal.index"
    item = request.args.get("item", "")[:12]
    if not form.validate_on_submit():
        return page(
            "journal/entry.html",
            422 if form.is_submitted() else 200,
            form=form,
            entry=None,
            item=item,
            pairs=[],
            prompt=words.prompt(rules.prompt_of(now().date())),
        )
    item_id = queries.item_of(item) if item else None
    actions.write(person, typed(form.body), item_id)
    flash(_("Kept, for you only."), "done")
    return redirect(url_for("journal.index"), 303)


@bp.route("/<entry>", methods=["GET", "POST"])
@allow(Permission.ENTRY, _load)
def one(found: Entry) -> AnyResponse:
    """Read an entry and write it anew. When another tab was faster, both stand on the page (409)."""
    opener = vault.unlocked()
    text = queries.text_of(found, opener)
    sent = request.method == "POST"
    form = EntryForm() if sent else EntryForm(formdata=None, data={"body": text})
    if form.overtaken({"body": text or ""}):
        return _entry_page(found, form, text, 409)
    if not form.validate_on_submit():
        return _entry_page(found, form, text, 422 if sent else 200)
    actions.change(found, typed(form.body), opener)
    flash(_("Saved."), "done")
    return redirect(url_for("journal.one", entry=found.public_id), 303)


def _entry_page(found: Entry, form: EntryForm, text: str | None, status: int) -> Response:
    person = signed_in()
    g.nav = "journal.index"
    shown = queries.seen_by(found.id) if found.shared else frozenset()
    return page(
        "journal/entry.html",
        status,
        form=form,
        plain=Form(formdata=None),
        entry=found,
        gone=text is None,
        pairs=[(pair, pair.id in shown) for pair in actions.pairs_of(person.id)],
        zone=person.zone,
    )


@bp.route("/<entry>/delete", methods=["GET", "POST"])
@allow(Permission.ENTRY, _load)
def delete(found: Entry) -> AnyResponse:
    """Destroy an entry, at once."""
    form = Form()
    if not form.validate_on_submit():
        return page("journal/delete.html", form=form, entry=found, zone=signed_in().zone)
    actions.destroy(found)
    flash(_("Destroyed."), "done")
    return redirect(url_for("journal.index"), 303)


@bp.post("/<entry>/share")
@allow(Permission.ENTRY, _load)
def share(found: Entry) -> AnyResponse:
    """Show it to the mentor of a pair."""
    pair, opener = _pair(), vault.unlocked()
    text = queries.text_of(found, opener)
    if text is None:
        abort(404)
    actions.show(found, pair, text, opener)
    flash(_("%(name)s can read this entry now.", name=pair.mentor_name), "done")
    return redirect(url_for("journal.one", entry=found.public_id), 303)


@bp.post("/<entry>/keep")
@allow(Permission.ENTRY, _load)
def keep(found: Entry) -> AnyResponse:
    """Show it no more; the copy is destroyed."""
    pair = _pair()
    actions.keep_to_herself(found, [pair.id])
    flash(
        _("%(name)s can’t read it any more; the copy is destroyed.", name=pair.mentor_name), "done"
    )
    return redirect(url_for("journal.one", entry=found.public_id), 303)


def _pair() -> Pair:
    """The pair that the form names, one in which she is the mentee; 404 for any other."""
    if not Form().validate():
        abort(400)
    wanted = request.form.get("pair", "")
    found = [one for one in actions.pairs_of(signed_in().id) if one.public_id == wanted]
    if not found:
        abort(404)
    return found[0]
