"""What people keep to themselves: no page or file of staff has a word of it, whoever looks."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts.roles import Role
from lms.core.db import db, reading, transaction
from lms.matching.facts import Track, Wish
from lms.programmes import profiles, waiting
from lms.programmes import queries as lists
from lms.programmes.rules import More, Private
from lms.workbench import actions, reasons
from lms.workbench.models import MatchDecision, MatchProposal
from tests.client import Browser
from tests.mentoring.world import make_mentor, make_waiting
from tests.workbench.world import make_round
from tests.world import Somebody, make_person

# Countries that no template names, in both languages, and words that only a rule could bring.
SECRETS = ("Slovenia", "Словения", "Latvia", "Латвия", "woman", "женщин", "Avoided Person")


def furnish() -> Somebody:
    """Somebody with every private rule, mentors who break them, and one who does not."""
    waits = make_waiting("Kamila")
    private = Private(
        country="SI",
        same_country=Wish.NEVER,
        gender_wish=Wish.MUST,
        mentor_gender="woman",
        avoid_countries=("LV",),
        avoid_people=("Avoided Person",),
    )
    with transaction():
        waiting.describe_request(waits.id, More(private=private), (Track.PEER,))
    for name, country, gender in (
        ("Zarina M.", "KZ", "woman"),
        ("Piotr L.", "SI", "woman"),
        ("Olena S.", "LV", "woman"),
        ("Marat K.", "KZ", "man"),
    ):
        mentor = make_mentor(name)
        card = lists.profile_of(mentor.id)
        assert card is not None
        with transaction():
            told = More(private=Private(country=country, gender=gender))
            profiles.describe_mentor(card, told)
    return waits


def leaks(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret.casefold() in text.casefold()]


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR])
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_no_page_of_staff_says_a_private_rule(app: Flask, role: Role, lang: str) -> None:
    with app.app_context():
        furnish()
        staff = make_person("", role)
        found = make_round(staff)
        with transaction():
            kamila, *_others = lists.waiting()
            for mentor in lists.profiles()[:2]:
                actions.forbid(found, kamila.public_id, mentor.public_id, staff.id)
    browser = Browser(app).sign_in(staff)
    run = f"/{lang}/pairs/rounds/{found.public_id}"
    browser.get(f"/{lang}/pairs/waiting")
    person = browser.page.soup.select_one(".queue a")["href"]
    urls = [person, run, f"{run}/fair", f"{run}/effect?policy=quality", f"/{lang}/pairs/rounds"]
    for url in (*urls, f"/{lang}/pairs/rounds/places"):
        page = browser.get(url)
        assert page.status == 200, url
        assert leaks(page.html) == [], url
    for url in (f"{run}/table.csv", f"/{lang}/pairs/waiting/table.csv"):
        assert leaks(browser.get(url).html) == [], url


def test_staff_see_the_number_and_nothing_more(app: Flask, browser: Browser) -> None:
    with app.app_context():
        furnish()
        staff = make_person("", Role.COORDINATOR)
    browser.sign_in(staff).get("/en/pairs/waiting")
    page = browser.get(browser.page.soup.select_one(".queue a")["href"])
    assert "Private rules (4)" in page.text
    assert "3 mentors are left out: private rules (3)." in page.text
    assert [name.get_text() for name in page.soup.select(".suggest h3")] == ["Zarina M."]


def test_a_planted_word_is_found() -> None:
    assert leaks("<p>Not from Slovenia</p>") == ["Slovenia"]


def test_what_is_stored_of_a_round_holds_no_rule(app: Flask) -> None:
    with app.app_context():
        furnish()
        found = make_round(make_person("", Role.COORDINATOR))
        assert leaks(str(found.stats)) == []
        assert {"SI", "LV"}.isdisjoint(str(found.stats).split("'"))
    assert set(reasons.Reasons.__slots__).isdisjoint({"country", "gender", "apart"})
    assert MatchProposal.__table__.columns["terms"].info["sensitivity"] == "S1"


def test_a_pair_that_staff_cannot_have_gives_no_reason(app: Flask, browser: Browser) -> None:
    with app.app_context():
        furnish()
        staff, others = make_person("", Role.COORDINATOR), {}
        others = {one.shown_name: one.public_id for one in lists.profiles()}
    browser.sign_in(staff).get("/en/pairs/waiting")
    browser.get(browser.page.soup.select_one(".queue a")["href"])
    for name in ("Piotr L.", "Olena S.", "Marat K."):
        page = browser.submit({"only": others[name], "reason": "I am sure"}, button="Propose")
        assert "Not proposed. These two can’t be a pair." in page.text


def test_a_rule_of_the_programme_gives_way_to_a_reason_that_is_kept(
    app: Flask, browser: Browser
) -> None:
    with app.app_context():
        make_waiting("Kamila", ["ru"]), make_mentor("Piotr L.", ["pl"])
        staff = make_person("", Role.COORDINATOR)
    browser.sign_in(staff).get("/en/pairs/waiting")
    browser.get(browser.page.soup.select_one(".queue a")["href"])
    page = browser.submit({"reason": ""}, button="Propose")
    assert "write why it should be so" in page.text
    page = browser.submit({"reason": "Ana interprets"}, button="Propose")
    assert "Proposed. Kamila is asked first." in page.html
    with app.app_context(), reading():
        kept = db.session.execute(select(MatchDecision.run_id, MatchDecision.reason)).one()
    assert kept.run_id is None
    assert kept.reason
