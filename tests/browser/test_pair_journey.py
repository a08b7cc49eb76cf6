"""A pair from asking to goodbye, as three people in two languages: the learner by a phone without script."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from sqlalchemy import select, update

from lms.core.clock import now
from lms.core.db import db, transaction
from lms.meetings.models import Meeting
from lms.mentoring.models import Match
from lms.support.models import CheckIn
from tests.browser.conftest import Visit
from tests.browser.instance import Instance
from tests.browser.visitor import DESK, MAIN_BUTTON, Visitor
from tests.meetings.world import set_zone
from tests.mentoring.world import make_mentor, make_pair
from tests.world import make_person

pytestmark = pytest.mark.browser
LEARNER, MENTOR, OTHER = "Нилуфар", "Ирма Т.", "Jūratė"
HOPE = "Выступить на слушаниях"
VILNIUS, TASHKENT = ZoneInfo("Europe/Vilnius"), ZoneInfo("Asia/Tashkent")
# What the two say to each other. Nobody else may ever read a word of it.
MESSAGE, ANSWER = "Страшно выходить одной", "Then we go there together"
GOAL, STEPS = "Прочитать вслух три минуты", ("Написать начало", "Прочитать сестре")
TITLE, TEXT = "Вступление", "Уважаемая комиссия, прошу выслушать."
QUESTION, COMMENT = "Понятна ли просьба?", "Clear from the second line on"
ENTRY, NOTE = "Сегодня голос не дрожал", "We practised the first minute"
REACHED, THANKS = "Вышло без бумажки", "For every late evening"
TALK = (
    MESSAGE, ANSWER, GOAL, *STEPS, TITLE, TEXT, QUESTION, COMMENT, ENTRY, NOTE, REACHED, THANKS,
)  # fmt: skip


@dataclass
class Three:
    """The people of a pair at their browsers, and the pair's address."""

    learner: Visitor
    mentor: Visitor
    staff: Visitor
    pair: str = ""

    @property
    def both(self) -> tuple[Visitor, Visitor]:
        """The two sides."""
        return self.learner, self.mentor

    def open(self, who: Visitor, page: str = "") -> None:
        """Open the pair's page, or one below it, in one's own language."""
        lang = "ru" if who is self.learner else "en"
        found = who.open(f"/{lang}/pairs/{self.pair}{page}")
        assert found.ok, page


@pytest.fixture
def three(visit: Visit, instance: Instance) -> Three:
    """A learner and a mentor on two clocks, another mentor, a coordinator with a second step."""
    with instance.town.app.app_context():
        learner = make_person(zone=TASHKENT.key)
        mentor = make_mentor(MENTOR, about="Reads drafts")
        make_mentor(OTHER)
        set_zone(mentor, VILNIUS.key)
    phone = {"accept_downloads": True}
    return Three(
        visit(java_script_enabled=False, **phone).sign_in(learner, "ru"),
        visit(**phone).sign_in(mentor),
        visit(width=DESK).sign_in(instance.town.people["coordinator"]),
    )


def fill(who: Visitor, **fields: str) -> None:
    """Type into fields, then press the one filled button."""
    for name, text in fields.items():
        who.page.fill(f"#{name}", text)
    who.press(MAIN_BUTTON)


def follow(who: Visitor, end: str) -> None:
    """Follow the first link of the page whose address ends so."""
    who.press(f'main a[href$="{end}"]')


def send(who: Visitor, end: str, button: str = "") -> None:
    """Press the button of a form whose address ends so."""
    who.press(f'main form[action$="{end}"] button{button}')


def reads(who: Visitor, *texts: str) -> None:
    """Each of these stands on the page, folded or not."""
    found = " ".join((who.page.text_content("main") or "").split())
    missing = [text for text in texts if text not in found]
    assert not missing, f"{who.path} lacks {missing}: {found}"


def wait_for(three: Three, who: Visitor, selector: str) -> None:
    """Reload the pair's page until the worker has done its part."""
    for _ in range(60):
        three.open(who)
        if who.page.locator(selector).count():
            return
        who.page.wait_for_timeout(250)
    raise AssertionError(f"never came: {selector}")


def change(instance: Instance, table: Any, row: Any, **values: Any) -> None:
    """Change a row behind everybody's back: what time alone would do."""
    with instance.town.app.app_context(), transaction():
        db.session.execute(update(table).where(row).values(**values))


# --- Together ------------------------------------------------------------------------------------


def ask_for_mentor(three: Three) -> None:
    """The learner finds the way on home, says what she hopes for, and waits."""
    who = three.learner
    follow(who, "/pairs/ask")
    who.page.check('input[name="languages"][value="ru"]')
    fill(who, shown_name=LEARNER, goal=HOPE)
    who.open("/ru/home")
    assert who.page.locator('main a[href$="/pairs/ask"]').count(), "home says that she waits"
    follow(who, "/pairs/ask")
    assert who.page.input_value("#goal") == HOPE
    who.see('form[action$="/stop"]')


def propose_two(three: Three) -> None:
    """The coordinator finds her on the list, reads reasons, ticks two cards."""
    who = three.staff
    who.open("/en/pairs/waiting")
    who.press(f'.queue a:has-text("{LEARNER}")')
    reads(who, HOPE, "Suggested mentors", "Rules first, then fit", "Speaks Russian")
    for name in (MENTOR, OTHER):
        card = who.page.locator(".suggest > li", has=who.page.get_by_role("heading", name=name))
        assert card.locator(".ticks li").count(), "there is a reason in words"
        card.get_by_label("As one of three").check()
    who.press('main form .row > .btn:has-text("Propose the ticked ones")')
    reads(who, "Proposed, no answer yet", LEARNER)
    assert f"{LEARNER} chooses from 2 cards" in who.page.inner_text("body")


def choose_one(three: Three) -> None:
    """The learner reads two cards without script and takes one."""
    who = three.learner
    who.open("/ru/home")
    follow(who, "/answer")
    reads(who, MENTOR, OTHER, "Reads drafts")
    who.page.get_by_role("radio", name=MENTOR).check()
    who.press(MAIN_BUTTON)
    assert who.path == "/ru/home"


def say_yes(three: Three) -> None:
    """The mentor learns of her only now, reads what she hopes for, and agrees."""
    who = three.mentor
    who.open("/en/home")
    follow(who, "/answer")
    reads(who, LEARNER, HOPE, "Tashkent time")
    three.pair = who.path.split("/")[-2]
    who.press(MAIN_BUTTON)
    assert who.path == f"/en/pairs/{three.pair}"
    reads(who, LEARNER, "Read and sign", "No meeting is planned")


def sign_both(three: Three) -> None:
    """Each reads how they work together and signs."""
    for who in three.both:
        three.open(who)
        follow(who, "/agreement")
        assert who.page.locator(".card p.handed-in").count() == 5, "five parts to read"
        send(who, "/agreement/sign")
        assert who.page.locator('form[action$="/agreement/sign"]').count() == 0
    assert three.mentor.page.locator(".ticks li.minus").count() == 0, "both have signed"


# --- Meetings ------------------------------------------------------------------------------------


def in_three_days() -> datetime:
    """Half past six in the evening where the mentor lives."""
    day = now().astimezone(VILNIUS) + timedelta(days=3)
    return day.replace(hour=18, minute=30, second=0)


def plan_meeting(three: Three, at: datetime) -> str:
    """The mentor proposes a time; the learner reads both clocks and takes it. Return the meeting's id."""
    three.open(three.mentor)
    follow(three.mentor, "/meetings/new")
    fill(three.mentor, day_1=at.date().isoformat(), time_1="18:30")
    reads(three.mentor, f"Waits for {LEARNER}", "Tashkent time")
    who, hers = three.learner, f"{at.astimezone(TASHKENT):%H:%M}"
    three.open(who)
    follow(who, three.mentor.path.removeprefix("/en"))
    reads(who, hers, "18:30", MENTOR)
    who.press(MAIN_BUTTON)
    who.see('main a[href$="/call.ics"]')
    reads(who, hers, "18:30")
    return who.path.split("/")[-1]


def read_file(who: Visitor, folder: Path) -> tuple[str, datetime]:
    """Take the meeting as a file. Return its title and its moment."""
    with who.page.expect_download() as found:
        who.page.click('main a[href$="/call.ics"]')
    found.value.save_as(folder / "call.ics")
    (entry,) = Calendar.from_ical((folder / "call.ics").read_bytes()).walk("VEVENT")
    assert {"DESCRIPTION", "LOCATION", "ATTENDEE", "ORGANIZER"} & set(entry) == set()
    return str(entry["SUMMARY"]), entry.decoded("DTSTART")


def log_planned(three: Three, instance: Instance, meeting: str) -> None:
    """The hour has gone by: the mentor says how it went, the learner confirms."""
    gone = now() - timedelta(minutes=70)
    change(instance, Meeting, Meeting.public_id == meeting, planned_at=gone)
    three.open(three.mentor)
    follow(three.mentor, "/log")
    three.mentor.page.check('input[name="following"][value="none"]')
    fill(three.mentor, line=NOTE)
    reads(three.mentor, "45 minutes. Counts in 7 days")
    confirm(three.learner, f"/ru/meetings/{meeting}")


def confirm(who: Visitor, meeting: str) -> None:
    """The other side says that it was so."""
    who.open(meeting)
    who.press("main button[name=yes]")
    assert who.page.locator("main button[name=yes]").count() == 0


def keep_unplanned(three: Three) -> None:
    """The learner keeps a meeting of yesterday that was not planned here."""
    yesterday = now().astimezone(TASHKENT) - timedelta(days=1)
    three.open(three.learner, "/meetings/log")
    fill(three.learner, day=yesterday.date().isoformat(), hour="12:00")


# --- Between meetings ----------------------------------------------------------------------------


def set_goal(three: Three) -> None:
    """The learner sets a goal with two steps and ticks one; the mentor sees how far it is."""
    who = three.learner
    three.open(who, "/goals/new")
    fill(who, title=GOAL)
    for step in STEPS:
        fill(who, words=step)
    who.press("main button[value=tick] >> nth=0")
    reads(who, GOAL, *STEPS)
    assert who.page.locator("main button[value=untick]").count() == 1
    three.open(three.mentor)
    reads(three.mentor, GOAL, "1 of 2")


def ask_for_comments(three: Three) -> None:
    """The learner sends a text with a question; the mentor answers; she reads it."""
    who, day = three.learner, now().date() + timedelta(days=7)
    three.open(who)
    follow(who, "/texts/new")
    fill(who, title=TITLE, body=TEXT, question_1=QUESTION, due_on=day.isoformat())
    text = who.path
    three.open(three.mentor)
    follow(three.mentor, text.removeprefix("/ru"))
    reads(three.mentor, TEXT, QUESTION)
    fill(three.mentor, answer_1=COMMENT)
    who.open(text)
    reads(who, QUESTION, COMMENT)


def show_entry(three: Three) -> None:
    """The learner writes for herself, then shows this one entry."""
    who = three.learner
    who.open("/ru/journal/new")
    fill(who, body=ENTRY)
    three.open(three.mentor)
    assert ENTRY not in three.mentor.page.content()
    who.press("main .small a[href*='/journal/']")
    send(who, "/share")
    three.open(three.mentor)
    reads(three.mentor, ENTRY)


def write_and_answer(three: Three) -> None:
    """A message, and its answer."""
    for who, text in zip(three.both, (MESSAGE, ANSWER), strict=True):
        three.open(who, "/messages")
        fill(who, body=text)
    reads(three.mentor, MESSAGE, ANSWER)
    three.learner.open("/ru/home")
    assert ANSWER not in three.learner.page.content(), "home says that there is one, not what"
    three.open(three.learner, "/messages")
    reads(three.learner, MESSAGE, ANSWER)


def say_how_it_fits(three: Three) -> None:
    """After the first meeting each side is asked once; the other side never learns of it."""
    wait_for(three, three.learner, 'main a[href$="/questions"]')
    follow(three.learner, "/questions")
    three.learner.page.check('input[name="fit"][value="good"]')
    three.learner.press(MAIN_BUTTON)
    assert three.learner.page.locator('main a[href$="/questions"]').count() == 0


# --- From outside --------------------------------------------------------------------------------


def look_from_outside(three: Three, instance: Instance) -> None:
    """Two days later the coordinator has the pair on the list of today, asks, and reads no word of the talk."""
    with instance.town.app.app_context(), transaction():
        pair = db.session.scalars(select(Match.id).where(Match.public_id == three.pair)).one()
    first = (CheckIn.match_id == pair) & (CheckIn.number == 0)
    change(instance, CheckIn, first, due_on=now().date())
    who = three.staff
    three.open(three.mentor, "/messages")
    with pytest.raises(AssertionError, match=MESSAGE):
        has_no_talk(three.mentor)
    who.open("/en/desk?show=checks")
    reads(who, f"{LEARNER} and {MENTOR}")
    has_no_talk(who)
    follow(who, f"/desk/{three.pair}")
    reads(who, "Check-in", "Both see that you looked at this page.")
    has_no_talk(who)
    who.press(MAIN_BUTTON)
    for page in ("/1", "/2", ""):
        who.open(f"/en/desk/{three.pair}{page}")
        has_no_talk(who)
    for page in ("goals", "desk/answers", "numbers", "pairs/waiting", "pairs/people"):
        assert who.open(f"/en/{page}").ok, page
        has_no_talk(who)


def has_no_talk(who: Visitor) -> None:
    """No word that the two said stands anywhere in the page."""
    page = who.page.content()
    told = [words for words in TALK if words in page]
    assert not told, f"{who.path} tells {told}"


# --- Goodbye -------------------------------------------------------------------------------------


def say_goodbye(three: Three) -> None:
    """The learner asks for a change, after a talk; both look back; she ends it."""
    three.open(three.learner, "/change")
    three.learner.press("main button[name=talk]")
    for who, reached, thanks in ((three.learner, REACHED, ""), (three.mentor, "", THANKS)):
        three.open(who)
        follow(who, "/look-back")
        fill(who, reached=reached, thanks=thanks)
    reads(three.mentor, f"From {LEARNER}", REACHED)
    three.open(three.learner, "/look-back")
    reads(three.learner, THANKS)
    three.open(three.learner)
    follow(three.learner, "/end")
    three.learner.press("main .btn.danger")
    assert three.learner.path == "/ru/home"
    for who in three.both:
        assert who.open(f"/en/pairs/{three.pair}").status == 404


def test_from_asking_to_goodbye(three: Three, instance: Instance, tmp_path: Path) -> None:
    ask_for_mentor(three)
    propose_two(three)
    choose_one(three)
    say_yes(three)
    sign_both(three)
    at = in_three_days()
    meeting = plan_meeting(three, at)
    assert read_file(three.learner, tmp_path) == ("Звонок", at.astimezone(UTC))
    log_planned(three, instance, meeting)
    keep_unplanned(three)
    confirm(three.mentor, three.learner.path.replace("/ru/", "/en/"))
    set_goal(three)
    ask_for_comments(three)
    show_entry(three)
    write_and_answer(three)
    say_how_it_fits(three)
    look_from_outside(three, instance)
    say_goodbye(three)
    three.mentor.open("/en/hours")
    reads(three.mentor, "1 hour 30 minutes, confirmed.")


def test_without_the_agreement_there_is_no_second_meeting(visit: Visit, instance: Instance) -> None:
    with instance.town.app.app_context():
        made = make_pair()
    learner, mentor = visit().sign_in(made.mentee, "ru"), visit().sign_in(made.mentor)
    three = Three(learner, mentor, visit(), made.pair)
    keep_unplanned(three)
    assert learner.path.startswith("/ru/meetings/"), "the first one is kept without it"
    keep_unplanned(three)
    assert learner.path == f"/ru/pairs/{made.pair}", "the second one leads to the agreement"
    three.open(mentor, "/meetings")
    assert mentor.page.locator(".time li").count() == 1
    sign_both(three)
    keep_unplanned(three)
    assert learner.path.startswith("/ru/meetings/")
