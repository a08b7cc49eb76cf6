"""Have nothing to do with somebody: silently, and to be taken back."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.core.i18n import gettext as _
from lms.core.policy import Actor, allow, signed_in
from lms.safeguarding import actions, queries
from lms.safeguarding.others import Other, other_of
from lms.safeguarding.policy import Permission
from lms.safeguarding.views import bp
from lms.web.forms import Form
from lms.web.page import page


def load_other(person: Actor, other: str) -> tuple[str, Other] | None:
    """Whom an address means, for somebody who has to do with them."""
    found = other_of(other, person.id)
    return (other, found) if found else None


@bp.get("/block/<other>")
@allow(Permission.BLOCK, load_other)
def ask_block(found: tuple[str, Other]) -> Response:
    """Say what a block does, and ask."""
    return page(
        "safeguarding/block.html", form=Form(formdata=None), ref=found[0], name=found[1].name
    )


@bp.post("/block/<other>")
@allow(Permission.BLOCK, load_other)
def block(found: tuple[str, Other]) -> AnyResponse:
    """Do it."""
    if Form().validate():
        actions.block(signed_in().id, found[1])
        flash(_("Blocked. Nobody is told."), "done")
    return redirect(url_for("safeguarding.blocks"), 303)


@bp.get("/blocks")
@allow(Permission.BLOCK)
def blocks() -> Response:
    """Whom the person has blocked."""
    person = signed_in()
    return page(
        "safeguarding/blocks.html",
        form=Form(formdata=None),
        blocks=queries.blocks_of(person.id),
        zone=person.zone,
    )


@bp.post("/blocks/undo")
@allow(Permission.BLOCK)
def unblock() -> AnyResponse:
    """Take one back."""
    if Form().validate():
        actions.unblock(signed_in().id, request.form.get("block", ""))
        flash(_("Taken back. What has ended stays ended."), "done")
    return redirect(url_for("safeguarding.blocks"), 303)
