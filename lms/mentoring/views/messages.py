"""The conversation of a pair."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from flask import Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import vault
from lms.audit import actions as audit
from lms.audit.rules import Role, Visitor, What
from lms.core.db import transaction
from lms.core.i18n import format_day, format_time
from lms.core.policy import allow, signed_in
from lms.mentoring import actions, conversation, words
from lms.mentoring.conversation import Entry
from lms.mentoring.forms import MessageForm
from lms.mentoring.policy import Permission
from lms.mentoring.queries import Pair
from lms.mentoring.states import Side
from lms.mentoring.views import bp
from lms.mentoring.views.own import load_pair
from lms.web.forms import typed
from lms.web.page import page

ON_A_PAGE = 50


@bp.get("/<pair>/messages")
@allow(Permission.PAIR, load_pair)
def messages(found: Pair) -> Response:
    """The conversation."""
    return _messages_page(found, MessageForm(formdata=None))


@dataclass(frozen=True, slots=True)
class Said:
    """One message as it stands in the conversation."""

    text: str
    who: str
    meta: str


def _messages_page(found: Pair, form: MessageForm, status: int = 200) -> Response:
    person = signed_in()
    other = found.other(person.id)
    mentor = found.side(person.id) is Side.MENTOR
    g.nav = "mentoring.pairs" if mentor else "mentoring.mine"
    talk = conversation.talk(found, person.id, vault.unlocked())
    pages = max(1, -(-talk.count // ON_A_PAGE))
    number = min(max(1, request.args.get("page", 1, type=int)), pages)
    skip = (number - 1) * ON_A_PAGE
    latest = conversation.messages(found, talk.keys, ON_A_PAGE, skip)
    days = _by_day(found, latest[::-1], person.id, person.zone)
    if mentor:
        visitor = Visitor(person.id, Role.MENTOR, found.mentor_name)
        audit.saw_list(visitor, [found.mentee_id], What.MESSAGES, found.public_id)
    if talk.unread and status == 200:
        # "Opened" is a fact about this visit, as its access line is; it has its own short transaction too.
        with transaction():
            actions.mark_read(found, person.id)
    return page(
        "mentoring/messages.html",
        status,
        form=form,
        found=found,
        name=found.name_of(other),
        role="learner" if mentor else "mentor",
        mentor=mentor,
        days=days,
        number=number,
        pages=pages,
    )


def _by_day(
    found: Pair, entries: list[Entry], reader_id: int, zone: str
) -> list[tuple[str, list[Said]]]:
    return [
        (day, [_said(found, entry, reader_id, zone) for entry in group])
        for day, group in groupby(entries, key=lambda entry: format_day(entry.at, zone))
    ]


def _said(found: Pair, entry: Entry, reader_id: int, zone: str) -> Said:
    time = format_time(entry.at, zone)
    text = words.text_of(entry.text)
    if entry.author_id == reader_id:
        return Said(text, "mine", time)
    who = "mentor" if entry.author_id == found.mentor_id else "learner"
    return Said(text, who, f"{found.name_of(entry.author_id)}, {time}")


@bp.post("/<pair>/messages")
@allow(Permission.PAIR, load_pair)
def write(found: Pair) -> AnyResponse:
    """Write to the other side."""
    form = MessageForm()
    if not form.validate():
        return _messages_page(found, form, 422)
    actions.write_message(found, signed_in().id, typed(form.body), vault.unlocked())
    return redirect(url_for("mentoring.messages", pair=found.public_id) + "#last", 303)
