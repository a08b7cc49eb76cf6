"""What support hangs on shared pages: on a pair's page its question, its look back and its notes."""

from __future__ import annotations

from flask import url_for

from lms.core.clock import now
from lms.core.i18n import gettext as _
from lms.core.policy import Actor, may
from lms.core.room import Card
from lms.mentoring.queries import Pair
from lms.mentoring.rules import closes
from lms.mentoring.states import State
from lms.support import queries
from lms.support.policy import Permission
from lms.support.rules import Asked


def home(person: Actor) -> list[Card]:
    """The way to what waits today. No statement."""
    return [Card("support/card_today.html", {}, 2)] if may(person, Permission.DESK) else []


def pair(person: Actor, found: Pair) -> list[Card]:
    """One statement, whichever side looks."""
    seen = queries.on_pair_page(found.id, person.id, now().date())
    cards = []
    if seen.question:
        cards.append(_box(4, *_question(seen.question.kind), "support.questions", found))
    if found.state is State.CLOSING:
        other = found.name_of(found.other(person.id))
        text = _looking_back(found)
        if found.other(person.id) in seen.written:
            text = _("%(name)s has written to you.", name=other)
        cards.append(_box(3, _("Looking back"), text, _("Look back"), "support.look_back", found))
    if seen.notes:
        url = url_for("support.about_me", pair=found.public_id)
        context = {"url": url, "count": seen.notes}
        cards.append(Card("support/card_notes.html", context, 90, aside=True))
    return cards


def _looking_back(found: Pair) -> str:
    """Why now: the agreed time is nearly over, or one of them has asked for a talk before a change."""
    if closes(found.ends_on, now().date()):
        return _("The agreed time comes to its end. What was reached, what comes next, thanks.")
    return _(
        "A last talk does both of you good: what was useful, what you take with you. You can skip it."
    )


def _question(kind: Asked) -> tuple[str, str, str]:
    if kind is Asked.FIT:
        return _("After your first meeting"), _("Is this a good fit? One question."), _("Answer")
    text = _("How is it going? The other side never sees what you answer.")
    return _("Three short questions"), text, _("Answer")


def _box(order: int, title: str, text: str, action: str, endpoint: str, found: Pair) -> Card:
    url = url_for(endpoint, pair=found.public_id)
    context = {"title": title, "text": text, "action": action, "url": url, "icon": "message-circle"}
    return Card("support/card_pair.html", context, order)
