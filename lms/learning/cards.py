"""What learning shows on pages that it does not own: the first home, the course page."""

from __future__ import annotations

from lms.core import discretion
from lms.core.i18n import gettext as _
from lms.core.i18n import language
from lms.core.policy import Actor
from lms.core.room import Card
from lms.courses import queries as courses
from lms.courses.queries import Outline, OutlineItem
from lms.learning import queries, rules
from lms.learning.queries import Progress
from lms.web.page import address


def home(person: Actor) -> list[Card]:
    """The next step of the course with the latest step, and the other courses below. One statement."""
    found = [
        (facts, outline) for facts in queries.progress_of(person.id) if (outline := _outline(facts))
    ]
    if not found:
        # Who stands beside others comes here for them; a first course of her own waits below.
        beside = any(person.has(role) for role in ("mentor", "coordinator", "administrator"))
        return [Card("learning/card_first.html", {}, order=60 if beside else 20)]
    running = [pair for pair in found if pair[0].completed_at is None]
    cards = [Card("learning/card_next.html", _next(*running[0]), order=10)] if running else []
    others = [pair for pair in found if not running or pair != running[0]]
    if others:
        rows = [_row(facts, outline, person.zone) for facts, outline in others]
        cards.append(Card("learning/card_others.html", {"rows": rows}, order=60))
    return cards


def course(person: Actor | None, course_id: int, outline: Outline) -> list[Card]:
    """Progress and the next step on a course's page, or how to begin. One statement."""
    facts = queries.progress(person.id, course_id) if person else None
    mine = _outline(facts) if facts else None
    if facts is None or mine is None:
        first = outline.items[0] if outline.items else None
        url = _item_url(outline, first) if first else ""
        begin = {"first": first, "url": url, "person": person}
        return [Card("learning/card_begin.html", begin, order=10, aside=True)]
    context: dict[str, object] = _next(facts, mine)
    context["modules"] = _module_states(mine, rules.standing(mine.items, facts.done))
    newer = facts.version_id != outline.version_id
    context["newer"] = newer and facts.completed_at is not None
    return [Card("learning/card_progress.html", context, order=10, aside=True)]


def _outline(facts: Progress) -> Outline | None:
    return courses.outline(facts.version_id, language())


def _next(facts: Progress, outline: Outline) -> dict[str, object]:
    standing = rules.standing(outline.items, facts.done)
    item = outline.by_id[standing.here] if standing.here is not None else None
    module = outline.module_of(item) if item else None
    return {
        "outline": outline,
        "standing": standing,
        "item": item,
        "title": _("Next step") if discretion.discreet() or item is None else item.title,
        "module": module,
        "url": _item_url(outline, item) if item else "",
        "course_url": address("courses.course", course_pid=outline.public_id),
        "complete": facts.completed_at is not None,
    }


def _row(facts: Progress, outline: Outline, zone: str) -> dict[str, object]:
    return {
        "title": outline.title,
        "url": address("courses.course", course_pid=outline.public_id),
        "completed_at": facts.completed_at,
        "zone": zone,
        "standing": rules.standing(outline.items, facts.done),
    }


def _module_states(outline: Outline, standing: rules.Standing) -> dict[str, str]:
    states = {
        module.key: "done"
        for module, part in zip(outline.modules, standing.parts, strict=True)
        if part.complete
    }
    if standing.part_here:
        states[outline.modules[standing.part_here - 1].key] = "here"
    return states


def _item_url(outline: Outline, item: OutlineItem) -> str:
    return f"{address('courses.course', course_pid=outline.public_id)}/{item.public_id}"
