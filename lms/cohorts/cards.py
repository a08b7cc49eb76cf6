"""What cohorts hang up on pages of other rooms."""

from __future__ import annotations

from lms.cohorts import queries
from lms.cohorts.look import this_week
from lms.cohorts.rules import last_moment
from lms.core.clock import now
from lms.core.i18n import language
from lms.core.policy import Actor
from lms.core.room import Card
from lms.courses import queries as courses


def home(person: Actor) -> list[Card]:
    """Home: the cohorts that one runs, those that one sits in, or the place to type a code."""
    cards = []
    if person.has("coordinator"):
        running = [cohort for cohort in queries.cohorts_of(person.id) if cohort.is_open]
        rows = [(cohort, this_week(cohort, now())) for cohort in running]
        cards.append(Card("cohorts/card_running.html", {"rows": rows}, 5))
    seats = [seat_facts(seat, person.zone) for seat in queries.own_seats(person.id)]
    if seats:
        cards.append(Card("cohorts/card_seat.html", {"seats": seats}, 30, aside=True))
    elif not person.roles:
        cards.append(Card("cohorts/card_code.html", {}, 40))
    return cards


def seat_facts(seat: queries.OwnSeat, zone: str) -> dict[str, object]:
    """What a person sees of a cohort that she sits in. Other people are a number, never a list."""
    cohort = seat.cohort
    outline = courses.outline(cohort.version_id, language())
    same_clock = zone == cohort.zone
    return {
        "cohort": cohort,
        "name": seat.shown_name,
        "course": outline.title if outline else "",
        "course_id": outline.public_id if outline else "",
        "week": this_week(cohort, now()),
        # The last day ends at the cohort's midnight; who lives elsewhere reads that on her own clock.
        "ends": None if same_clock else last_moment(cohort.ends_on, cohort.zone),
        "zone": zone,
    }


def course_title(cohort: queries.CohortRow) -> str:
    """The title of a cohort's course in the language of the page."""
    outline = courses.outline(cohort.version_id, language())
    return outline.title if outline else ""
