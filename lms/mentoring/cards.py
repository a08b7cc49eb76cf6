"""What mentoring shows on home: who stands beside whom, who wrote, what waits for an answer. No words."""

from __future__ import annotations

from functools import lru_cache

from lms.core.i18n import gettext as _
from lms.core.i18n import language
from lms.core.policy import Actor
from lms.core.room import Card
from lms.mentoring.home import Home, HomeMatch, around
from lms.mentoring.states import TOGETHER, State
from lms.programmes import languages


def home(person: Actor) -> list[Card]:
    """One statement, whoever asks."""
    coordinates = person.has("coordinator") or person.has("administrator")
    found = around(person.id, coordinates=coordinates)
    cards = [*_offers(person, found), *_own_side(person, found), *_mentor_side(person, found)]
    if coordinates and found.people_waiting:
        cards.append(_card("waiting", {"count": found.people_waiting}))
    return cards


def _card(name: str, context: dict[str, object], order: int = 10, *, aside: bool = True) -> Card:
    return Card(f"mentoring/card_{name}.html", context, order, aside=aside)


def _offers(person: Actor, found: Home) -> list[Card]:
    asked = [
        match
        for match in found.matches
        if match.state
        is (State.OFFERED_TO_MENTOR if match.mentor_id == person.id else State.OFFERED_TO_MENTEE)
    ]
    return [
        _card("offer", {"match": match, "mentor": match.mentor_id == person.id}, 5, aside=False)
        for match in asked
    ]


def _own_side(person: Actor, found: Home) -> list[Card]:
    mine = [match for match in found.matches if match.mentor_id != person.id]
    together = [match for match in mine if match.state in TOGETHER]
    cards = [_card("mentor", _beside(match, person.zone)) for match in together]
    asked = any(match.state is State.OFFERED_TO_MENTOR for match in mine)
    if (found.waiting_since or asked) and not together:
        wait: dict[str, object] = {
            "since": found.waiting_since,
            "zone": person.zone,
            "asked": asked,
        }
        cards.append(_card("wait", wait))
    if mine or cards:
        return cards
    staff = any(person.has(name) for name in ("mentor", "coordinator", "administrator", "author"))
    return [] if staff else [_card("ask", {})]


def _beside(match: HomeMatch, zone: str) -> dict[str, object]:
    """One of the people beside her: who it is, whose turn it is, when they meet next."""
    return {
        "match": match,
        "line": _line(match),
        "news": _news(match),
        "title": _("My scientist") if match.track == "scientist" else _("My mentor"),
        "turn": _turn(match),
        "zone": zone,
    }


def _turn(match: HomeMatch) -> str:
    if match.state is State.PAUSED:
        return _("You take a rest from each other.")
    if match.awaiting == "mentee" and not match.unread:
        return _("It is your turn to write. One sentence is enough.")
    return ""


def _news(match: HomeMatch) -> str:
    if not match.unread:
        return ""
    if match.unread == 1:
        return _("New message from %(name)s", name=match.mentor_name)
    return _("New messages from %(name)s", name=match.mentor_name)


def _line(match: HomeMatch) -> str:
    spoken = _spoken(tuple(match.languages or ()), language())
    about = match.about.rstrip(".") if match.about else ""
    return f"{about}. {spoken}." if about else f"{spoken}."


@lru_cache(512)
def _spoken(codes: tuple[str, ...], _lang: str) -> str:
    spoken = languages.names(codes)
    return spoken[:1].upper() + spoken[1:]


def _mentor_side(person: Actor, found: Home) -> list[Card]:
    mine = [m for m in found.matches if m.mentor_id == person.id and m.state in TOGETHER]
    if not mine:
        return []
    wrote = [match.mentee_name for match in mine if match.unread]
    return [_card("mentees", {"count": len(mine), "wrote": wrote}, 9, aside=False)]
